"""A town whose officials report at random: in time, late, twice, wrongly, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson

from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from projections.findings.case import Case
from projections.findings.dossier import read_dossier
from tests.projections.tables import Tables
from tests.support.people import FINANCIER
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, Payload
from tests.support.waiting import CHAIR, EXECUTOR, actual, local_day, set_policy, waiting_town

KINDS = ["actual.reported", "progress.reported", "spending.reported"]
MONTHLY: Payload = {"kinds": KINDS, "period": "month", "months": 1, "day": 5, "shift": "next"}
EXECUTORS: list[Payload] = [{"items": ["1"], "office": EXECUTOR.office}]
OWES: Payload = {"policy": "reports", "executors": EXECUTORS, "deadlines": [MONTHLY]}


class Telling:
    """A waiting town and its tables; the clock stands on 1 September 2025."""

    def __init__(self, path: Path) -> None:
        self.town = waiting_town(path / "ledger")
        self.tables = Tables(path / "tables.db", self.town.ledger.reader)

    def close(self) -> None:
        self.tables.close()
        self.town.close()

    @property
    def today(self) -> str:
        return local_day(self.town)

    def case(self, day: str = "", position: int | None = None) -> Case:
        reading = self.tables.reading(position)
        return Case(read_dossier(reading, PROGRAMME_ID), reading, day or self.today)

    def wait_until(self, day: str) -> None:
        self.town.clock.advance(days=(date.fromisoformat(day) - date.fromisoformat(self.today)).days)

    def correct(self, report: str, **members: Any) -> str:
        """State a report anew with other members; without any it is voided."""
        said = orjson.loads(self.town.recorded[report].payload)
        data = said["data"] | members if members else None
        common: Payload = {"by": EXECUTOR, "corrects": report, "reason": "помилка"}
        return self.town.submit(said["kind"], PROGRAMME, data, **common).event

    def judge(self, report: str, kind: str = "report.accepted", note: str = "ще раз") -> str:
        data = {"report": report, "note": note}
        return self.town.submit(kind, PROGRAMME, data, by=CHAIR, effective=self.today).event


class Story:
    """Random words; what the door refuses is not said."""

    def __init__(self, telling: Telling, seed: int) -> None:
        self.telling, self.town, self.rng = telling, telling.town, Random(seed)
        self.reports: list[str] = []

    def step(self) -> None:
        words: list[Callable[[], object]] = [
            self.report, self.report, self.report, self.report, self.report, self.mend, self.void,
            self.judge, self.judge, self.owe, self.end, self.amend, self.wait, self.wait,
        ]  # fmt: skip
        with suppress(Refusal, NeedsAcknowledgement, IndexError, KeyError):
            self.rng.choice(words)()

    def period(self) -> str:
        return self.rng.choice(["2025-08", "2025-09", "2025-09", "2025-10", "2025-Q3", "2025"])

    def report(self) -> None:
        by, period = self.rng.choice([EXECUTOR, FINANCIER]), self.period()
        which = self.rng.randint(0, 3)
        if which == 0:
            self.reports.append(actual(self.town, period, by=by))
        elif which == 1:
            self.reports.append(actual(self.town, period, indicator="i-2", value="Так", by=by))
        elif which == 2:
            data: Payload = {"measure": self.rng.choice(["1.1", "1.2"]), "period": period, "status": "done"}
            self.reports.append(self.town.submit("progress.reported", PROGRAMME, data, by=by).event)
        else:
            measures = self.rng.choice([["1.1"], ["1.1", "1.2"], ["1.2"]])
            lines = [{"measure": one, "year": 2025, "source": "local", "amount": "5.00"} for one in measures]
            phase, mode = self.rng.choice(["paid", "incurred"]), self.rng.choice(["period", "ytd"])
            data = {"phase": phase, "period": period, "accumulation": mode, "lines": lines}
            self.reports.append(self.town.submit("spending.reported", PROGRAMME, data, by=by).event)

    def mend(self) -> None:
        """Of the same period as it was first, or of another: then that one was not reported after all."""
        report = self.rng.choice(self.reports)
        period = orjson.loads(self.town.recorded[report].payload)["data"]["period"]
        self.telling.correct(report, period=self.rng.choice([period, period, self.period(), "2025-09"]))

    def void(self) -> None:
        self.telling.correct(self.rng.choice(self.reports))

    def judge(self) -> None:
        kind = self.rng.choice(["report.accepted", "report.returned"])
        self.telling.judge(self.rng.choice(self.reports), kind)

    def owe(self) -> None:
        """A policy, perhaps in the place of another of its name, from today on or from later."""
        deadline = {
            "kinds": self.rng.sample(KINDS, 2),
            "period": self.rng.choice(["month", "month", "quarter", "half", "year"]),
            "months": self.rng.randint(1, 2),
            "day": self.rng.choice([1, 5, 30]),
            "shift": self.rng.choice(["none", "next", "previous"]),
        }
        who: list[Payload] = self.rng.choice([EXECUTORS, [], [{"items": ["1.1"], "office": EXECUTOR.office}]])
        if self.rng.random() < 0.3:
            who = [*who, {"indicators": ["i-1"], "kinds": ["actual.reported"], "office": FINANCIER.office}]
        off = [str(date(2025, 9, 1) + timedelta(days=self.rng.randint(0, 60))) for _ in range(3)]
        said: Payload = {"policy": self.rng.choice("pqr"), "deadlines": [deadline], "executors": who}
        said["calendar"] = {"holidays": off, "working": ["2025-09-06", "2025-10-05"]}
        self.state(said)

    def end(self) -> None:
        """A policy without any setting: from today on, or from later, it is ended."""
        self.state({"policy": self.rng.choice("pqr")})

    def state(self, said: Payload) -> None:
        start = str(date.fromisoformat(self.telling.today) + timedelta(days=self.rng.choice([0, 0, 9, 40])))
        subject = self.rng.choice([COUNCIL_STREAM, "root"])
        set_policy(self.town, said, subject=subject, start=start)

    def amend(self) -> None:
        """Spending was of another phase or code: it speaks of the same period."""
        report = self.rng.choice(self.reports)
        data = orjson.loads(self.town.recorded[report].payload)["data"]
        lines = [line | {"kekv": self.rng.choice(["2210", "2240"])} for line in data["lines"]]
        self.telling.correct(report, phase=self.rng.choice(["paid", "incurred"]), lines=lines)

    def wait(self) -> None:
        self.town.clock.advance(days=self.rng.randint(1, 14))
