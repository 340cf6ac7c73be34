"""What the stream `trust` proves by this server's own configuration: the newest of each.

A service key could record anything that has the right form, so every cosignature and stamp is
verified here before it is shown.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from api.trust.judged import WitnessedHead, first_beyond, newest, newest_witnessed
from api.trust.outside import Outside
from ledger.clock import format_instant, parse_instant
from ledger.ids import TRUST
from ledger.note import Ed25519Verifier, parse_note
from ledger.service import Ledger
from ledger.trust import Covered

ANCHORED: Final = "timestamp.anchored"


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
    """Keeps a Standing up to date. One thread refreshes; `now` is replaced as a whole.

    unwitnessed, unstamped: when the first entry was recorded that no such checkpoint covers, the stream
    `trust` apart; None if there is none, or nobody is asked.
    """

    def __init__(self, ledger: Ledger, asked: Outside) -> None:
        self._ledger, self._asked = ledger, asked
        self._size = -1
        self._seen: tuple[int, int] | None = None
        self.now = Standing()
        self.unwitnessed: datetime | None = None
        self.unstamped: datetime | None = None

    def refresh(self) -> None:
        """Look whether anything was recorded since. Raises StorageError."""
        size = self._ledger.reader.head().size
        if size == self._size:
            return
        trust = self._ledger.world_now(TRUST).trust
        seen = (_index(trust.witnessed), _index(trust.anchored))
        standing, policy = self.now, self._asked.policy
        if policy is not None and (self._seen is None or seen[0] != self._seen[0]):
            found = newest_witnessed(self._ledger.reader, policy, self._log_keys(), seen[0])
            standing = replace(standing, witnessed=found)
        if self._asked.authority is not None and (self._seen is None or seen[1] != self._seen[1]):
            stamped = newest(self._ledger.reader, ANCHORED, seen[1], self._stamped)
            standing = replace(standing, stamped=stamped)
        self.unwitnessed = self._since(standing.witnessed) if policy is not None else None
        self.unstamped = self._since(standing.stamped) if self._asked.authority is not None else None
        self.now, self._seen, self._size = standing, seen, size

    def _since(self, covered: WitnessedHead | StampedHead | None) -> datetime | None:
        first = first_beyond(self._ledger.reader, covered.size if covered is not None else 0)
        return parse_instant(first.recorded_at) if first is not None else None

    def _stamped(self, data: Any) -> StampedHead:
        from ledger.stamps import check_stamp  # noqa: PLC0415 -- a large library, for those with an authority

        authority = self._asked.authority
        assert authority is not None
        text = parse_note(data.checkpoint).text
        stamp = check_stamp(b64decode(data.response), text.encode(), authority.roots)
        # The door has opened the checkpoint by this log's keys already.
        return StampedHead(int(text.split("\n")[1]), format_instant(stamp.gen_time))

    def _log_keys(self) -> list[Ed25519Verifier]:
        return [Ed25519Verifier.parse(key) for key in self._ledger.root.log_keys]


def _index(covered: Covered | None) -> int:
    return covered.index if covered is not None else -1
