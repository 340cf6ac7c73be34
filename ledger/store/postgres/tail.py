"""The log as one connection sees it: under the head lock, or as of a position."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ledger.entry import Entry, read_entry
from ledger.store.base import in_order, in_their_places

ABOVE_ALL = 1 << 62

Rows = list[tuple[Any, ...]]
Ask = Callable[[str, Sequence[object]], Rows]


class PostgresTail:
    """ask: runs one query and gives its rows. below: entries from there on do not exist."""

    def __init__(self, ask: Ask, below: int = ABOVE_ALL) -> None:
        self._ask, self._below = ask, below

    def recorded(self, payload_hashes: Iterable[str]) -> dict[str, int]:
        keys = {bytes.fromhex(payload): payload for payload in payload_hashes}
        query = "SELECT payload, leaf_index FROM payloads WHERE payload = ANY(%s) AND leaf_index < %s"
        return {keys[bytes(key)]: index for key, index in self._found(query, list(keys))}

    def events(self, ids: Iterable[str]) -> dict[str, int]:
        keys = {event_key(event): event for event in ids}
        query = "SELECT event, leaf_index FROM events WHERE event = ANY(%s) AND leaf_index < %s"
        return {keys[bytes(key)]: index for key, index in self._found(query, list(keys))}

    def names(self, names: Iterable[str]) -> dict[str, str]:
        query = "SELECT name, stream FROM names WHERE name = ANY(%s) AND leaf_index < %s"
        return dict(self._found(query, list(dict.fromkeys(names))))

    def _found(self, query: str, keys: Sequence[object]) -> Rows:
        return self._ask(query, (keys, self._below)) if keys else []

    def version(self, stream: str) -> int:
        query = (
            "SELECT originator_version FROM pledger_events "
            "WHERE originator_id = %s AND notification_id <= %s ORDER BY originator_version DESC LIMIT 1"
        )
        rows = self._ask(query, (stream, self._below))
        return int(rows[0][0]) if rows else 0

    def stream(self, stream: str) -> Iterator[Entry]:
        query = (
            "SELECT state FROM pledger_events WHERE originator_id = %s AND notification_id <= %s "
            "ORDER BY originator_version"
        )
        for row in self._ask(query, (stream, self._below)):
            yield read_entry(bytes(row[0]))

    def entries(self, start: int, limit: int) -> list[Entry]:
        query = (
            "SELECT state FROM pledger_events WHERE notification_id > %s AND notification_id <= %s "
            "ORDER BY notification_id LIMIT %s"
        )
        rows = self._ask(query, (start, self._below, limit))
        return in_their_places([read_entry(bytes(row[0])) for row in rows], start)

    def entries_at(self, indexes: Sequence[int]) -> list[Entry]:
        query = "SELECT state FROM pledger_events WHERE notification_id <= %s AND notification_id = ANY(%s)"
        rows = self._ask(query, (self._below, [index + 1 for index in indexes]))
        return in_order([read_entry(bytes(row[0])) for row in rows], indexes)

    def at_position(self, position: int) -> PostgresTail:
        return PostgresTail(self._ask, below=min(position, self._below))


def event_key(event: str) -> bytes:
    return bytes.fromhex(event.replace("-", ""))
