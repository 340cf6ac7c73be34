"""A workbook (XLSX) as sheets of cells, read in a process of its own under limits of memory, time and size.

A person signs what they see: hidden sheets are never read, and a formula, an error, a number that is shown as
something else than it is (a percentage, thousands) is a problem with its place, never a value.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from api.importers.errors import Problems
from api.importers.workbook_sheet import column_name, column_number

WORKBOOK_BYTES_MAX: Final = 8 * 1024 * 1024
WALL_SECONDS_MAX: Final = 30
ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"
# Each child may take its half gigabyte: a server asked for many workbooks reads them one after the other.
READERS_MAX: Final = 2
_READERS: Final = threading.BoundedSemaphore(READERS_MAX)
# Of the code that runs here, wherever it lies: -I takes no paths from the environment.
_ROOT: Final = Path(__file__).resolve().parents[2]
_CHILD: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from api.importers.workbook_child import main; main()"
)
_KEPT: Final = ("SYSTEMROOT", "LD_LIBRARY_PATH")
_REFERENCE: Final = re.compile("([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_REFUSED_SORTS: Final = {"formula": "cell-formula", "error": "cell-error"}


@dataclass(frozen=True, slots=True)
class Cell:
    """sort: as workbook_sheet.Sort has it; text: a number's shortest decimal, a date as YYYY-MM-DD."""

    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """number: 1-based, as the sheet shows it; cells: by column, 1-based; none of them is blank."""

    number: int
    hidden: bool
    cells: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class Area:
    """Merged cells, both ends included."""

    reference: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class Sheet:
    """A visible sheet. hidden: first and last of hidden columns, 1-based."""

    name: str
    rows: list[Row] = field(default_factory=list)
    hidden: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)

    def at(self, row: int, column: int) -> str:
        """Where a cell is, as a spreadsheet names it: Аркуш1!C7."""
        plain = re.fullmatch(r"\w+", self.name)
        name = self.name if plain else "'" + self.name.replace("'", "''") + "'"
        return f"{name}!{column_name(column)}{row}"

    def is_hidden(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self.hidden)


@dataclass(slots=True)
class Workbook:
    """hidden: names of the sheets that were not read; peak_kib: the most memory that reading took."""

    sheets: list[Sheet] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    peak_kib: int = 0


def is_workbook(raw: bytes) -> bool:
    """Whether a file starts as an XLSX does, or as an .xls or an encrypted one."""
    return raw.startswith((ZIP_MAGIC, OLE_MAGIC))


def read_workbook(raw: bytes, problems: Problems) -> Workbook:
    """Every visible sheet.

    Raises ImportFileError for what is no workbook or exceeds a limit, and for each formula and error in it.
    """
    if raw.startswith(OLE_MAGIC):
        _stop(problems, "old-workbook")
    if not raw.startswith(ZIP_MAGIC):
        _stop(problems, "not-a-workbook")
    if len(raw) > WORKBOOK_BYTES_MAX:
        _stop(problems, "too-large", got=WORKBOOK_BYTES_MAX)
    if not _READERS.acquire(timeout=WALL_SECONDS_MAX):
        _stop(problems, "workbook-busy")
    try:
        book = _read(raw, problems)
    finally:
        _READERS.release()
    for sheet in book.sheets:
        _refuse_formulas(sheet, problems)
    problems.raise_if_any()
    return book


def _read(raw: bytes, problems: Problems) -> Workbook:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(raw)
        given.seek(0)
        _run(given, answer)
        answer.seek(0)
        return _Reading(problems).take(answer)


def _stop(problems: Problems, code: str, **words: object) -> NoReturn:
    problems.stop(0, "", code, **words)
    raise AssertionError("stop always raises")


def _run(given: IO[bytes], answer: IO[bytes]) -> None:
    """Let the child read; whatever stops it, it is gone and waited for when this returns."""
    command = [sys.executable, "-I", "-c", _CHILD, str(_ROOT)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with subprocess.Popen(  # noqa: S603  # this interpreter and our own code; the file is on stdin
        command, stdin=given, stdout=answer, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        try:
            child.wait(WALL_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            pass  # what it wrote has no end, which is said
        finally:
            child.kill()


class _Reading:
    """Takes what the child wrote, line by line."""

    def __init__(self, problems: Problems) -> None:
        self._problems, self._book = problems, Workbook()

    def take(self, answer: IO[bytes]) -> Workbook:
        for said in _lines(answer):
            if said[0] == "row":
                cells = {column: Cell(sort, _text(text)) for column, sort, text in said[3]}
                self._book.sheets[-1].rows.append(Row(said[1], said[2], cells))
            elif said[0] == "sheet" and said[2] == "visible":
                self._book.sheets.append(Sheet(said[1]))
            elif said[0] == "sheet":
                self._book.hidden.append(said[1])
            elif said[0] == "around":
                sheet = self._book.sheets[-1]
                sheet.hidden = [(first, last) for first, last in said[1]]
                sheet.merged = [area for one in said[2] if (area := _area(one))]
            elif said[0] == "end":
                self._book.peak_kib = said[1]
                return self._book
            elif said[0] == "refused":
                self._refuse(*said[1:5])
        _stop(self._problems, "workbook-too-heavy")

    def _refuse(self, code: str, got: str, sheet: str, cell: str) -> NoReturn:
        found = re.search("[0-9]+$", cell)
        place = f"{sheet}!{cell}" if sheet and cell else sheet
        self._problems.stop(int(found[0]) if found else 0, place, code, got=got)
        raise AssertionError("stop always raises")


def _lines(answer: IO[bytes]) -> Iterator[Any]:
    """A last line that was cut off is no line."""
    for line in answer:
        if line.endswith(b"\n"):
            yield json.loads(str(line, "ascii"))


def _text(text: str) -> str:
    """One spelling of letters, and of ends of lines."""
    if text.isascii() and "\r" not in text:
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _area(reference: str) -> Area | None:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    return Area(reference, int(found[2]), column_number(found[1]), int(found[4]), column_number(found[3]))


def _refuse_formulas(sheet: Sheet, problems: Problems) -> None:
    for row in sheet.rows:
        for column, cell in row.cells.items():
            if cell.sort in _REFUSED_SORTS:
                problems.add(
                    row.number, sheet.at(row.number, column), _REFUSED_SORTS[cell.sort], got=cell.text
                )
