"""The cases of time.md: on the timeline alone, and as signed events through the door.

In the cases a position counts entries; at the door the town's registry comes first, so the
position after each entry of a case is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.door import NeedsAcknowledgement
from ledger.envelope import Envelope
from ledger.errors import Refusal
from ledger.timeline import Answer, Timeline
from tests.oracle.cases import CASE_1, CASE_2, CASES, D1, D2, D3_AGAIN, NONE, REMOVED, Case, Expected
from tests.oracle.model import ActRegistered, Corrected, Entry, Event, StatusChanged, Write
from tests.support.replay import Replay, path
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, Payload, TestLedger, line


def said(answer: Answer | None) -> Expected:
    if answer is None:
        return NONE
    return REMOVED if answer.removed else str(answer.value)


# -- (a) on the timeline ----------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_timeline_answers(case: Case) -> None:
    timelines = Replay(case.entries).timelines
    for cell, day, known, expected in case.questions:
        got = said(timelines[known].answer(path(cell), day.isoformat()))
        assert got == expected, f"{cell} on {day} known at {known}"


# -- (b) through the door ---------------------------------------------------------

# Each cell of the cases is a line of the programme's need, or of an indicator's reports.
MONEY_CELLS = {"/a": ("1.1", "oblast"), "/b": ("1.2", "oblast")}
PERIODS = {"/q1": "2025-Q1", "/q2": "2025-Q2"}


def cell_path(cell: str) -> str:
    if cell in PERIODS:
        return f"/actuals/i-1/{PERIODS[cell]}/period"
    measure, source = MONEY_CELLS[cell]
    return f"/financing/{measure}/2025/{source}"


def line_of(write: Write) -> Payload:
    measure, source = MONEY_CELLS[write.cell]
    since = write.since.isoformat()
    return line(write.value, op=write.op, measure=measure, source=source, since=since)


class Told:
    """A case told to a town: timelines[K] is the programme after K entries of the case."""

    def __init__(self, town: TestLedger, entries: tuple[Entry, ...]) -> None:
        self.town = town
        self.entries = entries
        self.slots: dict[str, str] = {}
        self.acknowledged: list[set[str]] = []
        self.timelines: list[Timeline] = [town.timeline()]
        for entry in entries:
            self._tell(entry)
            self.timelines.append(town.timeline())

    def answer(self, cell: str, day: str, known: int) -> Expected:
        return said(self.timelines[known].answer(cell_path(cell), day))

    def _tell(self, entry: Entry) -> None:
        match entry:
            case ActRegistered():
                self._record("act.registered", COUNCIL_STREAM, act_data(entry))
            case StatusChanged():
                self._record("act.status_changed", COUNCIL_STREAM, self._status_data(entry))
            case Event() if entry.act is None:
                self.slots[entry.event] = self._record(
                    "actual.reported", PROGRAMME, report_data(entry.writes)
                )
            case Event():
                self.slots[entry.event] = self._decide(entry.writes, act=entry.act)
            case Corrected():
                self._correct(entry)
            case _:
                raise AssertionError(f"no case has {entry}")

    def _decide(self, writes: tuple[Write, ...], **common: Any) -> str:
        data = {"lines": [line_of(write) for write in writes]}
        effective = min(write.since for write in writes).isoformat()
        return self._record("financing.changed", PROGRAMME, data, effective=effective, **common)

    def _correct(self, entry: Corrected) -> None:
        slot = self.slots[entry.event]
        first = next(one for one in self.entries if isinstance(one, Event) and one.event == entry.event)
        if first.act is not None:
            self._decide(entry.writes or (), act=first.act, corrects=slot)
            return
        data = report_data(entry.writes) if entry.writes is not None else None
        self._record("actual.reported", PROGRAMME, data, corrects=slot)

    def _record(self, kind: str, subject: str, data: Payload | None, **common: Any) -> str:
        """Submit, acknowledging what the door asks about; returns the event's id."""
        outcome = self.town.outcome([self.town.envelope(kind, subject, data, **common)])
        if isinstance(outcome, Refusal):
            raise outcome
        if not isinstance(outcome, NeedsAcknowledgement):
            self.acknowledged.append(set())
            return outcome[0].event
        asked = {found.code for found in outcome.found}
        self.acknowledged.append(asked)
        return self.town.submit(kind, subject, data, acknowledges=sorted(asked), **common).event

    def _status_data(self, entry: StatusChanged) -> Payload:
        """A status by its effect: whether it was counting says which word a clerk would use."""
        assert entry.start is not None
        act = next(one for one in self.entries if isinstance(one, ActRegistered) and one.act == entry.act)
        from_start = entry.start == act.in_force
        words = {(False, True): "quashed", (False, False): "suspended", (True, True): "restored"}
        status = words.get((bool(entry.counts), from_start), "resumed")
        if act.in_force is None:
            status = "in-force"
        start = entry.start.isoformat()
        return {"act": entry.act, "status": status, "date": start, "start": start}


