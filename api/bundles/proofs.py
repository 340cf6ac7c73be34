"""The proofs in a bundle: each entry in the checkpoint's tree, each stream's end under the heads' root."""

from __future__ import annotations

from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.bundles.evidence import Evidence
from ledger.errors import StorageError
from ledger.heads import heads_leaf
from ledger.merkle import Frontier, NodeId, leaf_hash, prove_consistency, prove_inclusion
from ledger.store.base import LogReader, StreamEnd

NODES_KEPT = 1 << 16


class Nodes:
    """Reads the tree's nodes, each once as long as there is room: neighbours' proofs share most."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._kept: dict[NodeId, bytes] = {}

    def __call__(self, ids: Sequence[NodeId]) -> list[bytes]:
        missing = [one for one in ids if one not in self._kept]
        if len(self._kept) + len(missing) > NODES_KEPT:
            self._kept.clear()
            missing = list(ids)
        self._kept.update(zip(missing, self._reader.nodes(missing), strict=True))
        return [self._kept[one] for one in ids]

    def path(self, index: int, size: int) -> list[str]:
        """The audit path of an entry, in base64, leaf level first."""
        return texts(prove_inclusion(self, index, size))

    def join(self, one: int, other: int) -> dict[str, Any]:
        """consistency.json: the smaller tree is the beginning of the larger."""
        old, new = sorted((one, other))
        return {"from": old, "to": new, "proof": texts(prove_consistency(self, old, new))}


def texts(hashes: Iterable[bytes]) -> list[str]:
    return [b64encode(one).decode() for one in hashes]


@dataclass(slots=True)
class Ends:
    """Where each stream ends as of some position, as one tree. rows: in the order of their names."""

    rows: list[StreamEnd]
    frontier: Frontier
    nodes: dict[NodeId, bytes]

    @classmethod
    def at(cls, reader: LogReader, position: int) -> Ends:
        rows = reader.heads(position)
        frontier, made = Frontier.empty().extend(leaf_hash(heads_leaf(*row)) for row in rows)
        return cls(rows, frontier, {(level, index): value for level, index, value in made})

    def place(self, stream: str) -> int:
        """Where a stream stands, or would stand."""
        return bisect_left(self.rows, stream.encode(), key=lambda row: row.stream.encode())

    def has(self, stream: str) -> bool:
        place = self.place(stream)
        return place < len(self.rows) and self.rows[place].stream == stream

    def neighbours(self, stream: str) -> list[str]:
        """The streams between which one that is not there would stand."""
        place = self.place(stream)
        return [row.stream for row in self.rows[max(0, place - 1) : place + 1]]

    def to_json(self, stream: str, *, whole: bool) -> dict[str, Any]:
        """One of `streams` in bundle.json, with its proof."""
        place = self.place(stream)
        _, version, last = self.rows[place]
        proof = texts(prove_inclusion(self._read, place, len(self.rows)))
        return {
            "stream": stream,
            "version": version,
            "last": last,
            "place": place,
            "proof": proof,
            "whole": whole,
        }

    def _read(self, ids: Sequence[NodeId]) -> list[bytes]:
        return [self.nodes[one] for one in ids]


def stream_rows(reader: LogReader, evidence: Evidence) -> list[dict[str, Any]]:
    """`streams` of bundle.json. A stream that was asked for and is not there stands between two that are.

    Raises StorageError if the heads entry is not of this log: nothing is said then.
    """
    heads = evidence.heads
    ends = Ends.at(reader, heads.size)
    if (ends.frontier.root().hex(), len(ends.rows)) != (heads.root, heads.streams):
        raise StorageError(f"the heads in entry {heads.index} are not those of this log")
    here = {stream for stream in evidence.streams if ends.has(stream)}
    absent = ({*evidence.absent} | {*evidence.streams}) - here
    beside = {name for stream in absent for name in ends.neighbours(stream)} - here
    return [ends.to_json(stream, whole=stream in here) for stream in sorted(here | beside, key=str.encode)]
