"""What the stream `trust` proves by this server's own configuration: the newest of each.

A service key could record anything that has the right form, so every cosignature and stamp is
verified here before it is shown.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from api.trust.outside import Outside, needed
from ledger.clock import format_instant
from ledger.errors import VerificationError
from ledger.ids import TRUST
from ledger.note import Ed25519Verifier, parse_note
from ledger.service import Ledger
from ledger.stamps import check_stamp
from ledger.trust import Covered
from ledger.witness.policy import judge

Found = TypeVar("Found")

WITNESSED, ANCHORED = "checkpoint.witnessed", "timestamp.anchored"


@dataclass(frozen=True, slots=True)
class WitnessedHead:
    """The newest checkpoint whose cosignatures satisfy the policy.

    at: when the quorum was reached. names: who cosigned. needed: how many have to, at least.
    """

    size: int
    note: str
    at: str
    names: tuple[str, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class StampedHead:
    """The newest checkpoint with a stamp of the authority. at: its genTime."""

    size: int
    at: str


@dataclass(frozen=True, slots=True)
class Standing:
    """None: nothing of the kind was recorded, or nobody's word is taken for it."""

    witnessed: WitnessedHead | None = None
    stamped: StampedHead | None = None


class StandingReader:
    """Keeps a Standing up to date. One thread refreshes; `now` is replaced as a whole."""

    def __init__(self, ledger: Ledger, asked: Outside) -> None:
        self._ledger, self._asked = ledger, asked
        self._size = -1
        self._seen: tuple[int, int] | None = None
        self.now = Standing()

    def refresh(self) -> None:
        """Look whether anything was recorded since. Raises StorageError."""
        size = self._ledger.reader.head().size
        if size == self._size:
            return
        trust = self._ledger.world_now(TRUST).trust
        seen = (_index(trust.witnessed), _index(trust.anchored))
        standing = self.now
        if self._asked.policy is not None and (self._seen is None or seen[0] != self._seen[0]):
            standing = replace(standing, witnessed=self._newest(WITNESSED, seen[0], self._witnessed))
        if self._asked.authority is not None and (self._seen is None or seen[1] != self._seen[1]):
            standing = replace(standing, stamped=self._newest(ANCHORED, seen[1], self._stamped))
        self.now, self._seen, self._size = standing, seen, size

    def _newest(self, kind: str, index: int, read: Callable[[Any], Found]) -> Found | None:
        """Of what was recorded, the newest that holds: the last one nearly always."""
        for data in self._recorded(kind, index):
            try:
                return read(data)
            except VerificationError:
                continue  # what is left is older, and may hold
        return None

    def _recorded(self, kind: str, index: int) -> Iterator[Any]:
        """Data of a kind, newest first. index: of the last one, -1 if there is none."""
        if index < 0:
            return
        yield self._ledger.reader.entries(index, 1)[0].stated().event.data
        entries = [entry.stated().event for entry in self._ledger.reader.stream(TRUST) if entry.index < index]
        for event in reversed(entries):
            if event.kind == kind:
                yield event.data

    def _witnessed(self, data: Any) -> WitnessedHead:
        policy = self._asked.policy
        assert policy is not None
        found = judge(data.checkpoint, policy, logs=self._log_keys())
        if not found.satisfied or found.at is None:
            raise VerificationError("the cosignatures do not satisfy the policy")
        at = format_instant(datetime.fromtimestamp(found.at, UTC))
        return WitnessedHead(found.checkpoint.size, data.checkpoint, at, found.names, needed(policy))

    def _stamped(self, data: Any) -> StampedHead:
        authority = self._asked.authority
        assert authority is not None
        text = parse_note(data.checkpoint).text
        stamp = check_stamp(b64decode(data.response), text.encode(), authority.roots)
        # The door has opened the checkpoint by this log's keys already.
        return StampedHead(int(text.split("\n")[1]), format_instant(stamp.gen_time))

    def _log_keys(self) -> list[Ed25519Verifier]:
        return [Ed25519Verifier.parse(key) for key in self._ledger.root.log_keys]


def _index(newest: Covered | None) -> int:
    return newest.index if newest is not None else -1
