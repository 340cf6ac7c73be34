"""Where a ledger's database is, how a connection is made, and what is said when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import psycopg_pool
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.place import Database

# A dead network is noticed in seconds, by the kernel; libpq's words, and only where nothing else is said.
_PATIENCE: Final = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "pledger",
}

IDLE_SECONDS: Final = 15.0  # within a transaction; whoever holds the head lock and is silent is let go


def shown(conninfo: str) -> str:
    """A connection string that may be printed: hosts, ports and the database's name."""
    try:
        given = conninfo_to_dict(conninfo)
        _check_ports(given)
    except psycopg.Error:
        return "postgresql"
    hosts = str(given.get("host") or given.get("hostaddr") or "").split(",")
    ports = str(given.get("port") or "").split(",")
    named = [f"{host}:{port}" if port else host for host, port in _paired(hosts, ports)]
    return f"postgresql://{','.join(named)}/{given.get('dbname') or ''}"


def _paired(hosts: list[str], ports: list[str]) -> Iterator[tuple[str, str]]:
    for place, host in enumerate(hosts):
        yield host, ports[place] if place < len(ports) else ports[-1]


def connection_string(conninfo: str, **more: str) -> str:
    """A connection string with what it leaves unsaid. Raises StorageError if it is none."""
    try:
        given = conninfo_to_dict(conninfo)
        _check_ports(given)
        return make_conninfo("", **{**_PATIENCE, **more, **{k: v for k, v in given.items() if v is not None}})
    except psycopg.Error:
        raise StorageError(
            Sentence(
                "this is no connection string of PostgreSQL (it is not shown: a password may be in it). In a"
                " URI special characters are written as %XX",
                "bad-conninfo",
            )
        ) from None


def _check_ports(given: dict[str, Any]) -> None:
    """A password with a `/` makes itself a port: nothing of it may be shown."""
    ports = [port for port in str(given.get("port") or "").split(",") if port]
    if not all(port.isdigit() for port in ports) or "@" in str(given.get("dbname") or ""):
        raise psycopg.ProgrammingError("a port is no number, or a name no name")


def primary(conninfo: str) -> str:
    """Of several hosts, the one that takes writes."""
    return connection_string(conninfo, target_session_attrs="read-write")


def connect(database: Database) -> psycopg.Connection[Any]:
    """A connection of one's own to the primary, in autocommit. Raises StorageError."""
    with telling(shown(database.conninfo)):
        connection = psycopg.connect(primary(database.conninfo), autocommit=True)
        try:
            prepare(connection, database.schema)
        except BaseException:
            connection.close()
            raise
        return connection


def prepare(connection: psycopg.Connection[Any], schema: str) -> None:
    """What every connection of ours is: in autocommit, in our schema, and never waiting for long.

    Whoever holds the head lock and says nothing more is let go, or one machine could stop all others.
    """
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SET search_path TO {}; SET lock_timeout = '5s'; SET statement_timeout = '60s';"
                "SET idle_in_transaction_session_timeout = {}; SET timezone = 'UTC';"
                "SET default_transaction_isolation = 'read committed'"
            ).format(sql.Identifier(schema), sql.Literal(round(IDLE_SECONDS * 1000)))
        )


@contextmanager
def telling(where: str) -> Iterator[None]:
    """What PostgreSQL and psycopg say becomes a StorageError."""
    try:
        yield
    except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed) as error:
        raise StorageError(
            Sentence("the database {where} failed: {why}", "database-failed", where=where, why=_words(error))
        ) from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
