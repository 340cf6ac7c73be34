"""Migrations: named .sql files, each run once, in order, in one transaction that notes its hash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.place import Database
from ledger.store.postgres.database import connect, telling
from ledger.store.sql import statements

FOLDER: Final = Path(__file__).parent / "migrations"
_NAME: Final = re.compile(r"^([0-9]{4})-[a-z0-9-]+\.sql$")
_LOCK: Final = 0x506C6564676572  # "Pledger": one migrates at a time
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL, "
    "sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. sha256: of its bytes, hexadecimal."""

    number: int
    name: str
    path: Path
    sha256: str


def migrations() -> list[Migration]:
    """All there are, by their numbers, which go from 1 without a gap."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        match = _NAME.match(path.name)
        assert match is not None, path.name
        digest = sha256(path.read_bytes()).hexdigest()
        found.append(Migration(int(match[1]), path.name, path, digest))
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    return found


def migrate(database: Database) -> list[str]:
    """Bring a database up to this version; returns the names of what was run. Raises StorageError.

    All of it is one transaction: a migration that fails leaves what there was.
    """
    with telling(str(database)), connect(database) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if not _has_schema(connection, database.schema):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(database.schema)))
        connection.execute(_TABLE)
        due = _due(connection)
        for one in due:
            for statement in statements(one.path):
                connection.execute(statement.encode())
            connection.execute(
                "INSERT INTO migrations (number, name, sha256) VALUES (%s, %s, %s)",
                (one.number, one.name, one.sha256),
            )
        return [one.name for one in due]


def check_migrated(database: Database) -> None:
    """Raises StorageError, with what to do, unless the database is of this very version."""
    with telling(str(database)), connect(database) as connection:
        if not _has_schema(connection, database.schema) or not _has_table(connection):
            raise StorageError(
                Sentence(
                    "the database {where} holds no ledger: `pledger migrate` makes its tables",
                    "database-empty",
                    where=database,
                )
            )
        due = _due(connection)
        if due:
            raise StorageError(
                Sentence(
                    "the database {where} is of an older version ({names} not run): run `pledger migrate`",
                    "migrations-due",
                    where=database,
                    names=[one.name for one in due],
                )
            )


def _has_schema(connection: psycopg.Connection[Any], schema: str) -> bool:
    query = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
    return connection.execute(query, (schema,)).fetchone() is not None


def _has_table(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT to_regclass('migrations') IS NOT NULL").fetchone()
    return bool(row and row[0])


def _due(connection: psycopg.Connection[Any]) -> list[Migration]:
    """Those that were not run. Raises StorageError if what was run is not what is here."""
    known = migrations()
    rows = connection.execute("SELECT number, name, sha256 FROM migrations ORDER BY number").fetchall()
    for place, (number, name, digest) in enumerate(rows):
        if place >= len(known):
            raise StorageError(
                Sentence(
                    "the database was migrated by a newer version of Pledger ({name}): run that one",
                    "database-newer",
                    name=name,
                )
            )
        if (number, digest) != (known[place].number, known[place].sha256):
            raise StorageError(
                Sentence(
                    "migration {name} was run in another form than this version has: was the database made by"
                    " another program?",
                    "migration-differs",
                    name=name,
                )
            )
    return known[len(rows) :]
