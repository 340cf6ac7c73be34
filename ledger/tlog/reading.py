"""Reading a log of tiles from anywhere: nothing is handed out before the checkpoint's root vouches for it.

The tiles at the right edge, one a level at most, hold exactly the peaks of the tree, so that they are
believed together once they give the root. A full tile is believed if its own root stands in the tile
above it, and a bundle if its entries hash to the tile of level 0.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from ledger.checkpoint import Checkpoint
from ledger.errors import StorageError
from ledger.merkle import (
    Frontier,
    NodeId,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    read_frontier,
    tree_root,
)
from ledger.sentence import Sentence
from ledger.tlog.paths import TILE_LEVELS, TILE_WIDTH, TilePath, hashes_at, tile_at
from ledger.tlog.tiles import FILE_BYTES_MAX, TileError, decode_bundle, encode_bundle, split_tile

KEPT_TILES = 256

Fetch: TypeAlias = Callable[[str], bytes]
"""The bytes of one file of a log, by its path below the prefix (`tile/0/000`). Raises Absent."""


class Absent(StorageError):
    """A log does not have a file."""


def fetch_folder(folder: Path) -> Fetch:
    """The files of a folder."""

    def fetch(path: str) -> bytes:
        try:
            with (folder / path).open("rb") as file:
                raw = file.read(FILE_BYTES_MAX + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise Absent(
                Sentence("{folder} has no {name}", "folder-lacks", folder=folder, name=path)
            ) from None
        except OSError as error:
            raise StorageError(
                Sentence("{path} cannot be read: {why}", "file-unreadable", path=folder / path, why=error)
            ) from error
        if len(raw) > FILE_BYTES_MAX:
            raise TileError(f"{path} is larger than any file of a log")
        return raw

    return fetch


class TiledLog:
    """The log that a checkpoint commits to. Every answer is proved by the checkpoint's root.

    checkpoint: opened by the caller with the log's key (ledger.checkpoint.open_checkpoint): whose log
    this is, its signature says. All methods raise TileError for what is not of its tree, Absent for a
    file that is not there, and what fetch raises. Not to be shared between threads.
    """

    def __init__(self, fetch: Fetch, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._fetch = fetch
        self._edge: dict[int, list[bytes]] | None = None
        self._kept: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    @property
    def size(self) -> int:
        return self.checkpoint.size

    def entries(self, start: int = 0) -> Iterator[bytes]:
        """The entries from a leaf index on, in order; one bundle at a time is held in memory."""
        if not 0 <= start <= self.size:
            raise TileError(f"a log of {self.size} entries has none from {start} on")
        self._right_edge()  # a checkpoint of no entries is checked too
        for index in range(start // TILE_WIDTH, -(-self.size // TILE_WIDTH)):
            bundle = tile_at(None, index, self.size)
            yield from self._bundle(bundle)[max(0, start - bundle.start) :]

    def content(self, path: TilePath) -> bytes:
        """A tile or bundle, as its file is. path: one that the checkpoint's size has reached."""
        if not path.reached_by(self.size):
            raise TileError(f"a log of {self.size} entries has no {path}")
        if path.level is not None:
            return b"".join(self._tile(path.level, path.index)[: path.width])
        return encode_bundle(self._bundle(tile_at(None, path.index, self.size))[: path.width])

    def nodes(self, ids: Sequence[NodeId]) -> list[bytes]:
        """Complete nodes of the tree (a ledger.merkle.NodeReader)."""
        return [self._node(level, index) for level, index in ids]

    def prove_inclusion(self, leaf_index: int) -> list[bytes]:
        """The audit path of a leaf. Raises InclusionProofError without such a leaf. RFC 6962 §2.1.1."""
        return prove_inclusion(self.nodes, leaf_index, self.size)

    def prove_consistency(self, old_size: int) -> list[bytes]:
        """From an older size to this. Raises ConsistencyProofError if it is larger. RFC 6962 §2.1.2."""
        return prove_consistency(self.nodes, old_size, self.size)

    def root_at(self, size: int) -> bytes:
        """The root that this log had when it was `size` entries long."""
        if not 0 <= size <= self.size:
            raise TileError(f"a log of {self.size} entries never had {size}")
        self._right_edge()
        return read_frontier(self.nodes, size).root()

    # -- what is believed ---------------------------------------------------------

    def _node(self, level: int, index: int) -> bytes:
        if index < 0 or (index + 1) << level > self.size:
            raise TileError(f"a tree of {self.size} leaves has no complete node {(level, index)}")
        tile_level, height = divmod(level, 8)
        first = index << height
        start = first % TILE_WIDTH
        return tree_root(self._tile(tile_level, first // TILE_WIDTH)[start : start + (1 << height)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        """The believed hashes at a place: all that the tree has there."""
        edge = self._right_edge()
        if tile_at(level, index, self.size).is_partial:
            return edge[level]
        kept = self._kept.get((level, index))
        if kept is None:
            kept = self._full_tile(level, index)
            self._kept[level, index] = kept
            if len(self._kept) > KEPT_TILES:
                self._kept.popitem(last=False)
        self._kept.move_to_end((level, index))
        return kept

    def _full_tile(self, level: int, index: int) -> list[bytes]:
        above = self._tile(level + 1, index // TILE_WIDTH)[index % TILE_WIDTH]
        tile = TilePath(level, index)
        hashes = split_tile(self._fetch(str(tile)), tile)
        if tree_root(hashes) != above:
            raise TileError(f"{tile} is not of the tree: its hashes do not give the one above them")
        return hashes

    def _right_edge(self) -> dict[int, list[bytes]]:
        """The partial tile of each level that has one, believed together by the root."""
        if self._edge is not None:
            return self._edge
        edge: dict[int, list[bytes]] = {}
        for level in range(TILE_LEVELS):
            count = hashes_at(level, self.size)
            if count % TILE_WIDTH:
                edge[level] = self._partial(tile_at(level, count // TILE_WIDTH, self.size))
        if Frontier(self.size, _peaks(edge)).root() != self.checkpoint.root:
            tiles = (tile_at(level, hashes_at(level, self.size) // TILE_WIDTH, self.size) for level in edge)
            said = ", ".join(map(str, tiles)) or "a log without entries"
            raise TileError(f"the root of the checkpoint of size {self.size} is not that of {said}")
        self._edge = edge
        return edge

    def _partial(self, tile: TilePath) -> list[bytes]:
        """A partial tile; where it is gone, the beginning of the full one that took its place."""
        try:
            return split_tile(self._fetch(str(tile)), tile)
        except Absent as absent:
            try:
                return split_tile(self._fetch(str(tile.full)), tile.full)[: tile.width]
            except Absent:
                raise absent from None

    def _bundle(self, bundle: TilePath) -> list[bytes]:
        """The believed entries of a bundle."""
        hashes = self._tile(0, bundle.index)
        entries = self._decoded(bundle)
        for place, (entry, known) in enumerate(zip(entries, hashes, strict=True)):
            if leaf_hash(entry) != known:
                raise TileError(f"{bundle} holds another entry {bundle.start + place} than the tree")
        return entries

    def _decoded(self, bundle: TilePath) -> list[bytes]:
        try:
            return decode_bundle(self._fetch(str(bundle)), bundle)
        except Absent:
            if not bundle.is_partial:
                raise
            absent = bundle.full
        try:
            return decode_bundle(self._fetch(str(absent)), absent)[: bundle.width]
        except Absent:
            raise Absent(f"neither {bundle} nor {absent} is there") from None


def _peaks(edge: dict[int, list[bytes]]) -> tuple[bytes, ...]:
    """The roots of the largest complete subtrees, the largest first."""
    peaks: list[bytes] = []
    for level in sorted(edge, reverse=True):
        hashes, start = edge[level], 0
        for height in range(7, -1, -1):
            if len(hashes) & 1 << height:
                peaks.append(tree_root(hashes[start : start + (1 << height)]))
                start += 1 << height
    return tuple(peaks)
