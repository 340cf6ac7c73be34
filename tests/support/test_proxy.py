"""The tests' breakable network, against a real server: what is cut where, and what the server made of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.proxy import Proxy
from tests.support.proxy_wire import Answers

Connection = psycopg.Connection[tuple[object, ...]]
INSERT = "INSERT INTO told VALUES (%s)"


class Site:
    """A database with a table, reached through a proxy and beside it."""

    def __init__(self, conninfo: str, proxy: Proxy) -> None:
        self.beside, self.proxy = conninfo, proxy
        with self.connected(conninfo) as connection:
            connection.execute("CREATE TABLE told (n int)")

    def connected(self, conninfo: str = "", **options: object) -> Connection:
        through = conninfo or make_conninfo(self.beside, port=self.proxy.port)
        return psycopg.connect(through, **options)  # type: ignore[arg-type]

    def told(self) -> list[object]:
        with self.connected(self.beside) as connection:
            return [row[0] for row in connection.execute("SELECT n FROM told ORDER BY n")]


@pytest.fixture
def site(postgres: PostgresServer, postgres_database: str) -> Iterator[Site]:
    with Proxy(postgres.port) as proxy:
        yield Site(postgres_database, proxy)


def commit_through(site: Site, number: int, *, prepare: bool | None = None) -> None:
    with site.connected() as connection:
        connection.execute(INSERT, [number], prepare=prepare)


def test_what_nobody_cuts_passes(site: Site) -> None:
    commit_through(site, 1)
    with site.connected() as connection, connection.cursor() as cursor:
        big = "є" * 300_000
        assert cursor.execute("SELECT %s::text", [big]).fetchall() == [(big,)]
        with cursor.copy("COPY told FROM STDIN") as copy:
            copy.write_row([2])
    assert site.told() == [1, 2]
    assert site.proxy.cuts == 0


def test_cut_before_commit_nothing_is_stored(site: Site) -> None:
    site.proxy.cut_before("COMMIT")
    with pytest.raises(psycopg.OperationalError):
        commit_through(site, 1)
    site.proxy.wait_cut()
    assert site.told() == []


def test_cut_after_commit_everything_is_stored_and_the_client_does_not_know(site: Site) -> None:
    site.proxy.cut_after("COMMIT")
    with pytest.raises(psycopg.OperationalError):
        commit_through(site, 1)
    assert site.proxy.cuts == 1
    assert site.told() == [1]


def test_one_order_cuts_once(site: Site) -> None:
    site.proxy.cut_before("COMMIT")
    with pytest.raises(psycopg.OperationalError):
        commit_through(site, 1)
    commit_through(site, 2)
    assert (site.told(), site.proxy.cuts) == ([2], 1)


@pytest.mark.parametrize("prepare", [True, False, None])
def test_a_statement_with_values_is_cut_where_it_runs(site: Site, prepare: bool | None) -> None:
    for words, cut, found in (
        ("INSERT INTO told", site.proxy.cut_before, []),
        ("insert into TOLD", site.proxy.cut_after, [7]),
    ):
        with site.connected(autocommit=True) as connection:
            cut(words)
            with pytest.raises(psycopg.OperationalError):
                connection.execute(INSERT, [7], prepare=prepare)
        assert site.told() == found
    assert site.proxy.cuts == 2


def test_a_statement_that_was_prepared_long_ago_is_cut_too(site: Site) -> None:
    with site.connected(autocommit=True) as connection:
        connection.execute(INSERT, [1], prepare=True)
        site.proxy.cut_before("INSERT")
        with pytest.raises(psycopg.OperationalError):
            connection.execute(INSERT, [2], prepare=True)
    assert site.told() == [1]


def test_in_a_pipeline_the_answers_before_the_cut_are_heard(site: Site) -> None:
    with site.connected(autocommit=True) as connection:
        site.proxy.cut_after("SELECT 2")
        with suppress(psycopg.OperationalError), connection.pipeline() as pipeline:
            first = connection.execute("SELECT 1")
            pipeline.sync()
            second = connection.execute("SELECT 2")
            assert first.fetchall() == [(1,)]
            with pytest.raises(psycopg.OperationalError):
                second.fetchall()
    assert site.proxy.cuts == 1


def test_words_are_whole_ones(site: Site) -> None:
    site.proxy.cut_before("COMMIT")
    with site.connected(autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("SELECT 'commits'")
    assert site.proxy.cuts == 0


def test_an_order_that_never_comes_true_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.proxy.until", lambda holds, what: until(holds, what, seconds=0.01))
    site.proxy.cut_before("COMMIT")
    with pytest.raises(AssertionError, match="the statement to cut at comes"):
        site.proxy.wait_cut()


def test_a_stalled_network_answers_nobody_until_it_flows(site: Site) -> None:
    with site.connected(autocommit=True) as connection, ThreadPoolExecutor(1) as aside:
        site.proxy.stall()
        asked = aside.submit(connection.execute, INSERT, [1])
        assert site.told() == []
        assert not asked.done()
        site.proxy.flow()
        asked.result(30)
    assert site.told() == [1]


def test_all_connections_are_cut_at_once_and_new_ones_pass(site: Site) -> None:
    connections = [site.connected() for _ in range(3)]
    site.proxy.cut()
    for connection in connections:
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
    commit_through(site, 1)
    assert site.told() == [1]


def test_a_network_that_refuses_lets_nobody_in_until_it_accepts(site: Site) -> None:
    site.proxy.refuse()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        site.connected()
    site.proxy.accept()
    commit_through(site, 1)
    assert site.told() == [1]


def test_new_connections_go_to_the_new_target(site: Site) -> None:
    site.proxy.target = 1  # nobody listens there
    with pytest.raises(psycopg.OperationalError):
        site.connected()


def heard(answers: Answers, kinds: str) -> str:
    """What of a server's messages a client hears; upper-case Z ends an answer, C one part of it."""
    return "".join(kind for kind in kinds if not answers.swallows(kind.encode() + b"\0\0\0\4"))


@pytest.mark.parametrize(
    ("after", "flushed", "said", "passed", "complete"),
    [
        ((1, 0), False, "RSZ" + "TDCZ", "RSZ", True),
        ((2, 0), False, "RSZ" + "CZ" + "TDC", "RSZCZ", False),
        ((1, 1), False, "RSZ" + "12C" + "12DCZ", "RSZ12C", True),
        ((1, 1), True, "RSZ" + "12C" + "12DC", "RSZ12C", True),
        ((1, 1), False, "RSZ" + "12C" + "12DC", "RSZ12C", False),
    ],
)
def test_nothing_of_the_answer_is_heard_and_all_before_it_is(
    after: tuple[int, int], flushed: bool, said: str, passed: str, complete: bool
) -> None:
    answers = Answers()
    answers.silent_after(*after)
    answers.flushed = flushed
    assert (heard(answers, said), answers.complete) == (passed, complete)
