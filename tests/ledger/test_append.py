"""An acknowledged event is durable, in the tree and provable at once; everything else leaves nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger import door
from ledger.append import appender as appender_module
from ledger.append.appender import Outcome
from ledger.canonical import dumps, encode_base64url
from ledger.clock import format_instant, parse_instant
from ledger.door import NeedsAcknowledgement
from ledger.entry import ENTRY_SIZE_MAX, format_entry
from ledger.envelope import PAYLOAD_SIZE_MAX, SIGNATURES_MAX, Envelope, ProtectedHeader, Signature
from ledger.errors import Busy, LedgerError, Refusal, Stopped, StorageError
from ledger.merkle import leaf_hash, prove_inclusion, tree_root
from ledger.receipt import Receipt, ReceiptError, check_receipt, read_receipt
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from tests.support.clock import START
from tests.support.log import (
    BOOKS,
    COUNCIL_BODY,
    PUBLIC,
    ROADS,
    SCHOOLS,
    HandClock,
    Small,
    altered,
    assert_same_world,
    audit,
    checkpoint_of,
    corrects,
    failing_commit,
    found_small,
    kids,
    new_id,
    receipt_json,
    replayed,
    writer_pragma,
)
from tests.support.people import STRANGER, key_of

DEADLINE = 60.0


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A ledger that nobody opens: each test has its copy."""
    return found_small(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def small(founded: Small, tmp_path: Path) -> Small:
    return founded.copied(tmp_path / "small")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ledger(small: Small, clock: HandClock) -> Iterator[Ledger]:
    with Ledger(small.path, clock=clock) as opened:
        yield opened


class Gate:
    """Holds the appender's thread in its first commit, so that what follows gathers in one group."""

    def __init__(self) -> None:
        self.reached, self._open = threading.Event(), threading.Event()

    def __call__(self, size: int) -> None:
        self.reached.set()
        assert self._open.wait(DEADLINE)

    def open(self) -> None:
        self._open.set()


@contextmanager
def held(small: Small, **more: Any) -> Iterator[tuple[Ledger, Gate, Future[Outcome]]]:
    """A ledger whose appender is busy with one submission until the gate opens."""
    gate = Gate()
    with Ledger(small.path, clock=HandClock(), on_commit=gate, **more) as ledger:
        try:
            first = ledger.submit([small.sign(small.transfer())])
            assert gate.reached.wait(DEADLINE)
            yield ledger, gate, first
        finally:
            gate.open()


def together(small: Small, batches: list[list[Envelope]]) -> list[Future[Outcome]]:
    """Submit so that one group takes them all."""
    with held(small) as (ledger, gate, _):
        futures = [ledger.submit(batch) for batch in batches]
        gate.open()
        for future in futures:
            future.exception(DEADLINE)
    return futures


def position(ledger: Ledger) -> int:
    return ledger.reader.head().size


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


# -- idempotency ---------------------------------------------------------------


def test_the_same_payload_gets_the_same_receipt_for_ever(small: Small, clock: HandClock) -> None:
    payload = small.transfer()
    with Ledger(small.path, clock=clock) as ledger:
        first = receipt_json(small.submit(ledger, payload)[0])
        assert receipt_json(small.submit(ledger, payload)[0]) == first
        clock.pass_by(hours=1)
        for _ in range(5):
            small.submit(ledger, small.transfer(BOOKS))
            assert receipt_json(small.submit(ledger, payload)[0]) == first
    for _ in range(2):
        with Ledger(small.path, clock=clock) as ledger:
            size = position(ledger)
            assert receipt_json(small.submit(ledger, payload)[0]) == first
            assert position(ledger) == size
    crashed = small.copied(small.path.parent / "crashed")
    with Ledger(crashed.path, clock=clock) as ledger:
        assert receipt_json(small.submit(ledger, payload)[0]) == first


def test_the_same_payload_signed_anew_gets_the_receipt_of_the_first_signature(
    ledger: Ledger, small: Small
) -> None:
    payload = small.transfer(BOOKS)  # its official signs with ES256: another signature each time
    one, two = small.sign(payload), small.sign(payload)
    assert one.signatures[0].signature != two.signatures[0].signature
    first = ledger.submit([one]).result(DEADLINE)
    again = ledger.submit([two]).result(DEADLINE)
    assert receipt_json(first[0]) == receipt_json(again[0])
    small.check(payload, again[0])
    assert encode_base64url(one.signatures[0].signature) in first[0].entry.decode()


def test_the_same_payload_twice_in_one_group_is_recorded_once(small: Small) -> None:
    payload = small.transfer(BOOKS)
    futures = together(small, [[small.sign(payload)], [small.sign(payload)], [small.sign(payload)]])
    answers = {receipt_json(future.result()[0]) for future in futures}
    assert len(answers) == 1
    entries = audit(small.path, small.log_key).entries
    assert [entry.payload for entry in entries].count(payload) == 1


def test_a_batch_again_gets_its_receipts_again_whole_or_in_part(ledger: Ledger, small: Small) -> None:
    batch = [small.transfer(), small.person(), small.transfer(BOOKS)]
    first = small.submit(ledger, *batch)
    size = position(ledger)
    assert small.submit(ledger, *batch) == first
    assert small.submit(ledger, *reversed(batch)) == first[::-1]
    assert small.submit(ledger, batch[1]) == first[1:2]
    assert position(ledger) == size


def test_a_batch_with_old_and_new_payloads_is_refused(ledger: Ledger, small: Small) -> None:
    old, new = small.transfer(), small.transfer()
    small.submit(ledger, old)
    size = position(ledger)
    refusal = refused(ledger, small.sign(new), small.sign(old))
    assert (refusal.code, refusal.pointer) == ("partly-recorded", "/envelopes/1")
    assert position(ledger) == size


def refused(ledger: Ledger, *envelopes: Envelope) -> Refusal:
    with pytest.raises(Refusal) as caught:
        ledger.submit(envelopes).result(DEADLINE)
    return caught.value


def test_an_event_id_names_one_payload_for_ever(small: Small) -> None:
    payload = small.transfer()
    other = altered(payload, reason="other")
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, payload)
        assert refused(ledger, small.sign(other)).code == "event-id-used"
    with Ledger(small.path, clock=HandClock()) as ledger:
        assert refused(ledger, small.sign(other)).code == "event-id-used"
        small.submit(ledger, payload)


