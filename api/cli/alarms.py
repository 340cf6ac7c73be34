"""An alarm in words: which head was remembered, which one is shown, what proves it, what to do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.texts.details import detail_words
from api.texts.language import Language
from ledger.checkpoint import Checkpoint
from ledger.seen import Fork, HeadAlarm, Rollback

_TEXTS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent.parent / "texts" / "alarms.toml").read_text(encoding="utf8")
)


def alarm_lines(alarm: HeadAlarm, language: Language) -> Iterator[str]:
    """Nothing of the answer is shown beside these."""
    texts = _TEXTS[type(alarm).__name__]
    yield texts[f"title-{language}"]
    yield f"{_word('remembered', language)}: {_remembered(alarm, language)}"
    yield f"{_word('shown', language)}: {_shown(alarm, language)}"
    why = detail_words(alarm.why, language)
    if why:
        yield f"  {why}"
    if alarm.evidence is not None:
        yield f"{_word('evidence', language)}: {alarm.evidence}"
    yield texts[f"advice-{language}"]
    if alarm.kept is not None and isinstance(alarm, Rollback | Fork):
        yield f"{_word('lost', language)}: {alarm.kept}"


def _word(name: str, language: Language) -> str:
    return _TEXTS["words"][f"{name}-{language}"]


def _remembered(alarm: HeadAlarm, language: Language) -> str:
    if alarm.old is None:
        return _word("nothing", language)
    seen = f"{_word('seen', language)} {alarm.old.seen_at}"
    return f"{_head(alarm.old.checkpoint, language)}, {seen}"


def _shown(alarm: HeadAlarm, language: Language) -> str:
    if alarm.claimed is None:
        return _word("nothing", language)
    by = "signed" if alarm.new is not None else "unsigned"
    return f"{_head(alarm.claimed, language)} ({_word(by, language)})"


def _head(head: Checkpoint, language: Language) -> str:
    return f"{_word('entries', language)} {head.size}, {_word('root', language)} {head.root.hex()}"
