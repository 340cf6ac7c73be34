"""What only a database server can do to a ledger: cut its connections, die, and come back."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.postgres import PostgresStore
from tests.faults.table import breaks
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.thorough

LATER = {"503 storage-failed", "503 stopped", "503 store-unreadable", "503 busy"}


def cut_repeatedly(store: PostgresStore, load: Load, rounds: int) -> int:
    """Cut all connections at random moments under load; how many were cut."""
    chance, cut = random.Random(), 0
    server = store.serve().ready()
    with load.on(server):
        for _ in range(rounds):
            load.wait_for(chance.randint(1, 20), server)
            time.sleep(chance.uniform(0, 0.01))
            cut += store.cut_connections()
        load.wait_for(30, server)
    server.ready()
    load.settle(server)
    assert server.stop().code == 0
    return cut


@breaks("connections-cut")
def test_connections_that_are_cut_lose_nothing(store: PostgresStore, load: Load, reckoned: Reckoned) -> None:
    assert cut_repeatedly(store, load, 10) >= 10
    assert set(load.refused) <= LATER
    reckoned(at_least=40, rounds=10)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("connections-cut")
def test_two_hundred_cuts_lose_nothing(store: PostgresStore, load: Load, reckoned: Reckoned) -> None:
    assert cut_repeatedly(store, load, 200) >= 200
    assert set(load.refused) <= LATER
    assert load.refused, "no cut met a submission"
    reckoned(at_least=400, rounds=200)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("database-killed")
def test_a_database_that_is_killed_under_load_keeps_what_was_acknowledged(
    store: PostgresStore, load: Load, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    server = store.serve().ready()
    with load.on(server):
        for _ in range(2):
            load.wait_for(30, server)
            own_postgres.stop("kill")
            load.wait_for_refusals("503 storage-failed", 1)
            assert server.ask("/healthz").status == 200
            server.wait_until("/readyz", 503)
            own_postgres.start()
        load.wait_for(30, server)
    server.ready()
    load.settle(server)
    assert server.stop().code == 0
    assert set(load.refused) <= LATER
    reckoned(at_least=90, rounds=2)
    assert store.check() >= load.count
