"""Files that are compared with a programme's state, over HTTP: a comparison table and a new edition."""

from __future__ import annotations

from typing import Any

import pytest

from api.importers.drafts import DraftEvent
from api.importers.payloads import payloads_of
from api.importers.rows import Made, Taken
from api.importers.state_file import raw_of
from api.importers.template import to_workbook
from tests.api.door import BASE, Door, problem_of
from tests.api.imports.test_http_imports import WHO, good, record, send, wrong
from tests.support.town import ACT, PROGRAMME_ID

DAY = "2025-03-01"
HEAD = "Захід;Рік;Джерело;Чинна редакція;Запропонована редакція\n"
ASKED = {"programme": PROGRAMME_ID, "act": ACT, "point": "1", "effective": DAY, **WHO}


def test_a_comparison_table_comes_back_as_changes_and_moves_the_plan_as_counted_by_hand(door: Door) -> None:
    text = (
        HEAD + "1.1;2025;local;100,00;збільшити на 50,25\n1.2;2025;local;-;12,00\n1.1;2026;local;;7,00\n"
        "Разом;;;100,00;169,25\n"
    )
    found = good(door, "comparison", text, **ASKED)
    assert (found["outcome"], found["problems"], found["noticed"]) == ("recorded", [], [])
    assert found["summary"]["changes"] == {"changed": 1, "added": 2, "removed": 0, "equal": 0}
    assert found["summary"]["moved"] == {"more": "69.25", "less": "0.00", "balanced": False}
    assert [(one["counted"], one["agrees"]) for one in found["summary"]["totals"]] == [
        ("100.00", True), ("169.25", True),
    ]  # fmt: skip
    (item,) = found["items"]
    payload = item["payload"]
    assert (payload["kind"], payload["act"], payload["effective"], payload["seen"]) == (
        "financing.changed", {"id": ACT, "point": "1"}, DAY, door.town.head[0],
    )  # fmt: skip
    record(door, item)
    cells = {"1.1/2025": "150.25", "1.2/2025": "12.00", "1.1/2026": "7.00"}
    assert {at: door.town.value(f"/financing/{at}/local", DAY) for at in cells} == cells
    assert door.town.value("/financing/1.1/2025/local", "2025-02-28") == "100.00"


def test_amounts_in_thousands_come_as_hryvnias(door: Door) -> None:
    text = HEAD + "1.1;2025;local;0,1;0,2\n"
    found = good(door, "comparison", text, amounts_in="thousand-uah", **ASKED)
    (line,) = found["items"][0]["payload"]["data"]["lines"]
    assert (line["stated_old"], line["amount"]) == ("100.00", "200.00")


def test_wrong_cells_of_a_comparison_table_are_named_with_their_places(shared_door: Door) -> None:
    text = HEAD + (
        "1.9;2025;local;1,00;2,00\n1.1;2040;local;1,00;2,00\n1.1;2025;local;100,00;\n"
        "1.2;2025;local;-;1.000\n1.2;2025;nobody;-;5\n"
    )
    assert wrong(shared_door, "comparison", text, **ASKED) == [
        (2, "/2/measure", "unknown-measure"),
        (3, "/3/year", "year-outside-term"),
        (4, "/4/proposed", "nothing-proposed"),
        (5, "/5/proposed", "not-money-cell"),
        (6, "/6/source", "unknown-source"),
    ]


@pytest.mark.parametrize("row", ["1.1;2025;local;90,00;95,00", "1.1;2025;local;;+5", "1.1;2025;local;90;90"])
def test_a_row_that_calls_in_force_what_is_not_keeps_the_file_from_being_recorded(
    shared_door: Door, row: str
) -> None:
    found = good(shared_door, "comparison", HEAD + row + "\n", **ASKED)
    assert found["outcome"] == "needs-acknowledgement"
    (noticed,) = found["noticed"]
    assert (noticed["line"], noticed["place"], noticed["code"]) == (2, "/2/current", "old-mismatch")
    assert "100.00" in noticed["message"]["uk"]
    agreed = good(shared_door, "comparison", HEAD + row + "\n", acknowledge="old-mismatch", **ASKED)
    assert agreed["outcome"] == "recorded"


def test_a_comparison_table_of_what_is_in_force_makes_no_draft(shared_door: Door) -> None:
    found = good(shared_door, "comparison", HEAD + "1.1;2025;local;100;100,00\n", **ASKED)
    assert (found["items"], found["outcome"], found["summary"]["changes"]["equal"]) == ([], "recorded", 1)


def test_a_comparison_is_with_the_state_of_the_day_from_which_it_counts(door: Door) -> None:
    first = good(door, "comparison", HEAD + "1.1;2025;local;100;150\n", **ASKED)
    record(door, *first["items"])
    again = HEAD + "1.1;2025;local;150;160\n"
    assert good(door, "comparison", again, **ASKED)["noticed"] == []
    before = good(door, "comparison", again, **{**ASKED, "effective": "2025-02-28"})
    assert [one["code"] for one in before["noticed"]] == ["old-mismatch"]


