"""Following the log: catching up, restarting, failing, and rebuilding beside readers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ledger.errors import StorageError
from projections import follower as module
from projections.follower import Follower
from projections.programmes import read_programmes
from projections.state import read_state
from projections.writer import _Batch
from tests.projections.feed import Feed
from tests.projections.following import DAY, SOON_SECONDS, caught_up, eventually, generation, states, whole
from tests.projections.generations import follower_of, numbers, rebuilt
from tests.projections.tables import contents
from tests.projections.told import Told, tell_many
from tests.support.log import failing_commit
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, lines

pytestmark = pytest.mark.thorough

# Following.


def test_a_follower_applies_what_is_there_and_what_is_appended(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    tell_many(feed, range(20))
    follower = follow()
    assert caught_up(follower, feed)
    for seed in range(20, 40):
        tell_many(feed, [seed])
        follower.wake()
        assert caught_up(follower, feed)
    assert follower.fault is None
    assert contents(generation(feed)) == whole(feed)


def test_a_woken_follower_does_not_wait_for_its_next_look(
    feed: Feed, follow: Callable[[], Follower], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 3600.0)
    follower = follow()
    for seed in range(5):
        tell_many(feed, [seed])
        follower.wake()
        assert caught_up(follower, feed)


def test_waiting_for_what_is_not_there_ends_in_time_or_when_it_closes(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    follower = follow()
    assert follower.wait_for(0, 0.0)
    assert not follower.wait_for(1, 0.01)
    waiting = threading.Thread(target=lambda: answers.append(follower.wait_for(1, SOON_SECONDS)))
    answers: list[bool] = []
    waiting.start()
    follower.close()
    waiting.join(SOON_SECONDS)
    assert answers == [False]
    with pytest.raises(StorageError, match="closed"), follower.reading():
        pass


def test_a_restarted_follower_goes_on_where_it_stopped(feed: Feed, follow: Callable[[], Follower]) -> None:
    for seeds in (range(10), range(10, 20), range(20, 30)):
        tell_many(feed, seeds, copies=2)
        follower = follow()
        assert caught_up(follower, feed)
        follower.close()
    assert numbers(feed.directory) == [1]
    assert contents(generation(feed)) == whole(feed)


def test_a_ledgers_commit_can_be_waited_for(tmp_path: Path) -> None:
    with TestLedger.with_programme(tmp_path) as town:
        follower = follower_of(town.path, town.ledger.reader)
        receipt = town.submit("financing.changed", PROGRAMME, lines("150.00"), effective="2025-02-01")
        follower.wake()
        assert follower.wait_for(receipt.index + 1, SOON_SECONDS)
        with follower.reading() as reading:
            state = read_state(reading, PROGRAMME_ID, DAY)["state"]
            (programme,) = read_programmes(reading, DAY, after="", limit=10)
        assert state["financing"]["1.1"]["2025"]["local"] == "150.00"
        assert programme["last_index"] == receipt.index
        follower.close()


def test_two_followers_of_one_directory_do_not_harm_each_other(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    tell_many(feed, range(5))
    one, other = follow(), follow()
    for seed in range(5, 25):
        tell_many(feed, [seed])
        one.wake()
        other.wake()
        assert caught_up(one, feed)
        assert caught_up(other, feed)
    assert contents(generation(feed)) == whole(feed)


# Rebuilding beside readers.


class Readers:
    """Threads that read without pause: a state that may not change, and a newest position that may
    not go back. The first thing that one of them finds wrong is kept."""

    def __init__(self, follower: Follower, told: list[Told], position: int) -> None:
        self.reads = 0
        self.wrong: list[BaseException] = []
        self._stop = threading.Event()
        self._told, self._position = told, position
        self._expected = states(follower, told, position)
        self._threads = [threading.Thread(target=self._read, args=(follower,)) for _ in range(4)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(SOON_SECONDS)

    def _read(self, follower: Follower) -> None:
        newest = self._position
        try:
            while not self._stop.is_set():
                assert states(follower, self._told, self._position) == self._expected
                with follower.reading() as reading:
                    assert reading.position >= newest, f"{reading.position} after {newest}"
                    newest = reading.position
                self.reads += 1
        except BaseException as error:  # noqa: BLE001 -- the test's own thread raises it
            self.wrong.append(error)


def test_rebuilds_by_others_are_taken_up_and_readers_never_notice(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    told = tell_many(feed, range(4))
    follower = follow()
    assert caught_up(follower, feed)
    with Readers(follower, told, feed.size) as readers:
        for seed in range(50, 55):
            old, reads = generation(feed), readers.reads
            tell_many(feed, [seed])
            thread = threading.Thread(target=rebuilt, args=(feed.directory, feed.reader))
            thread.start()
            tell_many(feed, [seed + 100])
            follower.wake()
            thread.join(SOON_SECONDS)
            eventually(lambda: not old.exists())  # noqa: B023 -- called at once
            assert caught_up(follower, feed)
            eventually(lambda: readers.reads > reads + 8 or bool(readers.wrong))  # noqa: B023
    assert readers.wrong == []
    assert numbers(feed.directory) == [6]
    assert contents(generation(feed)) == whole(feed)


def test_a_reader_may_keep_an_old_generation_open_while_another_one_is_taken_up(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    told = tell_many(feed, range(3))
    follower = follow()
    assert caught_up(follower, feed)
    expected, old = states(follower, told, feed.size), generation(feed)
    with follower.reading() as reading:
        rebuilt(feed.directory, feed.reader)
        # A file goes at once; tables go when nobody reads them.
        eventually(lambda: not old.exists() if isinstance(old, Path) else follower._name != old.name)
        assert {name: read_state(reading, name, DAY)["state_hash"] for name in expected} == expected
    assert states(follower, told, feed.size) == expected
    eventually(lambda: not old.exists())


def test_a_rebuild_that_is_behind_is_caught_up_before_readers_see_it(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    """Entries come while the new generation is made: its builder stopped before them."""
    tell_many(feed, range(3))
    follower = follow()
    assert caught_up(follower, feed)
    behind = feed.size

    def stop_there(applied: int, size: int) -> None:
        if feed.size == behind:
            tell_many(feed, range(3, 30))
            follower.wake()
            assert caught_up(follower, feed)

    old, head, seen = generation(feed), feed.reader.head(), []
    advance = follower._advance

    def note(position: int) -> None:
        seen.append(position)
        advance(position)

    with patch.object(feed.reader, "head", return_value=head), patch.object(follower, "_advance", note):
        rebuilt(feed.directory, feed.reader, stop_there)
        eventually(lambda: not old.exists())
    assert seen == sorted(seen)
    with follower.reading() as reading:
        assert reading.position == feed.size


# Failing, and going on.


def failing(times: int, error: Exception) -> Any:
    """The next batches fail after they have written, and before they are committed."""
    left = [times]
    real = _Batch.flush

    def flush(batch: _Batch) -> None:
        real(batch)
        if left[0]:
            left[0] -= 1
            raise error

    return patch.object(_Batch, "flush", flush)


@pytest.mark.parametrize(
    "error",
    [sqlite3.OperationalError("disk I/O error (planted)"), KeyError("planted"), MemoryError("planted")],
    ids=lambda error: type(error).__name__,
)
def test_a_batch_that_failed_is_applied_later_and_nothing_is_skipped(
    error: Exception, feed: Feed, follow: Callable[[], Follower]
) -> None:
    tell_many(feed, range(3))
    follower = follow()
    assert caught_up(follower, feed)
    with failing(3, error):
        tell_many(feed, range(3, 20), copies=2)
        follower.wake()
        assert caught_up(follower, feed)
    eventually(lambda: follower.fault is None)
    assert contents(generation(feed)) == whole(feed)


def test_while_an_entry_cannot_be_applied_the_follower_says_so_and_answers_what_it_has(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    told = tell_many(feed, range(3))
    follower = follow()
    assert caught_up(follower, feed)
    position, expected = feed.size, states(follower, told, feed.size)
    with failing(10**9, RuntimeError("planted")):
        tell_many(feed, range(3, 6))
        follower.wake()
        eventually(lambda: follower.fault is not None)
        assert "planted" in (follower.fault or "")
        assert (follower.position, follower.wait_for(position + 1, 0.05)) == (position, False)
        assert states(follower, told, position) == expected
    assert caught_up(follower, feed)
    eventually(lambda: follower.fault is None)
    assert contents(generation(feed)) == whole(feed)


@pytest.mark.parametrize("after", [False, True], ids=["not done", "done all the same"])
def test_a_commit_whose_outcome_is_unknown_is_looked_up(
    after: bool, feed: Feed, follow: Callable[[], Follower]
) -> None:
    tell_many(feed, range(3))
    follower = follow()
    assert caught_up(follower, feed)
    tell_many(feed, range(3, 10))
    with failing_commit(after=after):
        follower.wake()
        eventually(lambda: follower.fault is not None)
    assert caught_up(follower, feed)
    eventually(lambda: follower.fault is None)
    assert contents(generation(feed)) == whole(feed)


def test_a_rebuild_that_fails_leaves_the_old_generation_and_nothing_of_itself(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    told = tell_many(feed, range(3))
    follower = follow()
    assert caught_up(follower, feed)
    expected, before = states(follower, told, feed.size), sorted(feed.directory.iterdir())
    there = numbers(feed.directory)
    with failing(1, RuntimeError("planted")), pytest.raises(RuntimeError, match="planted"):
        rebuilt(feed.directory, feed.reader)
    assert (sorted(feed.directory.iterdir()), numbers(feed.directory)) == (before, there)
    assert states(follower, told, feed.size) == expected


def test_a_rebuild_tells_how_far_it_is(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.rebuild.BATCH_ENTRIES", 20)
    tell_many(feed, range(10))
    said: list[tuple[int, int]] = []
    rebuilt(feed.directory, feed.reader, lambda applied, size: said.append((applied, size)))
    assert said == [(min(n + 20, feed.size), feed.size) for n in range(0, feed.size, 20)]
