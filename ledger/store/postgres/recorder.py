"""The recorder on eventsourcing's: one group a transaction, under the lock of the head row alone.

What of the library's is left out, and why, is in docs/decisions/0016-postgresql.md: its table lock
waits behind VACUUM, its ids have gaps, its functions part order from commit order, and its retries
would run a group twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
import psycopg_pool
from eventsourcing import postgres as stock
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    OperationalError,
    PersistenceError,
    ProgrammingError,
    StoredEvent,
)
from psycopg.rows import DictRow, dict_row, tuple_row

from ledger.errors import Stopped
from ledger.merkle import Frontier
from ledger.sentence import Sentence
from ledger.store.base import Group, Head
from ledger.store.place import SCHEMA
from ledger.store.postgres.database import prepare, primary
from ledger.store.postgres.durable import DURABILITY, Patience, check_durable
from ledger.store.postgres.inserting import insert_plan
from ledger.store.postgres.tail import PostgresTail, Rows

CONNECTIONS: Final = 2
_HEAD: Final = DURABILITY + ", frontier, recorded_at FROM head"
_LOCK: Final = _HEAD + " FOR UPDATE"

_SHARE: Final = "INSERT INTO checkpoints VALUES (%s, %s) ON CONFLICT DO NOTHING"
# Commits with the standbys, though it changes nothing: what was visible before is then as safe as a commit.
_BARRIER: Final = "SELECT pg_logical_emit_message(true, 'pledger', '')"


class Datastore(stock.PostgresDatastore):
    """The library's, over a whole connection string: it knows single hosts only.

    standbys, unsafe: as in ledger.store.postgres.database.Database.
    """

    def __init__(self, conninfo: str, *, schema: str, standbys: int, unsafe: bool, seconds: float) -> None:
        super().__init__("", "", 0, "", "", schema=schema, originator_id_type="text")
        self.standbys, self.unsafe = standbys, unsafe
        self.patience = Patience(seconds)
        self.pool = stock.ConnectionPool(
            primary(conninfo),
            connection_class=psycopg.Connection[DictRow],
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=CONNECTIONS,
            timeout=5.0,
            reconnect_timeout=0,
            configure=lambda connection: prepare(connection, schema),
            check=self._check,
            open=False,
            name="pledger-append",
        )

    def _check(self, connection: psycopg.Connection[DictRow]) -> None:
        """A connection that was cut meanwhile refuses nobody; one that hangs is not waited for long."""
        with self.patience.watching(connection):
            stock.ConnectionPool.check_connection(connection)

    def register_type_adapters(self) -> None:
        """No composite type is used: rows go in as arrays."""

    @contextmanager
    def get_connection(self) -> Iterator[psycopg.Connection[DictRow]]:
        try:
            with super().get_connection() as connection:
                yield connection
        except psycopg_pool.PoolTimeout as error:
            raise OperationalError(str(error)) from error

    def close(self) -> None:
        super().close()
        patience = getattr(self, "patience", None)
        if patience is not None:
            patience.close()


class Factory(InfrastructureFactory[stock.PostgresTrackingRecorder]):
    """Chosen by PERSISTENCE_MODULE; gives our recorder over one connection string."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore = Datastore(
            self.env["PLEDGER_CONNINFO"],
            schema=self.env.get("PLEDGER_SCHEMA") or SCHEMA,
            standbys=int(self.env.get("PLEDGER_STANDBYS") or 0),
            unsafe=self.env.get("PLEDGER_UNSAFE") == "y",
            seconds=float(self.env.get("PLEDGER_COMMIT_SECONDS") or 0),
        )

    def application_recorder(self) -> ApplicationRecorder:
        return LedgerRecorder(self.datastore, events_table_name="pledger_events")

    def aggregate_recorder(self, purpose: str = "events") -> Any:
        raise NotImplementedError("the log has no snapshots")

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> Any:
        raise NotImplementedError("projections track in their own schema")

    def process_recorder(self) -> Any:
        raise NotImplementedError("the log and the projections are apart")

    def close(self) -> None:
        self.datastore.close()


class LedgerRecorder(stock.PostgresApplicationRecorder):
    """Takes one group per transaction; entries come by no other way."""

    datastore: Datastore

    def create_table(self) -> None:
        """Tables come by migrations alone."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, group: Group | None = None, **_: Any
    ) -> Sequence[int] | None:
        """Decide and insert a group under the head lock; all of it is durable, or nothing.

        Returns after the commit is as durable as is asked for: in doubt it raises, whatever was committed.
        """
        if stored_events or group is None:
            raise ProgrammingError("entries are made under the head lock: save(group=…)")
        with self._transaction() as cursor:
            plan = group.plan(self._locked_head(cursor), PostgresTail(_asking(cursor)))
            if plan is None:
                raise psycopg.Rollback
            insert_plan(cursor, plan)
        return []

    def settle(self) -> Head:
        """The head of the server that commits, once all of it is as durable as a commit; raises as
        insert_events does.

        What another connection reads may be of another server: of an old primary that came back, say.
        """
        with self._transaction() as cursor:
            row = _one(cursor, _HEAD)
            check_durable(row[:3], self.datastore.standbys, self.datastore.unsafe)
            cursor.execute(_BARRIER)
        return Head(Frontier.from_bytes(bytes(row[3])), row[4])

    def share(self, checkpoint: tuple[int, str]) -> None:
        """Put a checkpoint where other processes find it, without waiting for a disk. Best effort."""
        with (
            suppress(PersistenceError),
            self.datastore.get_connection() as connection,
            self.datastore.patience.watching(connection),  # a server that freezes is not waited for
            connection.pipeline(),
            connection.transaction(),
        ):
            connection.execute("SET LOCAL synchronous_commit TO off")
            connection.execute(_SHARE, checkpoint)

    def _locked_head(self, cursor: psycopg.Cursor[Any]) -> Head:
        """What later statements read is later than this lock: each has its own snapshot."""
        row = _one(cursor, _LOCK)
        check_durable(row[:3], self.datastore.standbys, self.datastore.unsafe)
        return Head(Frontier.from_bytes(bytes(row[3])), row[4])

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Cursor[Any]]:
        """One transaction, on a connection that is cut if it takes too long."""
        with (
            self.datastore.get_connection() as connection,
            self.datastore.patience.watching(connection) as watch,
        ):
            with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
                yield cursor
            watch.check_commit()


def _one(cursor: psycopg.Cursor[Any], query: str) -> tuple[Any, ...]:
    row = cursor.execute(query).fetchone()
    if row is None:
        raise Stopped(Sentence("the log has no head row", "head-missing"))
    return tuple(row)


def _asking(cursor: psycopg.Cursor[Any]) -> Any:
    def ask(query: str, where: Sequence[object]) -> Rows:
        return cursor.execute(query, where).fetchall()

    return ask
