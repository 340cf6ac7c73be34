"""An export's way into its file: written beside its place, counted, and put there when it is whole."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Final, cast

import typer

from api.cli.exporting_copy import make_here
from api.cli.fetching import bar, place_for
from api.cli.files import pretty
from api.cli.screen import line, say
from api.cli.usage import Misused
from api.cli.watching import watched
from api.cli.words import said
from api.client import Client, Exported
from api.exports.table import Form, Table
from api.exports.tables import TABLES
from api.texts.language import Language

Value = str | int


class Counted:
    """Writes into a file, and counts what goes through. Of Parquet it does not see the rows."""

    def __init__(self, file: IO[bytes], form: Form) -> None:
        self._file, self._form = file, form
        self._hash, self._ends, self._is_quoted = hashlib.sha256(), 0, False
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._file.write(piece)
        self._hash.update(piece)
        self.size += len(piece)
        if self._form != "parquet":
            self._count(piece)
        return len(piece)

    def _count(self, piece: bytes) -> None:
        """Ends of lines; of CSV those outside quotes."""
        if self._form == "jsonl":
            self._ends += piece.count(b"\n")
            return
        for place, part in enumerate(piece.split(b'"')):
            self._is_quoted ^= place > 0
            self._ends += 0 if self._is_quoted else part.count(b"\n")

    def rows(self) -> int | None:
        """None where they cannot be counted; the header of CSV is none."""
        if self._form == "parquet":
            return None
        return self._ends - (1 if self._form == "csv" else 0)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class Exporting:
    """What is asked of whom. data: a ledger's directory or file, instead of the server."""

    table: str
    form: Form
    given: Mapping[str, Value]
    server: str
    data: Path | None
    language: Language

    def export(self, out: str | None, *, as_json: bool) -> None:
        """Raises Misused for a filter that the table lacks, Unreachable, ServerProblem, StorageError."""
        _check_filters(TABLES[self.table], self.given)
        if out == "-":
            counted = Counted(sys.stdout.buffer, self.form)
            exported = self._fill(counted)
            sys.stdout.buffer.flush()
            say(self._summary(exported, counted, "-"))
            return
        with _beside(Path(out) if out is not None else None) as (file, put):
            counted = Counted(file, self.form)
            exported = self._fill(counted)
            file.flush()
            place = put(exported.name)
        if as_json:
            typer.echo(pretty(_members(exported, counted, place, self.form)), nl=False)
            return
        line(str(place))
        say(self._summary(exported, counted, str(place)))

    def _fill(self, counted: Counted) -> Exported:
        target = cast("IO[bytes]", counted)
        if self.data is not None:
            with bar("entries") as told:
                return make_here(self.data, self.table, self.form, self.given, target, told, self.language)
        with Client(self.server) as client, watched(client), bar() as told:
            return client.export(self.table, self.form, self.given, target, told)

    def _summary(self, exported: Exported, counted: Counted, place: str) -> str:
        rows = counted.rows()
        words = _SUMMARY if rows is not None else _SUMMARY_OF_BYTES
        return said(words, self.language).format(
            rows=rows, size=counted.size, position=exported.position, sha256=counted.sha256, place=place
        )


_SUMMARY: Final = (
    "рядків: {rows}, байтів: {size}, позиція {position}, SHA-256 {sha256}",
    "rows: {rows}, bytes: {size}, position {position}, SHA-256 {sha256}",
)
_SUMMARY_OF_BYTES: Final = (
    "байтів: {size}, позиція {position}, SHA-256 {sha256}",
    "bytes: {size}, position {position}, SHA-256 {sha256}",
)


def _check_filters(table: Table, given: Mapping[str, Value]) -> None:
    """A filter that a table does not have is never ignored."""
    known = {*table.filters, "known", "full", *(("as_of",) if table.is_dated else ())}
    for name in given:
        if name not in known:
            option = "--" + name.replace("_", "-")
            raise Misused((f"{table.name} не має {option}", f"{table.name} has no {option}"))


def _members(exported: Exported, counted: Counted, place: Path, form: Form) -> dict[str, Any]:
    rows = counted.rows()
    return {
        "file": str(place),
        "rows": rows if rows is not None else _rows_of(place, form),
        "bytes": counted.size,
        "sha256": counted.sha256,
        "position": exported.position,
        "as_of": exported.as_of,
    }


def _rows_of(place: Path, form: Form) -> int | None:
    """Of a Parquet file, by its own word; None without the extra."""
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it brings no types
    except ImportError:
        return None
    return int(pq.ParquetFile(place).metadata.num_rows) if form == "parquet" else None


@contextmanager
def _beside(out: Path | None) -> Iterator[tuple[IO[bytes], Callable[[str], Path]]]:
    """A file beside its place, and what puts it there under a name; it goes if it does not become whole."""
    folder, given = place_for(out)
    with NamedTemporaryFile(dir=folder, prefix=".pledger-", suffix=".part", delete=False) as file:
        part = Path(file.name)

        def put(called: str) -> Path:
            part.chmod(0o644)
            return part.replace(folder / (given or called))

        try:
            yield file.file, put
        except BaseException:
            part.unlink(missing_ok=True)
            raise
