"""Shapes of the registry: acts, bodies, offices, persons, mandates, keys."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.models.shape import EVENT, INSTANT, KID, KNOWN, Doubt, KnownPoint, Page, Shape, example


class Source(Shape):
    """event, index: the entry that said it last, and the doubt in which that stands."""

    event: str
    index: int
    doubt: Doubt | None


class RegistrarNamed(Shape):
    person: str
    kid: str


class Succeeded(Shape):
    """From `start` on another body owes and owns what this one did."""

    body: str
    start: str
    event: str


class Body(Source):
    """registrars, k: who manages it; k null: the root's registrars do, or a successor's."""

    id: str
    name: str
    parent: str | None
    edrpou: str
    registrars: list[RegistrarNamed]
    k: int | None
    successor: Succeeded | None
    predecessors: list[str]


class RegistrarShown(RegistrarNamed):
    jwk: dict[str, str | None]


class RegistrarSet(Source):
    """Who manages the root or a body: its events need k of these persons. id: root or body:…."""

    id: str
    stream: str
    k: int
    registrars: list[RegistrarShown]


class Person(Source):
    id: str
    name: str


class Office(Source):
    id: str
    name: str
    kinds: list[str]
    body: str


class Mandate(Source):
    """Days [start, end); end: null while open. void: the grant was withdrawn.

    acting: in place of the office's holder. late: the end was registered after its day.
    """

    id: str
    body: str
    person: str | None = None
    office: str | None = None
    start: str | None = None
    end: str | None = None
    order: str | None = None
    acting: bool | None = None
    ended_by: str | None = None
    ended_recorded_at: str | None = None
    late: bool | None = None
    void: bool | None = None


class RevokedKey(Shape):
    """index: signs no more from that entry on; suspect_from: the day since when it is doubted."""

    stream: str
    event: str
    index: int
    doubt: Doubt | None
    suspect_from: str | None
    cause: Literal["lost", "stolen", "left", "other"]


class Key(Source):
    """id: kid@body of an accepted key, kid of a root registrar's or a service's, kid@body:id of another
    registrar's. office: "registrar", or "service": then `person` is the id of the ledger's own machine.

    jwk: RFC 7517. certificate: was one named with it? Its bytes are never shown.
    """

    id: str
    person: str
    jwk: dict[str, str | None]
    kid: str
    status: Literal["live", "retired", "revoked"]
    replaced_by: str | None
    revoked: RevokedKey | None
    certificate: bool
    body: str | None = None
    office: str | None = None


class Stretch(Shape):
    """Days [from, to) on which the act counts; to: null for ever."""

    from_: str = Field(alias="from")
    to: str | None


class Act(Source):
    """An act as registered, its statuses in order, and the days on which it counts.

    doubt: the worst in which its registration or one of its statuses stands, voided ones too.
    """

    model_config = ConfigDict(extra="allow")
    id: str
    body: str
    kind: str
    date: str
    title: str
    example: str | None
    statuses: list[dict[str, Any]]
    counts: list[Stretch]


_SOURCE = {"event": EVENT, "index": 3, "doubt": None}
_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
_BODY = {
    "id": "town-council",
    "name": "Міська рада (приклад)",
    "parent": None,
    "edrpou": "",
    "registrars": [{"person": "p-01", "kid": KID}],
    "k": 1,
    "successor": {"body": "city-council", "start": "2026-01-01", "event": EVENT},
    "predecessors": [],
    **_SOURCE,
}
_REGISTRARS = {
    "id": "body:town-council",
    "stream": "body:town-council",
    "k": 1,
    "registrars": [{"person": "p-01", "kid": KID, "jwk": _JWK}],
    **_SOURCE,
}
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
    "acting": False,
    "ended_by": None,
    "ended_recorded_at": None,
    "late": False,
    "body": "town-council",
    **_SOURCE,
}
_KEY = {
    "id": f"{KID}@town-council",
    "kid": KID,
    "person": "p-07",
    "jwk": _JWK,
    "body": "town-council",
    "status": "live",
    "replaced_by": None,
    "revoked": None,
    "certificate": False,
    **_SOURCE,
}
ACT = {
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


class RegistrarSets(Records):
    model_config = example(items=[_REGISTRARS], next=None, known=KNOWN)
    items: list[RegistrarSet]


class Acts(Records):
    """total: of all acts that fit, on whatever page."""

    model_config = example(items=[ACT], next=None, known=KNOWN, total=1)
    items: list[Act]
    total: int


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


class KeyMoment(Source):
    """status: what the key became by the entry."""

    status: Literal["live", "retired", "revoked"]
    recorded_at: str


_MOMENT = {"status": "live", "recorded_at": INSTANT, **_SOURCE}


class KeyRecord(Record):
    """life: the entries that accepted, replaced or revoked the key, oldest first."""

    model_config = example(item=_KEY, known=KNOWN, life=[_MOMENT])
    item: Key
    life: list[KeyMoment]


class RegistrarSetRecord(Record):
    model_config = example(item=_REGISTRARS, known=KNOWN)
    item: RegistrarSet


class ActRecord(Record):
    model_config = example(item=ACT, known=KNOWN)
    item: Act
