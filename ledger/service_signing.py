"""What the ledger's own machine states in the stream `trust`: built, signed and submitted here.

Statements never cause others: a round is due only if an entry of another stream came after what the
last heads cover. Source: docs/proof.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ledger.canonical import dumps
from ledger.clock import Clock, SystemClock, format_instant
from ledger.envelope import Envelope, parse_envelope, sign_payload
from ledger.errors import Stopped
from ledger.heads import heads_root
from ledger.ids import SERVICE, TRUST, new_event_id
from ledger.keys import PrivateKey
from ledger.kinds import kind_of
from ledger.receipt import Receipt
from ledger.service import Ledger
from ledger.store.base import LogReader
from ledger.trust import size_of
from ledger.world import World

SUBMIT_WITHIN = timedelta(hours=1)
_LOOKED_AT = 200  # entries read at a time

Data = Mapping[str, Any]


class TrustWriter:
    """Speaks for the ledger's own machine. Raises Stopped where there is no live service key."""

    def __init__(self, ledger: Ledger, clock: Clock | None = None) -> None:
        self._ledger = ledger
        self._clock = clock or SystemClock()

    def state(self, kind: str, data: Data) -> Receipt:
        """Record one statement. Raises Refusal, Busy, Stopped, StorageError."""
        return self.state_all([(kind, data)])[0]

    def state_all(self, said: Sequence[tuple[str, Data]]) -> list[Receipt]:
        """Record kinds with their data as one batch, all or nothing."""
        found = self._ledger.service
        if found is None:
            raise Stopped("there is no live service key: `pledger service prepare` makes one to be enrolled")
        return self._ledger.submit([self._signed(kind, data, *found) for kind, data in said]).result()

    def _signed(self, kind: str, data: Data, key: PrivateKey, service: str) -> Envelope:
        now, root = self._clock.now(), self._ledger.root
        payload = dumps(
            {
                "id": new_event_id(now),
                "ledger": {"origin": root.origin, "genesis": root.genesis},
                "kind": kind,
                "schema": kind_of(kind).schema,
                "subject": TRUST,
                "signers": [{"kid": key.public.kid, "person": service, "office": SERVICE}],
                "seen": self._ledger.reader.head().size,
                "submit_before": format_instant(now + SUBMIT_WITHIN),
                "data": dict(data),
            }
        )
        return parse_envelope(sign_payload(payload, [key], iat=int(now.timestamp())))


def due(world: World, reader: LogReader) -> bool:
    """Is there an entry of another stream that the last heads do not cover?

    world: with the stream `trust` loaded (Ledger.world_now(TRUST)).
    """
    start = size_of(world.trust.heads)
    while entries := reader.entries(start, _LOOKED_AT):
        if any(entry.stream != TRUST for entry in entries):
            return True
        start = entries[-1].index + 1
    return False


def heads_data(reader: LogReader, size: int | None = None) -> dict[str, Any]:
    """Data of ledger.heads over the log's first `size` entries, by default all of them."""
    size = reader.head().size if size is None else size
    rows = reader.heads(size)
    return {"size": size, "root": heads_root(rows).hex(), "streams": len(rows)}
