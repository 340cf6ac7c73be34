"""4. «Чи був ключ відкликаний до підпису?»

Judged by the place in the log. The secretary's key is stolen on the tenth of September 2025 and
revoked on the fifteenth. What a signature claims about its own time decides nothing, in either
direction: it can be forged by whoever holds the key.
"""

from __future__ import annotations

import pytest

from ledger.canonical import dumps
from tests.api.door import BASE
from tests.api.stories.marks import of_entry, of_plan, of_report, of_value, waiting
from tests.api.stories.story import ACTUAL, CHANGE, Begin, Story
from tests.support.council import (
    CHAIR,
    MAYOR,
    TREASURER,
    agreed,
    asks,
    change,
    enacts,
    policy,
    revocation,
    statement,
)
from tests.support.people import SECRETARY, key_of
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, Payload, line, lines, remember

KEY = SECRETARY.key.public
HONEST = SECRETARY.using(remember(key_of("secretary, after the theft")))
SECOND = "/financing/1.2/2025/local"
REPORTED = "/actuals/i-1/2025-Q2/period"
BEFORE_THE_THEFT, AFTER_THE_REVOCATION = "2025-09-01T09:00:00", "2025-09-20T09:00:00"


def reached(period: str, value: str) -> Payload:
    return {"indicator": "i-1", "period": period, "accumulation": "period", "value": value}


def second(amount: str) -> Payload:
    return lines(line(amount, measure="1.2"))


@pytest.fixture(scope="module")
def story(begin: Begin) -> Story:
    story = begin()
    # Given: what the key signed before anything happened; one signature claims a later time.
    story.now("2025-09-05T09:00:00")
    story.tell("early", CHANGE, lines("170.00"))
    claims_late = story.signed(ACTUAL, reached("2025-H1", "1"), claims=AFTER_THE_REVOCATION)
    story.take("claims late", claims_late)
    # When: it is stolen. One signature claims an earlier time, one is not sent at once.
    story.now("2025-09-12T09:00:00")
    story.tell("honest", ACTUAL, reached("2025-Q2", "5"))
    story.take("claims early", story.signed(CHANGE, second("9.00"), claims=BEFORE_THE_THEFT))
    prepared = story.signed(ACTUAL, reached("2025-Q4", "2"), claims="2025-09-12T09:00:00")
    story.tell("treasurer", CHANGE, lines(line("3.00", measure="1.2", year=2026)), by=TREASURER)
    # And it is revoked, with doubt since the tenth; another key is revoked without any.
    story.now("2025-09-15T09:00:00")
    unmarked = story.get(f"{BASE}/budget")
    story.tell("revoked", "key.revoked", revocation(KEY, "2025-09-10"), subject=COUNCIL_STREAM)
    story.kept["marked"] = story.get(f"{BASE}/budget", If_None_Match=unmarked.headers["etag"])
    left = revocation(TREASURER.key.public, cause="left")
    story.tell("left", "key.revoked", left, subject=f"body:{TREASURER.body}")
    # Then whatever it signs is refused.
    story.kept["prepared"] = story.post(prepared)
    return story


def key_record(story: Story, known: str) -> Payload:
    url = f"/v1/keys/{KEY.kid}@{SECRETARY.body}?known={story.known[known]}"
    record: Payload = story.json(url)["item"]
    return record


def test_the_key_shows_from_which_entry_on_it_signs_no_more(story: Story) -> None:
    assert (key_record(story, "honest")["status"], key_record(story, "honest")["revoked"]) == ("live", None)
    record = key_record(story, "revoked")
    assert (record["status"], record["kid"]) == ("revoked", KEY.kid)
    said = record["revoked"]
    assert (said["event"], said["index"]) == (story.events["revoked"], story.event("revoked")["index"])
    assert (said["suspect_from"], said["cause"]) == ("2025-09-10", "stolen")
    assert story.proven("revoked").index == said["index"]


@pytest.mark.parametrize("name", ["early", "claims late", "honest", "claims early"])
def test_what_was_recorded_before_the_revocation_stands_in_the_log(story: Story, name: str) -> None:
    event = story.event(name)
    assert [one["kid"] for one in event["signers"]] == [KEY.kid]
    assert event["index"] < key_record(story, "revoked")["revoked"]["index"]
    assert event["in_force"]["event"] == story.events[name]
    assert story.proven(name).index == event["index"]


def test_what_is_recorded_after_it_would_be_refused_though_it_was_signed_before(story: Story) -> None:
    envelope = story.signed(ACTUAL, reached("2025-Q4", "2"), claims="2025-09-12T09:00:00", seen=0)
    details = story.refusal(envelope, 403, "key-revoked")
    assert details["revoked"] == story.events["revoked"]
    refused = story.kept["prepared"]
    assert (refused.status_code, refused.json()["details"]) == (403, details)


@pytest.mark.parametrize("claims", [BEFORE_THE_THEFT, AFTER_THE_REVOCATION])
def test_no_claimed_time_opens_the_door_to_a_revoked_key(story: Story, claims: str) -> None:
    envelope = story.signed(ACTUAL, reached("2025-Q4", "2"), claims=claims)
    assert story.refusal(envelope, 403, "key-revoked")["revoked"] == story.events["revoked"]


def test_what_was_recorded_inside_the_suspect_range_stands_in_doubt_everywhere(story: Story) -> None:
    for name, cell in (("honest", REPORTED), ("claims early", SECOND)):
        marks = {**of_entry(story, name), **of_value(story, name, cell)}
        marks |= of_report(story, name) if name == "honest" else of_plan(story, cell)
        assert marks == dict.fromkeys(marks, "suspect"), name


