"""What a directory records of restores, and every server shows for ever. ledger/restoring.py makes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ledger.errors import StorageError
from ledger.sentence import Sentence

# Who holds the key and its memory: files beside the log; a signer that was asked; or one that was not, so
# that it is unknown what was signed, and what is missing.
SignerKind = Literal["beside", "asked", "unknown"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who remembers the log apart from this machine. size: None if they did not say."""

    who: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What one restore did. Sizes in entries, roots hexadecimal.

    at: instant. source: the backup's name. before: entries that stood here before, None if none did.
    signed_size, signed_root: what the log key had signed last, None if its memory was lost or is unknown.
    missing: first and last number (№) of the entries that are signed and not here. new_memory: the key's
    memory was started anew at this size; asked: who was asked first. unprotected: nobody was asked, so
    that entries may be lost of which nothing here knows. signer: whose memory signed_size is of.
    """

    at: str
    source: str
    origin: str
    genesis: str
    size: int
    root: str
    before: int | None
    signed_size: int | None
    signed_root: str | None
    missing: tuple[int, int] | None
    new_memory: bool = False
    asked: tuple[Asked, ...] = ()
    unprotected: bool = False
    signer: SignerKind = "beside"


def record_path(directory: Path) -> Path:
    return directory / "restored.json"


def read_restored(directory: Path) -> list[Restored]:
    """All restores of a directory, oldest first. Raises StorageError if the record is damaged."""
    path = record_path(directory)
    try:
        rows = json.loads(path.read_text(encoding="utf8"))["restored"]
        return [_read_record(row) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(
            Sentence(
                "{path}, the record of what was restored here, is damaged: {why}",
                "record-damaged",
                path=path,
                why=error,
            )
        ) from error


def _read_record(row: dict[str, Any]) -> Restored:
    missing, asked = row["missing"], tuple(Asked(**one) for one in row["asked"])
    return Restored(**{**row, "asked": asked, "missing": tuple(missing) if missing is not None else None})
