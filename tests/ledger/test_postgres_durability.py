"""What PostgreSQL answers is not always what it did: when a commit is taken for one, and when it is not.

A commit waits for its synchronous standbys, and whoever cancels that wait gets a warning, or no answer at
all, over entries that only the primary holds. Source: PostgreSQL 18, 26.2.8 (synchronous replication).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from eventsourcing.postgres import ConnectionPool

from ledger.errors import Stopped, StorageError
from ledger.service import Ledger
from ledger.store.postgres.durable import standbys_of
from tests.faults.postgres_machines import Site, end_wait, patience, site_of, waiting
from tests.support.appending import Gate
from tests.support.log import Small, found_small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import Pair, dbname_of
from tests.support.proxy import Proxy

pytestmark = pytest.mark.thorough

DEADLINE = 60.0
HOWS = ("pg_cancel_backend", "pg_terminate_backend")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return found_small(tmp_path / "ledger")


@pytest.fixture
def site(small: Small, start_postgres: Callable[[], PostgresServer]) -> Iterator[Site]:
    with site_of(small, start_postgres()) as site:
        yield site


@pytest.fixture
def paired(small: Small, postgres_pair: Pair) -> Iterator[Site]:
    """Its commits wait for postgres_pair's standby."""
    with site_of(small, postgres_pair.primary) as site:
        yield site


# -- a commit whose wait for the standby is cancelled -----------------------------------


@pytest.mark.parametrize("how", HOWS)
def test_a_commit_that_was_not_waited_for_is_acknowledged_once_the_standby_has_it(
    paired: Site, postgres_pair: Pair, how: str
) -> None:
    """It is committed and can be read, but nobody hears of it before the standby has it."""
    primary, standby, payload = postgres_pair.primary, postgres_pair.standby, paired.small.transfer()
    with paired.machine(standbys=1) as ledger:
        signed = paired.signed()
        standby.stop("kill")
        future = paired.ask(ledger, payload)
        first = end_wait(primary, how)
        until(lambda: [pid for pid in waiting(primary) if pid != first], "it is waited for anew")
        assert paired.times(payload) == 1, "it was not committed: the test is about nothing"
        assert not future.done(), "acknowledged before the standby has it"
        assert paired.signed() == signed
        standby.start()
        (receipt,) = future.result(DEADLINE)
        paired.small.check(payload, receipt)
        primary.stop("kill")
        standby.promote()
        with psycopg.connect(standby.conninfo(dbname_of(paired.conninfo))) as connection:
            query = "SELECT state FROM pledger.pledger_events WHERE notification_id = %s"
            (state,) = connection.execute(query, [receipt.index + 1]).fetchone() or (b"",)
        assert bytes(state) == receipt.entry


@pytest.mark.parametrize("how", HOWS)
def test_a_commit_that_is_never_waited_for_is_refused_and_its_repetition_acknowledged(
    paired: Site, postgres_pair: Pair, how: str
) -> None:
    primary, standby, payload = postgres_pair.primary, postgres_pair.standby, paired.small.transfer()
    with paired.machine(standbys=1) as ledger:
        signed = paired.signed()
        standby.stop("kill")
        future = paired.ask(ledger, payload)
        first = end_wait(primary, how)
        while not future.done():
            if [pid for pid in waiting(primary) if pid != first]:
                end_wait(primary, how, besides=[first])
        with pytest.raises((StorageError, Stopped)):
            future.result()
        assert paired.signed() == signed, "the signer is ahead of the standby"
        standby.start()
        until(lambda: not waiting(primary), "nobody waits any more")
        (receipt,) = paired.ask(ledger, payload).result(DEADLINE)
        paired.small.check(payload, receipt)
        assert paired.times(payload) == 1


def test_another_machine_signs_nothing_that_a_standby_may_lack(paired: Site, postgres_pair: Pair) -> None:
    """What one machine left unfinished is settled by whoever reads it, before it is signed."""
    primary, standby, payload = postgres_pair.primary, postgres_pair.standby, paired.small.transfer()
    with paired.machine(standbys=1) as one:
        signed = paired.signed()
        standby.stop("kill")
        future = paired.ask(one, payload)
        first = end_wait(primary, "pg_terminate_backend")
        until(lambda: [pid for pid in waiting(primary) if pid != first], "it is waited for anew")
        with patience(1.0), paired.machine(standbys=1) as other:
            assert other.appender.checkpoint is None
            with pytest.raises(Stopped):
                paired.ask(other, payload).result(DEADLINE)
        assert paired.signed() == signed
        standby.start()
        (receipt,) = future.result(DEADLINE)
        with paired.machine(standbys=1) as other:
            assert paired.ask(other, payload).result(DEADLINE) == [receipt]


def test_a_standby_that_is_gone_is_not_waited_for_longer_than_patience(
    paired: Site, postgres_pair: Pair
) -> None:
    payload = paired.small.transfer()
    with patience(1.0), paired.machine(standbys=1) as ledger:
        postgres_pair.standby.stop("kill")
        with pytest.raises((StorageError, Stopped)):
            paired.ask(ledger, payload).result(DEADLINE)
        assert ledger.reader.head().size > 0, "questions wait for the standby"
        postgres_pair.standby.start()
        (receipt,) = paired.ask(ledger, payload).result(DEADLINE)
        paired.small.check(payload, receipt)
        assert paired.times(payload) == 1


# -- the network, before and after COMMIT -----------------------------------------------


