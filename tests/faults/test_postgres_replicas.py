"""A replica that machines read from lags, or goes: what it lacks comes from the primary, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from ledger.store.place import Database
from projections.store.postgres import SchemaGenerations
from tests.faults.conftest import Reckoned
from tests.faults.load import Load, wait_until
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_fleet import fleet_of
from tests.faults.process import Forge, Server
from tests.faults.table import breaks
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import dbname_of

pytestmark = pytest.mark.thorough

WAIT_SECONDS = 2.0  # as long as a question waits for a replica


@pytest.fixture
def replica(own_postgres: PostgresServer) -> PostgresServer:
    return own_postgres.standby("replica")


@pytest.fixture
def machine(
    store: PostgresStore, forge: Forge, own_postgres: PostgresServer, replica: PostgresServer
) -> Iterator[Server]:
    own_postgres.wait_replayed(replica)
    conninfo = replica.conninfo(dbname_of(store.conninfo))
    with fleet_of(store, forge, "--replica", conninfo, seconds=5) as fleet:
        yield fleet.serve().ready()


def asked(machine: Server, position: int) -> tuple[int, float]:
    """(status, seconds) of a question for a position."""
    began = time.monotonic()
    answer = machine.ask(f"/v1/programmes/roads/budget?min_position={position}&known={position}")
    return answer.status, time.monotonic() - began


def some(machine: Server, load: Load) -> int:
    """Some more events; the position after them."""
    with load.on(machine, 2):
        load.wait_for(20, machine)
    load.settle(machine)
    return max(int(receipt["index"]) for receipt in load.acknowledged.values()) + 1


@breaks("replica-behind")
def test_what_a_replica_lacks_comes_from_the_primary_or_not_at_all(
    store: PostgresStore, load: Load, machine: Server, replica: PostgresServer, reckoned: Reckoned
) -> None:
    position = some(machine, load)
    wait_until(lambda: asked(machine, position)[0] == 200, machine)
    replica.pause_replay()
    position = some(machine, load)
    status, seconds = asked(machine, position)
    assert status == 200
    assert seconds >= WAIT_SECONDS * 0.9, "the replica was not waited for"
    assert machine.ask("/v1/programmes").status == 200
    behind_on_both(store, machine, load)
    replica.stop("kill")
    position = some(machine, load)
    wait_until(lambda: asked(machine, position)[0] == 200, machine)
    assert machine.ready().ask("/v1/programmes").status == 200
    replica.start()
    position = some(machine, load)
    wait_until(lambda: asked(machine, position)[0] == 200, machine)
    assert machine.stop().code == 0
    assert not load.refused
    reckoned(at_least=100)
    assert store.check() >= load.count


def behind_on_both(store: PostgresStore, machine: Server, load: Load) -> None:
    """Somebody holds up the projections of the primary too."""
    with closing(SchemaGenerations(Database(store.conninfo))) as generations:
        name = generations.current()
    with psycopg.connect(store.conninfo) as other:
        other.execute(f"LOCK TABLE {name}.batches IN EXCLUSIVE MODE".encode())
        position = some(machine, load)
        answer = machine.ask(f"/v1/programmes?min_position={position}")
        assert answer.status == 503
        assert answer.body["type"].endswith(":behind")
        other.rollback()
    wait_until(lambda: asked(machine, position)[0] == 200, machine)
