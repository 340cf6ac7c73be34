"""What rests on an act: a draft of its suspension, quashing, restoration or repeal says it first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import api.drafts.consequences
import api.drafts.rests
from tests.api.cli_runner import Prompt
from tests.api.door import Door, open_door
from tests.api.fake_api import fake_api
from tests.support.people import SECRETARY
from tests.support.story import ACTUAL
from tests.support.town import (
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_ID,
    TestLedger,
    line,
    lines,
)

WIDENS, ADDS, SETS, LATE = "town-2", "town-3", "town-4", "town-5"  # four acts, by what they do
NAMES: dict[str, str] = {}  # event → what the story calls it
IDS: dict[str, str] = {}  # and the other way
SPENT = {"phase": "paid", "period": "2025-Q2", "accumulation": "period"}


@pytest.fixture(scope="module")
def told(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """WIDENS sets the line to 150.00, renames a measure and adds rows and a year; others come after it."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("resting") / "town")
    for act, day in (
        (WIDENS, "2025-03-10"),
        (ADDS, "2025-05-01"),
        (SETS, "2025-07-01"),
        (LATE, "2025-08-01"),
    ):
        data = ACT_DATA | {"act": act, "date": day, "in_force": day, "points": []}
        note(town, act, town.submit("act.registered", COUNCIL_STREAM, data).event)
    widen(town)
    follow(town)
    report(town)
    town.close()
    return town


def widen(town: TestLedger) -> None:
    rows = {
        "tree": [
            {"id": "1.9", "level": "measure", "parent": "1", "title": "Новий захід"},
            {"id": "1.1", "level": "measure", "parent": "1", "title": "Перший захід, уточнений"},
        ],
        "financing": [{"measure": "1.9", "year": 2025, "source": "local", "amount": "4.00"}],
        "indicators": [{"id": "i-9", "name": "Новий", "kind": "flow", "unit": "одиниць"}],
        "sources": [{"id": "grant", "name": "грант"}],
        "term": {"from": 2025, "to": 2028},
    }
    said = {"effective": "2025-04-01", "act": WIDENS}
    note(town, "rows", town.submit("programme.amended", PROGRAMME, rows, **said).event)
    note(town, "set-150", town.submit("financing.changed", PROGRAMME, lines("150.00"), **said).event)


def follow(town: TestLedger) -> None:
    decisions: tuple[tuple[str, str, str, Any], ...] = (
        ("add-20", ADDS, "2025-05-01", lines(line("20.00", op="add"))),
        ("new-measure", ADDS, "2025-05-01", lines(line("1.00", measure="1.9"), line("2.00", measure="1.2"))),
        ("new-source", ADDS, "2025-05-01", lines(line("1.00", source="grant"))),
        ("new-year", ADDS, "2025-05-01", lines(line("1.00", year=2028))),
        ("set-300", SETS, "2025-07-01", lines("300.00")),
        ("add-5", LATE, "2025-08-01", lines(line("5.00", op="add"))),
    )
    for name, act, day, data in decisions:
        note(town, name, town.submit("financing.changed", PROGRAMME, data, effective=day, act=act).event)


def report(town: TestLedger) -> None:
    spending = SPENT | {"lines": [{"measure": "1.9", "year": 2025, "source": "local", "amount": "1.00"}]}
    old_rows = SPENT | {"lines": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}]}
    progress = {"measure": "1.9", "period": "2025-Q2", "status": "in-progress"}
    for name, kind, data in (
        ("actual", "actual.reported", ACTUAL | {"indicator": "i-9"}),
        ("spending", "spending.reported", spending),
        ("progress", "progress.reported", progress),
        ("old-rows", "spending.reported", old_rows | {"period": "2025-Q1"}),
        ("old-indicator", "actual.reported", ACTUAL),
    ):
        note(town, name, town.submit(kind, PROGRAMME, data).event)


def note(town: TestLedger, name: str, event: str) -> None:
    NAMES[event], IDS[name] = name, event


