"""A programme's rows, indicators and money as a Case knows them: what duties/plan.py reads from tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ledger.registry import STEPS_MAX
from projections.duties.plan import is_amount
from projections.findings.case import Case


class CasePlan:
    """Implements duties.items.Plan. A test holds it equal to the tables'."""

    def __init__(self, case: Case) -> None:
        self.programme, self.closed = case.programme, case.closed
        self._timeline, self._day = case.timeline, case.day

    @cached_property
    def years(self) -> tuple[int, int] | None:
        first, last = self._value("/term/from", self._day), self._value("/term/to", self._day)
        return (int(first), int(last)) if first is not None and last is not None else None

    @cached_property
    def indicators(self) -> dict[str, str]:
        return self._named("/indicators", "name")

    @cached_property
    def rows(self) -> dict[str, str]:
        return self._named("/tree", "title")

    def level(self, item: str) -> str:
        return self._latest(f"/tree/{item}/level")

    def measure_of(self, indicator: str) -> str:
        return self._latest(f"/indicators/{indicator}/measure")

    def upwards(self, item: str) -> Iterator[str]:
        for _ in range(STEPS_MAX):
            if not item:
                return
            yield item
            item = self._latest(f"/tree/{item}/parent")

    def there(self, family: str, day: str) -> frozenset[str]:
        """The rows (/tree) or indicators (/indicators) that the programme has on a day."""
        return frozenset(item for item in self._ids(family) if self.is_there(family, item, day))

    def is_there(self, family: str, item: str, day: str) -> bool:
        answer = self._timeline.answer(f"{family}/{item}/{'title' if family == '/tree' else 'name'}", day)
        return answer is not None and not answer.removed

    def is_funded(self, item: str, year: str, day: str) -> bool:
        families = ("financing", "appropriation")
        paths = (path for family in families for path in self._timeline.under(f"/{family}/{item}/{year}"))
        return any(is_amount(self._value(path, day)) for path in paths)

    def _value(self, path: str, day: str) -> Any:
        answer = self._timeline.answer(path, day)
        return answer.value if answer is not None and not answer.removed else None

    def _named(self, family: str, member: str) -> dict[str, str]:
        names = {item: self._latest(f"{family}/{item}/{member}") for item in sorted(self._ids(family))}
        return {item: name for item, name in names.items() if name}

    def _ids(self, family: str) -> Iterator[str]:
        for path in self._timeline.children.get(family, ()):
            yield path.rpartition("/")[2]

    def _latest(self, path: str) -> str:
        """What ranks last of what counts on some day; "" for nothing. The tables hold nothing else."""
        for placed in reversed(self._timeline.cells.get(path, ())):
            counts = placed.act is None or self._timeline.acts[placed.act].stretches
            if placed.op == "set" and placed.value is not None and counts:
                return str(placed.value)
        return ""
