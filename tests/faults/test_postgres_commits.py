"""Around COMMIT: the network breaks, a standby is not waited for, somebody sleeps on the lock."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import deque
from collections.abc import Sequence

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.faults.conftest import Reckoned
from tests.faults.load import Load, wait_until
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_fleet import LATER, fleet_of, loaded
from tests.faults.postgres_machines import waiting
from tests.faults.process import Forge, Server
from tests.faults.table import breaks
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import Pair, dbname_of
from tests.support.proxy import Proxy

pytestmark = pytest.mark.thorough

STEADY = 50  # questions to all servers in a row, between which nothing more is acknowledged
# A backend that holds the head's lock while its machine thinks.
HOLDERS = (
    "SELECT pid, xact_start FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE state = 'idle in transaction' AND mode = 'RowShareLock' AND relation = 'pledger.head'::regclass"
)


@pytest.fixture
def pair(own_postgres: PostgresServer) -> Pair:
    """A primary whose commits wait for its standby."""
    return Pair(own_postgres, own_postgres.standby("standby", synchronous=True))


def cut_at_commits(store: PostgresStore, load: Load, forge: Forge, proxy: Proxy, rounds: int) -> None:
    """The connection of one of two machines breaks at COMMITs; the other one's goes another way."""
    chance, through = random.Random(), make_conninfo(store.conninfo, port=proxy.port)
    with fleet_of(store, forge, seconds=5) as fleet:
        cut, other = fleet.serve(database=through).ready(), fleet.serve().ready()
        with loaded(load, cut, other):
            for turn in range(1, rounds + 1):
                load.wait_for(chance.randint(1, 20), cut)
                chance.choice((proxy.cut_before, proxy.cut_after))("COMMIT")
                proxy.wait_cut(turn)
            load.wait_for(30, cut)
        for server in (cut, other):
            load.settle(server.ready())
            assert server.stop().code == 0
    assert set(load.refused) <= LATER, load.refused


