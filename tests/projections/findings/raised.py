"""A council's record, told through the real door, and what some rules find in it.

    with Record(tmp_path) as record:
        record.on("2025-10-15")
        record.act("town-7", "2025-10-15")
        record.decide("150.00", act="town-7", effective="2025-10-01")
        assert record.found(acts.RULES) == {"ACT-RETRO": [...]}

The ledger was opened on 2025-09-01: what is older was entered when the council started.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ledger.canonical import dumps
from projections.findings.case import Case
from projections.findings.dossier import read_dossier
from projections.findings.rule import Hit, Rule
from projections.findings.words import fill
from tests.projections.tables import Tables
from tests.support.clock import utc
from tests.support.council import council_town
from tests.support.people import SECRETARY, Official
from tests.support.town import (
    ACT_DATA,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_ID,
    Payload,
    line,
    lines,
    sign_as,
)

OPENED = "2025-09-01"
LATER = "2027-01-01"  # a day by which everything has come


class Record:
    """town: the ledger. Nothing is in force or proposed beyond what tests/support/council.py tells."""

    def __init__(self, path: Path) -> None:
        self.town = council_town(path / "ledger")
        self.tables = Tables(path / "tables.db", self.town.ledger.reader)

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self.tables.close()
        self.town.close()

    # -- what is said ---------------------------------------------------------------

    def on(self, day: str, hour: str = "09:00:00") -> None:
        """Move the clock to an instant of a day, in UTC."""
        self.town.clock.set(utc(f"{day}T{hour}"))

    def act(self, act: str, date: str, **more: Any) -> str:
        """Register an act of the council, in force from its date unless `more` says otherwise."""
        data = ACT_DATA | {"act": act, "date": date, "in_force": date, "points": []} | more
        data = {name: value for name, value in data.items() if value is not None}
        return self.town.submit("act.registered", COUNCIL_STREAM, data).event

    def status(self, act: str, status: str, date: str, **more: Any) -> str:
        common = {name: more.pop(name) for name in ("acknowledges", "corrects") if name in more}
        data = {"act": act, "status": status, "date": date, **more}
        return self.town.submit("act.status_changed", COUNCIL_STREAM, data, **common).event

    def say(self, kind: str, data: Any, **common: Any) -> str:
        return self.town.submit(kind, PROGRAMME, data, **common).event

    def decide(self, amount: str, *, year: int = 2025, **common: Any) -> str:
        """One line of financing.changed."""
        return self.say("financing.changed", {"lines": [line(amount, year=year)]}, **common)

    def signed_at(self, iat: str, payload: Payload, *, by: Official = SECRETARY) -> str:
        """Submit what claims to have been signed at an instant (UTC)."""
        moment = int(utc(iat).timestamp())
        return self.town.submit_all([sign_as(dumps(payload), [(by.key, by.key.alg)], iat=moment)])[0].event

    # -- what is found ----------------------------------------------------------------

    def case(self, day: str = LATER, programme: str = PROGRAMME_ID) -> Case:
        reading = self.tables.reading()
        return Case(read_dossier(reading, programme), reading, day)

    def hits(self, rules: Iterable[Rule], day: str = LATER) -> list[tuple[Rule, Hit]]:
        """What is true by a day, each with its rule."""
        case = self.case(day)
        return [
            (rule, hit)
            for rule in rules
            for key in (("",) if rule.topic == "programme" else sorted(case.keys(rule.topic)))
            for hit in rule.check(case, key)
            if hit.day <= day
        ]

    def found(self, rules: Iterable[Rule], day: str = LATER) -> dict[str, list[str]]:
        """Code → the keys of its hits."""
        found: dict[str, list[str]] = {}
        for rule, hit in self.hits(rules, day):
            found.setdefault(rule.code, []).append(hit.key)
        return found

    def one(self, rules: Iterable[Rule], code: str, day: str = LATER) -> Hit:
        """The only hit of a code."""
        (hit,) = [hit for rule, hit in self.hits(rules, day) if rule.code == code]
        return hit

    def index(self, *events: str) -> tuple[int, ...]:
        """The leaf indexes of events, in order."""
        return tuple(sorted(self.town.ledger.reader.events(events).values()))


def claims(record: Record, iat: str, *, seen: int | None = None, **common: Any) -> str:
    """A decision that claims to have been signed at an instant (UTC)."""
    payload = record.town.payload("financing.changed", PROGRAMME, lines("200.00"), seen=seen, **common)
    return record.signed_at(iat, payload)


def check_sentences(hits: Iterable[tuple[Rule, Hit]]) -> None:
    """Every word of both sentences is said by the hit, and none of them judges."""
    for rule, hit in hits:
        uk, en = fill(rule.uk, hit.words, "uk"), fill(rule.en, hit.words, "en")
        for word in ("не встановлено", "порожньо", "порушен"):
            assert word not in uk.lower(), uk
        for word in ("not set", "blank", "violat", "breach"):
            assert word not in en.lower(), en
