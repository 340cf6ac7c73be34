"""The words of a verification, read once from checks.toml: what a check means, and what it found."""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Formatter
from typing import Any, Final, NamedTuple

from api.texts.catalogue import PROBLEMS
from api.texts.details import detail_words
from api.texts.fill import fill
from api.texts.language import Language
from ledger.verify.report import Check, Fault

_FAULT_WORD_MAX: Final = 600  # roots, keys and names of two sides have to fit


class CheckText(NamedTuple):
    """title: two words; means: what has to hold; ok: what is said when it held."""

    title: dict[Language, str]
    means: dict[Language, str]
    ok: dict[Language, str]


Words = dict[str, dict[str, str]]

_TABLES: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("checks.toml").read_text(encoding="utf8")
)


def _pair(row: dict[str, str], part: str) -> dict[Language, str]:
    return {"uk": row[f"{part}-uk"], "en": row[f"{part}-en"]}


CHECKS: Final[dict[str, CheckText]] = {
    name: CheckText(_pair(row, "title"), _pair(row, "means"), _pair(row, "ok"))
    for name, row in _TABLES["checks"].items()
}
REASONS: Final[Words] = _TABLES["reasons"]
NOTES: Final[Words] = _TABLES["notes"]
FAULTS: Final[Words] = _TABLES["faults"]
LIMITS: Final[Words] = _TABLES["limits"]
VERDICTS: Final[Words] = _TABLES["verdicts"]

# What a check that was made, and then had nothing to look at, is said to be.
NOTHING: Final = "nothing"
UNREACHED: Final = "unreached"


def is_empty(check: Check) -> bool:
    """Did it look at nothing, or not to its end? Then nothing can be said to hold."""
    return check.status == "ok" and (not check.count or _is_unfinished(check))


def _is_unfinished(check: Check) -> bool:
    """Does what would be said of it name what is not there? Then something above stopped it."""
    named = {name for _, name, _, _ in Formatter().parse(CHECKS[check.name].ok["en"]) if name}
    return any(check.facts.get(name) is None for name in named - {"count", "wrong"})


def sentence(check: Check, language: Language) -> str:
    """What a check found, in one sentence and what is told besides."""
    words = {**check.facts, "count": check.count, "wrong": check.wrong}
    if check.status == "failed":
        text = CHECKS[check.name].means[language]
    elif check.status == "ok" and not is_empty(check):
        text = fill(CHECKS[check.name].ok[language], words, language)
    else:
        text = reason_words(check.name, check.reason or _why_empty(check), words, language)
    notes = (
        fill(row[language], words, language)
        for name, row in NOTES.items()
        if name.partition(".")[0] == check.name and check.facts.get(name.partition(".")[2])
    )
    return "; ".join([text, *notes]) if check.status != "failed" else text


def _why_empty(check: Check) -> str:
    return UNREACHED if check.count else NOTHING


def limit_words(check: Check, language: Language) -> str:
    """What a warning takes from the verdict; "" if it takes nothing."""
    row = LIMITS.get(check.reason) if check.status == "warning" else None
    return fill(row[language], {**check.facts, "count": check.count}, language) if row is not None else ""


def reason_words(check: str, reason: str, words: dict[str, Any], language: Language) -> str:
    """Why a check was not made, or what it warns of."""
    row = REASONS.get(f"{check}.{reason}") or REASONS.get(reason)
    return fill(row[language], words, language) if row is not None else reason


def fault_words(check: str, fault: Fault, language: Language) -> str:
    """What is wrong, and what that means for whoever reads it. A refusal has the door's own words."""
    row = FAULTS.get(f"{check}.{fault.code}") or FAULTS.get(fault.code)
    detail = _shown(detail_words(str(fault.detail), language))
    if row is not None:
        return _filled(row[language], _shown(detail_words(str(fault.where), language)), detail)
    refusal = PROBLEMS.get(fault.code)
    title = refusal.title[language] if refusal is not None else fault.code
    return f"{title}: {detail}" if detail else title


def _filled(form: str, where: str, detail: str) -> str:
    """What is not there is not said: its colon and its brackets go with it."""
    for name, word in (("where", where), ("detail", detail)):
        if not word:
            for around in (f": {{{name}}}", f" ({{{name}}})", f" {{{name}}}"):
                form = form.replace(around, "")
    return form.format_map({"where": where, "detail": detail})


def _shown(given: object) -> str:
    text = str(given)  # of a file that was tampered with it may be no text
    return text if len(text) <= _FAULT_WORD_MAX else text[:_FAULT_WORD_MAX] + "…"