@pytest.mark.slow
@breaks("cut-at-commit")
def test_connections_that_break_at_commit_lose_and_double_nothing(
    store: PostgresStore, load: Load, forge: Forge, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    with Proxy(own_postgres.port) as proxy:
        cut_at_commits(store, load, forge, proxy, 5)
    reckoned(at_least=30, rounds=5)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("cut-at-commit")
def test_two_hundred_breaks_at_commit_lose_and_double_nothing(
    store: PostgresStore, load: Load, forge: Forge, own_postgres: PostgresServer, reckoned: Reckoned
) -> None:
    with Proxy(own_postgres.port) as proxy:
        cut_at_commits(store, load, forge, proxy, 200)
    reckoned(at_least=400, rounds=200)
    assert store.check() >= load.count


# -- the synchronous standby ----------------------------------------------------------------


def promoted(store: PostgresStore, pair: Pair) -> None:
    """The primary is gone for good: what counts is what the standby has."""
    pair.primary.stop("kill")
    pair.standby.promote()
    store.conninfo = pair.standby.conninfo(dbname_of(store.conninfo))


def codes(server: Server) -> set[str]:
    """Why it is not ready."""
    details = server.ask("/readyz").body.get("details", {})
    return {reason["code"] for reason in details.get("reasons", [])}


def settled(load: Load, servers: Sequence[Server]) -> int:
    """How many are acknowledged, once all that the standby had is told: receipts of it may still be made."""
    counts: deque[int] = deque(maxlen=STEADY)

    def steady() -> bool:
        assert all(server.ask("/healthz").status == 200 for server in servers)
        counts.append(load.count)
        return len(counts) == STEADY and len(set(counts)) == 1

    wait_until(steady)
    return counts[-1]


@pytest.mark.parametrize(
    "how", [pytest.param("pg_cancel_backend", marks=pytest.mark.slow), "pg_terminate_backend"]
)
@breaks("wait-cancelled")
def test_commits_whose_wait_is_cancelled_are_not_acknowledged_until_the_standby_has_them(
    store: PostgresStore, load: Load, forge: Forge, pair: Pair, how: str, reckoned: Reckoned
) -> None:
    query = f"SELECT count({how}(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"  # noqa: S608
    with fleet_of(store, forge, "--standbys", 1, seconds=5) as fleet:
        servers = fleet.serve().ready(), fleet.serve().ready()
        with loaded(load, *servers):
            load.wait_for(30, servers[0])
            pair.standby.stop("kill")
            until(lambda: waiting(pair.primary), "a commit waits")
            refused, cancelled = load.refused.total(), 0
            acknowledged = settled(load, servers)
            while cancelled < 10 or load.refused.total() < refused + 4:
                cancelled += pair.primary.execute(query)[0][0]
            assert load.count == acknowledged, "acknowledged what only the primary has"
            pair.standby.start()
            load.wait_for(30, servers[0])
        for server in servers:
            load.settle(server.ready())
            assert server.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    promoted(store, pair)
    reckoned(at_least=60, rounds=cancelled)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("standby-gone")
def test_without_its_standby_nothing_is_acknowledged_and_questions_are_answered(
    store: PostgresStore, load: Load, forge: Forge, pair: Pair, reckoned: Reckoned
) -> None:
    with fleet_of(store, forge, "--standbys", 1, seconds=2) as fleet:
        server = fleet.serve().ready()
        with load.on(server):
            load.wait_for(30, server)
            pair.standby.stop("kill")
            until(lambda: waiting(pair.primary), "a commit waits")
            refused = load.refused.total()
            wait_until(lambda: load.refused.total() > refused)
            acknowledged = load.count
            wait_until(lambda: load.refused.total() > refused + 4)
            assert load.count == acknowledged
            wait_until(lambda: "standby-missing" in codes(server))
            for target in ("/healthz", "/v1/programmes", "/v1/events?limit=10"):
                assert server.ask(target).status == 200, target
            pair.standby.start()
            load.wait_for(30, server)
        load.settle(server.ready())
        assert server.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    promoted(store, pair)
    reckoned(at_least=60)
    assert store.check() >= load.count


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"synchronous_standby_names": ""}, "standby-unsynchronised"),
        pytest.param({"fsync": "off"}, "", marks=pytest.mark.slow),
        pytest.param({"synchronous_commit": "local"}, "", marks=pytest.mark.slow),
    ],
)
@breaks("promise-less")
def test_a_database_that_promises_less_is_refused_at_once(
    store: PostgresStore,
    load: Load,
    forge: Forge,
    pair: Pair,
    settings: dict[str, str],
    code: str,
    reckoned: Reckoned,
) -> None:
    before = {name: pair.primary.execute(f"SHOW {name}")[0][0] for name in settings}
    with fleet_of(store, forge, "--standbys", 1, seconds=5) as fleet:
        server = fleet.serve().ready()
        with load.on(server):
            load.wait_for(30, server)
            pair.primary.configure(**settings)
            load.wait_for_refusals("503 stopped", 8)
            acknowledged = load.count
            load.wait_for_refusals("503 stopped", 8)
            assert load.count == acknowledged
            assert code in codes(server) | {""}
            assert server.ask("/v1/programmes").status == 200
            pair.primary.configure(**before)
            load.wait_for(30, server)
        load.settle(server.ready())
        assert server.stop().code == 0
    promoted(store, pair)
    reckoned(at_least=60)
    assert store.check() >= load.count


# -- the lock of the head ---------------------------------------------------------------------


def frozen_with_the_lock(store: PostgresStore, server: Server) -> None:
    """SIGSTOP, again and again, until the machine sleeps on the head's lock. It is the only one."""
    chance = random.Random()
    with psycopg.connect(store.conninfo, autocommit=True) as watching:
        for _ in range(2000):
            os.kill(server.pid, signal.SIGSTOP)
            if _holds(watching):
                return
            os.kill(server.pid, signal.SIGCONT)
            time.sleep(chance.uniform(0, 0.01))
    raise AssertionError("it never slept on the lock")


def _holds(watching: psycopg.Connection) -> bool:
    """Twice the same: nothing is on its way any more."""
    found = [watching.execute(HOLDERS).fetchall() for _ in range(2)]
    return bool(found[0]) and found[0] == found[1]


@pytest.mark.slow
@breaks("holder-frozen")
def test_a_machine_that_freezes_with_the_lock_holds_up_the_others_for_a_while(
    store: PostgresStore, load: Load, forge: Forge, reckoned: Reckoned
) -> None:
    with fleet_of(store, forge, seconds=3) as fleet:
        frozen, other = fleet.serve().ready(), fleet.serve().ready()
        with load.on(frozen, 2):
            load.wait_for(10, frozen)
            frozen_with_the_lock(store, frozen)
            try:
                with load.on(other, 2):
                    load.wait_for(30, other)
            finally:
                os.kill(frozen.pid, signal.SIGCONT)
            load.wait_for(30, frozen)
        for server in (frozen, other):
            load.settle(server.ready())
            assert server.stop().code == 0
    assert set(load.refused) <= LATER, load.refused
    reckoned(at_least=70)
    assert store.check() >= load.count
