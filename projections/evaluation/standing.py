"""Which reports of a year count on a day: those of which its figures are made, and what became of the others.

Source: time.md, fold (a flow's year is its last year-to-date value if there is any, else the sum of its
periods; a report holds from its period's last day); docs/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from ledger.kinds import REPORTS
from ledger.periods import PeriodKey, counted, last_of
from ledger.timeline import Answer, Write
from projections.budget import counting, is_amount
from projections.evaluation.sections import Row, code_order, evidence
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.indicators import number
from projections.obligations.told import Review

# not-yet: its period ends later. partly: of several cells some count. not-in-force: nothing holds there.
Standing: TypeAlias = Literal["current", "partly", "superseded", "not-yet", "not-in-force"]
BY_ITEM = ("actuals", "progress")  # money has a row for each phase, year and source of an item
_OTHERS: tuple[Standing, ...] = ("superseded", "not-yet", "not-in-force")


class Standings:
    """Of one case: which reports its cells are made of is looked up once a row."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._made: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, slot: str) -> Standing | None:
        """Of the statement in force; None of a report that was taken back."""
        said = self._case.statements(slot)[-1]
        if said.stated.event.data is None:
            return None
        found = {self._cell(slot, write) for write in said.writes}
        if "current" in found:
            return "current" if len(found) == 1 else "partly"
        return next((word for word in _OTHERS if word in found), "not-in-force")

    def _cell(self, slot: str, write: Write) -> Standing:
        if write.since > self._case.day:
            return "not-yet"
        answer = self._holding(write.path)
        if answer is None:
            return "not-in-force"
        is_counted = answer.last.slot == slot and write.path in self._counting(write.path)
        return "current" if is_counted else "superseded"

    def _holding(self, path: str) -> Answer | None:
        answer = self._case.answer(path)
        return answer if answer is not None and not answer.removed else None

    def _counting(self, path: str) -> frozenset[str]:
        """The cells of which the year's figure is made that a cell belongs to."""
        row = _row_of(path)
        if row not in self._made:
            self._made[row] = frozenset(self._look_up(*row))
        return self._made[row]

    def _look_up(self, prefix: str, year: str) -> Iterator[str]:
        found = {path: one for path in self._case.under(prefix) if (one := self._holding(path)) is not None}
        of_year = [path for path in found if _row_of(path) == (prefix, year)]
        is_money = prefix.split("/")[1] not in BY_ITEM
        stated = [path for path in of_year if not is_money or is_amount(found[path].value)]
        stated.sort(key=lambda path: found[path].last.rank[3])
        reports = {_period_of(path): path for path in stated}
        values = [found[path].value for path in stated]
        yield from (reports[key] for key in self._keys(prefix, reports, values))

    def _keys(self, prefix: str, reports: Mapping[PeriodKey, str], values: list[Any]) -> list[PeriodKey]:
        """A flow adds up; a stock, a balance and a state of progress stand as last reported."""
        _, family, item, *_ = prefix.split("/")
        if family not in BY_ITEM:
            return counting(family, reports)
        if family == "actuals" and self._kind(item) == "flow" and _are_numbers(values):
            return counted(reports)
        last = last_of(reports)
        return [last] if last is not None else []

    def _kind(self, indicator: str) -> str | None:
        """A removed indicator still adds up as it did."""
        path = f"/indicators/{indicator}/kind"
        answer = self._case.answer(path)
        while answer is not None and answer.removed:
            answer = self._case.timeline.below(path, answer.last.rank)
        return str(answer.value) if answer is not None else None


def _are_numbers(values: list[Any]) -> bool:
    return all(number(str(value)) is not None for value in values)


def _row_of(path: str) -> tuple[str, str]:
    """The cells that make up one figure with this one: what they lie below, and their year."""
    _, family, item, *rest = path.split("/")
    if family in BY_ITEM:
        return f"/{family}/{item}", rest[0][:4]
    year, segment, *_ = rest
    return f"/{family}/{item}/{year}/{segment}", year


def _period_of(path: str) -> PeriodKey:
    parts = path.split("/")
    return (parts[3], "") if parts[1] == "progress" else (parts[-2], parts[-1])


def standings(case: Case, year: int) -> list[Row]:
    """Every report about a period of the year that was not taken back; those that do not count among them."""
    found, standing = [], Standings(case)
    for kind in REPORTS:
        for slot in case.slots_of(kind):
            state, said = standing.of(slot), case.statements(slot)[-1]
            if state is not None and said.stated.event.data.period[:4] == str(year):
                found.append(_report(case, slot, said, state))
    return sorted(found, key=lambda row: (row["kind"], row["period"]))  # and as they were recorded


def _report(case: Case, slot: str, said: Said, state: Standing) -> Row:
    data, paths = said.stated.event.data, sorted({write.path for write in said.writes})
    return {
        "key": slot,
        "kind": said.kind,
        "items": sorted({path.split("/")[2] for path in paths}, key=code_order),
        "period": data.period,
        "state": state,
        "review": review_of(case, slot),
        **evidence(case, paths, [said.index]),
    }


def review_of(case: Case, slot: str) -> Review:
    """On the day; a statement that was corrected since it was judged is submitted again."""
    answer = case.answer(f"/reports/{slot}")
    if answer is None or answer.removed or answer.last.entry < case.slot(slot).event_index:
        return "submitted"
    return "accepted" if answer.value == "accepted" else "returned"
