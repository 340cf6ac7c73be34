"""«Чому план казначейства інший?»: an extract of the treasury beside the ledger on the extract's own day.

The signed allocation says which share of a treasury line pays for which measure and source; both sides are
compared for each such measure and source. difference = treasury − ledger. Where the ledger or the newest
extract states nothing, where nothing is mapped or more than the whole of a treasury line, it is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from projections.money.allocated import Share, Target, above_one, mapped
from projections.money.books import Books, Standing, answer_of
from projections.money.explaining import Candidate, Cells, Explained, candidates_of, explain
from projections.money.figures import (
    AMOUNTS,
    Figure,
    amount_of,
    extract_day,
    extracted,
    in_force,
    line_axes,
    paid_to,
    segment_axes,
    treasury_lines,
)

Name = Literal["approved", "amended", "scheduled", "paid"]
Status = Literal["unexplained", "ambiguous", "undetermined", "explained", "agrees"]
Why = Literal[
    "not-mapped",
    "not-in-extract",
    "not-in-ledger",
    "older-extract",
    "reports-end-earlier",
    "shares-above-one",
]
WORST: Final[tuple[Status, ...]] = ("unexplained", "ambiguous", "undetermined", "explained", "agrees")
# What each comparison sets against which amount of the extract.
COMPARED: Final[dict[Name, str]] = {
    "approved": "approved",
    "amended": "amended",
    "scheduled": "amended",
    "paid": "paid",
}
_FAMILY: Final[dict[Name, str]] = {
    "approved": "appropriation",
    "amended": "appropriation",
    "scheduled": "schedule",
}
_KOPIYKA: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure on both sides. treasury: the sum of share × amount, to the kopiyka.

    why: of an undetermined one; it has a difference only where the reports end before the extract's day.
    explained_by: the acts that account for the whole difference; fits: how many choices of so few acts
    do, for more than one is ambiguous. unexplained: what no act accounts for.
    """

    name: Name
    treasury: Figure
    ledger: Figure
    difference: Decimal | None
    status: Status
    why: Why | None = None
    explained_by: tuple[Candidate, ...] = ()
    fits: int = 0
    unexplained: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """lines: `measure/year/segment` of the programme's lines that stand behind the target."""

    target: Target
    shares: tuple[Share, ...]
    lines: tuple[str, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def status(self) -> Status:
        """The worst of the comparisons. The treasury pays by the schedule: where there is one, the extract's
        amended plan is judged by it, and the appropriation only stands beside it."""
        names = {one.name for one in self.comparisons}
        spare = "amended" if "scheduled" in names else ""
        return worst_status(one.status for one in self.comparisons if one.name != spare)


def worst_status(found: Iterable[Status]) -> Status:
    """Undetermined of nothing."""
    said = set(found)
    return next((status for status in WORST if status in said), "undetermined")


def reconcile(books: Books, year: int, as_of: str) -> list[Reconciled]:
    """Every measure and source to which something is mapped on the newest extract's day, in order."""
    day = extract_day(books, year, as_of)
    if day is None:
        return []
    every = mapped(books, year, day)
    above = above_one(every)
    found = [_reconciled(books, target, shares, day) for target, shares in sorted(every.items())]
    return [_unsure(one) if any(share.line in above for share in one.shares) else one for one in found]


def _unsure(found: Reconciled) -> Reconciled:
    """With no comparison judged: the same money would agree twice."""
    compared = (
        Comparison(one.name, one.treasury, one.ledger, None, "undetermined", "shares-above-one")
        for one in found.comparisons
    )
    return replace(found, comparisons=tuple(compared))


def reconcile_line(books: Books, year: int, line: str, as_of: str) -> list[Reconciled]:
    """The same, of what one treasury line (`kpkvk.kekv.fund.unit`) pays for; empty if it maps nowhere."""
    return [found for found in reconcile(books, year, as_of) if any(one.line == line for one in found.shares)]


def unmapped_lines(books: Books, year: int, day: str) -> list[str]:
    """The treasury lines that an extract names by a day, and no allocation maps."""
    known = {share.line for shares in mapped(books, year, day).values() for share in shares}
    named = (line for line in treasury_lines(books, year) if line not in known)
    return [line for line in named if any(extracted(books, year, line, one, day).cells for one in AMOUNTS)]


def unmapped_ledger(books: Books, year: int, day: str) -> list[str]:
    """`measure/year/segment` of the programme's lines with money by a day, that no allocation maps."""
    covered = {
        line
        for target, shares in mapped(books, year, day).items()
        for line in ledger_lines(books, target, shares)
    }
    found = (line for family in ("appropriation", "schedule", "paid") for line in _lines(books, family, year))
    open_lines = sorted({line for line in found if line not in covered})
    return [line for line in open_lines if _has_money(books, line, day)]


def _has_money(books: Books, line: str, day: str) -> bool:
    granted = in_force(books, (f"/appropriation/{line}", f"/schedule/{line}"), day)
    return bool(granted.cells) or bool(paid_to(books, [line], day).cells)


def _lines(books: Books, family: str, year: int) -> Iterable[str]:
    for path in books.under(f"/{family}"):
        parts = path.split("/")
        if parts[3] == str(year):
            yield "/".join(parts[2:5])


def ledger_lines(books: Books, target: Target, shares: Sequence[Share]) -> tuple[str, ...]:
    """The programme's lines of the measure and source whose codes agree with one of the treasury's lines."""
    found = set[str]()
    for family in ("appropriation", "schedule", "paid"):
        for path in books.under(f"/{family}/{target.measure}/{target.year}"):
            line = "/".join(path.split("/")[2:5])
            source, axes = segment_axes(line.split("/")[2])
            if source == target.source and any(axes.meets(line_axes(share.line)) for share in shares):
                found.add(line)
    return tuple(sorted(found))


def _reconciled(books: Books, target: Target, shares: tuple[Share, ...], day: str) -> Reconciled:
    lines = ledger_lines(books, target, shares)
    names = [name for name in COMPARED if name != "scheduled" or _is_scheduled(books, lines, day)]
    compared = tuple(_compare(books, target, shares, lines, name, day) for name in names)
    return Reconciled(target, shares, lines, compared)


def _is_scheduled(books: Books, lines: Sequence[str], day: str) -> bool:
    return any(answer_of(books.writes(f"/schedule/{line}"), day) is not None for line in lines)


def _compare(
    books: Books, target: Target, shares: Sequence[Share], lines: Sequence[str], name: Name, day: str
) -> Comparison:
    parts = [extracted(books, target.year, share.line, COMPARED[name], day) for share in shares]
    ledger = _in_ledger(books, lines, name, day)
    treasury = _shared(shares, parts, day, ledger.amount)
    if treasury.amount is not None and ledger.amount is not None:
        difference = treasury.amount - ledger.amount
        return _judged(books, lines, Comparison(name, treasury, ledger, difference, "agrees"))
    why: Why = "not-in-ledger"
    if treasury.amount is None:
        why = "not-in-extract" if any(part.amount is None for part in parts) else "older-extract"
    return Comparison(name, treasury, ledger, None, "undetermined", why)


def _shared(shares: Sequence[Share], parts: Sequence[Figure], day: str, ledger: Decimal | None) -> Figure:
    """None if the newest extract is without the amount of one of the lines: a part is no sum.

    Rounded half up, or to the ledger's figure if rounding each line's part up or down may give that.
    """
    cells = tuple(cell for part in parts for cell in part.cells)
    entries = tuple(sorted({entry for part in parts for entry in part.entries}))
    total, slack = Decimal(0), Decimal(0)
    for share, part in zip(shares, parts, strict=True):
        if part.amount is None or part.day != day:
            return Figure(None, day, cells, entries)
        own = share.share * part.amount
        total += own
        slack += _KOPIYKA / 2 if own % _KOPIYKA else 0
    met = ledger is not None and abs(total - ledger) <= slack
    amount = ledger if met else total.quantize(_KOPIYKA, ROUND_HALF_UP)
    return Figure(amount, day, cells, entries)


def _in_ledger(books: Books, lines: Sequence[str], name: Name, day: str) -> Figure:
    if name == "paid":
        return paid_to(books, lines, day)
    paths = [f"/{_FAMILY[name]}/{line}" for line in lines]
    if name == "approved":
        return _original(books, paths, day)
    return in_force(books, paths, day)


def _original(books: Books, paths: Sequence[str], day: str) -> Figure:
    """The appropriation as first granted: what the act whose write ranks first among these lines says first.

    A line that another act was the first to grant is no part of it.
    """
    firsts = {path: one for path in paths if (one := _first(books.writes(path), day)) is not None}
    if not firsts:
        return Figure(None, day)
    earliest = min((one.placed for one in firsts.values()), key=lambda placed: placed.rank)
    own = {
        path: one.placed for path, one in firsts.items() if _maker(one) == (earliest.act or earliest.rank[3])
    }
    amounts = [amount for placed in own.values() if (amount := amount_of(placed)) is not None]
    total = sum(amounts, Decimal(0)) if amounts else None
    return Figure(total, day, tuple(sorted(own)), tuple(sorted({placed.entry for placed in own.values()})))


def _maker(one: Standing) -> str | int:
    return one.placed.act or one.placed.rank[3]


def _first(writes: Sequence[Standing], day: str) -> Standing | None:
    """The write that ranks first of those that count on a day."""
    return next((one for one in writes if one.since <= day and one.counts(day)), None)


def _judged(books: Books, lines: Sequence[str], found: Comparison) -> Comparison:
    """The comparison with what accounts for its difference; reports are explained by no act."""
    difference = found.difference
    if not difference:
        return found
    if found.name == "paid" and difference > 0 and (found.ledger.until or "") < _last_day(found, lines):
        # What was paid since the last report is in the extract alone.
        return replace(found, status="undetermined", why="reports-end-earlier")
    explained = _explained(books, lines, found)
    status: Status = "explained" if explained.by else "ambiguous" if explained.fits else "unexplained"
    rest = Decimal(0) if explained.by else difference
    return replace(found, status=status, explained_by=explained.by, fits=explained.fits, unexplained=rest)


def _last_day(found: Comparison, lines: Sequence[str]) -> str:
    """The day that the extract's payments reach: its own, or the year's last, after which nothing is paid."""
    return min(found.treasury.day, *(f"{line.split('/')[1]}-12-31" for line in lines))


def _explained(books: Books, lines: Sequence[str], found: Comparison) -> Explained:
    """Of plans alone; reports are explained by no act."""
    if found.name == "paid" or found.treasury.amount is None:
        return Explained((), 0)
    cells = _cells(books, lines, found)
    return explain(found.treasury.amount, cells, candidates_of(cells, found.treasury.day))


def _cells(books: Books, lines: Sequence[str], found: Comparison) -> Cells:
    day = found.treasury.day
    cells: list[tuple[Sequence[Standing], frozenset[int]]] = []
    for line in lines:
        path = f"/{_FAMILY[found.name]}/{line}"
        writes = books.writes(path)
        counted = [place for place, one in enumerate(writes) if one.since <= day and one.counts(day)]
        if found.name == "approved":
            counted = counted[:1] if path in found.ledger.cells else []
        cells.append((writes, frozenset(counted)))
    return Cells(cells)