def test_an_event_id_is_not_used_twice_within_a_group_or_a_batch(small: Small) -> None:
    payload = small.transfer()
    other = altered(payload, reason="other")
    kept, turned_down = together(small, [[small.sign(payload)], [small.sign(other)]])
    small.check(payload, kept.result()[0])
    assert code_of(turned_down) == "event-id-used"
    one = small.transfer()
    batch = [small.sign(one), small.sign(altered(one, reason="other"))]
    (future,) = together(small, [batch])
    assert code_of(future) == "event-id-used"
    (future,) = together(small, [[small.sign(one), small.sign(one)]])
    assert code_of(future) == "event-id-used"


def code_of(future: Future[Outcome]) -> str:
    error = future.exception(DEADLINE)
    assert isinstance(error, Refusal)
    return error.code


# -- all or nothing ------------------------------------------------------------


def bad(small: Small) -> bytes:
    return small.transfer(measure="no-such")


@pytest.mark.parametrize("place", range(4))
def test_a_batch_is_taken_whole_or_not_at_all(place: int, ledger: Ledger, small: Small) -> None:
    batch = [small.transfer(), small.person(), small.transfer(BOOKS), small.act()]
    spoilt = [*batch[:place], bad(small), *batch[place + 1 :]]
    head = ledger.reader.head()
    refusal = refused(ledger, *map(small.sign, spoilt))
    assert (refusal.code, refusal.pointer) == ("unknown-measure", f"/envelopes/{place}/data/measure")
    assert ledger.reader.head() == head
    # Nothing of it stays in memory either: the good ones are new to the ledger.
    receipts = small.submit(ledger, *batch)
    assert [receipt.index for receipt in receipts] == list(range(head.size, head.size + 4))
    audit(small.path, small.log_key)


def test_an_envelope_sees_those_before_it_in_its_batch(ledger: Ledger, small: Small) -> None:
    first = small.transfer()
    void = small.payload(
        "transfer.made",
        ROADS,
        None,
        more={"effective": "2025-02-01", "relations": corrects(first)},
    )
    receipts = small.submit(ledger, first, void)
    assert [receipt.version for receipt in receipts] == [2, 3]
    assert refused(ledger, small.sign(altered(void, id=new_id()))).code == "stale-correction"


