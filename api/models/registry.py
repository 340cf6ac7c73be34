"""Shapes of the registry: acts, bodies, offices, persons, mandates, keys."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from api.models.shape import EVENT, KID, KNOWN, KnownPoint, Page, Shape, example


class Source(Shape):
    """event, index: the entry that said it last."""

    event: str
    index: int


class Body(Source):
    id: str
    name: str
    parent: str | None
    edrpou: str


class Person(Source):
    id: str
    name: str


class Office(Source):
    id: str
    name: str
    kinds: list[str]
    body: str


class Mandate(Source):
    """Days [start, end); end: null while open. void: the grant was withdrawn."""

    id: str
    body: str
    person: str | None = None
    office: str | None = None
    start: str | None = None
    end: str | None = None
    order: str | None = None
    void: bool | None = None


class Key(Source):
    """id: kid@body, or kid for a registrar's; jwk: RFC 7517."""

    id: str
    person: str
    jwk: dict[str, str | None]
    kid: str | None = None
    body: str | None = None
    office: str | None = None


class Stretch(Shape):
    """Days [from, to) on which the act counts; to: null for ever."""

    from_: str = Field(alias="from")
    to: str | None


class Act(Source):
    """An act as registered, its statuses in order, and the days on which it counts."""

    model_config = ConfigDict(extra="allow")
    id: str
    body: str
    kind: str
    date: str
    title: str
    example: str | None
    statuses: list[dict[str, Any]]
    counts: list[Stretch]


_SOURCE = {"event": EVENT, "index": 3}
_BODY = {"id": "town-council", "name": "Міська рада (приклад)", "parent": None, "edrpou": "", **_SOURCE}
_PERSON = {"id": "p-07", "name": "Секретар ради (приклад)", **_SOURCE}
_OFFICE = {
    "id": "council-secretary",
    "name": "Секретар ради",
    "kinds": ["act.registered"],
    "body": "town-council",
    **_SOURCE,
}
_MANDATE = {
    "id": EVENT,
    "person": "p-07",
    "office": "council-secretary",
    "start": "2025-01-01",
    "end": None,
    "order": "",
    "body": "town-council",
    **_SOURCE,
}
_KEY = {
    "id": f"{KID}@town-council",
    "kid": KID,
    "person": "p-07",
    "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    "body": "town-council",
    **_SOURCE,
}
_ACT = {
    "id": "town-512-2025-05-29",
    "body": "town-council",
    "kind": "decision",
    "number": "512",
    "date": "2025-05-29",
    "title": "Про внесення змін (приклад)",
    "points": ["1"],
    "in_force": "2025-05-29",
    "example": None,
    "statuses": [],
    "counts": [{"from": "2025-05-29", "to": None}],
    **_SOURCE,
}


class Records(Page):
    """One page of records, by id, as known at a position."""

    known: KnownPoint


class Bodies(Records):
    model_config = example(items=[_BODY], next=None, known=KNOWN)
    items: list[Body]


class Persons(Records):
    model_config = example(items=[_PERSON], next=None, known=KNOWN)
    items: list[Person]


class Offices(Records):
    model_config = example(items=[_OFFICE], next=None, known=KNOWN)
    items: list[Office]


class Mandates(Records):
    model_config = example(items=[_MANDATE], next=None, known=KNOWN)
    items: list[Mandate]


class Keys(Records):
    model_config = example(items=[_KEY], next=None, known=KNOWN)
    items: list[Key]


class Acts(Records):
    model_config = example(items=[_ACT], next=None, known=KNOWN)
    items: list[Act]


class Record(Shape):
    """One record as known at a position."""

    known: KnownPoint


class BodyRecord(Record):
    model_config = example(item=_BODY, known=KNOWN)
    item: Body


class PersonRecord(Record):
    model_config = example(item=_PERSON, known=KNOWN)
    item: Person


class OfficeRecord(Record):
    model_config = example(item=_OFFICE, known=KNOWN)
    item: Office


class MandateRecord(Record):
    model_config = example(item=_MANDATE, known=KNOWN)
    item: Mandate


class KeyRecord(Record):
    model_config = example(item=_KEY, known=KNOWN)
    item: Key


class ActRecord(Record):
    model_config = example(item=_ACT, known=KNOWN)
    item: Act
