"""«Куди перенесли гроші»: how need, appropriation and schedule moved between two points, act by act.

A point is (as_of, position). The way from the one to the other goes day by day by what was known at the
first position, then entry by entry on the second day; each step on it belongs to the act that caused it, so
that the steps of a line add up to its whole change. When the second position is the earlier one, the answer
is the mirror of the reverse question.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from ledger.ids import LeafIndex
from ledger.timeline import Answer, Placed
from ledger.values import is_money, money
from projections.budget import LIMITS
from projections.causes import read_causes
from projections.cells import cell_id, read_cell, read_cells
from projections.diff import Point
from projections.doubtful import read_doubtful, worst_of
from projections.history import act_of
from projections.money.books import Standing, TableBooks
from projections.money.figures import held
from projections.money.moving import Matched, match
from projections.reading import Reading
from projections.records import read_act

Row = dict[str, Any]
Why = Literal["decided", "status"]


class Cause(NamedTuple):
    """act: the act whose decision or status it is; slot: of the event instead, where no act is cited."""

    why: Why
    act: str | None
    slot: int


class Step(NamedTuple):
    """One change of one cell. entry: the leaf index of what caused it."""

    path: str
    cause: Cause
    entry: int
    delta: Decimal


def read_moves(reading: Reading, programme: str, start: Point, end: Point) -> list[Row]:
    """One row a family of cells and cause, in the order of the entries behind them. Raises Blocked."""
    mirrored = start.position > end.position
    first, last = (end, start) if mirrored else (start, end)
    later = reading.at(last.position)
    words = _Words(reading, programme, first, last)
    rows: list[Row] = []
    for family in LIMITS:
        groups: dict[Cause, list[Step]] = {}
        for step in _steps(reading, programme, f"/{family}", first, last):
            groups.setdefault(step.cause, []).append(
                step._replace(delta=-step.delta if mirrored else step.delta)
            )
        rows += [_row(later, family, group, words) for group in groups.values() if any(_net(group).values())]
    return sorted(rows, key=lambda row: (LIMITS.index(row["of"]), row["causes"][0]["index"], row["why"]))


def _net(steps: Iterable[Step]) -> dict[str, Decimal]:
    """What the steps of one cause come to, by cell."""
    found: dict[str, Decimal] = {}
    for step in steps:
        found[step.path] = found.get(step.path, Decimal(0)) + step.delta
    return found


def _row(reading: Reading, family: str, steps: list[Step], words: _Words) -> Row:
    changes = {path: delta for path, delta in sorted(_net(steps).items()) if delta}
    matched = match(changes)
    entries = sorted({step.entry for step in steps if step.path in changes})
    causes = read_causes(reading, entries)
    return {
        "of": family,
        "why": steps[0].cause.why,
        "act": _act(reading, steps[0].cause.act, causes),
        "causes": causes,
        **_amounts(matched),
        "changes": [{"cell": path, "delta": money(delta)} for path, delta in changes.items()],
        "doubt": worst_of([*(one["doubt"] for one in causes), *(words.of(path) for path in changes)]),
    }


def _amounts(matched: Matched) -> Row:
    return {
        "moves": [
            {"from": move.source, "to": move.target, "amount": money(move.amount)} for move in matched.moves
        ],
        "added": [{"cell": path, "amount": money(amount)} for path, amount in matched.added.items()],
        "taken": [{"cell": path, "amount": money(amount)} for path, amount in matched.taken.items()],
        "moved": money(matched.moved),
        "net": money(matched.net),
    }


def _act(reading: Reading, act: str | None, causes: list[Row]) -> Row | None:
    """As the causes cite it; where they name no such act, as it is known."""
    if act is None:
        return None
    cited = next((one["act"] for one in causes if one["act"] is not None and one["act"]["id"] == act), None)
    if cited is not None:
        return dict(cited)
    known = read_act(reading, act)
    return {"id": act, "number": known.get("number", ""), "date": known["date"], "point": None}


class _Words:
    """The doubt beside a cell at either point."""

    def __init__(self, reading: Reading, programme: str, *points: Point) -> None:
        self._doubtful = []
        for point in points:
            at = reading.at(point.position)
            doubtful = read_doubtful(at, programme)
            cells = list(read_cells(at, programme, point.as_of)) if doubtful else []
            self._doubtful.append(doubtful.words(point.as_of, cells))

    def of(self, path: str) -> Any:
        return worst_of(words.get(path) for words in self._doubtful)


def sum_moves(rows: list[Row]) -> list[Row]:
    """In all, by family: what was moved, added and taken, and the net of it."""
    return [_sum(family, [row for row in rows if row["of"] == family]) for family in LIMITS]


def _sum(family: str, rows: list[Row]) -> Row:
    added, taken = (
        sum((Decimal(one["amount"]) for row in rows for one in row[name]), Decimal(0))
        for name in ("added", "taken")
    )
    moved = sum((Decimal(row["moved"]) for row in rows), Decimal(0))
    return {
        "of": family,
        "moved": money(moved),
        "added": money(added),
        "taken": money(taken),
        "net": money(added - taken),
        "doubt": worst_of(row["doubt"] for row in rows),
    }


def _steps(reading: Reading, programme: str, prefix: str, start: Point, end: Point) -> Iterator[Step]:
    """start.position <= end.position; the days may stand either way."""
    books = TableBooks(reading.at(start.position), programme)
    days = sorted((start.as_of, end.as_of))
    sign = -1 if start.as_of > end.as_of else 1
    for path in books.under(prefix):
        for step in _by_day(path, books.writes(path), days[0], days[1]):
            yield _dated(reading.at(start.position), step)._replace(delta=sign * step.delta)
    later = TableBooks(reading.at(end.position), programme)
    causes: dict[int, Cause] = {}
    for path in sorted({*books.under(prefix), *later.under(prefix)}):
        for index, delta in _by_entry(reading, programme, path, start.position, end):
            if index not in causes:
                causes[index] = _cause_at(reading, index)
            yield Step(path, causes[index], index, delta)


def _amount(answer: Answer | None) -> Decimal:
    """What is no amount counts as nothing, as `add` takes it."""
    return Decimal(answer.value) if answer is not None and is_money(answer.value) else Decimal(0)


class _Dated(NamedTuple):
    """A step on a day. placed: the write that took effect, or whose act began or ceased to count."""

    path: str
    placed: Placed
    why: Why
    day: str
    delta: Decimal


def _by_day(path: str, writes: Sequence[Standing], after: str, until: str) -> Iterator[_Dated]:
    """The changes on the days after one and up to the other, write by write, so that each keeps its own.

    Of one day first those that cease to count, newest first; then those that begin to, oldest first: so
    what ceases gives back what it had given, unless something stands above it.
    """
    standing = [place for place, one in enumerate(writes) if one.since <= after and one.counts(after)]
    amount = _held(writes, standing)
    calendar = _calendar(writes)
    for day in sorted(day for day in calendar if after < day <= until):
        ceasing, beginning = _turned(writes, calendar[day], standing, day)
        for place in (*ceasing, *beginning):
            if place in beginning:
                insort(standing, place)
            else:
                standing.remove(place)
            one, before = writes[place], amount
            amount = _held(writes, standing)
            if amount != before:
                decided = place in beginning and day in (one.since, one.stretches[0].start)
                yield _Dated(path, one.placed, "decided" if decided else "status", day, amount - before)


def _held(writes: Sequence[Standing], standing: Sequence[int]) -> Decimal:
    return held(writes[place].placed for place in reversed(standing))


def _calendar(writes: Sequence[Standing]) -> dict[str, list[int]]:
    """By day, in the order of ranks: writes that start, and those whose act may begin or cease to count."""
    found: dict[str, list[int]] = {}
    for place, one in enumerate(writes):
        for day in {one.since, *(day for part in one.stretches for day in part if day > one.since)}:
            found.setdefault(day, []).append(place)
    return found


def _turned(
    writes: Sequence[Standing], places: Sequence[int], standing: Sequence[int], day: str
) -> tuple[list[int], list[int]]:
    """Those that cease to count on a day, newest first, and those that begin to, oldest first."""
    stood = {place for place in places if _stands(standing, place)}
    counting = {place for place in places if writes[place].counts(day)}
    return sorted(stood - counting, reverse=True), sorted(counting - stood)


def _stands(standing: Sequence[int], place: int) -> bool:
    found = bisect_left(standing, place)
    return found < len(standing) and standing[found] == place


def _dated(reading: Reading, step: _Dated) -> Step:
    placed = step.placed
    cause = Cause(step.why, placed.act, placed.rank[3] if placed.act is None else -1)
    entry = placed.entry
    if step.why == "status" and placed.act is not None:
        entry = _status_of(reading, placed.act, step.day, entry)
    return Step(step.path, cause, entry, step.delta)


def _status_of(reading: Reading, act: str, day: str, otherwise: int) -> int:
    """The newest status of the act that starts or ends on the day."""
    for status in reversed(read_act(reading, act)["statuses"]):
        if status["counts"] is not None and day in (status.get("start"), status.get("to")):
            return int(status["index"])
    return otherwise


def _by_entry(
    reading: Reading, programme: str, path: str, before: int, end: Point
) -> Iterator[tuple[int, Decimal]]:
    """The entries in [before, end.position) that changed a cell on the end's day, each with its change."""
    cell = cell_id(reading, programme, path)
    query = (
        "SELECT known_from FROM lives WHERE cell=? AND known_from>? AND known_from<=? UNION "
        "SELECT known_to FROM lives WHERE cell=? AND known_to>? AND known_to<=? ORDER BY 1"
    )
    held = _amount(read_cell(reading.at(before), programme, path, end.as_of))
    for (position,) in reading.rows(query, [cell, before, end.position] * 2):
        holds = _amount(read_cell(reading.at(position), programme, path, end.as_of))
        if holds != held:
            yield int(position) - 1, holds - held
        held = holds


def _cause_at(reading: Reading, index: int) -> Cause:
    """An act that is brought into force has decided; any other status of it stands apart."""
    stated = reading.entry(LeafIndex(index)).stated()
    act = act_of(reading, stated)
    if act is None:
        slot = reading.log.events([stated.slot])[stated.slot]
        return Cause("decided", None, slot)
    event = stated.event
    is_status = event.kind == "act.status_changed" and getattr(event.data, "status", "") != "in-force"
    return Cause("status" if is_status else "decided", act["id"], -1)
