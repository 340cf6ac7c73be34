"""A programme of which an entry cannot be applied answers nothing from there on; the rest goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ledger.event import Stated
from projections.blame import read_blame
from projections.budget import read_budget, read_originals
from projections.diff import Point, read_diff
from projections.history import read_history
from projections.indicators import read_indicators
from projections.reading import Blocked, Reading
from projections.reports import read_reports
from projections.state import last_concern, read_state
from projections.writer import _Batch
from tests.projections.feed import Feed
from tests.projections.tables import Tables, contents
from tests.projections.told import Told, tell_many

DAY = "2025-12-31"


@contextmanager
def poisoned(index: int, error: Exception) -> Iterator[None]:
    """The entry at a leaf index cannot be worked in, whatever is tried."""
    real = _Batch.programme

    def programme(batch: _Batch, before: Any, after: Any, name: str, stated: Stated) -> None:
        real(batch, before, after, name, stated)
        if stated.index == index:
            raise error

    with patch.object(_Batch, "programme", programme):
        yield


def victim_of(told: list[Told]) -> tuple[str, int]:
    """The programme with most entries of its own, and the index of one in the midst of them."""
    found: dict[str, list[int]] = {name: [] for one in told for name in one.programmes}
    for entry in told[0].feed.reader.entries(0, 10_000):
        found.get(entry.stream.removeprefix("programme:"), []).append(entry.index)
    programme = max(found, key=lambda name: len(found[name]))
    assert len(found[programme]) >= 3, "the histories are too short to be cut"
    return programme, found[programme][len(found[programme]) // 2]


@pytest.fixture(params=[1, 1000], ids=["one by one", "in one batch"])
def batch(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=[False, True], ids=["sqlite", "postgres"])
def on_postgres(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def states(reading: Reading, programmes: list[str]) -> dict[str, Any]:
    return {programme: read_state(reading, programme, DAY) for programme in programmes}


def test_it_is_refused_with_its_name_and_all_others_are_as_if_nothing_had_happened(
    feed: Feed, tmp_path: Path, batch: int, on_postgres: bool, caplog: pytest.LogCaptureFixture
) -> None:
    told = tell_many(feed, range(6))
    victim, index = victim_of(told)
    others = [name for one in told for name in one.programmes if name != victim]
    with Tables(tmp_path / "whole.db", feed.reader, postgres=on_postgres) as whole:
        expected = states(whole.reading(), others)
        before = states(whole.reading(index), [victim])
    with (
        caplog.at_level(logging.CRITICAL, "pledger.projections"),
        poisoned(index, KeyError("planted")),
        Tables(tmp_path / "tables.db", feed.reader, postgres=on_postgres) as tables,
    ):
        tables.catch_up(batch)
        assert tables.position == feed.size
        assert tables.writer.blocked == {victim: index}
        reading = Reading(tables.connection, feed.reader, feed.size, tables.writer.blocked)
        assert states(reading, others) == expected
        with pytest.raises(Blocked) as blocked:
            read_state(reading, victim, DAY)
        assert (blocked.value.programme, blocked.value.index) == (victim, index)
        assert states(reading.at(index), [victim]) == before, "what was known before is told"
    (alarm,) = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert victim in alarm.getMessage()
    assert f"№ {index + 1}" in alarm.getMessage()
    assert "`pledger rebuild`" in alarm.getMessage()


def test_nothing_of_it_is_read_beyond_the_entry(feed: Feed, tmp_path: Path) -> None:
    told = tell_many(feed, range(3))
    victim, index = victim_of(told)
    with poisoned(index, ValueError("planted")), Tables(tmp_path / "tables.db", feed.reader) as tables:
        tables.catch_up()
        reading = Reading(tables.connection, feed.reader, feed.size, tables.writer.blocked)
        early, late = Point(DAY, index), Point(DAY, feed.size)
        for read in (
            lambda: read_state(reading, victim, DAY),
            lambda: read_budget(reading, victim, DAY),
            lambda: read_originals(reading, victim),
            lambda: read_indicators(reading, victim, DAY),
            lambda: read_history(reading, victim, before=None, limit=10),
            lambda: read_blame(reading, victim, "/title", DAY, below=None, limit=10),
            lambda: read_reports(reading, victim, DAY, limit=10),
            lambda: read_diff(reading, victim, early, late, limit=10),
            lambda: last_concern(reading, victim),
        ):
            with pytest.raises(Blocked):
                read()


def test_it_stays_so_after_a_restart_and_a_rebuild_by_a_mended_program_lifts_it(
    feed: Feed, tmp_path: Path
) -> None:
    told = tell_many(feed, range(3))
    victim, index = victim_of(told)
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        with poisoned(index, ValueError("planted")):
            tables.catch_up(5)
        tables.restart()
        assert tables.writer.blocked == {victim: index}
        tables.catch_up()
        assert tables.writer.blocked == {victim: index}
    with (
        Tables(tmp_path / "mended.db", feed.reader) as mended,
        Tables(tmp_path / "never.db", feed.reader) as never,
    ):
        mended.catch_up()
        never.catch_up(1)
        assert contents(mended.path) == contents(never.path)
        assert contents(mended.path)["blocked"] == []


def test_a_fault_of_the_machine_blocks_nothing(feed: Feed, tmp_path: Path) -> None:
    told = tell_many(feed, range(2))
    _, index = victim_of(told)
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        for error in (OSError("disk"), MemoryError("none left")):
            with poisoned(index, error), pytest.raises(type(error)):
                tables.catch_up()
            tables.restart()
        assert tables.writer.blocked == {}
        tables.catch_up()
        assert tables.position == feed.size


def test_what_fails_in_an_acts_event_for_one_programme_blocks_that_one_alone(
    feed: Feed, tmp_path: Path
) -> None:
    """An act's change of status moves all programmes that cite it."""
    tell_many(feed, range(12))
    seen: list[tuple[str, int]] = []
    real = _Batch.act_changed

    def noting(batch: _Batch, before: Any, after: Any, name: str, act: str, index: int) -> None:
        seen.append((name, index))
        real(batch, before, after, name, act, index)

    with patch.object(_Batch, "act_changed", noting), Tables(tmp_path / "a.db", feed.reader) as tables:
        tables.catch_up()
    victim, index = seen[len(seen) // 2]

    def failing(batch: _Batch, before: Any, after: Any, name: str, act: str, at: int) -> None:
        if (name, at) == (victim, index):
            raise ZeroDivisionError("planted")
        real(batch, before, after, name, act, at)

    with patch.object(_Batch, "act_changed", failing), Tables(tmp_path / "b.db", feed.reader) as tables:
        tables.catch_up()
        assert tables.position == feed.size
        assert tables.writer.blocked == {victim: index}
