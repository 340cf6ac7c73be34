"""A programme's money by priority: by the row of the tree at which a measure's line of parents ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.doubt import Name
from projections.budget import Row, add_up
from projections.cells import read_cells
from projections.doubtful import read_doubtful, worst_of
from projections.reading import Reading


@dataclass(frozen=True, slots=True)
class Place:
    """parent, level: None where none is stated. doubt: of the statement about the parent."""

    parent: str | None = None
    level: str | None = None
    doubt: Name | None = None


Tree = Mapping[str, Place]


def read_tree(reading: Reading, programme: str, as_of: str) -> dict[str, Place]:
    """The rows of the tree on a day, by id. Raises Blocked."""
    doubtful = read_doubtful(reading, programme)
    found: dict[str, dict[str, Any]] = {}
    for path, answer in read_cells(reading, programme, as_of, "/tree"):
        _, _, node, member = path.split("/")
        said = found.setdefault(node, {})
        said[member] = answer.value
        if member == "parent":
            said["doubt"] = doubtful.of(path, as_of, answer)
    return {
        node: Place(said.get("parent"), said.get("level"), said.get("doubt")) for node, said in found.items()
    }


def priority_of(measure: str, tree: Tree) -> tuple[str | None, Name | None]:
    """The priority above a measure, and the worst doubt about what puts it there; None for none."""
    line, doubts = [measure], list[Name | None]()
    while (place := tree.get(line[-1])) is not None and place.parent and place.parent not in line:
        doubts.append(place.doubt)
        line.append(place.parent)
    top = tree.get(line[-1])
    found = line[-1] if top is not None and top.level == "priority" else None
    return found, worst_of(doubts)


def sum_priorities(rows: list[Row], tree: Tree) -> list[Row]:
    """The rows of each priority added up, in the order of the rows; null: of measures below none."""
    groups: dict[str | None, list[Row]] = {}
    doubts: dict[str | None, list[Name | None]] = {}
    for row in rows:
        priority, doubt = priority_of(row["measure"], tree)
        groups.setdefault(priority, []).append(row)
        doubts.setdefault(priority, []).append(doubt)
    return [_sum(priority, group, doubts[priority]) for priority, group in groups.items()]


def _sum(priority: str | None, rows: list[Row], doubts: list[Name | None]) -> Row:
    total = add_up(rows)
    return {"priority": priority, **total, "doubt": worst_of([total["doubt"], *doubts])}
