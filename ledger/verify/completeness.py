"""Does a bundle leave anything out? Its streams end where the heads entry says, and none is missing.

The heads entry commits a tree over all streams, sorted by name. A stream that is here is proved by its
leaf. A stream that judging asked for and that is not here must be proved absent: two neighbouring
leaves between which its name would stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ledger.errors import LedgerError
from ledger.heads import heads_leaf
from ledger.merkle import check_inclusion, leaf_hash
from ledger.values import STREAM
from ledger.verify.entry_file import EntryFile
from ledger.verify.report import Check, Fault
from ledger.verify.strict import hashes, matching, members, number, rows, truth


@dataclass(frozen=True, slots=True)
class Head:
    """The heads entry that a bundle rests on: of `streams` streams, as of `size` entries."""

    index: int
    size: int
    root: bytes
    streams: int


@dataclass(frozen=True, slots=True)
class StreamRow:
    """What a bundle says of a stream. place: of its leaf; whole: all its entries are here."""

    stream: str
    version: int
    last: int
    place: int
    proof: tuple[bytes, ...]
    whole: bool


def read_rows(value: Any) -> tuple[StreamRow, ...]:
    """`streams` of bundle.json, in the order of their names, each once. Raises ValueError."""
    found = tuple(_read_row(one) for one in rows(value))
    names = [one.stream.encode() for one in found]
    if names != sorted({*names}):
        raise ValueError("the streams do not stand in order, each once")
    return found


def _read_row(value: Any) -> StreamRow:
    row = members(value, "stream", "version", "last", "place", "proof", "whole")
    return StreamRow(
        matching(row["stream"], STREAM),
        number(row["version"]),
        number(row["last"]),
        number(row["place"]),
        hashes(row["proof"]),
        truth(row["whole"]),
    )


def check_rows(check: Check, rows: Iterable[StreamRow], head: Head) -> list[StreamRow]:
    """The rows that the heads entry commits."""
    proved = []
    for row in rows:
        check.count += 1
        try:
            check_inclusion(
                leaf_hash=leaf_hash(heads_leaf(row.stream, row.version, row.last)),
                leaf_index=row.place,
                tree_size=head.streams,
                proof=row.proof,
                root_hash=head.root,
            )
        except LedgerError as error:
            check.fail(Fault("stream-unproved", None, row.stream, str(error)))
            continue
        proved.append(row)
    return proved


def check_whole(check: Check, rows: Iterable[StreamRow], file: EntryFile, end: int) -> None:
    """Every stream that is said to be whole has all its entries below `end` here."""
    for row in rows:
        if not row.whole:
            continue
        check.count += 1
        versions, last = [], -1
        for entry in file.of_stream(row.stream, end):
            versions.append(entry.version)
            last = entry.leaf
        count = len(versions)  # what a row says of its own may be any number
        if row.version != count or versions != list(range(1, count + 1)) or last != row.last:
            words = f"{count} of {row.version} entries, the last at {last} of {row.last}"
            check.fail(Fault("stream-incomplete", None, row.stream, words))


def check_needed(check: Check, needed: Iterable[str], proved: list[StreamRow], head: Head | None) -> None:
    """Every stream that judging asked for is here as a whole, or does not exist."""
    whole = {row.stream for row in proved if row.whole}
    for stream in sorted(set(needed) - whole):
        check.count += 1
        if head is None or not _is_absent(stream, proved, head):
            check.fail(Fault("stream-missing", None, stream))


def check_founded(
    check: Check,
    asked: Iterable[tuple[str, int]],
    proved: list[StreamRow],
    file: EntryFile,
    head: Head,
) -> None:
    """Programmes that a rule found not adopted below an index were not: the first entry here is later, or
    the heads have no such stream. asked: (stream, index)."""
    for stream, below in sorted({*asked}):
        check.count += 1
        first = next(file.of_stream(stream, file.bounds()[1]), None)
        later = first is not None and first.version == 1 and first.leaf >= below
        if not later and not (first is None and _is_absent(stream, proved, head)):
            check.fail(Fault("programme-missing", below, stream))


def _is_absent(stream: str, proved: list[StreamRow], head: Head) -> bool:
    """Do two proved neighbours, or the first or the last leaf, leave no place for this name?"""
    name = stream.encode()
    below = max(
        (row for row in proved if row.stream.encode() < name), key=lambda row: row.place, default=None
    )
    above = min(
        (row for row in proved if row.stream.encode() > name), key=lambda row: row.place, default=None
    )
    if any(row.stream == stream for row in proved):
        return False
    if below is None:
        return above is not None and above.place == 0
    if above is None:
        return below.place == head.streams - 1
    return above.place == below.place + 1
