"""Somebody who writes a town's record at random: several programmes, corrections, quashings, days to come."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from ledger.receipt import Receipt
from tests.support.town import ACT, ADOPTED_FROM, COUNCIL_STREAM, PROGRAMME, PROGRAMME_DATA, TestLedger, line

PROGRAMMES_MAX = 5


class RandomWriter:
    """write() says one thing; what the door asks about is acknowledged, what it refuses was not said."""

    def __init__(self, town: TestLedger, seed: int) -> None:
        self.town, self.rng = town, Random(seed)
        self.programmes = [PROGRAMME]
        self.acts = [ACT]
        self.slots: list[tuple[str, str, str]] = []  # programme, slot, act
        self.statuses: list[str] = []
        self.counts: dict[str, int] = {}

    def write(self) -> None:
        ways = ("change", "correct", "void", "status", "unstatus", "act", "adopt", "report", "day")
        way = self.rng.choices(ways, (30, 14, 5, 12, 4, 5, 3, 8, 12))[0]
        if getattr(self, f"_{way}")() is not None:
            self.counts[way] = self.counts.get(way, 0) + 1

    def _say(self, kind: str, subject: str, data: Any, **common: Any) -> Receipt | None:
        codes: set[str] = set()
        while True:
            envelope = self.town.envelope(kind, subject, data, acknowledges=sorted(codes), **common)
            outcome = self.town.outcome([envelope])
            if isinstance(outcome, Refusal):
                return None
            if not isinstance(outcome, NeedsAcknowledgement):
                return outcome[0]
            found = {one.code for one in outcome.found}
            assert not found <= codes
            codes |= found

    def _day_near(self) -> str:
        """Some days before today, or after."""
        days = timedelta(days=self.rng.choice((-200, -60, -3, 0, 1, 2, 3, 5, 40)))
        return (self.town.clock.now() + days).date().isoformat()

    def _lines(self) -> dict[str, Any]:
        measures = self.rng.sample(["1.1", "1.2"], self.rng.choice((1, 2)))
        said = []
        for measure in measures:
            amount = f"{self.rng.randrange(1, 10**6)}.{self.rng.randrange(100):02}"
            op = self.rng.choice(("set", "set", "set", "add", "unset"))
            said.append(line(None if op == "unset" else amount, op=op, measure=measure))
        return {"lines": said}

    def _change(self) -> Receipt | None:
        programme, act = self.rng.choice(self.programmes), self.rng.choice(self.acts)
        receipt = self._say(
            "financing.changed", programme, self._lines(), act=act, effective=self._day_near()
        )
        if receipt is not None:
            self.slots.append((programme, receipt.event, act))
        return receipt

    def _correct(self) -> Receipt | None:
        if not self.slots:
            return None
        programme, slot, act = self.rng.choice(self.slots)
        effective = self._day_near()
        common = {"act": act, "effective": effective, "corrects": slot}
        return self._say("financing.changed", programme, self._lines(), **common)

    def _void(self) -> Receipt | None:
        if not self.slots:
            return None
        programme, slot, act = self.slots.pop(self.rng.randrange(len(self.slots)))
        common = {"act": act, "effective": self._day_near(), "corrects": slot}
        return self._say("financing.changed", programme, None, **common)

    def _status(self) -> Receipt | None:
        act = self.rng.choice(self.acts)
        status = self.rng.choice(("suspended", "resumed", "quashed", "restored"))
        day = self._day_near() if status in ("suspended", "resumed") else "2024-12-20"
        data = {"act": act, "status": status, "date": day, "start": day}
        receipt = self._say("act.status_changed", COUNCIL_STREAM, data)
        if receipt is not None:
            self.statuses.append(receipt.event)
        return receipt

    def _unstatus(self) -> Receipt | None:
        if not self.statuses:
            return None
        slot = self.statuses.pop(self.rng.randrange(len(self.statuses)))
        return self._say("act.status_changed", COUNCIL_STREAM, None, corrects=slot)

    def _act(self) -> Receipt | None:
        act, day = f"town-{len(self.acts) + 10}", self._day_near()
        data = {"act": act, "kind": "decision", "date": day, "title": "Зміни", "in_force": day}
        receipt = self._say("act.registered", COUNCIL_STREAM, data)
        if receipt is not None:
            self.acts.append(act)
        return receipt

    def _adopt(self) -> Receipt | None:
        if len(self.programmes) == PROGRAMMES_MAX:
            return None
        name = f"town-other-{len(self.programmes)}"
        data = PROGRAMME_DATA | {"programme": name, "title": f"Програма «{name}»\u2028 \\ \u007f \t"}
        receipt = self._say("programme.adopted", f"programme:{name}", data, effective=ADOPTED_FROM)
        if receipt is not None:
            self.programmes.append(f"programme:{name}")
        return receipt

    def _report(self) -> Receipt | None:
        data = {
            "indicator": "i-1",
            "period": f"2025-{self.rng.randrange(1, 13):02}",
            "accumulation": "period",
            "value": str(self.rng.randrange(100)),
        }
        return self._say("actual.reported", self.rng.choice(self.programmes), data)

    def _day(self) -> str:
        """The clock goes on: what was dated ahead begins to hold though nobody says anything."""
        self.town.clock.advance(days=self.rng.choice((1, 1, 2)))
        return "gone on"
