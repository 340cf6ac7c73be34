"""The database refuses, freezes, restarts, or has no room: a machine says so, and goes on by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.conftest import NO_MOUNT
from tests.faults.conftest import Reckoned
from tests.faults.disks import SmallDisk, mounted
from tests.faults.load import Load, wait_until
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_fleet import LATER, Fleet, fleet_of, loaded
from tests.faults.process import Forge
from tests.faults.table import breaks
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import dbname_of
from tests.support.postgres_template import give

pytestmark = pytest.mark.thorough

STORAGE = "503 storage-failed"
ROLE, PASSWORD = "clerk", "first"
DISK = "64m"


@pytest.fixture
def fleet(store: PostgresStore, forge: Forge) -> Iterator[Fleet]:
    with fleet_of(store, forge, seconds=3) as fleet:
        yield fleet


def restart(fleet: Fleet, load: Load, server: PostgresServer, rounds: int) -> None:
    chance, machines = random.Random(), (fleet.serve().ready(), fleet.serve().ready())
    with loaded(load, *machines):
        for _ in range(rounds):
            load.wait_for(chance.randint(1, 40), machines[0])
            server.stop("fast")
            server.start()
        load.wait_for(30, machines[0])
    for machine in machines:
        load.settle(machine.ready())
        assert machine.stop().code == 0
    assert set(load.refused) <= LATER, load.refused


@breaks("database-restarted")
def test_restarts_in_order_lose_nothing(
    store: PostgresStore, load: Load, fleet: Fleet, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    restart(fleet, load, own_postgres, 3)
    reckoned(at_least=33, rounds=3)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("database-frozen")
def test_a_database_that_freezes_is_given_up_for_a_while(
    store: PostgresStore, load: Load, fleet: Fleet, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    machine = fleet.serve().ready()
    with load.on(machine):
        load.wait_for(30, machine)
        own_postgres.pause()
        try:
            began = time.monotonic()
            wait_until(lambda: load.refused.total() > 0, machine)
            assert time.monotonic() - began < 30
            assert machine.ask("/healthz").status == 200
        finally:
            own_postgres.resume()
        load.wait_for(30, machine)
    load.settle(machine.ready())
    assert machine.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("database-read-only")
def test_a_database_that_takes_no_writes_answers_questions(
    store: PostgresStore, load: Load, fleet: Fleet, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    machine = fleet.serve().ready()
    with load.on(machine):
        load.wait_for(30, machine)
        own_postgres.configure(default_transaction_read_only="on")
        wait_until(lambda: load.refused.total() > 8, machine)
        acknowledged = load.count
        for target in ("/healthz", "/v1/programmes", "/v1/events?limit=10"):
            assert machine.ask(target).status == 200, target
        wait_until(lambda: load.refused.total() > 16, machine)
        assert load.count == acknowledged
        with psycopg.connect(own_postgres.conninfo(), autocommit=True) as admin:
            admin.execute("SET default_transaction_read_only TO off")
            admin.execute("ALTER SYSTEM RESET default_transaction_read_only")
            admin.execute("SELECT pg_reload_conf()")
        load.wait_for(30, machine)
    load.settle(machine.ready())
    assert machine.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=60)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("connections-exhausted")
def test_machines_with_connections_go_on_when_there_are_no_more(
    store: PostgresStore, load: Load, fleet: Fleet, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    machine = fleet.serve().ready()
    with load.on(machine, 2), ExitStack() as taken:
        load.wait_for(30, machine)
        with suppress(psycopg.OperationalError):
            while True:
                taken.enter_context(psycopg.connect(own_postgres.conninfo()))
        load.wait_for(30, machine)
        late = fleet.serve().end()
        assert late.code == 3, late
        assert "Traceback" not in late.errors
        assert "too many clients" in late.errors or "connection slots" in late.errors, late.errors
    load.settle(machine.ready())
    assert machine.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=60)
    assert store.check() >= load.count


def given_role(store: PostgresStore) -> str:
    """A connection string of one who may do with the ledger what he likes, and has a password to change."""
    name = sql.Identifier(dbname_of(store.conninfo))
    with psycopg.connect(store.conninfo, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(ROLE), PASSWORD))
        admin.execute(sql.SQL("ALTER SCHEMA pledger OWNER TO {}").format(sql.Identifier(ROLE)))
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(ROLE)))
        admin.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(ROLE)))
        tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname='pledger'").fetchall()
        for (table,) in tables:
            owned = sql.SQL("ALTER TABLE {} OWNER TO {}")
            admin.execute(owned.format(sql.Identifier("pledger", table), sql.Identifier(ROLE)))
    return make_conninfo(store.conninfo, user=ROLE, password=PASSWORD)


@pytest.mark.slow
@breaks("password-changed")
def test_a_password_that_is_changed_is_said_and_costs_no_entry(
    store: PostgresStore, load: Load, fleet: Fleet, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    fleet.database = given_role(store)
    change = sql.SQL("ALTER ROLE {} PASSWORD {}").format
    machine = fleet.serve().ready()
    with load.on(machine):
        load.wait_for(30, machine)
        own_postgres.execute(change(sql.Identifier(ROLE), "second"))
        load.wait_for(30, machine)
        store.cut_connections()
        wait_until(lambda: load.refused.total() > 0, machine)
        machine.wait_until("/readyz", 503)
        late = fleet.serve().end()
        assert late.code == 3, late
        assert "password authentication failed" in late.errors
        assert PASSWORD not in late.errors
        own_postgres.execute(change(sql.Identifier(ROLE), PASSWORD))
        load.wait_for(30, machine)
    load.settle(machine.ready())
    assert machine.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=90)
    assert store.check() >= load.count


# -- a disk without room --------------------------------------------------------------------------


@pytest.fixture
def disk(own_postgres: PostgresServer, tmp_path: Path) -> Iterator[Path]:
    """A small file system as a tablespace of the server."""
    folder = own_postgres.folder / "space"
    with mounted(folder, DISK) as allowed:
        if not allowed:
            pytest.skip(NO_MOUNT)
        place = folder / "files"
        place.mkdir(mode=0o700)
        give(place)
        own_postgres.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(str(place)))
        yield folder
        own_postgres.stop("fast")


@breaks("database-disk-full")
def test_a_full_disk_of_the_database_refuses_and_goes_on_with_room(
    store: PostgresStore,
    load: Load,
    fleet: Fleet,
    own_postgres: PostgresServer,
    disk: Path,
    reckoned: Reckoned,
) -> None:
    name = sql.Identifier(dbname_of(store.conninfo))
    own_postgres.execute(sql.SQL("ALTER DATABASE {} SET TABLESPACE small").format(name))
    machine, full = fleet.serve().ready(), SmallDisk(disk)
    with load.on(machine):
        load.wait_for(30, machine)
        full.fill()
        load.wait_for_refusals(STORAGE, 8)
        for target in ("/healthz", "/v1/events?limit=10"):
            assert machine.ask(target).status == 200, target
        full.empty()
        load.wait_for(30, machine)
    load.settle(machine.ready())
    assert machine.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=60)
    assert store.check() >= load.count
