"""Real PostgreSQL servers on the loopback: started, broken and removed by a test.

with PostgresServer.new() as primary, primary.standby("b", synchronous=True) as standby: …

A server listens on 127.0.0.1 and on a socket in its own folder, asks for a password, and ends with the
process that started it, also when that is killed (postgres_home.py). It never outlives its `with`.
"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.postgres_home import home
from tests.support.postgres_install import account, environment, program, run
from tests.support.postgres_processes import freeze, kill, thaw, wait_gone
from tests.support.postgres_template import USER, copy_template, new_folder

Mode = Literal["fast", "immediate", "kill"]
Row = tuple[Any, ...]
SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
STOP_SECONDS_MAX = 60.0
LOG_LINES_MAX = 100

SERVERS: list[PostgresServer] = []  # all that this process ever started
_serial = count(1)


class PostgresServer:
    """One server, running unless it was stopped.

    folder: its own, with `data` (PGDATA) and its socket in it; removed soon after close(). log_file stays
    until the process ends.
    """

    def __init__(self, folder: Path, port: int, password: str) -> None:
        """Of data that are there; use new() or standby()."""
        self.folder, self.port, self._password = folder, port, password
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen: list[int] = []
        self._closed = False
        self._synchronous: list[str] = []
        self._standbys: list[PostgresServer] = []
        self._databases = count(1)
        self.log_file = folder.with_suffix(".log")
        SERVERS.append(self)
        home().at_end(self.close)

    @classmethod
    def new(cls, **settings: object) -> Self:
        """A new primary; settings: of postgresql.conf, beside those of postgres_template.py.

        Durable unless told otherwise: `new(**HASTY)` is quicker.
        """
        folder = new_folder(f"server-{next(_serial)}")
        password = copy_template(folder / "data")
        server = cls(folder, free_port(), password)
        server.write_settings(settings)
        server.start()
        return server

    # -- connecting ---------------------------------------------------------------------

    def conninfo(self, dbname: str = "postgres", **more: str | int) -> str:
        """How to connect as its superuser. more: application_name, options … and other values of these."""
        who: dict[str, str | int] = {"user": USER, "password": self._password, "dbname": dbname}
        where: dict[str, str | int] = {"host": "127.0.0.1", "port": self.port, "connect_timeout": 10}
        plain: dict[str, str | int] = {"sslmode": "disable", "gssencmode": "disable"}
        return make_conninfo("", **where | who | plain | more)

    def execute(
        self, query: str | sql.Composable, dbname: str = "postgres", params: Sequence[object] = ()
    ) -> list[Row]:
        """Run one statement in a transaction of its own, on a connection of its own; its rows."""
        with psycopg.connect(self.conninfo(dbname), autocommit=True) as connection:
            cursor = connection.execute(query, params or None)  # type: ignore[arg-type]  # tests' own texts
            return cursor.fetchall() if cursor.description else []

    def fresh_database(self, name: str | None = None, *, template: str = "template0") -> str:
        """Create an empty database (UTF-8, sorted by code points); how to connect to it.

        template: another database whose contents it begins with; nobody may be connected to that one.
        """
        chosen = name or f"test_{next(self._databases)}"
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log")
        self.execute(query.format(sql.Identifier(chosen), sql.Identifier(template)))
        return self.conninfo(chosen)

    def drop_database(self, name: str) -> None:
        """Remove a database, and end the connections to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    # -- running ------------------------------------------------------------------------

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended; a paused server runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of its first process; the others are its children."""
        assert self._process is not None, "the server does not run"
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it takes connections. After stop() it has the same port and data.

        AssertionError: it ended instead, with what its log says.
        """
        assert not self.running, "the server runs already"
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", self.data, "-p", str(self.port), "-k", self.folder],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the tests
                **account(),
            )
        home().guard(self.folder.name, self.pid)
        until(self._ready, f"PostgreSQL takes connections:\n{self.log()}")

    def _ready(self) -> bool:
        """Whether its own line in postmaster.pid says so; an older one may be left of a killed server."""
        assert self.running, f"PostgreSQL ended:\n{self.log()}"
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def stop(self, mode: Mode = "fast") -> None:
        """Stop it; nothing where it is stopped.

        fast: open transactions are rolled back, a checkpoint is made, standbys get all. immediate: as it
        stands, recovered at the next start. kill: every process at once by SIGKILL, as a power cut would
        (only that what was written and not fsynced is still there: the system's cache survives).
        """
        if not self.running:
            return
        self.resume()
        if mode == "kill":
            wait_gone(self._killed())
        else:
            self._stopped_by(SIGNALS[mode])
        home().release(self.folder.name)

    def _killed(self) -> list[int]:
        assert self._process is not None
        pids = kill(self._process.pid)
        self._process.wait(STOP_SECONDS_MAX)
        return pids

    def _stopped_by(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(STOP_SECONDS_MAX)

    def close(self) -> None:
        """End it for good, its standbys first, and remove its data."""
        for standby in self._standbys:
            standby.close()
        self.stop("kill")
        if not self._closed:
            self._closed = True
            home().remove(self.folder.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pause(self) -> None:
        """Freeze all its processes: connections stay open, and nobody answers."""
        assert not self._frozen, "the server is paused already"
        self._frozen = freeze(self.pid)
        home().guard(self.folder.name, *self._frozen)

    def resume(self) -> None:
        thaw(self._frozen)
        self._frozen = []

    def log(self, since: int = 0) -> str:
        """What it logged from that byte on; at most the last 100 lines."""
        text = self.log_file.read_bytes()[since:].decode("utf-8", "replace") if self.log_file.exists() else ""
        return "\n".join(text.splitlines()[-LOG_LINES_MAX:])

    # -- settings -----------------------------------------------------------------------

    def write_settings(self, settings: dict[str, object]) -> None:
        """Add them to the file that ALTER SYSTEM keeps, where the last word counts; the server is stopped."""
        with (self.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            for name, value in settings.items():
                file.write("{} = '{}'\n".format(name, str(value).replace("'", "''")))

    def configure(self, **settings: object) -> None:
        """Change settings of a running server, until the test ends or says otherwise; None: the default.

        New sessions have them when this returns; those that are open at their next statement.
        AssertionError: one of them needs a restart; give it to new().
        """
        for name, value in settings.items():
            setting = sql.SQL("DEFAULT") if value is None else sql.Literal(str(value))
            self.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), setting))
        before = self.execute("SELECT pg_conf_load_time(), pg_reload_conf()")[0][0]
        until(lambda: self.execute("SELECT pg_conf_load_time()")[0][0] > before, "the settings are read")
        waiting = [name for (name,) in self.execute("SELECT name FROM pg_settings WHERE pending_restart")]
        assert not waiting, f"need a restart: {waiting}"

    # -- replication --------------------------------------------------------------------

    def standby(self, name: str, *, synchronous: bool = False, **settings: object) -> PostgresServer:
        """Make a hot standby that streams from this server through a slot, both called `name`.

        synchronous: commits here wait for it, as for all others made so, and there is no way back but
        configure(synchronous_standby_names=""). It is in step when this returns. settings: as of new().
        """
        assert re.fullmatch("[a-z0-9_]+", name), "a slot's name: small letters, digits and _"
        folder = new_folder(f"server-{next(_serial)}")
        source = self.conninfo(application_name=name)
        run(
            *("pg_basebackup", "--dbname", source, "--pgdata", str(folder / "data")),
            *("--write-recovery-conf", "--wal-method=stream", "--create-slot", "--slot", name),
            *("--checkpoint=fast", "--no-sync"),
        )
        standby = PostgresServer(folder, free_port(), self._password)
        # Whom the primary waits for came with its files: promoted, the standby would wait for itself.
        standby.write_settings({"synchronous_standby_names": ""} | settings)
        standby.start()
        self._standbys.append(standby)
        until(lambda: self._state(name)[0] == "streaming", f"{name} streams:\n{standby.log()}")
        if synchronous:
            self._wait_for(name)
        return standby

    def _wait_for(self, name: str) -> None:
        self._synchronous.append(name)
        names = ", ".join(f'"{one}"' for one in self._synchronous)
        self.configure(synchronous_standby_names=f"FIRST {len(self._synchronous)} ({names})")
        # Commits wait once the checkpointer has read the setting: it has when it makes a checkpoint.
        self.execute("CHECKPOINT")
        until(lambda: self._state(name)[1] == "sync", f"{name} is synchronous")

    def _state(self, name: str) -> tuple[str | None, str | None]:
        """(state, sync_state) of a standby as this server sees it."""
        query = "SELECT state, sync_state FROM pg_stat_replication WHERE application_name = %s"
        rows = self.execute(query, params=[name])
        return (rows[0][0], rows[0][1]) if rows else (None, None)

    def promote(self) -> None:
        """Make a standby a primary; it takes writes when this returns."""
        assert self.execute("SELECT pg_promote(true, 60)")[0][0], f"not promoted:\n{self.log()}"
        until(lambda: not self.execute("SELECT pg_is_in_recovery()")[0][0], "the standby is a primary")

    def pause_replay(self) -> None:
        """A standby goes on receiving and shows nothing new: lag at will."""
        self.execute("SELECT pg_wal_replay_pause()")
        query = "SELECT pg_get_wal_replay_pause_state()"
        until(lambda: self.execute(query)[0][0] == "paused", "the replay is paused")

    def resume_replay(self) -> None:
        self.execute("SELECT pg_wal_replay_resume()")

    def wait_replayed(self, standby: PostgresServer) -> None:
        """Wait until a standby shows all that is committed here now."""
        position = self.execute("SELECT pg_current_wal_flush_lsn()")[0][0]
        query = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        until(lambda: standby.execute(query, params=[position])[0][0], "the standby has replayed all")
