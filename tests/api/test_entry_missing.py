"""A row of the log's table is gone: who asks for that entry is told so, and gets no neighbour's bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.directory import Directory
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
    if below:  # a gap: the feed does not go on behind it as if it were not there
        problem_of(door.get(f"/v1/events?after={missing['index']}"), 503, "storage-failed")
    for other in said:
        if other is not missing:
            assert door.json(f"/v1/events/{other['event']}")["event"] == other["event"]
