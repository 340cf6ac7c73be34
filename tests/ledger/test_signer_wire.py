"""What a signer and its clients say: one spelling each, and nothing else is understood or fails otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import dumps
from ledger.signing import wire

TOKEN = b"t" * 32
NONCE = "0" * 64
HASHES = st.binary(min_size=32, max_size=32)
SIZES = st.integers(0, 2**53 - 1)
TREES = st.builds(
    wire.Tree,
    size=SIZES,
    root=HASHES,
    proof=st.lists(HASHES, max_size=wire.PROOF_HASHES_MAX).map(tuple),
    since=st.one_of(st.none(), SIZES),
)
TOKENS = st.sampled_from([None, TOKEN])


@given(tree=TREES, token=TOKENS, number=st.integers(0, 2**40))
def test_a_request_is_read_as_it_was_meant_and_fits_its_line(
    tree: wire.Tree, token: bytes | None, number: int
) -> None:
    line, mac = wire.seal_request(token, NONCE, number, wire.ask_sign(tree))
    assert len(line) <= wire.LINE_BYTES_MAX
    assert wire.read_request(token, NONCE, line) == wire.Request(number, tree, mac)
    line, mac = wire.seal_request(token, NONCE, number, wire.ask_last())
    assert wire.read_request(token, NONCE, line) == wire.Request(number, None, mac)


@given(raw=st.binary(max_size=300), token=TOKENS)
def test_no_bytes_are_understood_that_nobody_meant(raw: bytes, token: bytes | None) -> None:
    for read in (
        lambda: wire.read_request(token, NONCE, raw + b"\n"),
        lambda: wire.read_answer(TOKEN, b"m" * 32, raw + b"\n"),
        lambda: wire.read_greeting(raw + b"\n"),
    ):
        with pytest.raises(wire.WireError):
            read()


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 2**60), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("abn", max_size=3), inner)),
    max_leaves=6,
)
NAMES = [
    "ask",
    "id",
    "mac",
    "n",
    "proof",
    "root",
    "since",
    "size",
    "keys",
    "origin",
    "note",
    "refused",
    "why",
]


@settings(max_examples=300)
@given(tree=TREES, name=st.sampled_from(NAMES), value=JSON)
def test_a_member_of_another_shape_is_refused_and_nothing_else_goes_wrong(
    tree: wire.Tree, name: str, value: Any
) -> None:
    members = {**wire.ask_sign(tree), "id": NONCE, "n": 0, name: value}
    try:
        line = dumps(members) + b"\n"
    except Exception:  # noqa: BLE001 -- no JSON of ours
        return
    try:
        read = wire.read_request(None, NONCE, line)
    except wire.WireError:
        return
    assert read.tree is not None
    meant = {**wire.ask_sign(read.tree), "id": members["id"], "n": read.number}
    assert dumps(meant) + b"\n" == line


@given(members=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6))
def test_an_answer_of_another_shape_is_refused_and_nothing_else_goes_wrong(members: dict[str, Any]) -> None:
    for read in (wire.read_state, wire.read_tree):
        try:
            read(members)
        except wire.WireError:
            continue
        assert {"size", "root"} <= members.keys()


@given(tree=TREES, at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_sealed_line_is_taken(tree: wire.Tree, at: int, bit: int) -> None:
    request, mac = wire.seal_request(TOKEN, NONCE, 0, wire.ask_sign(tree))
    answer = wire.seal_answer(TOKEN, mac, {"note": "n"})
    for line, read in (
        (request, lambda changed: wire.read_request(TOKEN, NONCE, changed)),
        (answer, lambda changed: wire.read_answer(TOKEN, mac, changed)),
    ):
        place = at % len(line)
        changed = line[:place] + bytes([line[place] ^ 1 << bit]) + line[place + 1 :]
        with pytest.raises(wire.WireError):
            read(changed)


def test_a_request_is_bound_to_its_token_and_nonce_and_an_answer_to_its_request() -> None:
    line, mac = wire.seal_request(TOKEN, NONCE, 0, wire.ask_last())
    for token, nonce in ((b"u" * 32, NONCE), (TOKEN, "1" * 64), (None, NONCE)):
        with pytest.raises(wire.NotAuthentic):
            wire.read_request(token, nonce, line)
    answer = wire.seal_answer(TOKEN, mac, {"note": "n"})
    assert wire.read_answer(TOKEN, mac, answer) == {"note": "n"}
    for token, bound in ((b"u" * 32, mac), (TOKEN, bytes(32)), (None, mac)):
        with pytest.raises(wire.NotAuthentic):
            wire.read_answer(token, bound, answer)
    with pytest.raises(wire.NotAuthentic):  # a request is no answer
        wire.read_answer(TOKEN, mac, line)


def test_two_requests_are_never_alike() -> None:
    first, second = (wire.seal_request(TOKEN, NONCE, 0, wire.ask_last())[1] for _ in range(2))
    assert first != second
