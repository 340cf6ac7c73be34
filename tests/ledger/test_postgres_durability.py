"""What PostgreSQL answers is not always what it did: when a commit is taken for one, and when it is not.

A commit waits for its synchronous standbys, and whoever cancels that wait gets a warning, or no answer at
all, over entries that only the primary holds. Source: PostgreSQL 18, 26.2.8 (synchronous replication).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.append.appender import Outcome
from ledger.errors import Stopped, StorageError
from ledger.service import Ledger
from ledger.store.place import SCHEMA
from ledger.store.postgres.durable import standbys_of
from tests.faults.postgres_machines import Site, end_wait, patience, site_of, waiting
from tests.support.log import Small, found_small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import Pair
from tests.support.proxy import Proxy

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


def asked(site: Site, ledger: Ledger, *payloads: bytes) -> Future[Outcome]:
    return ledger.submit([site.small.sign(payload) for payload in payloads])


def times(site: Site, payload: bytes) -> int:
    return sum(entry.payload == payload for entry in site.found().entries)


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
        future = asked(paired, ledger, payload)
        first = end_wait(primary, how)
        until(lambda: [pid for pid in waiting(primary) if pid != first], "it is waited for anew")
        assert times(paired, payload) == 1, "it was not committed: the test is about nothing"
        assert not future.done(), "acknowledged before the standby has it"
        assert paired.signed() == signed
        standby.start()
        (receipt,) = future.result(DEADLINE)
        paired.small.check(payload, receipt)
        primary.stop("kill")
        standby.promote()
        with psycopg.connect(standby.conninfo(_name(paired))) as connection:
            query = f"SELECT state FROM {SCHEMA}.pledger_events WHERE notification_id = %s"
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
        future = asked(paired, ledger, payload)
        first = end_wait(primary, how)
        while not future.done():
            if [pid for pid in waiting(primary) if pid != first]:
                end_wait(primary, how, besides=[first])
        with pytest.raises((StorageError, Stopped)):
            future.result()
        assert paired.signed() == signed, "the signer is ahead of the standby"
        standby.start()
        until(lambda: not waiting(primary), "nobody waits any more")
        (receipt,) = asked(paired, ledger, payload).result(DEADLINE)
        paired.small.check(payload, receipt)
        assert times(paired, payload) == 1


def test_another_machine_signs_nothing_that_a_standby_may_lack(paired: Site, postgres_pair: Pair) -> None:
    """What one machine left unfinished is settled by whoever reads it, before it is signed."""
    primary, standby, payload = postgres_pair.primary, postgres_pair.standby, paired.small.transfer()
    with paired.machine(standbys=1) as one:
        signed = paired.signed()
        standby.stop("kill")
        future = asked(paired, one, payload)
        first = end_wait(primary, "pg_terminate_backend")
        until(lambda: [pid for pid in waiting(primary) if pid != first], "it is waited for anew")
        with patience(1.0), paired.machine(standbys=1) as other:
            assert other.appender.checkpoint is None
            with pytest.raises(Stopped):
                asked(paired, other, payload).result(DEADLINE)
        assert paired.signed() == signed
        standby.start()
        (receipt,) = future.result(DEADLINE)
        with paired.machine(standbys=1) as other:
            assert asked(paired, other, payload).result(DEADLINE) == [receipt]


def test_a_standby_that_is_gone_is_not_waited_for_longer_than_patience(
    paired: Site, postgres_pair: Pair
) -> None:
    payload = paired.small.transfer()
    with patience(1.0), paired.machine(standbys=1) as ledger:
        postgres_pair.standby.stop("kill")
        with pytest.raises((StorageError, Stopped)):
            asked(paired, ledger, payload).result(DEADLINE)
        assert ledger.reader.head().size > 0, "questions wait for the standby"
        postgres_pair.standby.start()
        (receipt,) = asked(paired, ledger, payload).result(DEADLINE)
        paired.small.check(payload, receipt)
        assert times(paired, payload) == 1


# -- the network, before and after COMMIT -----------------------------------------------


def cut_at(proxy: Proxy, when: str) -> None:
    {"before": proxy.cut_before, "after": proxy.cut_after}[when]("COMMIT")


def gathered(site: Site, ledger: Ledger, batches: list[list[bytes]]) -> list[Future[Outcome]]:
    """One group takes them all: the appender waits for the head row, which another session holds."""
    with psycopg.connect(site.conninfo, options=f"-c search_path={SCHEMA}") as other:
        other.execute("SELECT 1 FROM head FOR UPDATE")
        first = asked(site, ledger, site.small.transfer())
        until(ledger.appender._queue.empty, "the first one is taken")
        futures = [asked(site, ledger, *batch) for batch in batches]
        other.rollback()
        first.result(DEADLINE)
        return futures


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_group_that_is_cut_at_its_commit_is_there_wholly_or_not_at_all(site: Site, when: str) -> None:
    small = site.small
    batches = [[small.transfer()], [small.transfer(), small.person()], [small.act()]]
    with Proxy(_port(site)) as proxy, site.machine(port=proxy.port) as ledger:
        with _held(site, ledger) as gate:
            futures = [asked(site, ledger, *batch) for batch in batches]
            cut_at(proxy, when)
            gate()
        proxy.wait_cut()
        if when == "after":
            outcomes = [future.result(DEADLINE) for future in futures]
        else:
            for future in futures:
                assert isinstance(future.exception(DEADLINE), StorageError)
            assert not any(times(site, payload) for batch in batches for payload in batch)
            outcomes = [asked(site, ledger, *batch).result(DEADLINE) for batch in batches]
        for batch, receipts in zip(batches, outcomes, strict=True):
            for payload, receipt in zip(batch, receipts, strict=True):
                assert small.check(payload, receipt).index == receipt.index
                assert times(site, payload) == 1
            assert asked(site, ledger, *batch).result(DEADLINE) == receipts
    assert site.found().torn == []


def test_a_network_that_says_nothing_is_given_up_and_the_same_again_is_right(site: Site) -> None:
    """A firewall that forgot the connection, a machine that froze: no answer, and no end either."""
    small, payload = site.small, site.small.transfer()
    with Proxy(_port(site)) as proxy, patience(0.5), site.machine(port=proxy.port) as ledger:
        small.submit(ledger, small.transfer())
        proxy.stall()
        future = asked(site, ledger, payload)
        until(lambda: not ledger.appender._log.recorder.datastore.patience._watched or future.done(), "cut")
        proxy.flow()
        with pytest.raises((StorageError, Stopped)):
            future.result(DEADLINE)
        (receipt,) = asked(site, ledger, payload).result(DEADLINE)
        small.check(payload, receipt)
        assert times(site, payload) == 1


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


@pytest.mark.parametrize(
    "settings", [{"fsync": "off"}, {"synchronous_commit": "off"}, {"synchronous_commit": "local"}]
)
def test_a_database_that_promises_less_than_its_disk_takes_nothing(
    site: Site, start_postgres: Any, settings: dict[str, str]
) -> None:
    server = _server(site)
    payload = site.small.transfer()
    with site.machine() as ledger:
        size = len(site.found().entries)
        server.configure(**settings)
        until(lambda: _says(ledger, site, payload).startswith("the database does not sync"), "it is seen")
        assert len(site.found().entries) == size
        server.configure(**dict.fromkeys(settings))
        until(lambda: _says(ledger, site, payload) == "", "it is well again")
        assert times(site, payload) == 1


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
        assert times(paired, payload) == 1


# -- helpers ------------------------------------------------------------------------------


def _says(ledger: Ledger, site: Site, payload: bytes) -> str:
    """Why it is not taken; "" when it is."""
    error = asked(site, ledger, payload).exception(DEADLINE)
    assert error is None or isinstance(error, StorageError | Stopped)
    return str(error or "")
