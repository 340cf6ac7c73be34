"""The state of a programme: nested values, and for each cell the event that set it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from projections.cells import Cell, read_cells
from projections.doubtful import read_doubtful
from projections.reading import Reading

Nested = dict[str, Any]


def read_state(reading: Reading, programme: str, as_of: str, prefix: str = "") -> Nested:
    """{"state", "cells", "gone", "state_hash"}: removed is null, none is no member.

    gone: the cells that have no value by what is in doubt, each with the word.
    state_hash: SHA-256 of the state's canonical JSON (RFC 8785: names are ASCII).
    """
    cells = list(read_cells(reading, programme, as_of, prefix))
    doubtful = read_doubtful(reading, programme)
    state = nest(cells)
    return {
        "state": state,
        "cells": {
            path: {
                "event": answer.last.event,
                "index": answer.last.entry,
                "from": answer.last.rank[0],
                "doubt": doubtful.of(path, as_of, answer),
            }
            for path, answer in cells
        },
        "gone": [
            {"path": path, "doubt": word}
            for path, word in doubtful.gone(as_of, {cell.path for cell in cells}, prefix).items()
        ],
        "state_hash": hash_of(state),
    }


def hash_of(state: Nested) -> str:
    """Of a whole state, or of the part under a path."""
    canonical = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def nest(cells: Iterable[Cell]) -> Nested:
    """Paths to nested objects: /a/b = 1 → {"a": {"b": 1}}."""
    state: Nested = {}
    for path, answer in cells:
        *parents, last = path.split("/")[1:]
        node = state
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = answer.value
    return state


def nest_paths(paths: Iterable[str]) -> Nested:
    """The same tree of names, without the values: /a/b → {"a": {"b": {}}}."""
    tree: Nested = {}
    for path in paths:
        node = tree
        for name in path.split("/")[1:]:
            node = node.setdefault(name, {})
    return tree


def last_concern(reading: Reading, programme: str) -> int | None:
    """The last leaf index below the position that concerns a programme; None if none does. Raises Blocked."""
    reading.check(programme)
    query = "SELECT MAX(leaf_index) FROM concerns WHERE programme=? AND leaf_index<? AND known_from<=?"
    found = reading.rows(query, [programme, reading.position, reading.position])[0][0]
    return int(found) if found is not None else None


def is_known(reading: Reading, programme: str) -> bool:
    """Was the programme on the record by this position?"""
    query = "SELECT 1 FROM programmes WHERE id=? AND adopted_from<?"
    return bool(reading.rows(query, [programme, reading.position]))
