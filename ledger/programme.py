"""One programme as the door sees it: its timeline, and what follows from its cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from immutables import Map

from ledger.consent import Proposal
from ledger.oversight import Observations
from ledger.periods import PeriodKey, flow_year
from ledger.registry import STEPS_MAX, Kept
from ledger.timeline import Timeline
from ledger.values import is_money


@dataclass(frozen=True, slots=True)
class Programme:
    """State of a programme's stream.

    body: whose programme it is. parts_due: parts of its adoption still to come in the
    batch that adopts it (part, of), None when whole. proposals: by the event that proposed.
    reaffirmed: event → the statements that say it holds. accepted: slot of finding.accepted → the
    offices of its first event.
    """

    id: str
    body: str = ""
    timeline: Timeline = Timeline()
    parts_due: tuple[int, int] | None = None
    version: int = 0
    proposals: Map[str, Proposal] = Map()
    observations: Observations = Map()
    reaffirmed: Map[str, tuple[Kept, ...]] = Map()
    accepted: Map[str, tuple[str, ...]] = Map()

    def closed_on(self, day: str) -> str | None:
        """Since when the programme is closed, as of a day; a quashed closing closes nothing."""
        answer = self.timeline.answer("/closed", day)
        return answer.last.rank[0] if answer is not None and not answer.removed else None

    def is_money_row(self, item: str) -> bool:
        """Measures and works carry money; priorities and tasks group them."""
        return self.timeline.latest(f"/tree/{item}/level") in ("measure", "work")

    def has(self, collection: str, item: str, member: str) -> bool:
        """Is this id on the record? A row that was removed later still is: it had its years."""
        return self.timeline.latest(f"/{collection}/{item}/{member}") is not None

    def has_measure(self, item: str) -> bool:
        return self.has("tree", item, "title")

    def has_indicator(self, item: str) -> bool:
        return self.has("indicators", item, "name")

    def has_source(self, item: str) -> bool:
        return self.has("sources", item, "name")

    def term(self) -> tuple[int, int] | None:
        """First and last year, as they rank last; None while there is no term."""
        first, last = self.timeline.latest("/term/from"), self.timeline.latest("/term/to")
        return (int(first), int(last)) if first is not None and last is not None else None

    def has_year(self, year: int) -> bool:
        term = self.term()
        return term is not None and term[0] <= year <= term[1]

    def upwards(self, item: str) -> Iterator[str]:
        """A row of the tree and those above it."""
        for _ in range(STEPS_MAX):
            if not item:
                return
            yield item
            item = str(self.timeline.latest(f"/tree/{item}/parent") or "")

    def measure_of(self, indicator: str) -> str:
        """The row that an indicator belongs to; "" if none."""
        return str(self.timeline.latest(f"/indicators/{indicator}/measure") or "")

    def indicator_kind(self, item: str) -> str:
        return str(self.timeline.latest(f"/indicators/{item}/kind") or "")

    def without(self, slot: str) -> Programme:
        """The same programme as if a slot had stated nothing: what a correction starts from."""
        return replace(self, timeline=self.timeline.without(slot))

    def money_under(self, prefix: str, day: str) -> dict[str, Decimal]:
        """The amounts in the cells at or below a path such as `/financing/2.1.4/2025`."""
        found = {}
        for path in self.timeline.under(prefix):
            answer = self.timeline.answer(path, day)
            if answer is not None and is_money(answer.value):
                found[path] = Decimal(answer.value)
        return found

    def total(self, prefix: str, day: str) -> Decimal | None:
        """The sum below a path on a day; None if there is no amount at all."""
        amounts = self.money_under(prefix, day)
        return sum(amounts.values(), Decimal(0)) if amounts else None

    def reported(self, phase: str, measure: str, year: int, day: str) -> Decimal | None:
        """What reports of a phase add up to in a measure's year, over all sources."""
        rows: dict[str, dict[PeriodKey, Decimal]] = {}
        for path, amount in self.money_under(f"/{phase}/{measure}/{year}", day).items():
            *_, segment, period, mode = path.split("/")
            rows.setdefault(segment, {})[(period, mode)] = amount
        years = [flow_year(reports) for reports in rows.values()]
        amounts = [amount for amount in years if amount is not None]
        return sum(amounts, Decimal(0)) if amounts else None
