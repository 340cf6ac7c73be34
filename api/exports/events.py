"""events: the log in its order, each entry as the feed shows it, and if wanted with its signed bytes."""

from __future__ import annotations

from array import array
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Final

from api import tables
from api.exports.point import Filters, Point
from api.exports.table import Row, Table, columns_of
from ledger.entry import Entry
from ledger.ids import split_stream
from ledger.store.base import in_their_places
from projections.history import indexes_of, row_of
from projections.history_sought import Sought, moved_by
from projections.reading import Reading

AT_ONCE: Final = 25  # entries; each may be of 64 kB, and is parsed
ENTRY: Final = "entry"


def batches(point: Point, wanted: Filters) -> Iterator[Sequence[Row]]:
    """Rows with their programme and the entry's exact bytes; oldest first."""
    sought = _sought(point, wanted)
    with point.reading() as reading:
        indexes = _indexes(reading, wanted, sought)
        moved = moved_by(reading, wanted.programme, sought) if wanted.programme is not None else frozenset()
    for start in range(0, len(indexes), AT_ONCE):
        with point.reading() as reading:
            entries = _entries(reading, indexes[start : start + AT_ONCE])
            found = [one for one in entries if _is_of(one, wanted) and sought.takes(one, moved)]
            rows = [_row(reading, one) for one in found]
        yield rows


def _sought(point: Point, wanted: Filters) -> Sought:
    return Sought(
        wanted.kind,
        wanted.office,
        wanted.act,
        wanted.path or "",
        wanted.measure,
        wanted.indicator,
        money=wanted.only == "money",
        corrections=wanted.only == "corrections",
        late=wanted.late,
        zone=point.context.identity.zone,
    )


def _indexes(reading: Reading, wanted: Filters, sought: Sought) -> Sequence[int]:
    """Where to look; of a selection eight bytes an entry are kept, of the whole log nothing."""
    if wanted.programme is None and sought.office is None and sought.act is None:
        return range(reading.position)
    found = array("q", indexes_of(reading, wanted.programme, sought))
    found.reverse()
    return found


def _entries(reading: Reading, indexes: Sequence[int]) -> list[Entry]:
    """Raises StorageError where one is missing."""
    if isinstance(indexes, range):
        found = in_their_places(reading.log.entries(indexes[0], len(indexes)), indexes[0])
        return found if len(found) == len(indexes) else [*found, reading.entry(indexes[len(found)])]
    return [reading.entry(index) for index in indexes]


def _is_of(entry: Entry, wanted: Filters) -> bool:
    return wanted.subject is None or entry.stream == wanted.subject


def _row(reading: Reading, entry: Entry) -> Row:
    family, name = split_stream(entry.stream)
    programme = name if family == "programme" else None
    return {
        "programme": programme,
        **row_of(reading, entry),
        ENTRY: b64encode(entry.raw).decode(),
    }


EVENTS: Final = Table(
    "events",
    ("події журналу в його порядку", "the log's events in its order"),
    columns_of(
        ("programme", *tables.HISTORY),
        integers=("index", "writes_total"),
        dates=("effective", "act_date"),
        lists=("persons", "offices", "acknowledges"),
    ),
    (
        "programme", "kind", "subject", "office", "act", "path", "measure", "indicator", "only", "late",
    ),
    False,
    batches,
    tables.history_row,
)  # fmt: skip