@pytest.fixture
def door(told: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(told, tmp_path / "town") as opened:
        yield opened


@pytest.fixture(scope="module")
def reading(told: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(told, tmp_path_factory.mktemp("reading") / "town") as opened:
        yield opened


def payload(status: str, start: str | None, **more: Any) -> dict[str, Any]:
    days = {"date": "2025-09-01"} | ({"start": start} if start is not None else {})
    return event("act.status_changed", {"act": WIDENS, "status": status} | days | more)


def event(kind: str, data: Any, **more: Any) -> dict[str, Any]:
    signer = {"person": SECRETARY.person, "office": SECRETARY.office}
    return {"kind": kind, "subject": COUNCIL_STREAM, "signers": [signer], "data": data, **more}


def rests(door: Door, draft: dict[str, Any]) -> set[tuple[str, str, str]]:
    """(reason, event, first cell) of everything that rests on the act."""
    answer = door.draft(draft).json()
    assert answer["outcome"] == "recorded", answer["discrepancies"] or answer["refusal"]
    assert answer["rests_total"] == len(answer["rests"])
    assert {row["programme"] for row in answer["rests"]} <= {PROGRAMME_ID}
    return {(row["why"], NAMES[row["event"]], row["path"]) for row in answer["rests"]}


STANDING = {
    ("stands-on", "new-measure", "/financing/1.9/2025/local"),
    ("stands-on", "new-source", "/financing/1.1/2025/grant"),
    ("stands-on", "new-year", "/financing/1.1/2028/local"),
    ("stands-on", "actual", "/actuals/i-9/2025-Q1/period"),
    ("stands-on", "spending", "/paid/1.9/2025/local/2025-Q2/period"),
    ("stands-on", "progress", "/progress/1.9/2025-Q2"),
}
CITING = {("cites", "rows", "/term/from"), ("cites", "set-150", LINE_CELL)}
FOLLOWING = {("follows", "set-300", LINE_CELL)}
ADDING = {("adds", "add-20", LINE_CELL)}
ALL = CITING | ADDING | STANDING | FOLLOWING
QUASHED = payload("quashed", "2025-03-10", by="court")


def test_a_quashed_act_takes_with_it_what_adds_to_it_and_stands_on_it(reading: Door) -> None:
    assert rests(reading, QUASHED) == ALL


def test_rows_come_strongest_first_and_say_their_events(reading: Door) -> None:
    rows = reading.draft(QUASHED).json()["rests"]
    reasons = [row["why"] for row in rows]
    assert reasons == sorted(reasons, key=["cites", "adds", "stands-on", "follows"].index)
    (adding,) = [row for row in rows if row["why"] == "adds"]
    told = reading.json(f"/v1/events/{IDS['add-20']}")
    assert adding["index"] == told["index"]
    assert adding["kind"] == "financing.changed"
    assert adding["sentence"] == told["sentence"]
    (rows_event,) = [row for row in rows if row["event"] == IDS["rows"]]
    assert rows_event["paths_total"] == 13


def test_a_suspension_after_a_later_decision_reaches_only_later_days(reading: Door) -> None:
    """From July the line is another act's, so what was added in May no longer rests on it in October."""
    suspended = payload("suspended", "2025-10-01")
    assert rests(reading, suspended) == CITING | STANDING | FOLLOWING


def test_a_suspension_that_ends_before_a_decision_begins_does_not_reach_it(reading: Door) -> None:
    april = payload("suspended", "2025-04-01", to="2025-05-01")
    assert rests(reading, april) == CITING | {("stands-on", "actual", "/actuals/i-9/2025-Q1/period")}
    before = payload("suspended", "2025-03-12", to="2025-03-30")
    assert rests(reading, before) == set(), "nothing that cites the act begins before April"


def test_a_mayors_suspension_and_the_override_name_the_same_events(door: Door) -> None:
    mayor = {"act": WIDENS, "status": "suspended", "date": "2025-03-14", "start": "2025-03-14", "by": "mayor"}
    assert rests(door, event("act.status_changed", mayor)) == ALL
    door.say("act.status_changed", COUNCIL_STREAM, mayor)
    votes = {"for": 26, "against": 0, "abstained": 0, "of": 38}
    override = mayor | {"status": "resumed", "start": "2025-03-25", "by": "council"}
    answer = door.draft(event("act.status_changed", override)).json()
    assert answer["refusal"]["errors"][0]["pointer"] == "/data/votes"
    assert rests(door, event("act.status_changed", override | {"votes": votes})) == ALL
    asked = door.draft(event("act.status_changed", override | {"votes": votes | {"for": 25}})).json()
    assert [item["code"] for item in asked["discrepancies"]] == ["override-short"]
    assert asked["rests_total"] == len(ALL), "who is asked sees what would come of it too"


def test_a_restoration_and_a_void_bring_back_what_the_quashing_took(door: Door) -> None:
    quashing = door.say("act.status_changed", COUNCIL_STREAM, QUASHED["data"])["event"]
    assert rests(door, payload("restored", "2025-03-10")) == ALL
    corrects = {"event": quashing, "payload": door.town.statements[quashing]}
    void = event("act.status_changed", None, relations={"corrects": corrects}, reason="помилка")
    assert rests(door, void) == ALL
    later = QUASHED["data"] | {"status": "suspended", "start": "2025-10-01"}
    moved = event("act.status_changed", later, relations={"corrects": corrects}, reason="помилка")
    assert rests(door, moved) == CITING | ADDING | STANDING | FOLLOWING
    corrected = event(
        "act.status_changed", QUASHED["data"], relations={"corrects": corrects}, reason="ще раз"
    )
    assert rests(door, corrected) == set()


def test_a_repeal_reaches_nothing_unless_it_stops_what_was_written(reading: Door) -> None:
    assert rests(reading, payload("repealed", None)) == set()
    assert rests(reading, payload("published", None)) == set()
    assert rests(reading, payload("repealed", "2025-10-01", stops=True)) == CITING | STANDING | FOLLOWING


def test_a_registration_that_moves_the_act_says_what_then_ranks_otherwise(door: Door) -> None:
    more, known = lines(line("7.00", op="add")), ["later-decisions"]
    same_day = {"effective": "2025-04-01", "act": ADDS, "acknowledges": known}
    note(door.town, "same-day", door.say("financing.changed", PROGRAMME, more, **same_day)["event"])
    registered = {"act": WIDENS, "date": "2025-03-10", "in_force": "2025-03-10", "points": []}
    corrects = {"event": IDS[WIDENS], "payload": door.town.statements[IDS[WIDENS]]}
    later = event("act.registered", ACT_DATA | registered | {"date": "2025-05-02"})
    later["relations"] = {"corrects": corrects}
    after = FOLLOWING | {("follows", "new-measure", "/financing/1.9/2025/local")}
    assert rests(door, later) == CITING | {("adds", "same-day", LINE_CELL)} | after
    renamed = event("act.registered", ACT_DATA | registered | {"title": "Про зміни"})
    renamed["relations"] = {"corrects": corrects}
    assert rests(door, renamed) == set()


def test_what_restates_the_annex_above_follows(door: Door) -> None:
    edition = {
        "restated": [{"annex": "financing"}],
        "financing": [{"measure": "1.2", "year": 2025, "source": "local", "amount": "9.00"}],
    }
    stated = door.draft(
        event("programme.amended", edition, subject=PROGRAMME, effective="2025-09-01", act={"id": LATE})
    ).json()["payload"]
    restating = door.say(
        "programme.amended", PROGRAMME, stated["data"], effective="2025-09-01", act=LATE
    )["event"]  # fmt: skip
    note(door.town, "edition", restating)
    found = rests(door, QUASHED)
    removed = {cell for why, name, cell in found if name == "edition" and why == "stands-on"}
    assert removed == {"/financing/1.1/2025/grant"}
    assert ("follows", "edition", LINE_CELL) in found


def test_other_events_have_nothing_that_rests_on_them(reading: Door) -> None:
    change = event(
        "financing.changed", lines("9.00"), subject=PROGRAMME, effective="2025-09-01", act={"id": LATE}
    )
    assert rests(reading, change) == set()
    refused = reading.draft(payload("quashed", None)).json()
    assert (refused["outcome"], refused["rests"], refused["rests_total"]) == ("refused", [], 0)


def test_a_long_list_is_cut_and_its_length_told(reading: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.drafts.rests, "ROWS_MAX", 3)
    monkeypatch.setattr(api.drafts.consequences, "SENTENCES_MAX", 1)
    answer = reading.draft(QUASHED).json()
    assert (len(answer["rests"]), answer["rests_total"]) == (3, len(ALL))
    assert [row["sentence"] is None for row in answer["rests"]] == [False, True, True]


def test_an_event_that_is_itself_a_draft_has_no_sentence_yet(reading: Door) -> None:
    first = event(
        "financing.changed", lines("9.00"), subject=PROGRAMME, effective="2025-09-01", act={"id": WIDENS}
    )
    drafts = reading.drafts([first, QUASHED]).json()["drafts"]
    rows = {row["event"]: row for row in drafts[1]["rests"]}
    assert rows[drafts[0]["payload"]["id"]]["sentence"] is None
    assert rows[drafts[0]["payload"]["id"]]["why"] == "cites"


# -- at the prompt ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("These rest on the act:", "adds to its amount", "stands on its row", "№ 20", "and 12 more")),
        ("uk", ("Від акта залежать:", "додає до суми за актом", "спирається на рядок акта", "та ще 12")),
    ],
)
def test_the_prompt_prints_what_rests_on_the_act(
    reading: Door, tmp_path: Path, language: str, said: tuple[str, ...]
) -> None:
    prompt = Prompt(tmp_path)
    draft = reading.draft(QUASHED).json()
    adding = next(row for row in draft["rests"] if row["why"] == "adds")
    adding["index"] = 19
    draft["rests_total"] = 700
    with fake_api({("POST", "/v1/drafts"): (200, {"drafts": [draft], **draft})}) as url:
        path = prompt.write("quash.json", QUASHED)
        ran = prompt.run("draft", path, "--server", url, "--lang", language, COLUMNS="300")
    assert ran.code == 0, ran
    for words in (*said, "700", adding["sentence"][language][:20]):
        assert words in ran.out, ran.out
