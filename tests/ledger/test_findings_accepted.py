"""Findings left as they are: who takes that back, and what is remarked about a finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.policy import Policy, Publication, Within, publication_of
from tests.ledger.refusals.treasury import FINDING
from tests.support.council import CHAIR, MAYOR, MEMBER, TREASURER, council_town, set_policy
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger

KIND = "finding.accepted"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def accept(town: TestLedger, by: Any = CHAIR, **change: Any) -> str:
    return town.submit(KIND, PROGRAMME, FINDING | change, by=by).event


def not_the_author(town: TestLedger, data: Any, slot: str, by: Any, at: int = 0) -> list[str]:
    """The offices that could do it, as the refusal tells."""
    refusal = town.refused(KIND, PROGRAMME, data, by=by, corrects=slot)
    assert (refusal.code, refusal.pointer) == ("not-the-author", f"/signers/{at}/office")
    return [one["office"] for one in refusal.details["instead"]]


def test_a_finding_is_accepted_by_whoever_may_and_no_cell_changes(town: TestLedger) -> None:
    before = town.timeline().cells
    accept(town, MAYOR)
    accept(town, SECRETARY)  # who registered the decision that it is about, too: people judge
    assert town.timeline().cells == before


@pytest.mark.parametrize("finding", ["DOC-DATE:", "FIN-OVER:/financing/1.1/2025/local", "IND-DYN:і «два»"])
def test_a_findings_key_is_what_its_rule_makes_it(town: TestLedger, finding: str) -> None:
    assert accept(town, finding=finding)


@pytest.mark.parametrize("data", [FINDING | {"reason": "Інакше"}, None], ids=["corrected", "voided"])
def test_an_acceptance_is_corrected_and_voided_by_no_other_office(town: TestLedger, data: Any) -> None:
    slot = accept(town)
    for by in (MAYOR, TREASURER, MEMBER, SECRETARY):
        assert not_the_author(town, data, slot, by) == ["budget-chair"]
    assert not_the_author(town, data, slot, [CHAIR, MEMBER], at=1) == ["budget-chair"]
    town.submit(KIND, PROGRAMME, data, by=CHAIR, corrects=slot)


def test_of_offices_that_accepted_together_each_takes_back_also_what_the_other_corrected(
    town: TestLedger,
) -> None:
    slot = accept(town, [CHAIR, TREASURER])
    town.submit(KIND, PROGRAMME, FINDING | {"reason": "Інакше"}, by=TREASURER, corrects=slot)
    assert not_the_author(town, None, slot, MAYOR) == ["budget-chair", "treasurer"]
    town.submit(KIND, PROGRAMME, None, by=CHAIR, corrects=slot)
    assert not_the_author(town, FINDING, slot, MAYOR) == ["budget-chair", "treasurer"]


def test_whose_an_acceptance_is_is_known_after_a_restart(town: TestLedger) -> None:
    slot = accept(town, TREASURER)
    town.reopen()
    assert not_the_author(town, None, slot, MAYOR) == ["treasurer"]


def test_a_finding_is_observed_also_as_of_a_day_and_also_one_that_is_gone(town: TestLedger) -> None:
    about = {"finding": "FIN-OVER:/financing/1.1/2025/local"}
    for more in ({}, {"as_of": "2025-06-30"}):
        data = {"about": about | more, "text": "Чому?", "to": "treasurer"}
        slot = town.submit("observation.made", PROGRAMME, data, by=CHAIR).event
        assert town.programme().observations[slot].to == "treasurer"
    answer = {"observation": slot, "text": "Тому що", "outcome": "explained"}
    town.submit("observation.answered", PROGRAMME, answer, by=TREASURER)


# -- the time to publish ----------------------------------------------------------------------------


def stated(town: TestLedger) -> list[Policy]:
    return list(town.world(COUNCIL_STREAM).bodies["town-council"].policies)


def test_where_no_policy_says_when_to_publish_nothing_is_configured(town: TestLedger) -> None:
    set_policy(town, policy="lapse", lapse_days=3)
    assert publication_of(stated(town), "acts") is None
    assert publication_of([], "datasets") is None


def test_the_newest_policy_says_within_how_many_days_to_publish(town: TestLedger) -> None:
    set_policy(town, policy="a", publication={"acts": {"days": 5, "working": False}})
    set_policy(town, policy="b", publication={"datasets": {"days": 3}})
    set_policy(town, policy="c", publication={"datasets": {"days": 7}})
    policies = stated(town)
    assert publication_of(policies, "acts") == (policies[0], Within(days=5, working=False))
    assert publication_of(policies, "datasets") == (policies[2], Within(days=7, working=True))
    assert policies[1].said.publication == Publication(datasets=Within(days=3))


def test_a_policy_that_only_says_when_to_publish_does_not_end_itself(town: TestLedger) -> None:
    set_policy(town, policy="a", publication={"acts": {"days": 366}})
    (policy,) = stated(town)
    assert not policy.said.ends
