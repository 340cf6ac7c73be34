"""Records as they are written: one event as its makers see it, and what was written before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from ledger.event import Common, Stated
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
    """An event between two worlds; name: of the body or programme that it is about."""

    before: World
    after: World
    name: str
    stated: Stated
    shelf: Shelf

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
