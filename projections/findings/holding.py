"""Small questions that the rules about money, indicators and reports ask of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.timeline import ALWAYS, Answer, Placed
from ledger.values import is_money, period_end
from projections.findings.case import Case

EVER = "9999-12-31"  # of reports: each is asked for, and holds from its period's last day
Pair = tuple[str, str]


def amount(value: Any) -> Decimal | None:
    """None for what is no amount: none, removed, a printed dash, a blank."""
    return Decimal(value) if is_money(value) else None


def stands(answer: Answer | None) -> Pair | str | None:
    """A value as words: none and a blank are said by the sentence itself, a removal here."""
    if answer is None:
        return None
    return ("вилучено", "removed") if answer.removed else str(answer.value)


def first_day(case: Case, placed: Placed) -> str | None:
    """The first day on which a write holds: from its own day on, once its act counts. None if never."""
    since = placed.rank[0]
    stretches = ALWAYS if placed.act is None else case.timeline.acts[placed.act].stretches
    return min((max(since, start) for start, end in stretches if max(since, start) < end), default=None)


def since_when(case: Case, paths: Iterable[str], holds: Callable[[str], bool]) -> str:
    """The first day of the stretch of days, up to D, on which something is so that is so on D.

    paths: the cells on which it depends. It may become so because a write takes hold, and because an act
    falls away. Cost: asked once for each day on which one of the cells may turn.
    """
    found = case.day
    for day in sorted(turns(case, paths), reverse=True):
        if not holds(day):
            break
        found = day
    return found


def turns(case: Case, paths: Iterable[str]) -> set[str]:
    """The days up to D on which a write of the cells starts, or its act starts or stops counting."""
    placed = [one for path in paths for one in writes_at(case, path)]
    acts = {one.act for one in placed if one.act is not None}
    stretches = [stretch for act in acts for stretch in case.timeline.acts[act].stretches]
    days = {one.rank[0] for one in placed}.union(*stretches)
    return {day for day in days if day <= case.day}


def writes_at(case: Case, path: str) -> tuple[Placed, ...]:
    """The writes of one cell in the order of their ranks, counting or not; marks of new editions left out."""
    return tuple(placed for placed in case.timeline.cells.get(path, ()) if placed.op != "restate")


def act_words(case: Case, act: str | None) -> Pair:
    """How people name an act: by number and date; by its id where the paper has no number."""
    if act is None:
        return ("без акта", "no act")
    said = case.act(act)
    name = said.get("number") or said.get("project_number") or act
    return (f"акт № {name} від {said['date']}", f"act № {name} of {said['date']}")


def persons(case: Case, entries: Iterable[int]) -> list[str]:
    """Who signed the statements, each once, in the order of the statements."""
    found = (signer.person for index in entries for signer in case.said(index).stated.event.signers)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it stands in its cell. day: its period's last, from which it holds; index: of its slot."""

    path: str
    period: str
    mode: str
    value: str
    slot: str
    index: int
    entry: int

    @property
    def day(self) -> str:
        return period_end(self.period)

    @property
    def key(self) -> tuple[str, str]:
        return self.period, self.mode


def reports_under(case: Case, prefix: str) -> list[Report]:
    """The reports in force below a path such as /actuals/3.3.4 or /paid/3.3.2/2025, oldest slot first.

    Of two reports of one cell the one that the rule of state names. Not filtered by the day.
    """
    return sorted(_reports(case, prefix), key=lambda one: one.index)


def _reports(case: Case, prefix: str) -> Iterator[Report]:
    for path in case.under(prefix):
        row = case.timeline.cells[path]
        if row:  # reports cite no act and only set: the last one of a cell is what it holds
            last = row[-1]
            *_, period, mode = path.split("/")
            yield Report(path, period, mode, str(last.value), last.slot, last.rank[3], last.entry)


def source_of(segment: str) -> str:
    """Of a line's last segment, without its budget axes."""
    return segment.partition(".")[0]
