"""A day is a day in Kyiv, whatever the clock on the wall of the server says.

Three hours ahead of UTC in summer, two in winter: an entry that was recorded at 22:30 UTC on the
last day of a mandate belongs to the next day.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.stories.marks import of_entry
from tests.api.stories.story import ACTUAL, CHANGE, Begin, Story
from tests.support.council import MAYOR, TREASURER, asks, policy, revocation
from tests.support.people import FINANCIER, SECRETARY
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, PROGRAMME_ID, line, lines

FINANCE_STREAM = f"body:{TREASURER.body}"
MANDATE = "mandate.granted treasurer"


def second(amount: str) -> dict[str, Any]:
    return lines(line(amount, measure="1.2"))


def end_of(story: Story, day: str) -> None:
    """The treasurer's mandate ends: this is the first day without it."""
    data = {"mandate": story.town.ids[MANDATE], "end": day}
    story.tell("ended", "mandate.ended", data, subject=FINANCE_STREAM)


@pytest.mark.parametrize(
    ("last", "end", "still", "over"),
    [
        ("2025-09-15", "2025-09-16", "20:59:59", "21:00:00"),
        ("2025-09-15", "2025-09-16", "20:30:00", "22:30:00"),
        ("2025-12-15", "2025-12-16", "21:59:59", "22:00:00"),
        ("2025-12-15", "2025-12-16", "21:30:00", "22:30:00"),
        # The clocks go back at 01:00 UTC on the 26th: the day begins in summer, and ends in winter.
        ("2025-10-25", "2025-10-26", "20:59:59", "21:00:00"),
        ("2025-10-26", "2025-10-27", "21:59:59", "22:00:00"),
    ],
)
def test_a_mandate_ends_with_its_last_day_in_kyiv(
    begin: Begin, last: str, end: str, still: str, over: str
) -> None:
    # Given
    story = begin()
    end_of(story, end)
    # When
    story.now(f"{last}T{still}")
    story.tell("still", CHANGE, second("1.00"), by=TREASURER)
    story.now(f"{last}T{over}")
    said = story.town.envelope(CHANGE, PROGRAMME, second("2.00"), by=TREASURER)
    # Then
    details = story.refusal(said, 403, "no-mandate")
    assert (details["today"], details["ended"]) == (end, end)
    assert (story.day("still"), story.event("still")["doubt"]) == (last, None)
    assert story.proven("still").recorded_at.startswith(last)


def test_signed_in_the_evening_and_sent_at_night_it_is_undetermined(begin: Begin) -> None:
    """Both on one day of UTC."""
    story = begin()
    end_of(story, "2025-09-16")
    story.now("2025-09-15T20:30:00")
    said = story.signed(CHANGE, second("2.00"), claims="2025-09-15T20:30:00", by=TREASURER)
    story.now("2025-09-15T22:30:00")
    story.take("sent", said)
    assert story.event("sent")["recorded_at"].startswith("2025-09-15T22:30:00")
    marks = of_entry(story, "sent")
    assert marks == dict.fromkeys(marks, "undetermined")


def test_a_claim_of_half_past_midnight_is_of_the_day_without_the_mandate(begin: Begin) -> None:
    story = begin()
    end_of(story, "2025-09-16")
    story.now("2025-09-15T22:30:00")
    said = story.signed(CHANGE, second("2.00"), claims="2025-09-15T21:30:00", by=TREASURER, seen=1)
    assert story.refusal(said, 403, "no-mandate")["today"] == "2025-09-16"


def test_a_suspect_range_begins_at_midnight_in_kyiv(begin: Begin) -> None:
    story = begin()
    for name, moment in (("the ninth", "20:59:59"), ("the tenth", "21:00:00")):
        story.now(f"2025-09-09T{moment}")
        story.tell(name, CHANGE, second("1.00"))
    stolen = revocation(SECRETARY.key.public, "2025-09-10")
    story.tell("revoked", "key.revoked", stolen, subject=COUNCIL_STREAM)
    assert [story.event(name)["doubt"] for name in ("the ninth", "the tenth")] == [None, "suspect"]
    assert [story.day(name) for name in ("the ninth", "the tenth")] == ["2025-09-09", "2025-09-10"]


def test_a_policy_is_in_force_from_midnight_in_kyiv(begin: Begin) -> None:
    story = begin()
    rules = [asks(MAYOR)]
    story.tell("policy", "policy.set", policy(start="2025-09-16", rules=rules), subject=COUNCIL_STREAM)
    story.now("2025-09-15T20:30:00")
    story.tell("before", CHANGE, second("1.00"))
    story.now("2025-09-15T22:30:00")
    said = story.town.envelope(CHANGE, PROGRAMME, second("2.00"))
    assert story.refusal(said, 409, "endorsements-missing")["policy"] == story.events["policy"]
    # And nobody sets one for a day that has begun to be yesterday.
    late = policy("late", start="2025-09-15", rules=rules)
    refused = story.town.envelope("policy.set", COUNCIL_STREAM, late)
    assert story.refusal(refused, 422, "policy-retroactive")["today"] == "2025-09-16"


def test_a_question_without_a_day_is_of_the_day_in_kyiv(begin: Begin) -> None:
    story = begin()
    story.tell("changed", CHANGE, lines("170.00"), effective="2025-09-16")
    for moment, day, amount in (
        ("2025-09-15T20:59:59", "2025-09-15", "160.00"),
        ("2025-09-15T21:00:00", "2025-09-16", "170.00"),
    ):
        story.now(moment)
        answer = story.read("", path=LINE_CELL)
        assert answer["as_of"] == day
        assert answer["state"]["financing"]["1.1"]["2025"]["local"] == amount


def test_what_was_known_on_a_day_was_recorded_by_midnight_in_kyiv(begin: Begin) -> None:
    story = begin()
    story.now("2025-09-15T20:59:59")
    story.tell("evening", CHANGE, lines("170.00"))
    story.now("2025-09-15T21:00:00")
    story.tell("night", CHANGE, lines("180.00"))
    for day, name in (("2025-09-15", "evening"), ("2025-09-16", "night")):
        answer = story.read("blame", path=LINE_CELL, known=day)
        assert answer["known"]["position"] == story.known[name]
        assert story.names([answer["value"]["event"]]) == [name]


def test_a_report_is_overdue_from_midnight_in_kyiv(begin: Begin) -> None:
    story = begin()
    rules = policy(
        "reporting",
        executors=[{"items": ["1"], "kinds": [ACTUAL], "office": FINANCIER.office}],
        deadlines=[{"kinds": [ACTUAL], "period": "quarter", "months": 1, "day": 8}],
    )
    story.tell("policy", "policy.set", rules, subject=COUNCIL_STREAM)
    for moment, overdue in (("2025-10-08T20:59:59", False), ("2025-10-08T21:00:00", True)):
        story.now(moment)
        items = story.json(f"/v1/inbox?office={FINANCIER.office}&task=report")["items"]
        mine = [one for one in items if one["programme"] == PROGRAMME_ID]
        assert {one["due"] for one in mine} == {"2025-10-08"}
        assert {one["overdue"] for one in mine} == {overdue}
