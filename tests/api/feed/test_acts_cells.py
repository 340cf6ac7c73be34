"""The feeds of acts and of cells over HTTP: cursors, pages that agree, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.feed import cells
from tests.api.blocking import blocked_door
from tests.api.door import BASE, Door, problem_of
from tests.api.story import ACT_TWO, POSITIONS
from tests.support.town import ACT, COUNCIL_STREAM, LINE_CELL, PROGRAMME_ID, TestLedger

DAY = "2025-04-15"  # on which the change of the story holds


def acts(door: Door, query: str) -> Any:
    return door.json(f"/v1/feed/acts{query}")


def told(door: Door, query: str) -> Any:
    return door.json(f"/v1/feed/cells{query}")


def test_acts_come_in_the_order_of_their_last_change_as_the_list_shows_them(storied: Door) -> None:
    answer = acts(storied, "")
    shown = {act["id"]: act for act in storied.json("/v1/acts")["items"]}
    assert [item["act"]["id"] for item in answer["items"]] == [ACT, ACT_TWO]
    assert all(item["act"] == shown[item["act"]["id"]] for item in answer["items"])
    assert answer["items"][1]["index"] == POSITIONS["suspended"] - 1
    assert (answer["after"], answer["next"]) == (POSITIONS["suspended"], None)


def test_an_act_is_told_again_when_its_status_changes_and_only_then(storied: Door) -> None:
    since = POSITIONS["act"]
    assert [item["act"]["id"] for item in acts(storied, f"?after={since}")["items"]] == [ACT_TWO]
    assert acts(storied, f"?after={since}&known={POSITIONS['corrected']}")["items"] == []
    assert acts(storied, f"?after={POSITIONS['suspended']}")["items"] == []


def test_pages_of_acts_tell_each_once_and_any_cursor_will_do(storied: Door) -> None:
    first = acts(storied, "?limit=1")
    assert first["after"] == first["items"][0]["index"] + 1
    second = storied.json(first["next"])
    assert [item["act"]["id"] for item in first["items"] + second["items"]] == [ACT, ACT_TWO]
    assert second["next"] is None
    assert acts(storied, f"?after={first['after']}")["items"] == second["items"]


def test_a_new_act_a_correction_and_a_void_are_told(door: Door) -> None:
    since = door.town.position
    data = {"act": "town-9", "kind": "decision", "date": "2025-03-01", "title": "Ще одне", "in_force": None}
    registered = door.say("act.registered", COUNCIL_STREAM, data)
    assert [item["index"] for item in acts(door, f"?after={since}")["items"]] == [registered["index"]]
    status = {"act": "town-9", "status": "in-force", "date": "2025-03-02", "start": "2025-03-02"}
    begun = door.say("act.status_changed", COUNCIL_STREAM, status)
    (item,) = acts(door, f"?after={registered['index'] + 1}")["items"]
    assert item["act"]["counts"] == [{"from": "2025-03-02", "to": None}]
    door.say("act.status_changed", COUNCIL_STREAM, None, corrects=begun["event"])
    (item,) = acts(door, f"?after={begun['index'] + 1}")["items"]
    assert (item["act"]["counts"], item["act"]["statuses"]) == ([], [])


def test_from_the_beginning_on_all_cells_are_told_and_their_hash_is_the_states(storied: Door) -> None:
    answer = told(storied, f"?as_of={DAY}&limit=500")
    state = storied.json(f"{BASE}?as_of={DAY}")
    assert {item["path"] for item in answer["items"]} == set(state["cells"])
    for item in answer["items"]:
        cell = state["cells"][item["path"]]
        assert {name: item[name] for name in cell} == cell
    assert answer["states"] == {PROGRAMME_ID: state["state_hash"]}
    assert answer["after"] == answer["known"]["position"] == POSITIONS["suspended"]
    assert answer["resume"] == f"/v1/feed/cells?limit=500&after={answer['after']}&from_as_of={DAY}"


def test_of_what_changed_only_that_is_told_with_its_event(storied: Door) -> None:
    query = f"?after={POSITIONS['changed']}&as_of={DAY}&known={POSITIONS['corrected']}"
    corrected = {item["path"]: item for item in told(storied, query)["items"]}
    assert set(corrected) == {LINE_CELL, "/actuals/i-1/2025-Q1/period"}
    assert corrected[LINE_CELL]["value"] == "155.00"
    assert corrected[LINE_CELL]["index"] == POSITIONS["corrected"] - 1
    same = told(storied, f"?after={POSITIONS['suspended']}&as_of={DAY}")
    assert (same["items"], same["states"], same["after"]) == ([], {}, POSITIONS["suspended"])


def test_a_day_that_comes_changes_cells_though_nothing_was_recorded(storied: Door) -> None:
    end = POSITIONS["corrected"]
    answer = told(storied, f"?after={end}&known={end}&from_as_of=2025-03-31&as_of={DAY}")
    assert [(item["path"], item["value"]) for item in answer["items"]] == [(LINE_CELL, "155.00")]


def test_an_act_that_no_longer_counts_gives_the_cell_its_former_value_back(storied: Door) -> None:
    query = f"?after={POSITIONS['corrected']}&as_of=2025-05-02"
    assert [item["value"] for item in told(storied, query)["items"]] == ["100.00"]


def test_before_the_term_cells_are_none_and_say_so(storied: Door) -> None:
    answer = told(storied, f"?after=20&from_as_of={DAY}&as_of=2024-01-01&limit=500")
    kinds = {(item["cell"], item["value"], item["event"], item["from"]) for item in answer["items"]}
    assert kinds <= {("none", None, None, None)}


def test_pages_of_one_walk_tell_of_one_position_and_one_day(door: Door) -> None:
    first = told(door, "?limit=3")
    door.say("financing.changed", f"programme:{PROGRAMME_ID}", {"lines": [line()]})
    page, items = first, first["items"]
    assert (first["after"], first["resume"], first["states"]) == (None, None, {})
    while page["next"] is not None:
        page = door.json(page["next"])
        items = items + page["items"]
        assert (page["known"], page["as_of"]) == (first["known"], first["as_of"])
    position = first["known"]["position"]
    state = door.json(f"{BASE}?known={position}&as_of={first['as_of']}")
    assert {item["path"]: item["value"] for item in items} == dict(paths(state["state"]))
    assert page["states"] == {PROGRAMME_ID: state["state_hash"]}
    following = door.json(page["resume"])
    assert [item["value"] for item in following["items"]] == ["123.00"]


def line() -> dict[str, Any]:
    return {"measure": "1.1", "year": 2025, "source": "local", "op": "set", "amount": "123.00"}


def paths(node: Any, at: str = "") -> Any:
    for name, child in node.items():
        if isinstance(child, dict):
            yield from paths(child, f"{at}/{name}")
        else:
            yield f"{at}/{name}", child


def test_a_page_compares_no_more_programmes_than_it_may(
    storied: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "PROGRAMMES_MAX", 0)
    assert told(storied, "")["next"] is not None


def test_a_programme_that_cannot_be_kept_up_is_a_problem_and_never_left_out(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with blocked_door(model_town, tmp_path / "town") as (door, index):
        for query in ("", f"?programme={PROGRAMME_ID}", f"?after={index + 1}&as_of=2026-03-01"):
            document = problem_of(door.get(f"/v1/feed/cells{query}"), 503, "programme-blocked")
            assert document["details"]["index"] == index
        before = told(door, f"?known={index}&as_of=2026-03-01")
        assert (
            before["states"][PROGRAMME_ID]
            == door.json(f"{BASE}?known={index}&as_of=2026-03-01")["state_hash"]
        )


def test_whoever_has_something_says_of_which_day_it_is(storied: Door) -> None:
    document = problem_of(storied.get("/v1/feed/cells?after=5"), 400, "missing-parameter")
    assert document["errors"][0]["pointer"] == "/query/from_as_of"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=9999&from_as_of=2025-01-01", 404, "position-ahead"),
        ("known=9999", 404, "position-ahead"),
        ("after=27&known=26&as_of=2025-01-01", 400, "bad-parameter"),
        ("programme=nowhere", 404, "no-such-programme"),
        ("past=../x", 400, "bad-parameter"),
        ("past=town-digital-2025/", 400, "bad-parameter"),
        ("as_of=2025-02-30", 400, "bad-parameter"),
        ("limit=501", 400, "bad-parameter"),
        ("after=1&after=2", 400, "repeated-parameter"),
        ("x=1", 400, "unknown-parameter"),
    ],
)
def test_what_cannot_be_answered_is_refused(storied: Door, query: str, status: int, code: str) -> None:
    problem_of(storied.get(f"/v1/feed/cells?{query}"), status, code)


def test_one_programme_can_be_followed_alone(storied: Door) -> None:
    alone = told(storied, f"?programme={PROGRAMME_ID}&as_of={DAY}&limit=500")
    assert alone["items"] == told(storied, f"?as_of={DAY}&limit=500")["items"]
    assert f"programme={PROGRAMME_ID}" in alone["resume"]
