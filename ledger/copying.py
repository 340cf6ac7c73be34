"""Copying a log from store to store: the entries' bytes, and everything beside them made from these anew.

A source is walked over as a whole before anything is written, and the target afterwards; both must give
the same tree. Signatures and rules of the entries are not judged here: `pledger verify` does that. What
was copied in part is the beginning of the same log, and goes on where it stopped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.backup import check_copy
from ledger.copying_ends import (
    EMPTY,
    DatabaseTarget,
    End,
    FileTarget,
    Target,
    check_prefix,
)
from ledger.copying_picture import Picture, open_picture
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.merkle import leaf_hash
from ledger.sentence import Sentence
from ledger.store.base import Head, Plan
from ledger.store.documents import CutShort, Documents, Held, WrongHash, WrongSize, copy_document
from ledger.store.place import Database
from ledger.walking import BATCH_ENTRIES, BackupError, Nodes, Walked, identify, row_of, walk

Progress = Callable[
    [str, int, int], None
]  # what is done: reading, copying, documents, checking; so many of all


def quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""


_TABLES: Final = ("nodes", "payloads", "events", "names")


@dataclass(frozen=True, slots=True)
class Copied:
    """What one copy did. Sizes in entries; root: 32 bytes; note: the newest checkpoint, if one is there.

    before: entries that were there already. more: entries that came to the source meanwhile, which are not
    copied. documents: brought now; lost: documents of the source whose bytes are not what their names say.
    """

    origin: str
    genesis: str
    size: int
    root: bytes
    note: str | None
    before: int
    more: int
    checkpoints: int
    documents: int
    lost: tuple[Held, ...]


def copy_ledger(source: End, target: End, progress: Progress = quiet) -> Copied:
    """Copy a log and its documents; compares both at the end.

    The target may hold the beginning of the same log. Who serves it must have been stopped, and where it
    is a directory it must be locked by the caller. Raises BackupError, StorageError, Stopped.
    """
    with _telling(source), ExitStack() as opened:
        if source.place == target.place:
            raise StorageError(Sentence("{where} is both source and target", "copy-same", where=source))
        picture = opened.enter_context(open_picture(source.place))
        before = _head_of(target.place)
        walked, origin, note = read_source(picture, before.size, progress)
        check_prefix(before, walked.roots.get(before.size), walked.size, target)
        with open_target(target.place) as place:
            copy_entries(picture, place, before, walked.size, progress)
            checkpoints = copy_notes(picture, place, Head(walked.frontier, walked.recorded_at))
        documents, lost = copy_documents(source.documents, target.documents, progress)
        check_target(picture, target, walked, progress)
        more = _size_of(source.place) - walked.size
    return Copied(
        origin,
        walked.genesis,
        walked.size,
        walked.frontier.root(),
        note,
        before.size,
        more,
        checkpoints,
        documents,
        lost,
    )


@contextmanager
def _telling(source: End) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(
            Sentence("{path} is damaged: {why}", "ledger-damaged", path=source, why=error)
        ) from error


def _head_of(place: Path | Database) -> Head:
    """A file that is not there is an empty log."""
    if isinstance(place, Path) and not place.exists():
        return EMPTY
    with open_picture(place) as picture:
        return picture.head()


def _size_of(place: Path | Database) -> int:
    with open_picture(place) as picture:
        return picture.head().size


def read_source(picture: Picture, at: int, progress: Progress) -> tuple[Walked, str, str | None]:
    """Walk over a source before anything of it is taken; also its origin and newest checkpoint.

    at: the size at which the root is wanted too. Raises BackupError, StorageError.
    """
    head = picture.head()
    done = 0

    def count(entries: list[Entry], _: Nodes) -> None:
        nonlocal done
        done += len(entries)
        progress("reading", done, head.size)

    walked = walk(picture.file, sizes=(at,), on_batch=count)
    if head != Head(walked.frontier, walked.recorded_at):
        raise BackupError(
            Sentence(
                "the tree of its {size} entries is not the one that its head is of: some byte was changed",
                "head-of-other-tree",
                size=walked.size,
            )
        )
    root, note = identify(picture, walked)
    return walked, root.origin, note


def open_target(place: Path | Database) -> FileTarget | DatabaseTarget:
    """Raises StorageError, Stopped."""
    return FileTarget(place) if isinstance(place, Path) else DatabaseTarget(place)


def copy_entries(picture: Picture, target: Target, before: Head, size: int, progress: Progress) -> Head:
    """Each batch in one transaction, with its nodes and what it is found by, from its bytes."""
    head = before
    while head.size < size:
        entries = picture.entries(head.size, min(BATCH_ENTRIES, size - head.size))
        rows = tuple(map(row_of, entries))
        frontier, nodes = head.frontier.extend(leaf_hash(one.raw) for one in entries)
        after = Head(frontier, entries[-1].recorded_at)
        target.insert(head, Plan(rows, nodes, after, ()))
        head = after
        progress("copying", head.size, size)
    return head


def copy_notes(picture: Picture, target: Target, head: Head) -> int:
    """All stored checkpoints, also those that the target lacked of its beginning. How many there are."""
    count, after = 0, -1
    while notes := picture.notes(after, BATCH_ENTRIES):
        target.insert(head, Plan((), (), head, notes))
        count, after = count + len(notes), notes[-1][0]
    return count


def copy_documents(source: Documents, target: Documents, progress: Progress) -> tuple[int, tuple[Held, ...]]:
    """How many were brought, and those whose bytes are not what their name says. Raises StorageError."""
    brought, lost = 0, []
    for done, held in enumerate(source.everything(), 1):
        try:
            brought += copy_document(held, source, target)
        except (WrongSize, WrongHash, CutShort):
            lost.append(held)
        except OSError as error:
            raise StorageError(
                Sentence(
                    "the document {sha256} cannot be copied: {why}",
                    "document-not-copied",
                    sha256=held.sha256,
                    why=error,
                )
            ) from error
        progress("documents", done, done)
    return brought, tuple(lost)


# -- comparing ----------------------------------------------------------------------


def check_target(picture: Picture, target: End, walked: Walked, progress: Progress) -> None:
    """Is the target whole, and the very log that was read? Raises BackupError, StorageError."""
    if isinstance(target.place, Path):
        check_copy(target.place)
    with open_picture(target.place) as found:
        check_same(found, walked, progress)
        if found.heads(walked.size) != picture.heads(walked.size):
            raise _other("stream heads")


def check_same(found: Picture, walked: Walked, progress: Progress) -> None:
    """Compute everything of a target anew, and compare it with what the source gave."""
    tables = Tables(found, walked.size, progress)
    there = walk(found.file, on_batch=tables)
    tables.check_counts()
    identify(found, there)
    if (there.size, there.frontier, there.versions) != (walked.size, walked.frontier, walked.versions):
        raise _other("entries")
    if found.head() != Head(there.frontier, there.recorded_at):
        raise _other("head")


class Tables:
    """Compares what entries are found by, and the tree's nodes, with what the entries give; for `walk`."""

    def __init__(self, found: Picture, size: int, progress: Progress) -> None:
        self._found, self._size, self._progress = found, size, progress
        self._counts = dict.fromkeys(_TABLES, 0)
        self._names: dict[str, str] = {}

    def __call__(self, entries: list[Entry], nodes: Nodes) -> None:
        rows = [row_of(one) for one in entries]
        payloads = {one.payload_hash: one.index for one in rows}
        if self._found.recorded(payloads) != payloads:
            raise _other("payloads")
        events = {one.event: one.index for one in rows}
        if self._found.events(events) != events:
            raise _other("events")
        if self._found.nodes([(level, index) for level, index, _ in nodes]) != [node for *_, node in nodes]:
            raise _other("nodes")
        self._check_names({name: one.stream for one in reversed(rows) for name in one.names})
        for name, more in (("nodes", len(nodes)), ("payloads", len(rows)), ("events", len(rows))):
            self._counts[name] += more
        self._progress("checking", entries[-1].index + 1, self._size)

    def _check_names(self, made: dict[str, str]) -> None:
        """Whoever introduced a name first has it."""
        for name, stream in made.items():
            self._names.setdefault(name, stream)
        if made and self._found.names(made) != {name: self._names[name] for name in made}:
            raise _other("names")
        self._counts["names"] = len(self._names)

    def check_counts(self) -> None:
        for table, count in self._counts.items():
            if self._found.count(table) != count:
                raise _other(table)


def _other(what: str) -> BackupError:
    return BackupError(
        Sentence("the copy is not what was read: its {what} differ", "copy-differs", what=what)
    )
