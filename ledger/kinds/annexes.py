"""The parts of a programme that acts write: passport, tree, indicators, plan, what is printed.

Each part turns into cells keyed by id. A part restated as a whole names what it leaves
out, so that a removal is said and never merely implied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.kinds.parts import Axes
from ledger.programme import Programme
from ledger.timeline import Write
from ledger.values import Blank, Day, Id, Line, Money, Name, Sha256, Source, Strict, Text

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
YearText = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
ListOrText = Text | tuple[Line, ...]
AnnexName = Literal["tree", "indicators", "financing"]


class SourceRow(Strict):
    """A source of money; parent: the source that it is a part of."""

    id: Source
    name: Name
    parent: Source | None = None


class Node(Strict):
    """A row of the tree: priority, task, measure or work; parent: the row above it."""

    id: Id
    level: Literal["priority", "task", "measure", "work"]
    parent: Id | None = None
    title: Name
    mode: Line | None = None
    executor: Text | None = None
    result: Text | None = None
    kpkvk: Line | None = None
    link: Line | None = None


class Indicator(Strict):
    """kind: how its years add up; base and targets exactly as printed."""

    id: Id
    measure: Id | None = None
    name: Name
    kind: Literal["flow", "stock", "boolean"]
    unit: Line
    base: Line | None = None
    base_date: Day | Literal[""] | None = None
    targets: Annotated[Mapping[YearText, Line], Field(max_length=50)] = {}
    printed: Annotated[Mapping[FieldName, Line], Field(max_length=20)] = {}
    link: Line | None = None


class PlanRow(Axes):
    """The programme's need, as printed: an amount, a dash, or a blank."""

    amount: Money | Blank
    at: Line | None = None
    link: Line | None = None


class Endorsement(Strict):
    """A «Погоджено» slot as printed; blanks are kept as blanks."""

    id: Id
    office: Name
    person: Line
    date: Line


class Printed(Strict):
    """What the paper says at a place; never a value."""

    id: Id
    at: Line
    field: Line
    text: Text


class SourceText(Strict):
    """A document that was read, named by hash and not shipped."""

    file: Line
    sha256: Sha256


class Term(Strict):
    from_: Annotated[int, Field(alias="from", ge=1991, le=2200)]
    to: Annotated[int, Field(ge=1991, le=2200)]


class Annexes(Strict):
    """Everything that an adopting or amending act may state about a programme."""

    sources: Annotated[tuple[SourceRow, ...], Field(max_length=100)] = ()
    tree: Annotated[tuple[Node, ...], Field(max_length=2000)] = ()
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=1000)] = ()
    financing: Annotated[tuple[PlanRow, ...], Field(max_length=2000)] = ()
    endorsements: Annotated[tuple[Endorsement, ...], Field(max_length=50)] = ()
    printed: Annotated[tuple[Printed, ...], Field(max_length=500)] = ()
    source_texts: Annotated[tuple[SourceText, ...], Field(max_length=50)] = ()


def annex_writes(data: Annexes, day: str) -> Iterator[Write]:
    """One `set` per cell, in the order of the data."""
    for n, source in enumerate(data.sources):
        yield from _members(f"/sources/{source.id}", source, ("name", "parent"), day, f"/data/sources/{n}")
    for n, node in enumerate(data.tree):
        names = ("title", "level", "parent", "mode", "executor", "result", "kpkvk", "link")
        yield from _members(f"/tree/{node.id}", node, names, day, f"/data/tree/{n}")
    for n, indicator in enumerate(data.indicators):
        yield from _indicator_writes(indicator, day, f"/data/indicators/{n}")
    for n, row in enumerate(data.financing):
        yield Write(row.cell("financing"), day, "set", row.amount, f"/data/financing/{n}")
    for n, slot in enumerate(data.endorsements):
        members = ("office", "person", "date")
        yield from _members(f"/endorsements/{slot.id}", slot, members, day, f"/data/endorsements/{n}")
    for n, item in enumerate(data.printed):
        yield from _members(f"/printed/{item.id}", item, ("at", "field", "text"), day, f"/data/printed/{n}")


