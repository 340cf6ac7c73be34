"""Applying a JSON Patch, written from RFC 6902 for objects alone: no code of ours is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any


class PatchError(AssertionError):
    """An operation does not apply to the document."""


def apply_patch(document: Any, operations: Iterable[Mapping[str, Any]]) -> Any:
    """The document after test, add, replace and remove; the one given stays as it is."""
    root = {"": deepcopy(document)}
    for operation in operations:
        parent, name = _place(root, operation["path"])
        present = name in parent
        match operation["op"]:
            case "add":
                parent[name] = deepcopy(operation["value"])
            case "test" if present and _same(parent[name], operation["value"]):
                pass
            case "replace" if present:
                parent[name] = deepcopy(operation["value"])
            case "remove" if present:
                del parent[name]
            case _:
                raise PatchError(f"{operation} does not apply")
    return root[""]


def _place(root: dict[str, Any], pointer: str) -> tuple[dict[str, Any], str]:
    """The object that a JSON Pointer's last name belongs to (RFC 6901), and the name."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")]
    node: Any = root
    for name in parents:
        if not isinstance(node, dict) or name not in node:
            raise PatchError(f"nothing at {name!r} of {pointer}")
        node = node[name]
    if not isinstance(node, dict):
        raise PatchError(f"{pointer} lies in no object")
    return node, last


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return type(one) is type(other) and bool(one == other)
