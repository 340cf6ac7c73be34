"""How long a proposal stands: by the policy in force at its own place, to the end of its last day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Refusal
from tests.support.clock import utc
from tests.support.council import MAYOR, MONEY, agreed, council_town, enacts, propose, set_policy
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
