"""What was decided on entries of a group that came to nothing: the store's fault, and nobody's refusal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from ledger.append.appender import Outcome
from ledger.envelope import Envelope
from ledger.errors import Refusal, StorageError
from tests.support.appending import DEADLINE, bad, held, position
from tests.support.log import Small, altered, audit, failing_commit

Made = Callable[[Small], list[Envelope]]


def of_one_id(small: Small) -> list[Envelope]:
    """Two statements with one id: whichever comes second is refused."""
    first = small.transfer()
    return [small.sign(first), small.sign(altered(first, reason="another statement"))]


def decided_and_rolled_back(small: Small, envelopes: list[Envelope], *, after: bool) -> list[Future[Outcome]]:
    """One group that takes them all, whose commit fails; how the head was before it is as after it."""
    with held(small) as (ledger, gate, first):
        futures = [ledger.submit([envelope]) for envelope in envelopes]
        with failing_commit(after=after):
            gate.open()
            first.exception(DEADLINE)
            for future in futures:
                future.exception(DEADLINE)
    return futures


def test_what_only_rolled_back_entries_refused_is_a_fault_of_the_store(small: Small) -> None:
    one, two = of_one_id(small)
    futures = decided_and_rolled_back(small, [one, two], after=False)
    for future in futures:
        error = future.exception(DEADLINE)
        assert isinstance(error, StorageError), f"told {error!r} of what the log does not hold"
        assert "planted" in str(error)
    with held(small) as (ledger, gate, _):
        gate.open()
        (receipt,) = ledger.submit([two]).result(DEADLINE)
        assert receipt.index == position(ledger) - 1, "what was called refused is taken, sent alone"
    audit(small.path, small.log_key)


def test_what_the_log_itself_refuses_is_refused_though_the_commit_fails(small: Small) -> None:
    """The first of a group is decided on what was there before."""
    refused = small.sign(bad(small))
    futures = decided_and_rolled_back(small, [refused, small.sign(small.transfer())], after=False)
    error = futures[0].exception(DEADLINE)
    assert isinstance(error, Refusal)
    assert isinstance(futures[1].exception(DEADLINE), StorageError)


def test_after_a_commit_whose_answer_was_lost_what_it_holds_is_acknowledged(small: Small) -> None:
    """And what it refused is not known to be refused, until it is sent again."""
    one, two = of_one_id(small)
    futures = decided_and_rolled_back(small, [one, two], after=True)
    assert len(futures[0].result(DEADLINE)) == 1
    assert isinstance(futures[1].exception(DEADLINE), StorageError)
    with held(small) as (ledger, gate, _):
        gate.open()
        with pytest.raises(Refusal, match="event-id-used"):
            ledger.submit([two]).result(DEADLINE)
