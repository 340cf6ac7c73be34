"""Every report of a programme, statement by statement: both of two in conflict, and which counts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

import orjson

from ledger.entry import Entry
from ledger.ids import LeafIndex
from ledger.kinds import kind_of
from projections.cells import read_cell
from projections.doubtful import Doubtful, read_doubtful, worst_of
from projections.reading import Reading
from projections.recording import Doc, signers_of

CELLS_MAX = 50
_MEMBERS = ("phase", "accumulation", "value", "numerator", "denominator")


def read_reports(
    reading: Reading,
    programme: str,
    as_of: str,
    *,
    indicator: str | None = None,
    measure: str | None = None,
    period: str | None = None,
    after: str = "",
    limit: int,
) -> list[Doc]:
    """By report, which is by time, its statements oldest first, after the report of an id.

    A page never parts a report's statements; limit: of reports. measure: also the reports of
    the indicators that belong to it.
    """
    wanted = _Wanted(reading, programme, as_of, indicator, measure, period)
    slots = (said for said in _slots(reading, programme, after) if any(map(wanted.fits, said)))
    doubtful = read_doubtful(reading, programme)
    return [row for said in islice(slots, limit) for row in _rows(reading, programme, as_of, said, doubtful)]


def _slots(reading: Reading, programme: str, after: str) -> Iterator[list[Doc]]:
    """The statements of each slot, in order. Raises Blocked."""
    reading.check(programme)
    query = (
        "SELECT id, doc FROM records WHERE space='report' AND id>? AND id<? AND known_from<=? "
        "ORDER BY id, known_from"
    )
    # "0" follows "/": every slot of the programme lies between.
    where = [f"{programme}/{after}", f"{programme}0", reading.position]
    rows = reading.connection.execute(query, where)
    for _, said in groupby(rows, key=lambda row: row[0]):
        yield [orjson.loads(row[1]) for row in said]


class _Wanted:
    """What is asked for; the measure of an indicator is looked up once."""

    def __init__(
        self,
        reading: Reading,
        programme: str,
        as_of: str,
        indicator: str | None,
        measure: str | None,
        period: str | None,
    ) -> None:
        self._at = (reading, programme, as_of)
        self._indicator, self._measure, self._period = indicator, measure, period
        self._measures: dict[str, str | None] = {}

    def fits(self, said: Doc) -> bool:
        if said["void"]:
            return False
        return (
            self._indicator in (None, said["indicator"])
            and self._period in (None, said["period"])
            and (self._measure is None or self._measure in (*said["measures"], self._measure_of(said)))
        )

    def _measure_of(self, said: Doc) -> str | None:
        indicator = said["indicator"]
        if indicator is None:
            return None
        if indicator not in self._measures:
            reading, programme, as_of = self._at
            answer = read_cell(reading, programme, f"/indicators/{indicator}/measure", as_of)
            self._measures[indicator] = answer.value if answer is not None else None
        return self._measures[indicator]


def _rows(reading: Reading, programme: str, as_of: str, said: list[Doc], doubtful: Doubtful) -> Iterator[Doc]:
    """A row for each statement that says something; a void is shown by the rows that it takes back."""
    for place, one in enumerate(said):
        if one["void"]:
            continue
        following = said[place + 1] if place + 1 < len(said) else None
        entry = reading.entry(LeafIndex(one["index"]))
        yield _row(reading, programme, as_of, entry, one, following, doubtful, voided=said[-1]["void"])


def _row(
    reading: Reading,
    programme: str,
    as_of: str,
    entry: Entry,
    said: Doc,
    following: Doc | None,
    doubtful: Doubtful,
    *,
    voided: bool,
) -> Doc:
    stated = entry.stated()
    event = stated.event
    cells = _cells(reading, programme, as_of, entry) if following is None else []
    current = any(cell["current"] for cell in cells)
    state = "current" if current else "superseded"
    if following is not None:
        state = "voided" if voided else "corrected"
    until = reading if following is None else reading.at(following["index"])
    while_stood = range(entry.index, until.position)
    return {
        "report": said["slot"],
        "event": event.id,
        "index": entry.index,
        "kind": event.kind,
        "indicator": said["indicator"],
        "measures": said["measures"],
        "period": said["period"],
        **{name: getattr(event.data, name, None) for name in _MEMBERS},
        "state": state,
        "current": current,
        "replaced_by": following["event"] if following is not None else None,
        **_review(until, programme, said["slot"], while_stood, as_of, doubtful),
        "signers": signers_of(stated),
        "reason": event.reason,
        "evidence": len(event.files),
        "recorded_at": entry.recorded_at,
        "example": event.example,
        "cells": cells[:CELLS_MAX],
        "cells_total": len(cells),
    }


def _cells(reading: Reading, programme: str, as_of: str, entry: Entry) -> list[Doc]:
    """What it says of each cell, and the event that counts there on the day (or on the report's own)."""
    stated = entry.stated()
    found: list[Doc] = []
    for write in kind_of(stated.event.kind).writes_of(stated.event, stated.slot):
        answer = read_cell(reading, programme, write.path, max(as_of, write.since))
        holds = answer.last.event if answer is not None else None
        current = holds == stated.event.id
        found.append({"path": write.path, "value": write.value, "current": current, "in_force": holds})
    return found


def _review(
    reading: Reading, programme: str, slot: str, while_stood: range, as_of: str, doubtful: Doubtful
) -> dict[str, Any]:
    """What became of a statement: one that was stated anew is submitted again.

    while_stood: the entries from the statement to the one that replaced it: what was said before or
    after them decides nothing about it.
    """
    path = f"/reports/{slot}"
    judged = read_cell(reading, programme, path, as_of)
    causes = doubtful.causes(path, as_of, judged)
    if judged is None or judged.removed or judged.last.entry not in while_stood:
        word = worst_of(word for index, word in causes.items() if index in while_stood)
        return {"status": "submitted", "remarks": None, "reviewed_by": None, "review_doubt": word}
    event = reading.entry(LeafIndex(judged.last.entry)).stated().event
    note = event.data.note if event.data is not None else ""
    word = worst_of(word for index, word in causes.items() if index < while_stood.stop)
    return {
        "status": judged.value,
        "remarks": note or None,
        "reviewed_by": event.id,
        "review_doubt": word,
    }
