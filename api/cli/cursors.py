"""Where a reader of the feed has got to, in a small file that survives whatever ends the reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.cli.files import read_json, unreadable
from ledger.durable import write_whole


@dataclass(frozen=True, slots=True)
class Cursor:
    """genesis: of the ledger that was followed; after: the position to go on from."""

    genesis: str
    after: int


def read_cursor(path: Path, genesis: str) -> int | None:
    """The position, of this ledger; None while there is no file. Raises Unreadable."""
    if not path.exists():
        return None
    said = read_json(path)
    after = said.get("after") if isinstance(said, dict) else None
    if not isinstance(after, int) or isinstance(after, bool) or after < 0:
        raise unreadable(path, ("це не файл позиції", "this is no file of a cursor"))
    if said.get("genesis") != genesis:
        why = ("позиція в іншому реєстрі, не в цьому", "the position is one of another ledger")
        raise unreadable(path, why)
    return after


def write_cursor(path: Path, cursor: Cursor) -> None:
    """Whole and durably, or not at all. Raises StorageError."""
    write_whole(path, {"genesis": cursor.genesis, "after": cursor.after})
