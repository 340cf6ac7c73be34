"""Random histories: whatever was decided, corrected, suspended or quashed, moves add up to the diff."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from ledger.ids import programme_stream
from ledger.streams import load_stream
from ledger.world import World
from projections.diff import Point, read_diff
from projections.money.books import TableBooks, TimelineBooks, answer_of
from projections.money.moves import read_moves
from projections.reading import Reading
from tests.oracle.histories import dates_of
from tests.projections.feed import Feed
from tests.projections.tables import Tables
from tests.projections.told import tell_many


def by_cell(reading: Reading, programme: str, start: Point, end: Point) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for row in read_moves(reading, programme, start, end):
        for change in row["changes"]:
            total[change["cell"]] = total.get(change["cell"], Decimal(0)) + Decimal(change["delta"])
    return {path: delta for path, delta in total.items() if delta}


@pytest.mark.parametrize("seed", range(3))
def test_the_moves_of_any_two_points_add_up_to_their_diff(seed: int, feed: Feed, tmp_path: Path) -> None:
    rng = Random(seed)
    told = tell_many(feed, range(seed * 8, seed * 8 + 8), copies=1)
    days = sorted({day.isoformat() for one in told for day in dates_of(one.entries)})
    moved = 0
    with Tables(tmp_path / "file.db", feed.reader) as tables:
        tables.catch_up()
        reading = tables.reading(feed.size)
        for programme in (name for one in told for name in one.programmes):
            for _ in range(6):
                points = [Point(rng.choice(days), rng.randrange(1, feed.size + 1)) for _ in range(2)]
                found = by_cell(reading, programme, *points)
                changes = read_diff(reading, programme, *points, limit=1000)
                assert found == {
                    change["path"]: Decimal(change["delta"])
                    for change in changes
                    if change["path"].split("/")[1] in ("financing", "appropriation", "schedule")
                    and Decimal(change["delta"] or 0)
                }
                moved += len(found)
    assert moved > 10


@pytest.mark.parametrize("seed", range(2))
def test_the_tables_and_a_timeline_hold_the_same_writes(seed: int, feed: Feed, tmp_path: Path) -> None:
    rng = Random(seed)
    told = tell_many(feed, range(seed * 8, seed * 8 + 8), copies=1)
    days = sorted({day.isoformat() for one in told for day in dates_of(one.entries)})
    with Tables(tmp_path / "file.db", feed.reader) as tables:
        tables.catch_up()
        for position in (feed.size, rng.randrange(feed.size // 2, feed.size)):
            reading = tables.reading(position)
            log = feed.reader.at_position(position)
            for programme in (name for one in told for name in one.programmes):
                world = load_stream(World(position=position), programme_stream(programme), log)
                books = TimelineBooks(world.programmes[programme].timeline)
                known = TableBooks(reading, programme)
                assert [*known.under("/financing")] == [*books.under("/financing")]
                for path in known.under("/financing"):
                    for day in rng.sample(days, min(4, len(days))):
                        one, other = answer_of(known.writes(path), day), answer_of(books.writes(path), day)
                        assert (one and one[:2]) == (other and other[:2])
