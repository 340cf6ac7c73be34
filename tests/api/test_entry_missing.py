"""A row of the log's table is gone: who asks for that entry is told so, and gets no neighbour's bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from api.routes.events import _page
from ledger.directory import Directory
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.store.base import Tail
from projections.reading import Reading
from projections.store.base import Connection
from tests.api.door import Door, open_door, problem_of
from tests.support.town import PROGRAMME, TestLedger, lines

BELOW = 2  # entries after the one that is taken away


def taken_away(path: Path, index: int) -> None:
    """Delete an entry's row, and nothing else."""
    found = Directory(path).database
    if found is None:
        with closing(sqlite3.connect(path / "ledger.db")) as file:
            file.execute("DELETE FROM stored_events WHERE rowid=?", (index + 1,))
            file.commit()
        return
    import psycopg

    with psycopg.connect(found.conninfo) as connection:
        connection.execute("DELETE FROM pledger.pledger_events WHERE notification_id=%s", (index + 1,))


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(model_town, tmp_path / "town") as opened:
        yield opened


@pytest.mark.parametrize("below", [BELOW, 0], ids=["before others", "the last one"])
def test_the_event_of_a_missing_entry_is_not_another_events(door: Door, below: int) -> None:
    said = [door.say("financing.changed", PROGRAMME, lines(f"{n}.00")) for n in range(1, 4)]
    missing = said[len(said) - 1 - below]
    taken_away(door.town.path, missing["index"])
    for path in ("", "/receipt"):
        problem_of(door.get(f"/v1/events/{missing['event']}{path}"), 503, "storage-failed")
    problem_of(door.get(f"/v1/proofs/inclusion?event={missing['event']}"), 503, "storage-failed")
    # The feed neither goes on behind it as if it were not there, nor asks its reader to come again for it.
    problem_of(door.get(f"/v1/events?after={missing['index']}"), 503, "storage-failed")
    for other in said:
        if other is not missing:
            assert door.json(f"/v1/events/{other['event']}")["event"] == other["event"]


def test_the_feed_does_not_ask_for_ever_where_the_log_has_nothing_more() -> None:
    """The projections hold five entries; the log that is asked has none of them."""

    class Empty:
        asked = 0

        def entries(self, start: int, limit: int) -> list[Entry]:
            assert (start, self.asked) == (2, 0), "asked for the same again and again"
            self.asked += 1
            return []

    reading = Reading(cast("Connection", None), cast("Tail", Empty()), 5)
    with pytest.raises(StorageError, match="№ 3 is missing"):
        _page(reading, 2, 100, None, None)
