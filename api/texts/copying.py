"""The words of `pledger copy`, `pledger backup` and of a restore's documents, from copying.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "copying.toml").read_text(encoding="utf8")
)
