"""Several machines on one database, within the test's process: ledgers that share a signer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from psycopg.conninfo import make_conninfo

from ledger.append.appender import Outcome
from ledger.clock import Clock
from ledger.service import Ledger
from ledger.signing.remote import RemoteLogSigner
from ledger.store.place import Database
from ledger.store.postgres import opening, reader
from tests.faults.account import Found
from tests.faults.postgres import PostgresStore
from tests.faults.process import Forge
from tests.support.log import HandClock, Small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.signers import Place, Service

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class GivenPlace(Place):
    """Key and memory that a ledger has already."""

    def __init__(self, path: Path, short: Path) -> None:
        self.key, self.memory, self.next_key = (
            path / name for name in ("log-key.pem", "log-memory", "log-key.next.pem")
        )
        self.socket = short / "s"
        self.address = f"unix:{self.socket}"


class Site:
    """One ledger in a database of a server, and the service that signs for all its machines."""

    def __init__(self, small: Small, server: PostgresServer, short: Path) -> None:
        self.small, self.server, self.conninfo = small, server, server.fresh_database()
        self.store = PostgresStore(small, Forge(short, small.path.parent), self.conninfo)
        self.signer = Service(GivenPlace(small.path, short))
        self.signer.start()

    @contextmanager
    def machine(
        self,
        *,
        standbys: int = 0,
        clock: Clock | None = None,
        on_commit: Callable[[int], None] | None = None,
        conninfo: str = "",
        **where: Any,
    ) -> Iterator[Ledger]:
        """An open ledger. conninfo: another one than the site's; where: what is other than in it."""
        with Ledger(
            Path(tempfile.mkdtemp(dir=self.small.path.parent)),
            clock=clock or HandClock(),
            on_commit=on_commit,
            database=Database(make_conninfo(conninfo or self.conninfo, **where), standbys),
            signer=self.signer.address,
        ) as ledger:
            yield ledger

    def ask(self, ledger: Ledger, *payloads: bytes) -> Future[Outcome]:
        """Submit a batch."""
        return ledger.submit([self.small.sign(payload) for payload in payloads])

    def times(self, payload: bytes) -> int:
        """How often it is in the log."""
        return sum(entry.payload == payload for entry in self.found().entries)

    def found(self) -> Found:
        return self.store.found()

    def signed(self) -> int:
        """The size of the tree that was signed last."""
        with closing(RemoteLogSigner(self.signer.address, None)) as signer:
            return signer.last()[0]


@contextmanager
def site_of(small: Small, server: PostgresServer) -> Iterator[Site]:
    with ExitStack() as stack:
        short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pledger-")))
        site = Site(small, server, short)
        stack.callback(site.signer.stop)
        yield site


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Commits and questions of what is opened now are cut after so long; it is twenty seconds otherwise."""
    with (
        patch.object(opening, "environment", partial(opening.environment, seconds=seconds)),
        patch.object(reader, "READ_SECONDS", seconds),
    ):
        yield


def waiting(server: PostgresServer) -> list[int]:
    """The backends that wait for a synchronous standby."""
    return [pid for (pid,) in server.execute(WAITING)]


def end_wait(server: PostgresServer, how: str, *, besides: list[int] | None = None) -> int:
    """Somebody cancels the wait of a commit for its standby: pg_cancel_backend, pg_terminate_backend.

    besides: those that are not meant. Returns the backend that was meant.
    """
    known = besides or []
    until(lambda: [pid for pid in waiting(server) if pid not in known], "a commit waits for its standby")
    (pid,) = [pid for pid in waiting(server) if pid not in known]
    assert server.execute(f"SELECT {how}(%s)", params=[pid])[0][0]
    return pid
