"""20. «Повноваження діяли?»

The treasurer leaves on the thirteenth of September 2025, and the registrars hear of it on the
sixteenth. What came in between was taken and is shown as ended late; what was signed before the
end and sent after it is undetermined until somebody who may say so re-affirms it. From the
eighteenth on another person acts in the office, by an order.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.stories.marks import Marks, of_entry, of_plan, of_report, of_value, waiting
from tests.api.stories.story import ACTUAL, CHANGE, Begin, Story
from tests.support.council import NEWCOMER, TREASURER, statement
from tests.support.people import SECRETARY, Official
from tests.support.town import LINE_CELL, PROGRAMME, Payload, line, lines

FINANCE_STREAM = f"body:{TREASURER.body}"
MANDATE = "mandate.granted treasurer"
END, HEARD = "2025-09-13", "2025-09-16"
ORDER = "Розпорядження № 7-к від 17.09.2025"
ACTING = Official(NEWCOMER.person, TREASURER.office, TREASURER.body, NEWCOMER.key, TREASURER.kinds)
SECOND = "/financing/1.2/2025/local"
REPORTED = "/actuals/i-1/2025-Q2/period"
NEXT_YEAR = "/financing/1.2/2026/local"
NO_DOUBT, IN_BETWEEN, IN_TIME = None, "ended-late", "undetermined"


def reached(value: str) -> Payload:
    return {"indicator": "i-1", "period": "2025-Q2", "accumulation": "period", "value": value}


def second(amount: str, year: int = 2025) -> Payload:
    return lines(line(amount, measure="1.2", year=year))


def acting(**more: Any) -> Payload:
    """Data of mandate.granted, from the eighteenth to the twenty-third of September."""
    who = {"person": ACTING.person, "office": ACTING.office}
    return {**who, "start": "2025-09-18", "end": "2025-09-24", "acting": True, **more}


@pytest.fixture(scope="module")
def story(begin: Begin) -> Story:
    story = begin()
    town = story.town
    # Given: an entry in office, and a decision that is signed and not sent yet.
    story.now("2025-09-10T09:00:00")
    story.tell("in office", CHANGE, lines("170.00"), by=TREASURER)
    sent_late = story.signed(CHANGE, second("5.00"), claims="2025-09-10T09:00:00", by=TREASURER)
    # When: the mandate ends, nobody has said so, and the treasurer reports.
    story.now("2025-09-14T09:00:00")
    story.tell("in between", ACTUAL, reached("6"), by=TREASURER)
    story.kept["receipt"] = story.get(f"/v1/events/{story.events['in between']}/receipt")
    signed_after = story.signed(CHANGE, second("6.00"), claims="2025-09-14T09:00:00", by=TREASURER)
    # And it is registered, late.
    story.now("2025-09-16T09:00:00")
    ended = {"mandate": town.ids[MANDATE], "end": END, "order": "Розпорядження № 6-к"}
    story.tell("ended", "mandate.ended", ended, subject=FINANCE_STREAM)
    # And then comes what was signed before.
    story.now("2025-09-17T09:00:00")
    story.take("sent late", sent_late)
    story.kept["signed after"] = story.post(signed_after)
    # And another person acts in the office by an order.
    story.tell("acting", "mandate.granted", acting(order=ORDER), subject=FINANCE_STREAM)
    story.tell("key", "key.enrolled", town.key_data(ACTING), subject=FINANCE_STREAM)
    story.now("2025-09-18T09:00:00")
    story.tell("acted", CHANGE, second("2.00", 2026), by=ACTING)
    return story


def all_marks(story: Story, name: str, cell: str) -> Marks:
    """Every output that has `doubt`, for an event and the value that it set."""
    marks = {**of_entry(story, name), **of_value(story, name, cell)}
    return marks | (of_report(story, name) if name == "in between" else of_plan(story, cell))


def mandate(story: Story, event: str, known: str) -> Payload:
    item: Payload = story.json(f"/v1/mandates/{event}?known={story.known[known]}")["item"]
    return item


def test_who_holds_the_office_on_the_day_of_recording_may_sign(story: Story) -> None:
    marks = all_marks(story, "in office", LINE_CELL)
    assert marks == dict.fromkeys(marks, NO_DOUBT)
    record = mandate(story, story.town.ids[MANDATE], "in between")
    assert (record["person"], record["office"]) == (TREASURER.person, TREASURER.office)
    assert record["start"] <= story.day("in office")
    assert (record["end"], record["late"]) == (None, False)


@pytest.mark.parametrize(
    ("name", "then", "now"),
    [
        ("in office", True, True),
        ("in between", True, False),  # the end was not registered yet
        ("sent late", False, False),
        ("acted", True, True),
    ],
)
def test_the_interval_is_held_against_the_day_of_recording(
    story: Story, name: str, then: bool, now: bool
) -> None:
    """As known when it was recorded, and as known now."""
    assert [held(story, name, known) for known in (name, "acted")] == [then, now]


def held(story: Story, name: str, known: str) -> bool:
    """The answer of the registry: has a mandate of the signer the day in its interval [start, end)?"""
    (signer,), day = story.event(name)["signers"], story.day(name)
    mandates = story.json(f"/v1/mandates?body={TREASURER.body}&known={story.known[known]}")["items"]
    mine = [one for one in mandates if (one["person"], one["office"]) == (signer["person"], signer["office"])]
    return any(one["start"] <= day and (one["end"] is None or day < one["end"]) for one in mine)


def test_the_mandate_shows_its_end_and_that_it_was_registered_late(story: Story) -> None:
    record = mandate(story, story.town.ids[MANDATE], "ended")
    assert (record["end"], record["ended_by"], record["late"]) == (END, story.events["ended"], True)
    assert story.day("ended") == HEARD
    assert story.proven("ended").index == story.event("ended")["index"]


def test_after_the_end_the_person_is_refused_and_who_else_may_sign_is_named(begin: Begin) -> None:
    story = begin()
    story.now("2025-09-13T09:00:00")
    ended = {"mandate": story.town.ids[MANDATE], "end": END}
    story.tell("ended", "mandate.ended", ended, subject=FINANCE_STREAM)
    said = story.town.envelope(CHANGE, PROGRAMME, second("7.00"), by=TREASURER)
    details = story.refusal(said, 403, "no-mandate")
    assert (details["person"], details["today"], details["ended"]) == (TREASURER.person, END, END)
    assert details["instead"] == [{"office": TREASURER.office, "persons": []}]


def test_what_was_recorded_before_the_end_was_registered_is_shown_as_ended_late(story: Story) -> None:
    marks = all_marks(story, "in between", REPORTED)
    assert marks == dict.fromkeys(marks, IN_BETWEEN)
    (doubt,) = story.event("in between")["doubts"]
    assert (doubt["person"], doubt["because"]) == (TREASURER.person, story.events["ended"])


def test_until_then_nobody_could_know_it(story: Story) -> None:
    marks = of_value(story, "in between", REPORTED, known="in between")
    assert marks == dict.fromkeys(marks, NO_DOUBT)


def test_and_it_is_not_rewritten(story: Story) -> None:
    receipt = story.get(f"/v1/events/{story.events['in between']}/receipt")
    assert receipt.json() == story.kept["receipt"].json()
    assert story.proven("in between").stated().event.data.value == "6"
    event = story.event("in between")
    assert (event["corrections"], event["in_force"]["event"]) == ([], story.events["in between"])


def test_what_was_signed_before_the_end_and_sent_after_it_is_undetermined_everywhere(story: Story) -> None:
    marks = all_marks(story, "sent late", SECOND)
    assert marks == dict.fromkeys(marks, IN_TIME)
    (doubt,) = story.event("sent late")["doubts"]
    assert (doubt["doubt"], doubt["person"]) == (IN_TIME, TREASURER.person)
    assert doubt["because"] == story.events["ended"]
    assert story.event("sent late")["index"] > story.event("ended")["index"]


def test_the_secretary_is_asked_to_reaffirm_it(story: Story) -> None:
    duty = waiting(story, SECRETARY.office)["sent late"]
    assert duty["about"]["kind"] == CHANGE
    assert duty["since"] is not None


@pytest.mark.parametrize("claims", ["2025-09-10T09:00:00", "2025-09-12T20:59:59"])
def test_an_early_claim_alone_opens_nothing(story: Story, claims: str) -> None:
    """What the signer has seen was recorded after the end."""
    said = story.signed(CHANGE, second("7.00"), claims=claims, by=TREASURER)
    assert story.refusal(said, 403, "no-mandate")["ended"] == END


def test_nor_does_an_old_position_alone(story: Story) -> None:
    seen = story.event("in office")["index"]
    said = story.signed(CHANGE, second("7.00"), claims="2025-09-13T09:00:00", by=TREASURER, seen=seen)
    assert story.refusal(said, 403, "no-mandate")["ended"] == END


def test_what_was_signed_after_the_end_is_refused_though_nobody_had_registered_it(story: Story) -> None:
    answer = story.kept["signed after"]
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:pledger:problem:no-mandate")
    assert answer.json()["details"]["ended"] == END


def test_reaffirmed_by_who_may_state_it_anew_it_is_in_no_doubt_any_more(begin: Begin) -> None:
    # Given
    story = begin()
    story.now("2025-09-12T09:00:00")
    sent_late = story.signed(CHANGE, second("5.00"), claims="2025-09-12T09:00:00", by=TREASURER)
    story.now("2025-09-14T09:00:00")
    story.tell("in between", ACTUAL, reached("6"), by=TREASURER)
    story.now("2025-09-17T09:00:00")
    ended = {"mandate": story.town.ids[MANDATE], "end": END}
    story.tell("ended", "mandate.ended", ended, subject=FINANCE_STREAM)
    story.take("sent late", sent_late)
    # When
    entries = [statement(story.town, story.events[name]) for name in ("sent late", "in between")]
    mine = story.town.envelope("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=TREASURER)
    story.refusal(mine, 403, "no-mandate")
    story.tell("reaffirmed", "entry.reaffirmed", {"entries": entries})
    # Then
    for name, cell in (("sent late", SECOND), ("in between", REPORTED)):
        marks = all_marks(story, name, cell)
        assert marks == dict.fromkeys(marks, NO_DOUBT)
    assert waiting(story, SECRETARY.office) == {}
    row = story.row(story.read("history")["items"], "reaffirmed")
    assert row["signers"] == [SECRETARY.signer()]
    # And as known before it, both stay what they were.
    for name, cell, word in (("sent late", SECOND, IN_TIME), ("in between", REPORTED, IN_BETWEEN)):
        marks = of_value(story, name, cell, known="sent late")
        assert marks == dict.fromkeys(marks, word)


def test_who_acts_in_the_office_does_so_by_an_order_for_an_interval(story: Story) -> None:
    record = mandate(story, story.events["acting"], "acting")
    assert (record["acting"], record["order"]) == (True, ORDER)
    assert (record["start"], record["end"]) == ("2025-09-18", "2025-09-24")
    marks = all_marks(story, "acted", NEXT_YEAR)
    assert marks == dict.fromkeys(marks, NO_DOUBT)
    assert record["start"] <= story.day("acted") < record["end"]
    assert story.event("acted")["signers"] == [ACTING.signer()]
    assert story.proven("acted").stated().event.signers[0].person == ACTING.person


@pytest.mark.parametrize("order", [None, "", "  "])
def test_nobody_acts_without_an_order(begin: Begin, order: str | None) -> None:
    story = begin()
    data = acting() if order is None else acting(order=order)
    story.refusal(story.town.envelope("mandate.granted", FINANCE_STREAM, data), 422, "order-needed")


def test_who_acted_is_refused_from_the_day_after_the_last(begin: Begin) -> None:
    story = begin()
    story.tell("acting", "mandate.granted", acting(order=ORDER), subject=FINANCE_STREAM)
    story.tell("key", "key.enrolled", story.town.key_data(ACTING), subject=FINANCE_STREAM)
    story.now("2025-09-17T09:00:00")
    said = story.town.envelope(CHANGE, PROGRAMME, second("1.00"), by=ACTING)
    assert story.refusal(said, 403, "no-mandate")["ended"] is None
    story.now("2025-09-23T09:00:00")
    story.tell("last day", CHANGE, second("2.00"), by=ACTING)
    story.now("2025-09-24T09:00:00")
    said = story.town.envelope(CHANGE, PROGRAMME, second("3.00"), by=ACTING)
    details = story.refusal(said, 403, "no-mandate")
    assert details["ended"] == "2025-09-24"
    # The holder holds it all the while.
    assert details["instead"] == [{"office": TREASURER.office, "persons": [TREASURER.person]}]
