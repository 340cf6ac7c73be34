"""The log's key is rotated on a ledger in a directory, and clients of either key can follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ledger.append.appender import make_receipt
from ledger.canonical import dumps
from ledger.checkpoint import Checkpoint, format_checkpoint, open_checkpoint, open_overlap
from ledger.entry import format_entry
from ledger.errors import Stopped, StorageError, VerificationError
from ledger.following import Step, follow, follow_once, signers_of
from ledger.keys import PublicKey
from ledger.merkle import leaf_hash, node_hash
from ledger.note import ED25519, Ed25519Signer, Ed25519Verifier, NoteError, VerifierKey, sign_note
from ledger.receipt import OtherLogKey, Receipt, ReceiptError, check_receipt
from ledger.rotation import prepare_log_key, retire_log_key
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from tests.support.log_keys import log_key, log_key_in, note, rotation
from tests.support.people import COMMISSIONER, REGISTRARS, SECRETARY, Official, key_of
from tests.support.town import COUNCIL_STREAM, ORIGIN, PROGRAMME, Payload, TestLedger, lines, sign_as

OTHER = "city.example/pledger"
KEYS = {one.key.public.kid: one.key.public for one in REGISTRARS}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        yield town


def say_something(town: TestLedger, amount: str = "170.00") -> Receipt:
    return town.submit("financing.changed", PROGRAMME, lines(amount))


def newest(town: TestLedger) -> str:
    signed = town.ledger.appender.checkpoint
    assert signed is not None
    return signed[1]


def holds(note: str, log_key: str) -> bool:
    """Does a client who trusts this key take the checkpoint?"""
    try:
        open_checkpoint(note, [Ed25519Verifier.parse(log_key)])
    except NoteError:
        return False
    return True


def rotate(town: TestLedger) -> tuple[str, Receipt]:
    """Prepare, restart, record the rotation: the new key, and the event's receipt."""
    new = prepare_log_key(town.path)
    town.reopen()
    receipt = town.submit("log_key.rotated", "root", {"log_key": new, "checkpoint": newest(town)})
    return new, receipt


def retire(town: TestLedger, new: str) -> None:
    town.close()
    retire_log_key(town.path)
    town.reopen()
    town.log_key = new


def served(town: TestLedger, receipt: Receipt) -> Receipt:
    """The receipt as the server gives it later: under the first stored checkpoint."""
    reader = town.ledger.reader
    stored = reader.checkpoint_after(receipt.index)
    assert stored is not None
    return make_receipt(reader.entries(receipt.index, 1)[0], receipt.event, *stored, reader.nodes)


def followed(town: TestLedger, log_key: str, *receipts: Receipt) -> list[Step]:
    name = town.name
    return follow(receipts, keys=KEYS, log_key=log_key, genesis=name["genesis"], origin=name["origin"])


# -- the operator's side ---------------------------------------------------------------


def test_a_log_key_is_rotated_with_an_overlap_of_both_signatures(town: TestLedger) -> None:
    old = town.log_key
    new = prepare_log_key(town.path)
    assert not holds(say_something(town).checkpoint, new), "a server that runs goes on with one key"
    town.reopen()
    assert holds(newest(town), old)
    assert holds(newest(town), new)
    before = say_something(town, "171.00")
    rotated = town.submit("log_key.rotated", "root", {"log_key": new, "checkpoint": newest(town)})
    root = town.world("root").root
    assert (root.log_key, root.log_keys) == (new, (old, new))
    after = say_something(town, "172.00")
    for receipt in (before, rotated, after):
        open_overlap(receipt.checkpoint, [Ed25519Verifier.parse(key) for key in (old, new)])
    retire(town, new)
    last = say_something(town, "173.00")
    assert (holds(last.checkpoint, old), holds(last.checkpoint, new)) == (False, True)


def test_after_a_restart_the_world_still_knows_every_log_key(town: TestLedger) -> None:
    old = town.log_key
    first, _ = rotate(town)
    retire(town, first)
    second, _ = rotate(town)
    retire(town, second)
    assert town.world("root").root.log_keys == (old, first, second)
    refusal = town.refused("log_key.rotated", "root", rotation(town) | {"log_key": old})
    assert refusal.code == "log-key-known"


def test_a_retired_key_is_kept_aside_and_the_new_one_is_its_owners_alone(town: TestLedger) -> None:
    old, old_pem = town.log_key, (town.path / "log-key.pem").read_bytes()
    new, _ = rotate(town)
    next_pem = (town.path / "log-key.next.pem").read_bytes()
    town.close()
    retired = retire_log_key(town.path)
    assert (retired.old_key, retired.new_key) == (old, new)
    assert retired.old_path.name == f"log-key.old-{old.split('+')[1]}.pem"
    assert retired.old_path.read_bytes() == old_pem
    assert (town.path / "log-key.pem").read_bytes() == next_pem
    assert not (town.path / "log-key.next.pem").exists()
    assert [path.stat().st_mode & 0o777 for path in town.path.glob("log-key*")] == [0o600, 0o600]
    with pytest.raises(Stopped, match="prepare"):
        retire_log_key(town.path)


