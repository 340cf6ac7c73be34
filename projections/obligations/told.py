"""The reports about one item and period: since when they have been there, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from projections.duties.items import INDICATORS, MONEY
from projections.duties.said import EVER, PHASES
from projections.findings.case import Case
from projections.findings.dossier import Said

Review = Literal["submitted", "accepted", "returned"]


@dataclass(frozen=True, slots=True)
class Told:
    """first: the statement by which the item's period was reported; slot: its report.

    corrected: the newest correction of what stands, if any. review: returned if one of the reports that
    count in some cell was returned and not corrected since, accepted if all were accepted; reviewed: the
    entry that says so. cells: those that the reports write now.
    """

    slot: str
    first: Said
    corrected: Said | None
    review: Review
    reviewed: int | None
    cells: tuple[str, ...]


def told_of(case: Case, kind: str, item: str, period: str) -> Told | None:
    """None if nothing is reported, or all that was is voided."""
    cells = tuple(sorted(path for path in _paths(case, kind, item, period) if _stands(case, path)))
    if not cells:
        return None
    slots = sorted({placed.slot for path in cells for placed in case.timeline.cells[path]})
    runs = {slot: _run(case, slot, kind, item, period) for slot in slots}
    slot = min(slots, key=lambda one: runs[one][0].index)
    later = [one for run in runs.values() for one in run[1:]]
    review, reviewed = _review(case, {case.timeline.cells[path][-1].slot for path in cells})
    newest = max(later, key=lambda one: one.index, default=None)
    return Told(slot, runs[slot][0], newest, review, reviewed, cells)


def _paths(case: Case, kind: str, item: str, period: str) -> Iterator[str]:
    for place in _places(kind, item, period):
        yield from (path for path in case.under(place) if _is_about(path, kind, item, period))


def _places(kind: str, item: str, period: str) -> tuple[str, ...]:
    """Where a report of the kind about an item writes; spending of other periods of the year does so too."""
    if kind == INDICATORS:
        return (f"/actuals/{item}/{period}",)
    if kind == MONEY:
        return tuple(f"/{phase}/{item}/{period[:4]}" for phase in PHASES)
    return (f"/progress/{item}/{period}",)


def _is_about(path: str, kind: str, item: str, period: str) -> bool:
    """In whatever phase, from whatever source: these are what the report says, not what it is about."""
    if kind == MONEY and path.split("/")[-2] != period:
        return False
    return any(path == place or path.startswith(f"{place}/") for place in _places(kind, item, period))


def _stands(case: Case, path: str) -> bool:
    """A report may come before the day from which it holds: its period's last."""
    answer = case.answer(path, EVER)
    return answer is not None and not answer.removed


def _run(case: Case, slot: str, kind: str, item: str, period: str) -> list[Said]:
    """The newest statements of a slot that speak of the item's period, one after another, oldest first.

    One that was voided or spoke of another in between reported nothing here: who then states it anew
    reports it on that day. A correction of the phase, the source or another axis speaks of the same.
    """
    run: list[Said] = []
    for statement in reversed(case.statements(slot)):
        if not any(_is_about(write.path, kind, item, period) for write in statement.writes):
            break
        run.append(statement)
    return run[::-1]


def _review(case: Case, slots: set[str]) -> tuple[Review, int | None]:
    said = {slot: _judged(case, slot) for slot in sorted(slots)}
    for word in ("returned", "submitted"):
        for found, entry in said.values():
            if found == word:
                return found, entry
    return next(iter(said.values()))


def _judged(case: Case, slot: str) -> tuple[Review, int | None]:
    """What was said of the statement in force; one that was corrected since is submitted again."""
    answer = case.answer(f"/reports/{slot}", EVER)
    if answer is None or answer.removed or answer.last.entry < case.slot(slot).event_index:
        return "submitted", None
    return ("accepted" if answer.value == "accepted" else "returned"), answer.last.entry
