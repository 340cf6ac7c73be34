"""Appending: idempotency, batches, groups, entries."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace

import pytest
import rfc8785

from ledger.canonical import encode_base64url
from ledger.clock import format_instant
from ledger.door import NeedsAcknowledgement
from ledger.entry import ENTRY_SIZE_MAX, format_entry
from ledger.envelope import PAYLOAD_SIZE_MAX, SIGNATURES_MAX, Envelope, ProtectedHeader, Signature
from ledger.errors import Refusal
from ledger.service import Ledger
from tests.support.appending import (
    DEADLINE,
    bad,
    code_of,
    position,
    refused,
    together,
)
from tests.support.clock import START
from tests.support.log import (
    BOOKS,
    COUNCIL_BODY,
    ROADS,
    SCHOOLS,
    HandClock,
    Small,
    altered,
    assert_same_world,
    audit,
    corrects,
    new_id,
    receipt_json,
    replayed,
)

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


# -- all or nothing ------------------------------------------------------------


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


# -- entries -------------------------------------------------------------------


@pytest.mark.parametrize("forged", [True, False])
def test_what_nobody_could_verify_is_never_recorded(
    forged: bool, ledger: Ledger, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door knows the key and says yes; but the keys to verify with were not found."""
    envelope = small.sign(small.transfer(BOOKS))
    if forged:
        broken = Signature(envelope.signatures[0].protected, envelope.signatures[0].header, bytes(64))
        envelope = replace(envelope, signatures=(broken,))
    before = position(ledger)
    for module in ("ledger.service", "ledger.append.group"):
        monkeypatch.setattr(f"{module}.public_keys", lambda world, event: {})
    refusal = refused(ledger, envelope)
    assert (refusal.code, refusal.pointer) == ("unknown-key", "/signers/0/kid")
    assert position(ledger) == before


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
