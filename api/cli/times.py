"""The four times of an entry, one below the other: claimed, recorded, witnessed, stamped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.cli.screen import line
from api.cli.words import said
from api.texts.language import Language

_NONE = ("немає", "none yet")
_HINT = (
    "Підписи свідків і штампи тут не перевірено: докази бере `pledger bundle event`",
    "Cosignatures and stamps are not verified here: `pledger bundle event` takes the evidence",
)


def show_times(times: Any, language: Language) -> None:
    """As the event's answer has them; nothing for an answer of an older server."""
    if not isinstance(times, dict):
        return
    for words, when in _rows(times):
        line(f"  {said(words, language)}: {when if when is not None else said(_NONE, language)}")
    if times.get("witnessed") or times.get("stamped"):
        line(f"  {said(_HINT, language)}", "dim")


def _rows(times: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str | None]]:
    for one in times.get("claimed") or ():
        yield ("Заявлено підписувачем", "Claimed by the signer"), f"{one.get('at')} ({one.get('kid')})"
    yield ("Зареєстровано", "Recorded"), times.get("recorded")
    witnessed = times.get("witnessed")
    lines = (witnessed or {}).get("cosignatures") or ()
    seen = ", ".join(f"{one.get('at')} {one.get('name')}" for one in lines)
    yield ("Засвідчено", "Witnessed"), f"{seen}; № 1–{witnessed.get('size')}" if witnessed else None
    stamped = times.get("stamped")
    when = f"{stamped.get('at')}; № 1–{stamped.get('size')}" if stamped else None
    yield ("Проставлено позначку часу", "Stamped"), when
