"""A real log filled without the door: its entries are well-formed, but nobody signed them.

Projections read entries and check neither signatures nor rules, so that histories which no
council would sign (a money line without an act, a stretch that ends where it begins) can be
told to them quickly. The store, the tree and the entries' bytes are the real ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from ledger.canonical import dumps, encode_base64url
from ledger.clock import format_instant
from ledger.directory import Directory
from ledger.entry import format_entry
from ledger.envelope import Envelope
from ledger.log import open_log
from ledger.merkle import leaf_hash
from ledger.store.base import Head, NewEntry, Plan, Tail
from tests.support.clock import START
from tests.support.places import make_log

Payload = dict[str, Any]

GENESIS = "0f" * 32
NOBODY = {"kid": "A" * 43, "person": "p-nobody", "office": "nobody"}


def uuid7(number: int) -> str:
    """The event id with this number; ids sort as their numbers do."""
    return str(UUID(int=0x019C << 112 | 0x7 << 76 | 0b10 << 62 | number))


class _Said:
    """Implements ledger.store.base.Group: takes what was said, as it is."""

    def __init__(self, entries: Sequence[NewEntry], recorded_at: str) -> None:
        self._entries, self._recorded_at = tuple(entries), recorded_at

    def plan(self, head: Head, tail: Tail) -> Plan | None:
        assert self._entries[0].index == head.size
        frontier, nodes = head.frontier.extend(leaf_hash(entry.raw) for entry in self._entries)
        return Plan(self._entries, nodes, Head(frontier, self._recorded_at), ())


def one_by_one(index: int) -> str:
    """Each entry a microsecond after the one before: none of them are a batch."""
    return format_instant(START + timedelta(microseconds=index))


class Feed:
    """A ledger.db in a directory. say() queues an entry, keep() stores what was said.

    recorded_at: of the entry at a leaf index. salt: makes this log another one than its like.
    """

    def __init__(
        self, directory: Path, *, recorded_at: Callable[[int], str] = one_by_one, salt: str = ""
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        make_log(directory)
        self.log, self.reader = open_log(Directory(directory).place)
        self.size = 0  # entries said, kept or not
        self.payload_hashes: dict[str, str] = {}  # event → SHA-256 of its payload
        self._salt, self._recorded_at = salt, recorded_at
        self._versions: dict[str, int] = {}
        self._said: list[NewEntry] = []

    def close(self) -> None:
        self.reader.close()
        self.log.close()

    def say(
        self,
        kind: str,
        subject: str,
        data: Payload | None,
        *,
        act: str | None = None,
        effective: str | None = None,
        corrects: str | None = None,
        names: tuple[str, ...] = (),
        signers: Sequence[Payload] = (NOBODY,),
    ) -> str:
        """Queue an event; returns its id. corrects: the slot's first event. names: that it introduces."""
        event: Payload = {
            "id": uuid7(self.size),
            "ledger": {"origin": "feed.example", "genesis": GENESIS},
            "kind": kind,
            "schema": 1,
            "subject": subject,
            "signers": list(signers),
            "seen": 0,
            "submit_before": "2100-01-01T00:00:00Z",
            "data": data,
            "reason": self._salt,
        }
        if act is not None:
            event["act"] = {"id": act}
        if effective is not None:
            event["effective"] = effective
        if corrects is not None:
            event["relations"] = {"corrects": {"event": corrects, "payload": self.payload_hashes[corrects]}}
        return self._queue(event, corrects or event["id"], names)

    def _queue(self, event: Payload, slot: str, names: tuple[str, ...]) -> str:
        payload, stream, index = dumps(event), event["subject"], self.size
        digest = hashlib.sha256(payload)
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        envelope = Envelope(payload, encode_base64url(payload), digest.digest(), ())
        recorded_at = self._recorded_at(index)
        raw = format_entry(
            genesis=GENESIS,
            index=index,
            stream=stream,
            version=version,
            recorded_at=recorded_at,
            envelope=envelope,
        )
        self._said.append(
            NewEntry(index, stream, version, recorded_at, raw, digest.hexdigest(), event["id"], names)
        )
        self.payload_hashes[slot] = digest.hexdigest()
        self.size += 1
        return str(event["id"])

    def keep(self) -> None:
        """Store what was said since the last time, in one transaction."""
        if self._said:
            self.log.append(_Said(self._said, self._recorded_at(self.size - 1)))
            self._said.clear()