def _members(base: str, row: Strict, names: tuple[str, ...], day: str, at: str) -> Iterator[Write]:
    for name in names:
        value = getattr(row, name)
        if value is not None:
            yield Write(f"{base}/{name}", day, "set", value, f"{at}/{name}")


def _indicator_writes(row: Indicator, day: str, at: str) -> Iterator[Write]:
    base = f"/indicators/{row.id}"
    yield from _members(base, row, ("name", "measure", "kind", "unit", "base", "base_date", "link"), day, at)
    for year, target in row.targets.items():
        yield Write(f"{base}/targets/{year}", day, "set", target, f"{at}/targets/{year}")
    for name, text in row.printed.items():
        yield Write(f"{base}/printed/{name}", day, "set", text, f"{at}/printed/{name}")


def check_annexes(programme: Programme, data: Annexes) -> None:
    """Refuse what refers to a row that is neither on the record nor in the same event."""
    _check_sources(programme, data)
    _check_tree(programme, data)
    nodes = {node.id for node in data.tree}
    for n, row in enumerate(data.indicators):
        if row.measure is not None and row.measure not in nodes and not programme.has_measure(row.measure):
            raise Refusal("unknown-measure", f"/data/indicators/{n}/measure", row.measure)
    _check_plan(programme, data, nodes)


def _check_sources(programme: Programme, data: Annexes) -> None:
    known = {row.id for row in data.sources}
    for n, row in enumerate(data.sources):
        parent = row.parent
        if parent is not None and parent not in known and not programme.has_source(parent):
            raise Refusal("unknown-source", f"/data/sources/{n}/parent", parent)
    _check_acyclic(programme, "sources", {row.id: row.parent for row in data.sources})


def _check_tree(programme: Programme, data: Annexes) -> None:
    known = {node.id for node in data.tree}
    for n, node in enumerate(data.tree):
        if node.parent is not None and node.parent not in known and not programme.has_measure(node.parent):
            raise Refusal("unknown-measure", f"/data/tree/{n}/parent", node.parent)
    _check_acyclic(programme, "tree", {node.id: node.parent for node in data.tree})


def _check_plan(programme: Programme, data: Annexes, nodes: set[str]) -> None:
    sources = {row.id for row in data.sources}
    for n, row in enumerate(data.financing):
        if row.measure not in nodes and not programme.has_measure(row.measure):
            raise Refusal("unknown-measure", f"/data/financing/{n}/measure", row.measure)
        if row.source not in sources and not programme.has_source(row.source):
            raise Refusal("unknown-source", f"/data/financing/{n}/source", row.source)


def check_plan_years(data: Annexes, first: int, last: int) -> None:
    for n, row in enumerate(data.financing):
        if not first <= row.year <= last:
            raise Refusal("unknown-year", f"/data/financing/{n}/year", row.year)
    for n, indicator in enumerate(data.indicators):
        for year in indicator.targets:
            if not first <= int(year) <= last:
                raise Refusal("unknown-year", f"/data/indicators/{n}/targets/{year}", year)


def _check_acyclic(programme: Programme, part: str, parents: Mapping[str, str | None]) -> None:
    """Follow each row's parents, those on the record too, that the event does not restate."""
    for n, start in enumerate(parents):
        step, trail = parents[start], {start}
        while step is not None:
            if step in trail:
                raise Refusal("circular-parent", f"/data/{part}/{n}/parent", step)
            trail.add(step)
            on_record = programme.timeline.latest(f"/{part}/{step}/parent")
            step = parents.get(step, on_record)


def omitted(programme: Programme, annex: AnnexName, data: Annexes, day: str) -> list[str]:
    """The cells of an annex that hold a value on a day and that its new edition leaves out."""
    edition = {write.path for write in annex_writes(data, day)}
    prefix = f"/{annex}/"
    return [
        path
        for path in sorted(programme.timeline.cells)
        if path.startswith(prefix)
        and path not in edition
        and (answer := programme.timeline.answer(path, day)) is not None
        and not answer.removed
    ]