def test_what_is_turned_down_does_no_harm_to_its_neighbours(small: Small) -> None:
    asks = small.payload(
        "progress.reported",
        ROADS,
        {"measure": "1.1", "period": "2025-01", "status": "done"},
    )
    forged = small.sign(small.transfer())
    broken = Signature(forged.signatures[0].protected, forged.signatures[0].header, bytes(64))
    good = [small.transfer(), small.transfer(BOOKS), small.person(), small.act(), small.transfer()]
    batches = [
        [small.sign(good[0])],
        [small.sign(bad(small))],
        [small.sign(good[1])],
        [small.sign(good[2]), small.sign(bad(small))],
        [small.sign(good[3])],
        [small.sign(asks)],
        [small.sign(altered(asks, id=new_id()))],
        [replace(small.sign(small.person()), signatures=(broken,))],
        [small.sign(good[4])],
    ]
    with pytest.raises(Refusal, match="bad-signature"):
        together(small, [[replace(forged, signatures=(broken,))]])
    futures = together(small, batches[:7] + batches[8:])
    errors = [type(future.exception(DEADLINE)) for future in futures]
    nothing = type(None)
    assert errors == [nothing, Refusal, nothing, Refusal, nothing, nothing, NeedsAcknowledgement, nothing]
    read = audit(small.path, small.log_key)
    assert [entry.payload for entry in read.entries[-5:]] == [good[0], good[1], good[3], asks, good[4]]


def test_signatures_that_only_the_lock_can_judge_are_judged_there(ledger: Ledger, small: Small) -> None:
    """The key is enrolled earlier in the same batch, so nobody outside the lock knows it."""
    envelope = small.sign(small.transfer(BOOKS))
    broken = Signature(envelope.signatures[0].protected, envelope.signatures[0].header, bytes(64))
    # A reopened ledger has loaded nothing yet: no key is known before the lock.
    assert not ledger.appender.world.loaded
    assert refused(ledger, replace(envelope, signatures=(broken,))).code == "bad-signature"


# -- recorded_at ---------------------------------------------------------------


def test_a_batch_shares_its_instant_and_single_submissions_never_do(small: Small) -> None:
    batches = [[small.sign(small.transfer()) for _ in range(count)] for count in (1, 1, 3, 2, 1, 4, 1, 1)]
    for future in together(small, batches):
        future.result(DEADLINE)
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer(), small.transfer())
        small.submit(ledger, small.transfer())
    instants = [entry.recorded_at for entry in audit(small.path, small.log_key).entries]
    assert instants == sorted(instants)
    runs = [instants.count(instant) for instant in dict.fromkeys(instants)]
    assert runs[-10:] == [1, 1, 3, 2, 1, 4, 1, 1, 2, 1]


def test_recorded_at_is_the_clock_where_the_clock_moves_on(
    ledger: Ledger, small: Small, clock: HandClock
) -> None:
    for _ in range(3):
        clock.pass_by(minutes=7)
        (receipt,) = small.submit(ledger, small.transfer())
        assert receipt.recorded_at == format_instant(clock.now())


def test_a_clock_that_goes_back_a_minute_is_waited_out(
    ledger: Ledger, small: Small, clock: HandClock
) -> None:
    clock.pass_by(hours=1)
    last = parse_instant(small.submit(ledger, small.transfer())[0].recorded_at)
    clock.jump(minutes=-1)
    for step in range(1, 4):
        (receipt,) = small.submit(ledger, small.transfer())
        assert parse_instant(receipt.recorded_at) == last + timedelta(microseconds=step)
        assert ledger.appender.stopped is None
    clock.pass_by(minutes=2)
    assert small.submit(ledger, small.transfer())[0].recorded_at == format_instant(clock.now())


def stopped(ledger: Ledger, small: Small, payload: bytes | None = None) -> str:
    """Appending stops, says why and goes on saying it, while reading goes on."""
    size = position(ledger)
    for _ in range(2):
        with pytest.raises(Stopped) as caught:
            ledger.submit([small.sign(payload or small.transfer())]).result(DEADLINE)
        assert ledger.appender.stopped == str(caught.value)
    assert position(ledger) == size
    assert len(ledger.reader.entries(0, 1000)) == size
    assert ledger.world_now(ROADS).position == size
    return str(caught.value)


