"""A walk over all entries of a log, wherever it is: each in its place and in its stream, and their tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson

from ledger.checkpoint import open_checkpoint
from ledger.entry import TOPIC, Entry, read_entry
from ledger.errors import LedgerError, VerificationError
from ledger.ids import ROOT
from ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, read_frontier
from ledger.note import Ed25519Verifier, NoteError
from ledger.registry import Root
from ledger.sentence import Sentence
from ledger.store.base import LogReader, NewEntry
from ledger.streams import load_stream
from ledger.tlog.stored import newest_stored
from ledger.verify.entry_file import EntryFile, Row
from ledger.world import World, names_made

BATCH_ENTRIES: Final = 1000

Nodes = list[tuple[int, int, bytes]]
OnBatch = Callable[[list[Entry], Nodes], None]


class BackupError(VerificationError):
    """A source is not a whole ledger, or not what its checkpoint says."""


@dataclass(slots=True)
class Walked:
    """What the entries give. genesis: which all of them name. recorded_at: of the last one.

    roots: at the sizes that were asked for; versions: of the last entry of each stream.
    """

    frontier: Frontier = field(default_factory=Frontier.empty)
    genesis: str = ""
    recorded_at: str = ""
    roots: dict[int, bytes] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)

    @property
    def size(self) -> int:
        return self.frontier.size


def walk(
    file: EntryFile, *, end: int | None = None, sizes: Sequence[int] = (), on_batch: OnBatch | None = None
) -> Walked:
    """Check every entry, up to the last or an index, and compute the tree.

    sizes: at which the roots are wanted. on_batch(entries, nodes): after each batch that held.
    Raises BackupError, and StorageError for bytes that are no entry.
    """
    walked, wanted = Walked(), sorted(sizes)
    for rows in _batches(file, end):
        entries = [_checked(walked, place, row) for place, row in enumerate(rows, walked.size)]
        for size in [one for one in wanted if walked.size <= one <= walked.size + len(rows)]:
            leaves = (leaf_hash(row.raw) for row in rows[: size - walked.size])
            walked.roots[size] = walked.frontier.extend(leaves)[0].root()
        walked.frontier, nodes = walked.frontier.extend(leaf_hash(row.raw) for row in rows)
        walked.recorded_at = entries[-1].recorded_at
        if on_batch is not None:
            on_batch(entries, nodes)
    if end is None or walked.size < end:
        (last,) = next(iter(file.connection.execute("SELECT COALESCE(MAX(rowid), 0) FROM stored_events")))
        if end is not None or last != walked.size:
            raise _missing(walked.size)
    return walked


def _batches(file: EntryFile, end: int | None) -> Iterator[list[Row]]:
    start = 0
    while end is None or start < end:
        stop = start + BATCH_ENTRIES if end is None else min(start + BATCH_ENTRIES, end)
        rows = list(file.rows(start, stop))
        if not rows:
            return
        yield rows
        start += BATCH_ENTRIES


def _checked(walked: Walked, place: int, row: Row) -> Entry:
    if not isinstance(row.raw, bytes) or row.topic != TOPIC:
        raise BackupError(Sentence("row {row} is no entry", "row-no-entry", row=row.leaf + 1))
    entry = read_entry(row.raw)
    if (row.leaf, entry.index) != (place, place):
        raise _missing(place)
    walked.versions[entry.stream] += 1
    if not (entry.stream == row.stream and entry.version == row.version == walked.versions[entry.stream]):
        raise BackupError(
            Sentence(
                "№ {number} is not the next entry of its stream {stream}",
                "entry-out-of-stream",
                number=place + 1,
                stream=entry.stream,
            )
        )
    named = str(orjson.loads(entry.raw).get("genesis"))
    walked.genesis = walked.genesis or named
    if named != walked.genesis:
        raise BackupError(
            Sentence(
                "№ {number} is an entry of another ledger, {genesis}",
                "entry-of-other-ledger",
                number=place + 1,
                genesis=named,
            )
        )
    return entry


def _missing(place: int) -> BackupError:
    return BackupError(
        Sentence("№ {number} is missing, or stands elsewhere", "entry-missing", number=place + 1)
    )


def row_of(entry: Entry) -> NewEntry:
    """What a store keeps of an entry, by its bytes alone."""
    stated = entry.stated()
    names = tuple(names_made(stated.event))
    return NewEntry(
        entry.index,
        entry.stream,
        entry.version,
        entry.recorded_at,
        entry.raw,
        stated.payload_hash,
        stated.event.id,
        names,
    )


def identify(reader: LogReader, walked: Walked) -> tuple[Root, str | None]:
    """Whose log it is, by its own opening, and its newest stored checkpoint, which must be of this tree.

    Raises BackupError, StorageError.
    """
    if not walked.size:
        raise BackupError(Sentence("there is no entry", "no-entry"))
    try:
        root = load_stream(World(position=walked.size), ROOT, reader.at_position(walked.size)).root
    except LedgerError as error:
        raise BackupError(
            Sentence("its registry cannot be read: {why}", "registry-unreadable", why=error)
        ) from error
    if not root.opened or root.genesis != walked.genesis:
        raise BackupError(
            Sentence(
                "its opening does not give the genesis that its entries name", "opening-of-other-genesis"
            )
        )
    return root, _check_newest(reader, walked.size, root.log_keys, root.origin)


def _check_newest(reader: LogReader, size: int, log_keys: Sequence[str], origin: str) -> str | None:
    stored = newest_stored(reader)
    ahead = reader.checkpoint_after(size)
    if ahead is not None:
        raise BackupError(
            Sentence(
                "a checkpoint over {signed} entries is stored, and only {size} are there",
                "checkpoint-ahead",
                signed=ahead[0],
                size=size,
            )
        )
    if stored is None:
        return None
    try:
        checkpoint, _ = open_checkpoint(stored[1], [Ed25519Verifier.parse(key) for key in log_keys])
    except NoteError as error:
        raise BackupError(
            Sentence(
                "no key of this log signed its newest checkpoint: {why}", "checkpoint-of-nobody", why=error
            )
        ) from error
    root = read_frontier(reader.nodes, checkpoint.size).root() if checkpoint.size else EMPTY_ROOT
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (origin, stored[0], root):
        raise BackupError(
            Sentence(
                "the newest checkpoint, over {size} entries, is of another tree",
                "checkpoint-of-other-tree",
                size=checkpoint.size,
            )
        )
    return stored[1]
