"""Shapes of the feed: what a stream tells, and what changed since a position."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.registry import ACT, Act
from api.models.shape import EVENT, HASH, INSTANT, KNOWN, Doubt, KnownPoint, Page, Shape, example

LIGHT: dict[str, Any] = {
    "index": 12,
    "position": 13,
    "event": EVENT,
    "kind": "financing.changed",
    "stream": "programme:town-digital-2025",
    "version": 4,
    "recorded_at": INSTANT,
    "effective": "2025-06-01",
    "act": {"id": "town-512-2025-05-29", "point": "1"},
    "signers": [{"person": "p-07", "office": "council-secretary"}],
    "corrects": None,
    "payload": HASH,
    "links": {"event": f"/v1/events/{EVENT}", "receipt": f"/v1/events/{EVENT}/receipt"},
}
CELL: dict[str, Any] = {
    "programme": "town-digital-2025",
    "path": "/financing/2.1.4/2025/local",
    "cell": "value",
    "value": "45000.00",
    "event": EVENT,
    "index": 12,
    "from": "2025-06-01",
    "doubt": None,
}


class ActNamed(Shape):
    id: str
    point: str | None


class LightSigner(Shape):
    person: str
    office: str


class EntryTold(Shape):
    """`data` of a message `entry`: what the entry itself says.

    position: to go on from once this is worked in, also the message's id; effective: null where the kind has
    none; corrects: the slot's first event; payload: SHA-256 of the signed bytes, hexadecimal.
    """

    model_config = example(**LIGHT)
    index: int
    position: int
    event: str
    kind: str
    stream: str
    version: int
    recorded_at: str
    effective: str | None
    act: ActNamed | None
    signers: list[LightSigner]
    corrects: str | None
    payload: str
    links: dict[str, str]


class ActChanged(Shape):
    """index: leaf index of the last entry that changed the act's record, or what stands in doubt of it."""

    index: int
    act: Act


class ActsChanged(Page):
    """Acts in the order of their last change, each once, as known at `known`; after: where to go on from."""

    model_config = example(items=[{"index": 12, "act": ACT}], after=57, next=None, known=KNOWN)
    items: list[ActChanged]
    after: int
    known: KnownPoint


class CellTold(Shape):
    """A cell as it stands, whole: to take it twice changes nothing.

    cell: `value`; `removed`, which is a member null of the state; or `none`, which is no member. event,
    index: of the entry that decides it; from: the day from which that holds; all null of a cell that is none.
    """

    model_config = example(**CELL)
    programme: str
    path: str
    cell: Literal["value", "removed", "none"]
    value: Any
    event: str | None
    index: int | None
    from_: str | None = Field(alias="from")
    doubt: Doubt | None


class CellsChanged(Page):
    """Cells that read otherwise on `as_of` as known at `known` than on the day and position asked from.

    states: state_hash of each programme whose last changes are on this page. after, resume: only on the last
    page: the position, and the address to ask the next time, which also says the day.
    """

    model_config = example(
        items=[CELL],
        states={"town-digital-2025": f"sha256:{HASH}"},
        as_of="2025-08-01",
        known=KNOWN,
        after=57,
        next=None,
        resume="/v1/feed/cells?after=57&from_as_of=2025-08-01",
    )
    items: list[CellTold]
    states: dict[str, str]
    as_of: str
    known: KnownPoint
    after: int | None
    resume: str | None
