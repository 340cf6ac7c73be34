"""Several machines on one database, as processes: `pledger serve` of each, and the signer that all ask."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.faults.load import Load
from tests.faults.postgres import PostgresStore
from tests.faults.process import Forge, Process, Server
from tests.support.polling import until
from tests.support.postgres import PostgresServer

# What may be answered while something is broken; each of them says that the same may be sent again.
LATER = {"503 storage-failed", "503 stopped", "503 store-unreadable", "503 busy"}


class Fleet:
    """Machines that hold nothing but their address. database: how they connect, all in the same way.

    words: what each server is told besides. seconds: how long a commit may take, and whoever holds the
    head lock without a word; twenty and fifteen otherwise.
    """

    def __init__(
        self, store: PostgresStore, forge: Forge, short: Path, *words: object, database: str, seconds: float
    ) -> None:
        self._store, self._forge, self._socket = store, forge, short / "s"
        self._words, self.database, self._seconds = words, database, seconds
        self._folders = 0
        self.signer = self.start_signer()

    def start_signer(self) -> Process:
        """One at a time: it holds the log key's memory."""
        self.signer = self._forge.start(
            "signer", "serve", "--data", self._store.path, "--listen", f"unix:{self._socket}"
        )
        until(self._signer_listens, "the signer listens")
        return self.signer

    def _signer_listens(self) -> bool:
        """A killed one leaves its socket's file behind."""
        with socket.socket(socket.AF_UNIX) as asked:
            return asked.connect_ex(str(self._socket)) == 0

    def serve(self, *words: object, database: str = "", **environment: str) -> Server:
        """A machine of its own, with an empty folder; it is not waited for. database: another way to it."""
        self._folders += 1
        folder = self._store.path.parent / f"machine-{self._folders}"
        folder.mkdir()
        given = [
            "--database",
            database or self.database,
            "--signer",
            f"unix:{self._socket}",
            *self._words,
            *words,
        ]
        planted = {"PLEDGER_TEST_PATIENCE": str(self._seconds)} if self._seconds else {}
        return self._forge.serve("--data", folder, *given, **(planted | environment))

    def settle(self, load: Load) -> None:
        """A new machine takes whatever nobody knows the outcome of, and stops in order."""
        server = self.serve().ready()
        load.settle(server)
        assert server.stop().code == 0


@contextmanager
def fleet_of(
    store: PostgresStore, forge: Forge, *words: object, database: str = "", seconds: float = 0
) -> Iterator[Fleet]:
    with ExitStack() as stack:
        short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pledger-")))
        fleet = Fleet(store, forge, short, *words, database=database or store.conninfo, seconds=seconds)
        yield fleet
        fleet.signer.kill()
        fleet.signer.end()


@contextmanager
def loaded(load: Load, *servers: Server, clients: int = 2) -> Iterator[None]:
    """Clients submit to each of them."""
    with ExitStack() as stack:
        for server in servers:
            stack.enter_context(load.on(server, clients))
        yield


def hosts(conninfo: str, *servers: PostgresServer) -> str:
    """A connection string that names several servers, to be tried in this order."""
    database = conninfo_to_dict(conninfo)["dbname"]
    ports = ",".join(str(server.port) for server in servers)
    names = ",".join("127.0.0.1" for _ in servers)
    return make_conninfo(servers[0].conninfo(str(database)), host=names, port=ports)
