"""What is in tiles and bundles: by the definition, from a ledger's own store; nothing malformed is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import StorageError
from ledger.merkle import Frontier, leaf_hash, tree_root
from ledger.service import Ledger
from ledger.tlog.paths import TilePath, parse_path, tiles_of
from ledger.tlog.tiles import TileError, decode_bundle, encode_bundle, fetch_from, hash_tile, split_tile
from tests.support.log import Small, audit
from tests.support.tiles import MadeLog

SIZE = 70_000


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 1000])
def test_tiles_of_stored_nodes_are_those_of_the_definition(size: int) -> None:
    log = MadeLog(size)
    nodes = {(level, index): node for level, index, node in Frontier.empty().extend(log.leaves)[1]}
    files = log.files()
    tiles = [tile for tile in tiles_of(size) if tile.level is not None]
    assert {str(tile) for tile in tiles} == {path for path in files if "entries" not in path}
    for tile in tiles:
        assert hash_tile(lambda ids: [nodes[one] for one in ids], tile) == files[str(tile)]


def test_a_hash_of_tile_level_two_is_the_root_of_65536_leaves() -> None:
    leaves = [leaf_hash(b"%d" % index) for index in range(SIZE)]
    nodes = {(level, index): node for level, index, node in Frontier.empty().extend(leaves)[1]}

    def tile(path: str) -> bytes:
        return hash_tile(lambda ids: [nodes[one] for one in ids], parse_path(path))

    assert tile("tile/2/000.p/1") == tree_root(leaves[:65536])
    assert tile("tile/1/001.p/17")[:32] == tree_root(leaves[65536 : 65536 + 256])
    assert tile("tile/0/273.p/112")[-32:] == leaves[-1]
    with pytest.raises(KeyError):
        tile("tile/0/273.p/113")


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    raw = encode_bundle(entries)
    assert raw == b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    assert decode_bundle(raw, TilePath(None, 0, len(entries))) == entries


def test_the_largest_entry_fits_and_a_larger_one_does_not() -> None:
    largest = b"x" * 65_535
    assert decode_bundle(encode_bundle([largest]), TilePath(None, 0, 1)) == [largest]
    with pytest.raises(TileError):
        encode_bundle([largest + b"x"])


@pytest.mark.parametrize("count", [0, 257])
def test_no_bundle_is_empty_or_holds_more_than_256(count: int) -> None:
    with pytest.raises(TileError):
        encode_bundle([b"x"] * count)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\x00\x01a",
        b"\x00\x01a\x00",
        b"\x00\x01a\x00\x02b",
        b"\x00\x01a\x00\x01b\x00",
        b"\x00\x01a\x00\x01b\x00\x00",
        b"\x00\x01a\x00\x01b\x00\x01c",
        b"\xff\xffa",
    ],
)
def test_a_bundle_that_is_torn_or_not_as_wide_as_its_path_is_refused(raw: bytes) -> None:
    with pytest.raises(TileError):
        decode_bundle(raw, TilePath(None, 0, 2))


@given(st.binary(max_size=60), st.integers(1, 5))
def test_whatever_is_read_as_a_bundle_is_one(raw: bytes, width: int) -> None:
    try:
        entries = decode_bundle(raw, TilePath(None, 0, width))
    except TileError:
        return
    assert encode_bundle(entries) == raw
    assert len(entries) == width


@pytest.mark.parametrize("length", [0, 31, 32, 63, 65, 96])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TileError):
        split_tile(bytes(length), TilePath(0, 0, 2))
    assert split_tile(bytes(64), TilePath(0, 0, 2)) == [bytes(32)] * 2


def test_a_ledgers_own_tiles_hold_its_entries_and_their_hashes(ledger: Ledger, small: Small) -> None:
    for _ in range(3):
        small.submit(ledger, small.transfer(), small.transfer())
    read, fetch = audit(Path(small.path), small.log_key), fetch_from(ledger.reader)
    for width in range(1, read.size + 1):
        raws = [entry.raw for entry in read.entries[:width]]
        assert fetch(f"tile/entries/000.p/{width}") == encode_bundle(raws)
        assert fetch(f"tile/0/000.p/{width}") == b"".join(map(leaf_hash, raws))


def test_what_a_ledger_does_not_hold_yet_has_no_tile(ledger: Ledger) -> None:
    size = ledger.reader.head().size
    more = f"tile/entries/000.p/{size + 1}"
    for path in (f"tile/0/000.p/{size + 1}", "tile/1/000.p/1", "tile/0/000", "tile/entries/001.p/1", more):
        with pytest.raises(StorageError):
            fetch_from(ledger.reader)(path)