def test_a_retirement_that_crashed_between_its_two_steps_is_done_again(town: TestLedger) -> None:
    old = town.log_key
    new, _ = rotate(town)
    town.close()
    (town.path / f"log-key.old-{old.split('+')[1]}.pem").hardlink_to(town.path / "log-key.pem")
    assert retire_log_key(town.path).new_key == new
    town.reopen()
    assert town.ledger.signer.verifier_keys == (new,)


def test_a_key_file_of_the_old_keys_name_is_never_overwritten(town: TestLedger) -> None:
    old = town.log_key
    rotate(town)
    town.close()
    other = town.path / f"log-key.old-{old.split('+')[1]}.pem"
    other.write_bytes(b"something else")
    with pytest.raises(StorageError, match="cannot be replaced"):
        retire_log_key(town.path)
    assert other.read_bytes() == b"something else"
    assert (town.path / "log-key.next.pem").exists()


def test_the_old_key_does_not_retire_before_the_rotation_is_recorded(town: TestLedger) -> None:
    prepare_log_key(town.path)
    town.close()
    with pytest.raises(Stopped, match="registrars"):
        retire_log_key(town.path)
    assert (town.path / "log-key.next.pem").exists()


def test_the_old_key_does_not_retire_while_a_server_runs(town: TestLedger) -> None:
    rotate(town)
    # With a database the directory is not locked, but what the key remembers is.
    with pytest.raises((StorageError, Stopped), match="in use by another process"):
        retire_log_key(town.path)


def test_a_next_key_is_prepared_once_and_for_an_opened_ledger(town: TestLedger, tmp_path: Path) -> None:
    prepare_log_key(town.path)
    before = (town.path / "log-key.next.pem").read_bytes()
    with pytest.raises(Stopped):
        prepare_log_key(town.path)
    assert (town.path / "log-key.next.pem").read_bytes() == before
    with pytest.raises(StorageError, match="init"):
        prepare_log_key(tmp_path)
    with TestLedger(tmp_path / "unopened") as other, pytest.raises(StorageError, match="not open yet"):
        prepare_log_key(other.path)


