"""What happened in the storied town: each entry by its name."""

from __future__ import annotations

import hashlib

from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines

ACT_TWO = "town-2-2025-03-10"
NAMES = ("act", "changed", "reported", "corrected", "suspended")
POSITIONS: dict[str, int] = {}  # name → the position after its entry
EVENTS: dict[str, str] = {}  # name → event id
CONTENT = b"hello ledger"
EVIDENCE = {
    "name": "звіт «I квартал».txt",
    "media_type": "text/plain",
    "size": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "access": "public",
}


def tell_story(town: TestLedger) -> None:
    """Local days of recording: 1, 2, 3 and 4 September 2025."""
    data = {
        "act": ACT_TWO,
        "kind": "decision",
        "number": "2",
        "date": "2025-03-10",
        "title": "Про зміни до програми",
        "points": ["1"],
        "in_force": "2025-03-10",
    }
    _note(town, "act", town.submit("act.registered", COUNCIL_STREAM, data).event)
    change = {"act": ACT_TWO, "effective": "2025-04-01", "reason": "зростання цін"}
    changed = town.submit("financing.changed", PROGRAMME, lines("150.00"), **change).event
    _note(town, "changed", changed)
    town.clock.advance(days=1)
    actual = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "3"}
    _note(town, "reported", town.submit("actual.reported", PROGRAMME, actual, files=[EVIDENCE]).event)
    town.clock.advance(days=1)
    corrected = town.submit("financing.changed", PROGRAMME, lines("155.00"), corrects=changed, **change)
    _note(town, "corrected", corrected.event)
    town.clock.advance(days=1)
    status = {"act": ACT_TWO, "status": "suspended", "date": "2025-05-01", "start": "2025-05-01"}
    _note(town, "suspended", town.submit("act.status_changed", COUNCIL_STREAM, status).event)


def _note(town: TestLedger, name: str, event: str) -> None:
    POSITIONS[name], EVENTS[name] = town.position, event
