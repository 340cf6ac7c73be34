"""What tests of followers ask: is it there yet, what does it hold, does it hold all of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from projections.follower import Follower
from projections.state import read_state
from tests.projections.feed import Feed
from tests.projections.generations import Made, in_use
from tests.projections.tables import Rows, Tables, contents
from tests.projections.told import Told

DAY = "2025-12-31"
SOON_SECONDS = 20.0


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + SOON_SECONDS
    while not condition():
        assert time.monotonic() < until, "it never came to pass"
        time.sleep(0.001)


def caught_up(follower: Follower, feed: Feed) -> bool:
    return follower.wait_for(feed.size, SOON_SECONDS)


def generation(feed: Feed) -> Made:
    """The generation in use."""
    made = in_use(feed.directory)
    assert made is not None
    return made


def whole(feed: Feed) -> Rows:
    """The tables that a single pass over the log makes."""
    path = feed.directory / "whole.db"
    with Tables(path, feed.reader) as tables:
        tables.catch_up()
        return contents(path)


def states(follower: Follower, told: Sequence[Told], position: int) -> dict[str, str]:
    """Programme → the hash of its state at a position that must be applied."""
    with follower.reading(position) as reading:
        assert reading.position == position
        return {
            programme: read_state(reading, programme, DAY)["state_hash"]
            for one in told
            for programme in one.programmes
        }
