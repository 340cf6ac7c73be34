"""allocation.mapped: which part of a treasury line is which line of the programme; signed, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.parts import BudgetLine, check_axes
from ledger.timeline import Write
from ledger.values import Id, Number, Source, Strict, Year

WHOLE = "1"  # the share of a `set` that states none


class AllocationLine(BudgetLine):
    """The treasury's line of a year, and the programme's line that it pays for.

    share: of `set` alone, above 0 and at most 1; absent for the whole line.
    """

    op: Literal["set", "unset"]
    year: Year
    measure: Id
    source: Source
    share: Number | None = None

    def treasury(self) -> str:
        """The path above all shares of the treasury's line."""
        return f"/allocation/{self.year}/{self.line()}"


class AllocationMapped(Strict):
    lines: Annotated[tuple[AllocationLine, ...], Field(min_length=1, max_length=2000)]


def writes(data: AllocationMapped, effective: str, slot: str) -> Iterator[Write]:
    for place, line in enumerate(data.lines):
        path = f"{line.treasury()}/{line.measure}/{line.source}"
        share = line.share or WHOLE if line.op == "set" else None
        yield Write(path, effective, line.op, share, f"/data/lines/{place}")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: AllocationMapped | None = event.data
    touched: dict[str, tuple[str, str]] = {}  # path of a treasury line → where it is named, first day
    known = view.programme.timeline.slots.get(view.slot)
    for write in known.writes if known is not None else ():  # a void may let an older share hold again
        touched.setdefault(write.path.rsplit("/", 2)[0], ("/data", write.since))
    for place, line in enumerate(data.lines if data is not None else ()):
        at = f"/data/lines/{place}"
        check_axes(view.programme, line, at)
        _check_share(line, f"{at}/share")
        day = min(event.effective or "", touched.get(line.treasury(), ("", "~"))[1])
        touched[line.treasury()] = (at, day)
    for path, (at, day) in touched.items():
        yield from _above_one(view, path, at, day)


def _check_share(line: AllocationLine, at: str) -> None:
    if line.share is not None and line.op == "unset":
        raise Refusal("unknown-field", at, line.share)
    if line.share is not None and not 0 < Decimal(line.share) <= 1:
        raise Refusal("not-a-share", at, line.share)


def _above_one(view: View, path: str, at: str, day: str) -> Iterator[Discrepancy]:
    """More than the whole of a treasury line is allocated, on a day or from a later one on.

    Other programmes of the council may have shares of it too: they are other streams.
    """
    assert view.after is not None  # a programme kind
    for when in sorted({day, *view.after.timeline.changes_after(path, day)}):
        total = view.after.total(path, when)
        if total is not None and total > 1:
            details = {"line": path.rpartition("/")[2], "total": f"{total.normalize():f}", "from": when}
            yield Discrepancy("shares-above-one", at, details)
            return


def phrases(data: AllocationMapped, olds: object) -> Iterator[Words]:
    for line in data.lines:
        share = (line.share or WHOLE,) * 2 if line.op == "set" else ("вилучено", "removed")
        yield {**line.model_dump(), "line": line.line(), "share": share}


KIND = Kind(
    "allocation.mapped",
    schema=1,
    family="programme",
    proposable=True,
    data=AllocationMapped,
    act="optional",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Віднесено рядки казначейства до програми",
    title_en="Allocation mapped",
    uk="Рядок казначейства {line}, {year} рік → захід {measure} ({source}): частка {share}",
    en="Treasury line {line}, {year} → measure {measure} ({source}): share {share}",
    example={
        "lines": [
            {
                "op": "set",
                "year": 2025,
                "kpkvk": "0217520",
                "kekv": "2210",
                "fund": "general",
                "measure": "1",
                "source": "local",
                "share": "0.5",
            }
        ]
    },
)
