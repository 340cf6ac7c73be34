"""One picture of an SQLite file that may be in use, as a copy; the folder that it lies in is left as it was.

SQLite makes files beside a database that it opens even to read (-wal, -shm), and it cannot open one where
none may be made. So what is in use is read through the files that are there, and what nobody uses is read
as bytes that do not change; that they did not change meanwhile is looked at afterwards.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from ledger.errors import StorageError
from ledger.sentence import Sentence

TRIES: Final = 5

_Look = tuple[tuple[str, int, int], ...]  # of the database and its companions: name, size, mtime


def take_picture(database: Path, copy: Path) -> None:
    """Copy an SQLite file as of one moment into one that is not there yet. Takes no lock that writers want.

    Raises StorageError if it cannot be read, or is opened and closed again and again meanwhile.
    """
    words = "it is opened and closed all the time: try again"
    for _ in range(TRIES):
        before, in_use = _look(database), _beside(database, "-shm").exists()
        try:
            _copy(database, copy, in_use=in_use)
            if in_use or _look(database) == before:  # who reads what is in use sees one moment anyhow
                return
        except (sqlite3.Error, OSError) as error:  # perhaps closed or opened just now
            words = str(error)
        _remove(copy)
    raise StorageError(
        Sentence("{path} cannot be copied: {why}", "file-not-copied", path=database, why=words)
    )


def _copy(database: Path, copy: Path, *, in_use: bool) -> None:
    left = _beside(database, "-wal")
    if in_use:
        _back_up(database, "mode=ro&readonly_shm=1", copy)
    elif left.exists() and left.stat().st_size:  # a copy of both files, or a machine that went down
        shutil.copyfile(database, copy)
        shutil.copyfile(left, _beside(copy, "-wal"))
    else:
        _back_up(database, "mode=ro&immutable=1", copy)


def _back_up(database: Path, how: str, copy: Path) -> None:
    uri = f"{database.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True)) as given, closing(sqlite3.connect(copy)) as taken:
        given.backup(taken)


def _look(database: Path) -> _Look:
    files = [database, _beside(database, "-wal"), _beside(database, "-shm")]
    found = [(one.name, one.stat()) for one in files if one.exists()]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def _remove(copy: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        _beside(copy, suffix).unlink(missing_ok=True)
