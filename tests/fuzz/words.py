"""What the events of a town speak of, by the member or pattern that holds it; grows as they are recorded."""

from __future__ import annotations

from typing import Any

import orjson

from ledger import values
from ledger.envelope import Envelope
from tests.support.council import NEVER, hash_of
from tests.support.people import BODIES, OFFICIALS, REGISTRARS
from tests.support.town import LINE_CELL, ORIGIN, PROGRAMME_ID, ZONE, TestLedger

# Days around the town's today (2025-09-01), its acts and its term, and the ends of what can be written.
DAYS = [
    "2025-09-01", "2025-09-02", "2025-08-31", "2026-01-01", "2025-01-01", "2025-03-01", "2024-12-20",
    "2025-02-29", "2024-02-29", "0001-01-01", "9999-12-31", "1990-12-31", "2201-01-01",
]  # fmt: skip
AMOUNTS = ["1.00", "100.00", "150.00", "0.00", "-1.00", "999999999999999.99", "-999999999999999.99"]
NEW = ["new", "new-2", "nobody", "p-new-1", "p-newcomer"]
EVENTS = {
    "mandate": "mandate.granted",
    "proposal": "change.proposed",
    "observation": "observation.made",
    "report": "actual.reported",
    "transfer": "transfer.made",
}


class Words(dict[str, list[Any]]):
    """Member or pattern → what stands there in this town."""

    def __init__(self, town: TestLedger) -> None:
        programme = [PROGRAMME_ID, "town-closed-2025", "town-second-2025", *NEW]
        bodies = [name for name, *_ in BODIES] + ["district", *NEW]
        offices = [one.office for one in OFFICIALS] + ["mayor", "budget-chair", "treasurer", "reeve", *NEW]
        super().__init__(
            {
                "measure": ["1.1", "1.2"] * 3 + ["1", "9"],
                "items": ["1", "1.1", "1.2", "9"],
                "id": ["1", "1.1", "1.2", "i-1", "i-2", "local", "oblast", "new", "1.3"],
                "parent": ["1", "1.1", *bodies],
                "of": ["1.1", "i-1", "i-2"],
                "indicator": ["i-1", "i-2"] * 3 + ["i-9"],
                "indicators": ["i-1", "i-2", "i-9"],
                "source": ["local", "oblast"] * 3 + ["moon"],
                "year": [2025, 2026, 2027] * 2 + [2028],
                "from": [2025, 2024],
                "amount": AMOUNTS,
                "stated_old": AMOUNTS,
                "person": [one.person for one in (*OFFICIALS, *REGISTRARS)] + ["p-mayor", *NEW],
                "office": offices,
                "offices": offices,
                "abstained": offices,
                "to": [*offices, *DAYS],
                "body": bodies,
                "successor": bodies,
                "programme": programme,
                "policy": ["consent", "lapse", "calendar"],
                "kinds": ["financing.changed", "appropriation.set", "actual.reported", "change.endorsed"],
                "forbidden": ["other-text", "endorsements-missing", "old-mismatch"],
                "silent": ["other-text", "endorsements-missing", "old-mismatch"],
                "kid": [one.key.public.kid for one in (*OFFICIALS, *REGISTRARS)],
                "cell": [LINE_CELL, "/title", "/tree/1.1/title", "/financing/9/2025/local"],
                "removed": [LINE_CELL, "/tree/1.2/title", "/indicators/i-1/unit", "/tree/1.2/result"],
                "removals": [LINE_CELL, "/tree/1.2/title"],
                "origin": [ORIGIN],
                "zone": [ZONE, "UTC", "Mars/Olympus"],
                "size": [0, 1, town.position, town.position + 1],
                "value": ["3", "0", "-1", "999999999999999.999999", "0.000001"],
                "numerator": ["1", "0"],
                "denominator": ["2", "0"],
                "period": ["2025", "2025-Q1", "2025-H1", "2025-03", "2026", "9999", "0000-02", "1991-Q4"],
                "targets:": ["2025", "2026", "9999"],
                "order": [0, 1, 2, 999],
                "day": ["2025-06-30", "2025-09-01", "2025-03-31", "2025-09-02", "2026-01-31"],
                "kpkvk": ["0217520", "0210160"],
                "kekv": ["2210", "2610"],
                "share": ["1", "0.5", "0.333333", "0", "1.000001"],
                "paid": AMOUNTS,
                "position": [0, 1, town.position, town.position + 1],
                "known": [0, 1, town.position, town.position + 1],
                "finding": ["DOC-DATE:decision", f"FIN-OVER:{LINE_CELL}", "doc:x"],
                "url": ["https://data.example/p.csv", "http://[::1]/", "ftp://x"],
                "act": ["nothing-1"],
                "event": [NEVER],
                "payload": ["00" * 32],
                "content": ["00" * 32],
                values.DAY: DAYS,
                **{name: [NEVER] for name in EVENTS},
            }
        )
        for envelope in town.recorded.values():
            self.learn(envelope)

    def learn(self, envelope: Envelope) -> None:
        """An event that was recorded can be spoken of."""
        payload = orjson.loads(envelope.payload)
        self["event"].append(payload["id"])
        self["payload"].append(envelope.payload_hash.hex())
        for member, kind in EVENTS.items():
            if payload["kind"] == kind:
                self[member] += [payload["id"]] * 3
        if payload["kind"] == "act.registered" and payload["data"] is not None:
            self["act"].append(payload["data"]["act"])
        if payload["kind"] == "change.proposed":
            self["content"].append(hash_of(payload["data"]["change"] | {"subject": payload["subject"]}))
