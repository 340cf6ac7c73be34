"""A forged copy of a ledger file: one digit of one amount is another. To be found by whoever verifies it."""

from __future__ import annotations

import re
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import closing
from pathlib import Path
from typing import Final

from ledger.errors import StorageError

_PAYLOAD: Final = re.compile(rb'"payload":"([A-Za-z0-9_-]+)"')
_AMOUNT: Final = re.compile(rb'"amount":"([0-9])([0-9]*\.[0-9]{2})"')


def tampered_copy(source: Path, target: Path) -> str:
    """Copy a ledger file, which may be in use, and change the first amount in it. Says what was changed.

    Raises StorageError if there is no amount in it.
    """
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, to be handed on
        for row, entry in new.execute("SELECT rowid, state FROM stored_events ORDER BY rowid"):
            if (forged := _forged(entry)) is not None:
                new.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (forged[0], row))
                new.commit()
                return f"№ {row}: {forged[1]}"
    raise StorageError(f"{source} holds no amount")


def _forged(entry: bytes) -> tuple[bytes, str] | None:
    """The entry with another first digit of its first amount, and both amounts; None if it has none."""
    said = _PAYLOAD.search(entry)
    if said is None:
        return None
    payload = urlsafe_b64decode(said[1] + b"=" * (-len(said[1]) % 4))
    amount = _AMOUNT.search(payload)
    if amount is None:
        return None
    digit = b"9" if amount[1] != b"9" else b"8"
    other = payload[: amount.start(1)] + digit + payload[amount.end(1) :]
    raw = urlsafe_b64encode(other).rstrip(b"=")
    words = f"{(amount[1] + amount[2]).decode()} → {(digit + amount[2]).decode()}"
    return entry[: said.start(1)] + raw + entry[said.end(1) :], words
