"""Up to where a bundle can be asked for so that witnesses vouch for all of it."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from api.client import Client
from ledger.checkpoint import Checkpoint
from ledger.entry import read_entry
from ledger.errors import LedgerError
from ledger.tlog.reading import TiledLog

_LOOKED_AT: Final = 200  # entries: heads are stated right before the checkpoint over them is signed

HINT: Final = (
    "Свідки цього ще не бачили. Те, що вони бачили: --known {known}",
    "No witness has seen this yet. What they have seen: --known {known}",
)


def witnessed_position(client: Client, head: Checkpoint) -> int | None:
    """The position that the newest witnessed heads prove; None if the server does not show any.

    The server's word, and a hint only: the bundle that is asked for then is verified as every other.
    head: of the log, as it was checked before.
    """
    try:
        size = _size(client.ledger().get("witnessed"))
        if not 0 < size <= head.size:
            return None
        start, found = max(0, size - _LOOKED_AT), None
        for raw in islice(TiledLog(client.log_file, head).entries(start), size - start):
            entry = read_entry(raw)
            event = entry.stated().event if entry.stream == "trust" else None
            if event is not None and event.kind == "ledger.heads":
                found = int(event.data.size)
    except (LedgerError, ValueError, KeyError, TypeError):
        return None
    return found


def _size(witnessed: Any) -> int:
    size = witnessed.get("size") if isinstance(witnessed, dict) else None
    return size if type(size) is int else 0
