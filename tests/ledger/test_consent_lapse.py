"""How long a proposal stands: by the policy in force at its own place, to the end of its last day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Refusal
from ledger.ids import body_stream
from projections.proposals import read_proposal
from tests.projections.tables import Tables
from tests.support.clock import utc
from tests.support.council import (
    MAYOR,
    MONEY,
    NEWCOMER,
    agreed,
    council_town,
    enacts,
    policy,
    propose,
    set_policy,
)
from tests.support.people import COUNCIL, FOREIGN, OFFICE_KINDS, Official
from tests.support.town import PROGRAMME, TestLedger, lines

SAID = lines("170.00")
# Proposed on the first of September, the last day of thirty is the first of October.
LAST, OVER = "2025-10-01T20:59:59", "2025-10-01T21:00:00"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def enact(town: TestLedger, proposal: str) -> Any:
    envelope = town.envelope(MONEY, PROGRAMME, SAID, relations=enacts(proposal))
    return town.outcome([envelope])


def lapsed(outcome: Any) -> bool:
    if not isinstance(outcome, Refusal):
        return False
    assert (outcome.code, outcome.details["how"]) == ("proposal-closed", "lapsed")
    return True


def test_a_proposal_lapses_when_more_days_than_allowed_have_passed(town: TestLedger) -> None:
    set_policy(town, lapse_days=30)
    proposal = propose(town, SAID)
    town.clock.set(utc(LAST))
    town.submit("change.endorsed", PROGRAMME, agreed(town, proposal), by=MAYOR)
    town.clock.set(utc(OVER))
    assert lapsed(enact(town, proposal))


@pytest.mark.parametrize("kind", ["change.endorsed", "change.refused", "change.withdrawn"])
def test_a_lapsed_proposal_takes_no_statements(town: TestLedger, kind: str) -> None:
    said = set_policy(town, lapse_days=30)
    proposal = propose(town, SAID)
    town.clock.set(utc(OVER))
    data = {
        "change.endorsed": agreed(town, proposal),
        "change.refused": agreed(town, proposal) | {"reason": "Ні"},
        "change.withdrawn": {"proposal": proposal},
    }[kind]
    refusal = town.refused(kind, PROGRAMME, data)
    assert lapsed(refusal)
    assert refusal.details["policy"] == said


def test_zero_days_are_the_day_of_the_proposal_itself(town: TestLedger) -> None:
    set_policy(town, lapse_days=0)
    proposal = propose(town, SAID)
    town.clock.set(utc("2025-09-01T20:59:59"))
    assert not lapsed(enact(town, proposal))


def test_zero_days_are_over_at_midnight(town: TestLedger) -> None:
    set_policy(town, lapse_days=0)
    proposal = propose(town, SAID)
    town.clock.set(utc("2025-09-01T21:00:00"))
    assert lapsed(enact(town, proposal))


def test_without_a_policy_a_proposal_does_not_lapse(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    town.clock.set(utc("2027-09-01T09:00:00"))
    assert not lapsed(enact(town, proposal))


def test_the_shortest_of_several_times_counts(town: TestLedger) -> None:
    set_policy(town, name="long", lapse_days=90)
    short = set_policy(town, name="short", where="root", lapse_days=30)
    proposal = propose(town, SAID)
    town.clock.set(utc(OVER))
    refusal = enact(town, proposal)
    assert lapsed(refusal)
    assert refusal.details["policy"] == short


def test_a_proposal_lapses_by_the_policy_in_force_at_its_own_place(town: TestLedger) -> None:
    """Nothing is ever retroactive: a shorter time set later does not close what stands."""
    set_policy(town, lapse_days=90)
    proposal = propose(town, SAID)
    set_policy(town, lapse_days=3)
    later = propose(town, lines("171.00"))
    town.clock.set(utc(OVER))
    assert not lapsed(enact(town, proposal))
    refused = town.outcome([town.envelope(MONEY, PROGRAMME, lines("171.00"), relations=enacts(later))])
    assert lapsed(refused)


def test_a_policy_that_starts_later_is_not_the_one_of_its_place(town: TestLedger) -> None:
    set_policy(town, start="2025-09-02", lapse_days=3)
    proposal = propose(town, SAID)
    town.clock.set(utc(OVER))
    assert not lapsed(enact(town, proposal))


def test_a_time_that_was_ended_later_still_counts_for_what_it_governed(town: TestLedger) -> None:
    set_policy(town, lapse_days=30)
    proposal = propose(town, SAID)
    set_policy(town)
    town.clock.set(utc(OVER))
    assert lapsed(enact(town, proposal))


def test_another_programmes_time_is_not_this_ones(town: TestLedger) -> None:
    set_policy(town, programme="town-second-2025", lapse_days=3)
    proposal = propose(town, SAID)
    town.clock.set(utc(OVER))
    assert not lapsed(enact(town, proposal))


# -- bodies that are said to have changed since ----------------------------------------------------

CITY, REGION = "city-council", "region"
HEAD = Official(NEWCOMER.person, "city-head", CITY, NEWCOMER.key, OFFICE_KINDS)


def open_city(town: TestLedger) -> None:
    """A body beside the council, with an office."""
    town.submit("body.opened", "root", {"body": CITY, "name": "Рада громади"})
    for kind, subject, data in town.enrolment(HEAD):
        town.submit(kind, subject, data)


def open_region(town: TestLedger) -> None:
    town.submit("body.opened", "root", {"body": REGION, "name": "Область"})


def succeed(town: TestLedger, start: str, successor: str = CITY, **more: Any) -> str:
    data = {"body": COUNCIL, "successor": successor, "start": start}
    return town.submit("body.succeeded", "root", data, **more).event


def place_council(town: TestLedger, parent: str) -> None:
    placed = {"body": COUNCIL, "name": "Міська рада", "parent": parent}
    town.submit("body.opened", "root", placed, corrects=town.ids[f"body.opened {COUNCIL}"])


def allows(town: TestLedger, body: str, days: int, **more: Any) -> str:
    """A policy of a body under which proposals stand for so many days."""
    return town.submit("policy.set", body_stream(body), policy(lapse_days=days, **more)).event


def enact_as(town: TestLedger, proposal: str, by: Official) -> Any:
    return town.outcome([town.envelope(MONEY, PROGRAMME, SAID, relations=enacts(proposal), by=by)])


def test_a_back_dated_succession_does_not_revive_what_had_lapsed(town: TestLedger) -> None:
    """The city, above which no region is, is said afterwards to have stood for the council all the while."""
    open_city(town)
    open_region(town)
    place_council(town, REGION)
    said = allows(town, REGION, 3)
    proposal = propose(town, SAID)
    town.clock.set(utc(OVER))
    succeed(town, "2025-08-01")
    refusal = enact_as(town, proposal, HEAD)
    assert lapsed(refusal)
    assert refusal.details["policy"] == said


def test_nor_does_another_body_that_is_said_later_to_stand_above(town: TestLedger) -> None:
    """Nor what stood above is taken away: the region's time counts though the council is elsewhere now."""
    open_region(town)
    said = allows(town, REGION, 3)
    place_council(town, REGION)
    proposal = propose(town, SAID)
    place_council(town, FOREIGN)
    later = propose(town, SAID)
    town.clock.set(utc(OVER))
    town.reopen()
    refusal = enact(town, proposal)
    assert lapsed(refusal)
    assert refusal.details["policy"] == said
    assert not lapsed(enact(town, later))


