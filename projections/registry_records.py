"""Records of the registry: bodies, their registrars, persons, offices and mandates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.doubt import day_of
from ledger.ids import ROOT
from ledger.registry import Body, Mandate
from ledger.values import FOREVER
from projections.key_records import charged, revoked
from projections.recording import Doc, Row, Told


def ledger_opened(told: Told) -> Iterator[Row]:
    for registrar in told.data.registrars:
        yield told.row("person", registrar.person, "", {"name": registrar.name, **told.source})
    yield from _charge(told, ROOT, told.data.registrars, told.data.k)


def body_opened(told: Told) -> Iterator[Row]:
    """A correction leaves registrars and successions as they are."""
    data = told.data
    said = {"name": data.name, "parent": data.parent, "edrpou": data.edrpou}
    people: Doc = {"registrars": [], "k": None}
    if told.shelf.last("body", data.body) is None and data.k is not None:
        people = _people(data.registrars, data.k)
        yield from _charge(told, f"body:{data.body}", data.registrars, data.k)
    new = {**people, "successor": None, "predecessors": []}
    old = told.shelf.last("body", data.body) or new
    yield told.row("body", data.body, data.body, {**old, **said, **told.source})


def registrar_changed(told: Told) -> Iterator[Row]:
    stream, data = told.event.subject, told.data
    yield from _charge(told, stream, data.registrars, data.k)
    if stream != ROOT:
        yield from _body_again(told, told.name, **_people(data.registrars, data.k))


def _charge(told: Told, stream: str, named: Iterable[Any], k: int) -> Iterator[Row]:
    """The new set of registrars of a stream, and what becomes of their keys."""
    old = told.shelf.last("registrars", stream) or {"registrars": []}
    rows = [{"person": r.person, "kid": r.public_key().kid, "jwk": r.jwk.model_dump()} for r in named]
    doc = {"stream": stream, "k": k, "registrars": rows, **told.source}
    yield told.row("registrars", stream, stream.partition(":")[2], doc)
    yield from charged(told, stream, old["registrars"], rows)


def _people(named: Iterable[Any], k: int) -> Doc:
    return {"registrars": [{"person": r.person, "kid": r.public_key().kid} for r in named], "k": k}


def _body_again(told: Told, body: str, **changes: Any) -> Iterator[Row]:
    old = told.shelf.last("body", body)
    if old is not None:
        yield told.row("body", body, body, {**old, **changes, **told.source})


def body_succeeded(told: Told) -> Iterator[Row]:
    """The body, its successor, and whoever was named before a correction or a void."""
    data, about = told.data, told.after.root.kept[told.stated.slot].about
    old = (told.shelf.last("body", about) or {}).get("successor")
    new = {"body": data.successor, "start": data.start, "event": told.event.id} if data is not None else None
    yield from _body_again(told, about, successor=new)
    for one, there in ((old, False), (new, True)):
        if one is not None and (there or new is None or one["body"] != new["body"]):
            known = (told.shelf.last("body", one["body"]) or {}).get("predecessors", [])
            left = [body for body in known if body != about]
            yield from _body_again(told, one["body"], predecessors=sorted([*left, about] if there else left))


def key_revoked(told: Told) -> Iterator[Row]:
    """The key wherever it was accepted (by the root: everywhere), and the registrars without it."""
    kid, subject = told.data.kid, told.event.subject
    yield from revoked(told)
    for stream in told.shelf.ids("registrars") if subject == ROOT else [subject]:
        doc = told.shelf.last("registrars", stream)
        if doc is None or all(one["kid"] != kid for one in doc["registrars"]):
            continue
        left = [one for one in doc["registrars"] if one["kid"] != kid]
        body = stream.partition(":")[2]
        yield told.row("registrars", stream, body, {**doc, "registrars": left, **told.source})
        people = [{"person": one["person"], "kid": one["kid"]} for one in left]
        yield from _body_again(told, body, registrars=people)


def person_registered(told: Told) -> Iterator[Row]:
    yield told.row("person", told.data.person, "", {"name": told.data.name, **told.source})


def office_created(told: Told) -> Iterator[Row]:
    data = told.data
    doc = {"name": data.name, "kinds": list(data.kinds), "body": told.name, **told.source}
    yield told.row("office", data.office, told.name, doc)


def mandate_changed(told: Told) -> Iterator[Row]:
    """After mandate.granted or mandate.ended, a correction or a void of either."""
    body = told.after.bodies[told.name]
    granted = told.event.kind == "mandate.granted"
    slot = told.stated.slot if granted else body.kept[told.stated.slot].about
    mandate = body.mandates.get(slot)
    doc: Doc = {"void": True}
    if mandate is not None and not mandate.void:
        until = mandate.until
        doc = {
            "person": mandate.person,
            "office": mandate.office,
            "start": mandate.start,
            "end": None if until == FOREVER else until,
            "order": mandate.order,
            "acting": mandate.acting,
            **_ending(told, body, mandate),
        }
    yield told.row("mandate", slot, body.id, {**doc, "body": body.id, **told.source})


def _ending(told: Told, body: Body, mandate: Mandate) -> Doc:
    """late: the end was registered when its day had come: entries in between were recorded all the same."""
    at = mandate.ended_at
    kept = next((k for k in body.kept.values() if at is not None and k.event_index == at), None)
    if kept is None:
        return {"ended_by": None, "ended_recorded_at": None, "late": False}
    late = day_of(told.after, kept.recorded_at) >= mandate.ended
    return {"ended_by": kept.event, "ended_recorded_at": kept.recorded_at, "late": late}
