"""What changed between two points, cell by cell, and why.

A point is (as_of, position). took_effect: nothing new was said, the day came; decided,
corrected, status: the last entry after the first position that changed the cell. When the
second position is the earlier one, the answer is the mirror of the reverse question.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, NamedTuple

from ledger.timeline import Answer
from ledger.values import is_money, money
from projections.causes import read_causes
from projections.cells import cell_id, read_cell, read_cells
from projections.diff_sums import sum_sides
from projections.doubtful import Doubtful, read_doubtful
from projections.reading import Reading
from projections.records import read_act

Row = dict[str, Any]
Why = Literal["took_effect", "decided", "corrected", "status"]
# Families of cells that hold money.
MONEY = (
    "financing",
    "appropriation",
    "schedule",
    "transfers",
    "returns",
    "commitment",
    "paid",
    "incurred",
    "payable",
    "treasury",
)


class Point(NamedTuple):
    as_of: str
    position: int


def read_diff(
    reading: Reading,
    programme: str,
    start: Point,
    end: Point,
    *,
    prefix: str = "",
    after: str = "",
    limit: int,
) -> list[Row]:
    """Each cell after a path whose value or event differs, by path."""
    sides = read_sides(reading, programme, start, end, prefix=prefix)
    return find_changes(reading, programme, sides, after=after, limit=limit)


class Sides(NamedTuple):
    """Two points with the cells and the doubts of each; different: the paths whose value or event differs."""

    start: Point
    end: Point
    old: dict[str, Answer]
    new: dict[str, Answer]
    doubtful: tuple[Doubtful, Doubtful]
    different: list[str]

    def totals(self) -> Row:
        """Of all changes, on whichever page they are; see sum_sides."""
        return {"changes": len(self.different), "limits": sum_sides(self.old, self.new, self._doubts)}

    def _doubts(self, path: str) -> tuple[Any, Any]:
        one, other = self.doubtful
        return (
            one.of(path, self.start.as_of, self.old.get(path)),
            other.of(path, self.end.as_of, self.new.get(path)),
        )


def read_sides(reading: Reading, programme: str, start: Point, end: Point, *, prefix: str = "") -> Sides:
    old = {c.path: c.answer for c in read_cells(reading.at(start.position), programme, start.as_of, prefix)}
    new = {c.path: c.answer for c in read_cells(reading.at(end.position), programme, end.as_of, prefix)}
    doubtful = (
        read_doubtful(reading.at(start.position), programme),
        read_doubtful(reading.at(end.position), programme),
    )
    different = [path for path in sorted({*old, *new}) if not _same(old.get(path), new.get(path))]
    return Sides(start, end, old, new, doubtful, different)


def find_changes(reading: Reading, programme: str, sides: Sides, *, after: str, limit: int) -> list[Row]:
    """What differs after a path, each with why and by whom."""
    start, end, old, new, doubtful, different = sides
    units = _Units(reading, programme, (end, start))
    later = reading.at(max(start.position, end.position))
    changes: list[Row] = []
    changed_by: list[int | None] = []
    for path in different:
        if path <= after:
            continue
        change, index = _change(later, programme, path, old.get(path), new.get(path), start, end, units)
        shown = {
            "old": side(path, start.as_of, old.get(path), doubtful[0]),
            "new": side(path, end.as_of, new.get(path), doubtful[1]),
            "old_doubt": doubtful[0].of(path, start.as_of, old.get(path)),
            "new_doubt": doubtful[1].of(path, end.as_of, new.get(path)),
        }
        changes.append({"path": path, "unit": change["unit"], **shown, **change})
        changed_by.append(index)
        if len(changes) == limit:
            break
    _name_causes(later, changes, changed_by)
    return changes


def _name_causes(reading: Reading, changes: list[Row], indexes: list[int | None]) -> None:
    """indexes: of each change, the leaf index of the entry that made it, if one did."""
    named = sorted({index for index in indexes if index is not None})
    causes = dict(zip(named, read_causes(reading, named), strict=True))
    for change, index in zip(changes, indexes, strict=True):
        change["causes"] = [causes[index]] if index is not None else []


def _same(one: Answer | None, other: Answer | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.value, one.removed, one.last.event) == (other.value, other.removed, other.last.event)


def _change(
    reading: Reading,
    programme: str,
    path: str,
    old: Answer | None,
    new: Answer | None,
    start: Point,
    end: Point,
    units: _Units,
) -> tuple[Row, int | None]:
    """The change but for its causes, and the leaf index of the entry that made it."""
    if start.position <= end.position:
        why, index = _why(reading, programme, path, new, start.position, end)
    else:
        why, index = _why(reading, programme, path, old, end.position, start)
    change = {"path": path, "unit": units.of(path), "delta": delta_of(path, old, new), "why": why}
    return change, index


def side(path: str, day: str, answer: Answer | None, doubtful: Doubtful) -> Row | None:
    """None if the cell is none; a removed cell has the value null and says so."""
    if answer is None:
        return None
    doubt = doubtful.of(path, day, answer)
    return {"value": answer.value, "removed": answer.removed, "event": answer.last.event, "doubt": doubt}


def _why(
    reading: Reading, programme: str, path: str, final: Answer | None, before: int, end: Point
) -> tuple[Why, int | None]:
    """Judged on the end's day: w = state(end.as_of, before); else the last entry that changed it."""
    earlier = read_cell(reading.at(before), programme, path, end.as_of)
    if _same(earlier, final):
        return "took_effect", final.last.entry if final is not None else None
    index = _last_change(reading, programme, path, before, end)
    if index is None:
        return "took_effect", final.last.entry if final is not None else None
    return _kind_of_change(reading, index, end.as_of), index