def test_each_doubt_names_the_signature_and_the_revocation(story: Story) -> None:
    (doubt,) = story.event("claims early")["doubts"]
    assert doubt == {
        "doubt": "suspect",
        "kid": KEY.kid,
        "person": SECRETARY.person,
        "office": SECRETARY.office,
        "because": story.events["revoked"],
    }


def test_what_was_recorded_before_the_suspect_range_is_in_no_doubt(story: Story) -> None:
    marks = {**of_entry(story, "early"), **of_value(story, "early", LINE_CELL), **of_plan(story, LINE_CELL)}
    assert marks == dict.fromkeys(marks)
    # Nor is what claims to have been signed after the revocation: the claim alone decides nothing.
    cell = "/actuals/i-1/2025-H1/period"
    marks = {**of_entry(story, "claims late"), **of_value(story, "claims late", cell)}
    assert marks == dict.fromkeys(marks)


def test_a_revocation_without_a_suspect_range_throws_no_doubt(story: Story) -> None:
    marks = of_entry(story, "treasurer")
    assert marks == dict.fromkeys(marks)
    envelope = story.town.envelope(CHANGE, PROGRAMME, second("4.00"), by=TREASURER)
    assert story.refusal(envelope, 403, "key-revoked")["revoked"] == story.events["left"]


def test_doubt_is_as_known_then_nothing_was_in_doubt_before_the_revocation(story: Story) -> None:
    for name, cell in (("honest", REPORTED), ("claims early", SECOND)):
        marks = of_value(story, name, cell, known="treasurer")
        assert marks == dict.fromkeys(marks)


def test_a_draft_shows_the_doubt_of_the_value_that_it_would_replace(story: Story) -> None:
    draft = story.draft(story.town.payload(CHANGE, PROGRAMME, second("4.00"), by=MAYOR)).json()
    assert draft["outcome"] == "recorded"
    assert {(row["old"]["event"], row["old"]["doubt"]) for row in draft["diff"]} == {
        (story.events["claims early"], "suspect")
    }


def test_an_endorsement_by_the_key_counts_until_the_revocation_and_not_after_it(begin: Begin) -> None:
    # Given: two proposals that were endorsed in the suspect range, of which one is enacted.
    story = begin()
    rules = policy(rules=[asks(CHAIR, shortfall="acknowledge")])
    story.tell("policy", "policy.set", rules, subject=COUNCIL_STREAM)
    story.now("2025-09-12T09:00:00")
    for name, amount in (("first", "4.00"), ("second", "5.00")):
        story.tell(name, "change.proposed", {"change": change(second(amount)), "note": ""})
        data = agreed(story.town, story.events[name])
        story.tell(f"{name} endorsed", "change.endorsed", data, by=CHAIR)
    story.tell("enacted", CHANGE, second("4.00"), relations=enacts(story.events["first"]))
    # When
    gone = revocation(CHAIR.key.public, "2025-09-10")
    story.tell("revoked", "key.revoked", gone, subject=f"body:{CHAIR.body}")
    # Then
    late = story.town.envelope(CHANGE, PROGRAMME, second("5.00"), relations=enacts(story.events["second"]))
    asked = {one["code"]: one for one in story.questions(late)}
    assert asked["endorsements-missing"]["lacking"] == [{"office": CHAIR.office, "why": "key-revoked"}]
    # What was enacted stays as it was judged, and its endorsement stands in doubt.
    (tally,) = story.event("enacted")["consent"]["tallies"]
    assert (tally["met"], story.names(one["event"] for one in tally["counted"])) == (True, ["first endorsed"])
    (voice,) = story.json(f"/v1/proposals/{story.events['first']}")["item"]["voices"]
    assert (voice["event"], voice["doubt"]) == (story.events["first endorsed"], "suspect")


def test_who_asks_again_is_not_told_that_nothing_changed(story: Story) -> None:
    assert story.kept["marked"].status_code == 200
    rows = {row["cell"]: row for row in story.kept["marked"].json()["items"]}
    assert (rows[SECOND]["doubt"], rows[LINE_CELL]["doubt"]) == ("suspect", None)


def test_the_secretary_reaffirms_what_is_hers_with_another_key(begin: Begin) -> None:
    # Given
    story = begin()
    story.now("2025-09-12T09:00:00")
    story.tell("honest", ACTUAL, reached("2025-Q2", "5"))
    story.tell("forged", CHANGE, second("9.00"))
    story.tell("revoked", "key.revoked", revocation(KEY, "2025-09-10"), subject=COUNCIL_STREAM)
    assert set(waiting(story, SECRETARY.office)) == {"honest", "forged"}
    # When
    story.tell("enrolled", "key.enrolled", story.town.key_data(HONEST), subject=COUNCIL_STREAM)
    mine = {"entries": [statement(story.town, story.events["honest"])]}
    payload = story.town.payload("entry.reaffirmed", PROGRAMME, mine, by=HONEST)
    story.take("reaffirmed", story.town.signed(payload))
    # Then
    marks = {**of_entry(story, "honest"), **of_value(story, "honest", REPORTED), **of_report(story, "honest")}
    assert marks == dict.fromkeys(marks)
    marks = of_entry(story, "forged")
    assert marks == dict.fromkeys(marks, "suspect")
    assert set(waiting(story, SECRETARY.office)) == {"forged"}
    # The log keeps it as it was: before the re-affirmation it was in doubt.
    marks = of_value(story, "honest", REPORTED, known="enrolled")
    assert marks == dict.fromkeys(marks, "suspect")
    assert dumps(payload) == story.proven("reaffirmed").payload
