"""What tests of the read side start from: both programmes, a log to fill, followers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projections import follower as module
from projections.follower import Follower
from tests.projections.adopted import BELZ, RIVERSIDE, Adopted
from tests.projections.feed import Feed
from tests.projections.generations import follower_of


@pytest.fixture
def belz(tmp_path: Path) -> Iterator[Adopted]:
    """The real programme, in force from 21 February 2025."""
    with Adopted(tmp_path, BELZ) as adopted:
        adopted.bring_into_force("2025-02-21")
        yield adopted


@pytest.fixture
def riverside(tmp_path: Path) -> Iterator[Adopted]:
    """The invented one, in force from 1 January 2030."""
    with Adopted(tmp_path, RIVERSIDE) as adopted:
        yield adopted


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    """An empty log in a directory of its own."""
    feed = Feed(tmp_path / "ledger")
    yield feed
    feed.close()


@pytest.fixture
def follow(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Follower]]:
    """Start followers of the feed, which are closed at the end.

    Their batches are small, and a failed one is tried again soon.
    """
    monkeypatch.setattr(module, "POLL_SECONDS", 0.005)
    monkeypatch.setattr(module, "BATCH_ENTRIES", 7)
    started: list[Follower] = []

    def start() -> Follower:
        started.append(follower_of(feed.directory, feed.reader))
        return started[-1]

    yield start
    for follower in started:
        follower.close()