def _last_change(reading: Reading, programme: str, path: str, before: int, end: Point) -> int | None:
    """The last entry in [before, end.position) after which the cell read otherwise."""
    cell = cell_id(reading, programme, path)
    query = (
        "SELECT known_from FROM lives WHERE cell=:c AND known_from>:a AND known_from<=:b UNION "
        "SELECT known_to FROM lives WHERE cell=:c AND known_to>:a AND known_to<=:b ORDER BY 1 DESC"
    )
    where = {"c": cell, "a": before, "b": end.position}
    for (position,) in reading.connection.execute(query, where).fetchall():
        after = read_cell(reading.at(position), programme, path, end.as_of)
        if not _same(after, read_cell(reading.at(position - 1), programme, path, end.as_of)):
            return int(position) - 1
    return None


def _kind_of_change(reading: Reading, index: int, day: str) -> Why:
    """A registration that is corrected is a status if the act's counting on the day changed with it."""
    event = reading.entry(index).stated().event
    if event.kind == "act.status_changed":
        return "status"
    if event.relations.corrects is not None:
        if event.kind == "act.registered":
            before, after = (_counts(reading.at(index + n), event.data.act, day) for n in (0, 1))
            if before != after:
                return "status"
        return "corrected"
    return "decided"


def _counts(reading: Reading, act: str, day: str) -> bool:
    stretches = read_act(reading, act)["counts"]
    return any(part["from"] <= day and (part["to"] is None or day < part["to"]) for part in stretches)


class _Units:
    """The unit of a cell: the currency for money, the indicator's own for its values."""

    def __init__(self, reading: Reading, programme: str, points: tuple[Point, Point]) -> None:
        self._reading, self._programme, self._points = reading, programme, points

    def of(self, path: str) -> str | None:
        parts = path.split("/")
        if parts[1] in MONEY:
            return self._value("/currency")
        is_target = parts[1] == "indicators" and parts[3] in ("targets", "base")
        if parts[1] == "actuals" or is_target:
            return self._value(f"/indicators/{parts[2]}/unit")
        return None

    def _value(self, path: str) -> str | None:
        """As at the end, or at the start if it is removed or not there at the end."""
        for point in self._points:
            answer = read_cell(self._reading.at(point.position), self._programme, path, point.as_of)
            if answer is not None and not answer.removed:
                return str(answer.value)
        return None


def delta_of(path: str, old: Answer | None, new: Answer | None) -> str | None:
    """new − old of money where one of them is an amount; what is no amount counts as nothing.

    So does an `add` to it: an amount that is removed, or becomes a printed dash, is gone whole.
    """
    if path.split("/")[1] not in MONEY:
        return None
    sides = [side.value if side is not None else None for side in (old, new)]
    if not any(is_money(value) for value in sides):
        return None
    before, after = (Decimal(str(value)) if is_money(value) else Decimal(0) for value in sides)
    return money(after - before)
