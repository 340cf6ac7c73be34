"""Events, in parts of the same size, so that a full part never changes; and the doubts about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api.opendata.table import EXAMPLE, Column, Ground, Row, Table
from ledger.entry import Entry
from ledger.kinds import kind_of

PART_ENTRIES: Final = 10_000
_RUN: Final = 500
_OWN: Final = (
    "SELECT leaf_index FROM concerns WHERE programme=? AND slot IS NOT NULL AND leaf_index<?"
    " ORDER BY leaf_index"
)
_DOUBTS: Final = (
    "SELECT leaf_index, stream, doubt FROM doubts WHERE known_from<=? AND known_to>?"
    " ORDER BY leaf_index, stream"
)


def rows(ground: Ground, programme: str) -> Iterator[Row]:
    """The programme's own entries, oldest first."""
    for (index,) in ground.reading.connection.execute(_OWN, [programme, ground.reading.position]):
        yield row_of(ground.reading.entry(index))


def part_rows(ground: Ground, start: int) -> Iterator[Row]:
    """The entries of the part that begins at a leaf index."""
    end = min(start + PART_ENTRIES, ground.reading.position)
    for first in range(start, end, _RUN):
        for entry in ground.reading.log.entries(first, min(_RUN, end - first)):
            yield row_of(entry)


def row_of(entry: Entry) -> Row:
    """What the entry itself says: it never changes. Of people only offices and ids."""
    stated = entry.stated()
    event, kind = stated.event, kind_of(stated.event.kind)
    corrects = event.relations.corrects
    return {
        "index": entry.index,
        "event": event.id,
        "kind": event.kind,
        "title_uk": kind.title_uk,
        "title_en": kind.title_en,
        "subject": event.subject,
        "recorded_at": entry.recorded_at,
        "effective": kind.from_day(event) or None,
        "act": event.act.id if event.act is not None else None,
        "offices": [one.office for one in event.signers] or None,
        "persons": [one.person for one in event.signers] or None,
        "corrects": corrects.event if corrects is not None else None,
        "voids": event.data is None,
        "example": event.example,
        "payload_sha256": stated.payload_hash,
    }


def doubt_rows(ground: Ground) -> Iterator[Row]:
    position = ground.reading.position
    for index, stream, doubt in ground.reading.connection.execute(_DOUBTS, [position, position]):
        yield {"index": index, "stream": stream, "doubt": doubt}


EVENTS: Final = Table(
    "events",
    "Події журналу",
    "Events of the log",
    "Кожен рядок – підписаний запис; зміст подано в /v1/events. Про осіб тут є лише посади й умовні "
    "ідентифікатори.",
    "Each row is a signed entry; its content is at /v1/events. Of people there are offices and opaque ids "
    "alone.",
    (
        Column("index", "integer", "Номер запису, з 0", "Leaf index, from 0"),
        Column("event", "string", "Подія", "Event"),
        Column("kind", "string", "Вид події", "Kind of event"),
        Column("title_uk", "string", "Що сталося (українською)", "What happened (in Ukrainian)"),
        Column("title_en", "string", "Що сталося (англійською)", "What happened (in English)"),
        Column("subject", "string", "Про що", "What it is about"),
        Column("recorded_at", "datetime", "Записано", "Recorded at"),
        Column("effective", "date", "Діє з", "Effective from"),
        Column("act", "string", "Акт", "Act"),
        Column("offices", "string", "Посади підписантів", "Offices of the signers"),
        Column("persons", "string", "Умовні ідентифікатори підписантів", "Opaque ids of the signers"),
        Column("corrects", "string", "Виправляє подію", "Corrects an event"),
        Column("voids", "boolean", "Скасовує сказане", "Takes back what was said"),
        EXAMPLE,
        Column("payload_sha256", "string", "SHA-256 підписаного", "SHA-256 of what was signed"),
    ),
    ("index",),
    rows,
)
DOUBTS: Final = Table(
    "doubts",
    "Записи під сумнівом",
    "Entries in doubt",
    "Кожен рядок – запис, що його на дату випуску ставлять під сумнів. Коли таких немає, таблиця порожня.",
    "Each row is an entry that stands in doubt as known by the release. The table is empty where none does.",
    (
        Column("index", "integer", "Номер запису, з 0", "Leaf index, from 0"),
        Column("stream", "string", "Про що", "What it is about"),
        Column("doubt", "string", "Сумнів", "Doubt", enum=("suspect", "undetermined", "ended-late")),
    ),
    ("index", "stream"),
    lambda ground, _: doubt_rows(ground),
)
