"""Paths of tiles: C2SP's own examples, one spelling each, and which tiles a tree has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tlog.paths import BadTilePath, TilePath, hashes_at, parse_path, tile_at, tiles_of


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", TilePath(0, 0)),
        ("tile/0/000.p/1", TilePath(0, 0, 1)),
        ("tile/0/999.p/255", TilePath(0, 999, 255)),
        ("tile/3/x001/000", TilePath(3, 1000)),
        ("tile/63/x001/x234/067", TilePath(63, 1_234_067)),
        ("tile/entries/x001/x234/067.p/8", TilePath(None, 1_234_067, 8)),
        ("tile/entries/255", TilePath(None, 255)),
    ],
)
def test_a_path_is_written_and_read_as_the_specification_says(path: str, tile: TilePath) -> None:
    assert str(tile) == path
    assert parse_path(path) == tile


TILES = st.builds(
    TilePath,
    st.none() | st.integers(0, 63),
    st.integers(0, 10**18 - 1),
    st.integers(1, 256),
)


@given(TILES)
def test_any_tile_is_found_again_by_its_path(tile: TilePath) -> None:
    assert parse_path(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/٠/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/x000/x001/000",
        "tile/0/001/000",
        "tile/0/X001/000",
        "tile/0/x01/000",
        "tile/0/x1/000",
        "tile/0/٠٠٠",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000.P/1",
        "tile/0/000 ",
        "tile/0/000\n",
        "tile/0/000\x00",
        "tile/0/../0/000",
        "tile/0/x001/../000",
        "tile/Entries/000",
        "tile/entry/000",
        "tile/entries/x000/001",
        "tile/data/000",
        "checkpoint",
        "tile/0/" + "x001/" * 6 + "000",
        "tile/0/" + "x001/" * 5000 + "000",
    ],
)
def test_every_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(BadTilePath):
        parse_path(path)


@given(st.text("tile/0x19entries.p", max_size=30) | st.text(max_size=20))
def test_whatever_is_read_is_written_the_same(text: str) -> None:
    for path in (text, f"tile/{text}", f"tile/0/{text}", f"tile/entries/{text}"):
        try:
            tile = parse_path(path)
        except BadTilePath:
            continue
        assert str(tile) == path


@pytest.mark.parametrize(
    ("level", "index", "width"), [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_no_impossible_tile_can_be_made(level: int, index: int, width: int) -> None:
    with pytest.raises(BadTilePath):
        TilePath(level, index, width)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_names() -> None:
    tiles = [tile for tile in tiles_of(70_000) if tile.level is not None]
    full = [[tile.level == level and not tile.is_partial for tile in tiles].count(True) for level in range(3)]
    partial = {tile.level: (tile.index, tile.width) for tile in tiles if tile.is_partial}
    assert full == [273, 1, 0]
    assert partial == {0: (273, 112), 1: (1, 17), 2: (0, 1)}


def test_a_tree_of_256_has_a_full_tile_and_a_partial_one_above() -> None:
    assert [*map(str, tiles_of(256))] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert [*map(str, tiles_of(1))] == ["tile/entries/000.p/1", "tile/0/000.p/1"]
    assert [*tiles_of(0)] == []


@given(st.integers(1, 200_000))
def test_the_tiles_of_a_tree_hold_each_of_its_hashes_once_and_are_never_empty(size: int) -> None:
    for level in (None, 0, 1, 2):
        tiles = [tile for tile in tiles_of(size) if tile.level == level]
        assert sum(tile.width for tile in tiles) == size // 256 ** (level or 0)
        assert [tile.index for tile in tiles] == [*range(len(tiles))]
        assert all(not tile.is_partial for tile in tiles[:-1])
    assert len({*map(str, tiles_of(size))}) == len([*tiles_of(size)])


@given(st.integers(0, 2**63 - 1), st.integers(0, 7), st.integers(1, 256))
def test_a_tile_is_reached_exactly_when_the_tree_has_all_its_hashes(
    size: int, level: int, width: int
) -> None:
    index = hashes_at(level, size) // 256
    tile = TilePath(level, index, width)
    assert tile.reached_by(size) == (width <= size // 256**level - 256 * index)
    if tile.reached_by(size):
        assert tile_at(level, index, size).width >= width
        assert not TilePath(level, index + 1).reached_by(size)


def test_there_is_no_tile_where_a_tree_has_no_hashes() -> None:
    for level, index, size in ((0, 0, 0), (0, 1, 256), (1, 0, 255), (None, 1, 256)):
        with pytest.raises(BadTilePath):
            tile_at(level, index, size)
