"""A town in which a secretary's second key is stolen, revoked, and half of what it signed re-affirmed."""

from __future__ import annotations

from tests.support.people import SECRETARY, key_of
from tests.support.town import ACT, ACT_DATA, COUNCIL_STREAM, PROGRAMME, TestLedger, line, lines, remember

STOLEN = SECRETARY.using(key_of("stolen"))
SUSPECT_FROM = "2025-09-04"
POSITIONS: dict[str, int] = {}  # name → the position after its entry
EVENTS: dict[str, str] = {}  # name → event id
# What the stolen key said from the day on which it is doubted.
DOUBTED = ("appropriated", "added", "reported", "paid", "acted")
# The cells whose value rests on one of these; the sum's last part is honest.
CELLS = {
    "/appropriation/1.1/2025/local",
    "/financing/1.1/2025/local",
    "/actuals/i-1/2025-Q1/period",
    "/paid/1.1/2025/local/2025-Q1/period",
}


def tell(town: TestLedger) -> None:
    """Days of recording: the second key from 2 September, doubted from the 4th, revoked on the 6th."""
    _next_day(town)
    enrolled = town.key_data(STOLEN)
    remember(STOLEN.key)
    _note(town, "enrolled", town.submit("key.enrolled", COUNCIL_STREAM, enrolled).event)
    _next_day(town)
    other = lines(line("70.00", measure="1.2"))
    _say(town, "financing.changed", other, "before", effective="2025-02-01", by=STOLEN)
    _next_day(town)
    _say(town, "appropriation.set", lines("280.00"), "appropriated", effective="2025-02-01", by=STOLEN)
    more = lines(line("5.00", op="add"))
    _say(town, "financing.changed", more, "added", effective="2025-02-02", by=STOLEN)
    report = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "3"}
    _say(town, "actual.reported", report, "reported", by=STOLEN)
    spent = {"measure": "1.1", "year": 2025, "source": "local", "amount": "9.00"}
    spending = {"period": "2025-Q1", "phase": "paid", "accumulation": "period", "lines": [spent]}
    _say(town, "spending.reported", spending, "paid", by=STOLEN)
    act = ACT_DATA | {"act": "town-9", "number": "9"}
    _note(town, "acted", town.submit("act.registered", COUNCIL_STREAM, act, by=STOLEN).event)
    _next_day(town)
    transfer = {"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}
    people = {"payer": "a", "recipient": "b"}
    _say(town, "transfer.made", transfer | people, "honest", effective="2025-02-01")
    more = lines(line("1.00", op="add"))
    _say(town, "financing.changed", more, "topped", effective="2025-02-03")
    _next_day(town)
    revoked = {"kid": STOLEN.key.public.kid, "cause": "stolen", "suspect_from": SUSPECT_FROM}
    _note(town, "revoked", town.submit("key.revoked", COUNCIL_STREAM, revoked).event)
    _next_day(town)
    named = ("appropriated", "added", "reported", "paid")
    entries = [{"event": EVENTS[name], "payload": town.statements[EVENTS[name]]} for name in named]
    _say(town, "entry.reaffirmed", {"entries": entries}, "reaffirmed")
    entries = [{"event": EVENTS["acted"], "payload": town.statements[EVENTS["acted"]]}]
    said = town.submit("entry.reaffirmed", COUNCIL_STREAM, {"entries": entries}, by=SECRETARY)
    _note(town, "act-reaffirmed", said.event)


def _say(town: TestLedger, kind: str, data: object, name: str, **common: object) -> None:
    if kind in ("financing.changed", "appropriation.set"):
        common = {"act": ACT, **common}
    _note(town, name, town.submit(kind, PROGRAMME, data, **common).event)


def _next_day(town: TestLedger) -> None:
    town.clock.advance(days=1)


def _note(town: TestLedger, name: str, event: str) -> None:
    POSITIONS[name], EVENTS[name] = town.position, event
