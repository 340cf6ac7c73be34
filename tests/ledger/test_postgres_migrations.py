"""Migrations: what they make, in what order, and what is said when they were not run."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ledger.errors import StorageError
from ledger.log import open_log, open_reader
from ledger.store.place import Database
from ledger.store.postgres import migrating
from ledger.store.postgres.migrating import FOLDER, migrate, migrations
from ledger.store.sql import statements

# Everything that a schema says of its tables: columns with types, defaults and collations, keys, checks,
# indexes with their order, and storage parameters.
CATALOGUE = {
    "columns": "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
    "pg_get_expr(d.adbin, d.adrelid), l.collname, a.attnum "
    "FROM pg_attribute a JOIN pg_class c ON c.oid=a.attrelid "
    "LEFT JOIN pg_attrdef d ON d.adrelid=c.oid AND d.adnum=a.attnum "
    "LEFT JOIN pg_collation l ON l.oid=a.attcollation "
    "WHERE c.relnamespace=current_schema()::regnamespace AND c.relkind='r' AND a.attnum>0 ORDER BY 1, 7",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace=current_schema()::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname=current_schema() "
    "ORDER BY 1, 2",
    "options": "SELECT relname, relkind::text, reloptions FROM pg_class "
    "WHERE relnamespace=current_schema()::regnamespace ORDER BY 1",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace=current_schema()::regnamespace ORDER BY 1",
    "head": "SELECT * FROM head",
    "generations": "SELECT * FROM generations",
}


def catalogue(conninfo: str) -> dict[str, list[Any]]:
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET search_path TO pledger")
        return {name: connection.execute(query.encode()).fetchall() for name, query in CATALOGUE.items()}


@pytest.fixture
def database(postgres_database: str) -> Database:
    return Database(postgres_database, unsafe=True)


def test_the_schema_that_people_read_is_what_the_migrations_make(database: Database, postgres: Any) -> None:
    migrate(database)
    read = postgres.fresh_database()
    with psycopg.connect(read, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA pledger")
        connection.execute("SET search_path TO pledger")
        for statement in statements(FOLDER.parent / "schema.sql"):
            connection.execute(statement.encode())
    expected, found = catalogue(read), catalogue(database.conninfo)
    assert len(found["columns"]) > 20
    assert found == expected


def test_there_is_no_function_in_the_database(database: Database) -> None:
    migrate(database)
    assert catalogue(database.conninfo)["functions"] == []


def test_migrations_are_run_once_and_tell_which_were(database: Database) -> None:
    names = [one.name for one in migrations()]
    assert migrate(database) == names
    assert migrate(database) == []


def test_two_that_migrate_at_once_run_each_once(database: Database) -> None:
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(database))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, done)) == [0, 0, 0, len(migrations())]


def test_a_database_without_tables_is_told_apart_from_one_of_an_older_version(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StorageError, match="holds no ledger: `pledger migrate`"):
        open_log(database)
    first = migrations()[:1]
    with monkeypatch.context() as older:
        older.setattr(migrating, "migrations", lambda: first)
        migrate(database)
    with pytest.raises(StorageError, match=r"older version .*run `pledger migrate`"):
        open_reader(database)
    assert migrate(database) == [one.name for one in migrations()[1:]]


def test_a_newer_version_keeps_an_older_program_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database)
    older = migrations()[:-1]
    monkeypatch.setattr(migrating, "migrations", lambda: older)
    for use in (open_log, open_reader, migrate):
        with pytest.raises(StorageError, match="newer version"):
            use(database)


def test_a_migration_that_was_run_in_another_form_is_noticed(database: Database) -> None:
    migrate(database)
    with psycopg.connect(database.conninfo) as connection:
        connection.execute("UPDATE pledger.migrations SET sha256 = repeat('0', 64) WHERE number = 1")
    with pytest.raises(StorageError, match=r"0001-log\.sql was run in another form"):
        open_log(database)


def test_a_migration_that_fails_leaves_what_there_was(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "9999-broken.sql"
    broken.write_text("CREATE TABLE fine (id integer);\nCREATE TABLE head (again integer);\n")
    known = migrations()
    bad = migrating.Migration(len(known) + 1, broken.name, broken, "0" * 64)
    migrate(database)
    before = catalogue(database.conninfo)
    monkeypatch.setattr(migrating, "migrations", lambda: [*known, bad])
    with pytest.raises(StorageError, match="already exists"):
        migrate(database)
    assert catalogue(database.conninfo) == before


def test_a_wrong_connection_string_is_told_without_its_password() -> None:
    with pytest.raises(StorageError) as told:
        migrate(Database("host=127.0.0.1 port=1 dbname=x user=u password=very-secret"))
    assert "very-secret" not in str(told.value)
    assert "127.0.0.1:1/x" in str(told.value)
    with pytest.raises(StorageError, match="no connection string"):
        migrate(Database("post gres"))


def test_whoever_may_not_make_a_schema_is_told_so(database: Database, postgres: Any) -> None:
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        name = sql.Identifier("weak_" + connection.info.dbname)
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'weak'").format(name))
        weak = psycopg.conninfo.make_conninfo(
            database.conninfo, user="weak_" + connection.info.dbname, password="weak"
        )
    with pytest.raises(StorageError, match="permission denied"):
        migrate(Database(weak))
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(name))
