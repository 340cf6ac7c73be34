"""Where in the file a part of an event came from: what the door says of the part is said of the cell."""

from __future__ import annotations

import re
from typing import Final

from api.importers.row_cells import at
from api.importers.rows import Made
from api.importers.table import Cells

_OF_A_LINE: Final = re.compile(r"/data/(?:lines|votes)/(?P<place>[0-9]{1,4})(?:/(?P<member>[a-z_]+))?")
_OF_THE_ROW: Final = re.compile(r"/data/(?P<member>[a-z_]+)")
# Members of lines whose column is called otherwise: the first of these that the table has.
_COLUMNS: Final = {
    "stated_old": ("old", "current"),
    "op": ("amount", "proposed"),
    "amount": ("amount", "proposed"),
}


def row_of(made: Made, pointer: str) -> tuple[Cells, str] | None:
    """The row and the column ("" for the row as a whole); None for what no row says."""
    if found := _OF_A_LINE.fullmatch(pointer):
        place = int(found["place"])
        member = found["member"] or ""
        if place >= len(made.rows):
            return None
        cells = made.rows[place]
        named = _COLUMNS.get(member, (member,))
        return cells, next((one for one in named if one in cells.cells), named[0])
    if len(made.rows) != 1 or "lines" in made.event.data or "votes" in made.event.data:
        return None
    if pointer in ("", "/data"):
        return made.rows[0], ""
    found = _OF_THE_ROW.fullmatch(pointer)
    return (made.rows[0], found["member"]) if found else None  # of the signer, say: no row says it


def place_of(made: Made, pointer: str) -> tuple[int, str] | None:
    """Line and place as problems name them; None as row_of."""
    found = row_of(made, pointer)
    if found is None:
        return None
    cells, column = found
    return cells.line, at(cells, column if column in cells.cells else "")
