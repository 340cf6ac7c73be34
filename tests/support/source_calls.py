"""What the source calls by name: read once in a process, since parsing all of it takes seconds."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def calls_in(path: Path) -> tuple[tuple[str, ast.Call], ...]:
    """(name, call) of every call of something that has a name of its own, in no particular order."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return tuple((node.func.id, node) for node in found if isinstance(node.func, ast.Name))
