"""Files that a person gives, and files that are written for one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from ledger.errors import LedgerError, Refusal, StorageError

FILE_BYTES_MAX: Final = 8 * 1024 * 1024


class Unreadable(LedgerError):
    """A file cannot be read as what it should be."""


def read_bytes(path: Path) -> bytes:
    """A whole file, or stdin for `-`. Raises Unreadable."""
    try:
        if str(path) == "-":
            raw = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    if len(raw) > FILE_BYTES_MAX:
        raise Unreadable(f"{path} is larger than {FILE_BYTES_MAX} bytes")
    return raw


def check_readable(path: Path) -> None:
    """Raises Unreadable for a file that cannot be opened, and for a directory."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None


def read_json(path: Path) -> Any:
    """JSON of any layout, without duplicate members. Raises Unreadable, Refusal duplicate-member."""
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path} is not JSON: {error}") from None


def read_members(path: Path) -> dict[str, Any]:
    """A JSON object. Raises as read_json."""
    members = read_json(path)
    if not isinstance(members, dict):
        raise Unreadable(f"{path} holds no JSON object")
    return members


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A parser keeps the last of two members silently; a person meant one of them."""
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise Refusal("duplicate-member", got=next(name for name in names if names.count(name) > 1))
    return members


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; what was there is replaced. Raises StorageError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error


def write_json(path: Path, value: Any) -> None:
    write_text(path, pretty(value))


def pretty(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
