"""Rounds with real witnesses and a real authority on loopback: what is kept, and what never is."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.trust.outside import Outside
from ledger.canonical import dumps
from ledger.merkle import leaf_hash as hash_leaf
from ledger.merkle import tree_root
from ledger.note import Ed25519Verifier, parse_note
from ledger.witness.policy import judge
from tests.api.watched import Watched, serviced_town, size_of, watched
from tests.support.people import MACHINE, REGISTRARS
from tests.support.town import TestLedger


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    with watched(model, tmp_path) as made:
        yield made


def test_a_round_states_heads_and_keeps_cosignatures_and_stamp(place: Watched) -> None:
    before = place.town.position
    assert place.round().state == "recorded"
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]
    assert place.town.position == before + 3
    assert place.newest("ledger.heads").size == before
    # The checkpoint is over the heads, so that a proof of the heads is under what was witnessed.
    heads = place.stated()[0]
    witnessed, anchored = place.newest("checkpoint.witnessed"), place.newest("timestamp.anchored")
    assert size_of(witnessed.checkpoint) == heads.index + 1
    assert parse_note(anchored.checkpoint).text == parse_note(witnessed.checkpoint).text


def test_the_heads_are_those_of_every_stream(place: Watched) -> None:
    """Recomputed from the entries alone, as docs/proof.md says."""
    place.round()
    heads = place.newest("ledger.heads")
    ends: dict[str, tuple[int, int]] = {}
    for entry in place.town.ledger.reader.entries(0, heads.size):
        ends[entry.stream] = (entry.version, entry.index)
    leaves = [
        hash_leaf(dumps({"last": last, "stream": stream, "version": version}))
        for stream, (version, last) in sorted(ends.items(), key=lambda item: item[0].encode())
    ]
    assert (heads.root, heads.streams) == (tree_root(leaves).hex(), len(ends))


def test_a_quiet_log_grows_by_nothing(place: Watched) -> None:
    assert place.round().state == "recorded"
    position, asked = place.town.position, place.asked_for_stamps
    rounds = place.rounds()
    for _ in range(20):
        assert rounds.make().state == "quiet"
    assert (place.town.position, place.asked_for_stamps) == (position, asked)


def test_a_log_that_grew_is_witnessed_anew(place: Watched) -> None:
    rounds = place.rounds()
    rounds.make()
    place.say()
    assert rounds.make().state == "recorded"
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"] * 2
    sizes = [size_of(one.event.data.checkpoint) for one in place.stated() if "checkpoint." in one.event.kind]
    assert sizes == sorted(set(sizes))
    assert [watcher.seen() for watcher in place.watchers] == [sizes[-1]] * 3


def test_what_was_witnessed_satisfies_the_policy(place: Watched) -> None:
    place.round()
    found = judge(place.newest("checkpoint.witnessed").checkpoint, place.policy("all"))
    assert found.satisfied
    assert found.names == ("w1", "w2", "w3")
    assert found.at == int(place.clock.now().timestamp())


def test_cosignatures_and_stamps_hold_by_openssl(place: Watched) -> None:
    """With nothing of ours but the bytes: tlog-cosignature's message, and `openssl ts -verify`."""
    place.round()
    note = parse_note(place.newest("checkpoint.witnessed").checkpoint)
    cosignatures = [one for one in note.signatures if one.name.endswith(".example") and len(one.blob) == 72]
    assert len(cosignatures) == 3
    for watcher in place.watchers:
        (line,) = [one for one in cosignatures if one.name == watcher.signer.name]
        time = int.from_bytes(line.blob[:8])
        message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
        assert verified_by_openssl(place.folder, watcher.signer.key.public_key, message, line.blob[8:])
        assert not verified_by_openssl(place.folder, watcher.signer.key.public_key, b"x", line.blob[8:])
    anchored = place.newest("timestamp.anchored")
    text = parse_note(anchored.checkpoint).text.encode()
    assert place.office.accepted_by_openssl(b64decode(anchored.response), text)


