"""5. «Де план більший за призначення – загалом, за КПКВК, за фондом?»

The programme plans 160.00 for a measure, and the budget grants 200.00. The council decides on
250.00: the door asks, the secretary acknowledges, and everybody sees by how much, by which acts,
and who said so. Later the council adopts that nobody may acknowledge it any more.
"""

from __future__ import annotations

import pytest

from tests.api.stories.story import APPROPRIATION, CHANGE, Begin, Story
from tests.support.council import policy
from tests.support.people import FINANCIER, SECRETARY
from tests.support.story import SECOND_ACT
from tests.support.town import ACT, COUNCIL_STREAM, LINE_CELL, PROGRAMME, PROGRAMME_ID, line, lines

OVER = "over-appropriation"
LIMIT_CELL = "/appropriation/1.1/2025/local"
REASON = "Рішення ухвалено, зміни до бюджету готуються"
# The second measure has one КПКВК and two funds: in all it fits, in the general fund it does not.
KPKVK = "0217670"
GENERAL = {"measure": "1.2", "kpkvk": KPKVK, "fund": "general"}
SPECIAL = {"measure": "1.2", "kpkvk": KPKVK, "fund": "special"}


@pytest.fixture(scope="module")
def story(begin: Begin) -> Story:
    story = begin()
    # Given: the year's limits.
    granted = lines("200.00", line("50.00", **GENERAL), line("50.00", **SPECIAL))
    story.tell("granted", APPROPRIATION, granted, by=FINANCIER, act=ACT, effective="2025-01-01")
    # When: a plan above the limit is decided; it is asked about first.
    story.now("2025-09-02T09:00:00")
    decided = {"act": SECOND_ACT, "effective": "2025-09-02", "reason": REASON}
    story.tell("over", CHANGE, lines("250.00"), acknowledges=[OVER], **decided)
    by_fund = lines(line("60.00", **GENERAL), line("40.00", **SPECIAL))
    story.tell("by fund", CHANGE, by_fund, **decided)
    # And then: the council adopts that it may not be acknowledged.
    story.now("2025-09-03T09:00:00")
    forbids = policy("limits", start="2025-09-03", rules=[{"kinds": [CHANGE], "forbidden": [OVER]}])
    story.tell("policy", "policy.set", forbids, subject=COUNCIL_STREAM)
    return story


Axis = tuple[str | None, str | None]


def rows_of(story: Story, measure: str, known: str) -> dict[Axis, tuple[str, str, str]]:
    """Plan, appropriation and what it leaves open, by КПКВК and fund; where something was granted."""
    items = story.read("budget", measure=measure, year=2025, known=story.known[known])["items"]
    return {
        (row["kpkvk"], row["fund"]): (row["amended"], row["appropriated"], row["unfunded"])
        for row in items
        if row["appropriated"] is not None
    }


def test_the_door_asks_and_names_both_amounts_and_the_day(begin: Begin) -> None:
    story = begin()
    story.tell("granted", APPROPRIATION, lines("200.00"), by=FINANCIER, effective="2025-01-01")
    change = story.town.envelope(CHANGE, PROGRAMME, lines("250.00"), effective="2025-09-01")
    (asked,) = story.questions(change)
    assert (asked["code"], asked["pointer"]) == (OVER, "/data/lines/0")
    assert (asked["total"], asked["appropriation"], asked["from"]) == ("250.00", "200.00", "2025-09-01")


def test_the_excess_is_shown_from_the_decision_on(story: Story) -> None:
    assert rows_of(story, "1.1", "granted") == {(None, None): ("160.00", "200.00", "0.00")}
    assert rows_of(story, "1.1", "over") == {(None, None): ("250.00", "200.00", "50.00")}


def test_what_fits_in_all_may_not_fit_in_a_fund(story: Story) -> None:
    assert rows_of(story, "1.2", "by fund") == {
        (KPKVK, "general"): ("60.00", "50.00", "10.00"),
        (KPKVK, "special"): ("40.00", "50.00", "0.00"),
    }


def test_who_acknowledged_it_by_which_act_and_why(story: Story) -> None:
    row = story.row(story.read("history", kind=CHANGE)["items"], "over")
    assert row["acknowledges"] == [OVER]
    assert row["signers"] == [SECRETARY.signer()]
    assert (row["act"]["id"], row["reason"]) == (SECOND_ACT, REASON)
    assert [write["new"] for write in row["writes"]] == ["250.00"]
    assert story.proven("over").stated().event.acknowledges == (OVER,)


def test_plan_and_limit_each_lead_to_their_act(story: Story) -> None:
    plan, limit = (story.read("blame", path=path)["items"][0] for path in (LINE_CELL, LIMIT_CELL))
    assert (plan["event"], plan["act"]["id"]) == (story.events["over"], SECOND_ACT)
    assert (limit["event"], limit["act"]["id"]) == (story.events["granted"], ACT)
    assert limit["signers"] == [FINANCIER.signer()]
    assert story.proven("granted").index < story.proven("over").index


def test_a_policy_may_forbid_to_acknowledge_it_and_the_refusal_names_the_policy(story: Story) -> None:
    more = story.town.envelope(
        CHANGE, PROGRAMME, lines("270.00"), effective="2025-09-03", acknowledges=[OVER]
    )
    details = story.refusal(more, 409, "policy-forbids")
    assert details["policy"] == story.events["policy"]
    assert (details["total"], details["appropriation"]) == ("270.00", "200.00")
    # Not even an event that says nothing of it is asked: it is refused, too.
    silent = story.town.envelope(CHANGE, PROGRAMME, lines("270.00"), effective="2025-09-03")
    assert story.refusal(silent, 409, "policy-forbids")["policy"] == story.events["policy"]


def test_the_policy_rewrites_nothing_that_was_acknowledged_before(story: Story) -> None:
    told = story.read("history")["items"]
    assert [row["event"] for row in told if OVER in row["acknowledges"]] == [story.events["over"]]
    assert rows_of(story, "1.1", "policy") == rows_of(story, "1.1", "over")


def test_before_the_policy_the_answer_was_not_configured(story: Story) -> None:
    for known, status in (("over", "not-configured"), ("policy", "configured")):
        url = f"/v1/policies?programme={PROGRAMME_ID}&known={story.known[known]}"
        assert story.json(url)["settings"]["forbidden"]["status"] == status
