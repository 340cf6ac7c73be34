"""What every table of rows shares: columns known by their headers, and rows that became events.

A reader of the family takes the file's bytes and what was asked beside it, and gives what it took:
`read_actuals(raw, asked, known) -> Taken`. Every problem has the line and the column of its cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from api.importers.drafts import PART_MAX_BYTES, DraftEvent
from api.importers.errors import ImportFileError, Problem, Problems
from api.importers.table import Cells, read_table
from ledger import canonical

AmountsIn = Literal["uah", "thousand-uah"]
LINES_MAX: Final = 2000  # of one event
_MISSING: Final = ("missing-column", "sheet-missing-column")  # told by titles, as people write them
TOTALS: Final = frozenset(["разом", "усього", "всього", "total"])


@dataclass(frozen=True, slots=True)
class Column:
    """name: in pointers and problems; headers: as people write them, in lower case; needed: in every file."""

    name: str
    headers: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A table to be filled in: its sheet, its headers, and rows that show how."""

    sheet: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said beside the file. today: the last day that has come, ISO; name: of the file.

    Members that a shape has no use for stay as they are.
    """

    programme: str = ""
    today: str = ""
    name: str = ""
    amounts_in: AmountsIn = "uah"
    effective: str = ""
    period: str = ""
    accumulation: str = ""
    phase: str = ""
    day: str = ""
    year: int = 0
    kpkvk: frozenset[str] = frozenset()
    funds: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    act: Mapping[str, Any] | None = None  # data of act.registered
    corrects: Mapping[str, str] | None = None  # event and payload of the act's registration; None: a new one
    cites: Mapping[str, str] = field(default_factory=dict)  # the act that a change is made by: id, point
    annexes: tuple[str, ...] = ()  # those that the file states anew
    state: Mapping[str, Any] = field(default_factory=dict)  # of the programme on the day `effective`
    seen: int = 0  # the position at which that is the state


class Known(Protocol):
    """What a programme has: ledger.programme.Programme is one."""

    def has_indicator(self, item: str) -> bool: ...
    def indicator_kind(self, item: str) -> str: ...
    def is_money_row(self, item: str) -> bool: ...
    def has_source(self, item: str) -> bool: ...
    def has_year(self, year: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Total:
    """A printed total beside the same counted. name: of what, as printed; printed: "" or a dash for none."""

    name: str
    printed: str
    counted: str

    @property
    def agrees(self) -> bool:
        return self.printed in ("", "-", self.counted)


@dataclass(frozen=True, slots=True)
class Made:
    """One event, and the rows that it came from: of /data/lines/i the i-th, else the only one.

    corrects: the statement that it corrects, as relations.corrects names it.
    """

    event: DraftEvent
    rows: tuple[Cells, ...]
    corrects: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Cells that a file changes, adds, takes away, and leaves as they are."""

    changed: int
    added: int
    removed: int
    equal: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Money added and taken away, in hryvnias: equal where it is only moved."""

    more: str
    less: str

    @property
    def balanced(self) -> bool:
        return self.more == self.less


@dataclass(frozen=True, slots=True)
class Taken:
    """rows: how many became events; skipped: rows that say nothing, or were not asked for.

    seen: the position of the state that the file was compared with, 0 where with none; changes, moved: what
    came of that. noticed: what the record has otherwise than a row says, to be acknowledged by its code.
    """

    made: tuple[Made, ...]
    rows: int
    skipped: int = 0
    totals: tuple[Total, ...] = ()
    seen: int = 0
    changes: Changes | None = None
    moved: Moved | None = None
    noticed: tuple[Problem, ...] = ()


class Reader(Protocol):
    """Raises ImportFileError with every problem of the file."""

    def __call__(self, raw: bytes, asked: Asked, known: Known | None = None) -> Taken: ...


def names_of(columns: Sequence[Column]) -> dict[str, str]:
    """As read_table takes them."""
    return {header: column.name for column in columns for header in (column.name, *column.headers)}


def read_rows(
    raw: bytes, columns: Sequence[Column], problems: Problems, *, given: Sequence[str] = ()
) -> list[Cells]:
    """given: needed columns that the caller says for the whole file. Raises ImportFileError."""
    needed = [column for column in columns if column.needed and column.name not in given]
    try:
        return read_table(raw, names_of(columns), [column.name for column in needed], problems)
    except ImportFileError as error:
        first = error.problems[0]
        if first.code not in _MISSING:
            raise
        titles = ", ".join(column.headers[0].capitalize() for column in needed)
        Problems().stop(first.line, first.path, first.code, got=titles)
        raise


def in_parts(
    lines: Sequence[tuple[dict[str, Any], Cells]], common: Mapping[str, Any]
) -> Iterator[tuple[list[dict[str, Any]], tuple[Cells, ...]]]:
    """Lines with their rows, as many as an event holds beside what is common to all of its events."""
    room = PART_MAX_BYTES - len(canonical.dumps(dict(common))) - len(',"lines":[]')
    part: list[dict[str, Any]] = []
    rows: list[Cells] = []
    size = 0
    for line, row in lines:
        more = len(canonical.dumps(line)) + 1
        if part and (size + more > room or len(part) == LINES_MAX):
            yield part, tuple(rows)
            part, rows, size = [], [], 0
        part.append(line)
        rows.append(row)
        size += more
    if part:
        yield part, tuple(rows)
