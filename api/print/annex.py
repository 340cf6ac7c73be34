"""«Нова редакція додатка»: an annex on a date, for a draft decision. Source: domain.md, Annexes 2, 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Literal

from api.print.blocks import Block, Column, Figure, Row, Table, entries_of, figure, text
from api.print.money import LEVELS, line_name
from api.print.paper import Paper
from api.print.wording import by_code, is_amount
from ledger.values import money
from projections.budget import read_budget

Annex = Literal["financing", "measures", "indicators"]
# As the programme's documents number them; the indicators' annex is numbered in two ways there, so that its
# number stays blank unless it is given.
NUMBERS: Final[Mapping[str, int]] = {"financing": 2, "measures": 3}
_HEADS: Final = (("міськ", "head-city"), ("селищн", "head-settlement"), ("сільськ", "head-village"))
Line = dict[str, Any]


def annex(paper: Paper, which: Annex, number: int | None) -> list[Block]:
    words = paper.words
    shown = number if number is not None else NUMBERS.get(which, words("annex-blank"))
    table = _TABLES[which](paper)
    entries = ", ".join(str(index + 1) for index in entries_of([table.to_json()]))
    head = [words("annex-head", number=shown), words("annex-of", title=paper.title()), words("annex-edition")]
    return [
        *(text(line, "right") for line in head),
        text(words(f"annex-{which}"), "center"),
        table.to_json(),
        text(f"{words(_head(paper.body()))}    {words('signature')}"),
        text(words("empties") + " " + words("by-proof", numbers=entries or "-"), "note"),
    ]


def _head(body: str) -> str:
    """Who signs: by the council's own name, which says what kind of community it is."""
    return next((name for part, name in _HEADS if part in body.casefold()), "head-other")


def _rows(paper: Paper) -> list[Line]:
    return read_budget(paper.view.reading, paper.programme, paper.view.as_of)


# -- Annex 2: source by year -----------------------------------------------------------------


def _financing(paper: Paper) -> Table:
    words, years, rows = paper.words, paper.years(), _rows(paper)
    columns = [
        Column("source", words("source"), 4),
        *(Column(str(year), words("annex-amount", year=year), 1.6, money=True) for year in years),
        Column("sum", words("annex-sum"), 1.6, money=True),
    ]
    table = Table("financing", words("annex-financing"), columns)
    below = _descendants(paper.sources())
    for source, depth in paper.sources():
        own = [row for row in rows if row["source"] in below[source]]
        label = Figure("\u2003" * depth + paper.source_name(source), value=source)
        table.rows.append(Row([label, *_sums(paper, own, years)]))
    table.rows.append(Row([Figure(words("total")), *_sums(paper, rows, years)], "total"))
    return table


def _descendants(sources: list[tuple[str, int]]) -> dict[str, set[str]]:
    """Each source with all that are parts of it; every line of money stands in one source alone."""
    found: dict[str, set[str]] = {}
    above: list[str] = []
    for source, depth in sources:
        del above[depth:]
        above.append(source)
        for one in above:
            found.setdefault(one, set()).add(source)
    return found


def _sums(paper: Paper, rows: list[Line], years: list[int]) -> list[Figure]:
    return [_sum(paper, [row for row in rows if row["year"] == year]) for year in years] + [_sum(paper, rows)]


def _sum(paper: Paper, rows: list[Line]) -> Figure:
    """The plan of these lines; without any amount what all of them say instead, if they agree."""
    said = [row["amended"] for row in rows]
    paths = [row["cell"] for row in rows if row["amended"] is not None]
    doubt = next((row["doubtful"]["amended"] for row in rows if "amended" in row["doubtful"]), None)
    amounts = [Decimal(one) for one in said if is_amount(one)]
    entries = paper.indexes(*paths)
    if not amounts and len({*said}) > 1:  # a blank and a dash, say: neither is the answer for both
        words = (figure(paper.words, one, money=True).text for one in dict.fromkeys(said))
        return Figure(" / ".join(words), "text", None, tuple(paths), tuple(entries), doubt)
    given = money(sum(amounts, Decimal(0))) if amounts else (said[0] if said else None)
    return figure(paper.words, given, money=True, paths=paths, entries=entries, doubt=doubt)


