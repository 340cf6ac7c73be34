"""What was taken away stays in the years in which it was there, with its last value (domain.md, row 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.timeline import ALWAYS, Answer
from projections.evaluation.sections import Row, evidence
from projections.findings.case import Case
from projections.findings.holding import first_day

EMPTY = frozenset(("", "-", "–", "—"))  # a target that is crossed out, or left blank


def stood_in(case: Case, paths: Iterable[str], year: int) -> bool:
    """Did all the cells hold a value on some day of the year, up to D? Before the year: on D."""
    asked = tuple(paths)
    return any(all(_holds(case.answer(path, day)) for path in asked) for day in _days(case, asked, year))


def last_held(case: Case, path: str, day: str) -> Answer | None:
    """What a cell holds on a day, or the last that it held before it was taken away; None if nothing ever."""
    answer = case.answer(path, day)
    while answer is not None and not _holds(answer):
        answer = case.timeline.below(path, answer.last.rank)
    return answer


def last_said(case: Case, path: str) -> str | None:
    """As printed, be it a dash, on D; of what was removed what it said before."""
    answer = case.answer(path)
    while answer is not None and answer.removed:
        answer = case.timeline.below(path, answer.last.rank)
    return str(answer.value) if answer is not None else None


def is_gone(case: Case, path: str, day: str) -> bool:
    """Is what it held taken away? A dash that nothing stood before took nothing away."""
    return not _holds(case.answer(path, day)) and last_held(case, path, day) is not None


def removal(case: Case, paths: Iterable[str], **more: object) -> Row | None:
    """The first of the cells that is gone on D: since which day, and by which event. None if none is."""
    for path in paths:
        answer = case.answer(path)
        if answer is not None and is_gone(case, path, case.day):
            since = first_day(case, answer.last) or answer.last.rank[0]
            return {"since": since, **more, **evidence(case, [path])}
    return None


def _holds(answer: Answer | None) -> bool:
    return answer is not None and not answer.removed and str(answer.value).strip() not in EMPTY


def _days(case: Case, paths: tuple[str, ...], year: int) -> list[str]:
    """The year's first day, and those of its days up to D on which a write of the cells may begin to hold."""
    end = min(case.day, f"{year}-12-31")
    first = min(f"{year}-01-01", end)
    begun = {day for path in paths for day in _beginnings(case, path) if first < day <= end}
    return [first, *sorted(begun)]


def _beginnings(case: Case, path: str) -> Iterator[str]:
    for placed in case.timeline.cells.get(path, ()):
        stretches = ALWAYS if placed.act is None else case.timeline.acts[placed.act].stretches
        yield from (max(placed.rank[0], start) for start, _ in stretches)
