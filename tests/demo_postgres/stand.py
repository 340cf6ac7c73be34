"""What stands while the demo runs: PostgreSQL servers, an invented witness, a signer, two `pledger serve`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from shlex import quote
from types import TracebackType
from typing import Any, Final, Self

import httpx
from psycopg.conninfo import conninfo_to_dict

import api.demo
from api.demo.background import BackgroundServer
from api.demo.beside import Beside, Say, standing_beside
from api.demo.story import read_story
from api.server import config
from api.settings import Settings
from ledger.directory import Directory
from tests.demo_postgres.commands import Commands
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.support.postgres_template import USER

DATABASE: Final = "pledger"
ROUND_SECONDS: Final = 1.0  # what is recorded after the failover is witnessed soon
HOST: Final = "127.0.0.1"


class Stand:
    """data: this demo's folder. What is started ends with the `with`: last come, first gone."""

    def __init__(self, data: Path, say: Say) -> None:
        self.data, self._say = data, say
        self.directory = Directory(data / "ledger")
        self.logs, self.trust, self._passwords = data / "logs", data / "trust.json", data / "pgpass"
        self.story: dict[str, Any] = read_story(Path(api.demo.__path__[0]) / "story.yaml")
        self.urls: list[str] = []
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        self.commands = Commands(
            self.logs,
            {
                "PGPASSFILE": str(self._passwords),
                "PLEDGER_DEMO": "1",
                "PLEDGER_LANG": "en",
                "PLEDGER_TRUST": str(self.trust),
                "PLEDGER_TRUST_SECONDS": str(ROUND_SECONDS),
            },
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    # -- PostgreSQL ---------------------------------------------------------------------

    def start_databases(self) -> None:
        """A primary, and a standby without which nothing is committed; an empty database."""
        self.primary = self._opened.enter_context(PostgresServer.new())
        self.standby = self.primary.standby("standby1", synchronous=True)
        self.primary.fresh_database(DATABASE)
        password = conninfo_to_dict(self.primary.conninfo())["password"]
        self._passwords.touch(mode=0o600)
        self._passwords.write_text(f"{HOST}:*:*:{USER}:{password}\n", encoding="utf8")

    def url_of(self, *servers: PostgresServer) -> str:
        """The connection string of the database on these; the password is in a file (PGPASSFILE)."""
        hosts = ",".join(f"{HOST}:{server.port}" for server in servers)
        return f"postgresql://{USER}@{hosts}/{DATABASE}"

    @cached_property
    def both(self) -> str:
        """Names primary and standby, so that nobody is told of the change."""
        return self.url_of(self.primary, self.standby)

    def move_file_away(self) -> None:
        """A ledger is in one place: the file goes, and the directory names the database."""
        away = self.directory.path / "old"
        away.mkdir()
        for file in self.directory.path.glob("ledger.db*"):
            file.rename(away / file.name)
        self.directory.database_file.touch(mode=0o600)
        self.directory.database_file.write_text(f"{self.both}\n", encoding="utf8")

    # -- the witness, and the demo as it was ----------------------------------------------

    def start_witness(self) -> Beside:
        self.beside = self._opened.enter_context(standing_beside(self.directory.path, self._say))
        return self.beside

    @contextmanager
    def serving_file(self) -> Iterator[str]:
        """The ledger in its SQLite file, served as `pledger demo` does; the address."""
        settings = Settings(data=self.directory.path, database=None, replica=None, signer=None, demo=True)
        settings = settings.model_copy(update=self.beside.settings() | {"trust_seconds": ROUND_SECONDS})
        with BackgroundServer(config(settings, HOST, 0), ready="/readyz") as server:
            yield server.url

    # -- Pledger's processes --------------------------------------------------------------

    def start_signer(self) -> None:
        # A socket's name is short: not within somebody's folder.
        short = Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="pledger-")))
        listens = short / "signer"
        self.signer = f"unix:{listens}"
        words = ("signer", "serve", "--data", self.directory.path, "--listen", self.signer)
        process = self._opened.enter_context(self.commands.running("signer", *words))
        self.commands.wait_until("signer", process, listens.exists)

    def start_server(self, *words: object) -> str:
        """`pledger serve` on a free port; its address, once it is ready."""
        name, port = f"serve-{len(self.urls) + 1}", free_port()
        given = ("--data", self.directory.path, "--signer", self.signer)  # whose file names the database
        process = self._opened.enter_context(
            self.commands.running(name, "serve", *given, "--port", port, *self._authority(), *words)
        )
        url = f"http://{HOST}:{port}"
        self.commands.wait_until(name, process, lambda: is_ready(url))
        self.urls.append(url)
        return url

    def _authority(self) -> list[object]:
        if self.beside.tsa_url is None or self.beside.tsa is None:
            return []
        return ["--tsa", self.beside.tsa_url, "--tsa-certificates", self.beside.tsa]

    def addresses(self) -> Iterator[str]:
        """Where everything is, for whoever wants to try it by hand."""
        yield f"\n  {'  '.join(self.urls)}"
        yield "\n  В іншому терміналі / in another terminal:"
        yield f"    export PGPASSFILE={quote(str(self._passwords))} PLEDGER_TRUST={quote(str(self.trust))}"
        yield f"    pledger budget {self.story['programme']} --server {self.urls[-1]}"
        yield f"    pledger backup {quote(self.both)} {quote(str(self.data / 'another.db'))}"
        yield f"    pledger signer state {self.signer}"


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
