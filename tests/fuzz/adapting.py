"""Readers of files, texts and JSON, as readers of bytes: what a table of codecs can hold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from api.witness.hints import SizeHints
from ledger.errors import StorageError
from ledger.note import NoteError
from ledger.remembering import Heads
from ledger.restored import read_restored, record_path
from ledger.seen import Log
from ledger.signing.memory import Record
from ledger.verify.container import Container
from ledger.verify.strict import read_json as read_strict
from tests.fuzz.seeds import LOG_KEY
from tests.support.heads import GENESIS, ORIGIN


def in_file(name: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    """A reader of a file, as one of its bytes."""

    def of_bytes(raw: bytes) -> Any:
        with tempfile.TemporaryDirectory(prefix="pledger-codec-") as folder:
            path = Path(folder) / name
            path.write_bytes(raw)
            return read(path)

    return of_bytes


def of_text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    """A reader of a text, as one of its UTF-8 bytes; other bytes never get to it."""

    def of_bytes(raw: bytes) -> Any:
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise NoteError("no text") from error
        return read(text)

    return of_bytes


def of_json(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """A reader of JSON, as the caller parses it; bytes that are no JSON never get to it."""

    def of_bytes(raw: bytes) -> Any:
        with suppress(orjson.JSONDecodeError):
            return read(orjson.loads(raw))
        raise NoteError("no JSON")

    return of_bytes


def of_bundle_json(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    return lambda raw: read(read_strict("a member", raw))


def archive(path: Path) -> None:
    """Every member of an archive is read."""
    with Container(path) as container:
        for name in container.members:
            container.read(name, 1 << 20)


def remembered(path: Path) -> Any:
    return Heads(path.parent).remembered(Log(ORIGIN, GENESIS, LOG_KEY))


def restored(path: Path) -> Any:
    assert path == record_path(path.parent)
    return read_restored(path.parent)


def hints_of(path: Path) -> Any:
    """Whatever stands there, hints are numbers."""
    hints = SizeHints(path)
    assert hints.get("key", "origin") >= 0
    return hints


def slot_of(raw: bytes) -> Record:
    found = Record.from_slot(raw)
    if found is None:
        raise StorageError("not whole")
    return found
