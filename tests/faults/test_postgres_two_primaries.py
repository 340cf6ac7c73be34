"""Two servers take writes, and one machine speaks with both: what only the old one holds is never signed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.errors import Stopped
from ledger.store.postgres.reader import PostgresReader
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_machines import Site, site_of
from tests.faults.process import DEADLINE, Forge
from tests.support.log import Small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.proxy import Proxy


def left_unsigned(site: Site, conninfo: str) -> None:
    """An entry that one server holds alone, and nobody signed or acknowledged: as a crash leaves it."""
    with site.machine(conninfo=conninfo) as ledger:
        site.signer.stop()
        with pytest.raises(Stopped):
            site.ask(ledger, site.small.transfer()).result(DEADLINE)
    site.signer.start()


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
