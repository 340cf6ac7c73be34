"""All tables that are published, in the order in which they are shown."""

from __future__ import annotations

from typing import Final

from api.opendata.acts import ACTS
from api.opendata.aliases import ALIASES
from api.opendata.entries import DOUBTS, EVENTS
from api.opendata.money import BUDGET
from api.opendata.results import INDICATORS
from api.opendata.table import Table
from api.opendata.tree import MEASURES, PROGRAMMES

# Of each programme, and of all of them as one table.
BY_PROGRAMME: Final = (PROGRAMMES, MEASURES, INDICATORS, BUDGET)
ALL: Final[dict[str, Table]] = {table.name: table for table in (*BY_PROGRAMME, ACTS, EVENTS, DOUBTS, ALIASES)}
