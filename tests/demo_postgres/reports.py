"""Invented reports: signed by the demo's official, sent until they are acknowledged, and looked for."""

from __future__ import annotations

import threading
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from api.client import Client, ServerProblem, Unreachable, segment
from api.demo.audit import NotShown
from api.demo.own import KEYS, PASSPHRASE
from ledger.canonical import dumps
from ledger.clock import SystemClock, format_instant
from ledger.envelope import EnvelopeJSON, sign_payload
from ledger.ids import new_event_id
from ledger.keyfile import load_key
from ledger.keys import PrivateKey
from ledger.kinds import KINDS
from ledger.receipt import Receipt, check_receipt

KIND: Final = "actual.reported"
OFFICE: Final = "responsible-executor"
INDICATOR: Final = "1.1.2"
ACKNOWLEDGED_SECONDS_MAX: Final = 120.0
PAUSE_SECONDS: Final = 0.05
TRY_AGAIN: Final = 503


@dataclass(frozen=True)
class Report:
    """payload: the bytes that the official signed."""

    payload: bytes
    key: PrivateKey
    envelope: EnvelopeJSON

    def check(self, receipt: Receipt, *, log_key: str, genesis: str) -> None:
        """As the official would, believing no server. Raises ReceiptError."""
        keys = {self.key.public.kid: self.key.public}
        check_receipt(receipt, payload=self.payload, keys=keys, log_key=log_key, genesis=genesis)


@dataclass
class Sent:
    """What came of a report. at: when it was acknowledged (monotonic); refused: answers before that."""

    receipt: Receipt | None = None
    at: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    fault: Exception | None = None


def sign_report(folder: Path, story: dict[str, Any], said: dict[str, Any], period: str, value: str) -> Report:
    """An invented report of the demo's official, marked so. folder: the ledger's; said: GET /v1."""
    row = next(row for row in story["offices"] if row["office"] == OFFICE)
    key = load_key(folder / KEYS / f"{row['person']}.pem", PASSPHRASE)
    now = SystemClock().now()
    payload = dumps(
        {
            "id": new_event_id(now),
            "ledger": {name: said[name] for name in ("origin", "genesis")},
            "kind": KIND,
            "schema": KINDS[KIND].schema,
            "subject": f"programme:{story['programme']}",
            "seen": said["position"],
            "submit_before": format_instant(now + timedelta(days=1)),
            "example": story["label"],
            "data": {"indicator": INDICATOR, "period": period, "accumulation": "period", "value": value},
            "signers": [{"kid": key.public.kid, "person": row["person"], "office": OFFICE}],
        }
    )
    return Report(payload, key, sign_payload(payload, [key], iat=int(now.timestamp())))


@contextmanager
def sending(url: str, report: Report) -> Iterator[Sent]:
    """Send it again and again while something else is done; it is acknowledged when the `with` ends.

    Raises NotShown if it was refused for good, or nothing came of it.
    """
    sent = Sent()
    thread = threading.Thread(target=_send, args=(url, report, sent), name="sending", daemon=True)
    thread.start()
    yield sent
    thread.join(ACKNOWLEDGED_SECONDS_MAX + PAUSE_SECONDS)
    if sent.fault is not None:
        raise NotShown(str(sent.fault)) from sent.fault
    if sent.receipt is None:
        raise NotShown(f"не записано / not recorded in {ACKNOWLEDGED_SECONDS_MAX:g} s: {dict(sent.refused)}")


def _send(url: str, report: Report, sent: Sent) -> None:
    """The same bytes each time, as a client does who was not answered: they are recorded once."""
    begun = time.monotonic()
    with Client(url) as client:
        while sent.receipt is None and time.monotonic() - begun < ACKNOWLEDGED_SECONDS_MAX:
            try:
                sent.receipt = client.submit(report.envelope)
            except ServerProblem as problem:
                if problem.status != TRY_AGAIN:
                    sent.fault = problem
                    return
                sent.refused[f"{problem.status} {problem.code}"] += 1
                threading.Event().wait(PAUSE_SECONDS)
            except Unreachable:
                sent.refused["unreachable"] += 1
                threading.Event().wait(PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 -- told by whoever waits for this thread
                sent.fault = error
                return
    sent.at = time.monotonic()


def entry_of(url: str, receipt: Receipt) -> bytes:
    """The entry as that server shows it, asked with the receipt's position."""
    asked = f"/v1/events/{segment(receipt.event)}"
    with Client(url) as client:
        return b64decode(client.get(asked, {"min_position": receipt.index + 1}).members["entry"])
