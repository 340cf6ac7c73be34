"""SIGKILL between requests and in the midst of one: clients are told, go on, and no tree has two roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.checkpoint import open_checkpoint
from ledger.errors import Stopped
from ledger.note import Ed25519Verifier
from ledger.signing.remote import RemoteLogSigner
from tests.ledger.signer_child import POINTS
from tests.support.signers import FORKED, TRUE, Place, process, signed

pytestmark = pytest.mark.thorough


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_signer_killed_between_requests_is_missed_and_taken_up_again(place: Place) -> None:
    with process(place) as child:
        asked = RemoteLogSigner(place.address)
        signed(asked, 5)
        child.kill()
        child.wait()
        for _ in range(2):
            with pytest.raises(Stopped, match=r"does not answer.*pledger signer serve"):
                signed(asked, 6)
    with process(place):
        assert asked.last() == (5, TRUE.root(5))
        signed(asked, 6)
    asked.close()


def test_a_signer_restarted_between_two_requests_is_not_noticed(place: Place) -> None:
    with process(place):
        asked = RemoteLogSigner(place.address)
        signed(asked, 5)
    with process(place):
        signed(asked, 6)
    asked.close()


@pytest.mark.parametrize("point", POINTS)
def test_killed_in_the_midst_of_a_request_it_signs_the_same_tree_afterwards_and_no_other(
    place: Place, point: str
) -> None:
    with process(place, point, "9") as child:
        asked = RemoteLogSigner(place.address)
        signed(asked, 5)
        with pytest.raises(Stopped, match="does not answer"):
            asked.sign(9, TRUE.root(9), TRUE.proof(5, 9), 5)
        assert child.wait(30) == -9
    with process(place):
        size, root = asked.last()
        assert (size, root) in ((5, TRUE.root(5)), (9, TRUE.root(9)))
        if size == 9:  # remembered, so that the other history of this size can have no signature
            with pytest.raises(Stopped, match="different roots"):
                asked.sign(9, FORKED.root(9), FORKED.proof(5, 9), 5)
        note = asked.sign(9, TRUE.root(9), TRUE.proof(5, 9), 5)
        checkpoint, _ = open_checkpoint(note, [Ed25519Verifier.parse(asked.verifier_key)])
        assert (checkpoint.size, checkpoint.root) == (9, TRUE.root(9))
    asked.close()


def test_a_signature_is_never_sent_before_the_memory_is_durable(place: Place) -> None:
    with process(place, "before the answer is sent", "9"):
        asked = RemoteLogSigner(place.address)
        with pytest.raises(Stopped, match="does not answer"):
            asked.sign(9, TRUE.root(9), [], 0)
    asked.close()
    with place.open() as held:
        assert held.last() == (9, TRUE.root(9))