# -- Annex 3: the tree with its money --------------------------------------------------------


def _measures(paper: Paper) -> Table:
    words, years, rows = paper.words, paper.years(), _rows(paper)
    columns = [
        Column("code", words("code"), 0.8),
        Column("measure", words("level-measure"), 4.4),
        Column("executor", words("annex-executor"), 2.4),
        Column("source", words("source"), 1.8),
        *(Column(str(year), words("annex-amount", year=year), 1.4, money=True) for year in years),
        Column("result", words("annex-result"), 3),
    ]
    table = Table("measures", words("annex-measures"), columns)
    lines: dict[str, list[Line]] = {}
    for row in rows:
        lines.setdefault(row["measure"], []).append(row)
    for node, facts in paper.nodes():
        table.rows.extend(_node(paper, node, facts, lines.pop(node, []), years))
    for node in sorted(lines, key=by_code):
        table.rows.extend(_node(paper, node, {}, lines[node], years))
    total = [_sum(paper, [row for row in rows if row["year"] == year]) for year in years]
    table.rows.append(Row([Figure(words("total"), span=4), *total, Figure("")], "total"))
    return table


def _node(
    paper: Paper, node: str, facts: Mapping[str, Any], lines: list[Line], years: list[int]
) -> Iterable[Row]:
    path = f"/tree/{node}"
    event = paper.cells.get(f"{path}/title", {}).get("event")
    level = str(facts.get("level"))
    title = paper.figure(f"{path}/title")
    if level in LEVELS and not lines:
        wide = replace(title, span=4 + len(years))
        yield Row([Figure(node), wide], LEVELS[level], f"{path}/title", event)
        return
    named: dict[str, list[Line]] = {}
    for row in lines:
        named.setdefault(line_name(paper, row), []).append(row)
    groups: list[tuple[str, list[Line]]] = sorted(named.items()) or [("", [])]
    height = len(groups)
    for place, (label, found) in enumerate(groups):
        own = [Figure(node), title, paper.figure(f"{path}/executor")] if place == 0 else []
        last = [paper.figure(f"{path}/result")] if place == 0 else []
        amounts = [_sum(paper, [row for row in found if row["year"] == year]) for year in years]
        cells = [*(replace(one, rows=height) for one in own), Figure(label), *amounts]
        yield Row([*cells, *(replace(one, rows=height) for one in last)], "line", f"{path}/title", event)


# -- the annex of indicators ---------------------------------------------------------------------


def _indicators(paper: Paper) -> Table:
    words = paper.words
    found = paper.family("indicators")
    years = sorted({year for facts in found.values() for year in facts.get("targets") or {}})
    columns = [
        Column("code", words("code"), 0.8),
        Column("indicator", words("indicator"), 4.6),
        Column("unit", words("unit"), 1.2),
        Column("base", words("base"), 1.2),
        *(Column(year, words("annex-target", year=year), 1.2) for year in years),
        Column("dynamics", words("dynamics"), 1.4),
    ]
    table = Table("indicators", words("annex-indicators"), columns)
    for one in sorted(found, key=by_code):
        path = f"/indicators/{one}"
        parts = ["name", "unit", "base", *(f"targets/{year}" for year in years), "printed/dynamics"]
        cells = [Figure(one), *(paper.figure(f"{path}/{part}") for part in parts)]
        event = paper.cells.get(f"{path}/name", {}).get("event")
        table.rows.append(Row(cells, "line", f"{path}/name", event))
    return table


_TABLES: Final[Mapping[str, Callable[[Paper], Table]]] = {
    "financing": _financing,
    "measures": _measures,
    "indicators": _indicators,
}
