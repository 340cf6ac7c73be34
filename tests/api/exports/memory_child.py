"""Run apart: exports a table of a ledger's folder, and says how much came and how much memory it took.

Prints one line of JSON: bytes; grown, by how many bytes the resident set grew at most, the store's own pages
that it keeps among them; held, how many bytes of Python's objects there were at once.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it brings no types

from api.context import Context
from api.exports import parquet
from api.exports.export import begin
from api.exports.point import Filters
from api.exports.table import Form
from api.exports.tables import TABLES
from api.parameters import Asked
from api.settings import Settings


def pieces(context: Context, table: str, form: Form, known: int | None) -> Iterator[int]:
    """How many bytes each piece has; of Parquet the file's size after each step."""
    asked = Asked("2026-12-31" if TABLES[table].is_dated else None, str(known) if known else None, 0)
    export = begin(context, TABLES[table], asked, Filters(), form, full=True)
    if form != "parquet":
        yield from map(len, export.pieces())
        return
    with tempfile.TemporaryFile() as file:
        before = 0
        for _ in export.write(file):
            yield file.tell() - before
            before = file.tell()


def main(folder: Path, table: str, form: Form) -> None:
    parquet.GROUP_ROWS = 250  # type: ignore[misc]  # so that the smaller table has more than one, too
    context = Context(Settings(data=folder))
    try:
        context.wait_for(context.position)
        for _ in pieces(context, table, form, 100):  # what is loaded once and kept
            pass
        gc.collect()
        process, came, grown = psutil.Process(), 0, 0
        start = process.memory_info().rss
        for size in pieces(context, table, form, None):
            came += size
            grown = max(grown, process.memory_info().rss - start)
        tracemalloc.start()
        for _ in pieces(context, table, form, None):
            pass
        held = tracemalloc.get_traced_memory()[1]
    finally:
        context.close()
    print(json.dumps({"bytes": came, "grown": grown, "held": held}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])  # type: ignore[arg-type]  # as the test writes it
