"""The words of a verification, read once from checks.toml: what a check means, and what it found."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from api.texts.catalogue import PROBLEMS
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
VERDICTS: Final[Words] = _TABLES["verdicts"]

# What a check that was made, and then had nothing to look at, is said to be.
NOTHING: Final = "nothing"
UNREACHED: Final = "unreached"


def is_empty(check: Check) -> bool:
    """Did it look at nothing? Then nothing can be said to hold."""
    return check.status == "ok" and not check.count


def sentence(check: Check, language: Language) -> str:
    """What a check found, in one sentence and what is told besides."""
    words = {**check.facts, "count": check.count, "wrong": check.wrong}
    if check.status == "failed":
        text = CHECKS[check.name].means[language]
    elif check.status == "ok" and not is_empty(check):
        text = fill(CHECKS[check.name].ok[language], words, language)
    else:
        text = reason_words(check.name, check.reason or NOTHING, words, language)
    notes = (
        fill(row[language], words, language)
        for name, row in NOTES.items()
        if name.partition(".")[0] == check.name and check.facts.get(name.partition(".")[2])
    )
    return "; ".join([text, *notes]) if check.status != "failed" else text


def reason_words(check: str, reason: str, words: dict[str, Any], language: Language) -> str:
    """Why a check was not made, or what it warns of."""
    row = REASONS.get(f"{check}.{reason}") or REASONS.get(reason)
    return fill(row[language], words, language) if row is not None else reason


def fault_words(check: str, fault: Fault, language: Language) -> str:
    """What is wrong, and what that means for whoever reads it. A refusal has the door's own words."""
    row = FAULTS.get(f"{check}.{fault.code}") or FAULTS.get(fault.code)
    if row is not None:
        return _filled(row[language], fault)
    refusal = PROBLEMS.get(fault.code)
    if refusal is None:
        return f"{fault.code}: {fault.detail}".rstrip(": ")
    title = refusal.title[language]
    return f"{title}: {_shown(fault.detail)}" if fault.detail else title


def _filled(form: str, fault: Fault) -> str:
    words = {"where": _shown(fault.where) or "–", "detail": _shown(fault.detail) or "–"}
    return form.format_map(words)


def _shown(given: object) -> str:
    text = str(given)  # of a file that was tampered with it may be no text
    return text if len(text) <= _FAULT_WORD_MAX else text[:_FAULT_WORD_MAX] + "…"
