"""Two servers take writes, and one machine speaks with both: what only the old one holds is never signed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ledger.errors import Stopped, StorageError
from ledger.service import Ledger
from ledger.store.place import SCHEMA
from ledger.store.postgres.reader import PostgresReader
from ledger.submission import read_submission
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_machines import Site, site_of
from tests.faults.process import DEADLINE, Forge
from tests.support.log import Small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.proxy import Proxy

pytestmark = pytest.mark.thorough


def left_unsigned(site: Site, conninfo: str) -> bytes:
    """An entry that one server holds alone, and nobody signed or acknowledged: as a crash leaves it."""
    payload = site.small.transfer()
    with site.machine(conninfo=conninfo) as ledger:
        site.signer.stop()
        with pytest.raises(Stopped):
            site.ask(ledger, payload).result(DEADLINE)
    site.signer.start()
    return payload


@contextmanager
def cut_once(ledger: Ledger) -> Iterator[None]:
    """The next commit's outcome is unknown: it was never made. Those after it are made as always."""
    real, left = ledger.appender._log.append, [StorageError("the connection was cut (planted)")]

    def append(group: Any) -> None:
        if left:
            raise left.pop()
        real(group)

    with patch.object(ledger.appender._log, "append", append):
        yield


def test_a_head_that_an_old_primary_shows_is_not_signed_because_the_new_one_settles(
    small: Small, forge: Forge, tmp_path: Path, start_postgres: Callable[[], PostgresServer]
) -> None:
    """After a failover, with a connection string of both: questions may reach one, and commits the other."""
    old, new = start_postgres(), start_postgres()
    shutil.copytree(small.path, tmp_path / "old")
    beside = old.fresh_database()
    PostgresStore(replace(small, path=tmp_path / "old"), forge, beside)
    with site_of(small, new) as site:
        left_unsigned(site, beside)
        with Proxy(new.port) as proxy, site.machine(port=proxy.port) as ledger:
            before, proxy.target = site.signed(), old.port
            assert isinstance(ledger.reader, PostgresReader)
            ledger.reader._pool.drain()  # as when they are cut: the next ones go to the old primary
            until(lambda: ledger.reader.head().size == before + 1, "the old primary is asked")
            error = site.ask(ledger, small.transfer(measure="no-such")).exception(DEADLINE)
            assert error is not None
            assert site.signed() == before, "signed a tree that the log will never have"


def test_what_only_an_old_primary_holds_is_not_acknowledged_after_a_failure(
    small: Small, forge: Forge, tmp_path: Path, start_postgres: Callable[[], PostgresServer]
) -> None:
    """What became of a commit that was cut is asked where commits go, not where questions may reach."""
    old, new = start_postgres(), start_postgres()
    shutil.copytree(small.path, tmp_path / "old")
    beside = old.fresh_database()
    PostgresStore(replace(small, path=tmp_path / "old"), forge, beside)
    with site_of(small, new) as site:
        payload = left_unsigned(site, beside)
        asked = read_submission(small.sign(payload)).payload_hash
        with site.machine() as ledger, closing(PostgresReader(beside, SCHEMA)) as reader:
            assert asked in reader.recorded([asked])
            site.ask(ledger, small.transfer()).result(DEADLINE)
            size = site.signed()
            with patch.object(ledger.appender, "_reader", reader), cut_once(ledger):
                error = site.ask(ledger, payload).exception(DEADLINE)
            assert isinstance(error, StorageError), "acknowledged what the log does not hold"
            assert (site.signed(), site.times(payload)) == (size, 0)
            (receipt,) = site.ask(ledger, payload).result(DEADLINE)
            assert receipt.index == size, "sent again, it is taken where commits go"
