"""The tables that can be exported."""

from __future__ import annotations

from typing import Final

from api.exports.acts import ACTS
from api.exports.events import EVENTS
from api.exports.programmes import BUDGET, CELLS, INDICATORS
from api.exports.table import Table

TABLES: Final[dict[str, Table]] = {table.name: table for table in (EVENTS, CELLS, BUDGET, INDICATORS, ACTS)}
