"""Reading the log from many threads: a pool of connections, and one more try when one was cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import psycopg
import psycopg_pool

from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.merkle import Frontier, NodeId
from ledger.sentence import Sentence
from ledger.store.base import Head, StreamEnd, Tail
from ledger.store.place import Database
from ledger.store.postgres.database import connection_string, prepare, primary, shown, telling
from ledger.store.postgres.durable import Patience
from ledger.store.postgres.state import State, state_of
from ledger.store.postgres.tail import PostgresTail, Rows

CONNECTIONS_MAX: Final = 10
WAIT_SECONDS: Final = 3.0
READ_SECONDS: Final = 20.0  # for an answer; a server that is frozen gives none, and breaks no connection
TRIES: Final = 3

HEAD: Final = "SELECT frontier, recorded_at FROM head"
# From stream to stream by the primary key: what it costs grows with the streams, not with the log.
_HEADS: Final = """
    WITH RECURSIVE streams AS (
        (SELECT originator_id FROM pledger_events ORDER BY originator_id LIMIT 1)
        UNION ALL
        SELECT (
            SELECT following.originator_id FROM pledger_events following
            WHERE following.originator_id > streams.originator_id ORDER BY following.originator_id LIMIT 1
        ) FROM streams WHERE streams.originator_id IS NOT NULL
    )
    SELECT ends.* FROM streams, LATERAL (
        SELECT originator_id, originator_version, notification_id - 1 FROM pledger_events one
        WHERE one.originator_id = streams.originator_id AND notification_id <= %s
        ORDER BY originator_version DESC LIMIT 1
    ) ends ORDER BY 1
"""


class PostgresReader:
    """Implements ledger.store.base.LogReader.

    replica: the connection string is of servers that may only be read; else the primary is asked.
    """

    def __init__(self, conninfo: str, schema: str, *, replica: bool = False) -> None:
        self._where = shown(conninfo)
        whole = connection_string(conninfo, target_session_attrs="any") if replica else primary(conninfo)
        self._pool: psycopg_pool.ConnectionPool[psycopg.Connection[Any]] = psycopg_pool.ConnectionPool(
            whole,
            min_size=1,
            max_size=CONNECTIONS_MAX,
            timeout=WAIT_SECONDS,
            reconnect_timeout=0,
            max_idle=300,
            configure=lambda connection: prepare(connection, schema),
            open=False,
            name="pledger-log",
        )
        self._patience = Patience(READ_SECONDS)
        self._pool.open()
        self._tail = PostgresTail(self._ask)

    def _ask(self, query: str, where: Sequence[object]) -> Rows:
        """Questions change nothing, so that one is asked again when the connection was cut."""
        with telling(self._where):
            for tried in range(TRIES):
                try:
                    return self._answer(query, where)
                except (psycopg_pool.PoolTimeout, psycopg.errors.QueryCanceled):
                    raise
                except (psycopg.OperationalError, psycopg.InterfaceError):
                    if tried + 1 == TRIES:
                        raise
            raise AssertionError("unreachable")

    def _answer(self, query: str, where: Sequence[object]) -> Rows:
        with self._pool.connection() as connection, self._patience.watching(connection) as watch:
            try:
                return connection.execute(query, where).fetchall()
            except psycopg.Error as error:
                if watch.cut:
                    raise psycopg.errors.QueryCanceled(f"no answer in {READ_SECONDS:g} s") from error
                raise

    def head(self) -> Head:
        return head_of(self._ask(HEAD, ()))

    def recorded(self, payload_hashes: Iterable[str]) -> dict[str, int]:
        return self._tail.recorded(payload_hashes)

    def events(self, ids: Iterable[str]) -> dict[str, int]:
        return self._tail.events(ids)

    def names(self, names: Iterable[str]) -> dict[str, str]:
        return self._tail.names(names)

    def version(self, stream: str) -> int:
        return self._tail.version(stream)

    def stream(self, stream: str) -> Iterator[Entry]:
        return self._tail.stream(stream)

    def entries(self, start: int, limit: int) -> list[Entry]:
        return self._tail.entries(start, limit)

    def entries_at(self, indexes: Sequence[int]) -> list[Entry]:
        return self._tail.entries_at(indexes)

    def nodes(self, ids: Sequence[NodeId]) -> list[bytes]:
        query = (
            "SELECT level, node_index, hash FROM nodes "
            "JOIN unnest(%s::int[], %s::bigint[]) AS wanted(l, i) ON level = l AND node_index = i"
        )
        where = ([level for level, _ in ids], [index for _, index in ids])
        found = {(row[0], row[1]): bytes(row[2]) for row in self._ask(query, where)} if ids else {}
        for node in ids:
            if node not in found:
                raise StorageError(Sentence("tree node {node} is missing", "node-missing", node=node))
        return [found[node] for node in ids]

    def checkpoint_after(self, index: int) -> tuple[int, str] | None:
        query = "SELECT size, note FROM checkpoints WHERE size > %s ORDER BY size LIMIT 1"
        rows = self._ask(query, (index,))
        return (rows[0][0], rows[0][1]) if rows else None

    def heads(self, position: int) -> list[StreamEnd]:
        return [StreamEnd(*row) for row in self._ask(_HEADS, (position,))]

    def at_position(self, position: int) -> Tail:
        return PostgresTail(self._ask, below=position)

    def state(self, database: Database) -> list[State]:
        """What is wrong with the database, as far as the primary tells."""
        return list(state_of(self._ask, database))

    def close(self) -> None:
        self._pool.close()
        self._patience.close()


def head_of(rows: Rows) -> Head:
    """Raises StorageError: the migrations put one row there."""
    if len(rows) != 1:
        raise StorageError(Sentence("the log has no head row", "head-missing"))
    return Head(Frontier.from_bytes(bytes(rows[0][0])), rows[0][1])
