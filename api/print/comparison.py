"""«Порівняльна таблиця»: the edition in force beside another one, annex by annex, with act and reason.

Source: domain.md (new edition, comparison table); the changes are projections/diff.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from api.print.blocks import Block, Column, Figure, Row, Table, figure, heading, numbers, text
from api.print.money import axis_name
from api.print.paper import Paper, chains
from api.print.proposed import proposed_changes
from api.print.wording import amount, by_code, is_amount
from ledger.values import money
from projections.budget import AXES, read_budget, sum_rows
from projections.causes import cause
from projections.diff import Point, read_diff

# Families of cells that make up the programme's text, by annex; what is reported or paid is none of it.
PASSPORT = ("title", "body", "term", "currency", "passport", "predecessor", "sources", "endorsements")
ANNEXES = {
    "passport": PASSPORT,
    "financing": ("financing",),
    "measures": ("tree",),
    "indicators": ("indicators",),
}
ALL = 1 << 31  # changes
Change = dict[str, Any]
Namer = Callable[[Paper, list[str]], str]


def comparison(paper: Paper, start: Point) -> list[Block]:
    """From an earlier (or other) point to the paper's own."""
    end = Point(paper.view.as_of, paper.view.known.position)
    changes = read_diff(paper.view.reading, paper.programme, start, end, limit=ALL)
    return compared(paper, changes, start)


def proposal(paper: Paper, name: str) -> list[Block]:
    """From the edition in force to the one that a proposal asks for. Raises Problem as proposed_changes."""
    changes, day = proposed_changes(paper.view, paper.programme, name)
    note = paper.words("of-proposal", id=name, day=paper.words.day(day))
    return [text(note), *compared(paper, changes, None)]


def compared(paper: Paper, changes: list[Change], start: Point | None) -> list[Block]:
    """The tables of changes, whoever found them. start: of two points; None of a proposal, whose sums
    nothing holds yet."""
    words = paper.words
    told = [one for one in changes if _sides(one)[0] != _sides(one)[1]]
    stood = _stood(paper, start)
    blocks: list[Block] = []
    for annex, families in ANNEXES.items():
        found = [one for one in told if one["path"].split("/")[1] in families]
        if not found:
            continue
        rows = [_row(paper, one, stood) for one in sorted(found, key=lambda one: _order(one["path"]))]
        if annex == "financing" and start is not None:
            rows += list(_totals(paper, start))
        table = Table(annex, words(f"annex-{annex}"), _columns(paper), rows)
        blocks += [heading(words(f"annex-{annex}")), table.to_json()]
    inside = {family for families in ANNEXES.values() for family in families}
    outside = sum(1 for one in told if one["path"].split("/")[1] not in inside)
    if not blocks:
        blocks.append(text(words("no-changes")))
    if outside:
        blocks.append(text(words("outside", count=outside), "note"))
    return blocks


def _stood(paper: Paper, start: Point | None) -> Mapping[str, tuple[int, ...]]:
    """The entries behind the amounts of before."""
    if start is None:
        return paper.chains
    return chains(paper.view.reading.at(start.position), paper.programme, start.as_of, "/financing")


def _columns(paper: Paper) -> list[Column]:
    words = paper.words
    return [
        Column("what", words("what-changes"), 2.6),
        Column("old", words("old-edition"), 3.6),
        Column("new", words("new-edition"), 3.6),
        Column("difference", words("difference"), 1.4, money=True),
        Column("grounds", words("grounds"), 3),
        Column("entry", words("entry"), 1),
    ]


def _sides(change: Change) -> tuple[Any, Any]:
    """What stands on either side, as `figure` takes it."""
    old, new = (
        None if one is None else ("removed" if one["removed"] else one["value"])
        for one in (change["old"], change["new"])
    )
    return old, new


def _order(path: str) -> list[Any]:
    return [by_code(part) for part in path.split("/")[1:]]


def _row(paper: Paper, change: Change, stood: Mapping[str, tuple[int, ...]]) -> Row:
    words, path, causes = paper.words, change["path"], _causes(paper, change, stood)
    parts = path.split("/")[1:]
    is_amount = parts[0] == "financing"
    old, new = (
        figure(words, side, money=is_amount, paths=[path], doubt=change[doubt])
        for side, doubt in zip(_sides(change), ("old_doubt", "new_doubt"), strict=True)
    )
    delta = change["delta"]
    difference = figure(words, delta, money=True) if is_amount and delta is not None else Figure("")
    entries = [one["index"] for one in causes]
    grounds = Figure("; ".join(_grounds(paper, one) for one in causes), entries=tuple(entries))
    event = change["causes"][0]["event"] if change["causes"] else None
    label = Figure(_NAMERS.get(parts[0], _plain)(paper, parts), value=path)
    return Row([label, old, new, difference, grounds, numbers(entries)], "line", path, event)


