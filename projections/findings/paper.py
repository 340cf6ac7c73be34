"""The document behind a programme: rows and particulars, put together from the cells of one day.

Values stand as printed: "" is a blank of the paper, "-" a printed dash, None was not stated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from projections.findings.document_texts import FlatText, read_texts
from projections.findings.rule import Check, Hit, Quote

Cells = Mapping[str, Any]  # path → value of every cell that holds


@dataclass(frozen=True, slots=True)
class Particular:
    """What the paper says at a place. field: what kind of remark it is; about: the id after its colon."""

    id: str
    at: str
    field: str
    about: str
    text: str

    @property
    def cell(self) -> str:
        return f"/printed/{self.id}/text"


@dataclass(frozen=True, slots=True)
class Branch:
    """A row of the tree. code: as printed, which is the id unless the paper prints another."""

    id: str
    code: str
    title: str
    level: str
    parent: str | None
    mode: str
    result: str

    def cell(self, name: str = "title") -> str:
        return f"/tree/{self.id}/{name}"


@dataclass(frozen=True, slots=True)
class Gauge:
    """An indicator. targets: year → as printed, in the order of the years."""

    id: str
    code: str
    name: str
    measure: str | None
    kind: str
    unit: str
    base: str | None
    base_date: str | None
    inferred: bool
    targets: Mapping[str, str]
    dynamics: str | None

    def cell(self, name: str = "name") -> str:
        return f"/indicators/{self.id}/{name}"

    def target_cells(self) -> tuple[str, ...]:
        return tuple(self.cell(f"targets/{year}") for year in self.targets)

    def row(self) -> str:
        """Unit, base, targets and dynamics, as they stand side by side."""
        values = (self.unit, self.base, *self.targets.values(), self.dynamics)
        return " ".join(value for value in values if value)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the need. amount: money, "-" or ""; kpkvk, kekv: None if the line has none."""

    cell: str
    measure: str
    year: int
    source: str
    kpkvk: str | None
    kekv: str | None
    amount: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A «Погоджено» slot; n: its place among them, 1-based."""

    id: str
    n: int
    office: str
    person: str
    date: str

    def cell(self, name: str) -> str:
        return f"/endorsements/{self.id}/{name}"


@dataclass(frozen=True)
class Paper:
    """cells: path → value; act: the adopting act's record, None if there is none.

    edrpou: of the council as the registry has it; texts: at hand; whole: is every text at hand that the
    adoption names?
    """

    cells: Cells
    act: Mapping[str, Any] | None = None
    texts: tuple[FlatText, ...] = ()
    whole: bool = False
    edrpou: str = ""

    @cached_property
    def nested(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, value in self.cells.items():
            *parents, last = path.split("/")[1:]
            node = found
            for name in parents:
                node = node.setdefault(name, {})
            node[last] = value
        return found

    def part(self, name: str) -> dict[str, Any]:
        found = self.nested.get(name)
        return found if isinstance(found, dict) else {}

    @cached_property
    def title(self) -> str:
        return str(self.nested.get("title") or "")

    @cached_property
    def term(self) -> tuple[int, int] | None:
        """First and last year."""
        term = self.part("term")
        return (int(term["from"]), int(term["to"])) if "from" in term and "to" in term else None

    @cached_property
    def years(self) -> tuple[int, ...]:
        return tuple(range(self.term[0], self.term[1] + 1)) if self.term is not None else ()

    @cached_property
    def printed(self) -> tuple[Particular, ...]:
        """In the order of their ids: p2 before p10."""
        rows = self.part("printed").items()
        found = []
        for id_, row in sorted(rows, key=lambda item: (len(item[0]), item[0])):
            field, _, about = str(row.get("field") or "").partition(":")
            found.append(Particular(id_, str(row.get("at") or ""), field, about, str(row.get("text") or "")))
        return tuple(found)

    def of(self, *fields: str, about: str | None = None) -> list[Particular]:
        """The particulars of some kinds. about: only those about this id."""
        return [one for one in self.printed if one.field in fields and about in (None, one.about)]

    def _codes(self, field: str) -> dict[str, str]:
        """Printed codes that are not the ids: particulars `measure_code:<id>`, `indicator_code:<id>`."""
        return {one.about: one.text.strip() for one in self.of(field)}

    @cached_property
    def tree(self) -> dict[str, Branch]:
        rows, codes = self.part("tree"), self._codes("measure_code")
        return {id_: _branch(id_, rows[id_], codes.get(id_, id_)) for id_ in sorted(rows, key=code_order)}

    @cached_property
    def indicators(self) -> dict[str, Gauge]:
        """Those that have a name: of one that an act took out, the targets of past years may stay."""
        rows, codes = self.part("indicators"), self._codes("indicator_code")
        rows = {id_: row for id_, row in rows.items() if "name" in row}
        return {id_: _gauge(id_, rows[id_], codes.get(id_, id_)) for id_ in sorted(rows, key=code_order)}

    @cached_property
    def plan(self) -> tuple[PlanLine, ...]:
        """The need, by measure and year."""
        found = [
            _line(f"/financing/{measure}/{year}/{segment}", measure, year, segment, value)
            for measure, years in self.part("financing").items()
            for year, segments in years.items()
            for segment, value in segments.items()
        ]
        return tuple(sorted(found, key=lambda line: (code_order(line.measure), line.year, line.cell)))

    @cached_property
    def plan_below(self) -> dict[str, tuple[PlanLine, ...]]:
        """Row of the tree → the lines of it and of what stands below it."""
        found: dict[str, tuple[PlanLine, ...]] = {}
        for line in self.plan:
            for id_ in self.upwards(line.measure):
                found[id_] = (*found.get(id_, ()), line)
        return found

    def upwards(self, id_: str) -> list[str]:
        """A row and those above it; the door lets no row be above itself."""
        found: list[str] = []
        step: str | None = id_
        while step is not None and step not in found:
            found.append(step)
            step = self.tree[step].parent if step in self.tree else None
        return found

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        rows = self.part("endorsements")
        return tuple(
            Slot(id_, n, *(str(rows[id_].get(name) or "") for name in ("office", "person", "date")))
            for n, id_ in enumerate(sorted(rows, key=lambda id_: (len(id_), id_)), 1)
        )

    def passport(self, name: str) -> tuple[str, ...] | None:
        """The lines of a passport's field; None if the passport does not have it."""
        value = self.part("passport").get(name)
        if value is None:
            return None
        return (value,) if isinstance(value, str) else tuple(value)

    def of_act(self, name: str) -> str:
        """A text of the act's record; "" where it has none."""
        return str((self.act or {}).get(name) or "")

    @property
    def act_entries(self) -> tuple[int, ...]:
        """The act's registration, for what rests on the act and not on a cell."""
        index = (self.act or {}).get("index")
        return (index,) if isinstance(index, int) else ()

    # -- quotes -------------------------------------------------------------------------

    def cite(self, at: str, text: str, printed: str | None = None) -> Quote:
        """A quote, with its line where a text at hand has it."""
        for one in self.texts:
            if (place := one.find(text)) is not None:
                return Quote(at, text, printed, place.file, place.line)
        return Quote(at, text, printed)

    def quoted(self, *particulars: Particular) -> tuple[Quote, ...]:
        return tuple(self.cite(one.at, one.text, one.id) for one in particulars if one.text)

    def quoted_row(self, gauge: Gauge) -> Quote:
        return self.cite(f"перелік індикаторів, {gauge.code}", gauge.row())

    def quoted_name(self, gauge: Gauge) -> Quote:
        return self.cite(f"перелік індикаторів, {gauge.code}", gauge.name)

    def quoted_title(self, branch: Branch) -> Quote:
        return self.cite(f"перелік заходів, {branch.code}", branch.title)


