"""A file of a published log: its path in the first line, then its bytes; the entries of a bundle too."""

from __future__ import annotations

from contextlib import suppress

from ledger.entry import read_entry
from ledger.errors import StorageError
from ledger.tlog.paths import BadTilePath, parse_path
from ledger.tlog.tiles import TileError, decode_bundle, encode_bundle, split_tile
from tests.fuzz.harness import Target


def try_bytes(raw: bytes) -> None:
    head, _, content = raw.partition(b"\n")
    with suppress(UnicodeDecodeError, BadTilePath):
        path = head.decode()
        tile = parse_path(path)
        assert str(tile) == path, "a second spelling of a path"
        with suppress(TileError):
            if tile.level is not None:
                assert b"".join(split_tile(content, tile)) == content, "hashes that are not the tile"
                return
            entries = decode_bundle(content, tile)
            assert encode_bundle(entries) == content, "entries that are not the bundle"
            for entry in entries:
                with suppress(StorageError):
                    read_entry(entry)


TARGET = Target(try_bytes, bytes_max=16_384)
