"""Registry records: bodies, persons, offices, mandates, keys and acts, as known at a position.

Each record's versions are kept; an act's are the statements about it, put together on read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ledger.event import Stated
from ledger.ids import REGISTRAR
from ledger.registry import Body
from ledger.timeline import Act, Status
from ledger.values import FOREVER
from ledger.world import World
from projections.reading import Reading

Row = tuple[str, str, int, str, str]  # space, id, known_from, body, doc
Doc = dict[str, Any]
SPACES = ("body", "person", "office", "mandate", "key", "act")


def records_after(world: World, name: str, stated: Stated) -> Iterator[Row]:
    """The versions that a registry or act event makes. world: after the event."""
    event, data = stated.event, stated.event.data
    source = {"event": event.id, "index": stated.index}
    if event.kind == "ledger.opened":
        for registrar in data.registrars:
            yield _row("person", registrar.person, stated, "", {"name": registrar.name, **source})
            kid, jwk = registrar.public_key().kid, registrar.jwk.model_dump()
            doc = {"person": registrar.person, "office": REGISTRAR, "jwk": jwk, **source}
            yield _row("key", kid, stated, "", doc)
    elif event.kind == "body.opened":
        doc = {"name": data.name, "parent": data.parent, "edrpou": data.edrpou, **source}
        yield _row("body", data.body, stated, data.body, doc)
    elif event.kind == "person.registered":
        yield _row("person", data.person, stated, "", {"name": data.name, **source})
    elif event.kind.startswith("act."):
        yield _row("act", world.bodies[name].kept[stated.slot].about, stated, name, _statement(stated))
    else:
        yield from _body_rows(world.bodies[name], stated, source)


def _body_rows(body: Body, stated: Stated, source: Doc) -> Iterator[Row]:
    event, data = stated.event, stated.event.data
    if event.kind == "office.created":
        doc = {"name": data.name, "kinds": list(data.kinds), "body": body.id, **source}
        yield _row("office", data.office, stated, body.id, doc)
    elif event.kind == "key.enrolled":
        kid = data.public_key().kid
        doc = {"person": data.person, "jwk": data.jwk.model_dump(), "body": body.id, **source}
        yield _row("key", f"{kid}@{body.id}", stated, body.id, {"kid": kid, **doc})
    else:
        slot = stated.slot if event.kind == "mandate.granted" else body.kept[stated.slot].about
        mandate = body.mandates.get(slot)
        doc = {"void": True, "body": body.id, **source}
        if mandate is not None and not mandate.void:
            end = min(mandate.end, mandate.ended)
            doc = {
                "person": mandate.person,
                "office": mandate.office,
                "start": mandate.start,
                "end": None if end == FOREVER else end,
                "order": mandate.order,
                "body": body.id,
                **source,
            }
        yield _row("mandate", slot, stated, body.id, doc)


def _statement(stated: Stated) -> Doc:
    data = stated.event.data
    return {
        "slot": stated.slot,
        "kind": stated.event.kind,
        "event": stated.event.id,
        "index": stated.index,
        "example": stated.event.example,
        "data": data.model_dump(mode="json", exclude_none=True) if data is not None else None,
        "counts": data.counts() if data is not None and stated.event.kind == "act.status_changed" else None,
    }


def _row(space: str, record: str, stated: Stated, body: str, doc: Doc) -> Row:
    return (space, record, stated.index + 1, body, orjson.dumps(doc).decode())


def read_records(reading: Reading, space: str, *, body: str | None, after: str, limit: int) -> list[Doc]:
    """The latest known version of each record of a space, by id, after an id."""
    if space == "act":
        return [read_act(reading, act) for act in _ids(reading, space, body, after, limit)]
    query = (
        "SELECT id, doc, MAX(known_from) FROM records WHERE space=? AND id>? AND known_from<=? "
        + ("AND body=? " if body is not None else "")
        + "GROUP BY id ORDER BY id LIMIT ?"
    )
    where = [space, after, reading.position, *([body] if body is not None else []), limit]
    rows = reading.rows(query, where)
    return [{"id": row[0], **orjson.loads(row[1])} for row in rows]


def read_record(reading: Reading, space: str, record: str) -> Doc | None:
    """One record as known at the position; None if it was not."""
    query = (
        "SELECT doc FROM records WHERE space=? AND id=? AND known_from<=? ORDER BY known_from DESC LIMIT 1"
    )
    rows = reading.rows(query, [space, record, reading.position])
    if not rows:
        return None
    return read_act(reading, record) if space == "act" else {"id": record, **orjson.loads(rows[0][0])}


def _ids(reading: Reading, space: str, body: str | None, after: str, limit: int) -> list[str]:
    query = (
        "SELECT DISTINCT id FROM records WHERE space=? AND id>? AND known_from<=? "
        + ("AND body=? " if body is not None else "")
        + "ORDER BY id LIMIT ?"
    )
    where = [space, after, reading.position, *([body] if body is not None else []), limit]
    return [row[0] for row in reading.rows(query, where)]


def read_act(reading: Reading, act: str) -> Doc:
    """An act as known: its registration, its statuses in order, and when it counts."""
    query = "SELECT doc, body FROM records WHERE space='act' AND id=? AND known_from<=? ORDER BY known_from"
    rows = reading.rows(query, [act, reading.position])
    slots: dict[str, Doc] = {}
    for row in rows:
        statement = orjson.loads(row[0])
        slots[statement["slot"]] = statement
    registered = next(s for s in slots.values() if s["kind"] == "act.registered")
    statuses = [s for s in slots.values() if s["kind"] == "act.status_changed" and s["data"] is not None]
    data = registered["data"]
    counting = Act(
        act, data["date"], data.get("order") or 0, data.get("in_force"), tuple(_status(s) for s in statuses)
    )
    return {
        "id": act,
        "body": rows[0][1],
        **{name: value for name, value in data.items() if name != "act"},
        "event": registered["event"],
        "index": registered["index"],
        "example": registered["example"],
        "statuses": [
            {
                **s["data"],
                "counts": s["counts"],
                "event": s["event"],
                "index": s["index"],
                "example": s["example"],
            }
            for s in statuses
        ],
        "counts": [
            {"from": stretch.start, "to": None if stretch.end == FOREVER else stretch.end}
            for stretch in counting.stretches
        ],
    }


def _status(statement: Doc) -> Status:
    data = statement["data"]
    return Status(
        statement["slot"], 0, statement["counts"], data.get("start") or "", data.get("to") or FOREVER
    )
