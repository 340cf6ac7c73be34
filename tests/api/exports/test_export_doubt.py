"""What stands in doubt has its word beside it in a whole table too, also what is gone by a doubt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.door import open_door
from tests.api.doubtful_town import CELLS, POSITIONS, tell
from tests.api.exports.asking import Exports, Row
from tests.api.exports.test_export_rows import bare, point_of
from tests.support.town import TestLedger

LATER = {"as_of": "2025-12-31"}


@pytest.fixture(scope="module")
def doubtful(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exports]:
    """At the end the act that the programme rests on is set aside, by the doubted key."""
    folder = tmp_path_factory.mktemp("doubtful")
    with TestLedger.copy_of(model_town, folder / "model") as town:
        tell(town)
    with open_door(town, folder / "town") as door:
        yield Exports(door.client)


@pytest.mark.parametrize("name", ["paid", "revoked", "reaffirmed"])
@pytest.mark.parametrize("table", ["events", "cells", "budget", "indicators", "acts"])
def test_the_words_of_doubt_are_those_of_the_lists(doubtful: Exports, table: str, name: str) -> None:
    point: Row = point_of(table, LATER | {"known": str(POSITIONS[name])})
    rows = [bare(table, row) for row in doubtful.rows(table, **point) if not row.get("gone")]
    assert rows == doubtful.listed(table, point)


def test_the_cells_in_doubt_are_told_in_every_form(doubtful: Exports) -> None:
    point = LATER | {"known": POSITIONS["revoked"]}
    rows = {row["path"] for row in doubtful.rows("cells", **point) if row["doubt"]}
    records = {row["path"] for row in doubtful.records("cells", **point) if row["doubt"]}
    assert rows == records == CELLS
    assert not [row for row in doubtful.rows("cells", **LATER) if row["doubt"]], "re-affirmed since"
