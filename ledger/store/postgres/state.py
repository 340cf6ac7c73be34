"""How a database stands, for whoever watches over it: (code, details) for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import psycopg

from ledger.errors import StorageError
from ledger.store.place import Database
from ledger.store.postgres.durable import standbys_of
from ledger.store.postgres.migrating import migrations
from ledger.store.postgres.tail import Ask

# What standbys do may be seen by members of pg_monitor alone: others see their state as null.
_STANDBYS: Final = (
    "SELECT COUNT(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), COUNT(*) FILTER (WHERE state IS NULL) "
    "FROM pg_stat_replication"
)

State = tuple[str, dict[str, Any]]


def state_of(ask: Ask, database: Database) -> Iterator[State]:
    """ask: one query of the primary; what it raises is told as one more thing that is wrong."""
    try:
        yield from _state_of(ask, database)
    except (StorageError, psycopg.Error) as error:
        yield "database-unreachable", {"cause": str(error)}


def _state_of(ask: Ask, database: Database) -> Iterator[State]:
    run = [row[0] for row in ask("SELECT name FROM migrations ORDER BY number", ())]
    wanted = [one.name for one in migrations()]
    if run != wanted:
        yield "migrations-due", {"have": (run or ["none"])[-1], "want": wanted[-1]}
    if not database.standbys:
        return
    names = ask("SELECT current_setting('synchronous_standby_names')", ())[0][0]
    if standbys_of(names) < database.standbys:
        yield "standby-unsynchronised", {"required": database.standbys, "found": standbys_of(names)}
    connected, hidden = ask(_STANDBYS, ())[0]
    if connected < database.standbys and not hidden:
        yield "standby-missing", {"required": database.standbys, "found": connected}