def cut_at(proxy: Proxy, when: str) -> None:
    {"before": proxy.cut_before, "after": proxy.cut_after}[when]("COMMIT")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_group_that_is_cut_at_its_commit_is_there_wholly_or_not_at_all(site: Site, when: str) -> None:
    small = site.small
    batches = [[small.transfer()], [small.transfer(), small.person()], [small.act()]]
    gate = Gate()
    with Proxy(site.server.port) as proxy, site.machine(port=proxy.port, on_commit=gate) as ledger:
        first = site.ask(ledger, small.transfer())
        assert gate.reached.wait(DEADLINE)
        futures = [site.ask(ledger, *batch) for batch in batches]
        cut_at(proxy, when)
        gate.open()
        first.result(DEADLINE)
        proxy.wait_cut()
        if when == "after":
            outcomes = [future.result(DEADLINE) for future in futures]
        else:
            for future in futures:
                assert isinstance(future.exception(DEADLINE), StorageError)
            assert not any(site.times(payload) for batch in batches for payload in batch)
            outcomes = [site.ask(ledger, *batch).result(DEADLINE) for batch in batches]
        for batch, receipts in zip(batches, outcomes, strict=True):
            for payload, receipt in zip(batch, receipts, strict=True):
                assert small.check(payload, receipt).index == receipt.index
                assert site.times(payload) == 1
            assert site.ask(ledger, *batch).result(DEADLINE) == receipts
    assert site.found().torn == []


def test_a_network_that_says_nothing_is_given_up_and_the_same_again_is_right(site: Site) -> None:
    """A firewall that forgot the connection, a machine that froze: no answer, and no end either."""
    small, payload = site.small, site.small.transfer()
    with Proxy(site.server.port) as proxy, patience(3.0), site.machine(port=proxy.port) as ledger:
        small.submit(ledger, small.transfer())
        proxy.stall()
        # Silent to the end: a connection that is made in place of a checked one could still take it.
        error = site.ask(ledger, payload).exception(DEADLINE)
        proxy.flow()
        assert isinstance(error, StorageError | Stopped)
        (receipt,) = site.ask(ledger, payload).result(DEADLINE)
        small.check(payload, receipt)
        assert site.times(payload) == 1


def test_a_network_that_falls_silent_after_a_commit_keeps_nobody_waiting(site: Site) -> None:
    """The checkpoint that is shared then is for other processes: who waits for a receipt gets an answer."""
    small, payload = site.small, site.small.transfer()
    with Proxy(site.server.port) as proxy, patience(3.0), site.machine(port=proxy.port) as ledger:
        small.submit(ledger, small.transfer())
        check, sign = ConnectionPool.check_connection, ledger.appender._signer.sign
        signed: list[str] = []

        def signing(*tree: Any) -> str:
            signed.append(sign(*tree))
            return signed[-1]

        def checking(connection: psycopg.Connection[Any]) -> None:
            check(connection)
            if signed:  # what comes now is the checkpoint
                proxy.stall()

        with (
            patch.object(ledger.appender._signer, "sign", signing),
            patch.object(ConnectionPool, "check_connection", checking),
        ):
            error = site.ask(ledger, payload).exception(DEADLINE)
        assert signed
        assert error is None or isinstance(error, StorageError | Stopped)
        proxy.flow()
        (receipt,) = site.ask(ledger, payload).result(DEADLINE)
        small.check(payload, receipt)
        assert site.times(payload) == 1


# -- what a database promises -----------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "waits_for"),
    [
        ("", 0),
        ("  ", 0),
        ("one", 1),
        ("one, two", 1),
        ("*", 1),
        ("2 (one, two)", 2),
        ("FIRST 2 (one, two, three)", 2),
        ("first 1 (one)", 1),
        ("ANY 3 (*)", 3),
        ('"2 (one", two', 1),
    ],
)
def test_how_many_standbys_a_commit_waits_for_is_read_as_postgresql_reads_it(
    names: str, waits_for: int
) -> None:
    assert standbys_of(names) == waits_for


def test_a_database_that_promises_less_than_its_disk_takes_nothing(site: Site) -> None:
    with site.machine() as ledger:
        for setting, value in (
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("synchronous_commit", "local"),
        ):
            size, payload = len(site.found().entries), site.small.transfer()
            site.server.configure(**{setting: value})
            until(lambda: _says(ledger, site, payload).startswith("the database does not sync"), "it is seen")  # noqa: B023
            assert len(site.found().entries) == size
            site.server.configure(**{setting: None})
            until(lambda: _says(ledger, site, payload) == "", "it is well again")  # noqa: B023
            assert site.times(payload) == 1


def test_a_primary_that_no_longer_waits_for_its_standby_takes_nothing(
    paired: Site, postgres_pair: Pair
) -> None:
    """Somebody empties synchronous_standby_names so that things go on: they do not, silently."""
    payload = paired.small.transfer()
    with paired.machine(standbys=1) as ledger:
        size = len(paired.found().entries)
        postgres_pair.primary.configure(synchronous_standby_names="")
        until(lambda: "1 synchronous standbys" in _says(ledger, paired, payload), "it is seen")
        assert len(paired.found().entries) == size
        database = ledger.directory.database
        assert database is not None
        assert ("standby-unsynchronised", {"required": 1, "found": 0}) in ledger.log_state()
        postgres_pair.primary.configure(synchronous_standby_names="standby")
        until(lambda: _says(ledger, paired, payload) == "", "it is well again")
        assert paired.times(payload) == 1


# -- helpers ------------------------------------------------------------------------------


def _says(ledger: Ledger, site: Site, payload: bytes) -> str:
    """Why it is not taken; "" when it is."""
    error = site.ask(ledger, payload).exception(DEADLINE)
    assert error is None or isinstance(error, StorageError | Stopped)
    return str(error or "")
