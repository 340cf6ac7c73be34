"""The words of `pledger restore`, from restoring.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "restoring.toml").read_text(encoding="utf8")
)
