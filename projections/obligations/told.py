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
    entry that says so. cells: those that the reports write.
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
    runs = {slot: _run(case, slot, frozenset(cells)) for slot in slots}
    slot = min(slots, key=lambda one: runs[one][0].index)
    later = [one for run in runs.values() for one in run[1:]]
    review, reviewed = _review(case, {case.timeline.cells[path][-1].slot for path in cells})
    newest = max(later, key=lambda one: one.index, default=None)
    return Told(slot, runs[slot][0], newest, review, reviewed, cells)


def _paths(case: Case, kind: str, item: str, period: str) -> Iterator[str]:
    if kind == INDICATORS:
        yield from case.under(f"/actuals/{item}/{period}")
    elif kind == MONEY:
        for phase in PHASES:
            for path in case.under(f"/{phase}/{item}/{period[:4]}"):
                if path.split("/")[-2] == period:
                    yield path
    else:
        yield from case.under(f"/progress/{item}/{period}")


def _stands(case: Case, path: str) -> bool:
    """A report may come before the day from which it holds: its period's last."""
    answer = case.answer(path, EVER)
    return answer is not None and not answer.removed


def _run(case: Case, slot: str, cells: frozenset[str]) -> list[Said]:
    """The newest statements of a slot that speak of the cells, one after another, oldest first.

    One that was voided or spoke of something else in between reported nothing here: who then states it
    anew reports it on that day.
    """
    run: list[Said] = []
    for statement in reversed(case.statements(slot)):
        if not any(write.path in cells for write in statement.writes):
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
