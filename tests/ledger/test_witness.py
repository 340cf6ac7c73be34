"""A witness answers as C2SP tlog-witness v1.0.0 says, and never confirms two histories."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Stopped
from ledger.merkle import EMPTY_ROOT
from ledger.note import Ed25519Verifier, format_note, open_note, parse_note, sign_note
from ledger.witness import memory as memory_module
from ledger.witness.request import format_request, parse_size
from ledger.witness.witness import Reply, Witness, logs_of
from tests.support.clock import START
from tests.support.witnessing import NOW, ORIGIN, WITNESS, Place, SmallLog, cosigned_time, cosigner

ROOT = Path(__file__).resolve().parent.parent.parent
LOG = SmallLog()
FORK = SmallLog("another past", forked=3)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


# -- published exchanges --------------------------------------------------------

# The logs' keys, of the same publication: torchwood's README (list-logs), and sum.golang.org's own.
SIGSUM = (
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
    "+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP"
)
SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def exchanges(vectors: Path, name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((vectors / "torchwood-witness" / name).read_text())
    return loaded


def expected_of(exchange: dict[str, Any]) -> tuple[int, str, bool]:
    """Status, text of the body, and whether that is all of it; in the words of v1.0.0 and our name."""
    said, exact = exchange["assert"], " == " in exchange["assert"]
    text = json.loads(said.split(" == " if exact else " contains ")[1])
    status = 404 if text == "unknown log" else exchange["status"]  # the snapshot is older than the 404
    return status, text.replace("example.com/witness", WITNESS), exact


def check_exchanges(witness: Witness, found: list[dict[str, Any]]) -> int:
    for exchange in found:
        reply = witness.add_checkpoint(exchange["request_body"].encode())
        status, text, exact = expected_of(exchange)
        body = reply.body.decode()
        assert reply.status == status, exchange
        assert (body == text) if exact else (text in body), exchange
        if status == 200:
            cosigned_time(reply, exchange["request_body"].split("\n\n")[1] + "\n")
        if status == 409:
            assert reply.content_type == "text/x.tlog.size"
    return len(found)


def test_the_published_exchanges_of_a_sigsum_log_are_answered_as_published(
    vectors: Path, place: Place
) -> None:
    witness = Witness(place.signer, place.memory, logs_of([SIGSUM]), place.clock)
    found = exchanges(vectors, "litewitness-add-checkpoint.json")
    assert check_exchanges(witness, found) == 9
    assert [head.checkpoint.size for head in place.memory.heads()] == [5]


def test_the_published_checkpoint_of_the_go_database_is_cosigned(vectors: Path, place: Place) -> None:
    # Its key is named sum.golang.org and its origin "go.sum database tree": whoever follows it says so.
    logs = {"go.sum database tree": [Ed25519Verifier.parse(SUMDB)]}
    witness = Witness(place.signer, place.memory, logs, place.clock)
    assert check_exchanges(witness, exchanges(vectors, "sumdb-add-checkpoint.json")) == 1


# -- answers --------------------------------------------------------------------


def test_a_growing_log_is_cosigned_step_by_step_and_over_restarts(place: Place) -> None:
    old = 0
    for new in (1, 2, 3, 8, 9, 40, 64):
        place.clock.advance(seconds=60)
        expected = int(place.clock.now().timestamp())
        assert cosigned_time(place.grow(LOG, old, new), LOG.text(new)) == expected
        place.reopen()
        assert place.remembered() == (new, LOG.root(new))
        old = new


def test_the_same_checkpoint_is_cosigned_again_with_the_time_of_then(place: Place) -> None:
    place.grow(LOG, 0, 5)
    place.clock.advance(hours=1)
    assert cosigned_time(place.grow(LOG, 5, 5), LOG.text(5)) == NOW + 3600
    assert place.remembered() == (5, LOG.root(5))


def test_the_empty_tree_is_cosigned_and_grows(place: Place) -> None:
    cosigned_time(place.grow(LOG, 0, 0), LOG.text(0))
    assert place.remembered() == (0, EMPTY_ROOT)
    cosigned_time(place.grow(LOG, 0, 7), LOG.text(7))


def size_line(size: int, text: str) -> str:
    lines = text.split("\n")
    return "\n".join([lines[0], str(size), *lines[2:]])


NOTE = LOG.note(5)
ODD = {
    "nothing": b"",
    "no empty line": b"old 0\n" + NOTE.replace("\n\n", "\n").encode(),
    "no old size": b"\n" + NOTE.encode(),
    "no checkpoint": b"old 0\n\n",
    "a text without signatures": b"old 0\n\n" + LOG.text(5).encode(),
    "no last newline": format_request(0, [], NOTE)[:-1],
    "a leading zero": format_request(0, [], NOTE).replace(b"old 0", b"old 00"),
    "a plus sign": format_request(0, [], NOTE).replace(b"old 0", b"old +1"),
    "Arabic digits": format_request(0, [], NOTE).replace(b"old 0", "old ٣".encode()),
    "two spaces": format_request(0, [], NOTE).replace(b"old 0", b"old  0"),
    "capitals": format_request(0, [], NOTE).replace(b"old 0", b"Old 0"),
    "carriage returns": format_request(0, [], NOTE).replace(b"\n", b"\r\n"),
    "a size of 2^63": format_request(1 << 63, [], NOTE),
    "a short hash": b"old 1\nAAAA\n\n" + NOTE.encode(),
    "no base64": b"old 1\n????\n\n" + NOTE.encode(),
    "another spelling of base64": b"old 1\n" + b"A" * 42 + b"B=\n\n" + NOTE.encode(),
    "64 proof lines": format_request(1, [bytes(32)] * 64, NOTE),
    "no UTF-8": format_request(0, [], NOTE).replace(b"small", b"smal\xff"),
    "an extension line": format_request(0, [], sign_note(LOG.text(5) + "more\n", [LOG.signer])),
    "a size with a leading zero": format_request(
        0, [], sign_note(LOG.text(5).replace("\n5", "\n05"), [LOG.signer])
    ),
    "more than the limit": format_request(0, [], NOTE) + b"\xe2\x80\x94 x AAAAAAAA\n" * 6000,
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_a_malformed_request_is_400_and_changes_nothing(place: Place, body: bytes) -> None:
    assert place.add(body).status == 400
    assert place.remembered() is None
    assert place.memory.evidence() == []


def test_63_proof_lines_are_read(place: Place) -> None:
    place.grow(LOG, 0, 1)
    assert place.add(format_request(1, [bytes(32)] * 63, NOTE)).status == 422


def test_an_unknown_origin_is_404_whoever_signed(place: Place) -> None:
    stranger = SmallLog(origin="stranger.example/log", key="log")
    assert place.grow(stranger, 0, 5).status == 404
    assert place.grow(SmallLog(origin=ORIGIN + "/"), 0, 5).status == 404


def test_no_or_a_bad_signature_of_the_log_is_403(place: Place) -> None:
    (signature,) = parse_note(NOTE).signatures
    other_text = format_note(LOG.text(6), [signature])
    assert place.grow(SmallLog(key="another"), 0, 5).status == 403
    assert place.add(format_request(0, [], other_text)).status == 403
    assert place.add(format_request(0, [], sign_note(LOG.text(5), [cosigner()]))).status == 403
    for odd in (b"x\n", b"\xff\n", b"\xe2\x80\x94 x ?\n"):
        assert place.add(format_request(0, [], NOTE) + odd).status == 403
    assert place.remembered() is None
    assert place.memory.evidence() == []


def test_signatures_of_strangers_beside_the_logs_are_ignored_and_not_kept(place: Place) -> None:
    note = LOG.note(5, SmallLog(key="another").signer, SmallLog(origin="x.example").signer)
    cosigned_time(place.add(LOG.request(0, 5, note)), LOG.text(5))
    (head,) = place.memory.heads()
    assert [one.name for one in parse_note(head.note).signatures] == [ORIGIN, WITNESS]


def test_an_old_size_above_the_checkpoints_is_400(place: Place) -> None:
    place.grow(LOG, 0, 8)
    for old in (6, 8, 9):
        assert place.add(format_request(old, [], NOTE)).status == 400


@pytest.mark.parametrize("old", [0, 3, 5])
def test_an_old_size_that_is_not_the_remembered_one_is_409_with_that(place: Place, old: int) -> None:
    assert place.grow(LOG, 1, 5) == Reply(409, "text/x.tlog.size", b"0\n")
    place.grow(LOG, 0, 4)
    reply = place.grow(LOG, old, 5)
    assert reply == Reply(409, "text/x.tlog.size", b"4\n")
    assert parse_size(reply.body) == 4
    assert place.remembered() == (4, LOG.root(4))


def test_a_smaller_checkpoint_is_never_cosigned_again(place: Place) -> None:
    place.grow(LOG, 0, 8)
    for old in range(6):
        assert place.grow(LOG, old, 5) == Reply(409, "text/x.tlog.size", b"8\n")


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        pytest.param(4, 9, [], id="none"),
        pytest.param(4, 9, [*LOG.proof(4, 9), bytes(32)], id="one hash too many"),
        pytest.param(4, 9, LOG.proof(4, 9)[:-1], id="one too few"),
        pytest.param(4, 9, LOG.proof(4, 9)[::-1], id="another order"),
        pytest.param(4, 9, LOG.proof(3, 9), id="from another size"),
        pytest.param(4, 9, LOG.proof(4, 10), id="to another size"),
        pytest.param(4, 4, [bytes(32)], id="for the same tree"),
    ],
)
def test_a_proof_that_does_not_hold_is_422(place: Place, old: int, new: int, proof: list[bytes]) -> None:
    place.grow(LOG, 0, old)
    assert place.add(format_request(old, proof, LOG.note(new))).status == 422
    assert place.remembered() == (old, LOG.root(old))
    cosigned_time(place.grow(LOG, old, 9), LOG.text(9))


def test_a_proof_from_nothing_is_422(place: Place) -> None:
    assert place.add(format_request(0, [bytes(32)], NOTE)).status == 422
    assert place.add(format_request(0, [LOG.root(5)], NOTE)).status == 422
    assert place.remembered() is None


def test_an_empty_tree_with_another_root_is_422(place: Place) -> None:
    text = LOG.text(0).replace(LOG.text(0).split("\n")[2], LOG.text(5).split("\n")[2])
    assert place.add(format_request(0, [], sign_note(text, [LOG.signer]))).status == 422
    assert place.remembered() is None


def test_logs_are_told_apart(tmp_path: Path) -> None:
    other = SmallLog("other", origin="other.example/log", key="other")
    place = Place(tmp_path, LOG, other)
    cosigned_time(place.grow(LOG, 0, 5), LOG.text(5))
    cosigned_time(place.grow(other, 0, 9), other.text(9))
    cosigned_time(place.grow(LOG, 5, 6), LOG.text(6))
    assert place.remembered(other.origin) == (9, other.root(9))
    assert place.add(other.request(9, 10, sign_note(other.text(10), [LOG.signer]))).status == 403
    place.close()


def test_a_log_goes_on_under_its_next_key_and_its_memory_binds_that_key(tmp_path: Path) -> None:
    following, forking = SmallLog(key="next"), SmallLog("another past", forked=3, key="next")
    place = Place(tmp_path, LOG, following)
    place.grow(LOG, 0, 5)
    cosigned_time(place.add(LOG.request(5, 6, LOG.note(6, following.signer))), LOG.text(6))
    assert place.grow(forking, 6, 7).status == 422
    cosigned_time(place.grow(following, 6, 7), LOG.text(7))
    place.close()


# -- forks ------------------------------------------------------------------------


def test_a_fork_of_one_size_is_refused_and_both_signed_notes_are_kept(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.grow(LOG, 0, 5)
    with caplog.at_level(logging.WARNING, "pledger.witness"):
        assert place.grow(FORK, 5, 5).status == 422
    (alarm,) = caplog.records
    for named in (ORIGIN, LOG.text(5).split("\n")[2], FORK.text(5).split("\n")[2], "TWO HISTORIES"):
        assert named in alarm.getMessage()
    place.reopen()
    (evidence,) = place.memory.evidence()
    assert (evidence.proven, evidence.time) == (True, NOW)
    for note, text in ((evidence.kept, LOG.text(5)), (evidence.seen, FORK.text(5))):
        assert open_note(note, [Ed25519Verifier.parse(LOG.key)]).text == text
    open_note(evidence.kept, [cosigner().verifier])
    assert place.remembered() == (5, LOG.root(5))


def test_a_fork_of_one_size_is_kept_whatever_old_size_came_with_it(place: Place) -> None:
    place.grow(LOG, 0, 5)
    assert place.grow(FORK, 3, 5) == Reply(409, "text/x.tlog.size", b"5\n")
    assert [one.proven for one in place.memory.evidence()] == [True]


def test_a_longer_fork_is_refused_and_kept_as_unproven(place: Place) -> None:
    place.grow(LOG, 0, 5)
    assert place.grow(FORK, 5, 9).status == 422
    (evidence,) = place.memory.evidence()
    assert not evidence.proven
    assert parse_note(evidence.seen).text == FORK.text(9)


def test_a_wrong_proof_for_an_honest_checkpoint_accuses_only_until_it_is_shown_right(place: Place) -> None:
    place.grow(LOG, 0, 5)
    assert place.add(format_request(5, [bytes(32)], LOG.note(9))).status == 422
    assert [one.proven for one in place.memory.evidence()] == [False]
    cosigned_time(place.grow(LOG, 5, 9), LOG.text(9))
    assert place.memory.evidence() == []


def test_proof_of_a_fork_stays_when_the_log_goes_on(place: Place) -> None:
    place.grow(LOG, 0, 5)
    place.grow(FORK, 5, 5)
    place.grow(LOG, 5, 9)
    assert [one.proven for one in place.memory.evidence()] == [True]


def test_what_the_log_did_not_sign_is_no_evidence(place: Place) -> None:
    place.grow(LOG, 0, 5)
    forged = sign_note(FORK.text(5), [SmallLog(key="another").signer])
    assert place.add(FORK.request(5, 5, forged)).status == 403
    assert place.memory.evidence() == []


def test_evidence_is_kept_once_and_a_flood_of_it_ends(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "EVIDENCE_MAX", {True: 2, False: 3})
    place.grow(LOG, 0, 5)
    stranger = SmallLog(key="another").signer
    for at in range(6):
        other = SmallLog(f"past {at}", forked=3)
        for note in (other.note(5), other.note(5, stranger)):
            assert place.add(other.request(5, 5, note)).status == 422
        assert place.grow(other, 5, 9).status == 422
        assert place.grow(other, 5, 9).status == 422
    assert sorted(one.proven for one in place.memory.evidence()) == [False] * 3 + [True] * 2


# -- time -------------------------------------------------------------------------


def test_time_never_goes_back(place: Place) -> None:
    place.grow(LOG, 0, 5)
    place.clock.set(START.replace(year=2024))
    reply = place.grow(LOG, 5, 9)
    assert reply.status == 503
    assert place.remembered() == (5, LOG.root(5))
    with pytest.raises(Stopped, match="clock"):
        place.witness.check_clock()
    with pytest.raises(Stopped, match="clock"):
        place.reopen()
    place.clock.set(START)
    assert cosigned_time(place.reopen().add_checkpoint(LOG.request(5, 9)), LOG.text(9)) == NOW


def test_the_time_of_one_log_binds_the_cosignatures_of_another(tmp_path: Path) -> None:
    other = SmallLog(origin="other.example/log", key="other")
    place = Place(tmp_path, LOG, other)
    place.grow(LOG, 0, 5)
    place.clock.advance(seconds=-1)
    assert place.grow(other, 0, 5).status == 503
    place.close()
