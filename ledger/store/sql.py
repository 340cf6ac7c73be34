"""Reading .sql files."""

from __future__ import annotations

from pathlib import Path


def statements(path: Path) -> list[str]:
    """The statements of a file, without its comment lines."""
    lines = path.read_text(encoding="utf8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
    return [part.strip() for part in text.split(";") if part.strip()]
