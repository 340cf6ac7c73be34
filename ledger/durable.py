"""Files that are written whole and durably, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ledger.errors import StorageError
from ledger.sentence import Sentence


def write_whole(path: Path, value: Any) -> None:
    """Write JSON for people; what was there is replaced in one step. Raises StorageError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        replace_durably(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageError(
            Sentence("{path} cannot be written: {why}", "file-unwritable", path=path, why=error)
        ) from error


def replace_durably(old: Path, new: Path) -> None:
    """Rename a file over another one so that a crash cannot undo it. Raises OSError."""
    old.replace(new)
    if os.name != "posix":  # directories cannot be opened there
        return
    folder = os.open(new.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)  # else a crash can forget the file's name
    finally:
        os.close(folder)
