"""The shape of an answer in a bundle: for each type the members that the verifier computes again, no others.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.kinds.act_registered import ActRegistered


@dataclass(frozen=True, slots=True)
class Rows:
    """A list, each row of this shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Named:
    """An object with names of its own (paths), each member of this shape."""

    shape: Shape


# None: the value as it is; an object: these members of it, as far as they are there.
Shape = Mapping[str, Any] | Rows | Named | None


def _all(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names)


_KNOWN = _all("position")
_POINT: dict[str, Shape] = {"as_of": None, "known": _KNOWN}
_SIDE = _all("value", "removed", "event", "doubt")
_SIGNERS = Rows(_all("person", "office", "kid"))
_ACT = _all("id", "point")
_FILES = Rows(_all("name", "media_type", "size", "sha256", "access"))

SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "programme": {
        "programme": None,
        **_POINT,
        "state": None,
        "cells": Named(_all("event", "index", "from", "doubt")),
        "state_hash": None,
    },
    "diff": {
        "programme": None,
        "from": _POINT,
        "to": _POINT,
        "changes": Rows({"path": None, "old": _SIDE, "new": _SIDE}),
    },
    "cell": {
        "programme": None,
        **_POINT,
        "path": None,
        "value": _SIDE,
        "items": Rows(
            {
                **_all("op", "value", "from", "old", "event", "index", "kind", "recorded_at", "reason"),
                "act": _ACT,
                "signers": _SIGNERS,
            }
        ),
    },
    "event": {
        **_all("event", "index", "kind", "stream", "version", "recorded_at", "payload", "slot", "entry"),
        **_all("effective", "reason", "example", "acknowledges", "corrects", "doubt"),
        "act": _ACT,
        "signers": _SIGNERS,
        "files": _FILES,
        "writes": Rows(_all("path", "from", "op", "new")),
    },
    "act": {
        "item": {
            **_all("id", "body", "event", "index", "example", "doubt", "counts"),
            **_all(*(name for name in ActRegistered.model_fields if name != "act")),
        },
        "known": _KNOWN,
    },
}


def shaped(type_: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What of the API's answer stands in a bundle."""
    found: dict[str, Any] = _shaped(SHAPES[type_], answer)
    return found


def _shaped(shape: Shape, value: Any) -> Any:
    if shape is None or value is None:
        return value
    if isinstance(shape, Rows):
        return [_shaped(shape.shape, row) for row in value]
    if isinstance(shape, Named):
        return {name: _shaped(shape.shape, one) for name, one in value.items()}
    return {name: _shaped(inner, value[name]) for name, inner in shape.items() if name in value}
