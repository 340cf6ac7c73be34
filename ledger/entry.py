"""Entries: the bytes that the ledger logs.

An entry is RFC 8785 JSON of exactly {v, genesis, index, stream, version, recorded_at,
envelope}, at most 65,535 bytes (C2SP tlog-tiles), signatures sorted by kid.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ledger.envelope import Envelope, envelope_json
from ledger.errors import Refusal, StorageError
from ledger.event import Stated
from ledger.kinds import kind_of

ENTRY_SIZE_MAX = 65_535
TOPIC = "pledger.entry/1"
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


def format_entry(
    *, genesis: str, index: int, stream: str, version: int, recorded_at: str, envelope: Envelope
) -> bytes:
    """The entry's exact bytes. Raises Refusal("entry-too-large")."""
    entry = orjson.dumps(
        {
            "v": 1,
            "genesis": genesis,
            "index": index,
            "stream": stream,
            "version": version,
            "recorded_at": recorded_at,
            "envelope": envelope_json(envelope),
        },
        option=orjson.OPT_SORT_KEYS,
    )
    if len(entry) > ENTRY_SIZE_MAX:
        raise Refusal("entry-too-large", "", len(entry), limit=ENTRY_SIZE_MAX)
    return entry


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry read back. payload: the event's canonical bytes; raw: the entry's own."""

    index: int
    stream: str
    version: int
    recorded_at: str
    envelope: dict[str, Any]
    payload: bytes
    raw: bytes

    def event_id(self) -> str:
        return str(orjson.loads(self.payload)["id"])

    def stated(self) -> Stated:
        """The event inside; what is in the log was checked before it got there."""
        kind = kind_of(orjson.loads(self.payload)["kind"])
        return Stated(
            kind.parse(self.payload), hashlib.sha256(self.payload).hexdigest(), self.index, self.recorded_at
        )


def read_entry(raw: bytes) -> Entry:
    """Raises StorageError if the bytes are no entry of version 1."""
    try:
        members = orjson.loads(raw)
        if members["v"] != 1:
            raise StorageError(f"entry version {str(members['v'])[:20]} is not known")
        text = members["envelope"]["payload"]
        # As urlsafe_b64decode, which takes twice as long: every entry that is read goes through here.
        payload = a2b_base64((text + "=" * (-len(text) % 4)).encode("ascii").translate(_URL_SAFE))
        return Entry(
            members["index"],
            members["stream"],
            members["version"],
            members["recorded_at"],
            members["envelope"],
            payload,
            raw,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError("these bytes are no entry of a ledger") from error
