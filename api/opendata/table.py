"""The shape of every published table: its columns by Table Schema, and where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from ledger.clock import local_date, parse_instant
from ledger.ids import LeafIndex
from projections.positions import Known
from projections.reading import Reading

Row = Mapping[str, Any]
Type = Literal["string", "integer", "number", "year", "date", "datetime", "boolean"]
BLANK: Final = "blank"  # how a text that the paper leaves blank is written; an empty field is no value


@dataclass(frozen=True, slots=True)
class Column:
    """uk, en: its title. fiscal: its type in a Fiscal Data Package; enum: all values that it may have."""

    name: str
    type: Type
    uk: str
    en: str
    fiscal: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a table is read from: the projections at one position, on one day.

    public: the server's address as readers know it, without a slash at the end; None where nobody said it.
    """

    reading: Reading
    as_of: str
    known: Known
    public: str | None
    zone: ZoneInfo

    def local_day(self, recorded_at: str) -> str:
        """The calendar date of an instant in the ledger's time zone."""
        return local_date(parse_instant(recorded_at), self.zone).isoformat()

    def event(self, index: int) -> str:
        """The id of the event at a leaf index."""
        return self.reading.entry(LeafIndex(index)).event_id()

    def sharing(self) -> Ground:
        """The same, for a programme of which several tables are made: its cells are read once."""
        return replace(self, reading=self.reading.sharing({}))


@dataclass(frozen=True, slots=True)
class Table:
    """key: the columns that no two rows share. of_programme: a column that names one of `programmes`.

    rows: of one programme, by its id.
    """

    name: str
    uk: str
    en: str
    about_uk: str
    about_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Ground, str], Iterable[Row]]
    of_programme: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


PROGRAMME: Final = Column("programme", "string", "Програма", "Programme", "activity:generic:program:code")
EVENT: Final = Column("event", "string", "Подія, що встановила", "Event that set it")
INDEX: Final = Column("index", "integer", "Номер запису в журналі, з 0", "Leaf index in the log, from 0")
DOUBT: Final = Column(
    "doubt",
    "string",
    "Сумнів: запис, на якому це тримається, оскаржено",
    "Doubt: an entry that this rests on is doubted",
    enum=("suspect", "undetermined", "ended-late"),
)
EXAMPLE: Final = Column(
    "example",
    "string",
    "Помітка «навчальний приклад», якщо подія навчальна",
    "Marked as an example, where the event is one",
)
