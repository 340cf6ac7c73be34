"""The tests' PostgreSQL servers: what other tests rely on when they start, break and compare them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from tests.support.polling import until
from tests.support.postgres import Mode, PostgresServer
from tests.support.postgres_fixtures import Pair, dbname_of
from tests.support.postgres_processes import alive, family
from tests.support.postgres_template import HASTY

pytestmark = pytest.mark.thorough

Start = Callable[..., PostgresServer]
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def insert(server: PostgresServer, number: int) -> None:
    server.execute("INSERT INTO told VALUES (%s)", params=[number])


def told(server: PostgresServer) -> list[int]:
    return [number for (number,) in server.execute("SELECT n FROM told ORDER BY n")]


def test_it_is_the_version_that_the_documents_name(postgres: PostgresServer) -> None:
    assert postgres.execute("SHOW server_version_num")[0][0].startswith("18")


def test_it_listens_on_the_loopback_alone_and_asks_for_a_password(postgres: PostgresServer) -> None:
    assert postgres.execute("SHOW listen_addresses") == [("127.0.0.1",)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.conninfo(password="another"))


def test_a_server_is_durable_unless_it_is_told_not_to_be(
    postgres: PostgresServer, start_postgres: Start
) -> None:
    query = "SELECT current_setting('fsync'), current_setting('full_page_writes')"
    assert start_postgres().execute(query) == [("on", "on")]
    assert postgres.execute(query) == [("off", "off")]


def test_two_databases_know_nothing_of_each_other(postgres: PostgresServer) -> None:
    names = [dbname_of(postgres.fresh_database()) for _ in range(2)]
    postgres.execute("CREATE TABLE only_here (n int)", names[0])
    with pytest.raises(psycopg.errors.UndefinedTable):
        postgres.execute("SELECT n FROM only_here", names[1])


def test_a_database_begins_with_what_its_template_holds(postgres: PostgresServer) -> None:
    model = dbname_of(postgres.fresh_database("model"))
    postgres.execute("CREATE TABLE here AS SELECT 7 AS n", model)
    assert postgres.execute("SELECT n FROM here", dbname_of(postgres.fresh_database(template=model))) == [
        (7,)
    ]


def test_a_database_holds_ukrainian_and_sorts_it_by_code_points(postgres_database: str) -> None:
    query = "SELECT word, lower(word) FROM (VALUES ('Я'), ('Ї'), ('а'), ('z'), ('B')) v (word) ORDER BY word"
    with psycopg.connect(postgres_database) as connection:
        found = connection.execute(query).fetchall()
    assert found == [("B", "b"), ("z", "z"), ("Ї", "ї"), ("Я", "я"), ("а", "а")]


def test_a_database_is_dropped_though_somebody_is_connected(postgres: PostgresServer) -> None:
    conninfo = postgres.fresh_database("crowded")
    with psycopg.connect(conninfo) as connection:
        postgres.drop_database("crowded")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert postgres.execute("SELECT 1 FROM pg_database WHERE datname = 'crowded'") == []


@pytest.mark.parametrize("mode", ["fast", "immediate", "kill"])
def test_what_was_committed_outlives_a_stop_and_what_was_not_does_not(
    start_postgres: Start, mode: Mode
) -> None:
    server = start_postgres()
    port, pids = server.port, family(server.pid)
    server.execute("CREATE TABLE told (n int)")
    insert(server, 1)
    with closing(psycopg.connect(server.conninfo())) as connection:
        connection.execute("INSERT INTO told VALUES (2)")
        server.stop(mode)
    assert not server.running
    assert not any(alive(pid) for pid in pids)
    server.start()
    assert (server.port, told(server)) == (port, [1])


def test_a_kill_leaves_the_server_no_time_to_shut_down(start_postgres: Start) -> None:
    server = start_postgres(**HASTY)
    before = server.log()
    server.stop("kill")
    assert server.log() == before
    server.start()
    assert "was not properly shut down" in server.log()


def test_a_paused_server_answers_nobody_until_it_is_resumed(
    start_postgres: Start, aside: ThreadPoolExecutor
) -> None:
    server = start_postgres(**HASTY)
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        server.pause()
        asked = aside.submit(connection.execute, "SELECT 1")
        assert _none_runs(server)
        assert not asked.done()
        server.resume()
        assert asked.result(30).fetchall() == [(1,)]


def _none_runs(server: PostgresServer) -> bool:
    import psutil  # type: ignore[import-untyped]

    return all(psutil.Process(pid).status() == psutil.STATUS_STOPPED for pid in family(server.pid))


def test_a_paused_server_can_be_stopped(start_postgres: Start) -> None:
    server = start_postgres(**HASTY)
    server.pause()
    server.stop("kill")
    assert not server.running


def test_settings_change_while_it_runs(start_postgres: Start) -> None:
    server = start_postgres(work_mem="3MB", **HASTY)
    shown = "SELECT current_setting('work_mem'), current_setting('lock_timeout')"
    assert server.execute(shown) == [("3MB", "0")]
    server.configure(work_mem="5MB", lock_timeout="7s")
    assert server.execute(shown) == [("5MB", "7s")]
    server.configure(lock_timeout=None)
    assert server.execute(shown) == [("5MB", "0")]


def test_a_setting_that_needs_a_restart_is_told(start_postgres: Start) -> None:
    with pytest.raises(AssertionError, match=r"need a restart: \['max_connections'\]"):
        start_postgres(**HASTY).configure(max_connections=50)


def test_a_server_that_does_not_start_says_why(start_postgres: Start) -> None:
    with pytest.raises(AssertionError, match="unrecognized configuration parameter"):
        start_postgres(no_such_setting=1)


def test_a_standby_shows_what_the_primary_committed_and_takes_no_writes(postgres_pair: Pair) -> None:
    primary, standby = postgres_pair.primary, postgres_pair.standby
    primary.execute("CREATE TABLE told (n int)")
    insert(primary, 1)
    primary.wait_replayed(standby)
    assert told(standby) == [1]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        insert(standby, 2)


def test_a_synchronous_standby_is_one_from_the_first_commit_on(
    start_postgres: Start, aside: ThreadPoolExecutor
) -> None:
    primary = start_postgres()
    primary.execute("CREATE TABLE told (n int)")
    standby = primary.standby("b", synchronous=True)
    standby.pause()
    commit = aside.submit(insert, primary, 1)
    _waits(primary, commit)
    standby.resume()
    commit.result(30)
    assert told(primary) == [1]


def _waits(primary: PostgresServer, commit: Future[None]) -> None:
    until(lambda: commit.done() or primary.execute(WAITING) == [(1,)], "the commit waits for the standby")
    assert not commit.done(), "a commit did not wait for the synchronous standby"


def test_all_standbys_that_were_made_synchronous_are(start_postgres: Start) -> None:
    primary = start_postgres(**HASTY)
    for name, synchronous in (("a", True), ("b", False), ("c", True)):
        primary.standby(name, synchronous=synchronous)
    states = primary.execute("SELECT application_name, sync_state FROM pg_stat_replication ORDER BY 1")
    assert states == [("a", "sync"), ("b", "async"), ("c", "sync")]
    slots = primary.execute("SELECT slot_name, active FROM pg_replication_slots ORDER BY 1")
    assert slots == [("a", True), ("b", True), ("c", True)]


def test_a_standby_lags_while_its_replay_is_paused(postgres_pair: Pair) -> None:
    primary, standby = postgres_pair.primary, postgres_pair.standby
    primary.execute("CREATE TABLE told (n int)")
    primary.wait_replayed(standby)
    standby.pause_replay()
    insert(primary, 1)
    assert (told(primary), told(standby)) == ([1], [])
    standby.resume_replay()
    primary.wait_replayed(standby)
    assert told(standby) == [1]


def test_a_promoted_standby_has_what_was_committed_and_takes_writes_alone(postgres_pair: Pair) -> None:
    primary, standby = postgres_pair.primary, postgres_pair.standby
    primary.execute("CREATE TABLE told (n int)")
    insert(primary, 1)
    primary.stop("kill")
    standby.promote()
    insert(standby, 2)
    assert told(standby) == [1, 2]


def test_a_standby_that_was_made_beside_a_synchronous_one_waits_for_nobody_once_promoted(
    start_postgres: Start,
) -> None:
    primary = start_postgres(**HASTY)
    primary.standby("a", synchronous=True)
    later = primary.standby("b")
    primary.execute("CREATE TABLE told (n int)")
    primary.wait_replayed(later)
    primary.stop("kill")
    later.promote()
    assert later.execute("SHOW synchronous_standby_names") == [("",)]
    insert(later, 1)


def test_a_standby_follows_again_after_either_was_killed(postgres_pair: Pair) -> None:
    primary, standby = postgres_pair.primary, postgres_pair.standby
    primary.execute("CREATE TABLE told (n int)")
    standby.stop("kill")
    standby.start()
    primary.stop("kill")
    primary.start()
    insert(primary, 1)
    primary.wait_replayed(standby)
    assert told(standby) == [1]


def test_a_closed_server_leaves_no_process_and_no_data_and_its_log_stays(start_postgres: Start) -> None:
    server = start_postgres(**HASTY)
    pids = family(server.pid)
    server.close()
    assert not any(alive(pid) for pid in pids)
    until(lambda: not server.folder.exists(), "its folder is removed")
    assert "database system is ready" in server.log()


def test_servers_may_be_started_from_a_thread_that_ends(start_postgres: Start) -> None:
    made: list[PostgresServer] = []
    starter = threading.Thread(target=lambda: made.append(start_postgres(**HASTY)))
    starter.start()
    starter.join()
    assert made[0].execute("SELECT 1") == [(1,)]
