"""However the log is cut into transactions, the tables are the same, and the past stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.errors import StorageError
from projections.history import read_history
from projections.reading import Reading
from projections.state import last_concern, read_state
from tests.oracle.histories import dates_of
from tests.projections.feed import Feed
from tests.projections.generations import rebuilt
from tests.projections.tables import Rows, Tables, contents
from tests.projections.told import Told, tell_many

pytestmark = pytest.mark.thorough


def written_whole(path: Path, feed: Feed) -> Rows:
    """The tables after one transaction for the whole log."""
    with Tables(path, feed.reader) as tables:
        tables.catch_up(batch=100_000)
        return contents(tables.path)


@pytest.mark.parametrize("seed", range(6))
def test_one_by_one_in_random_batches_with_restarts_and_rebuilt_the_tables_are_the_same(
    seed: int, feed: Feed, tmp_path: Path
) -> None:
    rng = Random(seed)
    tell_many(feed, range(seed * 12, seed * 12 + 12), copies=1 + seed % 2)
    whole = written_whole(tmp_path / "whole.db", feed)
    with Tables(tmp_path / "one-by-one.db", feed.reader) as tables:
        tables.catch_up(batch=1)
        assert contents(tables.path) == whole
    with Tables(tmp_path / "random.db", feed.reader) as tables:
        while tables.apply(rng.choice((1, 2, 3, 7, 20))):
            if rng.random() < 0.3:
                tables.restart()
        assert contents(tables.path) == whole
    assert contents(rebuilt(feed.directory, feed.reader)) == whole


def test_a_restart_after_every_entry_changes_nothing(feed: Feed, tmp_path: Path) -> None:
    tell_many(feed, range(700, 705), copies=2)
    with Tables(tmp_path / "restarted.db", feed.reader) as tables:
        while tables.apply(1):
            tables.restart()
        assert contents(tables.path) == written_whole(tmp_path / "whole.db", feed)


def remembered(reading: Reading, told: Told, day: str) -> Iterator[Any]:
    """What may be asked of a programme as known at a position."""
    for programme in told.programmes:
        yield read_state(reading, programme, day)
        yield last_concern(reading, programme)
        yield read_history(reading, programme, before=None, limit=1000)


@pytest.mark.parametrize("first", range(800, 920, 20))
def test_what_was_read_at_a_position_reads_the_same_after_more_entries(
    first: int, feed: Feed, tmp_path: Path
) -> None:
    rng = Random(first)
    histories = tell_many(feed, range(first, first + 8), copies=2)
    days = {told.name: rng.choice(sorted(dates_of(told.entries))).isoformat() for told in histories}
    kept: list[tuple[int, Told, list[Any]]] = []
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        while tables.apply(rng.randint(1, 12)):
            told = rng.choice(histories)
            reading = Reading(tables.connection, feed.reader, tables.position)
            kept.append((tables.position, told, list(remembered(reading, told, days[told.name]))))
        for position, told, before in kept:
            assert list(remembered(tables.reading(position), told, days[told.name])) == before


def test_entries_that_do_not_follow_are_refused_and_nothing_is_written(feed: Feed, tmp_path: Path) -> None:
    tell_many(feed, range(5))
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        tables.apply(10)
        before = contents(tables.path)
        for wrong in (feed.reader.entries(11, 5), feed.reader.entries(9, 5)):
            with pytest.raises(StorageError, match="does not follow position 10"):
                tables.writer.apply(wrong)
        gap = [*feed.reader.entries(10, 2), *feed.reader.entries(13, 1)]
        with pytest.raises(StorageError, match="does not follow position 12"):
            tables.writer.apply(gap)
        assert contents(tables.path) == before
        assert tables.position == 10


def test_a_writer_goes_on_after_a_batch_that_was_rolled_back(feed: Feed, tmp_path: Path) -> None:
    """What it remembered of the batch's rows is forgotten with them."""
    tell_many(feed, range(12))
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        for start in range(0, feed.size, 10):
            gap = [*feed.reader.entries(start, 10), *feed.reader.entries(feed.size - 1, 1)]
            with pytest.raises(StorageError, match="does not follow"):
                tables.writer.apply([*gap, gap[0]])
            tables.apply(10)
        assert contents(tables.path) == written_whole(tmp_path / "whole.db", feed)
