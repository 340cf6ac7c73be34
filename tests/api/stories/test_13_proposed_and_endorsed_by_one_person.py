"""13. «Хто сам запропонував і погодив?»

The mayor also sits in the budget commission, and has another key there. In a small council that
is lawful: without a policy it is recorded, and visible, because persons are compared, not keys
or offices. A policy that asks for other persons refuses it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.stories.story import CHANGE, Begin, Story
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    TREASURER,
    agreed,
    asks,
    change,
    enacts,
    policy,
)
from tests.support.people import SECRETARY, Official, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, line, lines, remember

# The same person in another office, with a key that only the commission accepted.
MAYOR_THERE = MEMBER.using(remember(key_of("mayor, in the commission")))


def new_key(story: Story) -> None:
    """Given: one person, two offices, two keys."""
    data = story.town.key_data(MAYOR_THERE)
    story.tell("key", "key.enrolled", data, subject=f"body:{MAYOR_THERE.body}")


def propose(story: Story, name: str, by: Official, amount: str = "1.00", measure: str = "1.2") -> None:
    wanted = change(lines(line(amount, measure=measure)))
    story.tell(name, "change.proposed", {"change": wanted, "note": name}, by=by)


def endorsement(story: Story, proposal: str) -> dict[str, Any]:
    return agreed(story.town, story.events[proposal])


def endorse(story: Story, proposal: str, by: Official) -> None:
    story.tell(f"{by.office} on {proposal}", "change.endorsed", endorsement(story, proposal), by=by)


def enact(story: Story, proposal: str, by: Official, **more: Any) -> None:
    said = lines(line("1.00", measure="1.2"))
    relations = enacts(story.events[proposal])
    story.tell(f"enacted {proposal}", CHANGE, said, by=by, relations=relations, **more)


def pairs(story: Story) -> set[tuple[str, str]]:
    """The answer: proposals that somebody endorsed who had proposed them, by person."""
    items = story.json(f"/v1/proposals?programme={PROGRAMME_ID}")["items"]
    return {
        (item["event"], voice["person"])
        for item in items
        for voice in item["voices"]
        if voice["endorses"] and voice["person"] in {one["person"] for one in item["proposers"]}
    }


@pytest.fixture(scope="module")
def lawful(begin: Begin) -> Story:
    """No policy: the mayor proposes, endorses for the commission and enacts; the secretary does not."""
    story = begin()
    new_key(story)
    propose(story, "own", MAYOR)
    endorse(story, "own", MAYOR_THERE)
    enact(story, "own", MAYOR)
    propose(story, "other", SECRETARY, "2.00")
    endorse(story, "other", MAYOR_THERE)
    return story


def test_without_a_policy_it_is_recorded_and_found_by_person(lawful: Story) -> None:
    assert pairs(lawful) == {(lawful.events["own"], MAYOR.person)}


def test_neither_the_key_nor_the_office_hides_the_person(lawful: Story) -> None:
    item = lawful.json(f"/v1/proposals/{lawful.events['own']}")["item"]
    (proposer,), (voice,) = item["proposers"], item["voices"]
    assert (proposer["person"], voice["person"]) == (MAYOR.person, MAYOR.person)
    assert (proposer["office"], voice["office"]) == (MAYOR.office, MAYOR_THERE.office)
    proposed, endorsed = (lawful.event(name)["signers"][0] for name in ("own", "budget-member on own"))
    assert (proposed["kid"], endorsed["kid"]) == (MAYOR.key.public.kid, MAYOR_THERE.key.public.kid)
    assert proposed["kid"] != endorsed["kid"] == voice["kid"]
    assert voice["event"] == lawful.events["budget-member on own"]


def test_the_decision_says_who_proposed_and_who_signed_it(lawful: Story) -> None:
    consent = lawful.event("enacted own")["consent"]
    assert consent["proposal"] == lawful.events["own"]
    assert consent["proposer_persons"] == consent["signer_persons"] == [MAYOR.person]
    assert (consent["met"], consent["tallies"]) == (None, [])  # nobody asks for anything: not configured
    for name in ("own", "budget-member on own", "enacted own"):
        assert lawful.proven(name).event_id() == lawful.events[name]


@pytest.fixture(scope="module")
def strict(begin: Begin) -> Story:
    """A policy asks for two endorsements by other persons; one proposal is older than it."""
    story = begin()
    new_key(story)
    propose(story, "older", MAYOR)
    endorse(story, "older", MAYOR_THERE)
    rules = [asks(MAYOR, MEMBER, CHAIR, needed=2, shortfall="acknowledge")]
    story.tell("policy", "policy.set", policy(rules=rules), subject=COUNCIL_STREAM)
    propose(story, "own", MAYOR)
    propose(story, "other", SECRETARY)
    endorse(story, "other", MAYOR)
    return story


@pytest.mark.parametrize("official", [MAYOR, MEMBER, MAYOR_THERE], ids=["same-office", "office", "key"])
def test_where_other_persons_are_asked_a_proposer_is_refused(strict: Story, official: Official) -> None:
    said = strict.town.envelope("change.endorsed", PROGRAMME, endorsement(strict, "own"), by=official)
    assert strict.refusal(said, 403, "self-endorsement")["policy"] == strict.events["policy"]


def test_one_person_does_not_endorse_for_two_offices(strict: Story) -> None:
    said = strict.town.envelope("change.endorsed", PROGRAMME, endorsement(strict, "other"), by=MAYOR_THERE)
    assert strict.refusal(said, 403, "same-person")["policy"] == strict.events["policy"]
    assert strict.json(f"/v1/proposals/{strict.events['other']}")["item"]["voices"][0]["office"] == "mayor"


def test_nor_does_one_person_sign_one_endorsement_for_two_offices(strict: Story) -> None:
    both = (MAYOR, MAYOR_THERE)
    propose(strict, "third", SECRETARY, "3.00")
    said = strict.town.envelope("change.endorsed", PROGRAMME, endorsement(strict, "third"), by=both)
    assert strict.refusal(said, 403, "same-person")["policy"] == strict.events["policy"]


def test_what_was_endorsed_before_the_policy_is_not_counted_under_it(strict: Story) -> None:
    said = lines(line("1.00", measure="1.2"))
    relations = enacts(strict.events["older"])
    bare = strict.town.envelope(CHANGE, PROGRAMME, said, relations=relations)
    (asked,) = strict.questions(bare)
    assert (asked["code"], asked["needed"], asked["counted"]) == ("endorsements-missing", 2, 0)
    why = {one["office"]: one["why"] for one in asked["lacking"]}
    assert why == {"mayor": "missing", "budget-member": "self", "budget-chair": "missing"}


@pytest.fixture(scope="module")
def loose(begin: Begin) -> Story:
    """The policy asks for offices, and says that they need not be other persons."""
    story = begin()
    new_key(story)
    rules = [asks(MEMBER, TREASURER, other_persons=False)]
    story.tell("policy", "policy.set", policy(rules=rules), subject=COUNCIL_STREAM)
    propose(story, "own", MAYOR)
    endorse(story, "own", MAYOR_THERE)
    endorse(story, "own", TREASURER)
    enact(story, "own", MAYOR)
    return story


def test_where_the_policy_allows_it_the_endorsement_counts_and_the_pair_is_shown(loose: Story) -> None:
    (tally,) = loose.event("enacted own")["consent"]["tallies"]
    assert (tally["policy"], tally["met"], tally["lacking"]) == (loose.events["policy"], True, [])
    counted = {(one["person"], one["event"]) for one in tally["counted"]}
    assert (MAYOR.person, loose.events["budget-member on own"]) in counted
    assert pairs(loose) == {(loose.events["own"], MAYOR.person)}
