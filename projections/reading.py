"""What every read model gets: one generation, one position, one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.base import Tail
from projections.store.base import Connection


class Blocked(StorageError):
    """A programme of which an entry (leaf index) could not be applied: it answers nothing beyond it."""

    def __init__(self, programme: str, index: int) -> None:
        super().__init__(f"the projections of {programme} end before № {index + 1}, which cannot be applied")
        self.programme, self.index = programme, index


def read_blocked(connection: Connection) -> dict[str, int]:
    """Programme → the entry (leaf index) that could not be applied; nearly always none."""
    return dict(connection.execute("SELECT programme, leaf_index FROM blocked").fetchall())


def entry_at(log: Tail, index: int) -> Entry:
    """The entry of a leaf that there is. Raises StorageError where its row is gone."""
    found = log.entries(index, 1)
    if not found:
        raise StorageError(
            Sentence("№ {number} is missing, or stands elsewhere", "entry-missing", number=index + 1)
        )
    return found[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """A view of one generation as known at `position`; log: for the entries themselves.

    blocked: programmes that cannot be kept up → the entry (leaf index) that could not be applied.
    shared: what several readings of one request have read already, by what it is; None: nothing is kept.
    """

    connection: Connection
    log: Tail
    position: int
    blocked: Mapping[str, int] = field(default_factory=dict)
    shared: dict[object, Any] | None = None

    def is_blocked(self, programme: str) -> bool:
        """Is something known of the programme at the position that could not be worked in?"""
        return self.blocked.get(programme, self.position) < self.position

    def check(self, programme: str) -> None:
        """Raises Blocked: a figure without what is missing would be a wrong one."""
        if self.is_blocked(programme):
            raise Blocked(programme, self.blocked[programme])

    def rows(self, query: str, where: Sequence[Any]) -> list[Any]:
        return self.connection.execute(query, where).fetchall()

    def entry(self, index: int) -> Entry:
        return entry_at(self.log, index)

    def entries(self, indexes: Sequence[int]) -> list[Entry]:
        """As `entry`, of many leaves at once, in the order asked for."""
        return self.log.entries_at(indexes)

    def at(self, position: int) -> Reading:
        """The same generation as known at another position."""
        return replace(self, position=position)

    def sharing(self, shared: dict[object, Any] | None) -> Reading:
        """The same, with what other readings of the request keep."""
        return replace(self, shared=shared)
