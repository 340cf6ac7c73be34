"""Sentences that say what a year's figures come to, read once from evaluation.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_FORMS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("evaluation.toml").read_text(encoding="utf8")
)
_NONE: Final = {"uk": "не встановлено", "en": "not set"}


def summaries(sections: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Direction → one sentence in each language. sections: as projections/evaluation gives them."""
    projects, money = sections["projects"]["totals"], sections["money"]["totals"]
    indicators = sections["indicators"]["totals"]
    return {
        "projects": _said("projects", projects | projects["done"]),
        "money": _said("money", money),
        "results": _results(sections["results"]),
        "indicators": _said("indicators", indicators | indicators["against_target_now"]),
    }


def _results(results: Mapping[str, Any]) -> dict[str, str]:
    """What was made is said beside what was asked for, which may be none of it, or not configured."""
    states = [row["state"] for row in results["reports"]]
    made = {"made": len(states), "counted": sum(state in ("current", "partly") for state in states)}
    return _said("results" if results["configured"] else "not-configured", results["totals"] | made)


def _said(name: str, words: Mapping[str, Any]) -> dict[str, str]:
    return {
        language: form.format_map(
            {key: _NONE[language] if one is None else one for key, one in words.items()}
        )
        for language, form in _FORMS[name].items()
    }
