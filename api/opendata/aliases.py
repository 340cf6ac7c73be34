"""Names that changed: which id stands where another one stood, since when, and by which event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from api.opendata.listed import official_uid
from api.opendata.table import EVENT, Column, Ground, Row, Table
from ledger.ids import LeafIndex
from projections.records import scan_records

_STATEMENTS: Final = (
    "SELECT id, known_from, doc FROM records WHERE space='act' AND known_from<=? ORDER BY id, known_from"
)

_CITING: Final = (
    "SELECT concerns.programme, MAX(CASE WHEN concerns.slot=programmes.adopted_from THEN 1 ELSE 0 END) "
    "FROM concerns JOIN programmes ON programmes.id=concerns.programme "
    "WHERE concerns.act=? AND concerns.leaf_index<? GROUP BY concerns.programme ORDER BY concerns.programme"
)


def all_rows(ground: Ground) -> Iterator[Row]:
    """Sorted by kind, then by the id that changed."""
    yield from _acts(ground)
    yield from _bodies(ground)


def _acts(ground: Ground) -> Iterator[Row]:
    """number-date of acts whose number or date became known, or was corrected; before it ids of our own."""
    last: dict[str, str | None] = {}
    for act, known_from, doc in ground.reading.connection.execute(_STATEMENTS, [ground.reading.position]):
        said = orjson.loads(doc)
        if said["kind"] != "act.registered" or said["data"] is None:
            continue
        uid = official_uid(said["data"])
        if act in last and last[act] != uid:
            for kind, own in (("act", act), *_of_835(ground, act)):
                yield _row(kind, last[act] or own, uid or own, ground, known_from - 1, said["event"])
        last[act] = uid


def _of_835(ground: Ground, act: str) -> Iterator[tuple[str, str]]:
    """Where a number-date of the act stands as uid, and the id of our own that stands there without one."""
    position = ground.reading.position
    for programme, is_adopting in ground.reading.rows(_CITING, [act, position]):
        if is_adopting:
            yield "program", programme
        else:
            yield "amendment", f"{act}.{programme}"


def _bodies(ground: Ground) -> Iterator[Row]:
    for body in scan_records(ground.reading, "body"):
        if body["successor"] is not None:
            after = body["successor"]
            yield {
                "kind": "body",
                "old": body["id"],
                "id": after["body"],
                "since": after["start"],
                "event": after["event"],
            }


def _row(kind: str, old: str, new: str, ground: Ground, index: int, event: str) -> dict[str, Any]:
    recorded = ground.reading.entry(LeafIndex(index)).recorded_at
    return {"kind": kind, "old": old, "id": new, "since": ground.local_day(recorded), "event": event}


ALIASES: Final = Table(
    "aliases",
    "Змінені ідентифікатори",
    "Identifiers that changed",
    "Кожен рядок – ідентифікатор, замість якого тепер стоїть інший: номер акта став відомий або його "
    "виправлено "
    "(act; program, amendment – uid у таблицях № 835), орган має правонаступника (body).",
    "Each row is an identifier in whose place another one stands now: an act's number became known or was "
    "corrected (act; program, amendment: uid in the tables of No. 835), a body has a successor (body).",
    (
        Column("kind", "string", "Вид", "Kind", enum=("act", "program", "amendment", "body")),
        Column("old", "string", "Був", "Was"),
        Column("id", "string", "Тепер", "Is now"),
        Column("since", "date", "З дня", "Since"),
        EVENT,
    ),
    ("kind", "old", "event"),
    lambda ground, _: all_rows(ground),
)
