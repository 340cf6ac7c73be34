"""Names that changed: which id stands where another one stood, since when, and by which event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api.opendata.table import EVENT, Column, Ground, Row, Table
from api.opendata.uids import Uids
from ledger.ids import LeafIndex
from projections.records import scan_records


def all_rows(ground: Ground, uids: Uids) -> Iterator[Row]:
    """Sorted by kind, then by the id that changed."""
    for change in uids.changes:
        entry = ground.reading.entry(LeafIndex(change.entry))
        yield {
            "kind": change.kind,
            "old": change.old,
            "id": change.new,
            "since": ground.local_day(entry.recorded_at),
            "event": entry.event_id(),
        }
    yield from _bodies(ground)


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
    lambda ground, _: all_rows(ground, Uids()),
)