def test_a_ledger_opens_only_with_its_log_key_in_force_and_signs_nothing_else(
    town: TestLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate(town)
    town.close()
    pem = town.path / "log-key.next.pem"
    next_key = pem.read_bytes()
    pem.unlink()
    signed: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(FileLogSigner, "sign", lambda _, size, *__: signed.append(size))
        with pytest.raises(Stopped, match="log key in force") as caught:
            Ledger(town.path, clock=town.clock)
    assert "log-key.next.pem" in str(caught.value)
    assert signed == []
    pem.write_bytes(next_key)
    pem.chmod(0o600)
    town.reopen()
    say_something(town)


def test_a_log_key_is_nobodys_and_a_persons_key_is_not_the_logs(town: TestLedger) -> None:
    old = town.log_key
    theirs = rotation(town) | {"log_key": str(VerifierKey(ORIGIN, ED25519, COMMISSIONER.key.public.point))}
    town.reopen()  # who has which key is not in memory then
    assert town.refused("log_key.rotated", "root", theirs).code == "key-of-another"
    new, _ = rotate(town)
    for text in (old, new):
        point = Ed25519Verifier.parse(text).key.public_key
        data = town.key_data(SECRETARY) | {"jwk": PublicKey("Ed25519", point).to_jwk()}
        assert town.refused("key.enrolled", COUNCIL_STREAM, data).code == "key-of-the-log"


def test_an_unopened_ledger_opens_with_any_key(tmp_path: Path) -> None:
    with TestLedger(tmp_path / "ledger") as town:
        town.reopen()


# -- the client's side -----------------------------------------------------------------


def test_a_client_of_the_old_key_is_told_that_it_may_follow(town: TestLedger) -> None:
    old = town.log_key
    new, _ = rotate(town)
    retire(town, new)
    envelope = town.envelope("financing.changed", PROGRAMME, lines("175.00"))
    (receipt,) = town.submit_all([envelope])
    known: dict[str, Any] = {
        "payload": envelope.payload,
        "keys": {kid: one for kid, one in keys_of(town).items() if kid in envelope.kids},
        "genesis": town.name["genesis"],
    }
    check_receipt(receipt, log_key=new, **known)
    with pytest.raises(OtherLogKey, match="pledger trust URL --follow"):
        check_receipt(receipt, log_key=old, **known)
    broken = replace(receipt, checkpoint=receipt.checkpoint[:-6] + "AAA=\n")
    with pytest.raises(ReceiptError) as caught:
        check_receipt(broken, log_key=new, **known)
    assert not isinstance(caught.value, OtherLogKey), "a broken signature is no rotation"


def keys_of(town: TestLedger) -> dict[str, PublicKey]:
    bodies = [town.world(f"body:{body}").bodies[body] for body in town.world("root").root.bodies]
    return {kid: key.public for body in bodies for kid, key in body.keys.items()}


def test_the_evidence_outlives_a_retirement_right_after_the_rotation(town: TestLedger) -> None:
    old = town.log_key
    new, receipt = rotate(town)
    retire(town, new)
    say_something(town)
    evidence = served(town, receipt)
    (step,) = followed(town, old, evidence)
    assert (step.old, step.new, step.index, step.event) == (old, new, receipt.index, receipt.event)
    assert step.signers == tuple((one.person, one.key.public.kid) for one in REGISTRARS[:2])
    assert set(signers_of(evidence)) == {one.key.public.kid for one in REGISTRARS[:2]}


def test_several_rotations_are_followed_in_a_chain_from_wherever_a_client_stands(town: TestLedger) -> None:
    trusted, receipts = [town.log_key], []
    for _ in range(3):
        new, receipt = rotate(town)
        retire(town, new)
        trusted.append(new)
        receipts.append(receipt)
    say_something(town)
    evidence = [served(town, receipt) for receipt in receipts]
    for place, key in enumerate(trusted):
        steps = followed(town, key, *evidence)
        assert [(step.old, step.new) for step in steps] == list(pairwise(trusted))[place:]
    assert followed(town, trusted[0]) == []
    with pytest.raises(VerificationError):
        followed(town, str(log_key("stranger").key), *evidence)
    with pytest.raises(VerificationError):
        followed(town, trusted[0], *evidence[1:])


def forged(
    town: TestLedger,
    data: Payload,
    *,
    by: Ed25519Signer | None = None,
    kind: str = "log_key.rotated",
    signed_by: Sequence[Official] = REGISTRARS[:2],
    **more: Any,
) -> Receipt:
    """Entry № 2 of a made-up log. by: the log key that signed the tree; by default the trusted one."""
    payload = town.payload(kind, "root", data, by=REGISTRARS[:2], **more)
    envelope = sign_as(dumps(payload), [(one.key, one.key.alg) for one in signed_by])
    stamp = "2025-09-01T09:00:00.000000Z"
    place: dict[str, Any] = {"index": 1, "stream": "root", "version": 2, "recorded_at": stamp}
    raw = format_entry(genesis=town.name["genesis"], envelope=envelope, **place)
    first, leaf = leaf_hash(b"first"), leaf_hash(raw)
    text = format_checkpoint(Checkpoint(ORIGIN, 2, node_hash(first, leaf)))
    signed = sign_note(text, [by or log_key_in(town.path)])
    return Receipt(event=payload["id"], entry=raw, leaf_hash=leaf, proof=(first,), checkpoint=signed, **place)


def one_step(town: TestLedger, receipt: Receipt) -> Step:
    name = town.name
    return follow_once(
        receipt, keys=KEYS, log_key=town.log_key, genesis=name["genesis"], origin=name["origin"]
    )


def test_what_the_trusted_key_signed_is_followed(town: TestLedger) -> None:
    """The near miss of all forgeries below: here the trusted key vouches for everything."""
    receipt = forged(town, rotation(town, size=1))
    assert one_step(town, receipt).new == str(log_key("next").key)


FORGERIES: dict[str, Callable[[TestLedger], Receipt]] = {
    "an entry that the trusted key did not sign": lambda town: forged(
        town, rotation(town, size=1), by=log_key("next")
    ),
    "a checkpoint of the new key alone": lambda town: forged(
        town, rotation(town) | {"checkpoint": note([log_key("next")], 1)}
    ),
    "a checkpoint of the trusted key alone": lambda town: forged(
        town, rotation(town) | {"checkpoint": note([log_key_in(town.path)], 1)}
    ),
    "a checkpoint that is ahead of the entry": lambda town: forged(town, rotation(town, size=2)),
    "a checkpoint of the empty tree": lambda town: forged(town, rotation(town, size=0)),
    "an event meant for another ledger": lambda town: forged(
        town, rotation(town, size=1), ledger={"origin": ORIGIN, "genesis": "00" * 32}
    ),
    "an event of another kind": lambda town: forged(
        town, {"person": "p-9", "name": "Особа"}, kind="person.registered"
    ),
    "a key of another log": lambda town: forged(
        town,
        {
            "log_key": str(log_key("next", OTHER).key),
            "checkpoint": note([log_key_in(town.path), log_key("next", OTHER)], 1),
        },
    ),
    "what is no event": lambda town: forged(town, {"log_key": "x", "checkpoint": ""}),
    "an event signed by others than it names": lambda town: forged(
        town, rotation(town, size=1), signed_by=REGISTRARS[2:]
    ),
    "rubbish": lambda town: replace(forged(town, rotation(town, size=1)), entry=b"{}"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_nothing_less_moves_trust(forge: Callable[[TestLedger], Receipt], town: TestLedger) -> None:
    with pytest.raises(VerificationError):
        one_step(town, forge(town))


def test_a_key_that_was_not_given_moves_no_trust(town: TestLedger) -> None:
    receipt = forged(town, rotation(town, size=1))
    name = town.name
    for keys in ({}, {REGISTRARS[0].key.public.kid: key_of("thief").public}):
        with pytest.raises(ReceiptError):
            follow_once(
                receipt, keys=keys, log_key=town.log_key, genesis=name["genesis"], origin=name["origin"]
            )
