"""What tiles and bundles hold: made from the stored tree and entries, and read back.

A tile is 32-byte hashes one after another; a bundle is, for each entry, its length as uint16 big-endian
and its bytes. Source: C2SP tlog-tiles v0.1.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.errors import StorageError, VerificationError
from ledger.merkle import HASH_BYTES, NodeReader
from ledger.store.base import LogReader
from ledger.tlog.paths import TILE_WIDTH, TilePath, parse_path

ENTRY_BYTES_MAX = 0xFFFF
FILE_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX)
"""No file of a log is larger than a full bundle of the largest entries."""

_LENGTH_BYTES = 2


class TileError(VerificationError):
    """A tile or bundle is malformed, or is not of the tree that the checkpoint commits to."""


def hash_tile(read: NodeReader, tile: TilePath) -> bytes:
    """A tile of hashes from stored nodes: width × 32 bytes. Raises StorageError without a node."""
    assert tile.level is not None
    level = 8 * tile.level
    return b"".join(read([(level, tile.start + place) for place in range(tile.width)]))


def split_tile(raw: bytes, tile: TilePath) -> list[bytes]:
    """The hashes of a tile, 32 bytes each. Raises TileError."""
    if len(raw) != tile.width * HASH_BYTES:
        raise TileError(f"{tile} has {len(raw)} bytes, not {tile.width * HASH_BYTES}")
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """A bundle of 1 to 256 entries. Raises TileError for an entry that does not fit."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileError(f"a bundle holds 1 to {TILE_WIDTH} entries, not {len(entries)}")
    if any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise TileError(f"an entry has more than {ENTRY_BYTES_MAX} bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def decode_bundle(raw: bytes, bundle: TilePath) -> list[bytes]:
    """The entries of a bundle, exactly as many as it is wide. Raises TileError."""
    entries, at = [], 0
    while at < len(raw):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(raw[start - _LENGTH_BYTES : start], "big")
        if start > len(raw) or at > len(raw):
            raise TileError(f"{bundle} ends within an entry")
        entries.append(raw[start:at])
        if len(entries) > bundle.width:
            break
    if len(entries) != bundle.width:
        raise TileError(f"{bundle} does not hold exactly {bundle.width} entries")
    return entries


def tile_content(reader: LogReader, tile: TilePath) -> bytes:
    """A tile or bundle of a ledger's own log. Raises StorageError for what the log does not hold."""
    if tile.level is not None:
        return hash_tile(reader.nodes, tile)
    entries = reader.entries(tile.start, tile.width)
    if len(entries) != tile.width:
        raise StorageError(f"the log does not hold the {tile.width} entries of {tile}")
    try:
        return encode_bundle([entry.raw for entry in entries])
    except TypeError as error:  # SQLite gives text where somebody stored text
        raise StorageError(f"an entry of {tile} is not stored as bytes") from error


def fetch_from(reader: LogReader) -> Callable[[str], bytes]:
    """A ledger's own log as a fetch of ledger.tlog.reading: tiles and bundles, no checkpoint."""
    return lambda path: tile_content(reader, parse_path(path))
