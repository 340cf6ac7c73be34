"""A programme's tree: priorities, tasks, measures and works, each with what is below it and its money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from projections.budget import add_up, read_budget
from projections.cells import read_cell, read_cells
from projections.doubtful import read_doubtful, worst_of
from projections.indicators import by_code
from projections.reading import Reading

MEMBERS = ("level", "parent", "title", "mode", "executor", "result", "kpkvk")
MONEY = ("original", "amended", "appropriated", "paid")
Row = dict[str, Any]
Parents = Mapping[str, str | None]


def read_tree(reading: Reading, programme: str, as_of: str, year: int) -> list[Row]:
    """Rows that stand on the day, parents before what is below them, siblings by code. Raises Blocked.

    tasks, measures, works, indicators: how many are below, and of the row itself. original … paid: of the
    year, of the row and all below it; None where no amount was stated. empties: what its lines say instead.
    """
    nodes = _nodes(reading, programme, as_of)
    parents: Parents = {code: node["parent"] for code, node in nodes.items()}
    counts = _counts(reading, programme, as_of, nodes, parents)
    money = _money(reading, programme, as_of, year, parents)
    nothing = {**dict.fromkeys((*MONEY, "money_doubt")), "empties": _empties([])}
    return [
        {**nodes[code], "depth": depth, **counts[code], **(money.get(code) or nothing)}
        for code, depth in _ordered(parents)
    ]


def _nodes(reading: Reading, programme: str, as_of: str) -> dict[str, Row]:
    doubtful = read_doubtful(reading, programme)
    nodes: dict[str, Row] = {}
    for path, answer in read_cells(reading, programme, as_of, "/tree"):
        if answer.removed:
            continue
        _, _, code, member = path.split("/")
        node = nodes.setdefault(code, {"id": code, **dict.fromkeys(MEMBERS), "doubt": None})
        if member in MEMBERS:
            node[member] = answer.value
            node["doubt"] = worst_of([node["doubt"], doubtful.of(path, as_of, answer)])
        if member == "title":
            node |= {"cell": path, "event": answer.last.event, "index": answer.last.entry}
    return {code: node for code, node in nodes.items() if node["title"] is not None}


def _above(code: str, parents: Parents) -> Iterator[str]:
    """The row itself, then those above it; each once, whatever the statements say."""
    seen: set[str] = set()
    at: str | None = code
    while at is not None and at in parents and at not in seen:
        seen.add(at)
        yield at
        at = parents[at]


def _ordered(parents: Parents) -> list[tuple[str, int]]:
    """Each row with its depth, 0 at the root."""
    lines = {code: list(_above(code, parents))[::-1] for code in parents}
    ordered = sorted(lines, key=lambda code: [by_code(one) for one in lines[code]])
    return [(code, len(lines[code]) - 1) for code in ordered]


def _counts(
    reading: Reading, programme: str, as_of: str, nodes: Mapping[str, Row], parents: Parents
) -> dict[str, Row]:
    found: dict[str, Counter[str]] = {code: Counter() for code in nodes}
    for code, node in nodes.items():
        for above in _above(code, parents):
            if above != code:
                found[above][f"{node['level']}s"] += 1
    for measure in _measured(reading, programme, as_of):
        for above in _above(measure, parents):
            found[above]["indicators"] += 1
    names = ("tasks", "measures", "works", "indicators")
    return {code: {name: counted[name] for name in names} for code, counted in found.items()}


def _measured(reading: Reading, programme: str, as_of: str) -> Iterator[str]:
    """The row of each indicator that stands on the day and names one."""
    query = "SELECT path FROM cells WHERE programme=? AND path>'/indicators/' AND path<'/indicators0'"
    for (path,) in reading.rows(query, [programme]):
        _, family, code, member = (*path.split("/"), "", "")[:4]
        if member != "measure":
            continue
        measure = read_cell(reading, programme, path, as_of)
        name = read_cell(reading, programme, f"/{family}/{code}/name", as_of)
        if measure is not None and not measure.removed and name is not None and not name.removed:
            yield str(measure.value)


def _money(reading: Reading, programme: str, as_of: str, year: int, parents: Parents) -> dict[str, Row]:
    groups: dict[str, list[Row]] = {}
    for row in read_budget(reading, programme, as_of):
        if row["year"] == year:
            for above in _above(row["measure"], parents):
                groups.setdefault(above, []).append(row)
    summed = {code: add_up(rows) for code, rows in groups.items()}
    return {
        code: {
            **{name: total[name] for name in MONEY},
            "money_doubt": worst_of(total["doubtful"].get(name) for name in MONEY),
            "empties": _empties(groups[code]),
        }
        for code, total in summed.items()
    }


def _empties(rows: list[Row]) -> Row:
    """How many lines of the plan are a dash, a blank, or were removed: neither an amount nor nothing."""
    said = Counter(row["amended"] for row in rows)
    return {"dash": said["-"], "blank": said[""], "removed": said["removed"]}