@pytest.mark.parametrize("shape", ["comparison", "edition"])
@pytest.mark.parametrize("name", ["programme", "act", "effective"])
def test_what_a_compared_file_needs_beside_it_is_asked_for(shared_door: Door, shape: str, name: str) -> None:
    asked = {key: one for key, one in ASKED.items() if key != name}
    asked |= {"annex": "tree"} if shape == "edition" else {}
    document = problem_of(send(shared_door, shape, HEAD, **asked), 400, "missing-parameter")
    assert document["errors"][0]["pointer"] == f"/query/{name}"


def test_a_programme_or_an_act_that_is_not_there_and_an_annex_that_is_none(shared_door: Door) -> None:
    text = HEAD + "1.1;2025;local;100;150\n"
    problem_of(
        send(shared_door, "comparison", text, **{**ASKED, "programme": "no"}), 404, "no-such-programme"
    )
    found = good(shared_door, "comparison", text, **{**ASKED, "act": "no"})
    assert (found["outcome"], found["problems"][0]["code"]) == ("refused", "unknown-act")
    answer = send(shared_door, "edition", b"x", annex="tree,budget", **ASKED)
    assert problem_of(answer, 400, "bad-parameter")["errors"][0]["pointer"] == "/query/annex"


def edition_of(door: Door, **parts: Any) -> bytes:
    """The town as a workbook, with parts of it replaced."""
    state = door.json(f"{BASE}?as_of={DAY}")["state"]
    return to_workbook(raw_of(PROGRAMME_ID, {**state, **parts}))


def test_an_annex_in_a_new_edition_states_what_it_leaves_out_and_is_in_force_afterwards(door: Door) -> None:
    state = door.json(f"{BASE}?as_of={DAY}")["state"]
    plan = {"1.1": {"2025": {"local": "80.00"}, "2026": {"oblast": "5.50"}}}
    raw = edition_of(door, financing=plan, printed_totals={"total": "85.50", "2025": "81.00"})
    found = good(door, "edition", raw, annex="financing", **ASKED)
    assert (found["outcome"], found["problems"]) == ("recorded", [])
    # 1.1 in 2025 changes, 2026 comes, the dash of 1.2 goes.
    assert found["summary"]["changes"] == {"changed": 1, "added": 1, "removed": 1, "equal": 0}
    assert [tuple(one.values()) for one in found["summary"]["totals"]] == [
        ("2025", "81.00", "80.00", False), ("total", "85.50", "85.50", True),
    ]  # fmt: skip
    (item,) = found["items"]
    assert item["payload"]["data"]["restated"] == [
        {"annex": "financing", "removals": ["/financing/1.2/2025/local"]}
    ]
    record(door, item)
    after = door.json(f"{BASE}?as_of={DAY}")["state"]
    assert after["financing"]["1.1"] == plan["1.1"]
    assert after["financing"]["1.2"] == {"2025": {"local": None}}
    assert (after["tree"], after["indicators"]) == (state["tree"], state["indicators"])
    again = good(door, "edition", raw, annex="financing", **ASKED)
    assert (again["items"], again["summary"]["changes"]["equal"]) == ([], 2)


def test_several_annexes_of_yaml_are_one_event(door: Door) -> None:
    text = (
        "format: pledger-programme/1\ntree:\n  - {id: '1', level: task, title: Завдання}\n"
        "  - {id: '1.1', level: measure, parent: '1', title: Новий}\n"
        "  - {id: '1.2', level: measure, parent: '1', title: Другий захід}\nindicators:\n"
        "  - {id: i-1, measure: '1.1', name: Кількість, kind: flow, unit: одиниць, targets: {}}\n"
    )
    found = good(door, "edition", text, annex="indicators,tree", **ASKED)
    assert found["outcome"] == "recorded"
    (item,) = found["items"]
    record(door, item)
    after = door.json(f"{BASE}?as_of={DAY}")["state"]
    assert after["tree"]["1.1"]["title"] == "Новий"
    assert set(after["indicators"]["i-2"].values()) == {None}


def test_wrong_cells_of_an_edition_are_named_with_their_places(shared_door: Door) -> None:
    text = (
        "format: pledger-programme/1\namounts_in: uah\nfinancing:\n"
        "  - {measure: '9', year: 2025, source: local, amount: '1,5'}\n"
    )
    found = wrong(shared_door, "edition", text, annex="financing", **ASKED)
    assert {(line, code) for line, _, code in found} == {(4, "unknown-measure"), (4, "not-money")}


def test_a_draft_says_at_which_position_its_file_was_compared() -> None:
    made = Made(DraftEvent("financing.changed", "programme:p", DAY, None, {"lines": []}), ())
    assert [one["seen"] for one in payloads_of(Taken((made,), 1, seen=7))] == [7]
    assert "seen" not in payloads_of(Taken((made,), 1))[0]
