"""The files of a published folder: put in their places whole, and compared with what a head vouches for."""

from __future__ import annotations

import os
from pathlib import Path

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.tlog.paths import BadTilePath, TilePath, parse_path
from ledger.tlog.reading import Absent, TiledLog
from ledger.tlog.tiles import TileError


def left_behind(folder: Path, size: int, wanted: set[TilePath]) -> list[TilePath]:
    """Tiles that are there for older checkpoints alone."""
    found = []
    for path in sorted((folder / "tile").rglob("*")):
        try:
            tile = parse_path(path.relative_to(folder).as_posix())
        except BadTilePath:
            continue
        if tile not in wanted and tile.reached_by(size) and path.is_file():
            found.append(tile)
    return found


def is_intact(path: Path, tile: TilePath, held: TiledLog) -> bool:
    """Is the file there, as the folder's own head vouches for it? Nothing is asked of the source for that."""
    if not tile.reached_by(held.size) or not path.exists():
        return False
    try:
        return holds(path, held.content(tile))
    except (TileError, Absent):  # this file or one above it: the source says which
        return False


def holds(path: Path, content: bytes) -> bool:
    """Raises StorageError for what cannot be read."""
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
        ) from error


def replace(path: Path, content: bytes) -> None:
    """Put a file in its place whole and durably; one with the same bytes is left alone."""
    if holds(path, content):
        return
    temporary = path.with_name(f".{path.name}.new")
    try:
        make_folder(path.parent)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be written: {why}", "file-unwritable", path=path, why=error)
        ) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it, durably."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Else a crash can forget the names in it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