@pytest.mark.parametrize(
    ("hours", "minutes"), [(-1, 0), (1, 0), (0, -6), (0, 6)], ids=["back", "ahead", "back 6", "ahead 6"]
)
def test_appending_stops_when_the_clock_jumps_and_resumes_when_it_is_right(
    hours: int, minutes: int, ledger: Ledger, small: Small, clock: HandClock
) -> None:
    old = small.transfer()
    (receipt,) = small.submit(ledger, old)
    payload = small.transfer()
    clock.jump(hours=hours, minutes=minutes)
    assert "clock" in stopped(ledger, small, payload)
    assert small.submit(ledger, old) == [receipt], "what is in the log is still acknowledged"
    clock.jump(hours=-hours, minutes=-minutes)
    assert ledger.appender.stopped is None, "what says whether it is ready must not need a submission"
    small.submit(ledger, payload)
    assert ledger.appender.stopped is None


def test_a_ledger_opened_under_a_clock_behind_its_last_entry_stops(small: Small, clock: HandClock) -> None:
    clock.pass_by(days=1)
    with Ledger(small.path, clock=clock) as ledger:
        last = small.submit(ledger, small.transfer())[0].recorded_at
    behind = HandClock(parse_instant(last) - timedelta(minutes=5, seconds=1))
    with Ledger(small.path, clock=behind) as ledger:
        assert ledger.appender.stopped is not None
        assert "behind the last entry" in stopped(ledger, small)
        behind.pass_by(seconds=2)
        small.submit(ledger, small.transfer())
        assert ledger.appender.stopped is None


# -- the queue -----------------------------------------------------------------


def test_a_full_queue_says_so_and_what_waits_in_it_is_taken(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender_module, "QUEUE_MAX", 3)
    payloads = [small.transfer() for _ in range(3)]
    with held(small) as (ledger, gate, first):
        waiting = [ledger.submit([small.sign(payload)]) for payload in payloads]
        with pytest.raises(Busy):
            ledger.submit([small.sign(small.transfer())])
        gate.open()
        for payload, future in zip(payloads, waiting, strict=True):
            small.check(payload, future.result(DEADLINE)[0])
        first.result(DEADLINE)
        small.submit(ledger, small.transfer())


def test_closing_waits_for_what_was_submitted_and_takes_no_more(small: Small) -> None:
    payloads = [small.transfer() for _ in range(5)]
    with held(small) as (ledger, gate, first):
        waiting = [ledger.submit([small.sign(payload)]) for payload in payloads]
        closer = threading.Thread(target=ledger.close)
        closer.start()
        until(lambda: refuses_more(ledger, small))
        assert closer.is_alive()
        gate.open()
        closer.join(DEADLINE)
        assert not closer.is_alive()
    for payload, future in zip(payloads, waiting, strict=True):
        small.check(payload, future.result(0)[0])
    assert first.result(0)
    assert audit(small.path, small.log_key).entries[-1].payload == payloads[-1]


def refuses_more(ledger: Ledger, small: Small) -> bool:
    try:
        ledger.appender.submit([])
    except Stopped:
        return True
    return False


