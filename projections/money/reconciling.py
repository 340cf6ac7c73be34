"""The reconciliation with the treasury as people read it: with events, acts by their numbers, and doubts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ledger.doubt import Name
from ledger.ids import LeafIndex
from ledger.values import money
from projections.doubtful import read_doubtful, worst_of
from projections.money.allocated import Share
from projections.money.books import Books, TableBooks, answer_of
from projections.money.explaining import Candidate
from projections.money.figures import (
    AMOUNTS,
    Figure,
    day_before,
    extract_day,
    extracted,
    in_force,
    line_axes,
    paid_to,
    treasury_lines,
)
from projections.money.reconciliation import (
    Comparison,
    Reconciled,
    reconcile,
    unmapped_ledger,
    worst_status,
)
from projections.reading import Reading
from projections.records import read_act

Row = dict[str, Any]
NOT_IMPORTED = "not-imported"


def read_reconciliation(reading: Reading, programme: str, as_of: str, year: int) -> Row:
    """{"year", "status", "extract", "items", "lines", "unmapped"}: by measure and source, by treasury line,
    and the programme's lines that nothing is mapped to. Raises Blocked.

    status: the worst of all parts; "not-imported" where no extract of the year is known by the day.
    """
    books = TableBooks(reading, programme)
    day = extract_day(books, year, as_of)
    if day is None:
        return {
            "year": year,
            "status": NOT_IMPORTED,
            "extract": None,
            "items": [],
            "lines": [],
            "unmapped": [],
        }
    teller = _Teller(reading, programme, books)
    found = reconcile(books, year, as_of)
    lines = [teller.line(year, line, day, found) for line in treasury_lines(books, year)]
    lines = [row for row in lines if row["cells"]]
    unmapped = [teller.unmapped(line, day) for line in unmapped_ledger(books, year, day)]
    items = [teller.item(one) for one in found]
    return {
        "year": year,
        "status": worst_status(row["status"] for row in (*items, *lines, *unmapped)),
        "extract": {"day": day, "events": _events_of(lines, day)},
        "items": items,
        "lines": lines,
        "unmapped": unmapped,
    }


def _events_of(lines: Iterable[Row], day: str) -> list[str]:
    """The events of the newest extract, each once."""
    return list(dict.fromkeys(event for row in lines if row["day"] == day for event in row["events"]))


class _Teller:
    """Turns what was found into rows."""

    def __init__(self, reading: Reading, programme: str, books: Books) -> None:
        self._reading, self._books = reading, books
        self._doubtful = read_doubtful(reading, programme)

    def item(self, found: Reconciled) -> Row:
        rows = [self._comparison(one) for one in found.comparisons]
        shares = [self._share(one, found) for one in found.shares]
        return {
            "measure": found.target.measure,
            "year": found.target.year,
            "source": found.target.source,
            "status": found.status,
            "shares": shares,
            "lines": list(found.lines),
            "comparisons": rows,
            "doubt": worst_of(row["doubt"] for row in (*rows, *shares)),
        }

    def _share(self, share: Share, found: Reconciled) -> Row:
        day = found.comparisons[0].treasury.day
        return {
            "line": share.line,
            "share": f"{share.share.normalize():f}",
            "cell": share.path,
            "events": self._events(share.entries),
            "doubt": self._doubt((share.path,), share.entries, day),
        }

    def _comparison(self, found: Comparison) -> Row:
        treasury, ledger = self._figure(found.treasury), self._figure(found.ledger)
        by = [self._candidate(one) for one in found.explained_by]
        return {
            "name": found.name,
            "treasury": treasury,
            "ledger": ledger,
            "difference": _text(found.difference),
            "status": found.status,
            "why": found.why,
            "explained_by": by,
            "fits": found.fits,
            "unexplained": _text(found.unexplained),
            "doubt": worst_of(row["doubt"] for row in (treasury, ledger, *by)),
        }

    def _figure(self, figure: Figure) -> Row:
        return {
            "amount": _text(figure.amount),
            "day": figure.day,
            "until": figure.until,
            "cells": list(figure.cells),
            "events": self._events(figure.entries),
            "doubt": self._doubt(figure.cells, figure.entries, figure.day),
        }

    def _candidate(self, one: Candidate) -> Row:
        return {
            "act": self._act(one.act),
            "events": self._events(one.entries),
            "delta": money(one.delta),
            "counted": one.counted,
            "doubt": worst_of(self._doubtful.entries.get(entry) for entry in one.entries),
        }

    def _act(self, act: str | None) -> Row | None:
        if act is None:
            return None
        known = read_act(self._reading, act)
        return {"id": act, "number": known.get("number", ""), "date": known["date"], "point": None}

    def line(self, year: int, line: str, day: str, found: Iterable[Reconciled]) -> Row:
        """A treasury line as its newest extract states it, and the one before it."""
        figures = {name: extracted(self._books, year, line, name, day) for name in AMOUNTS}
        mine = [one for one in found if any(share.line == line for share in one.shares)]
        stated = [figure.day for figure in figures.values() if figure.cells]
        newest = max(stated, default=day)
        shares = [share.share for one in mine for share in one.shares if share.line == line]
        return {
            "line": line,
            **line_axes(line)._asdict(),
            "day": newest,
            "newest": newest == day,
            **self._amounts(figures),
            "previous": self._previous(year, line, newest),
            "mapped": f"{sum(shares, Decimal(0)).normalize():f}" if shares else None,
            "status": worst_status(one.status for one in mine),
        }

    def _previous(self, year: int, line: str, day: str) -> Row | None:
        """What the extract before the day said of the line; None if there is none."""
        figures = {name: extracted(self._books, year, line, name, day_before(day)) for name in AMOUNTS}
        stated = [figure.day for figure in figures.values() if figure.cells]
        return {"day": max(stated), **self._amounts(figures)} if stated else None

    def _amounts(self, figures: dict[str, Figure]) -> Row:
        entries = sorted({entry for figure in figures.values() for entry in figure.entries})
        return {
            **{name: _text(figure.amount) for name, figure in figures.items()},
            "cells": [cell for figure in figures.values() for cell in figure.cells],
            "events": self._events(entries),
            "doubt": worst_of(self._doubt(one.cells, one.entries, one.day) for one in figures.values()),
        }

    def unmapped(self, line: str, day: str) -> Row:
        """A line of the programme that no treasury line is mapped to: undetermined."""
        measure, year, segment = line.split("/")
        figures = {
            "appropriated": in_force(self._books, [f"/appropriation/{line}"], day),
            "scheduled": in_force(self._books, [f"/schedule/{line}"], day),
            "paid": paid_to(self._books, [line], day),
        }
        return {
            "measure": measure,
            "year": int(year),
            "segment": segment,
            **self._amounts(figures),
            "status": "undetermined",
            "why": "not-mapped",
        }

    def _events(self, entries: Iterable[int]) -> list[str]:
        return [self._reading.entry(LeafIndex(index)).stated().event.id for index in entries]

    def _doubt(self, cells: Iterable[str], entries: Iterable[int], day: str) -> Name | None:
        """Of what the cells rest on, and of the statements themselves."""
        if not self._doubtful:
            return None
        paths = [self._doubtful.of(path, day, answer_of(self._books.writes(path), day)) for path in cells]
        return worst_of([*paths, *(self._doubtful.entries.get(entry) for entry in entries)])


def _text(amount: Decimal | None) -> str | None:
    return money(amount) if amount is not None else None
