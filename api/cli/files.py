"""Files that a person gives, and files that are written for one."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from api.cli.words import Pair
from api.texts.language import Language
from ledger.errors import LedgerError, Refusal, StorageError
from ledger.sentence import Sentence

FILE_BYTES_MAX: Final = 8 * 1024 * 1024
_NO_FILES: Final = {
    errno.ENOENT: ("такого файлу немає", "there is no such file"),
    errno.ENOTDIR: ("такого файлу немає", "there is no such file"),
    errno.EISDIR: ("це тека, а не файл", "this is a directory, not a file"),
    errno.EACCES: ("немає дозволу його читати", "there is no permission to read it"),
}


class Unreadable(LedgerError):
    """A file cannot be read as what it should be. uk: the same in Ukrainian, where there are words for it."""

    def __init__(self, en: str, uk: str = "") -> None:
        super().__init__(en)
        self._uk = uk or en

    def words(self, language: Language) -> str:
        return self._uk if language == "uk" else str(self)


def unreadable(path: Path, why: Pair) -> Unreadable:
    """path: of the file, as it was named; why: what keeps it from being read, in both languages."""
    return Unreadable(f"{path}: {why[1]}", f"{path}: {why[0]}")


def why_closed(error: OSError) -> Pair:
    """Why a file does not open, in words."""
    other = error.strerror or type(error).__name__
    return _NO_FILES.get(error.errno or 0, (f"не відкривається ({other})", f"it does not open ({other})"))


def read_bytes(path: Path) -> bytes:
    """A whole file, or stdin for `-`. Raises Unreadable."""
    try:
        if str(path) == "-":
            raw = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise unreadable(path, why_closed(error)) from None
    if len(raw) > FILE_BYTES_MAX:
        size = FILE_BYTES_MAX
        raise unreadable(path, (f"файл більший за {size} байтів", f"it is larger than {size} bytes"))
    return raw


def check_readable(path: Path) -> None:
    """Raises Unreadable for a file that cannot be opened, and for a directory."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise unreadable(path, why_closed(error)) from None


def read_json(path: Path) -> Any:
    """JSON of any layout, without duplicate members. Raises Unreadable, Refusal duplicate-member."""
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise unreadable(path, _why_no_json(error)) from None


def _why_no_json(error: ValueError | RecursionError) -> Pair:
    """What the parser found, in words that are not its own."""
    if isinstance(error, UnicodeDecodeError):
        return (
            f"це не текст у UTF-8 (байт {error.start + 1})",
            f"this is no UTF-8 text (byte {error.start + 1})",
        )
    if isinstance(error, json.JSONDecodeError):
        line, column = error.lineno, error.colno
        return (
            f"це не JSON (рядок {line}, стовпець {column})",
            f"this is no JSON (line {line}, column {column})",
        )
    if isinstance(error, RecursionError):
        return "JSON вкладено надто глибоко", "the JSON is nested too deep"
    return "у JSON є неможливе число", "the JSON holds a number that cannot be read"


def read_members(path: Path) -> dict[str, Any]:
    """A JSON object. Raises as read_json."""
    members = read_json(path)
    if not isinstance(members, dict):
        raise unreadable(path, ("у файлі немає об’єкта JSON", "the file holds no JSON object"))
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
        raise StorageError(
            Sentence("{path} cannot be written: {why}", "file-unwritable", path=path, why=error)
        ) from error


def write_json(path: Path, value: Any) -> None:
    write_text(path, pretty(value))


def pretty(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
