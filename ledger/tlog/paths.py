"""Where each tile stands: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, one spelling each.

A tile of level L holds hashes of complete subtrees 256^L leaves wide; a bundle holds entries, and its
place is that of the tile of level 0. Source: C2SP tlog-tiles v0.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.errors import LedgerError

TILE_WIDTH = 256
TILE_LEVELS = 8
"""A tree of less than 2^63 leaves has hashes at tile levels 0 to 7."""

CHECKPOINT = "checkpoint"
WITNESSED = "checkpoint.witnessed"

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?!x000/)(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_LEVEL_MAX = 63
_INDEX_MAX = 10**18 - 1


class BadTilePath(LedgerError):
    """A path that no tile and no bundle can have."""


@dataclass(frozen=True, slots=True)
class TilePath:
    """One tile or bundle. level: 0 to 63, None for a bundle; width: hashes or entries, 256 when full.

    Raises BadTilePath when made of anything else.
    """

    level: int | None
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if self.level is not None and not 0 <= self.level <= _LEVEL_MAX:
            raise BadTilePath(f"there is no tile level {self.level}")
        if not 0 <= self.index <= _INDEX_MAX or not 1 <= self.width <= TILE_WIDTH:
            raise BadTilePath(f"there is no tile {self.index} of width {self.width}")

    def __str__(self) -> str:
        level = "entries" if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.is_partial else ""
        return f"tile/{level}/{_groups(self.index)}{partial}"

    @property
    def is_partial(self) -> bool:
        return self.width < TILE_WIDTH

    @property
    def start(self) -> int:
        """The first hash of its level, or the first entry, that it holds."""
        return self.index * TILE_WIDTH

    @property
    def full(self) -> TilePath:
        """The full tile at the same place."""
        return TilePath(self.level, self.index)

    def reached_by(self, size: int) -> bool:
        """Does a tree of so many leaves hold everything that this tile does?"""
        return self.start + self.width <= hashes_at(self.level or 0, size)


def parse_path(path: str) -> TilePath:
    """Read what str(TilePath) writes, and nothing else. Raises BadTilePath."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise BadTilePath(f"{path!r} is no path of a tile")
    level = None if found["level"] == "entries" else int(found["level"])
    width = int(found["width"] or TILE_WIDTH)
    if found["width"] is not None and width >= TILE_WIDTH:
        raise BadTilePath(f"{path!r}: a partial tile has a width from 1 to {TILE_WIDTH - 1}")
    return TilePath(level, int(found["index"].replace("/", "").replace("x", "")), width)


def hashes_at(level: int, size: int) -> int:
    """How many complete subtrees 256^level wide a tree of `size` leaves has."""
    return size >> (8 * level)


def tile_at(level: int | None, index: int, size: int) -> TilePath:
    """The widest tile at a place in a tree of `size` leaves. Raises BadTilePath where there is none."""
    return TilePath(level, index, min(TILE_WIDTH, hashes_at(level or 0, size) - index * TILE_WIDTH))


def tiles_of(size: int) -> Iterator[TilePath]:
    """Every bundle and every tile of a tree of `size` leaves: bundles, then each level, from the left."""
    for level in (None, *range(TILE_LEVELS)):
        for index in range(-(-hashes_at(level or 0, size) // TILE_WIDTH)):
            yield tile_at(level, index, size)


def _groups(index: int) -> str:
    """`1234067` as `x001/x234/067`."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
