"""A primary that hangs breaks no connection: after a failover all that reads and leads comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ledger.errors import LedgerError, StorageError
from ledger.service import Ledger
from ledger.store import documents_database
from ledger.store.documents_database import DatabaseDocuments
from ledger.store.place import Database
from ledger.store.postgres.database import connect
from ledger.store.postgres.durable import Patience
from projections.follower import Follower
from projections.following import open_follower
from projections.store import postgres
from tests.faults.postgres_machines import Site, patience, site_of
from tests.faults.process import DEADLINE
from tests.support.log import Small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import Pair

pytestmark = pytest.mark.thorough

SHORT = 1.0  # instead of what is 20 s and 60 s otherwise
NONE = "0" * 64
SOON = 40.0  # two hosts, one of which takes connections and says nothing


@contextmanager
def all_patience(seconds: float) -> Iterator[None]:
    with (
        patience(seconds),
        patch.object(postgres, "READ_SECONDS", seconds),
        patch.object(postgres, "WRITE_SECONDS", seconds),
        patch.object(documents_database, "_READING", Patience(seconds)),
    ):
        yield


def in_time(ask: Callable[[], Any]) -> Any:
    """What it gives or raises; a wait without end fails the test."""
    told: Future[Any] = Future()

    def run() -> None:
        try:
            told.set_result(ask())
        except BaseException as error:  # noqa: BLE001 -- raised below
            told.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return told.result(SOON)


def answered(ask: Callable[[], Any]) -> Callable[[], bool]:
    """An error is an answer: one looks again."""

    def tried() -> bool:
        with suppress(StorageError):
            return in_time(ask) is not None
        return False

    return tried


def sent_until_taken(site: Site, ledger: Ledger, payload: bytes) -> int:
    """As a client that sends the same again; the leaf index."""
    end = time.monotonic() + SOON
    while True:
        try:
            return site.ask(ledger, payload).result(DEADLINE)[0].index
        except LedgerError:
            assert time.monotonic() < end, "nothing is taken after the failover"


def position_of(follower: Follower) -> int:
    with follower.reading() as reading:
        return reading.position


def both(site: Site, pair: Pair) -> str:
    """One connection string of both servers."""
    ports = f"{pair.primary.port},{pair.standby.port}"
    return make_conninfo(site.conninfo, host="127.0.0.1,127.0.0.1", port=ports, connect_timeout=2)


@contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    server.pause()
    try:
        yield
    finally:
        server.resume()


@pytest.mark.slow
def test_views_and_the_lead_come_back_from_a_primary_that_hangs(small: Small, postgres_pair: Pair) -> None:
    primary, standby = postgres_pair.primary, postgres_pair.standby
    with (
        all_patience(SHORT),
        site_of(small, primary) as site,
        site.machine(conninfo=both(site, postgres_pair)) as ledger,
        closing(open_follower(ledger)) as follower,
    ):
        assert isinstance(follower, Follower)
        site.ask(ledger, small.transfer()).result(DEADLINE)
        before = ledger.reader.head().size
        assert follower.wait_for(before, DEADLINE)
        with frozen(primary):
            standby.promote()
            until(answered(lambda: position_of(follower)), "views are answered again", seconds=SOON)
            assert sent_until_taken(site, ledger, small.transfer()) == before
            until(lambda: follower.leads and follower.position > before, "it leads", seconds=SOON)
            until(answered(lambda: position_of(follower) > before or None), "it is shown", seconds=SOON)
            assert position_of(follower) == before + 1


def test_a_document_is_not_waited_for_from_a_primary_that_hangs(
    small: Small, own_postgres: PostgresServer, tmp_path: Path
) -> None:
    with all_patience(SHORT), site_of(small, own_postgres) as site:
        documents = DatabaseDocuments(Database(site.conninfo), tmp_path / "spool")
        assert documents.find(NONE, restricted=False) is None

        def connected(database: Database) -> psycopg.Connection[Any]:
            connection = connect(database)
            own_postgres.pause()
            return connection

        with patch.object(documents_database, "connect", connected), pytest.raises(StorageError):
            in_time(lambda: documents.find(NONE, restricted=False))
        own_postgres.resume()
        assert documents.find(NONE, restricted=False) is None
