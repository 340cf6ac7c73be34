"""One export: a table, what is wanted of it, a point, and a form; and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from api.context import Identity
from api.exports.lines import csv_records, gzipped, in_pieces, json_lines
from api.exports.parquet import check_installed, write_parquet
from api.exports.point import Filters, Point, check_wanted
from api.exports.table import Form, Table
from api.parameters import Asked, missing_parameter, resolve
from api.sources import Source
from ledger.merkle import leaf_hash

TYPES: Final[dict[Form, str]] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """full: of events, with the signed entries."""

    table: Table
    wanted: Filters
    point: Point
    form: Form
    full: bool

    @property
    def name(self) -> str:
        """Of the file, ASCII: the programme if it is of one, the table, the day and the position."""
        day = self.point.as_of if self.table.is_dated else None
        parts = (self.wanted.programme, self.table.name, day, str(self.point.known.position))
        return "-".join(part for part in parts if part) + f".{self.form}"

    def concern(self) -> tuple[object, ...]:
        """What the bytes depend on besides the question: this ledger and its past, the day, the form."""
        position = self.point.known.position
        with self.point.reading() as reading:
            last = leaf_hash(reading.entry(position - 1).raw).hex()
        day = self.point.as_of if self.table.is_dated else ""
        return (self.point.context.identity.genesis, position, last, day)

    def pieces(self, *, packed: bool = False) -> Iterator[bytes]:
        """JSON Lines or CSV, as gzip if wanted; b"" where nothing is ready yet."""
        batches = self.table.batches(self.point, self.wanted)
        if self.form == "jsonl":
            lines = json_lines(batches, full=self.full)
        else:
            lines = csv_records(self.table, batches)
        return in_pieces(gzipped(lines) if packed else lines)

    def write(self, file: IO[bytes], *, packed: bool = False) -> Iterator[bytes]:
        """Any form into an open file; b"" after each step."""
        if self.form == "parquet":
            batches = self.table.batches(self.point, self.wanted)
            yield from write_parquet(self.table, batches, file, self.said())
            return
        for piece in self.pieces(packed=packed):
            file.write(piece)
            yield b""

    def said(self) -> dict[str, str]:
        """What a file says of itself."""
        identity: Identity = self.point.context.identity
        day = {"pledger.as_of": self.point.as_of} if self.table.is_dated else {}
        return {
            "pledger.origin": identity.origin,
            "pledger.genesis": identity.genesis,
            "pledger.table": self.table.name,
            "pledger.position": str(self.point.known.position),
            "pledger.recorded_at": self.point.known.recorded_at,
            **day,
        }


def begin(
    context: Source, table: Table, asked: Asked, wanted: Filters, form: Form, *, full: bool = False
) -> Export:
    """Resolve the point once, and find what is wrong before the first byte.

    Raises Problem as parameters.resolve does, missing-parameter, no-such-programme, parquet-not-installed;
    Blocked for a wanted programme that does not answer.
    """
    if form == "parquet":
        check_installed()
    if table.name == "events" and wanted.is_of_cells and wanted.programme is None:
        raise missing_parameter("programme")
    known = resolve(context, asked.known, min_position=asked.min_position)
    point = Point(context, known, asked.as_of or context.today())
    if "programme" in table.filters and (table.is_dated or wanted.programme is not None):
        check_wanted(point, wanted)
    return Export(table, wanted, point, form, full)
