"""Shapes of search."""

from __future__ import annotations

from typing import Literal

from api.models.shape import EVENT, INSTANT, KNOWN, Doubt, KnownPoint, Page, Shape, Words, example

What = Literal[
    "entry",
    "programme",
    "measure",
    "indicator",
    "act",
    "office",
    "person",
    "body",
    "key",
    "file",
    "kind",
]


class Hit(Shape):
    """id: of what it is; of an entry its event. programme: whose it is. measure: any row of the tree.

    title: what it is called on the day, null where it has no name then. event, index, recorded_at, example,
    doubt: of the entry that says it (of a thing with several names the newest that fits); null for a kind of
    event. exact: it was asked for by its number, id, hash, thumbprint or code.
    """

    what: What
    id: str
    programme: str | None
    title: Words | None
    snippet: Words | None
    event: str | None
    index: int | None
    recorded_at: str | None
    example: str | None
    exact: bool
    doubt: Doubt | None


class Search(Page):
    """total: of all that fits, on whatever page."""

    model_config = example(
        q="документообіг",
        items=[
            {
                "what": "measure",
                "id": "3.3.2",
                "programme": "town-digital-2025",
                "title": {"uk": "Система документообігу", "en": "Система документообігу"},
                "snippet": None,
                "event": EVENT,
                "index": 12,
                "recorded_at": INSTANT,
                "example": None,
                "exact": False,
                "doubt": None,
            }
        ],
        total=1,
        next=None,
        as_of="2026-02-01",
        known=KNOWN,
    )
    q: str
    items: list[Hit]
    total: int
    as_of: str
    known: KnownPoint
