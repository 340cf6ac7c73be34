"""Which entries belong into a bundle: whole streams, selected entries, and single ones that rules read.

Found by judging as the verifier will judge. Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.bundles.selecting import Statement, Story
from api.bundles.subjects import Subject
from ledger.entry import Entry
from ledger.ids import ROOT, TRUST
from ledger.store.base import LogReader
from ledger.trust import Covered
from ledger.verify.closure import Closure, find_closure
from ledger.verify.entry_file import EntryFile
from ledger.verify.evidence import HEADS


@dataclass(frozen=True, slots=True)
class Heads:
    """The newest ledger.heads: where it stands, and what it commits."""

    index: int
    size: int
    root: str
    streams: int


@dataclass(frozen=True, slots=True)
class About:
    """Where the subject stands. programmes: streams of which some entries are picked; bodies: streams that
    are there for its sake; entry: its leaf index, if it is one that the service stated."""

    programmes: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """streams: whole up to the heads' size, by name; absent: names that judging asked for and that no stream
    had by then; singles: entries that a rule reads and nobody judges, and those recorded while the heads were
    stated; indexes: of all entries, in order."""

    heads: Heads
    streams: tuple[str, ...]
    absent: tuple[str, ...]
    singles: tuple[int, ...]
    indexes: tuple[int, ...]


def read_heads(reader: LogReader, newest: Covered | None, covered: int | None) -> Heads | None:
    """The newest ledger.heads on which a bundle can rest.

    newest: where the last one is. covered: how many entries the newest checkpoint holds; heads that were
    stated after it cannot be proved yet. None: nobody knows.
    """
    if newest is None:
        return None
    found = _rested_on(reader, reader.entries(newest.index, 1)[0], covered)
    if found is not None:
        return found
    for entry in sorted(reader.stream(TRUST), key=lambda one: -one.index):
        found = _rested_on(reader, entry, covered)
        if found is not None:
            return found
    return None


def _rested_on(reader: LogReader, entry: Entry, covered: int | None) -> Heads | None:
    found = heads_of(entry)
    if found is None or (covered is not None and found.index >= covered):
        return None
    return found if can_rest(reader, found) else None


def heads_of(entry: Entry) -> Heads | None:
    """What an entry of the stream `trust` commits, if it is one of heads."""
    event = entry.stated().event
    if event.kind != HEADS:
        return None
    return Heads(entry.index, event.data.size, event.data.root, event.data.streams)


def can_rest(reader: LogReader, heads: Heads) -> bool:
    """Was nothing of the root recorded while they were stated? The next round's are free of it."""
    return all(entry.stream != ROOT for entry in reader.entries(heads.size, heads.index - heads.size))


def gather(file: EntryFile, genesis: str, subject: Subject, heads: Heads, about: About) -> Evidence:
    """Everything that the verifier will read. Raises StorageError."""
    picked = frozenset(_selected(file, subject, about))
    closure = find_closure(file, genesis, subject.whole, heads.size, picked=picked, bodies=about.bodies)
    return _evidence(file, heads, closure, picked, about)


def _selected(file: EntryFile, subject: Subject, about: About) -> Iterator[int]:
    """The entries of programmes that the answer is about, where it is not about all of them."""
    wanted = _wanted(subject)
    for stream in about.programmes:
        yield from Story(file, stream, subject.position).resting(wanted)


def _wanted(subject: Subject) -> Callable[[Statement], bool]:
    if subject.type == "event":
        return lambda one: one.event.id == subject.name
    return lambda one: one.cites(subject.name)


def _evidence(
    file: EntryFile, heads: Heads, closure: Closure, picked: frozenset[int], about: About
) -> Evidence:
    whole = {row.leaf for stream in closure.streams for row in file.of_stream(stream, heads.size)}
    judged = whole | picked | {heads.index} | ({about.entry} if about.entry is not None else set())
    between = frozenset(range(heads.size, heads.index))  # recorded while the heads were stated
    singles = (closure.singles | between) - judged
    absent = {stream for stream in closure.asked - closure.streams if not stream.startswith("programme:")}
    absent |= closure.unfounded
    return Evidence(
        heads=heads,
        streams=tuple(sorted(closure.streams, key=str.encode)),
        absent=tuple(sorted(absent, key=str.encode)),
        singles=tuple(sorted(singles)),
        indexes=tuple(sorted(judged | singles)),
    )