def act_data(entry: ActRegistered) -> Payload:
    data: Payload = {"act": entry.act, "kind": "decision", "date": entry.date.isoformat(), "title": "Рішення"}
    if entry.order is not None:
        data["order"] = entry.order
    if entry.in_force is not None:
        data["in_force"] = entry.in_force.isoformat()
    return data


def report_data(writes: tuple[Write, ...]) -> Payload:
    (write,) = writes
    return {
        "indicator": "i-1",
        "period": PERIODS[write.cell],
        "accumulation": "period",
        "value": write.value,
    }


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        yield town


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_ledger_answers_what_was_signed(case: Case, town: TestLedger) -> None:
    told = Told(town, case.entries)
    for cell, day, known, expected in case.questions:
        assert told.answer(cell, day.isoformat(), known) == expected, f"{cell} on {day} known at {known}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_restarted_ledger_reads_the_same_timeline_back(case: Case, town: TestLedger) -> None:
    kept = Told(town, case.entries).timelines[-1]
    town.reopen()
    again = town.timeline()
    assert (again.slots, again.cells, again.acts) == (kept.slots, kept.cells, kept.acts)
    assert again.touched == kept.touched


def acknowledged(town: TestLedger, entries: tuple[Entry, ...]) -> list[set[str]]:
    """What had to be acknowledged, by entry of the case."""
    return Told(town, entries).acknowledged


def test_a_decision_that_yields_to_a_later_one_has_to_say_so(town: TestLedger) -> None:
    assert acknowledged(town, CASE_1) == [set()] * 5 + [{"later-decisions"}]


def test_a_decision_that_writes_the_cell_again_from_the_later_date_is_not_asked(town: TestLedger) -> None:
    assert acknowledged(town, CASE_2) == [set()] * 6


def three_acts(town: TestLedger, last: Payload) -> list[Envelope]:
    """Registrations and decisions of three acts; last: what the third one decides."""
    acts = [entry for entry in D1 + D2 + D3_AGAIN if isinstance(entry, ActRegistered)]
    registered = [town.envelope("act.registered", COUNCIL_STREAM, act_data(act)) for act in acts]
    said = zip(acts, ({"lines": [line("5.00")]}, {"lines": [line("6.00")]}, last), strict=True)
    decided = [town.envelope("financing.changed", PROGRAMME, data, act=act.act) for act, data in said]
    return [*registered, *decided]


def test_in_case_20_one_refused_act_of_a_batch_leaves_nothing_written(town: TestLedger) -> None:
    cells = town.timeline().cells
    refusal = town.refused_all(three_acts(town, {"lines": [line("7.00", measure="9.9")]}))
    assert (refusal.code, refusal.pointer) == ("unknown-measure", "/envelopes/5/data/lines/0/measure")
    assert town.timeline().cells == cells
    town.reopen()
    assert town.timeline().cells == cells
    assert town.world(COUNCIL_STREAM).act("act-d1") is None


def test_in_case_20_the_same_batch_without_the_fault_is_written_whole(town: TestLedger) -> None:
    before = town.position
    receipts = town.submit_all(three_acts(town, {"lines": [line("7.00")]}))
    assert [receipt.index for receipt in receipts] == list(range(before, before + 6))
    assert len({receipt.recorded_at for receipt in receipts}) == 1
    assert town.value(LINE_CELL, "2025-04-01") == "7.00"
