"""Pieces that several kinds share: keys, budget lines, periods and their rules."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common
from ledger.keys import PublicKey
from ledger.kinds.base import Discrepancy, Olds, View, Words
from ledger.note import Ed25519Verifier, NoteError
from ledger.programme import Programme
from ledger.timeline import Write
from ledger.values import Blank, Day, Id, Money, Source, Strict, Year, money

B64_32 = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class OkpJwk(Strict):
    """An Ed25519 public key. Source: RFC 8037 §2."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: B64_32


class EcJwk(Strict):
    """A P-256 public key. Source: RFC 7518 §6.2."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: B64_32
    y: B64_32


Jwk = Annotated[OkpJwk | EcJwk, Field(discriminator="kty")]


def public_key(jwk: OkpJwk | EcJwk, at: str) -> PublicKey:
    """at: where it stands. Refuses a point that is off the curve, of small order or non-canonical."""
    return PublicKey.from_jwk(jwk.model_dump(), at)


def is_log_key(log_key: str, key: PublicKey) -> bool:
    """Is it the log's own? log_key: verifier key text, which ends in the type byte and the point."""
    return key.alg == "Ed25519" and log_key.endswith(b64encode(b"\x01" + key.point).decode())


def log_verifier(log_key: str, origin: str | None = None) -> Ed25519Verifier:
    """The log's key, named like its origin if that is given. Raises Refusal."""
    try:
        verifier = Ed25519Verifier.parse(log_key)
    except NoteError as error:
        if isinstance(error.__cause__, Refusal):  # a point of small order, or none
            raise Refusal(error.__cause__.code, "/data/log_key", log_key) from error
        raise Refusal("malformed", "/data/log_key", log_key, detail=str(error)) from error
    if origin is not None and verifier.name != origin:
        raise Refusal("log-key-of-another-log", "/data/log_key", verifier.name, origin=origin)
    return verifier


Axis = Annotated[str, Field(pattern=r"^[0-9]{2,11}$")]
Fund = Literal["general", "special", "development"]


class Axes(Strict):
    """Where money stands in a budget. kpkvk: 7 digits; kekv: 4; budget axes are optional."""

    measure: Id
    year: Year
    source: Source
    kpkvk: Axis | None = None
    kekv: Axis | None = None
    fund: Fund | None = None
    unit: Id | None = None

    def segment(self) -> str:
        """The last segment of the cell's path: the source, or source.kpkvk.kekv.fund.unit."""
        rest = (self.kpkvk, self.kekv, self.fund, self.unit)
        if not any(rest):
            return self.source
        return ".".join((self.source, *(part or "_" for part in rest)))

    def cell(self, phase: str) -> str:
        return f"/{phase}/{self.measure}/{self.year}/{self.segment()}"


class BudgetLine(Strict):
    """A line of the budget as the treasury names it. kpkvk: 7 digits; kekv: 4."""

    kpkvk: Axis
    kekv: Axis | None = None
    fund: Fund | None = None
    unit: Id | None = None

    def line(self) -> str:
        """The line's segment in a cell's path: kpkvk.kekv.fund.unit, `_` for what is not given."""
        return ".".join(part or "_" for part in (self.kpkvk, self.kekv, self.fund, self.unit))


class Line(Axes):
    """One line of a money decision: `set` an amount, `add` one, or `unset`."""

    op: Literal["set", "add", "unset"]
    amount: Money | Blank | None = None
    since: Day | None = None
    stated_old: Money | None = None

    def write(self, phase: str, effective: str, at: str) -> Write:
        since = self.since or effective
        return Write(self.cell(phase), since, self.op, self.amount, at, self.stated_old)


LineT = TypeVar("LineT", bound=Axes)


