"""JSON with a few places replaced, removed or given a neighbour: near to what is right, and wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from hypothesis import strategies as st

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        [
            "", "-", "-0.00", "0.00", "1e3", "2025-02-30", "9999-12-31", "0001-01-01", "2025-13", "~",
            "programme:", "body:town-council", "root", "trust", "registrar", "\u202e", "\x00", "é",
            "е\u0301", "a" * 5000,
            "9999-12-31T23:59:59Z", "00000000-0000-7000-8000-000000000000",
        ]
    ),
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bent(draw: st.DrawFn, payload: Any, values: st.SearchStrategy[Any] = VALUES, times: int = 3) -> Any:
    """The JSON with one to `times` places bent."""
    payload = orjson.loads(orjson.dumps(payload))
    for _ in range(draw(st.integers(1, times))):
        places = list(_places(payload))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "replace":
            holder[key] = draw(values)
        elif action == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=8))] = draw(values)
        else:
            holder.append(draw(values))
    return payload


@st.composite
def nudged(draw: st.DrawFn, payload: Any, words: Mapping[str, Sequence[Any]]) -> Any:
    """The JSON with one to three values replaced by others that such a member may well have."""
    payload = orjson.loads(orjson.dumps(payload))
    places = [(holder, key, words[name]) for holder, key, name in _named(payload) if name in words]
    for _ in range(draw(st.integers(1, 3))) if places else ():
        holder, key, known = draw(st.sampled_from(places))
        holder[key] = draw(st.sampled_from(known))
    return payload


def _named(node: Any, name: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every value that holds no others, and the member that it is of."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        member = str(key) if isinstance(node, dict) else name
        if isinstance(node[key], dict | list):
            yield from _named(node[key], member)
        else:
            yield node, key, member


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])