def paper_of(
    cells: Cells,
    act: Mapping[str, Any] | None,
    texts: Mapping[str, str] | None = None,
    *,
    named: Mapping[str, str] | None = None,
    edrpou: str = "",
) -> Paper:
    """The paper as the cells of a day give it.

    cells: path → value, removed ones left out; act: as read_act gives it. texts: source texts at hand, file
    name → text, each of which must be one of `named`, file name → SHA-256 of the adoption's source texts.
    edrpou: registry code of the programme's council, "" if not known. Raises NotThatText.
    """
    named, texts = named or {}, texts or {}
    whole = bool(named) and named.keys() <= texts.keys()
    return Paper(cells, act, read_texts(texts, named), whole, edrpou)


def on_paper(check: Callable[[Paper], Iterator[Hit]]) -> Check:
    """A check of the paper as a rule asks it; where no title holds on the day, there is no paper to judge."""
    return lambda case, _: check(case.paper) if case.paper.title else iter(())


def code_order(code: str) -> list[tuple[int, str]]:
    """Printed codes as people read them: 3.10 after 3.9."""
    return [(int(part), "") if part.isdecimal() else (10**9, part) for part in code.split(".")]


def _branch(id_: str, row: Mapping[str, Any], code: str) -> Branch:
    title, level, mode, result = (str(row.get(name) or "") for name in ("title", "level", "mode", "result"))
    return Branch(id_, code, title, level, row.get("parent"), mode, result)


def _gauge(id_: str, row: Mapping[str, Any], code: str) -> Gauge:
    return Gauge(
        id_,
        code,
        name=str(row.get("name") or ""),
        measure=row.get("measure"),
        kind=str(row.get("kind") or ""),
        unit=str(row.get("unit") or ""),
        base=row.get("base"),
        base_date=row.get("base_date"),
        inferred=row.get("link") == "inferred",
        targets=dict(sorted((row.get("targets") or {}).items())),
        dynamics=(row.get("printed") or {}).get("dynamics"),
    )


def _line(cell: str, measure: str, year: str, segment: str, amount: str) -> PlanLine:
    """segment: source, or source.kpkvk.kekv.fund.unit with `_` for none."""
    source, *axes = segment.split(".", 4)
    kpkvk, kekv = (None if axis == "_" else axis for axis in (*axes, "_", "_")[:2])
    return PlanLine(cell, measure, int(year), source, kpkvk, kekv, amount)
