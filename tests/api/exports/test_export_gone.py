"""A cell that a doubted statement took away is in the table of cells: without a value, and with the word."""

from __future__ import annotations

from tests.api.door import BASE, Door
from tests.api.exports.asking import Exports
from tests.api.test_http_taken_away import NEW_CELL, QUASHED, STOLEN, YEAR, door, revoke
from tests.support.town import COUNCIL_STREAM

__all__ = ["door"]


def test_a_cell_that_is_gone_by_a_doubt_is_told_in_its_place(door: Door) -> None:
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    revoke(door)
    exports = Exports(door.client)
    rows = exports.rows("cells", as_of=YEAR)
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    gone = [row for row in rows if row["gone"]]
    state = door.json(f"{BASE}?as_of={YEAR}")
    assert [{"path": row["path"], "doubt": row["doubt"]} for row in gone] == state["gone"]
    (row,) = gone
    assert row["path"] == NEW_CELL
    assert (row["value"], row["amount"], row["removed"], row["event"]) == (None, None, False, None)
    (record,) = [one for one in exports.records("cells", as_of=YEAR) if one["gone"] == "true"]
    assert (record["path"], record["value"], record["doubt"]) == (NEW_CELL, "", "suspect")
    below = exports.rows("cells", as_of=YEAR, path="/financing/1.1")
    assert [one for one in below if one["gone"]] == [one for one in gone if one["path"] in str(below)]
