"""Driving an appender from tests: hold its thread, gather a group, see what it says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.append.appender import Outcome
from ledger.envelope import Envelope
from ledger.errors import Refusal, Stopped
from ledger.service import Ledger
from tests.support.log import (
    ROADS,
    HandClock,
    Small,
)

DEADLINE = 60.0


class Gate:
    """Holds the appender's thread in its first commit, so that what follows gathers in one group."""

    def __init__(self) -> None:
        self.reached, self._open = threading.Event(), threading.Event()

    def __call__(self, size: int) -> None:
        self.reached.set()
        assert self._open.wait(DEADLINE)

    def open(self) -> None:
        self._open.set()


@contextmanager
def held(small: Small, **more: Any) -> Iterator[tuple[Ledger, Gate, Future[Outcome]]]:
    """A ledger whose appender is busy with one submission until the gate opens."""
    gate = Gate()
    with Ledger(small.path, clock=HandClock(), on_commit=gate, **more) as ledger:
        try:
            first = ledger.submit([small.sign(small.transfer())])
            assert gate.reached.wait(DEADLINE)
            yield ledger, gate, first
        finally:
            gate.open()


def together(small: Small, batches: list[list[Envelope]]) -> list[Future[Outcome]]:
    """Submit so that one group takes them all."""
    with held(small) as (ledger, gate, _):
        futures = [ledger.submit(batch) for batch in batches]
        gate.open()
        for future in futures:
            future.exception(DEADLINE)
    return futures


def position(ledger: Ledger) -> int:
    return ledger.reader.head().size


def refused(ledger: Ledger, *envelopes: Envelope) -> Refusal:
    with pytest.raises(Refusal) as caught:
        ledger.submit(envelopes).result(DEADLINE)
    return caught.value


def code_of(future: Future[Outcome]) -> str:
    error = future.exception(DEADLINE)
    assert isinstance(error, Refusal)
    return error.code


def until(holds: Callable[[], bool]) -> None:
    """Poll until something holds; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


def stopped(ledger: Ledger, small: Small, payload: bytes | None = None) -> str:
    """Appending stops, says why and goes on saying it, while reading goes on."""
    size = position(ledger)
    for _ in range(2):
        with pytest.raises(Stopped) as caught:
            ledger.submit([small.sign(payload or small.transfer())]).result(DEADLINE)
        assert ledger.appender.stopped == str(caught.value)
    assert position(ledger) == size
    assert len(ledger.reader.entries(0, 1000)) == size
    assert ledger.world_now(ROADS).position == size
    return str(caught.value)


def bad(small: Small) -> bytes:
    return small.transfer(measure="no-such")
