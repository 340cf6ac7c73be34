"""Where a log may be: a file, or a database of PostgreSQL. Nothing of the driver is loaded for saying so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SCHEMA: Final = "pledger"


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database that holds a ledger.

    conninfo: libpq's connection string or URI; several hosts are tried in their order, and the one that can
    be written is taken. standbys: how many synchronous standbys must hold a commit before it is acknowledged.
    unsafe: also with fsync off, for tests; what is acknowledged may then be lost with the power.
    """

    conninfo: str
    standbys: int = 0
    unsafe: bool = False
    schema: str = SCHEMA

    def __str__(self) -> str:
        """Hosts, ports and name: no password."""
        from ledger.store.postgres.database import shown  # noqa: PLC0415 -- the driver, where one is named

        return shown(self.conninfo)
