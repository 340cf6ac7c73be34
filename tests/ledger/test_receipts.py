"""Receipts: what proves that an entry is in the log, and what does not."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import dumps
from ledger.clock import format_instant
from ledger.merkle import leaf_hash, prove_inclusion, tree_root
from ledger.receipt import Receipt, ReceiptError, check_receipt, read_receipt
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from tests.support.appending import (
    position,
)
from tests.support.clock import START
from tests.support.log import (
    BOOKS,
    PUBLIC,
    ROADS,
    HandClock,
    Small,
    altered,
    audit,
    checkpoint_of,
    found_small,
    kids,
    new_id,
    receipt_json,
)
from tests.support.people import STRANGER, key_of

# -- receipts ------------------------------------------------------------------


def test_a_receipt_proves_what_was_submitted(ledger: Ledger, small: Small) -> None:
    before = position(ledger)
    payload = small.transfer()
    (receipt,) = small.submit(ledger, payload)
    entry = small.check(payload, receipt)
    assert (receipt.index, receipt.stream, receipt.event) == (before, ROADS, json.loads(payload)["id"])
    assert receipt.version == entry.version == 2
    assert ledger.reader.entries(receipt.index, 1) == [entry]
    assert checkpoint_of(receipt.checkpoint, small.log_key).size == before + 1
    assert read_receipt(orjson.loads(receipt_json(receipt))) == receipt


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def another_leaf(receipt: Receipt) -> Receipt:
    """The proof, leaf and index of the entry before: all of the same tree."""
    return replace(receipt, index=receipt.index - 1)


CORRUPTIONS: dict[str, Callable[[Receipt], Receipt]] = {
    "event": lambda r: replace(r, event=new_id()),
    "index": another_leaf,
    "index beyond the tree": lambda r: replace(r, index=r.index + 1000),
    "index below zero": lambda r: replace(r, index=-1),
    "stream": lambda r: replace(r, stream=BOOKS),
    "version": lambda r: replace(r, version=r.version + 1),
    "recorded_at": lambda r: replace(r, recorded_at=format_instant(START + timedelta(seconds=1))),
    "entry": lambda r: replace(r, entry=r.entry.replace(b'"index":', b'"index":1')),
    "entry and leaf": lambda r: replace(r, entry=r.entry + b" ", leaf_hash=leaf_hash(r.entry + b" ")),
    "leaf_hash": lambda r: replace(r, leaf_hash=flipped(r.leaf_hash)),
    "proof": lambda r: replace(r, proof=(flipped(r.proof[0]), *r.proof[1:])),
    "last of the proof": lambda r: replace(r, proof=(*r.proof[:-1], flipped(r.proof[-1]))),
    "proof cut": lambda r: replace(r, proof=r.proof[:-1]),
    "proof too long": lambda r: replace(r, proof=(*r.proof, bytes(32))),
    "no proof": lambda r: replace(r, proof=()),
    "short hash": lambda r: replace(r, proof=(r.proof[0][:-1], *r.proof[1:])),
    "checkpoint size": lambda r: replace(r, checkpoint=r.checkpoint.replace(f"\n{r.index + 1}\n", "\n9\n")),
    "checkpoint signature": lambda r: replace(r, checkpoint=r.checkpoint[:-6] + "AAA=\n"),
    "checkpoint unsigned": lambda r: replace(r, checkpoint=r.checkpoint.partition("\u2014")[0]),
    "checkpoint that is no text": lambda r: replace(r, checkpoint="\ud800"),
    "no checkpoint": lambda r: replace(r, checkpoint=""),
    "no entry": lambda r: replace(r, entry=b"", leaf_hash=leaf_hash(b"")),
}


@pytest.mark.parametrize("corrupt", CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_a_receipt_with_one_thing_wrong_proves_nothing(
    corrupt: Callable[[Receipt], Receipt], ledger: Ledger, small: Small
) -> None:
    payload = small.transfer()
    (receipt,) = small.submit(ledger, payload)
    worse = corrupt(receipt)
    assert worse != receipt
    with pytest.raises(ReceiptError):
        small.check(payload, worse)


def test_a_receipt_proves_nothing_about_another_submission_key_log_or_ledger(
    ledger: Ledger, small: Small, tmp_path: Path
) -> None:
    payload, other = small.transfer(), small.transfer(BOOKS)
    (receipt,), (others,) = small.submit(ledger, payload), small.submit(ledger, other)
    keys = {kid: PUBLIC[kid] for kid in kids(payload)}
    rest = {"payload": payload, "keys": keys, "log_key": small.log_key, "genesis": small.genesis}
    check_receipt(receipt, **rest)  # type: ignore[arg-type]
    strange = {STRANGER.key.public.kid: STRANGER.key.public}
    elsewhere = found_small(tmp_path / "elsewhere")
    wrong: list[dict[str, Any]] = [
        {"payload": other},
        {"payload": altered(payload, reason="the same event, another text")},
        {"keys": {}},
        {"keys": strange},
        {"keys": keys | strange},
        {"keys": {kid: key_of("nobody").public for kid in keys}},
        {"log_key": elsewhere.log_key},
        {"log_key": "nonsense"},
        {"genesis": "00" * 32},
    ]
    for change in wrong:
        with pytest.raises(ReceiptError):
            check_receipt(receipt, **{**rest, **change})
    with pytest.raises(ReceiptError):
        small.check(payload, others)


def relogged(small: Small, payload: bytes, receipt: Receipt, raw: bytes) -> Receipt:
    """A receipt for other bytes in the same place, by an operator who signs a tree to suit."""
    read = audit(small.path, small.log_key)
    leaves = [leaf_hash(entry.raw) for entry in read.entries]
    leaves[receipt.index] = leaf_hash(raw)
    nodes = naive_nodes(leaves)
    root = tree_root(leaves)
    with FileLogSigner.create(
        small.path / "log-key.pem", small.path / "second-memory", origin=small.name["origin"]
    ) as forger:
        note = forger.sign(len(leaves), root, [])
    (small.path / "second-memory").unlink()
    proof = prove_inclusion(lambda ids: [nodes[one] for one in ids], receipt.index, len(leaves))
    return replace(receipt, entry=raw, leaf_hash=leaf_hash(raw), proof=tuple(proof), checkpoint=note)


def naive_nodes(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    return {
        (level, index): tree_root(leaves[index << level : (index + 1) << level])
        for level in range(len(leaves).bit_length())
        for index in range(len(leaves) >> level)
    }


def _doubled(raw: bytes) -> bytes:
    return raw.replace(b'{"envelope"', b'{"envelope":{},"envelope"', 1)


def _nested(raw: bytes) -> bytes:
    entry = orjson.loads(raw)
    deep: Any = 0
    for _ in range(300):
        deep = [deep]
    text = json.dumps({**entry, "envelope": {**entry["envelope"], "more": deep}})
    return text.replace(" ", "").encode()


ODD_ENTRIES: dict[str, Callable[[bytes], bytes]] = {
    "as it was": lambda raw: raw,
    "with a member more": lambda raw: dumps({**orjson.loads(raw), "void": True}),
    "without genesis": lambda raw: dumps(
        {name: value for name, value in orjson.loads(raw).items() if name != "genesis"}
    ),
    "of another version": lambda raw: dumps({**orjson.loads(raw), "v": 2}),
    "with a member twice": _doubled,
    "not canonical": lambda raw: raw.replace(b'{"envelope"', b'{ "envelope"', 1),
    "nested deeply": _nested,
    "a list": lambda raw: b"[]",
    "with an index that is no integer": lambda raw: raw.replace(b',"recorded_at"', b'.0,"recorded_at"', 1),
}


@pytest.mark.parametrize("change", ODD_ENTRIES.values(), ids=ODD_ENTRIES)
def test_only_an_entry_in_its_one_form_proves_anything_even_if_it_is_in_the_tree(
    change: Callable[[bytes], bytes], small: Small
) -> None:
    payload = small.transfer()
    with Ledger(small.path, clock=HandClock()) as ledger:
        (receipt,) = small.submit(ledger, payload)
    raw = change(receipt.entry)
    forged = relogged(small, payload, receipt, raw)
    if raw == receipt.entry:
        small.check(payload, forged)
        return
    with pytest.raises(ReceiptError):
        small.check(payload, forged)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = ("event", "index", "stream", "version", "recorded_at", "entry", "leaf_hash", "proof", "checkpoint")


@given(st.data())
def test_whatever_is_read_as_a_receipt_is_one_or_is_refused(data: st.DataObject) -> None:
    good = {
        "event": new_id(),
        "index": 0,
        "stream": "root",
        "version": 1,
        "recorded_at": "",
        "entry": "e30=",
        "leaf_hash": b64encode(bytes(32)).decode(),
        "proof": [],
        "checkpoint": "\ud800",
    }
    changed = data.draw(st.dictionaries(st.sampled_from(MEMBERS), json_values, max_size=3))
    try:
        receipt = read_receipt({**good, **changed})
        check_receipt(receipt, payload=b"{}", keys={}, log_key="", genesis="")
    except ReceiptError:
        return
    pytest.fail("nonsense was taken for a receipt")
