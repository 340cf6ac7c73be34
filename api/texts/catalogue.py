"""The catalogue of problems and discrepancies, read once from the .toml files beside this."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent


class ProblemText(NamedTuple):
    """One row of the one table: status, and title and message in both languages."""

    status: int
    title: dict[str, str]
    message: dict[str, str]


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf8"))


PROBLEMS: dict[str, ProblemText] = {
    code: ProblemText(
        row["status"], {"uk": row["title-uk"], "en": row["title-en"]}, {"uk": row["uk"], "en": row["en"]}
    )
    for code, row in _read("problems.toml").items()
}
DISCREPANCIES: dict[str, dict[str, str]] = _read("discrepancies.toml")
CAUSES: dict[str, dict[str, str]] = _read("causes.toml")
