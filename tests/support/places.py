"""Where the ledgers of tests are: files, or with PLEDGER_TEST_STORE=postgres a database for each.

`make test-postgres` runs the tests of the ledger, the projections and the doors so. A ledger's directory
then holds the file `database`, by which everything that is given the directory finds the log. What is
about the file itself is marked `sqlite`, and is left out there (tests/conftest.py).
"""

from __future__ import annotations

import atexit
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.directory import Directory
from ledger.log import open_log
from ledger.store.place import SCHEMA, Database
from tests.support.polling import until

if TYPE_CHECKING:
    from tests.support.postgres import PostgresServer

ON_POSTGRES = os.environ.get("PLEDGER_TEST_STORE") == "postgres"
LOG_TABLES = (
    *("pledger_events", "head", "nodes", "payloads", "events", "names", "checkpoints"),
    *("documents", "document_pieces"),
)

Ask = Callable[[str], list[Any]]  # SQL → rows

_made: list[tuple[Path, str]] = []  # file or directory of a test, name of a database of its


@cache
def _server() -> PostgresServer:
    """One durable server for all tests of a process."""
    from tests.support.postgres import PostgresServer

    server = PostgresServer.new(max_connections=400)
    atexit.register(server.close)
    return server


def dbname_of(database: Database) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(database.conninfo)["dbname"])


@cache
def _migrated() -> str:
    """The name of a database that others begin with."""
    from ledger.store.postgres.migrating import migrate

    database = Database(_server().fresh_database())
    migrate(database)
    return dbname_of(database)


def new_database(owner: Path | None = None) -> Database:
    """Migrated, and without an entry. owner: a file or directory of the test that it belongs to."""
    return _owned(owner, _migrated())


def _owned(owner: Path | None, template: str) -> Database:
    database = Database(_server().fresh_database(template=template))
    if owner is not None:
        _made.append((owner, dbname_of(database)))
    return database


def forget_below(folder: Path) -> None:
    """Remove the databases of what a test made in its folder; thousands of them would fill a disk."""
    for one in [one for one in _made if one[0].is_relative_to(folder)]:
        _server().drop_database(one[1])
        _made.remove(one)


def make_log(path: Path) -> None:
    """An empty log for a directory."""
    directory = Directory(path)
    if ON_POSTGRES:
        _name(path, new_database(path))
    log, reader = open_log(directory.place)
    log.close()
    reader.close()


def init_words(path: Path) -> tuple[str, ...]:
    """What `pledger init` is told beside the rest, so that the log is where the tests want it."""
    return ("--database", new_database(path).conninfo) if ON_POSTGRES else ()


def copy_log(model: Path, path: Path) -> None:
    """Give a directory that was copied from a model a log of its own. Nobody may have the model's open."""
    found = Directory(model).database
    if found is not None:
        _name(path, _owned(path, dbname_of(found)))


def copy_open_log(model: Path, path: Path) -> None:
    """The same of a log that may be open: what is committed at this moment, without projections."""
    found = Directory(model).database
    if found is None:
        return
    made = new_database(path)
    with _connection(found) as given, _connection(made) as taken:
        given.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        taken.execute("TRUNCATE head")
        for table in LOG_TABLES:
            with (
                given.cursor().copy(f"COPY {table} TO STDOUT".encode()) as out,
                taken.cursor().copy(f"COPY {table} FROM STDIN".encode()) as into,
            ):
                for piece in out:
                    into.write(piece)
    _name(path, made)


def put_back(backup: Path, path: Path) -> None:
    """A closed ledger's log in the place of another one's, which is closed too."""
    if Directory(path).database is not None:
        copy_log(backup, path)
    else:
        (path / "ledger.db").write_bytes((backup / "ledger.db").read_bytes())


def wait_alone(path: Path) -> None:
    """Until the database of a directory has noticed that those who were connected are dead."""
    found = Directory(path).database
    if found is None:
        return
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname=current_database() AND pid<>pg_backend_pid()"
    with _connection(found) as connection:
        connection.autocommit = True
        until(lambda: connection.execute(query).fetchone()[0] == 0, "nobody is connected any more")


def _name(path: Path, database: Database) -> None:
    Directory(path).database_file.write_text(database.conninfo, encoding="utf8")


def _connection(database: Database) -> Any:
    """In a transaction that is committed at the end of its `with`."""
    import psycopg

    return psycopg.connect(database.conninfo, options=f"-c search_path={SCHEMA}")


@contextmanager
def asking(path: Path) -> Iterator[Ask]:
    """Ask the log's tables as they are in ledger.db, whichever store a directory's log is in."""
    found = Directory(path).database
    if found is None:
        with closing(sqlite3.connect(path / "ledger.db")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            yield lambda query: file.execute(query).fetchall()
    else:
        with _connection(found) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield lambda query: connection.execute(_there(query).encode()).fetchall()


def _there(query: str) -> str:
    """Two names are eventsourcing's own."""
    return query.replace("stored_events", "pledger_events").replace("rowid", "notification_id")
