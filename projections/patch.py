"""A diff as JSON Patch (RFC 6902) over the nested state: patch(from, diff) = to."""

from __future__ import annotations

from typing import Any

Operation = dict[str, Any]


def make_patch(old: Any, new: Any, path: str = "") -> list[Operation]:
    """The operations that turn one nested state into another, each change after a `test`."""
    if isinstance(old, dict) and isinstance(new, dict):
        operations: list[Operation] = []
        for name in sorted({*old, *new}):
            operations.extend(_member(old, new, name, f"{path}/{_escape(name)}"))
        return operations
    if old == new and type(old) is type(new):
        return []
    return [{"op": "test", "path": path, "value": old}, {"op": "replace", "path": path, "value": new}]


def _member(old: dict[str, Any], new: dict[str, Any], name: str, path: str) -> list[Operation]:
    if name not in old:
        return [{"op": "add", "path": path, "value": new[name]}]
    if name not in new:
        return [{"op": "test", "path": path, "value": old[name]}, {"op": "remove", "path": path}]
    return make_patch(old[name], new[name], path)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
