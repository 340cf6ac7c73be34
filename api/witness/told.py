"""What a witness says of itself and of what it saw: members for programs, sentences for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.texts.plural import entries
from ledger.clock import format_instant
from ledger.cosignature import CosignatureVerifier, time_of
from ledger.note import parse_note
from ledger.witness.memory import Evidence, Head, WitnessMemory
from ledger.witness.witness import Witness

Members = dict[str, Any]


def told(witness: Witness) -> Members:
    """All of it. Raises StorageError."""
    return told_of(witness.signer.verifier, witness.memory, sorted(witness.logs))


def told_of(verifier: CosignatureVerifier, memory: WitnessMemory, origins: list[str]) -> Members:
    """The same for a folder that nobody serves. origins: of the logs that are followed."""
    heads = {head.checkpoint.origin: head for head in memory.heads()}
    evidence = memory.evidence()
    names = sorted({*origins, *heads})
    return {
        "name": verifier.name,
        "key": str(verifier.key),
        "message": {
            "uk": f"Свідок {verifier.name}: підтверджує, що журнали лише доповнюються.",
            "en": f"Witness {verifier.name}: it confirms that logs are only added to.",
        },
        "logs": [
            _log(name, heads.get(name), [one for one in evidence if one.origin == name], verifier)
            for name in names
        ],
    }


def _log(origin: str, head: Head | None, evidence: list[Evidence], verifier: CosignatureVerifier) -> Members:
    return {
        "origin": origin,
        "size": head.checkpoint.size if head is not None else 0,
        "root": head.checkpoint.root.hex() if head is not None else None,
        "time": instant(head.time) if head is not None else None,
        "checkpoint": head.note if head is not None else None,
        "evidence": [_evidence(one, verifier) for one in evidence],
        "message": _words(origin, head, evidence),
    }


def _evidence(one: Evidence, verifier: CosignatureVerifier) -> Members:
    """time: when the other note was shown; kept_time: when the kept one was cosigned."""
    ours = verifier.name, verifier.key_id
    times = [time_of(line) for line in parse_note(one.kept).signatures if (line.name, line.key_id) == ours]
    return {
        "proven": one.proven,
        "seen": one.seen,
        "time": instant(one.time),
        "kept": one.kept,
        "kept_time": instant(times[0]) if times else None,
    }


def _words(origin: str, head: Head | None, evidence: list[Evidence]) -> dict[str, str]:
    uk, en = _seen(origin, head)
    forks = sum(one.proven for one in evidence)
    doubts = len(evidence) - forks
    if forks:
        uk += f" ТРИВОГА: журнал підписав дві різні історії; доказів: {forks}."
        en += f" ALARM: the log signed two different histories; pieces of evidence: {forks}."
    if doubts:
        uk += f" Підписаних контрольних точок, узгодженості яких не доведено: {doubts}."
        en += f" Signed checkpoints that were not shown to be consistent: {doubts}."
    return {"uk": uk, "en": en}


def _seen(origin: str, head: Head | None) -> tuple[str, str]:
    if head is None:
        return f"{origin}: ще нічого не бачив.", f"{origin}: nothing seen yet."
    size, time = head.checkpoint.size, instant(head.time)
    return (
        f"{origin}: бачив {entries(size, 'uk')}, востаннє підтвердив {time}.",
        f"{origin}: seen with {entries(size, 'en')}, confirmed last at {time}.",
    )


def instant(time: int) -> str:
    """POSIX seconds as RFC 3339; a number that no calendar holds stays a number."""
    try:
        return format_instant(datetime.fromtimestamp(time, UTC))
    except (OverflowError, ValueError, OSError):
        return str(time)