def _causes(paper: Paper, change: Change, stood: Mapping[str, tuple[int, ...]]) -> list[dict[str, Any]]:
    """What the diff names; of an amount that several acts added up to, each that came in between."""
    reading, told = paper.view.reading, {one["index"]: one for one in change["causes"]}
    path = change["path"]
    for index in {*paper.chains.get(path, ())} - {*stood.get(path, ())} - told.keys():
        if path.startswith("/financing/"):
            told[index] = cause(reading.at(max(reading.position, index + 1)), index)
    return [told[index] for index in sorted(told)]


def _grounds(paper: Paper, cause: dict[str, Any]) -> str:
    """The act and the reason; an entry without an act by its reason alone."""
    act, words = cause["act"], paper.words
    number = words.plain(act["number"]) if act and act["number"] else words("blank")
    told = f"№ {number}, {words.day(act['date'])}" if act else ""
    point = f", {act['point']}" if act and act["point"] else ""
    return ". ".join(part for part in (told + point, cause["reason"]) if part)


# -- what a cell is, in words ----------------------------------------------------------------


def _plain(paper: Paper, parts: list[str]) -> str:
    name = "-".join(parts[:2]) if parts[0] == "passport" else f"field-{parts[0]}"
    return paper.words.maybe(name.replace("passport-", "field-"), "/".join(parts))


def _financing(paper: Paper, parts: list[str]) -> str:
    _, measure, year, segment = parts
    source, *axes = segment.split(".", len(AXES))
    told = [
        axis_name(paper.words, name, value) for name, value in zip(AXES, axes, strict=False) if value != "_"
    ]
    label = ", ".join([paper.source_name(source), *told])
    return paper.words("financing-line", measure=measure, year=year, source=label)


def _tree(paper: Paper, parts: list[str]) -> str:
    words, node, member = paper.words, parts[1], parts[2]
    level = paper.value(f"/tree/{node}/level")
    shown = words.maybe(f"level-{level}", words("level-measure"))
    return words("tree-line", level=shown, id=node, part=words.maybe(f"part-{member}", member))


def _indicator(paper: Paper, parts: list[str]) -> str:
    words, member = paper.words, parts[2]
    if member == "targets":
        part = words("part-target", year=parts[3])
    elif member == "printed":
        part = words("part-printed", value="/".join(parts[3:]))
    else:
        part = words.maybe(f"part-{member}", member)
    return words("indicator-line", id=parts[1], part=part)


def _member(paper: Paper, parts: list[str]) -> str:
    """A member of the term, a source, an endorsement or the predecessor."""
    words, family, *rest = paper.words, *parts
    part = words.maybe(f"part-{rest[-1]}", rest[-1])
    return words(f"{family}-line", id="/".join(rest[:-1]), part=part)


_NAMERS: dict[str, Namer] = {
    "financing": _financing,
    "tree": _tree,
    "indicators": _indicator,
    **dict.fromkeys(("term", "sources", "endorsements", "predecessor"), _member),
}


# -- Annex 2: sums by source and year ----------------------------------------------------------


def _totals(paper: Paper, start: Point) -> Iterable[Row]:
    """Where a year's sum of a source differs between the two points; computed, so that no entry says it."""
    reading, words = paper.view.reading, paper.words
    old = _sums(read_budget(reading.at(start.position), paper.programme, start.as_of))
    new = _sums(read_budget(reading, paper.programme, paper.view.as_of))
    for key in sorted({*old, *new}, key=lambda one: (one[0], one[1])):
        before, after = old.get(key, (None, None)), new.get(key, (None, None))
        if before[0] == after[0]:
            continue
        label = words("total-financing", source=paper.source_name(key[1]), year=key[0])
        sides = [figure(words, one[0], money=True, doubt=one[1]) for one in (before, after)]
        yield Row([Figure(label), *sides, _delta(before[0], after[0]), Figure("", span=2)], "total")


def _sums(rows: list[dict[str, Any]]) -> dict[tuple[int, str], tuple[Any, Any]]:
    return {
        (one["year"], one["source"]): (one["amended"], one["doubtful"].get("amended"))
        for one in sum_rows(rows, "year", "source")
    }


def _delta(before: Any, after: Any) -> Figure:
    """As in the diff: what is no amount counts as nothing beside one that is."""
    if not is_amount(before) and not is_amount(after):
        return Figure("")
    old, new = (Decimal(one) if is_amount(one) else Decimal(0) for one in (before, after))
    found = money(new - old)
    return Figure(amount(found), "money", found)
