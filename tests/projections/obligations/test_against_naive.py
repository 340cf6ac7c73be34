"""Every obligation is what the raw events say, and the inbox shows the same reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.values import period_end
from projections.inbox import Wanted, read_office_inbox
from projections.obligations.core import obligations
from tests.projections.obligations.naive import Expected, naive
from tests.projections.obligations.telling import OWES, Story, Telling
from tests.support.people import FINANCIER
from tests.support.waiting import EXECUTOR, set_policy

OFFICES = (EXECUTOR.office, FINANCIER.office)


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    built = Telling(tmp_path)
    yield built
    built.close()


@pytest.mark.parametrize("seed", range(8))
def test_every_obligation_is_what_the_raw_events_say(telling: Telling, seed: int) -> None:
    check_story(telling, seed, 70)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_every_obligation_is_what_the_raw_events_say_at_length(telling: Telling, seed: int) -> None:
    check_story(telling, seed, 160)


def check_story(telling: Telling, seed: int, steps: int) -> None:
    story, told = Story(telling, seed), set[str]()
    set_policy(telling.town, OWES | {"policy": "base"})
    places = []
    for number in range(steps):
        story.step()
        places.append((telling.town.position, telling.today))
        if number % 12 == 11:
            told |= compare(telling, *places[-1])
    for position, today in story.rng.sample(places, 6):
        other = str(date.fromisoformat(today) + timedelta(days=story.rng.randint(-20, 90)))
        told |= compare(telling, position, other)
    assert len(told) >= 3, told


def compare(telling: Telling, position: int, today: str) -> set[str]:
    case = telling.case(today, position)
    found = {
        Expected(
            one.kind,
            one.item,
            one.period,
            one.due,
            one.office,
            one.status,
            one.told.first.day if one.told else None,
            one.told.corrected.day if one.told and one.told.corrected else None,
            one.told.review if one.told else None,
        )
        for one in obligations(case)
    }
    assert found == naive(telling.town, position, today), (position, today)
    compare_inbox(telling, position, today, found)
    return {one.status for one in found}


def compare_inbox(telling: Telling, position: int, today: str, found: set[Expected]) -> None:
    """What waits as `report` is due or missing; of what is over or near nothing else is."""
    week = str(date.fromisoformat(today) + timedelta(days=7))
    for office in OFFICES:
        inbox = read_office_inbox(telling.tables.reading(position), today, office, Wanted("report"))
        assert inbox is not None
        about = [(one["about"], one["due"]) for one in inbox["items"]]
        shown = {(one["kind"], one["indicator"] or one["measure"], one["period"], due) for one, due in about}
        asked = {
            (one.kind, one.item, one.period, one.due)
            for one in found
            if one.office == office and one.status in ("due", "missing")
            if period_end(one.period) < today or one.due <= week
        }
        assert shown == asked, (position, today, office)
