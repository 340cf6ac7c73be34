"""programme.amended: an act changes rows of a programme, or restates an annex as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Final

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.annexes import (
    Annexes,
    AnnexName,
    FieldName,
    ListOrText,
    Term,
    annex_writes,
    check_annexes,
    check_plan_years,
    omitted,
)
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import by_year, over_appropriation
from ledger.timeline import Write
from ledger.values import Name, Strict

CellPath = Annotated[str, Field(pattern=r"^/(tree|indicators|financing)(/[A-Za-z0-9._-]+){2,3}$")]


class Restated(Strict):
    """An annex in a new edition. removals: the cells that it leaves out, said one by one."""

    annex: AnnexName
    removals: Annotated[tuple[CellPath, ...], Field(max_length=2000)] = ()


class ProgrammeAmended(Annexes):
    """Single changes, or `restated` annexes; removals outside a new edition go in `removed`."""

    title: Name | None = None
    term: Term | None = None
    passport: Annotated[Mapping[FieldName, ListOrText], Field(max_length=60)] = {}
    restated: Annotated[tuple[Restated, ...], Field(max_length=3)] = ()
    removed: Annotated[tuple[CellPath, ...], Field(max_length=2000)] = ()


def writes(data: ProgrammeAmended, effective: str, slot: str) -> Iterator[Write]:
    if data.title is not None:
        yield Write("/title", effective, "set", data.title, "/data/title")
    if data.term is not None:
        yield Write("/term/from", effective, "set", str(data.term.from_), "/data/term/from")
        yield Write("/term/to", effective, "set", str(data.term.to), "/data/term/to")
    for field, text in data.passport.items():
        yield Write(f"/passport/{field}", effective, "set", text, f"/data/passport/{field}")
    yield from annex_writes(data, effective)
    for n, path in enumerate(data.removed):
        yield Write(path, effective, "unset", None, f"/data/removed/{n}")
    for n, edition in enumerate(data.restated):
        for m, path in enumerate(edition.removals):
            yield Write(path, effective, "unset", None, f"/data/restated/{n}/removals/{m}")
    for n, edition in enumerate(data.restated):
        yield Write(f"/{edition.annex}", effective, "restate", None, f"/data/restated/{n}")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ProgrammeAmended | None = event.data
    if data is None:
        return
    check_annexes(view.programme, data)
    _check_years(view, data)
    for n, path in enumerate(data.removed):
        if path not in view.programme.timeline.cells:
            raise Refusal("unknown-cell", f"/data/removed/{n}", path)
    day = event.effective or ""
    yield from _compare_removals(view, data, day)
    assert view.after is not None  # a programme kind
    for place, (row, *_) in by_year(data.financing):
        total = partial(view.after.total, f"/financing/{row.measure}/{row.year}")
        yield from over_appropriation(view, row, f"/data/financing/{place}", "financing", total, day)


def _check_years(view: View, data: ProgrammeAmended) -> None:
    if data.term is not None:
        if data.term.from_ > data.term.to:
            raise Refusal("ends-before-start", "/data/term/to", data.term.to)
        check_plan_years(data, data.term.from_, data.term.to)
        return
    term = view.programme.term()
    if term is not None:
        check_plan_years(data, *term)


def _compare_removals(view: View, data: ProgrammeAmended, day: str) -> Iterator[Discrepancy]:
    """What the edition omits must be what the event says that it removes."""
    found = view.programme.without(view.slot)  # a correction states the whole edition again
    for n, edition in enumerate(data.restated):
        expected = omitted(found, edition.annex, data, day)
        stated = sorted(edition.removals)
        for path in stated:
            if path not in view.programme.timeline.cells or not path.startswith(f"/{edition.annex}/"):
                raise Refusal("unknown-cell", f"/data/restated/{n}/removals", path)
        if expected != stated:
            missing = sorted(set(expected) - set(stated))[:20]
            extra = sorted(set(stated) - set(expected))[:20]
            at = f"/data/restated/{n}/removals"
            yield Discrepancy("removals-differ", at, {"missing": missing, "extra": extra})


ANNEXES: Final[Mapping[AnnexName, tuple[str, str]]] = {
    "tree": ("перелік завдань і заходів", "tasks and measures"),
    "indicators": ("індикатори", "indicators"),
    "financing": ("фінансування", "financing"),
}


def phrases(data: ProgrammeAmended, olds: object) -> Iterator[dict[str, object]]:
    annexes = [ANNEXES[edition.annex] for edition in data.restated]
    rows = (
        len(data.sources) + len(data.tree) + len(data.indicators) + len(data.financing) + len(data.passport)
    )
    gone = len(data.removed) + sum(len(edition.removals) for edition in data.restated)
    what = (
        (
            f"викладено в новій редакції: {', '.join(uk for uk, _ in annexes)}",
            f"restated: {', '.join(en for _, en in annexes)}",
        )
        if annexes
        else ("окремі рядки", "rows")
    )
    yield {"what": what, "rows": rows, "gone": gone}


KIND = Kind(
    "programme.amended",
    schema=1,
    family="programme",
    proposable=True,
    data=ProgrammeAmended,
    act="required",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Зміни до програми",
    title_en="Programme amended",
    uk="Зміни до програми: {what}; рядків: {rows}, вилучено: {gone}",
    en="Programme amended: {what}; rows: {rows}, removed: {gone}",
    example={
        "indicators": [
            {"id": "1.1", "name": "Індикатор", "kind": "flow", "unit": "одиниць", "targets": {"2025": "3"}}
        ]
    },
)