def until(holds: Callable[[], bool]) -> None:
    """Poll until something holds; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


def test_a_submission_that_is_cancelled_while_it_waits_is_not_recorded(small: Small) -> None:
    given_up, kept = small.transfer(), small.transfer()
    with held(small) as (ledger, gate, _):
        cancelled = ledger.submit([small.sign(given_up)])
        other = ledger.submit([small.sign(kept)])
        assert cancelled.cancel()
        gate.open()
        small.check(kept, other.result(DEADLINE)[0])
    found = audit(small.path, small.log_key).by_payload()
    assert kept in found
    assert given_up not in found


def test_a_listener_that_fails_keeps_no_one_from_a_receipt(small: Small) -> None:
    def listener(size: int) -> None:
        raise RuntimeError("a projection is broken")

    with Ledger(small.path, clock=HandClock(), on_commit=listener) as ledger:
        for _ in range(2):
            payload = small.transfer()
            small.check(payload, ledger.submit([small.sign(payload)]).result(10)[0])


# -- one process ---------------------------------------------------------------


def test_a_directory_is_served_once_at_a_time(ledger: Ledger, small: Small) -> None:
    with pytest.raises(StorageError, match="in use by another process"):
        Ledger(small.path)
    opening = "import sys, pathlib, ledger.service as s; s.Ledger(pathlib.Path(sys.argv[1]))"
    tried = subprocess.run(
        [sys.executable, "-c", opening, str(small.path)],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert tried.returncode == 1
    assert "StorageError" in tried.stderr
    assert "in use by another process" in tried.stderr
    small.submit(ledger, small.transfer())
    ledger.close()
    with Ledger(small.path, clock=HandClock()) as following:
        small.submit(following, small.transfer())


def test_a_directory_without_a_ledger_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pledger init"):
        Ledger(tmp_path)
    assert list(tmp_path.iterdir()) == []


# -- the signer's memory -------------------------------------------------------


def test_a_ledger_without_its_signers_memory_does_not_open_and_says_what_to_do(small: Small) -> None:
    memory = small.path / "log-memory"
    memory.rename(small.path / "away")
    with pytest.raises(Stopped, match="ask every witness"):
        Ledger(small.path)
    (small.path / "away").rename(memory)
    with Ledger(small.path, clock=HandClock()) as ledger:  # nothing stayed locked
        small.submit(ledger, small.transfer())


def test_a_ledger_file_that_cannot_be_read_leaves_nothing_locked(small: Small) -> None:
    database = small.path / "ledger.db"
    (small.path / "ledger.db-wal").unlink(missing_ok=True)
    kept = database.read_bytes()
    database.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="not a database"):
        Ledger(small.path)
    database.write_bytes(kept)
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())


def test_a_log_shorter_than_what_was_signed_is_read_but_not_appended_to(small: Small, tmp_path: Path) -> None:
    backup = small.copied(tmp_path / "backup")
    with Ledger(small.path, clock=HandClock()) as ledger:
        for _ in range(3):
            small.submit(ledger, small.transfer())
    shutil.copy2(small.path / "log-memory", backup.path / "log-memory")
    with Ledger(backup.path, clock=HandClock()) as restored:
        assert restored.appender.checkpoint is None
        said = stopped(restored, small)
        assert "were signed" in said
        assert str(position(restored)) in said


def test_a_log_of_another_past_than_what_was_signed_is_not_appended_to(small: Small, tmp_path: Path) -> None:
    fork = small.copied(tmp_path / "fork")
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
    with Ledger(fork.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
        small.submit(ledger, small.transfer())
    shutil.copy2(small.path / "log-memory", fork.path / "log-memory")
    with Ledger(fork.path, clock=HandClock()) as forked:
        assert "signs no tree" in stopped(forked, small)


# -- failures ------------------------------------------------------------------


def test_a_commit_that_fails_records_nothing_and_the_next_one_is_taken(ledger: Ledger, small: Small) -> None:
    small.submit(ledger, small.transfer())
    head, payload = ledger.reader.head(), small.transfer()
    with failing_commit(after=False), pytest.raises(StorageError, match="planted"):
        ledger.submit([small.sign(payload)]).result(DEADLINE)
    assert ledger.reader.head() == head
    assert not ledger.appender.world.loaded, "the overlay is dropped"
    (receipt,) = small.submit(ledger, payload)
    assert receipt.index == head.size
    assert receipt.version == 3
    audit(small.path, small.log_key)


def test_a_commit_that_fails_after_the_fact_is_acknowledged(ledger: Ledger, small: Small) -> None:
    old = small.transfer()
    (before,) = small.submit(ledger, old)
    payloads = [small.transfer(), small.transfer(BOOKS)]
    with failing_commit(after=True):
        receipts = small.submit(ledger, *payloads)
        assert small.submit(ledger, old) == [before]
    assert [receipt.index for receipt in receipts] == [before.index + 1, before.index + 2]
    small.submit(ledger, small.transfer())
    assert small.submit(ledger, *payloads) == receipts
    audit(small.path, small.log_key)


def test_a_listener_hears_of_a_commit_that_failed_after_the_fact(small: Small) -> None:
    heard: list[int] = []
    with Ledger(small.path, clock=HandClock(), on_commit=heard.append) as ledger:
        small.submit(ledger, small.transfer())
        with failing_commit(after=True):
            small.submit(ledger, small.transfer())
        refused(ledger, small.sign(bad(small)))
        assert heard == [position(ledger) - 1, position(ledger)]


TRIGGERS = {
    "a node": "BEFORE INSERT ON nodes",
    "the last table": "BEFORE UPDATE ON head",
    "a payload": "BEFORE INSERT ON payloads",
    "an entry": "AFTER INSERT ON stored_events",
}


@pytest.mark.parametrize("action", ["ABORT", "ROLLBACK", "FAIL"])
@pytest.mark.parametrize("event", TRIGGERS.values(), ids=TRIGGERS)
def test_a_statement_that_fails_leaves_nothing_of_its_group(
    event: str, action: str, ledger: Ledger, small: Small
) -> None:
    head = ledger.reader.head()
    batch = [small.transfer(), small.person()]
    with closing(sqlite3.connect(small.path / "ledger.db")) as other:
        other.execute(f"CREATE TRIGGER planted {event} BEGIN SELECT RAISE({action}, 'planted'); END")
        other.commit()
        with pytest.raises(StorageError, match="planted"):
            ledger.submit([small.sign(payload) for payload in batch]).result(DEADLINE)
        other.execute("DROP TRIGGER planted")
        other.commit()
    assert ledger.reader.head() == head
    assert small.submit(ledger, *batch)[0].index == head.size
    audit(small.path, small.log_key)


def test_a_full_disk_stops_nothing_for_good(ledger: Ledger, small: Small) -> None:
    size = position(ledger)
    (pages,) = writer_pragma(ledger, "page_count")
    writer_pragma(ledger, f"max_page_count={pages}")
    big = [small.transfer(reason="x" * 3000) for _ in range(20)]
    with pytest.raises(StorageError, match="full"):
        ledger.submit([small.sign(payload) for payload in big]).result(DEADLINE)
    assert position(ledger) == size
    writer_pragma(ledger, "max_page_count=1000000")
    assert small.submit(ledger, *big)[0].index == size
    audit(small.path, small.log_key)


def test_an_error_in_a_rule_is_an_error_of_its_submission_alone(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(world: Any, stated: Any, today: str, *, batch_start: int) -> Any:
        if stated.event.reason == "planted":
            raise KeyError("a bug in a rule")
        return door.decide(world, stated, today, batch_start=batch_start)

    monkeypatch.setattr("ledger.append.group.decide", decide)
    good = [small.transfer(), small.transfer()]
    planted = small.transfer(reason="planted")
    futures = together(small, [[small.sign(one)] for one in (good[0], planted, good[1])])
    small.check(good[0], futures[0].result(0)[0])
    assert isinstance(futures[1].exception(0), LedgerError)
    small.check(good[1], futures[2].result(0)[0])


def test_an_entry_whose_head_cannot_be_signed_is_acknowledged_when_it_can(small: Small) -> None:
    payload = small.transfer()
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
        with patch.object(FileLogSigner, "sign", side_effect=Stopped("the token is gone (planted)")):
            assert "planted" in str(ledger.submit([small.sign(payload)]).exception(DEADLINE))
            size = position(ledger)
            more = small.transfer()
            assert "planted" in str(ledger.submit([small.sign(more)]).exception(DEADLINE))
            assert position(ledger) == size, "nothing is appended to a head that is not signed"
            assert "planted" in str(ledger.appender.stopped)
        (receipt,) = small.submit(ledger, payload)
        assert receipt.index == size - 1
        assert small.submit(ledger, more)[0].index == size
        assert ledger.appender.stopped is None
    audit(small.path, small.log_key)


# -- checkpoints ---------------------------------------------------------------


def test_every_checkpoint_is_stored_with_the_commit_after_it(ledger: Ledger, small: Small) -> None:
    receipts = [small.submit(ledger, small.transfer())[0] for _ in range(5)]
    read = audit(small.path, small.log_key)
    sizes = [receipt.index + 1 for receipt in receipts]
    assert set(sizes[:-1]) <= set(read.checkpoints)
    assert ledger.appender.checkpoint == (sizes[-1], receipts[-1].checkpoint)
    for receipt in receipts[:-1]:
        assert ledger.reader.checkpoint_after(receipt.index) == (receipt.index + 1, receipt.checkpoint)


def test_a_restart_signs_the_same_head_alike(small: Small, tmp_path: Path) -> None:
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
        signed = ledger.appender.checkpoint
        crashed = small.copied(tmp_path / "crashed")
    for path in (small.path, crashed.path):
        with Ledger(path, clock=HandClock()) as ledger:
            assert ledger.appender.checkpoint == signed
            refused(ledger, small.sign(bad(small)))
            assert ledger.appender.checkpoint == signed


def test_a_crash_between_commit_and_signature_is_made_good_at_the_next_start(
    small: Small, tmp_path: Path
) -> None:
    before = small.copied(tmp_path / "before")
    payload = small.transfer()
    with Ledger(small.path, clock=HandClock()) as ledger:
        (receipt,) = small.submit(ledger, payload)
        crashed = small.copied(tmp_path / "crashed")
    shutil.copy2(before.path / "log-memory", crashed.path / "log-memory")
    with Ledger(crashed.path, clock=HandClock()) as ledger:
        assert small.submit(ledger, payload) == [receipt]


# -- entries -------------------------------------------------------------------


def test_entries_are_rfc_8785_of_exactly_their_members(ledger: Ledger, small: Small) -> None:
    for payload in (small.transfer(reason='«Ґ» \U0001f600 "\\/'), small.person(), small.act()):
        small.submit(ledger, payload)
    members = {"v", "genesis", "index", "stream", "version", "recorded_at", "envelope"}
    for entry in ledger.reader.entries(0, 1000):
        read = json.loads(entry.raw)
        assert set(read) == members
        assert rfc8785.dumps(read) == entry.raw
        assert set(read["envelope"]) == {"payload", "signatures"}
        signatures = read["envelope"]["signatures"]
        signers = [json.loads(b64decode(one["protected"] + "==", "-_"))["kid"] for one in signatures]
        assert signers == sorted(signers)
        assert rfc8785.dumps(json.loads(entry.payload)) == entry.payload
        assert len(entry.raw) <= ENTRY_SIZE_MAX


def widest(payload_size: int) -> Envelope:
    """The longest envelope that could pass: 16 signers with certificates, all numbers long."""
    kid, x5t = encode_base64url(bytes(32)), encode_base64url(bytes(32))
    header = ProtectedHeader("Ed25519", kid, "pledger-event+jws", 253_402_300_799, x5t)
    one = Signature(header.encode(), header, bytes(64))
    payload = bytes(payload_size)
    return Envelope(payload, encode_base64url(payload), bytes(32), (one,) * SIGNATURES_MAX)


def entry_of(envelope: Envelope) -> bytes:
    return format_entry(
        genesis="0" * 64,
        index=(1 << 63) - 1,
        stream="programme:" + "x" * 64,
        version=(1 << 63) - 1,
        recorded_at=format_instant(START),
        envelope=envelope,
    )


def test_the_largest_envelope_that_is_admitted_fits_an_entry() -> None:
    assert len(entry_of(widest(PAYLOAD_SIZE_MAX))) <= ENTRY_SIZE_MAX


def test_an_entry_that_is_too_long_is_refused() -> None:
    spare = ENTRY_SIZE_MAX - len(entry_of(widest(PAYLOAD_SIZE_MAX)))
    fits = PAYLOAD_SIZE_MAX + spare * 3 // 4 - 2
    assert ENTRY_SIZE_MAX - 4 <= len(entry_of(widest(fits))) <= ENTRY_SIZE_MAX
    with pytest.raises(Refusal) as caught:
        entry_of(widest(fits + 4))
    assert (caught.value.code, caught.value.details) == ("entry-too-large", {"limit": ENTRY_SIZE_MAX})


def test_the_largest_payload_is_recorded_and_proved(ledger: Ledger, small: Small) -> None:
    points = ["п" * 300] * 65
    data = {"act": "act-large", "kind": "decision", "date": "2025-01-15", "title": "", "points": points}
    payload = small.payload("act.registered", COUNCIL_BODY, data)
    payload = small.payload(
        "act.registered", COUNCIL_BODY, {**data, "title": "x" * (PAYLOAD_SIZE_MAX - len(payload))}
    )
    assert len(payload) == PAYLOAD_SIZE_MAX
    (receipt,) = small.submit(ledger, payload)
    assert PAYLOAD_SIZE_MAX < len(receipt.entry) <= ENTRY_SIZE_MAX


# -- lazily loaded or not ------------------------------------------------------


def test_what_the_appender_knows_is_what_a_replay_of_the_log_gives(small: Small) -> None:
    for _ in range(2):
        with Ledger(small.path, clock=HandClock()) as ledger:
            for programme in (ROADS, SCHOOLS, BOOKS):
                small.submit(ledger, small.transfer(programme), small.transfer(programme))
            assert_same_world(ledger.appender.world, replayed(ledger.reader.entries(0, 1000)))
            assert set(ledger.appender.world.programmes) == {"roads", "schools", "books"}
