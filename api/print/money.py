"""The tree with its money: original, amended, appropriated, scheduled and paid side by side.

Source: domain.md (life of money, four empties); the figures are projections/budget.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.print.blocks import Block, Column, Figure, Row, RowKind, Table, figure, heading, numbers, text
from api.print.paper import Paper
from api.print.wording import Words, by_code
from projections.budget import AXES, read_budget, sum_rows

# Column → the figure of a budget row, and the family of cells it is made of.
AMOUNTS: Mapping[str, tuple[str, str]] = {
    "original": ("original", ""),
    "amended": ("amended", "financing"),
    "appropriated": ("appropriated", "appropriation"),
    "scheduled": ("scheduled", "schedule"),
    "paid": ("paid", "paid"),
    "deviation": ("variance", "paid"),
}
LEVELS: Mapping[str, RowKind] = {"priority": "priority", "task": "task"}
Line = dict[str, Any]


def money(paper: Paper, year: int | None = None) -> list[Block]:
    """The table, and the totals below it. year: only of this one."""
    words = paper.words
    rows = [
        row
        for row in read_budget(paper.view.reading, paper.programme, paper.view.as_of)
        if year in (None, row["year"])
    ]
    table = Table("money", words("money"), _columns(paper))
    lines: dict[str, list[Line]] = {}
    for row in rows:
        lines.setdefault(row["measure"], []).append(row)
    for node, facts in paper.nodes():
        _add_node(paper, table, node, facts, lines.pop(node, []))
    if lines:  # of a measure that the tree of this day does not have: shown, never dropped
        table.rows.append(_wide(words("orphans"), "priority", len(table.columns)))
        for node in sorted(lines, key=by_code):
            _add_node(paper, table, node, {"level": "measure"}, lines[node])
    table.rows.extend(_totals(paper, rows))
    currency = paper.figure("/currency").text
    note = words("money-note", currency=currency) + " " + words("empties")
    return [heading(words("money")), text(note, "note"), table.to_json()]


def _columns(paper: Paper) -> list[Column]:
    words = paper.words
    return [
        Column("code", words("code"), 0.9),
        Column("measure", words("measure"), 4.6),
        Column("year", words("year"), 0.7),
        *(Column(name, words(name), 1.55, money=True) for name in AMOUNTS),
        Column("entry", words("entry"), 1.2),
    ]


def _add_node(paper: Paper, table: Table, node: str, facts: Mapping[str, Any], lines: Iterable[Line]) -> None:
    path = f"/tree/{node}"
    level = str(facts.get("level") or "measure")
    kind = LEVELS.get(level, "measure")
    title = paper.figure(f"{path}/title")
    entries = paper.indexes(path)
    lines = list(lines)
    event = paper.cells.get(f"{path}/title", {}).get("event")
    at = f"{path}/title"
    code, last = Figure(node), numbers(entries)
    if lines or level in LEVELS:
        wide = Figure(title.text, title.kind, title.value, title.paths, title.entries, title.doubt, span=8)
        table.rows.append(Row([code, wide, last], kind, at, event))
    else:
        empty = Figure(paper.words("not-set-money"), "none", span=7)
        table.rows.append(Row([code, title, empty, last], kind, at, event))
    table.rows.extend(_line(paper, row) for row in lines)


def _line(paper: Paper, row: Line) -> Row:
    found = [amount(paper, row, name) for name in AMOUNTS]
    label = Figure(line_name(paper, row), value=row["source"])
    year = Figure(str(row["year"]), value=row["year"])
    entries = numbers(index for one in found for index in one.entries)
    return Row([Figure(""), label, year, *found, entries], "line", row["cell"], row["event"])


def line_name(paper: Paper, row: Line) -> str:
    """The source by its name, with the axes of the budget that the line has."""
    axes = [axis_name(paper.words, name, row[name]) for name in AXES if row.get(name)]
    return ", ".join([paper.source_name(row["source"]), *axes])


def axis_name(words: Words, axis: str, value: str) -> str:
    """One axis of a real budget in words; funds by their names."""
    shown = words.maybe(f"fund-{value}", value) if axis == "fund" else value
    return words(f"axis-{axis}", value=shown)


def amount(paper: Paper, row: Line, name: str) -> Figure:
    """One amount of a budget row, with the cells and entries behind it."""
    member, family = AMOUNTS[name]
    *_, measure, year, segment = row["cell"].split("/")
    paths = paper.below(f"/{family}/{measure}/{year}/{segment}") if family else [row["cell"]]
    if name == "deviation":
        paths = [*paths, *paper.below(row["cell"])]
    entries = paper.indexes(*paths) if family else []
    doubt = row["doubtful"].get(member)
    return figure(paper.words, row.get(member), money=True, paths=paths, entries=entries, doubt=doubt)


def _totals(paper: Paper, rows: list[Line]) -> Iterable[Row]:
    words = paper.words
    if not rows:
        return
    for found in sorted(sum_rows(rows, "year"), key=lambda one: int(one["year"])):
        yield _total(paper, words("total-year", year=found["year"]), found)
    sources = {one["source"]: one for one in sum_rows(rows, "source")}
    for source, _ in paper.sources():
        if source in sources:
            yield _total(paper, words("total-source", source=paper.source_name(source)), sources.pop(source))
    for source in sorted(sources):
        yield _total(paper, words("total-source", source=source), sources[source])
    yield _total(paper, words("total"), sum_rows(rows)[0])


def _total(paper: Paper, label: str, found: Line) -> Row:
    """Sums only of what is summed: a deviation of sums would hide lines that have one side only."""
    cells = [
        figure(paper.words, found.get(member), money=True, doubt=found["doubtful"].get(member))
        if name != "deviation"
        else Figure("")
        for name, (member, _) in AMOUNTS.items()
    ]
    return Row([Figure(label, span=3), *cells, Figure("")], "total")


def _wide(label: str, kind: RowKind, columns: int) -> Row:
    return Row([Figure(label, span=columns)], kind)
