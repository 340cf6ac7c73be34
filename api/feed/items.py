"""What a stream tells of an entry, and to whom."""

from __future__ import annotations

from typing import Final, NamedTuple

import orjson
from fastapi.sse import format_sse_event

from api.feed.item import light_item
from ledger.entry import Entry

RETRY_MILLISECONDS: Final = 2000
ENTRY, POSITION = "entry", "position"


class Told(NamedTuple):
    """One entry as it is sent; kind, stream: what a reader may ask for."""

    kind: str
    stream: str
    message: bytes


class Wanted(NamedTuple):
    """What a reader asks for; None: whatever it is."""

    kind: str | None = None
    subject: str | None = None

    @property
    def everything(self) -> bool:
        return self.kind is None and self.subject is None

    def takes(self, told: Told) -> bool:
        return (self.kind is None or told.kind == self.kind) and (
            self.subject is None or told.stream == self.subject
        )


def tell(entry: Entry) -> Told:
    """The message of an entry; its id is the position to go on from."""
    members = light_item(entry)
    data = orjson.dumps(members).decode()
    message = format_sse_event(data_str=data, event=ENTRY, id=str(members["position"]))
    return Told(members["kind"], entry.stream, message)


def tell_position(position: int, *, retry: int | None = None) -> bytes:
    """How far a reader is, where the entries before it were not for it."""
    data = orjson.dumps({"position": position}).decode()
    return format_sse_event(data_str=data, event=POSITION, id=str(position), retry=retry)
