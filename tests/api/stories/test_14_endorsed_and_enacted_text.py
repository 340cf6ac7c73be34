"""14. «Чи погоджено саме цей текст?»

A policy asks the mayor and the head of the commission to endorse changes of the plan; what lacks
may be acknowledged. One decision is enacted as it was endorsed, one was changed from the floor.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.door import problem_of
from tests.api.stories.story import CHANGE, Begin, Story
from tests.support.council import CHAIR, MAYOR, agreed, asks, change, content_of, enacts, policy
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, PROGRAMME, line, lines

FLOOR = "З голосу: 155 замість 150"
BOTH = ["other-text", "endorsements-missing"]


def first(amount: str) -> dict[str, Any]:
    return lines(line(amount, stated_old="160.00"))


def second(amount: str) -> dict[str, Any]:
    return lines(line(amount, measure="1.2"))


def propose(story: Story, name: str, data: dict[str, Any]) -> None:
    story.tell(name, "change.proposed", {"change": change(data), "note": ""})


def endorse(story: Story, proposal: str) -> None:
    for official in (MAYOR, CHAIR):
        data = agreed(story.town, story.events[proposal])
        story.tell(f"{official.office} on {proposal}", "change.endorsed", data, by=official)


@pytest.fixture(scope="module")
def story(begin: Begin) -> Story:
    story = begin()
    # Given
    rules = [asks(MAYOR, CHAIR, shortfall="acknowledge")]
    story.tell("policy", "policy.set", policy(rules=rules), subject=COUNCIL_STREAM)
    # When: the same text.
    propose(story, "plain", second("7.00"))
    endorse(story, "plain")
    story.tell("as endorsed", CHANGE, second("7.00"), relations=enacts(story.events["plain"]))
    # When: another text than the endorsed one.
    propose(story, "debated", first("150.00"))
    endorse(story, "debated")
    story.kept["asked"] = story.post(floor(story))
    story.tell("from the floor", CHANGE, first("155.00"), **from_floor(story, acknowledges=BOTH))
    # And two proposals that are still open, of which one says the same as the endorsed one.
    propose(story, "open", second("8.00"))
    endorse(story, "open")
    propose(story, "twin", second("8.00"))
    return story


def from_floor(story: Story, **more: Any) -> dict[str, Any]:
    return {"relations": enacts(story.events["debated"]), "reason": FLOOR, **more}


def floor(story: Story) -> Any:
    return story.town.envelope(CHANGE, PROGRAMME, first("155.00"), **from_floor(story))


def voices(story: Story, proposal: str) -> list[str]:
    """Who spoke on it, as the story calls the events."""
    item = story.json(f"/v1/proposals/{story.events[proposal]}")["item"]
    return story.names(voice["event"] for voice in item["voices"])


def test_the_same_text_counts_with_every_endorsement_behind_it(story: Story) -> None:
    consent = story.event("as endorsed")["consent"]
    assert (consent["proposal"], consent["same_text"]) == (story.events["plain"], True)
    assert (consent["differences"], consent["differences_total"]) == ([], 0)
    (tally,) = consent["tallies"]
    assert (tally["policy"], tally["met"]) == (story.events["policy"], True)
    counted = story.names(one["event"] for one in tally["counted"])
    assert counted == ["mayor on plain", "budget-chair on plain"]
    item = story.json(f"/v1/proposals/{story.events['plain']}")["item"]
    assert (item["state"], item["closed_by"]) == ("enacted", story.events["as endorsed"])


def test_each_endorsement_is_proven_to_be_of_this_content(story: Story) -> None:
    content = content_of(story.town.recorded[story.events["plain"]])
    assert story.json(f"/v1/proposals/{story.events['plain']}")["item"]["content"] == content
    for name in ("mayor on plain", "budget-chair on plain"):
        said = story.proven(name).stated().event.data
        assert (said.proposal, said.content) == (story.events["plain"], content)


def test_the_door_asks_about_another_text_and_shows_where_it_differs(story: Story) -> None:
    document = problem_of(story.kept["asked"], 409, "needs-acknowledgement")
    text, missing = document["discrepancies"]
    assert [text["code"], missing["code"]] == BOTH
    assert text["differences"] == [{"path": "/data/lines/0/amount", "proposed": "150.00", "stated": "155.00"}]
    assert (missing["policy"], missing["needed"], missing["counted"]) == (story.events["policy"], 2, 0)
    assert {one["why"] for one in missing["lacking"]} == {"other-text"}


def test_the_record_of_the_decision_keeps_both_texts_and_what_was_acknowledged(story: Story) -> None:
    row = story.row(story.read("history", kind=CHANGE)["items"], "from the floor")
    assert (row["acknowledges"], row["reason"]) == (BOTH, FLOOR)
    assert row["consent"] == {"proposal": story.events["debated"], "met": False, "lacking": 2}
    consent = story.event("from the floor")["consent"]
    assert consent["same_text"] is False
    assert consent["differences"] == [
        {"path": "/data/lines/0/amount", "proposed": "150.00", "stated": "155.00"}
    ]
    (tally,) = consent["tallies"]
    assert (tally["counted"], tally["met"]) == ([], False)
    assert tally["lacking"] == [
        {"office": office, "why": "other-text"} for office in ("mayor", "budget-chair")
    ]
    # What was proposed, and what they agreed to, stays as it was said.
    item = story.json(f"/v1/proposals/{story.events['debated']}")["item"]
    assert item["change"]["data"] == first("150.00")
    assert (item["state"], item["closed_by"]) == ("enacted", story.events["from the floor"])
    assert voices(story, "debated") == ["mayor on debated", "budget-chair on debated"]
    assert story.proven("from the floor").stated().event.acknowledges == tuple(BOTH)


def test_an_endorsement_of_one_text_is_refused_on_another(story: Story) -> None:
    """Its content hash is signed with it, so it cannot be carried over."""
    plain, open_ = story.events["plain"], story.events["open"]
    carried = agreed(story.town, plain) | {"proposal": open_}
    said = story.town.envelope("change.endorsed", PROGRAMME, carried, by=MAYOR)
    details = story.refusal(said, 409, "other-content")
    assert details["proposal"] == content_of(story.town.recorded[open_])


def test_an_endorsement_sent_again_is_the_same_event_and_speaks_on_nothing_else(story: Story) -> None:
    event = story.events["mayor on open"]
    before = story.town.head
    again = story.post(story.town.recorded[event])
    assert (again.status_code, again.json()["event"]) == (201, event)
    assert story.town.head == before
    assert voices(story, "twin") == []


def test_an_endorsement_does_not_count_for_a_proposal_that_says_the_same(story: Story) -> None:
    assert (
        story.json(f"/v1/proposals/{story.events['twin']}")["item"]["content"]
        == story.json(f"/v1/proposals/{story.events['open']}")["item"]["content"]
    )
    relations = enacts(story.events["twin"])
    (asked,) = story.questions(story.town.envelope(CHANGE, PROGRAMME, second("8.00"), relations=relations))
    assert (asked["code"], asked["counted"]) == ("endorsements-missing", 0)
    assert {one["why"] for one in asked["lacking"]} == {"missing"}


def test_an_open_proposal_says_whose_endorsement_counts_and_whose_is_missing(story: Story) -> None:
    complete, lacking = (
        story.json(f"/v1/proposals/{story.events[name]}")["asked"][0] for name in ("open", "twin")
    )
    assert (complete["met"], complete["policy"]) == (True, story.events["policy"])
    assert story.names(one["event"] for one in complete["counted"]) == [
        "mayor on open",
        "budget-chair on open",
    ]
    assert (lacking["met"], lacking["counted"]) == (False, [])
    assert lacking["instead"] == [{"office": one.office, "persons": [one.person]} for one in (MAYOR, CHAIR)]
    # What is enacted is asked nothing any more.
    assert story.json(f"/v1/proposals/{story.events['plain']}")["asked"] is None


def test_an_enacted_proposal_takes_no_more_endorsements(story: Story) -> None:
    plain = story.events["plain"]
    late = story.town.envelope("change.endorsed", PROGRAMME, agreed(story.town, plain), by=SECRETARY)
    details = story.refusal(late, 409, "proposal-closed")
    assert (details["how"], details["by"]) == ("enacted", story.events["as endorsed"])
