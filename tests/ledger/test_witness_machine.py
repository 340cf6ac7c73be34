"""A witness under everything that may come to it, against a model: one history, never back."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ledger.witness.request import format_request
from tests.support.witnessing import ORIGIN, Place, SmallLog, cosigned_time

SIZES = st.integers(0, 20)
HISTORIES = [SmallLog(), SmallLog("second", forked=4), SmallLog("third", forked=9)]
PASTS = st.sampled_from(HISTORIES)


class WitnessMachine(RuleBasedStateMachine):
    """The model is what was cosigned last, by whom it was grown, and everything cosigned before."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.place = Place(self.folder)
        self.size, self.root, self.last_time = 0, HISTORIES[0].root(0), 0
        self.known = False
        self.cosigned: list[tuple[int, bytes]] = []
        self.forks: set[str] = set()

    def now(self) -> int:
        return int(self.place.clock.now().timestamp())

    def expected(self, log: SmallLog, old: int, new: int, *, proof_holds: bool) -> int:
        """The status, from the words of the specification."""
        if old > new:
            return 400
        if old != self.size:
            return 409
        extends = old == 0 or log.root(old) == self.root
        if not (extends and proof_holds):
            return 422
        return 503 if self.now() < self.last_time else 200

    def send(self, log: SmallLog, old: int, new: int, *, proof_holds: bool = True) -> None:
        needed = 0 < old < new
        proof = log.proof(old, new) if needed else []
        if not proof_holds:
            proof = [*proof, bytes(32)]
        status = self.expected(log, old, new, proof_holds=proof_holds)
        if self.known and new == self.size and log.root(new) != self.root and old <= new:
            self.forks.add(log.text(new))
        reply = self.place.add(format_request(old, proof, log.note(new)))
        assert reply.status == status, (old, new, reply)
        if reply.status == 409:
            assert reply.body == b"%d\n" % self.size
        if reply.status == 200:
            time = cosigned_time(reply, log.text(new))
            assert time == self.now() >= self.last_time
            self.size, self.root, self.last_time, self.known = new, log.root(new), time, True
            self.cosigned.append((new, self.root))

    @rule(log=PASTS, more=SIZES)
    def an_honest_request(self, log: SmallLog, more: int) -> None:
        self.send(log, self.size, min(self.size + more, 60))

    @rule(log=PASTS, old=SIZES, new=SIZES)
    def any_request(self, log: SmallLog, old: int, new: int) -> None:
        self.send(log, old, new)

    @rule(log=PASTS, more=SIZES)
    def a_wrong_proof(self, log: SmallLog, more: int) -> None:
        self.send(log, self.size, min(self.size + more, 60), proof_holds=False)

    @rule(seconds=st.integers(-5, 100))
    def time_passes(self, seconds: int) -> None:
        self.place.clock.advance(seconds=seconds)

    @rule()
    def a_restart(self) -> None:
        if self.now() < self.last_time:
            self.place.clock.advance(seconds=self.last_time - self.now())
        self.place.reopen()

    @invariant()
    def it_remembers_what_it_cosigned_last_and_each_fork(self) -> None:
        assert self.place.remembered(ORIGIN) == ((self.size, self.root) if self.known else None)
        proven = [one for one in self.place.memory.evidence() if one.proven]
        assert len(proven) == len(self.forks)

    @invariant()
    def all_that_it_cosigned_is_one_history_that_grows(self) -> None:
        sizes = [size for size, _ in self.cosigned]
        assert sizes == sorted(sizes)
        assert any(all(log.root(size) == root for size, root in self.cosigned) for log in HISTORIES)

    def teardown(self) -> None:
        self.place.close()
        shutil.rmtree(self.folder)


def test_a_witness_never_confirms_two_histories_and_never_goes_back() -> None:
    _run(12, 20)


@pytest.mark.slow
def test_it_never_does_in_many_longer_histories() -> None:
    _run(100, 40)


def _run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        WitnessMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
