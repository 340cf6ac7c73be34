"""What every read model gets: one generation, one position, one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.entry import Entry
from ledger.store.base import LogReader
from projections.store.base import Connection


@dataclass(frozen=True, slots=True)
class Reading:
    """A view of one generation as known at `position`; log: for the entries themselves."""

    connection: Connection
    log: LogReader
    position: int

    def rows(self, query: str, where: Sequence[Any]) -> list[Any]:
        return self.connection.execute(query, where).fetchall()

    def entry(self, index: int) -> Entry:
        return self.log.entries(index, 1)[0]

    def at(self, position: int) -> Reading:
        """The same generation as known at another position."""
        return Reading(self.connection, self.log, position)
