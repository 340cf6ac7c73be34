"""Records, as known at a position: of the registry, of acts, of consent and of oversight.

Each record's versions are kept; an act's are the statements about it, put together on read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import orjson

from ledger.timeline import Act, Status
from ledger.values import FOREVER
from projections.reading import Reading
from projections.recording import Doc

ALL: Final = 1 << 62  # rows

Bodies = Collection[str] | None  # only records of these bodies, or streams; None: of all


def read_records(reading: Reading, space: str, *, bodies: Bodies, after: str, limit: int) -> list[Doc]:
    """The latest known version of each record of a space, by id, after an id."""
    if space == "act":
        return [read_act(reading, act) for act in _ids(reading, bodies, after, limit)]
    return list(scan_records(reading, space, bodies=bodies, after=after, limit=limit))


def scan_records(
    reading: Reading, space: str, *, bodies: Bodies = None, after: str = "", limit: int = ALL
) -> Iterator[Doc]:
    """As read_records, one by one; without a limit: all."""
    where, words = of_bodies(bodies)
    query = (
        "SELECT id, doc FROM records AS one WHERE space=? AND id>? AND known_from="
        "(SELECT MAX(known_from) FROM records WHERE space=one.space AND id=one.id AND known_from<=?) "
        f"{where}ORDER BY id LIMIT ?"
    )
    for row in reading.connection.execute(query, [space, after, reading.position, *words, limit]):
        yield {"id": row[0], **orjson.loads(row[1])}


def of_bodies(bodies: Bodies) -> tuple[str, list[str]]:
    """A condition and its values."""
    if bodies is None:
        return "", []
    if not bodies:
        return "AND 1=0 ", []  # a list in brackets may not be empty in standard SQL
    return f"AND body IN ({','.join('?' * len(bodies))}) ", sorted(bodies)


def read_record(reading: Reading, space: str, record: str) -> Doc | None:
    """One record as known at the position; None if it was not."""
    query = (
        "SELECT doc FROM records WHERE space=? AND id=? AND known_from<=? ORDER BY known_from DESC LIMIT 1"
    )
    rows = reading.rows(query, [space, record, reading.position])
    if not rows:
        return None
    return read_act(reading, record) if space == "act" else {"id": record, **orjson.loads(rows[0][0])}


def _ids(reading: Reading, bodies: Bodies, after: str, limit: int) -> list[str]:
    where, words = of_bodies(bodies)
    query = (
        f"SELECT DISTINCT id FROM records WHERE space='act' AND id>? AND known_from<=? {where}"
        "ORDER BY id LIMIT ?"
    )
    return [row[0] for row in reading.rows(query, [after, reading.position, *words, limit])]


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


def read_registrations(reading: Reading, acts: Sequence[str]) -> dict[str, Doc]:
    """What was registered of each act as known, in the order asked for; without its statuses."""
    if not acts:
        return {}
    query = (
        f"SELECT id, doc FROM records WHERE space='act' AND id IN ({','.join('?' * len(acts))}) "
        "AND known_from<=? ORDER BY known_from"
    )
    found: dict[str, Doc] = {}
    for name, doc in reading.rows(query, [*acts, reading.position]):
        statement = orjson.loads(doc)
        if statement["kind"] == "act.registered" and statement["data"] is not None:
            found[name] = statement["data"]
    return {name: found[name] for name in acts if name in found}


def _status(statement: Doc) -> Status:
    data = statement["data"]
    return Status(
        statement["slot"], 0, statement["counts"], data.get("start") or "", data.get("to") or FOREVER
    )
