"""Codes and links: which measure an indicator, a row of money or a project of the text means."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from projections.findings.document_words import likeness
from projections.findings.paper import Branch, Gauge, Paper, code_order, on_paper
from projections.findings.rule import Hit, Rule

SAME = Decimal("0.5")  # of the shorter title's words: below it two titles are of two things


def _parts(code: str) -> list[int] | None:
    """3.10.2 as numbers; None if the code is not made of numbers."""
    parts = code.rstrip(".").split(".")
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else None


def _are_comparable(one: str, other: str) -> bool:
    """Are both codes of one numbering: numbers, and as many of them?"""
    ours, theirs = _parts(one), _parts(other)
    return ours is not None and theirs is not None and len(ours) == len(theirs)


def _codes(paper: Paper) -> Iterator[Hit]:
    """Indicators whose code is not the code of the measure that they mean, and those that mean none."""
    for gauge in paper.indicators.values():
        row = paper.tree.get(gauge.measure or "")
        if row is None:
            what = (f"{gauge.code}: захід не названо", f"{gauge.code}: no measure is named")
            alone = (paper.quoted_name(gauge),)
            yield Hit(gauge.id, cells=(gauge.cell(),), quotes=alone, words={"what": what})
        elif _are_comparable(gauge.code, row.code) and _parts(gauge.code) != _parts(row.code):
            what = (f"{gauge.code} означає захід {row.code}", f"{gauge.code} means measure {row.code}")
            cells = (gauge.cell(), gauge.cell("measure"), row.cell())
            quotes = (paper.quoted_name(gauge), paper.quoted_title(row))
            yield Hit(gauge.id, cells=cells, quotes=quotes, words={"what": what})


def _gaps(paper: Paper) -> Iterator[Hit]:
    """Measures that no indicator means, and codes left out among the rows under one row."""
    meant = {gauge.measure for gauge in paper.indicators.values()}
    reached = set().union(*(_around(paper, id_) for id_ in meant if id_ is not None))
    for row in paper.tree.values():
        if row.level == "measure" and row.id not in reached and paper.indicators:
            what = (f"захід {row.code} не має індикатора", f"measure {row.code} has no indicator")
            yield Hit(row.id, cells=(row.cell(),), quotes=(paper.quoted_title(row),), words={"what": what})
    for before, after, first, last in _holes(paper):
        missing = first if first == last else f"{first}–{last}"
        what = (f"пропущено коди {missing}", f"the codes {missing} are left out")
        rows = [row for row in (before, after) if row is not None]
        cells, quotes = tuple(row.cell() for row in rows), tuple(paper.quoted_title(row) for row in rows)
        yield Hit(f"{first}-{last}", cells=cells, quotes=quotes, words={"what": what})


def _around(paper: Paper, id_: str) -> set[str]:
    """A row with those above it and those below it."""
    found: set[str] = set()
    step: str | None = id_
    while step is not None and step not in found:
        found.add(step)
        step = paper.tree[step].parent if step in paper.tree else None
    below, waiting = {id_}, [id_]
    while waiting:
        above = waiting.pop()
        new = [row.id for row in paper.tree.values() if row.parent == above and row.id not in below]
        below |= set(new)
        waiting += new
    return found | below


def _holes(paper: Paper) -> Iterator[tuple[Branch | None, Branch, str, str]]:
    """(row before, row after, first and last missing code) among rows of one parent, coded 1, 2, 3 …"""
    families: dict[tuple[str | None, tuple[int, ...]], list[tuple[int, Branch]]] = {}
    for row in paper.tree.values():
        parts = _parts(row.code)
        if parts is not None:
            families.setdefault((row.parent, tuple(parts[:-1])), []).append((parts[-1], row))
    for (_, prefix), rows in families.items():
        before, last = None, 0
        for number, row in sorted(rows, key=lambda item: item[0]):
            if number > last + 1:
                first, end = (".".join(map(str, (*prefix, n))) for n in (last + 1, number - 1))
                yield before, row, first, end
            before, last = row, number


def _duplicates(paper: Paper) -> Iterator[Hit]:
    """Codes under which the text means another thing than the list."""
    for one in paper.of("title"):
        row = paper.tree.get(one.about)
        if row is not None and likeness(_without_code(one.text, row.code), row.title) < SAME:
            quotes = (*paper.quoted(one), paper.quoted_title(row))
            words = {"measure": row.code, "at": one.at}
            yield Hit(row.id, cells=(one.cell, row.cell()), quotes=quotes, words=words)


def _without_code(text: str, code: str) -> str:
    """«Проєкт 3.1.1. Реконструкція» → «Реконструкція»."""
    return text.partition(code)[2].lstrip(". ") if code in text else text


def _inferred(paper: Paper) -> Iterator[Hit]:
    """Rows of money that do not name their measure, and indicators linked by their names alone."""
    for one in paper.of("row"):
        row = paper.tree.get(one.about)
        if row is not None and row.code not in one.text:
            what = (
                f"рядок «{one.text}» – це захід {row.code}",
                f"the row “{one.text}” is measure {row.code}",
            )
            cells = (one.cell, row.cell(), *(line.cell for line in paper.plan if line.measure == row.id))
            quotes = (*paper.quoted(one), paper.quoted_title(row))
            yield Hit(f"row.{row.id}", cells=cells, quotes=quotes, words={"what": what})
    for gauge in paper.indicators.values():
        row = paper.tree.get(gauge.measure or "")
        if gauge.inferred and row is not None and not _is_told_as_code(gauge, row):
            what = (
                f"індикатор {gauge.code} – це захід {row.code}",
                f"indicator {gauge.code} is of measure {row.code}",
            )
            cells = (gauge.cell("link"), gauge.cell("measure"), row.cell())
            quotes = (paper.quoted_name(gauge), paper.quoted_title(row))
            yield Hit(f"indicator.{gauge.id}", cells=cells, quotes=quotes, words={"what": what})


def _is_told_as_code(gauge: Gauge, row: Branch) -> bool:
    """A link that LINK-CODE tells is not told twice."""
    return _are_comparable(gauge.code, row.code) and code_order(gauge.code) != code_order(row.code)


RULES: tuple[Rule, ...] = (
    Rule(
        "LINK-CODE",
        "ask",
        uk="Код індикатора – не код його заходу: {what}",
        en="An indicator's code is not its measure's: {what}",
        check=on_paper(_codes),
    ),
    Rule(
        "LINK-GAP",
        "note",
        uk="Перелік має прогалину: {what}",
        en="The list has a gap: {what}",
        check=on_paper(_gaps),
    ),
    Rule(
        "LINK-DUP",
        "ask",
        uk="Під кодом {measure} у тексті ({at}) інше, ніж у переліку заходів",
        en="Under the code {measure} the text ({at}) means another thing than the list of measures",
        check=on_paper(_duplicates),
    ),
    Rule(
        "LINK-INFERRED",
        "ask",
        uk="Зв'язок виведено з назви: {what}",
        en="A link is inferred from a title: {what}",
        check=on_paper(_inferred),
    ),
)
