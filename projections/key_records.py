"""Records of keys: those that bodies accepted, of registrars, and of the ledger's own machine.

An accepted key's id is kid@body, a root registrar's or a service's is the kid, another registrar's
kid@body:id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.ids import REGISTRAR, ROOT, SERVICE
from projections.recording import Doc, Row, Told

_LIVE: Doc = {"status": "live", "replaced_by": None, "revoked": None}


def key_enrolled(told: Told) -> Iterator[Row]:
    yield from _accepted(told, told.data.person)


def key_rotated(told: Told) -> Iterator[Row]:
    """The new key, and the old one that it replaces."""
    old = f"{told.data.kid}@{told.name}"
    doc = told.shelf.last("key", old)
    if doc is None:  # the door refuses it
        return
    yield from _accepted(told, doc["person"])
    retired = {"status": "retired", "replaced_by": told.data.public_key().kid}
    yield told.row("key", old, told.name, {**doc, **retired, **told.source})


def _accepted(told: Told, person: str) -> Iterator[Row]:
    data, kid = told.data, told.data.public_key().kid
    doc = {
        "kid": kid,
        "person": person,
        "jwk": data.jwk.model_dump(),
        "body": told.name,
        "certificate": data.certificate is not None,
        **_LIVE,
        **told.source,
    }
    yield told.row("key", f"{kid}@{told.name}", told.name, doc)


def service_key_enrolled(told: Told) -> Iterator[Row]:
    """person: the id of the service, which no person has."""
    data, kid = told.data, told.data.public_key().kid
    jwk = data.jwk.model_dump()
    doc = {"kid": kid, "person": data.service, "jwk": jwk, "office": SERVICE, "certificate": False}
    yield told.row("key", kid, "", {**doc, **_LIVE, **told.source})


def charged(told: Told, stream: str, old: Sequence[Doc], new: Sequence[Doc]) -> Iterator[Row]:
    """The registrars' keys after a change: who is no longer named retires."""
    body = stream.partition(":")[2]
    kids = {one["kid"] for one in new}
    for one in new:
        known = told.shelf.last("key", _registrar_key(stream, one["kid"]))
        if known is not None and known["status"] == "live":
            continue
        doc = {**one, "office": REGISTRAR, "certificate": False, **_LIVE, **told.source}
        if body:
            doc["body"] = body
        yield told.row("key", _registrar_key(stream, one["kid"]), body, doc)
    for one in old:
        name = _registrar_key(stream, one["kid"])
        known = told.shelf.last("key", name)
        if one["kid"] not in kids and known is not None:
            yield told.row("key", name, body, {**known, "status": "retired", **told.source})


def _registrar_key(stream: str, kid: str) -> str:
    return kid if stream == ROOT else f"{kid}@{stream}"


def revoked(told: Told) -> Iterator[Row]:
    """After key.revoked or its correction. What the root revokes stays the root's to say."""
    data, subject = told.data, told.event.subject
    registry = told.after.root if subject == ROOT else told.after.bodies[told.name]
    said = {
        "stream": subject,
        "event": told.event.id,
        "index": registry.kept[told.stated.slot].index,
        "suspect_from": data.suspect_from,
        "cause": data.cause,
    }
    for name in told.shelf.ids("key", data.kid):
        doc = told.shelf.last("key", name)
        body = name.partition("@")[2]
        ours = subject == ROOT or body in (told.name, subject)
        if doc is None or not ours:
            continue
        if subject == ROOT or doc["revoked"] is None or doc["revoked"]["stream"] == subject:
            body = body.removeprefix("body:")
            yield told.row("key", name, body, {**doc, "status": "revoked", "revoked": said, **told.source})
