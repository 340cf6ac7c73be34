"""Appending: recorded_at, and the queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta

import pytest

from ledger.append import appender as appender_module
from ledger.append.appender import Outcome
from ledger.clock import format_instant, parse_instant
from ledger.errors import Busy, Stopped
from ledger.service import Ledger
from tests.support.appending import (
    DEADLINE,
    held,
    stopped,
    together,
    until,
)
from tests.support.log import (
    HandClock,
    Small,
    audit,
)

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


# -- groups --------------------------------------------------------------------


class Napping:
    """Stands for the module `time` in the appender: a nap submits what comes next, if anything does."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self.naps = 0
        self.coming: list[Callable[[], object]] = []

    def sleep(self, seconds: float) -> None:
        self.naps += 1
        if self.coming:
            self.coming.pop(0)()


@pytest.fixture
def napping(monkeypatch: pytest.MonkeyPatch) -> Napping:
    made = Napping()
    monkeypatch.setattr(appender_module, "time", made)
    return made


def test_who_writes_alone_is_never_kept_waiting_for_others(
    ledger: Ledger, small: Small, napping: Napping
) -> None:
    for _ in range(5):
        small.submit(ledger, small.transfer())
    assert napping.naps == 0


def test_after_a_group_as_many_are_waited_for_as_long_as_they_keep_coming(
    small: Small, napping: Napping
) -> None:
    with held(small) as (ledger, gate, first):
        futures = [ledger.submit([small.sign(small.transfer())]) for _ in range(4)]
        gate.open()
        for future in (first, *futures):
            future.result(DEADLINE)
        assert napping.naps == 0, "nobody wrote at once before"
        later = [[small.sign(small.transfer())] for _ in range(6)]
        came: list[Future[Outcome]] = []

        def submit_next() -> None:
            came.append(ledger.submit(later.pop()))

        napping.coming = [submit_next] * 3
        receipts = ledger.submit([small.sign(small.transfer())]).result(DEADLINE)
        receipts += [receipt for future in came for receipt in future.result(DEADLINE)]
        assert napping.naps == 3, "four were there last time, and four are here"
        assert len({receipt.checkpoint for receipt in receipts}) == 1, "they share a commit"
        napping.coming = [submit_next]
        ledger.submit([small.sign(small.transfer())]).result(DEADLINE)
        assert napping.naps == 5, "one came, and then none: the others are not waited for"
        ledger.submit([small.sign(small.transfer())]).result(DEADLINE)
        assert napping.naps == 6
        ledger.submit([small.sign(small.transfer())]).result(DEADLINE)
        assert napping.naps == 6, "the last one was alone"
