"""A programme from its first day on: adopted in December 2024, then planned, paid and reported on.

    with Life(tmp_path) as life:
        life.on("2025-04-10")
        life.act("a-2", "2025-04-08")
        life.plan(row("90.00"), row("60.00", measure="1.2"), act="a-2")
        life.report("i-1", "2025-Q1", "2")
        assert life.found(indicators.RULES) == {}

The ledger was opened on 23 December 2024. What the door asks to be acknowledged is acknowledged.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Self

from ledger.door import NeedsAcknowledgement
from tests.projections.findings.raised import Record
from tests.projections.tables import Tables
from tests.support.clock import FrozenClock, utc
from tests.support.people import SECRETARY
from tests.support.town import (
    ACT_DATA,
    ADOPTED_FROM,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    Payload,
    TestLedger,
    line,
)

OPENED = "2024-12-23"
EVIDENCE = {
    "name": "акт.pdf",
    "media_type": "application/pdf",
    "size": 3,
    "sha256": "ab" * 32,
    "access": "restricted",
}
INDICATORS = [
    {"id": "i-1", "measure": "1.1", "name": "Кількість", "kind": "flow", "unit": "одиниць"},
    {"id": "i-2", "measure": "1.2", "name": "Чи створено", "kind": "boolean", "unit": "так/ні"},
    {"id": "i-3", "measure": "1.2", "name": "Частка", "kind": "stock", "unit": "%"},
]
TARGETS = {
    "i-1": {"2025": "10", "2026": "12"},
    "i-2": {"2025": "Так"},
    "i-3": {"2025": "80%", "2026": "90%"},
}
PLAN = [
    {"measure": "1.1", "year": 2025, "source": "local", "amount": "100.00"},
    {"measure": "1.2", "year": 2025, "source": "local", "amount": "50.00"},
    {"measure": "1.2", "year": 2026, "source": "local", "amount": "-"},
]
DATA = PROGRAMME_DATA | {
    "indicators": [one | {"targets": TARGETS[str(one["id"])]} for one in INDICATORS],
    "financing": PLAN,
    "predecessor": {"title": "Програма «Місто»", "number": "641", "date": "2022-09-19"},
}
row = line


class Life(Record):
    """town: the ledger, opened on OPENED; what `raised.Record` says and finds, and more."""

    def __init__(self, path: Path) -> None:
        self.town = TestLedger.copy_of(_model(), path / "ledger")
        self.tables = Tables(path / "tables.db", self.town.ledger.reader)

    def say(self, kind: str, data: Any, **common: Any) -> str:
        subject = common.pop("subject", PROGRAMME)
        while True:
            try:
                return self.town.submit(kind, subject, data, **common).event
            except NeedsAcknowledgement as asked:
                codes = {found.code for found in asked.found}
                assert not codes <= set(common.get("acknowledges", ())), "asked again"
                common["acknowledges"] = sorted(codes | set(common.get("acknowledges", ())))

    def say_status(self, act: str, status: str, start: str, **more: Any) -> str:
        data = {"act": act, "status": status, "date": start, "start": start, **more}
        return self.say("act.status_changed", data, subject=COUNCIL_STREAM)

    def __enter__(self) -> Self:
        return self

    # -- money ------------------------------------------------------------------------

    def plan(self, *rows: Payload, act: str, since: str, **common: Any) -> str:
        return self.say("financing.changed", {"lines": list(rows)}, act=act, effective=since, **common)

    def appropriate(self, *rows: Payload, act: str, since: str, **common: Any) -> str:
        return self.say("appropriation.set", {"lines": list(rows)}, act=act, effective=since, **common)

    def schedule(self, *rows: Payload, since: str, **common: Any) -> str:
        return self.say("schedule.changed", {"lines": list(rows)}, effective=since, **common)

    def spend(
        self,
        amount: str,
        period: str,
        *,
        phase: str = "paid",
        mode: str = "period",
        axes: Payload | None = None,
        **common: Any,
    ) -> str:
        """One report of one line; by default of measure 1.1, local budget, in the period's year."""
        at = {"measure": "1.1", "year": int(period[:4]), "source": "local"} | (axes or {})
        data = {"phase": phase, "period": period, "accumulation": mode, "lines": [at | {"amount": amount}]}
        return self.say("spending.reported", data, **common)

    def send(self, amount: str, day: str, **common: Any) -> str:
        data = {"measure": "1.1", "year": int(day[:4]), "source": "local", "amount": amount}
        return self.say("transfer.made", data | {"payer": "місто", "recipient": "область"}, effective=day)

    def take_back(self, amount: str, day: str, transfer: str, *, year: int = 2025) -> str:
        data = {"measure": "1.1", "year": year, "source": "local", "amount": amount, "transfer": transfer}
        return self.say("transfer.returned", data, effective=day)

    # -- indicators ----------------------------------------------------------------------

    def report(self, indicator: str, period: str, value: str, *, mode: str = "period", **common: Any) -> str:
        """An actual, with evidence unless `files` says otherwise."""
        data = {"indicator": indicator, "period": period, "accumulation": mode, "value": value}
        return self.say("actual.reported", data, **({"files": [EVIDENCE]} | common))

    def target(self, indicator: str, year: str, value: str, *, act: str, since: str, **common: Any) -> str:
        row = next(one for one in INDICATORS if one["id"] == indicator)
        data = {"indicators": [row | {"targets": {year: value}}]}
        return self.say("programme.amended", data, act=act, effective=since, **common)

    def remove(self, *paths: str, act: str, since: str) -> str:
        return self.say("programme.amended", {"removed": list(paths)}, act=act, effective=since)

    # -- policies ------------------------------------------------------------------------

    def rule(self, policy: str = "rules", *, start: str, **settings: Any) -> str:
        data = {"policy": policy, "title": "Порядок", "start": start, **settings}
        return self.say("policy.set", data, subject=COUNCIL_STREAM)


@cache
def _model() -> TestLedger:
    folder = Path(tempfile.mkdtemp(prefix="pledger-life-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clock = FrozenClock(utc(f"{OPENED}T09:00:00"))
    with TestLedger.opened(folder / "ledger", clock=clock) as town:
        town.submit("act.registered", COUNCIL_STREAM, ACT_DATA)
        town.submit("programme.adopted", PROGRAMME, DATA, effective=ADOPTED_FROM, by=SECRETARY)
        return town