def verified_by_openssl(folder: Path, key: bytes, message: bytes, signature: bytes) -> bool:
    """`openssl pkeyutl -verify` of an Ed25519 signature."""
    public = Ed25519PublicKey.from_public_bytes(key)
    (folder / "key.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    given = ("-pubin", "-inkey", "key.pem", "-rawin", "-in", "message", "-sigfile", "signature")
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", *given], cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0


def test_one_witness_away_above_the_quorum_is_told_and_no_more(place: Watched) -> None:
    place.watchers[1].stop()
    outcome = place.round()
    assert (outcome.state, [*outcome.missed]) == ("recorded", ["w2"])
    assert "w2" in outcome.words
    assert judge(place.newest("checkpoint.witnessed").checkpoint, place.policy()).names == ("w1", "w3")


def test_below_the_quorum_nothing_is_recorded_and_the_round_goes_on_with_its_heads(place: Watched) -> None:
    for watcher in place.watchers[1:]:
        watcher.stop()
    rounds = place.rounds()
    for _ in range(3):
        place.say()  # however much comes meanwhile, no more heads are stated
        outcome = rounds.make()
        assert (outcome.state, [*outcome.missed]) == ("short", ["w2", "w3"])
        assert place.kinds() == ["ledger.heads"]
    assert place.asked_for_stamps == 0
    place.watchers[1].start()
    newest = place.town.position
    assert rounds.make().state == "recorded"
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]
    assert size_of(place.newest("checkpoint.witnessed").checkpoint) == newest
    # What came meanwhile has heads of its own now.
    assert rounds.make().state == "recorded"
    assert place.kinds()[3:] == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]
    assert rounds.make().state == "quiet"


def test_a_process_that_ended_in_the_middle_of_a_round_goes_on_with_its_heads(place: Watched) -> None:
    place.stop_all()
    assert place.round().state == "short"
    place.town.reopen()
    for watcher in place.watchers:
        watcher.start()
    assert place.round().state == "recorded"
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]


def test_an_authority_away_does_not_hold_the_witnesses_up(place: Watched) -> None:
    place.authority_down = True
    rounds = place.rounds()
    outcome = rounds.make()
    assert outcome.state == "partly"
    assert place.tsa_url in outcome.words
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed"]
    assert rounds.make().state == "partly"
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed"]
    place.authority_down = False
    assert rounds.make().state == "recorded"
    assert place.kinds() == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]
    assert rounds.make().state == "quiet"


def test_a_stamp_by_another_authority_is_not_kept(place: Watched) -> None:
    wrong = replace(place.authority, roots=(place_root(place),))
    assert place.round(Outside(None, wrong)).state == "partly"
    assert place.kinds() == ["ledger.heads"]


def place_root(place: Watched) -> bytes:
    from tests.support.certificates import root

    return root("Somebody else").pem


def test_without_anybody_outside_heads_alone_are_stated(place: Watched) -> None:
    rounds = place.rounds(Outside())
    assert rounds.make().state == "recorded"
    assert rounds.make().state == "quiet"
    assert place.kinds() == ["ledger.heads"]


def test_a_stamp_is_over_the_checkpoint_that_the_log_signed(place: Watched) -> None:
    place.round(Outside(None, place.authority))
    anchored = place.newest("timestamp.anchored")
    note = parse_note(anchored.checkpoint)
    verifier = Ed25519Verifier.parse(place.town.log_key)
    (own,) = note.signatures
    verifier.check(note.text.encode(), own.blob)
    assert sha256(note.text.encode()).digest() in b64decode(anchored.response)


def test_a_revoked_service_key_states_nothing_and_the_round_says_so(place: Watched) -> None:
    place.round()
    before = place.kinds()
    place.town.submit(
        "key.revoked", "root", {"kid": MACHINE.key.public.kid, "cause": "stolen"}, by=REGISTRARS[:2]
    )
    position = place.town.position
    outcome = place.round()
    assert outcome.state == "failed"
    assert "service key" in outcome.words
    assert place.kinds() == before
    assert place.town.position == position


def test_a_ledger_without_a_service_key_states_nothing(place: Watched) -> None:
    (place.town.path / "service-key.pem").unlink()
    place.town.reopen()
    position = place.town.position
    assert place.round().state == "failed"
    assert place.town.position == position


def test_a_witness_that_has_seen_more_raises_the_alarm_and_nothing_is_written(place: Watched) -> None:
    """The database of yesterday, and the signer's memory of yesterday with it."""
    backup = place.folder / "backup"
    place.town.close()
    copied = TestLedger.copy_of(place.town, backup)
    copied.close()
    place.town.reopen()
    place.round()
    longer = place.watchers[0].seen()
    place.town.close()
    place.town.path, place.town.ledger = backup, TestLedger.copy_of(copied, place.folder / "restored").ledger
    position = place.town.position
    outcome = place.round()
    assert outcome.state == "alarm"
    assert set(outcome.missed) <= {"w1", "w2", "w3"}
    assert str(longer) in outcome.words
    # The heads came first; who asks before it starts (test_trust_runner.py) does not even write those.
    assert place.town.position <= position + 1
    assert "checkpoint.witnessed" not in place.kinds()
