"""The words of the checks of one event, read once from event_checks.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.checking.outcome import Checked
from api.texts.catalogue import PROBLEMS
from api.texts.fill import fill
from api.texts.language import Language
from ledger.clock import parse_instant

_TEXTS: Final[dict[str, dict[str, dict[str, str]]]] = tomllib.loads(
    Path(__file__).with_name("event_checks.toml").read_text(encoding="utf8")
)
_LANGUAGES: Final[tuple[Language, ...]] = ("uk", "en")
_TIMES: Final = ("at", "claimed")


def text_of(code: str, outcome: str, reason: str) -> dict[str, str]:
    """title-uk, title-en, text-uk, text-en of what a check came to; those of the outcome alone if the reason
    has none of its own, else of the reason whatever the check."""
    of_check = _TEXTS.get(code, {})
    found = of_check.get(f"{outcome}-{reason}") if reason else of_check.get(outcome)
    if found is not None:
        return found
    return {**of_check["asked"], **_TEXTS["any"][reason]}


def words_of(one: Checked, zone: ZoneInfo) -> dict[str, dict[str, str]]:
    """Title and explanation in both languages. zone: of the ledger, in which times are told."""
    row = text_of(one.code, one.outcome, one.reason)
    facts = {name: _moment(value, zone) if name in _TIMES else value for name, value in one.facts.items()}
    return {
        part: {lang: fill(row[f"{part}-{lang}"], {**facts, **_why(one, lang)}, lang) for lang in _LANGUAGES}
        for part in ("title", "text")
    }


def _why(one: Checked, language: Language) -> dict[str, Any]:
    """A refusal by its title, not by its code."""
    code = one.facts.get("why")
    if code is None:
        return {}
    problem = PROBLEMS.get(str(code))
    return {"refused": problem.title[language] if problem is not None else str(code)}


def _moment(instant: Any, zone: ZoneInfo) -> Any:
    if not isinstance(instant, str):
        return instant
    try:
        return f"{parse_instant(instant).astimezone(zone):%d.%m.%Y, %H:%M}"
    except OverflowError:  # a signer may claim any time: the first or the last day there is has no local one
        return instant
