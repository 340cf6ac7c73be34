"""Rows of totals in a table of money: never imported, held against what the rows add up to."""

from __future__ import annotations

from decimal import Decimal

from api.importers.row_cells import Row
from api.importers.rows import TOTALS, AmountsIn, Total
from ledger.values import money


class Totals:
    """Of one column. Rows of totals stand below what they total, each over everything above it."""

    def __init__(self, column: str, amounts_in: AmountsIn) -> None:
        self._column, self._amounts_in = column, amounts_in
        self._sum = Decimal(0)
        self._found: list[Total] = []

    def add(self, amount: str) -> None:
        self._sum += Decimal(amount)

    def is_total(self, row: Row) -> bool:
        """Is the row a total? Then it is noted with what was counted so far."""
        name = next((text for text in row.cells.cells.values() if text), "")
        if name.rstrip(":").lower() not in TOTALS:
            return False
        if (printed := row.amount(self._column, self._amounts_in)) is not None:
            self._found.append(Total(name, printed, money(self._sum)))
        return True

    def shown(self) -> tuple[Total, ...]:
        return tuple(self._found)
