"""JSON Lines and CSV: rows as bytes, in pieces of a bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import orjson

from api import csv_table
from api.exports.events import ENTRY
from api.exports.table import Row, Table

PIECE_BYTES: Final = 65_536
_GZIP: Final = 16 + zlib.MAX_WBITS  # zlib's way of saying: with gzip's header and checksum


def json_lines(batches: Iterable[Sequence[Row]], *, full: bool) -> Iterator[bytes]:
    """One object a line. full: with the signed bytes of an entry. An empty piece says that it goes on."""
    for rows in batches:
        kept = bytearray()
        for row in rows:
            if not full:
                row.pop(ENTRY, None)
            kept += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        yield bytes(kept)


def csv_records(table: Table, batches: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """A header and the rows (RFC 4180), as the CSV of the lists has them."""
    yield csv_table.header(table.names).encode()
    for rows in batches:
        yield csv_table.records(table.names, map(table.flat, rows)).encode()


def in_pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, never less than a piece at a time but at the end; b"" where none is full yet."""
    kept = bytearray()
    for part in parts:
        kept += part
        if len(kept) < PIECE_BYTES:
            yield b""
        while len(kept) >= PIECE_BYTES:
            yield bytes(kept[:PIECE_BYTES])
            del kept[:PIECE_BYTES]
    yield bytes(kept)


def gzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    """As gzip (RFC 1952), without a time in it: the same bytes every time."""
    packer = zlib.compressobj(wbits=_GZIP)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()
