"""Every answer marks what rests on an entry in doubt, as known at its position, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.door import BASE, Door, open_door
from tests.api.doubtful_town import CELLS, DOUBTED, EVENTS, POSITIONS, tell
from tests.support.people import FINANCIER, SECRETARY
from tests.support.town import LINE_CELL, PROGRAMME, TestLedger

YEAR = "2025-12-31"


@pytest.fixture(scope="module")
def doubted(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One application over the town of the stolen key; its tests only read."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("doubted") / "town")
    tell(town)
    town.close()
    with open_door(town, tmp_path_factory.mktemp("doubt") / "town") as opened:
        yield opened


WHEN = ("topped", "revoked", "reaffirmed")  # before the revocation, while in doubt, and after
MARKED = {"topped": False, "revoked": True, "reaffirmed": False}


def asked(door: Door, address: str, when: str, **query: str) -> Any:
    query = {"known": str(POSITIONS[when]), **query}
    return door.json(address + "?" + "&".join(f"{name}={value}" for name, value in query.items()))


def words(rows: Any, name: str = "doubt") -> dict[Any, str]:
    """What is marked, by event."""
    return {row["event"]: row[name] for row in rows if row[name] is not None}


@pytest.mark.parametrize("when", WHEN)
def test_the_state_marks_the_cells_that_rest_on_it(doubted: Door, when: str) -> None:
    cells = asked(doubted, BASE, when, as_of=YEAR)["cells"]
    found = {path: cell["doubt"] for path, cell in cells.items() if cell["doubt"]}
    assert found == (dict.fromkeys(CELLS, "suspect") if MARKED[when] else {})


def test_on_a_day_before_the_doubted_writes_hold_nothing_is_marked(doubted: Door) -> None:
    cells = asked(doubted, BASE, "revoked", as_of="2025-01-31")["cells"]
    assert {path for path, cell in cells.items() if cell["doubt"]} == set()


@pytest.mark.parametrize("when", WHEN)
def test_the_budget_marks_columns_and_totals(doubted: Door, when: str) -> None:
    answer = asked(doubted, f"{BASE}/budget", when, as_of=YEAR)
    rows = {row["measure"]: row for row in answer["items"]}
    columns = ("amended", "appropriated", "paid", "unfunded", "variance")
    expected = dict.fromkeys(columns, "suspect") if MARKED[when] else {}
    assert rows["1.1"]["doubtful"] == expected
    assert rows["1.1"]["doubt"] == ("suspect" if MARKED[when] else None)
    assert (rows["1.2"]["doubt"], rows["1.2"]["doubtful"]) == (None, {})
    (total,) = answer["totals"]["all"]
    assert set(total["doubtful"]) == (
        {"amended", "appropriated", "paid", "variance"} if MARKED[when] else set()
    )
    other = next(row for row in answer["totals"]["by_measure"] if row["measure"] == "1.2")
    assert (other["doubt"], other["doubtful"]) == (None, {})


@pytest.mark.parametrize("when", WHEN)
def test_the_indicators_mark_columns(doubted: Door, when: str) -> None:
    rows = {row["indicator"]: row for row in asked(doubted, f"{BASE}/indicators", when, as_of=YEAR)["items"]}
    columns = {"actual", "latest", "status", "evidence", "achievement", "reached"}
    assert set(rows["i-1"]["doubtful"]) == (columns if MARKED[when] else set())
    assert rows["i-1"]["doubt"] == ("suspect" if MARKED[when] else None)
    assert rows["i-2"]["doubtful"] == {}


def in_range(*names: str) -> dict[str, str]:
    return {EVENTS[name]: "suspect" for name in names}


@pytest.mark.parametrize("when", WHEN)
def test_the_history_marks_the_entries_and_the_values_that_they_are_found_with(
    doubted: Door, when: str
) -> None:
    rows = asked(doubted, f"{BASE}/history", when)["items"]
    own = [name for name in DOUBTED if name != "acted"]
    assert words(rows) == (in_range(*own) if MARKED[when] else {})
    olds = {row["event"]: write["old_doubt"] for row in rows for write in row["writes"] if write["old_doubt"]}
    assert olds == ({EVENTS["topped"]: "suspect"} if MARKED[when] else {})


def test_the_revocation_stands_in_the_history_of_the_programme_that_it_concerns(doubted: Door) -> None:
    rows = asked(doubted, f"{BASE}/history", "revoked")["items"]
    assert EVENTS["revoked"] in {row["event"] for row in rows}


def test_the_validator_changes_with_the_doubt_and_not_before(doubted: Door) -> None:
    for path in (BASE, f"{BASE}/budget", f"{BASE}/history", f"{BASE}/blame?path={LINE_CELL}"):
        asking = ("?" if "?" not in path else "&") + "known="
        tags = {when: doubted.get(f"{path}{asking}{POSITIONS[when]}").headers["etag"] for when in WHEN}
        assert len(set(tags.values())) == len(WHEN), path


def test_the_diff_marks_each_side_as_known_at_its_own_point(doubted: Door) -> None:
    query = {"from_as_of": YEAR, "to_as_of": YEAR, "from_known": str(POSITIONS["before"])}
    for when in WHEN:
        asking = query | {"to_known": str(POSITIONS[when])}
        path = f"{BASE}/diff?" + "&".join(f"{name}={value}" for name, value in asking.items())
        changes = {change["path"]: change for change in doubted.json(path)["changes"]}
        marked = {path for path, change in changes.items() if (change["new"] or {}).get("doubt")}
        caused = {path for path, change in changes.items() if change["causes"][0]["doubt"]}
        assert marked == (CELLS if MARKED[when] else set())
        assert caused == (CELLS - {LINE_CELL} if MARKED[when] else set())  # its last part is honest
        assert all((change["old"] or {}).get("doubt") is None for change in changes.values())


def test_a_mirrored_diff_marks_the_old_side(doubted: Door) -> None:
    path = f"{BASE}/diff?from_as_of={YEAR}&to_as_of={YEAR}&from_known={POSITIONS['revoked']}"
    changes = doubted.json(f"{path}&to_known={POSITIONS['before']}")["changes"]
    assert {change["path"] for change in changes if (change["old"] or {}).get("doubt")} == CELLS
    assert {change["path"] for change in changes if change["causes"][0]["doubt"]} == CELLS - {LINE_CELL}
    assert all((change["new"] or {}).get("doubt") is None for change in changes)


@pytest.mark.parametrize("when", WHEN)
def test_blame_marks_the_value_the_writes_and_what_they_found(doubted: Door, when: str) -> None:
    answer = asked(doubted, f"{BASE}/blame", when, as_of=YEAR, path=LINE_CELL)
    assert answer["value"]["doubt"] == ("suspect" if MARKED[when] else None)
    assert words(answer["items"]) == (in_range("added") if MARKED[when] else {})
    assert words(answer["items"], "old_doubt") == ({EVENTS["topped"]: "suspect"} if MARKED[when] else {})


@pytest.mark.parametrize("when", WHEN)
def test_reports_and_records_mark_their_entries(doubted: Door, when: str) -> None:
    reports = asked(doubted, f"{BASE}/reports", when, as_of=YEAR)["items"]
    assert words(reports) == (in_range("reported", "paid") if MARKED[when] else {})
    acts = asked(doubted, "/v1/acts", when)["items"]
    assert words(acts) == (in_range("acted") if when != "topped" else {})  # it is re-affirmed one later
    for path in ("/v1/keys", "/v1/mandates", "/v1/offices", "/v1/bodies", "/v1/persons"):
        assert words(asked(doubted, path, when)["items"]) == {}
    programmes = asked(doubted, "/v1/programmes", when)["items"]
    assert [row["doubt"] for row in programmes] == [None]


def test_an_event_that_was_reaffirmed_stands_in_no_doubt(doubted: Door) -> None:
    shown = doubted.json(f"/v1/events/{EVENTS['paid']}")
    assert (shown["doubt"], shown["doubts"], shown["in_force"]["doubt"]) == (None, [], None)


def test_an_event_in_doubt_names_key_person_office_and_cause(door: Door) -> None:
    door.town.clock.advance(days=1)
    report = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "3"}
    said = door.say("actual.reported", PROGRAMME, report)["event"]
    day = door.town.clock.now().date().isoformat()
    data = {"kid": SECRETARY.key.public.kid, "cause": "lost", "suspect_from": day}
    revoked = door.say("key.revoked", "root", data)["event"]
    shown = door.json(f"/v1/events/{said}")
    assert shown["doubt"] == shown["in_force"]["doubt"] == "suspect"
    signer = SECRETARY.signer()
    assert shown["doubts"] == [{"doubt": "suspect", **signer, "because": revoked}]
    feed = door.json("/v1/events?limit=500")["items"]
    assert words(feed) == {said: "suspect"}
    payload = door.town.payload("actual.reported", PROGRAMME, report | {"value": "4"}, by=FINANCIER)
    changed = door.draft(payload).json()["diff"]
    assert {(row["old"]["doubt"], row["new"]["doubt"]) for row in changed if row["old"]} == {
        ("suspect", None)
    }


@pytest.mark.parametrize("when", WHEN)
def test_tables_have_the_marks_too(doubted: Door, when: str) -> None:
    def table(part: str, **query: str) -> list[dict[str, str]]:
        asking = {"known": str(POSITIONS[when]), "format": "csv", **query}
        answer = doubted.get(f"{BASE}/{part}?" + "&".join(f"{name}={text}" for name, text in asking.items()))
        return list(csv.DictReader(io.StringIO(answer.text)))

    word = "suspect" if MARKED[when] else ""
    budget = {row["measure"]: row for row in table("budget", as_of=YEAR)}
    assert (budget["1.1"]["doubt"], budget["1.2"]["doubt"]) == (word, "")
    assert ("paid: suspect" in budget["1.1"]["doubtful"]) is MARKED[when]
    indicators = {row["indicator"]: row["doubt"] for row in table("indicators", as_of=YEAR)}
    assert indicators == {"i-1": word, "i-2": ""}
    history = {row["event"]: row["doubt"] for row in table("history")}
    assert {event for event, doubt in history.items() if doubt} == (
        set(in_range(*(name for name in DOUBTED if name != "acted"))) if MARKED[when] else set()
    )
    asking = f"diff?from_as_of={YEAR}&to_as_of={YEAR}&from_known={POSITIONS['before']}&format=csv"
    rows = csv.DictReader(io.StringIO(doubted.get(f"{BASE}/{asking}&to_known={POSITIONS[when]}").text))
    marks = {row["path"]: (row["doubt"], row["old_doubt"], row["new_doubt"]) for row in rows}
    expected = dict.fromkeys(CELLS, (word, "", word)) | {LINE_CELL: ("", "", word)}
    assert {path: mark for path, mark in marks.items() if path in CELLS} == expected
    assert all(mark == ("", "", "") for path, mark in marks.items() if path not in CELLS)


def test_an_end_that_is_registered_late_marks_what_was_said_after_it(door: Door) -> None:
    grant = door.town.ids["mandate.granted p-secretary"]
    door.town.clock.advance(days=1)
    day = door.town.clock.now().date().isoformat()
    report = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "3"}
    said = door.say("actual.reported", PROGRAMME, report)["event"]
    etag = door.get(BASE).headers["etag"]
    door.town.clock.advance(days=1)
    ended = door.say("mandate.ended", "body:town-council", {"mandate": grant, "end": day})["event"]
    assert door.get(BASE).headers["etag"] != etag
    cells = door.json(BASE)["cells"]
    assert {path: cell["doubt"] for path, cell in cells.items() if cell["doubt"]} == {
        "/actuals/i-1/2025-Q1/period": "ended-late"
    }
    (doubt,) = door.json(f"/v1/events/{said}")["doubts"]
    assert (doubt["doubt"], doubt["because"]) == ("ended-late", ended)


def test_the_start_page_marks_a_programme_whose_title_is_in_doubt(door: Door) -> None:
    assert "під сумнівом" not in door.get("/").text
    day = door.town.clock.now().date().isoformat()
    data = {"kid": SECRETARY.key.public.kid, "cause": "stolen", "suspect_from": day}
    door.say("key.revoked", "root", data)
    assert "під сумнівом" in door.get("/").text
    assert "suspect" in door.get("/?lang=en").text
