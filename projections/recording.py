"""Records as they are written: one event as its makers see it, and what was written before."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from ledger.event import Common, Stated
from ledger.store.base import Tail
from ledger.world import World

Row = tuple[str, str, int, str, str]  # space, id, known_from, body, doc
Doc = dict[str, Any]


class Shelf(Protocol):
    """The records of the entries before the one that is worked in."""

    def last(self, space: str, record: str) -> Doc | None:
        """A record's newest version."""

    def ids(self, space: str, prefix: str = "") -> list[str]:
        """The ids of a space that start so, sorted."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event between two worlds; name: of the body or programme that it is about; log: where it stands."""

    before: World
    after: World
    name: str
    stated: Stated
    shelf: Shelf
    log: Tail

    def batch_start(self) -> int:
        """The leaf index of the first entry of the event's batch.

        The envelopes of a batch, and only they, share a recorded_at, which never goes back
        (ledger/append/recorded.py). Did several batches share one, this would be the first of all
        of them: what is judged by it finds less than the door did, never more.
        """
        at, before = self.stated.recorded_at, range(self.stated.index)
        return bisect_left(before, at, key=lambda index: self.log.entries(index, 1)[0].recorded_at)

    @property
    def event(self) -> Common:
        return self.stated.event

    @property
    def data(self) -> Any:
        return self.stated.event.data

    @property
    def source(self) -> Doc:
        """The entry that says it."""
        return {"event": self.event.id, "index": self.stated.index}

    @property
    def moment(self) -> Doc:
        """When it was recorded, and whether it is invented for training."""
        return {"recorded_at": self.stated.recorded_at, "example": self.event.example}

    def row(self, space: str, record: str, body: str, doc: Doc) -> Row:
        """A record's version from this entry on. body: what a list of the space can be narrowed to."""
        return (space, record, self.stated.index + 1, body, orjson.dumps(doc).decode())


def signers_of(stated: Stated) -> list[Doc]:
    return [{"person": one.person, "office": one.office, "kid": one.kid} for one in stated.event.signers]
