"""SIGKILL at random points of a server under load: what was acknowledged is there, once and whole."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.stores import Store
from tests.faults.table import breaks

pytestmark = pytest.mark.thorough


def kill_repeatedly(store: Store, load: Load, rounds: int) -> Counter[str]:
    """Kill servers at random moments, one of four while it starts; how far each came."""
    chance, came, start_seconds = random.Random(), Counter[str](), 0.5
    for turn in range(rounds):
        began, before = time.monotonic(), load.count
        server = store.serve()
        if turn % 4 == 3:
            time.sleep(start_seconds * chance.uniform(0.2, 1.02))
        else:
            server.wait_until("/healthz", 200)
            start_seconds = time.monotonic() - began
            with load.on(server):
                load.wait_for(chance.randint(1, 60), server)
                time.sleep(chance.uniform(0, 0.02))
                server.kill()
        server.kill()
        assert server.end().code is None
        came["wrote" if load.count > before else "started"] += 1
    return came


def settled(store: Store, load: Load) -> None:
    """A last server takes what nobody knew the outcome of, and stops in order."""
    server = store.serve().ready()
    load.settle(server)
    assert server.stop().code == 0


@breaks("killed")
def test_a_few_kills_lose_nothing(store: Store, load: Load, reckoned: Reckoned) -> None:
    came = kill_repeatedly(store, load, 6)
    assert came["wrote"] >= 4
    settled(store, load)
    reckoned(at_least=20, rounds=6)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("killed")
def test_two_hundred_kills_lose_nothing(store: Store, load: Load, reckoned: Reckoned) -> None:
    came = kill_repeatedly(store, load, 200)
    assert came["wrote"] >= 140
    settled(store, load)
    reckoned(at_least=2000, rounds=200)
    assert store.check() >= load.count
