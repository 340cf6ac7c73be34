"""What a store does for the ledger: it only inserts and selects.

A recorder takes one *group* per transaction under the head lock: it reads the head, lets
the group decide over what it reads under that lock, and inserts what the group plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.merkle import Frontier, NodeId
from ledger.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log. recorded_at: of the last entry, "" while there is none."""

    frontier: Frontier
    recorded_at: str

    @property
    def size(self) -> int:
        return self.frontier.size


class StreamEnd(NamedTuple):
    """A stream's last entry below a position: its version, and its leaf index."""

    stream: str
    version: int
    last: int


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One entry to insert, with the keys under which it is found again."""

    index: int
    stream: str
    version: int
    recorded_at: str
    raw: bytes
    payload_hash: str
    event: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one transaction inserts: entries, tree nodes, the new head, and checkpoints
    signed since the last one (size, note), which the signer alone makes durable at first."""

    entries: tuple[NewEntry, ...]
    nodes: Sequence[tuple[int, int, bytes]]
    head: Head
    checkpoints: Sequence[tuple[int, str]]


def in_order(entries: Iterable[Entry], indexes: Sequence[int]) -> list[Entry]:
    """The entries of leaf indexes, in their order. Raises StorageError where one is missing."""
    found = {entry.index: entry for entry in entries}
    for index in indexes:
        if index not in found:
            raise _missing(index)
    return [found[index] for index in indexes]


def in_their_places(entries: list[Entry], start: int) -> list[Entry]:
    """The same entries, from a leaf index on. Raises StorageError where one is missing, or another's."""
    for index, entry in enumerate(entries, start):
        if entry.index != index:
            raise _missing(index)
    return entries


def _missing(index: int) -> StorageError:
    return StorageError(
        Sentence("№ {number} is missing, or stands elsewhere", "entry-missing", number=index + 1)
    )


class Tail(Protocol):
    """What a group may read under the head lock; also what readers offer without it."""

    def recorded(self, payload_hashes: Iterable[str]) -> dict[str, int]:
        """Which payloads are in the log: SHA-256 (hexadecimal) → leaf index."""

    def events(self, ids: Iterable[str]) -> dict[str, int]:
        """Which event ids are in the log → leaf index."""

    def names(self, names: Iterable[str]) -> dict[str, str]:
        """Which names were introduced, and by which stream."""

    def stream(self, stream: str) -> Iterator[Entry]:
        """A stream's entries in order."""

    def version(self, stream: str) -> int:
        """The version of a stream's last entry, 0 while there is none."""

    def entries(self, start: int, limit: int) -> list[Entry]:
        """Entries from a leaf index on."""

    def entries_at(self, indexes: Sequence[int]) -> list[Entry]:
        """The entries of leaf indexes, in the order asked for. Raises StorageError where one is missing."""

    def at_position(self, position: int) -> Tail:
        """The same log as of a position: later entries do not exist."""


class Group(Protocol):
    """Submissions that share one transaction."""

    def plan(self, head: Head, tail: Tail) -> Plan | None:
        """Decide in order under the lock; None if there is nothing to insert."""


@runtime_checkable
class SharedRecorder(Protocol):
    """What a recorder of a store that others write too does beside inserting."""

    def settle(self) -> Head:
        """The head, once it is as durable as a commit."""

    def share(self, checkpoint: tuple[int, str]) -> None:
        """Let others find a signed checkpoint at once."""


class LogReader(Tail, Protocol):
    """A store's reading side, safe to share between threads."""

    def head(self) -> Head: ...

    def nodes(self, ids: Sequence[NodeId]) -> list[bytes]:
        """Complete nodes of the tree. Raises StorageError if one is missing."""

    def checkpoint_after(self, index: int) -> tuple[int, str] | None:
        """The oldest stored checkpoint whose tree holds this leaf index."""

    def heads(self, position: int) -> list[StreamEnd]:
        """Where each stream ends as of a position, in the order of their names as UTF-8 bytes."""

    def close(self) -> None: ...
