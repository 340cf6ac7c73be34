"""Several processes have one signer: who was overtaken is told so, and a second history is not signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import Moved, Stopped
from ledger.signer import FileLogSigner, LogSigner
from ledger.signing.remote import RemoteLogSigner
from tests.support.signers import FORKED, TRUE, Place, serving, signed


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(params=["files", "service", "service with a token"])
def signer(request: pytest.FixtureRequest, place: Place) -> Iterator[LogSigner]:
    """One signer in its own process and as a service: both keep to one contract."""
    if request.param == "files":
        with place.open() as held:
            yield held
        return
    token = b"t" * 32 if request.param == "service with a token" else None
    with serving(place, token, tcp=token is not None) as service:
        asked = RemoteLogSigner(service.address, token)
        yield asked
        asked.close()


def moved(signer: LogSigner, size: int, since: int | None, proved_from: int | None = None) -> Moved:
    start = since if proved_from is None else proved_from
    with pytest.raises(Moved) as caught:
        signer.sign(size, TRUE.root(size), TRUE.proof(start or 0, size), since)
    return caught.value


def test_who_was_overtaken_is_told_what_was_signed_last_and_goes_on_from_there(signer: LogSigner) -> None:
    signed(signer, 5)  # another process
    told = moved(signer, 9, since=3)
    assert (told.size, told.root) == (5, TRUE.root(5)) == signer.last()
    signer.sign(9, TRUE.root(9), TRUE.proof(told.size, 9), told.size)
    assert signer.last() == (9, TRUE.root(9))


def test_a_tree_smaller_than_that_signed_last_is_one_that_was_overtaken(signer: LogSigner) -> None:
    signed(signer, 9)
    for since in (None, 0, 3, 9):
        told = moved(signer, 7, since)
        assert (told.size, told.root) == (9, TRUE.root(9))
    assert "signs no tree of size 7" in str(told)
    assert "signed size 9" in str(told)


def test_a_proof_from_elsewhere_is_not_tried_even_if_it_would_hold(signer: LogSigner) -> None:
    signed(signer, 5)
    for since in (0, 4, 6, 8):
        told = moved(signer, 8, since, proved_from=5)
        assert told.size == 5
    assert signer.last()[0] == 5


def test_the_tree_signed_last_is_signed_again_for_whoever_committed_it_too(signer: LogSigner) -> None:
    note = signed(signer, 8)
    for since in (None, 0, 3, 8):
        proof = [] if since is None else TRUE.proof(since, 8)
        assert signer.sign(8, TRUE.root(8), proof, since) == note


@pytest.mark.parametrize("since", [None, 0, 2, 4, 5])
def test_another_tree_of_the_size_signed_last_is_a_second_history_and_no_race(
    signer: LogSigner, since: int | None
) -> None:
    signed(signer, 5)
    with pytest.raises(Stopped, match="different roots") as caught:
        signer.sign(5, FORKED.root(5), FORKED.proof(since or 0, 5), since)
    assert not isinstance(caught.value, Moved)


def test_a_proof_that_starts_at_the_tree_signed_last_and_does_not_hold_is_no_race(signer: LogSigner) -> None:
    signed(signer, 5)
    for since in (None, 5):
        for proof in (FORKED.proof(5, 9), TRUE.proof(5, 9), []):
            with pytest.raises(Stopped, match="signs no tree") as caught:
                signer.sign(9, FORKED.root(9), proof, since)
            assert not isinstance(caught.value, Moved)
    assert signer.last() == (5, TRUE.root(5))
    signed(signer, 6)


@pytest.mark.parametrize(
    ("size", "root", "proof"),
    [
        pytest.param(-1, bytes(32), [], id="a negative size"),
        pytest.param(2**63, bytes(32), [], id="a size beyond the format"),
        pytest.param(6, bytes(31), [], id="a short root"),
        pytest.param(6, bytes(32), [bytes(31)], id="a short hash"),
        pytest.param(6, bytes(32), [bytes(32)] * 65, id="more hashes than a proof can have"),
    ],
)
def test_what_is_no_tree_is_refused_and_the_signer_goes_on(
    signer: LogSigner, size: int, root: bytes, proof: list[bytes]
) -> None:
    signed(signer, 5)
    with pytest.raises(Stopped) as caught:
        signer.sign(size, root, proof, 5)
    assert not isinstance(caught.value, Moved)
    signed(signer, 6)


def test_a_signer_whose_memory_is_ahead_of_the_log_signs_nothing_until_the_entries_are_back(
    place: Place, signer: LogSigner
) -> None:
    signed(signer, 20)
    restored = 12  # an old backup of the database
    assert moved(signer, restored, since=restored).size == 20
    rewritten = FORKED.root(30)
    with pytest.raises(Stopped) as caught:
        signer.sign(30, rewritten, FORKED.proof(20, 30), 20)
    assert not isinstance(caught.value, Moved)
    signed(signer, 30)


def test_the_service_and_the_files_sign_the_same_bytes(place: Place) -> None:
    with serving(place) as service:
        asked = RemoteLogSigner(service.address)
        remote = [signed(asked, size) for size in (3, 7)]
        keys = asked.verifier_keys
        asked.close()
    with place.open() as held:
        assert held.sign(7, TRUE.root(7), []) == remote[1]
        assert held.verifier_keys == keys
        assert held.origin == asked.origin
    with pytest.raises(Stopped, match="closed"):
        asked.last()
    assert isinstance(held, FileLogSigner)
