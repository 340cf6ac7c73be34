"""A server that crashed may have lost the projections' last commits, which wait for no disk: made again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from psycopg import sql

from ledger.service import Ledger
from projections.budget import read_budget
from projections.follower import Follower
from projections.following import open_follower
from projections.store import postgres
from projections.store.postgres import SchemaGenerations
from tests.faults.postgres_machines import Site, site_of
from tests.support.log import found_small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_install import missing

pytestmark = pytest.mark.sqlite  # the model is a file, which goes into a database here
SOON = 30.0
DAY = "2025-12-31"
Kept = dict[str, bytes]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    if reason := missing():
        pytest.skip(reason)
    with PostgresServer.new() as server:
        yield server


@pytest.fixture
def site(server: PostgresServer, tmp_path: Path) -> Iterator[Site]:
    with site_of(found_small(tmp_path / "ledger"), server) as site:
        yield site


def submitted(site: Site, ledger: Ledger, follower: Follower, count: int) -> int:
    """Append, and wait until it is worked in; the position."""
    for _ in range(count):
        site.small.submit(ledger, site.small.transfer())
    position = ledger.reader.head().size
    assert follower.wait_for(position, SOON)
    return position


def tables_of(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname=%s ORDER BY 1"
    return [name for (name,) in connection.execute(query, (schema,))]


def kept(conninfo: str, schema: str) -> Kept:
    """All rows of a generation, table by table."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {name: _copied(connection, schema, name) for name in tables_of(connection, schema)}


def _copied(connection: psycopg.Connection[Any], schema: str, table: str) -> bytes:
    query = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
    with connection.cursor().copy(query) as out:
        return b"".join(bytes(piece) for piece in out)


def put_back(conninfo: str, schema: str, rows: Kept) -> None:
    """As after a crash whose recovery ends before the last commits: who leads is cut, and loses them."""
    with psycopg.connect(conninfo) as connection:
        leading = """SELECT pid FROM pg_locks WHERE locktype='advisory' AND granted
            AND database=(SELECT oid FROM pg_database WHERE datname=current_database())"""
        pids = [pid for (pid,) in connection.execute(leading)]
        assert len(pids) == 1
        assert connection.execute("SELECT pg_terminate_backend(%s, 30000)", pids).fetchone() == (True,)
        for name, given in rows.items():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, name)))
            query = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(schema, name))
            with connection.cursor().copy(query) as into:
                into.write(given)


def test_what_a_crash_took_from_the_projections_is_worked_in_again_unasked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STAND_SECONDS", 0.0)  # it leads again at the same look
    with site.machine() as ledger, closing(open_follower(ledger)) as follower:
        assert isinstance(follower, Follower)
        before = submitted(site, ledger, follower, 2)
        schema = follower._name
        rows = kept(site.conninfo, schema)
        position = submitted(site, ledger, follower, 3)
        with follower.reading() as reading:
            budget = read_budget(reading, "roads", DAY)
        lost: list[int] = []
        lead = SchemaGenerations.lead

        def lead_after_a_crash(generations: SchemaGenerations) -> bool:
            """Before it asks whether it still leads, the server crashes once, and is back."""
            if not lost:
                put_back(site.conninfo, schema, rows)
                lost.append(held(follower))
            return lead(generations)

        with patch.object(SchemaGenerations, "lead", lead_after_a_crash):
            follower.wake()
            until(lambda: bool(lost), "the server crashes")
            assert lost == [before]
            until(lambda: held(follower) == position, "it is worked in again, though nothing was appended")
        assert follower.position == position
        assert follower.leads
        with follower.reading() as reading:
            assert read_budget(reading, "roads", DAY) == budget


def held(follower: Follower) -> int:
    """What the tables hold, whatever the follower says."""
    with follower.reading() as reading:
        return reading.position
