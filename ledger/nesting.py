"""Cells as one nested value, and its hash: what two parties compare to know that they see one state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

Nested = dict[str, Any]


def nest(cells: Iterable[tuple[str, Any]]) -> Nested:
    """Paths to nested objects: /a/b = 1 → {"a": {"b": 1}}."""
    state: Nested = {}
    for path, value in cells:
        *parents, last = path.split("/")[1:]
        node = state
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    return state


def state_hash(state: Nested) -> str:
    """`sha256:` and SHA-256 of the state's canonical JSON (RFC 8785: names are ASCII)."""
    return "sha256:" + hashlib.sha256(orjson.dumps(state, option=orjson.OPT_SORT_KEYS)).hexdigest()