class Row(Protocol):
    """What money is for: a measure's year and source."""

    @property
    def measure(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def source(self) -> str: ...


class HasLines(Protocol):
    """Data made of money lines."""

    @property
    def lines(self) -> tuple[Line, ...]: ...


Lines = Annotated[tuple[Line, ...], Field(min_length=1, max_length=2000)]


def line_writes(phase: str, data: HasLines, effective: str) -> Iterator[Write]:
    for place, line in enumerate(data.lines):
        yield line.write(phase, effective, f"/data/lines/{place}")


def check_axes(programme: Programme, axes: Row, at: str) -> None:
    """Refuse a measure, source or year that the programme does not have."""
    if not programme.is_money_row(axes.measure):
        raise Refusal("unknown-measure", f"{at}/measure", axes.measure)
    if not programme.has_source(axes.source):
        raise Refusal("unknown-source", f"{at}/source", axes.source)
    if not programme.has_year(axes.year):
        raise Refusal("unknown-year", f"{at}/year", axes.year)


def check_line(programme: Programme, line: Line, at: str) -> None:
    check_axes(programme, line, at)
    if line.op == "unset" and line.amount is not None:
        raise Refusal("amount-with-unset", f"{at}/amount", line.amount)
    if line.op == "set" and line.amount is None:
        raise Refusal("missing-field", f"{at}/amount")
    if line.op == "add" and line.amount in (None, "-", ""):
        raise Refusal("not-money", f"{at}/amount", line.amount)


def above_appropriation(
    view: View, lines: Iterable[Line], phase: str, effective: str | None
) -> Iterator[Discrepancy]:
    """What decided lines of a phase bring a measure's year to, above its appropriation."""
    assert view.after is not None  # programme kinds only
    for place, (first, *others) in by_year(lines):
        total = partial(view.after.total, f"/{phase}/{first.measure}/{first.year}")
        day = min(line.since or effective or "" for line in (first, *others))
        yield from over_appropriation(view, first, f"/data/lines/{place}", phase, total, day)


def check_seen(event: Common, position: int, at: str) -> None:
    """Refuse a position that the signer cannot have looked at. position: a number of entries."""
    if position > event.seen:
        raise Refusal("known-ahead", at, position, seen=event.seen)


def check_come(day: str, today: str, at: str) -> None:
    """Refuse a day that has not come: what is said of it is no fact yet."""
    if day > today:
        raise Refusal("day-ahead", at, day, today=today)


def line_phrases(lines: Iterable[Line], phase: str, olds: Olds) -> Iterator[Words]:
    for line in lines:
        new = {"unset": ("вилучено", "removed"), "add": f"+{line.amount}"}.get(line.op, line.amount)
        yield {**line.model_dump(), "old": olds.get(line.cell(phase)), "new": new}


def over_appropriation(
    view: View, line: Axes, at: str, phase: str, total: Callable[[str], Decimal | None], day: str
) -> Iterator[Discrepancy]:
    """A total of a measure's year above that year's appropriation, if one was set.

    Looked at on the day itself and on every later day on which plan or limit changes: a
    late decision may pass on its own day and still go over from a later one.
    """
    assert view.after is not None  # programme kinds only
    limits, plans = (f"/{name}/{line.measure}/{line.year}" for name in ("appropriation", phase))
    timeline = view.after.timeline
    if next(timeline.under(limits), None) is None:
        return  # nobody ever set one, so thousands of reported cells need not be added up
    for when in sorted({day, *timeline.changes_after(limits, day), *timeline.changes_after(plans, day)}):
        limit = view.after.total(limits, when)
        amount = total(when) if limit is not None else None
        if limit is not None and amount is not None and amount > limit:
            details = {"total": money(amount), "appropriation": money(limit), "from": when}
            yield Discrepancy("over-appropriation", at, details)
            return


def by_year(lines: Iterable[LineT]) -> Iterator[tuple[int, list[LineT]]]:
    """The lines of each measure and year, with the place of the first."""
    groups: dict[tuple[str, int], tuple[int, list[LineT]]] = {}
    for place, line in enumerate(lines):
        groups.setdefault((line.measure, line.year), (place, []))[1].append(line)
    yield from groups.values()


def returned_above_sent(view: View, sent_cell: str, at: str) -> Iterator[Discrepancy]:
    """More came back of a measure's year and source than was ever sent."""
    assert view.after is not None  # programme kinds only
    last_day = "9999-12-31"
    back = view.after.total(sent_cell.replace("/transfers/", "/returns/", 1), last_day) or Decimal(0)
    out = view.after.total(sent_cell, last_day) or Decimal(0)
    if back > out:
        yield Discrepancy("returned-above-sent", at, {"sent": money(out), "returned": money(back)})
