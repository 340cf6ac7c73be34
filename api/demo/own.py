"""Whether a folder may be the demo's: an invented witness is never put beside a ledger of somebody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Final

from ledger.directory import Directory
from ledger.errors import LedgerError
from ledger.keyfile import load_key
from ledger.store.sqlite import SQLiteReader

KEYS: Final = "demo-keys"
PASSPHRASE: Final = "demo"  # noqa: S105 -- the demo's keys are for training, and say so


def is_own(data: Path) -> bool:
    """May the demo have this folder? One that is not there or empty, or whose ledger the demo opened.

    A name can be chosen by anybody; a registrar's key that lies there under the passphrase that everybody
    knows is no key of a real ledger. Nothing is written.
    """
    if not data.exists():
        return True
    if not data.is_dir():
        return False
    if not any(data.iterdir()):
        return True
    directory = Directory(data)
    # First what needs no look into the database: to open that may leave files beside it.
    return (data / KEYS).is_dir() and directory.ledger_db.exists() and _opened_by_demo(directory)


def _opened_by_demo(directory: Directory) -> bool:
    """Do the keys of all registrars of the opening lie there for everybody to use?"""
    reader = SQLiteReader(directory.ledger_db)
    try:
        first = reader.entries(0, 1)
    except sqlite3.Error:
        return False  # whose it is cannot be told
    finally:
        reader.close()
    if not first:
        return False
    registrars = first[0].stated().event.data.registrars
    place = directory.path / KEYS
    return all(_kid(place / f"{one.person}.pem") == one.public_key().kid for one in registrars)


def _kid(file: Path) -> str | None:
    """Of a private key under the demo's passphrase; None if there is none."""
    try:
        return load_key(file, PASSPHRASE).public.kid
    except (LedgerError, OSError):
        return None


def refusal(data: Path) -> Iterator[str]:
    """What a person is told of a folder that is not the demo's."""
    another = "pledger demo --data build/demo"
    yield f"✗ {quote(str(data))}: тека не порожня, і реєстр у ній створив не стенд. Нічого не змінено."
    yield "  Стенд ставить поруч вигаданого свідка й вигадану службу часу: справжньому реєстру це шкодить."
    yield f"  Назвіть іншу теку, якої ще немає: {another}. Справжній реєстр запускає `pledger serve`."
    yield f"✗ {quote(str(data))}: the folder is not empty, and its ledger is none that the demo made."
    yield "  Nothing was changed. The demo puts an invented witness and an invented time-stamping authority"
    yield "  beside its ledger, which would harm a real one."
    yield f"  Name another folder, which is not there yet: {another}. `pledger serve` runs a real ledger."
