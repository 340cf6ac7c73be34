"""Files that hold what was answered before.

PLEDGER_UPDATE_GOLDEN=1 writes them anew: docs/api.md says when.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "golden"
SCHEMAS = FOLDER / "schemas"
ANSWERS = FOLDER / "answers"
OPENAPI = FOLDER / "openapi.json"

UPDATING = os.environ.get("PLEDGER_UPDATE_GOLDEN") == "1"
HOW = "see “How the promise is kept” in docs/api.md"


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf8"))


def keep(path: Path, content: Any) -> None:
    """As a person would compare it: one member a line, in order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf8")


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))
