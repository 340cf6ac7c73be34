"""Which follower a ledger has: of files, of a database, of a database with a replica."""

from __future__ import annotations

from collections.abc import Callable

from ledger.directory import Directory
from ledger.service import Ledger
from projections.follower import Follower
from projections.replica import ReplicaReading
from projections.store.base import Generations
from projections.store.sqlite import FileGenerations


def open_follower(
    ledger: Ledger, replica: str | None = None, *, on_growth: Callable[[int], None] | None = None
) -> Follower | ReplicaReading:
    """To be closed. replica: a connection string. Raises StorageError."""
    database = ledger.database
    if database is None:
        return Follower(ledger.directory.path, ledger.reader, on_growth=on_growth)
    from ledger.store.postgres.reader import PostgresReader  # noqa: PLC0415 -- the driver, where it is used
    from projections.store.hints import DatabaseHints  # noqa: PLC0415
    from projections.store.postgres import SchemaGenerations  # noqa: PLC0415

    generations, hints = SchemaGenerations(database), DatabaseHints(database)
    follower = Follower(generations, ledger.reader, hints=hints, on_growth=on_growth)
    if replica is None:
        return follower
    try:
        log = PostgresReader(replica, database.schema, replica=True)
        return ReplicaReading(follower, SchemaGenerations(database, replica=replica), log)
    except BaseException:
        follower.close()
        raise


def generations_beside(directory: Directory) -> Generations:
    """To make a generation while a server may run; to be closed."""
    database = directory.database
    if database is None:
        return FileGenerations(directory.path)
    from projections.store.postgres import SchemaGenerations  # noqa: PLC0415

    return SchemaGenerations(database, beside=True)
