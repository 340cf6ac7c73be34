"""Heads: where each stream of the ledger ends, committed by one RFC 6962 root.

Leaves are canonical JSON, {"last": <leaf index>, "stream": "<name>", "version": <version>}, in the
order of the streams' names as UTF-8 bytes. Source: docs/proof.md; RFC 6962 §2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.canonical import dumps
from ledger.errors import VerificationError
from ledger.merkle import Frontier, NodeId, check_inclusion, leaf_hash, prove_inclusion
from ledger.store.base import StreamEnd

Row = StreamEnd | tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class HeadProof:
    """One stream's end, and that it stands among the heads. place: 0-based; proof: leaf level first."""

    stream: str
    version: int
    last: int
    place: int
    proof: tuple[bytes, ...]


def heads_leaf(stream: str, version: int, last: int) -> bytes:
    """A stream's leaf. version: of its last entry, from 1 on; last: that entry's leaf index."""
    return dumps({"last": last, "stream": stream, "version": version})


def heads_root(rows: Iterable[Row]) -> bytes:
    """The root, 32 bytes, over (stream, version, last) of every stream, in whatever order they come."""
    return Frontier.empty().extend(_hashes(_sorted(rows)))[0].root()


def prove_head(rows: Iterable[Row], stream: str) -> HeadProof | None:
    """The proof of one stream's end; None if the rows do not have it."""
    ordered = _sorted(rows)
    place = next((place for place, row in enumerate(ordered) if row[0] == stream), None)
    if place is None:
        return None
    _, made = Frontier.empty().extend(_hashes(ordered))
    nodes = {(level, index): value for level, index, value in made}

    def read(ids: Sequence[NodeId]) -> list[bytes]:
        return [nodes[one] for one in ids]

    _, version, last = ordered[place]
    return HeadProof(stream, version, last, place, tuple(prove_inclusion(read, place, len(ordered))))


def check_head(head: HeadProof, *, root: bytes, streams: int) -> None:
    """Check that heads of so many streams hold this one. Raises VerificationError."""
    check_inclusion(
        leaf_hash=leaf_hash(heads_leaf(head.stream, head.version, head.last)),
        leaf_index=head.place,
        tree_size=streams,
        proof=head.proof,
        root_hash=root,
    )


def _sorted(rows: Iterable[Row]) -> list[Row]:
    """Raises VerificationError for a stream that ends twice."""
    ordered = sorted(rows, key=lambda row: row[0].encode())
    if len({row[0] for row in ordered}) != len(ordered):
        raise VerificationError("a stream ends twice among the heads")
    return ordered


def _hashes(ordered: Iterable[Row]) -> Iterable[bytes]:
    return (leaf_hash(heads_leaf(*row)) for row in ordered)
