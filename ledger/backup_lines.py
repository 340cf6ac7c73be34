"""A log as JSON Lines, as `pledger export events` writes it: each line's `entry` has an entry's exact bytes.

Whatever else a line tells is left aside: all of it follows from the entries.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from ledger.errors import StorageError
from ledger.sentence import Sentence

LINE_BYTES_MAX: Final = 8 << 20  # a row has fifty writes at most, and an entry of 64 kB


def holds_lines(source: Path) -> bool:
    """Does a file begin as a JSON object does? A database of SQLite begins with its name."""
    with source.open("rb") as file:
        return file.read(1) == b"{"


def read_lines(source: Path) -> Iterator[bytes]:
    """The exact bytes of each line's entry. Raises StorageError for a line that has none, or is cut short."""
    with source.open("rb") as file:
        number = 0
        while line := file.readline(LINE_BYTES_MAX):
            number += 1
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("the line has no end")
                yield b64decode(orjson.loads(line)["entry"], validate=True)
            except (ValueError, KeyError, TypeError) as error:
                raise StorageError(
                    Sentence(
                        "{path}: line {number} has no entry of a ledger as `pledger export events` writes"
                        " them, or is cut short",
                        "line-no-entry",
                        path=source,
                        number=number,
                    )
                ) from error
