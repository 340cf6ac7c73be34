"""A checkpoint that somebody kept, beside the newest head that a server shows: does the log extend it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from api.cli.words import Pair
from api.client import Client

SHORTER: Final[Pair] = ("записів стало менше", "there are fewer entries")
OTHER: Final[Pair] = ("записи інші", "the entries are others")
NONE: Final[Pair] = ("", "")


@dataclass(frozen=True, slots=True)
class Compared:
    """verdict: yes if something that the checkpoint covers is gone or changed. kept, now: sizes."""

    verdict: Literal["yes", "no"]
    kept: int
    now: int
    why: Pair = NONE

    def to_json(self) -> dict[str, Any]:
        why = {"uk": self.why[0], "en": self.why[1]} if self.why != NONE else None
        return {"verdict": self.verdict, "kept": self.kept, "now": self.now, "why": why}


def compare(client: Client, checkpoint: Path, trust: Path | None) -> Compared:
    """Both heads must be signed by the trusted log key; the proof is checked here (RFC 6962 §2.1.2).

    Raises NoTrust without a trust file, HeadAlarm for a note that the trusted key did not sign, and what the
    client raises.
    """
    from api.cli.trusted import read_note, read_trust
    from ledger.clock import SystemClock, format_instant
    from ledger.seen import Fork, Rollback, check_extends, open_head

    log, now = read_trust(trust).log, format_instant(SystemClock().now())
    kept = open_head(read_note(checkpoint), log, now)
    newest = open_head(client.checkpoint(), log, now)
    try:
        check_extends(kept, newest, client.consistency)
    except Rollback:
        return Compared("yes", kept.size, newest.size, SHORTER)
    except Fork:
        return Compared("yes", kept.size, newest.size, OTHER)
    return Compared("no", kept.size, newest.size)
