"""A programme's rows, its indicators and its money, as far as duties ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ledger.registry import STEPS_MAX
from ledger.values import FOREVER, is_money
from projections.cells import Cell, read_cell, read_cells
from projections.reading import Reading

_LATEST = (
    "SELECT path, (SELECT json_extract(said,'$[6]') FROM lives WHERE cell=cells.id AND known_from<=:k "
    "AND known_to>:k AND json_extract(said,'$[5]')='set' "
    "ORDER BY since DESC, act_date DESC, act_order DESC, slot DESC, line DESC LIMIT 1) AS latest "
    "FROM cells WHERE programme=:p AND path>:family||'/' AND path<:family||'0'"
)


class Plan:
    """Implements items.Plan from tables; names and parents by what ranks last of what counts on some day."""

    def __init__(self, reading: Reading, programme: str, today: str) -> None:
        self._reading, self.programme, self._today = reading, programme, today
        self._there: dict[tuple[str, str], frozenset[str]] = {}

    def _value(self, path: str) -> str | None:
        answer = read_cell(self._reading, self.programme, path, self._today)
        return str(answer.value) if answer is not None and answer.value is not None else None

    @cached_property
    def years(self) -> tuple[int, int] | None:
        """First and last year; None while the programme is not in force."""
        first, last = self._value("/term/from"), self._value("/term/to")
        return (int(first), int(last)) if first is not None and last is not None else None

    @cached_property
    def closed(self) -> str:
        """The day from which it is closed; FOREVER if it is not."""
        answer = read_cell(self._reading, self.programme, "/closed", self._today)
        return answer.last.rank[0] if answer is not None and not answer.removed else FOREVER

    # -- rows and indicators ------------------------------------------------------

    @cached_property
    def _latest(self) -> dict[str, str]:
        self._reading.check(self.programme)
        found: dict[str, str] = {}
        for family in ("/tree", "/indicators"):
            where = {"p": self.programme, "k": self._reading.position, "family": family}
            rows = self._reading.connection.execute(_LATEST, where)
            found |= {path: str(value) for path, value in rows if value is not None}
        return found

    def measure_of(self, indicator: str) -> str:
        return self._latest.get(f"/indicators/{indicator}/measure", "")

    def upwards(self, item: str) -> Iterator[str]:
        for _ in range(STEPS_MAX):
            if not item:
                return
            yield item
            item = self._latest.get(f"/tree/{item}/parent", "")

    @cached_property
    def indicators(self) -> dict[str, str]:
        """Id → name, of all that there ever were."""
        return self._named("/indicators/", "/name")

    @cached_property
    def rows(self) -> dict[str, str]:
        """Id → title."""
        return self._named("/tree/", "/title")

    def _named(self, start: str, end: str) -> dict[str, str]:
        paths = [path for path in self._latest if path.startswith(start) and path.endswith(end)]
        return {path.split("/")[2]: self._latest[path] for path in sorted(paths)}

    def level(self, item: str) -> str:
        return self._latest.get(f"/tree/{item}/level", "")

    def there(self, family: str, day: str) -> frozenset[str]:
        """The rows (/tree) or indicators (/indicators) that the programme has on a day."""
        key = (family, day)
        if key not in self._there:
            member = "title" if family == "/tree" else "name"
            rows = self._on(day, family)
            self._there[key] = frozenset(
                item for item, rest, cell in rows if rest == member and not cell.answer.removed
            )
        return self._there[key]

    def is_there(self, family: str, item: str, day: str) -> bool:
        return item in self.there(family, day)

    def funded(self, year: str, day: str) -> frozenset[str]:
        """The rows that have money in a year: planned or appropriated, and not nothing."""
        key = (year, day)
        if key not in self._there:
            rows = (*self._on(day, "/financing"), *self._on(day, "/appropriation"))
            self._there[key] = frozenset(
                item
                for item, rest, cell in rows
                if rest.split("/")[0] == year and is_amount(cell.answer.value)
            )
        return self._there[key]

    def is_funded(self, item: str, year: str, day: str) -> bool:
        return item in self.funded(year, day)

    def _on(self, day: str, family: str) -> list[tuple[str, str, Cell]]:
        """The cells of a family on a day: the row's id, what follows it, and the cell."""
        cells = read_cells(self._reading, self.programme, day, family)
        parts = ((cell.path.split("/", 3), cell) for cell in cells)
        return [(one[2], one[3], cell) for one, cell in parts if len(one) == 4]


def is_amount(value: object) -> bool:
    """Is there money? A zero, a printed dash and a blank are none."""
    return is_money(value) and str(value).strip("-0.") != ""
