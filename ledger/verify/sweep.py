"""Every entry once, in order, on all cores: its leaf hash, its place, and every signature on it."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from ledger.entry import TOPIC
from ledger.errors import Refusal
from ledger.keys import PublicKey
from ledger.verify.entry_file import EntryFile, Row, recorded_at_of
from ledger.verify.report import Fault
from ledger.verify.workers import cores, run

CHUNK = 512  # a worker that is done early waits for one such part of the others
SMALL = 8192  # below that one process is quicker
HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Shared:
    """What every worker has. keys: all that the registry ever knew, by kid. gaps: entries may be missing.
    unsigned: leaf indexes whose signatures are not looked at."""

    file: EntryFile
    keys: Mapping[str, PublicKey]
    gaps: bool
    unsigned: frozenset[int]


@dataclass(slots=True)
class Chunk:
    """What one worker found in entries [start, end). leaves: their hashes one after another.

    indexes: of the entries that are here; first, last: when the first and last were recorded; streams:
    stream → versions of its first and last entry here.
    """

    start: int
    end: int
    leaves: bytes = b""
    count: int = 0
    signatures: int = 0
    first: str = ""
    last: str = ""
    streams: dict[str, tuple[int, int]] = field(default_factory=dict)
    order_faults: list[Fault] = field(default_factory=list)
    signature_faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Sweep:
    """What all chunks come to."""

    count: int = 0
    signatures: int = 0
    order_faults: list[Fault] = field(default_factory=list)
    signature_faults: list[Fault] = field(default_factory=list)


def sweep(
    file: EntryFile,
    keys: Mapping[str, PublicKey],
    end: int,
    *,
    gaps: bool,
    unsigned: frozenset[int] = frozenset(),
    on_leaves: Callable[[bytes], None] = lambda leaves: None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    processes: int | None = None,
) -> Sweep:
    """Look at all entries below `end`.

    gaps: entries may be missing (a bundle): then their versions may jump. unsigned: leaf indexes of entries
    that are there for their time alone, by keys that may not be here. on_leaves: told the leaf hashes
    in order, chunk by chunk. progress: told how many entries are done, and of how many.
    """
    found, tasks = Sweep(), _tasks(file, end)
    wanted = processes if processes is not None else (cores() if len(tasks) * CHUNK > SMALL else 1)
    versions: dict[str, int] = {}
    last = ""
    for chunk in run(look, Shared(file, keys, gaps, unsigned), tasks, processes=wanted):
        on_leaves(chunk.leaves)
        found.count += chunk.count
        found.signatures += chunk.signatures
        found.order_faults += chunk.order_faults
        found.signature_faults += chunk.signature_faults
        found.order_faults += _joins(chunk, versions, last, gaps=gaps)
        last = chunk.last or last
        progress(chunk.end, end)
    return found


def _tasks(file: EntryFile, end: int) -> list[tuple[int, int]]:
    """[0, end) in parts of CHUNK entries each. Where entries are missing it goes by those that are here:
    an index may be any number, and says nothing of how much there is to do."""
    count, _ = file.bounds()
    if end <= count:
        return [(start, min(start + CHUNK, end)) for start in range(0, end, CHUNK)]
    found, start = list[tuple[int, int]](), 0
    while start < end:
        following = file.after(start, CHUNK)
        stop = end if following is None else min(following, end)
        found.append((start, stop))
        start = stop
    return found


def _joins(chunk: Chunk, versions: dict[str, int], last: str, *, gaps: bool) -> Iterator[Fault]:
    """Does a chunk go on where the ones before it ended?"""
    if not gaps and chunk.count != chunk.end - chunk.start:
        yield Fault("entries-missing", chunk.start, "", f"{chunk.count} of {chunk.end - chunk.start}")
    if chunk.first and chunk.first < last:
        yield Fault("time-goes-back", chunk.start, "", f"{chunk.first} after {last}")
    for stream, (first, final) in chunk.streams.items():
        known = versions.get(stream, 0)
        if (first != known + 1 and not gaps) or first <= known:
            yield Fault("version-jumps", None, stream, f"{first} after {known}")
        versions[stream] = final


def look(shared: Shared, task: tuple[int, int]) -> Chunk:
    """One worker's part: entries [start, end)."""
    found = Chunk(*task)
    leaves: list[bytes] = []
    for row in shared.file.rows(*task):
        if not isinstance(row.raw, bytes):
            found.order_faults.append(Fault("malformed-entry", row.leaf, row.stream, "no bytes"))
            continue
        leaf = sha256(b"\x00")
        leaf.update(row.raw)
        leaves.append(leaf.digest())
        found.count += 1
        _look_at_place(row, found, gaps=shared.gaps)
        if row.leaf in shared.unsigned:
            continue
        try:
            found.signatures += _verify(row.raw, shared.keys)
        except Refusal as refusal:
            found.signature_faults.append(Fault(refusal.code, row.leaf, row.stream, str(refusal.got)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            found.signature_faults.append(Fault("malformed-entry", row.leaf, row.stream, repr(error)))
    found.leaves = b"".join(leaves)
    return found


def _look_at_place(row: Row, found: Chunk, *, gaps: bool) -> None:
    recorded_at = recorded_at_of(row.raw)
    if row.topic != TOPIC:
        found.order_faults.append(Fault("unknown-topic", row.leaf, row.stream, str(row.topic)))
    if recorded_at < found.last:
        found.order_faults.append(
            Fault("time-goes-back", row.leaf, row.stream, f"{recorded_at} after {found.last}")
        )
    found.first = found.first or recorded_at
    found.last = recorded_at
    if not isinstance(row.stream, str):  # an entry in no stream at all is in nobody's to judge
        words = f"its stream is {row.stream!r}"
        found.order_faults.append(Fault("malformed-entry", row.leaf, str(row.stream), words))
        return
    if not isinstance(row.version, int):
        found.order_faults.append(Fault("version-jumps", row.leaf, row.stream, str(row.version)))
        return
    first, last = found.streams.get(row.stream, (row.version, row.version - 1))
    if row.version <= last or (row.version != last + 1 and not gaps):
        found.order_faults.append(Fault("version-jumps", row.leaf, row.stream, f"{row.version} after {last}"))
    found.streams[row.stream] = (first, row.version)


def _verify(raw: bytes, keys: Mapping[str, PublicKey]) -> int:
    """Check every signature of an entry; how many there were. The form is another check's.

    Raises Refusal unknown-key, alg-mismatch, bad-signature; ValueError and the like for what is no entry.
    """
    envelope = orjson.loads(raw)["envelope"]
    payload = envelope["payload"].encode()
    signatures = envelope["signatures"]
    for one in signatures:
        protected = one["protected"].encode()
        header = orjson.loads(_decode(protected))
        key = keys.get(header["kid"])
        if key is None:
            raise Refusal("unknown-key", "", header["kid"])
        if header["alg"] != key.alg:
            raise Refusal("alg-mismatch", "", header["alg"])
        key.verify(_decode(one["signature"].encode()), protected + b"." + payload)
    if not signatures:
        raise Refusal("signature-count", "", 0)
    return len(signatures)


def _decode(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
