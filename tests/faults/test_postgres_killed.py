"""Many machines, one database, one signer: each of them killed at random moments under load."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_fleet import LATER, Fleet, fleet_of, loaded
from tests.faults.process import Forge, Server
from tests.faults.table import breaks
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.thorough


@pytest.fixture
def fleet(store: PostgresStore, forge: Forge) -> Iterator[Fleet]:
    with fleet_of(store, forge, seconds=5) as fleet:
        yield fleet


def pause(chance: random.Random) -> None:
    """The random moment: nothing is waited for."""
    time.sleep(chance.uniform(0, 0.02))


def kill_machines(fleet: Fleet, load: Load, rounds: int) -> Counter[str]:
    """Kill one of two machines at random moments, while the other one goes on; how far each came."""
    chance, came = random.Random(), Counter[str]()
    steady = fleet.serve().ready()
    with load.on(steady, 2):
        for _ in range(rounds):
            victim = fleet.serve()
            victim.wait_until("/healthz", 200)
            with load.on(victim, 2):
                before = load.count
                load.wait_for(chance.randint(1, 40), victim)
                came["wrote" if load.count > before else "waited"] += 1
                pause(chance)
                victim.kill()
            assert victim.end().code is None
    steady.ready()
    load.settle(steady)
    assert steady.stop().code == 0
    return came


def break_repeatedly(fleet: Fleet, load: Load, rounds: int, fault: Callable[[], None]) -> None:
    """Two machines under load while something else breaks, and is mended, at random moments."""
    chance = random.Random()
    servers: list[Server] = [fleet.serve().ready(), fleet.serve().ready()]
    with loaded(load, *servers):
        for _ in range(rounds):
            load.wait_for(chance.randint(1, 40), servers[0])
            pause(chance)
            fault()
        load.wait_for(30, servers[0])
    for server in servers:
        load.settle(server.ready())
    for server in servers:
        assert server.stop().code == 0
    assert set(load.refused) <= LATER, load.refused


def kill_signer(fleet: Fleet) -> None:
    fleet.signer.kill()
    fleet.signer.end()
    fleet.start_signer()


def kill_database(server: PostgresServer) -> None:
    server.stop("kill")
    server.start()


@breaks("machine-killed")
def test_a_machine_that_is_killed_loses_nothing_and_the_other_goes_on(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    came = kill_machines(fleet, load, 3)
    assert came["wrote"] >= 2
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=20, rounds=3)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("machine-killed")
def test_a_hundred_machines_that_are_killed_lose_nothing(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    came = kill_machines(fleet, load, 100)
    assert came["wrote"] >= 70
    reckoned(at_least=1000, rounds=100)
    assert store.check() >= load.count


@breaks("signer-killed")
def test_a_signer_that_is_killed_stops_machines_for_a_moment_and_loses_nothing(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    break_repeatedly(fleet, load, 3, lambda: kill_signer(fleet))
    reckoned(at_least=33, rounds=3)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("signer-killed")
def test_sixty_kills_of_the_signer_lose_nothing(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    break_repeatedly(fleet, load, 60, lambda: kill_signer(fleet))
    reckoned(at_least=90, rounds=60)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("database-killed")
def test_forty_kills_of_the_database_under_two_machines_lose_nothing(
    store: PostgresStore, load: Load, fleet: Fleet, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    break_repeatedly(fleet, load, 40, lambda: kill_database(own_postgres))
    reckoned(at_least=70, rounds=40)
    assert store.check() >= load.count
