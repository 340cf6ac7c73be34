"""The contract of a store, kept by PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ledger.log import Log, open_log
from ledger.store.base import LogReader
from ledger.store.place import Database
from ledger.store.postgres.migrating import migrate
from tests.ledger.test_store_contract import StoreContract


class TestPostgresStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, postgres_database: str) -> None:
        self.database = Database(postgres_database, unsafe=True)

    @pytest.fixture(autouse=True)
    def _store(self, _database: None, tmp_path: Path) -> object:
        self.log, self.reader = self.create(tmp_path)
        yield
        self.reader.close()
        self.log.close()

    def create(self, folder: Path) -> tuple[Log, LogReader]:
        migrate(self.database)
        return open_log(self.database)

    def again(self) -> tuple[Log, LogReader]:
        return open_log(self.database)

    def insert_row(self, stream: str, version: int, topic: str, state: bytes) -> None:
        with psycopg.connect(self.database.conninfo) as connection:
            connection.execute(
                "INSERT INTO pledger.pledger_events VALUES (%s,%s,%s,%s,"
                "(SELECT COALESCE(MAX(notification_id), 0) + 1 FROM pledger.pledger_events))",
                (stream, version, topic, state),
            )
