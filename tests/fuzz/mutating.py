"""Bytes near good ones: cut, doubled, swapped, with another byte, nested deep; as JSON, with places bent."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from hypothesis import strategies as st

from tests.fuzz.bending import bent

# What parsers trip over: nesting, numbers that are no integers of anybody, half characters, other line ends.
TOKENS = (
    b"", b"\x00", b"\n", b"\r\n", b"\n\n", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\x94 ", b'"', b"{}", b"[]",
    b"null", b"true", b"-0", b"1e999", b"9" * 5000, b"NaN", b"Infinity", b'"\\ud800"',
    b"[" * 990 + b"]" * 990, b"[" * 100_000, b'{"a":' * 990 + b"1" + b"}" * 990, b"\x30\x80",
    b"\x30\x84\xff\xff\xff\xff", b"/", b"%", b"=", "٣".encode(), "\u2028".encode(), "é".encode(),
    "e\u0301".encode(), b"&a *a", b"!!python/object:x",
)  # fmt: skip


@st.composite
def near(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Any of the seeds, with one to four changes."""
    raw = draw(st.sampled_from(seeds))
    if draw(st.booleans()):
        return _as_json(draw, raw)
    for _ in range(draw(st.integers(1, 4))):
        raw = _changed(draw, raw)
    return raw


def _as_json(draw: st.DrawFn, raw: bytes) -> bytes:
    """Bent as JSON, sorted as canonical JSON is; what is none is changed as bytes."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _changed(draw, raw)
    changed = draw(bent({"whole": value}))
    return orjson.dumps(changed.get("whole"), option=orjson.OPT_SORT_KEYS)


def _changed(draw: st.DrawFn, raw: bytes) -> bytes:
    start, end = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
    way = draw(st.sampled_from(["put", "put", "flip", "cut", "double", "swap", "any"]))
    if way == "put":
        return raw[:start] + draw(st.sampled_from(TOKENS)) + raw[start if draw(st.booleans()) else end :]
    if way == "flip" and start < len(raw):
        return raw[:start] + bytes([draw(st.integers(0, 255))]) + raw[start + 1 :]
    if way == "double":
        return raw[:end] + raw[start:]
    if way == "swap":
        return raw[start:end] + raw[:start] + raw[end:]
    return raw[:start] + (draw(st.binary(max_size=8)) if way == "any" else b"") + raw[end:]
