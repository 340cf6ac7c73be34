"""The child process that reads a workbook: a zip on stdin, lines of JSON on stdout, and nothing else.

It limits itself before it reads a byte. Lines: ["sheet", name, state], ["row", number, hidden, cells],
["around", hidden columns, merged cells], and at last ["end", peak KiB] or ["refused", code, got, sheet, cell,
peak KiB]. What it never writes an end of was stopped by a limit.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, Any, Final

from api.importers.archive import Archive, Refused
from api.importers.workbook_sheet import Budget, Cell, Meanings, read_sheet
from api.importers.workbook_styles import read_styles
from api.importers.workbook_xml import read_book, read_strings, relations

MEMORY_BYTES_MAX: Final = 512 * 1024 * 1024
CPU_SECONDS_MAX: Final = 10
OUTPUT_BYTES_MAX: Final = 128 * 1024 * 1024
# Parts that do something, or show what is not in the file.
_ACTIVE: Final = (
    ("vbaproject", "workbook-macros"),
    ("xl/macrosheets/", "workbook-macros"),
    ("xl/dialogsheets/", "workbook-macros"),
    ("xl/activex/", "workbook-embedded"),
    ("xl/embeddings/", "workbook-embedded"),
    ("xl/externallinks/", "workbook-links"),
    ("xl/connections", "workbook-links"),
    ("xl/querytables/", "workbook-links"),
)


def main() -> None:
    """Read stdin to its end, and say what is in it."""
    _limit()
    out = sys.stdout
    try:
        _read(sys.stdin.buffer, out)
        _tell(out, ["end", peak_kib()])
    except Refused as refused:
        _tell(out, ["refused", refused.code, refused.got, refused.sheet, refused.cell, peak_kib()])
    except (MemoryError, RecursionError):
        _tell(out, ["refused", "workbook-too-heavy", "", "", "", peak_kib()])
    out.flush()


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415  # Windows has none; the wall clock and the counts still hold there
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_CPU, CPU_SECONDS_MAX),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def peak_kib() -> int:
    """The most memory that this process ever held; 0 where the system does not say."""
    try:
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
            return next((int(row.split()[1]) for row in status if row.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def _tell(out: IO[str], said: list[Any]) -> None:
    out.write(json.dumps(said, separators=(",", ":")) + "\n")


def _read(file: IO[bytes], out: IO[str]) -> None:
    archive = Archive(file)
    _refuse_active(archive)
    main_part = next(
        (part for part in relations(archive, "").values() if part.lower().endswith("workbook.xml")),
        "xl/workbook.xml",
    )
    part = archive.find(main_part)
    if part is None:
        raise Refused("not-a-workbook")
    book, named = read_book(archive, part), relations(archive, part)
    parts = {target.rpartition("/")[2].lower(): archive.find(target) for target in named.values()}
    strings = read_strings(archive, parts.get("sharedstrings.xml"))
    meanings = Meanings(strings, read_styles(archive, parts.get("styles.xml")), book.from_1904)
    budget = Budget()
    for sheet in book.sheets:
        _tell(out, ["sheet", sheet.name, sheet.state])
        if sheet.part is not None and sheet.state == "visible":
            _sheet(archive, sheet.part, sheet.name, meanings, budget, out)


def _refuse_active(archive: Archive) -> None:
    for name in archive.names:
        for mark, code in _ACTIVE:
            if mark in name.lower():
                raise Refused(code, name)


def _sheet(archive: Archive, part: str, name: str, meanings: Meanings, budget: Budget, out: IO[str]) -> None:
    def emit(row: int, hidden: bool, cells: list[Cell]) -> None:
        _tell(out, ["row", row, hidden, cells])

    around = read_sheet(archive, part, name, meanings, budget, emit)
    _tell(out, ["around", around.hidden, around.merged])