def test_a_later_succession_by_a_body_that_allows_less_closes_nothing(town: TestLedger) -> None:
    open_city(town)
    set_policy(town, lapse_days=300)
    allows(town, CITY, 3)
    proposal = propose(town, SAID)
    town.clock.set(utc("2025-09-10T09:00:00"))
    succeed(town, "2025-08-01")
    town.clock.set(utc(OVER))
    town.reopen()
    assert not lapsed(enact_as(town, proposal, HEAD))


def test_a_region_above_since_then_closes_nothing(town: TestLedger) -> None:
    open_region(town)
    allows(town, REGION, 3)
    proposal = propose(town, SAID)
    place_council(town, REGION)
    later = propose(town, lines("171.00"))
    town.clock.set(utc(OVER))
    assert not lapsed(enact(town, proposal))
    relations = enacts(later)
    assert lapsed(town.outcome([town.envelope(MONEY, PROGRAMME, lines("171.00"), relations=relations)]))


def test_a_succession_that_was_known_counts_from_its_day(town: TestLedger) -> None:
    """It is registered before both proposals, and stands on the day of the second."""
    open_city(town)
    allows(town, CITY, 3)
    succeed(town, "2025-09-02")
    first = propose(town, SAID)
    town.clock.set(utc("2025-09-02T09:00:00"))
    second = propose(town, SAID, by=HEAD)
    town.clock.set(utc(OVER))
    assert not lapsed(enact_as(town, first, HEAD))
    assert lapsed(enact_as(town, second, HEAD))


def test_a_succession_that_was_voided_or_corrected_since_still_counts(town: TestLedger) -> None:
    open_city(town)
    allows(town, CITY, 3)
    slot = succeed(town, "2025-09-01")
    first = propose(town, SAID, by=HEAD)
    succeed(town, "2025-09-01", successor=FOREIGN, corrects=slot)
    town.submit("body.succeeded", "root", None, corrects=slot)
    second = propose(town, SAID)
    town.clock.set(utc(OVER))
    town.reopen()
    assert lapsed(enact(town, first))
    assert not lapsed(enact(town, second))


def test_what_is_shown_lapses_as_the_door_says(town: TestLedger, tmp_path: Path) -> None:
    open_city(town)
    set_policy(town, lapse_days=30)
    allows(town, CITY, 3)
    before = propose(town, SAID)
    slot = succeed(town, "2025-08-01")
    between = propose(town, SAID, by=HEAD)
    town.submit("body.succeeded", "root", None, corrects=slot)
    after = propose(town, SAID)
    with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
        for proposal, day in ((before, "2025-10-01"), (between, "2025-09-04"), (after, "2025-10-01")):
            shown = read_proposal(tables.reading(), "2025-09-01", proposal)
            assert shown is not None
            assert shown["lapses"]["day"] == day
