"""Which position a question means: batches are never cut, days end where the ledger lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ledger.clock import format_instant
from ledger.store.base import LogReader
from projections.positions import Known, at_day, at_instant, at_position, day_of
from tests.projections.feed import Feed
from tests.support.clock import START, utc
from tests.support.town import PROGRAMME, TestLedger, lines

KYIV = ZoneInfo("Europe/Kyiv")


@contextmanager
def log_of(directory: Path, instants: Sequence[datetime]) -> Iterator[LogReader]:
    """A log whose entries were recorded at these instants; equal neighbours are a batch."""
    texts = [format_instant(moment) for moment in instants]
    feed = Feed(directory, recorded_at=lambda index: texts[index])
    for _ in instants:
        feed.say("act.registered", "body:council", {})
    feed.keep()
    yield feed.reader
    feed.close()


def batches_of(*sizes: int, apart: timedelta = timedelta(hours=1)) -> list[datetime]:
    return [START + n * apart for n, size in enumerate(sizes) for _ in range(size)]


# Positions.


@pytest.mark.parametrize("sizes", [(1, 1, 1), (3, 1, 2), (256, 256, 1), (1, 256, 255), (5,)], ids=str)
def test_a_position_inside_a_batch_means_the_batchs_start(sizes: tuple[int, ...], tmp_path: Path) -> None:
    whole = {0, *accumulate(sizes)}
    instants = batches_of(*sizes)
    with log_of(tmp_path, instants) as log:
        near = {one + n for one in whole for n in (-2, -1, 0, 1, 2, 100)}
        for position in sorted(near & {*range(sum(sizes) + 1)}):
            expected = max(one for one in whole if one <= position)
            recorded_at = format_instant(instants[expected - 1]) if expected else ""
            assert at_position(log, position) == Known(expected, recorded_at)


def test_a_batch_that_was_signed_and_submitted_is_not_cut(tmp_path: Path) -> None:
    with TestLedger.with_programme(tmp_path) as town:
        start = town.position
        asked = [
            town.envelope("financing.changed", PROGRAMME, lines(amount), effective=day)
            for amount, day in (("1.00", "2025-03-01"), ("2.00", "2025-03-02"), ("3.00", "2025-03-03"))
        ]
        town.submit_all(asked)
        log = town.ledger.reader
        said = [at_position(log, position).position for position in range(start, start + 4)]
        assert said == [start, start, start, start + 3]


# Instants.


def test_an_instant_takes_what_was_recorded_until_then_and_at_it(tmp_path: Path) -> None:
    with log_of(tmp_path, batches_of(2, 1, 3)) as log:
        tick = timedelta(microseconds=1)
        said = {
            moment: at_instant(log, moment, 6).position
            for hour in range(3)
            for moment in (START + timedelta(hours=hour) - tick, START + timedelta(hours=hour))
        }
        assert list(said.values()) == [0, 2, 2, 3, 3, 6]
        assert at_instant(log, START + timedelta(days=365), 6) == Known(
            6, format_instant(START + timedelta(hours=2))
        )


def test_an_instant_of_another_zone_is_the_same_instant(tmp_path: Path) -> None:
    with log_of(tmp_path, batches_of(2, 1, 3)) as log:
        moment = START + timedelta(hours=1)
        assert at_instant(log, moment.astimezone(KYIV), 6) == at_instant(log, moment, 6)


# Days.


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        ("2025-01-15", "2025-01-15T22:00:00"),
        ("2025-07-15", "2025-07-15T21:00:00"),
        ("2025-03-29", "2025-03-29T22:00:00"),
        ("2025-03-30", "2025-03-30T21:00:00"),
        ("2025-10-25", "2025-10-25T21:00:00"),
        ("2025-10-26", "2025-10-26T22:00:00"),
        ("2025-12-31", "2025-12-31T22:00:00"),
    ],
    ids=["winter", "summer", "before spring", "spring", "before autumn", "autumn", "year's end"],
)
def test_a_day_ends_at_midnight_in_kyiv(day: str, ends: str, tmp_path: Path) -> None:
    end, tick = utc(ends), timedelta(microseconds=1)
    with log_of(tmp_path, [end - timedelta(days=2), end - tick, end, end + timedelta(days=1)]) as log:
        assert at_day(log, day, KYIV, 4) == Known(2, format_instant(end - tick))
        assert day_of(format_instant(end - tick), KYIV) == day
        assert day_of(format_instant(end), KYIV) > day


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-01", 24)])
def test_the_days_on_which_the_clocks_change_are_an_hour_shorter_and_longer(
    day: str, hours: int, tmp_path: Path
) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=KYIV).astimezone(UTC)
    with log_of(tmp_path, [noon + timedelta(hours=n) for n in range(-48, 49)]) as log:
        yesterday = (noon - timedelta(days=1)).date().isoformat()
        assert at_day(log, day, KYIV, 97).position - at_day(log, yesterday, KYIV, 97).position == hours


def test_before_the_opening_nothing_is_known(tmp_path: Path) -> None:
    with log_of(tmp_path, batches_of(3, 1)) as log:
        nothing = Known(0, "")
        assert at_position(log, 0) == nothing
        assert at_instant(log, START - timedelta(microseconds=1), 4) == nothing
        assert at_day(log, "2025-08-31", KYIV, 4) == nothing
        assert at_day(log, "2025-09-01", KYIV, 4).position == 4


def test_an_empty_log_knows_nothing_whatever_is_asked(tmp_path: Path) -> None:
    feed = Feed(tmp_path)
    asked: list[Callable[[], Known]] = [
        lambda: at_position(feed.reader, 0),
        lambda: at_instant(feed.reader, START, 0),
        lambda: at_day(feed.reader, "2025-09-01", KYIV, 0),
    ]
    assert [ask() for ask in asked] == [Known(0, "")] * 3
    feed.close()


# By definition, over random logs.


def by_definition(instants: Sequence[datetime], head: int, limit: datetime, *, inclusive: bool) -> int:
    """How many of the first `head` entries are in time, less a batch that the head cuts."""
    taken = sum(one <= limit if inclusive else one < limit for one in instants[:head])
    while 0 < taken < len(instants) and instants[taken] == instants[taken - 1]:
        taken -= 1
    return taken


@pytest.mark.parametrize("seed", range(8))
def test_every_answer_is_the_definitions_also_when_the_head_cuts_a_batch(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    sizes = [rng.choice((1, 1, 2, 3, 40)) for _ in range(12)]
    instants = batches_of(*sizes, apart=timedelta(hours=rng.choice((1, 7, 11))))
    with log_of(tmp_path, instants) as log:
        for _ in range(120):
            head = rng.choice((len(instants), rng.randint(0, len(instants))))
            moment = rng.choice(instants) + timedelta(microseconds=rng.choice((-1, 0, 1)))
            expected = by_definition(instants, head, moment, inclusive=True)
            assert at_instant(log, moment, head).position == expected
            day = (moment.astimezone(KYIV) - timedelta(days=rng.choice((0, 1)))).date()
            following = day + timedelta(days=1)
            end = datetime(following.year, following.month, following.day, tzinfo=KYIV)
            expected = by_definition(instants, head, end, inclusive=False)
            assert at_day(log, day.isoformat(), KYIV, head).position == expected
