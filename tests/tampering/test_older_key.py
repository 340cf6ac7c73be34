"""A bundle from before the log's key was rotated, in the hands of somebody who trusts the new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api.texts.checks import sentence
from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.merkle import leaf_hash, tree_root
from ledger.note import Ed25519Signer, parse_verifier_key, sign_note
from ledger.rotation import prepare_log_key, retire_log_key
from ledger.verify.anchors import Anchors
from ledger.verify.bundle import verify_bundle
from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.report import Report
from tests.api.bundling import Bundle, Desk, open_desk, prove
from tests.support.log_keys import log_key, log_key_in
from tests.support.log_keys import note as signed_note
from tests.support.town import ORIGIN, PROGRAMME, PROGRAMME_ID, TestLedger, lines
from tests.tampering.archives import edit, packed, unpacked
from tests.tampering.harness import finds_of
from tests.tampering.rewriting import entries_of, rewrite

BASE, DAY = f"/v1/programmes/{PROGRAMME_ID}", "2025-12-31"


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str, str, str]]:
    """A desk; the key of before and the key of now; and the newest checkpoint, by the key of now."""
    folder = tmp_path_factory.mktemp("rotated")
    with TestLedger.with_programme(folder / "town") as town:
        prove(town)
        old = town.log_key
        new = prepare_log_key(town.path)
        town.reopen()
        signed = town.ledger.appender.checkpoint
        assert signed is not None
        town.submit("log_key.rotated", "root", {"log_key": new, "checkpoint": signed[1]})
        town.close()
        retire_log_key(town.path)
        town.reopen()
        town.log_key = new
        town.submit("financing.changed", PROGRAMME, lines("170.00"))
        signed = town.ledger.appender.checkpoint
        assert signed is not None
        newest = signed[1]
    with open_desk(town, folder) as desk:
        yield desk, old, new, newest


@pytest.fixture(scope="module")
def bundle(rotated: tuple[Desk, str, str, str]) -> Bundle:
    """Its heads, and the checkpoint over them, are from before the rotation."""
    desk, *_ = rotated
    return desk.fetch(BASE, as_of=DAY, from_=desk.door.town.position)


def _judged(path: Path, rotated: tuple[Desk, str, str, str], *seen: str) -> Report:
    desk, _, new, _ = rotated
    return verify_bundle(path, replace(desk.anchors, log_key=new, remembered=seen))


def test_alone_it_is_not_authenticated_and_the_words_name_the_file_to_take(
    bundle: Bundle, rotated: tuple[Desk, str, str, str]
) -> None:
    desk, old, *_ = rotated
    report = _judged(bundle.path, rotated)
    check = report.checks["checkpoint"]
    assert (report.verdict, check.status, check.reason) == ("self-consistent", "warning", "older-log-key")
    key_id = parse_verifier_key(old).key_id.hex()
    for language in ("uk", "en"):
        words = sentence(check, language)
        assert key_id in words
        assert "pledger trust --follow" in words
    by_the_old = verify_bundle(bundle.path, replace(desk.anchors, log_key=old))
    assert by_the_old.verdict == "verified"


def test_a_checkpoint_that_the_trusted_key_signed_and_that_extends_it_vouches_for_it(
    bundle: Bundle, rotated: tuple[Desk, str, str, str]
) -> None:
    report = _judged(bundle.path, rotated, rotated[3])
    assert (report.verdict, finds_of(report)) == ("verified", frozenset())
    assert report.checks["checkpoint"].facts["vouched"] > report.size
    assert "seen before" in sentence(report.checks["checkpoint"], "en")


def test_without_the_proof_between_them_it_does_not(
    bundle: Bundle, rotated: tuple[Desk, str, str, str], tmp_path: Path
) -> None:
    members = unpacked(bundle.path)
    del members["consistency.json"]
    report = _judged(packed(tmp_path / "b.zip", members), rotated, rotated[3])
    assert report.verdict == "self-consistent"


def test_a_checkpoint_of_another_key_or_of_another_tree_vouches_for_nothing(
    bundle: Bundle, rotated: tuple[Desk, str, str, str], tmp_path: Path
) -> None:
    desk, _, _, newest = rotated
    size = desk.door.town.position
    strangers = signed_note([log_key("a stranger")], size)
    assert _judged(bundle.path, rotated, strangers).verdict == "failed"
    forked = signed_note([log_key_in(desk.door.town.path)], size)
    assert forked.split("\n")[0] == ORIGIN
    assert "remembered/forked" in finds_of(_judged(bundle.path, rotated, forked))
    members = unpacked(bundle.path)
    edit(members, "consistency.json", lambda joined: joined["proof"].reverse())
    assert _judged(packed(tmp_path / "b.zip", members), rotated, newest).verdict == "failed"


def test_one_that_the_old_key_signed_vouches_for_nothing(
    bundle: Bundle, rotated: tuple[Desk, str, str, str]
) -> None:
    """It extends the bundle, and nobody whom the verifier trusts signed it."""
    report = _judged(bundle.path, rotated, bundle.read("checkpoint").decode())
    assert report.checks["remembered"].status == "ok"
    assert report.verdict == "self-consistent"


# -- a whole file by a key that was given up ------------------------------------------------


@pytest.fixture
def given_up(tmp_path: Path) -> tuple[Path, Anchors, Ed25519Signer, int]:
    """A ledger file; its anchors, with the new key; the old key; and where the rotation stands."""
    with TestLedger.with_programme(tmp_path / "town") as town:
        changes = [
            town.envelope("financing.changed", PROGRAMME, lines(amount), effective="2025-03-01")
            for amount in ("100000.00", "200000.00")
        ]
        town.submit_all(changes)
        old, new = log_key_in(town.path), prepare_log_key(town.path)
        town.reopen()
        signed = town.ledger.appender.checkpoint
        assert signed is not None
        place = town.position
        town.submit("log_key.rotated", "root", {"log_key": new, "checkpoint": signed[1]})
        town.close()
        retire_log_key(town.path)
        town.reopen()
        town.log_key = new
        town.submit("person.registered", "root", {"person": "p-later", "name": "Пізня Особа"})
        path = town.path / "ledger.db"
    return path, Anchors(ORIGIN, town.name["genesis"], new), old, place


def only_checkpoint(path: Path, size: int, signer: Ed25519Signer) -> None:
    """Let the file keep one checkpoint, over its first `size` entries."""
    with closing(sqlite3.connect(path)) as connection:
        raws = [raw for (raw,) in connection.execute("SELECT state FROM stored_events ORDER BY rowid")]
        root = tree_root([leaf_hash(raw) for raw in raws[:size]])
        note = sign_note(format_checkpoint(Checkpoint(ORIGIN, size, root)), [signer])
        connection.execute("DELETE FROM checkpoints")
        connection.execute("INSERT INTO checkpoints VALUES (?, ?)", (size, note))
        connection.commit()


def test_a_rotation_behind_the_checkpoint_does_not_make_the_old_key_trusted(
    given_up: tuple[Path, Anchors, Ed25519Signer, int],
) -> None:
    """Whoever stole it could sign another past up to there, and put the true rotation behind it."""
    path, anchors, old, place = given_up
    assert verify_ledger_file(path, anchors).verdict == "verified"
    only_checkpoint(path, place, old)
    report = verify_ledger_file(path, anchors)
    assert report.checks["checkpoint"].reason == "older-log-key"
    assert report.verdict == "self-consistent"


def test_what_both_keys_signed_at_the_rotation_is_held_against_the_entries(
    given_up: tuple[Path, Anchors, Ed25519Signer, int],
) -> None:
    path, anchors, old, place = given_up
    entries = entries_of(path)
    one, other = (index for index, row in enumerate(entries) if row["stream"] == PROGRAMME and index > 22)
    entries[one]["envelope"], entries[other]["envelope"] = (
        entries[other]["envelope"],
        entries[one]["envelope"],
    )
    rewrite(path, entries)
    only_checkpoint(path, place, old)
    report = verify_ledger_file(path, anchors)
    assert "tree/other-root" in finds_of(report)
