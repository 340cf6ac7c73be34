"""The notes that a ledger has stored: its newest signed checkpoint, and its newest witnessed one."""

from __future__ import annotations

import orjson

from ledger.store.base import LogReader

TRUST = "trust"
WITNESSED_KIND = "checkpoint.witnessed"


def newest_stored(reader: LogReader) -> tuple[int, str] | None:
    """The newest checkpoint in the ledger's file: (size, note), None while there is none.

    The checkpoint over the last commit is stored by the commit after it.
    """
    found, start, end = None, 0, reader.head().size
    while start < end:  # a checkpoint after a later leaf is a later one, or none
        middle = (start + end) // 2
        after = reader.checkpoint_after(middle)
        if after is None:
            end = middle
        else:
            found, start = after, after[0]
    return found


def newest_witnessed(reader: LogReader) -> str | None:
    """The note of the last checkpoint.witnessed, None while there is none. Reads the whole stream."""
    newest = None
    for entry in reader.stream(TRUST):
        payload = orjson.loads(entry.payload)
        if payload["kind"] == WITNESSED_KIND and payload.get("data"):
            newest = str(payload["data"]["checkpoint"])
    return newest
