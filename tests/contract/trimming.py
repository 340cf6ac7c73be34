"""An answer made short: what is alike is kept once, what is different stays."""

from __future__ import annotations

from typing import Any

from tests.contract.asked import IDENTITY, paths

KEPT_MAX = 3  # members of data of which no two are of one kind, as measures of a state


def trimmed(value: Any, at: str = "") -> Any:
    """Items of a list, and members named by what they are about, only where they add a place or a type."""
    if isinstance(value, list):
        return [trimmed(one, at) for one in _telling([*enumerate(value)])]
    if not isinstance(value, dict):
        return value
    if at.startswith("/state"):
        value = dict([*value.items()][:KEPT_MAX])
    named = {name: one for name, one in value.items() if not IDENTITY.search(name)}
    about = [(name, one) for name, one in value.items() if IDENTITY.search(name)]
    keep = {id(one) for one in _telling(about)}
    members = {name: one for name, one in value.items() if name in named or id(one) in keep}
    return {name: trimmed(one, f"{at}/{name}") for name, one in members.items()}


def _telling(items: list[tuple[Any, Any]]) -> list[Any]:
    seen: set[tuple[str, str]] = set()
    kept = []
    for _, one in items:
        places = {*paths(one)}
        if not places <= seen:
            kept.append(one)
            seen |= places
    return kept
