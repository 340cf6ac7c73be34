"""The projections of several machines: one of them writes, and whatever becomes of it, nothing is wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from ledger.log import open_reader
from ledger.store.place import SCHEMA, Database
from projections.rebuild import rebuild_in
from projections.store.postgres import SchemaGenerations
from tests.faults.conftest import Reckoned
from tests.faults.load import Load, wait_until
from tests.faults.planted import CLOCK
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_fleet import LATER, Fleet, fleet_of, loaded
from tests.faults.process import Forge, Server
from tests.faults.table import breaks
from tests.projections.tables import Rows, rows_of

pytestmark = pytest.mark.thorough

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname=current_schema()"
BUDGET = "/v1/programmes/roads/budget"
# Sessions of the machines, by what they are for.
LEADING = "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype='advisory' AND granted"
LISTENING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
HERE = " AND datname=current_database()"
DAY, MINUTES = 86_400, 180
LEAD = 0x506C6564  # the lock of whoever writes the projections, with the schema's hash


@pytest.fixture
def fleet(store: PostgresStore, forge: Forge) -> Iterator[Fleet]:
    with fleet_of(store, forge, seconds=10) as fleet:
        yield fleet


def sessions(store: PostgresStore, query: str) -> list[int]:
    with psycopg.connect(store.conninfo, autocommit=True) as watching:
        return [pid for (pid,) in watching.execute((query + HERE).encode())]


def end_sessions(store: PostgresStore, query: str) -> int:
    """End them at whatever they are; how many there were."""
    with psycopg.connect(store.conninfo, autocommit=True) as other:
        rows = other.execute(f"SELECT pg_terminate_backend(pid) FROM ({query}{HERE}) found".encode())  # noqa: S608
        return len(rows.fetchall())


def worked_in(server: Server) -> int:
    """Wait until the projections hold all that there is; the position."""
    head = int(server.ready().ask("/v1").body["position"])
    wait_until(lambda: server.ask(f"/v1/programmes?min_position={head}").status == 200, server)
    return head


def current(store: PostgresStore) -> tuple[str, Rows]:
    with closing(SchemaGenerations(Database(store.conninfo))) as generations:
        name = generations.current()
        assert name is not None
        with generations.readers(name).view() as (connection, _):
            return name, rows_of(connection, TABLES)


def check_tables(store: PostgresStore) -> None:
    """What is there is what a rebuild makes of the log, and no position was applied twice."""
    database = Database(store.conninfo)
    _, found = current(store)
    with (
        closing(open_reader(database)) as log,
        closing(SchemaGenerations(database, beside=True)) as generations,
    ):
        name = rebuild_in(generations, log)
        with generations.readers(name).view() as (connection, position):
            assert position == log.head().size
            assert rows_of(connection, TABLES) == found


def stop_all(load: Load, *servers: Server) -> None:
    for server in servers:
        load.settle(server.ready())
        worked_in(server)
        assert server.stop().code == 0
    assert set(load.refused) <= LATER, load.refused


@breaks("leader-killed")
def test_when_the_leader_is_killed_another_one_goes_on(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    leader = fleet.serve().ready()
    (first,) = sessions(store, LEADING)
    other = fleet.serve().ready()
    with loaded(load, leader, other):
        load.wait_for(30, other)
        leader.kill()
        load.wait_for(30, other)
        wait_until(lambda: sessions(store, LEADING) not in ([], [first]), other)
    stop_all(load, other)
    reckoned(at_least=50)
    check_tables(store)
    assert store.check() >= load.count


@breaks("leader-killed")
def test_a_lead_that_is_lost_within_a_batch_writes_nothing_twice(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    chance, ended = random.Random(), 0
    servers = fleet.serve().ready(), fleet.serve().ready()
    with loaded(load, *servers):
        for _ in range(12):
            load.wait_for(chance.randint(1, 10), servers[0])
            wait_until(lambda: len(sessions(store, LEADING)) == 1)
            ended += end_sessions(store, LEADING)
        load.wait_for(30, servers[0])
    assert ended >= 10
    stop_all(load, *servers)
    reckoned(at_least=40, rounds=ended)
    check_tables(store)
    assert store.check() >= load.count


@breaks("schema-dropped")
def test_projections_that_are_dropped_are_made_anew(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    servers = fleet.serve().ready(), fleet.serve().ready()
    with loaded(load, *servers):
        load.wait_for(30, servers[0])
        position = worked_in(servers[0])
        healthy = servers[0].ask(f"{BUDGET}?known={position}").body
        name, _ = current(store)
        with psycopg.connect(store.conninfo, autocommit=True) as other:
            other.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
        for _ in range(20):
            for server in servers:
                answer = server.ask(f"{BUDGET}?known={position}")
                assert answer.status in (200, 503), answer
                assert answer.status == 503 or answer.body == healthy
        load.wait_for(30, servers[0])
    stop_all(load, *servers)
    assert current(store)[0] != name
    reckoned(at_least=60)
    check_tables(store)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("schema-dropped")
def test_a_rebuild_beside_machines_is_taken_up_by_all_of_them(
    store: PostgresStore, load: Load, fleet: Fleet, forge: Forge, reckoned: Reckoned
) -> None:
    servers = fleet.serve().ready(), fleet.serve().ready()
    with loaded(load, *servers):
        load.wait_for(30, servers[0])
        name, _ = current(store)
        ended = forge.run("rebuild", "--data", store.path)
        assert ended.code == 0, ended
        assert current(store)[0] != name
        load.wait_for(30, servers[0])
    stop_all(load, *servers)
    reckoned(at_least=60)
    check_tables(store)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("hint-lost")
def test_a_machine_that_hears_nothing_looks_all_the_same(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    servers = fleet.serve().ready(), fleet.serve().ready()
    for _ in range(5):
        assert end_sessions(store, LISTENING) >= 1
        with load.on(servers[0]):
            load.wait_for(10, servers[0])
        assert worked_in(servers[1]) == worked_in(servers[0])
        wait_until(lambda: len(sessions(store, LISTENING)) == 2)
    stop_all(load, *servers)
    reckoned(at_least=50, rounds=5)
    check_tables(store)
    assert store.check() >= load.count


@breaks("projections-being-made")
def test_a_machine_that_starts_while_another_makes_the_first_projections_waits_for_them(
    store: PostgresStore, fleet: Fleet
) -> None:
    """Whoever makes them holds the lead and has nothing to show yet, for minutes where the log is long."""
    lead = "SELECT pg_advisory_lock(%s, hashtext(%s))"
    with psycopg.connect(store.conninfo, autocommit=True) as maker:
        maker.execute(lead, (LEAD, SCHEMA))
        machine = fleet.serve()
        machine.wait_until("/healthz", 200)
        assert machine.ask("/readyz").status == 503
    machine.ready()


# -- clocks -------------------------------------------------------------------------------------


def clock(store: PostgresStore, seconds: int) -> dict[str, str]:
    """The environment of a machine whose clock is wrong."""
    file = store.path.parent / f"clock{seconds}"
    file.write_text(str(seconds), encoding="ascii")
    return {CLOCK: str(file)}


@pytest.mark.parametrize("seconds", [MINUTES, pytest.param(-MINUTES, marks=pytest.mark.slow)])
@breaks("clocks-apart")
def test_clocks_that_are_minutes_apart_never_date_an_entry_before_another(
    store: PostgresStore, load: Load, fleet: Fleet, seconds: int, reckoned: Reckoned
) -> None:
    right, wrong = fleet.serve().ready(), fleet.serve(**clock(store, seconds)).ready()
    for _ in range(3):
        for server in (right, wrong):
            with load.on(server, 1):
                load.wait_for(5, server)
    with loaded(load, right, wrong):
        load.wait_for(20, right)
    stop_all(load, right, wrong)
    assert not load.refused
    dates = [entry.recorded_at for entry in store.found().entries]
    assert dates == sorted(dates)
    reckoned(at_least=50)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("clocks-apart")
def test_a_clock_that_is_a_day_behind_stops_its_own_machine_alone(
    store: PostgresStore, load: Load, fleet: Fleet, reckoned: Reckoned
) -> None:
    right = fleet.serve().ready()
    with load.on(right, 1):
        load.wait_for(5, right)
    wrong, strays = fleet.serve(**clock(store, -DAY)), Load(store.small)
    reasons = wrong.wait_until("/readyz", 503).body["details"]["reasons"]
    assert [reason["code"] for reason in reasons] == ["clock-wrong"]
    with load.on(right, 2), strays.on(wrong, 2):
        load.wait_for(30, right)
        strays.wait_for_refusals("503 stopped")
    assert strays.count == 0
    assert wrong.stop().code == 0
    stop_all(load, right)
    reckoned(at_least=30)
    assert store.check() >= load.count
