"""A new edition of annexes: what changes, what is left out, and the events that say so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.importers import edition
from api.importers.edition import EVENT_BYTES_MAX, Asked, Edition, cells_stated, read_edition
from api.importers.errors import ImportFileError
from api.importers.state_file import axes_of, cells_of, in_order, raw_of
from api.importers.template import to_workbook
from ledger import canonical
from ledger.kinds import KINDS
from tests.api.door import BASE, Door
from tests.support.town import ACT, ADOPTED_FROM, PROGRAMME, PROGRAMME_ID

ACT_CITED = {"id": ACT, "point": "1"}
STATE: dict[str, Any] = {
    "body": "council",
    "title": "Програма",
    "currency": "UAH",
    "term": {"from": "2025", "to": "2027"},
    "sources": {"local": {"name": "місцевий бюджет"}},
    "tree": {
        "3": {"level": "task", "title": "Завдання"},
        "3.2": {"level": "measure", "parent": "3", "title": "Захід", "link": "за змістом"},
        "3.10": {"level": "measure", "parent": "3", "title": "Інший", "executor": "Рада"},
        "9": {"level": None, "title": None},
    },
    "indicators": {
        "i": {
            "name": "Показник", "kind": "flow", "unit": "од.", "targets": {"2025": "1", "2026": ""},
            "printed": {"dynamics": "+1", "note": "див. додаток"},
        }
    },
    "financing": {
        "3.2": {"2025": {"local": "60.00", "local.0217520._.general._": "-"}, "2026": {"local": None}},
    },
}  # fmt: skip


PLAN = "amounts_in: uah\nfinancing: [{{{}}}]\n"


def asked(*annexes: str) -> Asked:
    return Asked("p", annexes or edition.ANNEXES, ACT_CITED, "2026-01-01")


def of_yaml(text: str, *annexes: str, state: dict[str, Any] = STATE) -> Edition:
    return read_edition(f"format: pledger-programme/1\n{text}".encode(), asked(*annexes), state)


def changed(state: dict[str, Any], *annexes: str, **replaced: Any) -> Edition:
    """The state as a workbook, with parts of it replaced, read back as an edition."""
    return read_edition(to_workbook(raw_of("p", {**state, **replaced})), asked(*annexes), state)


def ops(made: Edition) -> dict[str, tuple[str, Any, Any]]:
    return {one.path: (one.op, one.old, one.new) for one in made.changes}


def test_a_state_that_comes_back_changes_nothing_and_makes_no_event() -> None:
    made = changed(STATE)
    assert (made.changes, made.events) == ((), ())
    cells = [path for annex in edition.ANNEXES for path in cells_of(f"/{annex}", STATE[annex])]
    assert made.equal == len(cells)


def test_what_is_left_out_is_stated_cell_by_cell() -> None:
    tree = {code: row for code, row in STATE["tree"].items() if code != "3.10"}
    made = changed(STATE, "tree", tree=tree)
    gone = [f"/tree/3.10/{name}" for name in ("executor", "level", "parent", "title")]
    assert ops(made) == {path: ("removed", STATE["tree"]["3.10"][path.split("/")[3]], None) for path in gone}
    (event,) = made.events
    assert event.data["restated"] == [{"annex": "tree", "removals": gone}]
    assert [row["id"] for row in event.data["tree"]] == ["3", "3.2"]


def test_a_member_that_a_row_no_longer_states_is_a_removal() -> None:
    tree = STATE["tree"] | {"3.10": {"level": "measure", "parent": "3", "title": "Новий"}}
    assert ops(changed(STATE, "tree", tree=tree)) == {
        "/tree/3.10/executor": ("removed", "Рада", None),
        "/tree/3.10/title": ("changed", "Інший", "Новий"),
    }


def test_what_a_file_cannot_state_is_carried_over_and_not_removed() -> None:
    indicator = STATE["indicators"]["i"] | {"unit": "шт."}
    made = changed(STATE, "tree", "indicators", indicators={"i": indicator})
    assert ops(made) == {"/indicators/i/unit": ("changed", "од.", "шт.")}
    (event,) = made.events
    assert event.data["indicators"][0]["printed"] == {"dynamics": "+1", "note": "див. додаток"}
    assert next(row for row in event.data["tree"] if row["id"] == "3.2")["link"] == "за змістом"


def test_a_plan_is_compared_by_all_its_axes_and_the_three_empties() -> None:
    text = (
        "amounts_in: thousand-uah\nfinancing:\n"
        "  - {measure: 3.2, year: 2025, source: local, amount: 0.06}\n"
        '  - {measure: 3.2, year: 2025, source: local, kpkvk: "0217520", fund: general, amount: ""}\n'
        "  - {measure: 3.10, year: 2027, source: local, amount: 1.5}\n"
    )
    assert ops(of_yaml(text, "financing")) == {
        "/financing/3.10/2027/local": ("added", None, "1500.00"),
        "/financing/3.2/2025/local.0217520._.general._": ("changed", "-", ""),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("financing: []\n", "missing-key"),
        ("amounts_in: uah\n", "missing-key"),
        ("programme: q\namounts_in: uah\nfinancing: []\n", "another-programme"),
        (PLAN.format("measure: 7, year: 2025, source: local, amount: 1"), "unknown-measure"),
        (PLAN.format("measure: 3, year: 2025, source: x, amount: 1"), "unknown-source"),
        (PLAN.format("measure: 3, year: 2028, source: local, amount: 1"), "year-outside-term"),
        (PLAN.format("measure: 3, year: 2025, source: local, amount: 1.555"), "not-money"),
    ],
)
def test_an_edition_is_judged_as_the_file_of_a_programme_is(text: str, code: str) -> None:
    with pytest.raises(ImportFileError) as caught:
        of_yaml(text, "financing")
    assert [one.code for one in caught.value.problems] == [code]


def test_a_new_source_comes_with_the_plan_that_names_it() -> None:
    text = (
        "amounts_in: uah\nsources: [{id: local, name: місцевий бюджет}, {id: grant, name: грант}]\n"
        "financing: [{measure: 3.2, year: 2025, source: grant, amount: 1}]\n"
    )
    (event,) = of_yaml(text, "financing").events
    assert event.data["sources"] == [{"id": "grant", "name": "грант"}]


def test_printed_totals_stand_beside_the_sums_and_a_dash_neither_agrees_nor_differs() -> None:
    text = (
        'amounts_in: uah\npassport: {totals: {total: 61, 2025: 60, "source:local": "-"}}\n'
        "financing: [{measure: 3.2, year: 2025, source: local, amount: 60}]\n"
    )
    totals = of_yaml(text, "financing").totals
    assert [(one.key, one.printed, one.computed, one.agrees) for one in totals] == [
        ("2025", "60.00", "60.00", True),
        ("source:local", "-", "60.00", None),
        ("total", "61.00", "60.00", False),
    ]


def long_tree(count: int, title: str) -> dict[str, Any]:
    return {f"m-{n}": {"level": "measure", "title": f"{title} {n} " + "ж" * 100} for n in range(count)}


def test_two_annexes_too_large_for_one_event_are_restated_one_by_one() -> None:
    state = STATE | {"tree": long_tree(120, "Захід"), "financing": {}}
    plan = {f"m-{n}": {"2025": {"local": f"{n}.00"}} for n in range(100)}
    made = changed(state, "tree", "financing", financing=plan)
    assert made.restated
    assert [event.data["restated"][0]["annex"] for event in made.events] == ["tree", "financing"]


def test_an_annex_too_large_for_any_event_becomes_rows_and_removals_that_say_the_same() -> None:
    state = STATE | {"tree": long_tree(600, "Захід"), "financing": {}, "indicators": {}}
    new = {code: row for code, row in long_tree(620, "Новий").items() if code not in ("m-0", "m-1")}
    made = changed(state, "tree", tree=new)
    assert not made.restated
    assert len(made.events) > 2
    assert applied(state, made) == cells_of("/tree", new)
    for event in made.events:
        assert len(canonical.dumps(dict(event.data))) <= EVENT_BYTES_MAX
        KINDS["programme.amended"].data.model_validate_json(canonical.dumps(dict(event.data)))


def applied(state: dict[str, Any], made: Edition, annex: str = "tree") -> dict[str, Any]:
    """The cells of an annex after the events, by the words of the events alone."""
    cells = dict(cells_of(f"/{annex}", state.get(annex)))
    for event in made.events:
        cells |= cells_stated({annex: event.data.get(annex, [])}, "2026-01-01")
        gone = [*event.data.get("removed", ())]
        gone += [path for one in event.data.get("restated", ()) for path in one["removals"]]
        cells = {path: value for path, value in cells.items() if path not in gone}
    return cells


def rows_of(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": code, **row} for code, row in tree.items()]


ROWS = st.dictionaries(
    st.sampled_from(["1", "1.1", "1.10", "1.2", "2"]),
    st.fixed_dictionaries(
        {"level": st.sampled_from(["task", "measure"]), "title": st.sampled_from(["А", "Б", "В"])},
        optional={"executor": st.sampled_from(["", "Рада", "-"]), "kpkvk": st.sampled_from(["", "0217520"])},
    ),
)


@settings(max_examples=20)
@given(ROWS, ROWS)
def test_whatever_stood_there_the_record_holds_the_edition_afterwards(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    state = STATE | {"tree": before, "indicators": {}, "financing": {}}
    file = {"format": "pledger-programme/1", "tree": rows_of(after)}
    made = read_edition(json.dumps(file).encode(), asked("tree"), state)
    if made.changes:
        assert applied(state, made) == cells_of("/tree", after)
    else:
        assert before == after


def test_the_door_takes_an_edition_of_the_town_and_holds_it_afterwards(door: Door) -> None:
    state = door.json(f"{BASE}?as_of={ADOPTED_FROM}")["state"]
    tree = {code: dict(row) for code, row in state["tree"].items()}
    tree["1.1"]["title"] = "Перший захід у новій редакції"
    tree["1.3"] = {"level": "measure", "parent": "1", "title": "Третій"}
    indicators = {"i-1": state["indicators"]["i-1"]}
    raw = to_workbook(raw_of(PROGRAMME_ID, {**state, "tree": tree, "indicators": indicators}))
    wanted = Asked(PROGRAMME_ID, ("tree", "indicators"), ACT_CITED, ADOPTED_FROM)
    made = read_edition(raw, wanted, state)
    (event,) = made.events
    door.say(event.kind, PROGRAMME, dict(event.data), act=ACT, effective=ADOPTED_FROM)
    after = door.json(f"{BASE}?as_of={ADOPTED_FROM}")["state"]
    assert cells_of("/tree", after["tree"]) == cells_of("/tree", tree)
    assert cells_of("/indicators", after["indicators"]) == cells_of("/indicators", indicators)
    assert read_edition(raw, wanted, after).changes == ()


def test_codes_are_in_the_order_in_which_people_count() -> None:
    codes = ["3.10", "3.2", "w-a1", "3", "i-2", "i-10", "3.2.1"]
    assert sorted(codes, key=in_order) == ["3", "3.2", "3.2.1", "3.10", "i-2", "i-10", "w-a1"]


@pytest.mark.parametrize(
    ("segment", "axes"),
    [
        ("local", {"source": "local"}),
        ("local.0217520._._._", {"source": "local", "kpkvk": "0217520"}),
        ("a._.2210.general.fin.dept", {"source": "a", "kekv": "2210", "fund": "general", "unit": "fin.dept"}),
    ],
)
def test_the_last_segment_of_a_money_cell_is_its_axes(segment: str, axes: dict[str, str]) -> None:
    assert axes_of(segment) == axes
