"""The same log gives the same tables and the same answers on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from projections.blame import read_blame
from projections.budget import read_budget
from projections.diff import Point, read_diff
from projections.doubtful import read_doubtful
from projections.history import read_history
from projections.indicators import read_indicators
from projections.programmes import read_programmes
from projections.reading import Reading
from projections.records import read_records
from projections.reports import read_reports
from projections.state import last_concern, read_state
from tests.oracle.histories import dates_of
from tests.projections.feed import Feed
from tests.projections.suspects import Suspects
from tests.projections.tables import Tables, contents
from tests.projections.told import tell_many

SPACES = ("act", "body", "office", "mandate", "person", "key", "policy", "proposal", "observation", "report")


def answers(reading: Reading, days: list[str], rng: Random) -> Iterator[Any]:
    """All that may be asked of the programmes that are known, and of the records."""
    yield read_programmes(reading, days[-1], after="", limit=100)
    for space in SPACES:
        yield space, read_records(reading, space, bodies=None, after="", limit=10_000)
    for programme in [row["id"] for row in read_programmes(reading, days[-1], after="", limit=100)]:
        yield last_concern(reading, programme)
        yield read_history(reading, programme, before=None, limit=50)
        yield read_reports(reading, programme, days[-1], limit=50)
        yield read_budget(reading, programme, days[-1]), read_indicators(reading, programme, days[-1])
        yield read_doubtful(reading, programme).entries
        for day in days:
            yield day, read_state(reading, programme, day)
        yield from differences(reading, programme, days, rng)


def differences(reading: Reading, programme: str, days: list[str], rng: Random) -> Iterator[Any]:
    for _ in range(4):
        one, other = (Point(rng.choice(days), rng.randrange(1, reading.position + 1)) for _ in range(2))
        found = read_diff(reading, programme, one, other, limit=1000)
        yield found
        for change in found[:3]:
            yield read_blame(reading, programme, change["path"], other.as_of, below=None, limit=10)
            yield read_history(reading, programme, before=None, limit=20, prefix=change["path"])


@pytest.mark.parametrize("seed", range(3))
def test_random_histories_give_the_same_rows_and_answers(seed: int, feed: Feed, tmp_path: Path) -> None:
    rng = Random(seed)
    told = tell_many(feed, range(seed * 8, seed * 8 + 8), copies=1 + seed % 2)
    days = sorted({day.isoformat() for one in told for day in dates_of(one.entries)})[:12]
    with (
        Tables(tmp_path / "file.db", feed.reader, postgres=False) as file,
        Tables(tmp_path / "database", feed.reader, postgres=True) as database,
    ):
        while database.apply(rng.choice((1, 3, 17, 80))):
            if rng.random() < 0.2:
                database.restart()
        file.catch_up()
        assert contents(database.path) == contents(file.path)
        for position in (feed.size, rng.randrange(1, feed.size)):
            seen = rng.randrange(1 << 30)
            expected = list(answers(file.reading(position), days, Random(seen)))
            assert list(answers(database.reading(position), days, Random(seen))) == expected


@pytest.mark.parametrize("seed", range(2))
def test_doubts_are_the_same(seed: int, tmp_path: Path) -> None:
    suspects = Suspects(tmp_path / "ledger", Random(seed))
    for _ in range(60):
        suspects.step()
    suspects.feed.keep()
    with (
        Tables(tmp_path / "file.db", suspects.feed.reader, postgres=False) as file,
        Tables(tmp_path / "database", suspects.feed.reader, postgres=True) as database,
    ):
        file.catch_up()
        database.catch_up(batch=7)
        assert contents(database.path) == contents(file.path)
    suspects.feed.close()
