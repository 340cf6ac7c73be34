"""19. «Подано двічі чи двома особами?»

The same envelope twice is one event, with one receipt. Two officials who report about one cell
are both kept: what was stated last is current, whatever it says and whoever said it, and what
became of each report is told apart.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.envelope import envelope_json
from tests.api.door import BASE, problem_of
from tests.api.stories.story import ACTUAL, Begin, Story
from tests.support.council import revocation
from tests.support.people import COMMISSIONER, FINANCIER, SECRETARY, Official
from tests.support.town import PROGRAMME, Payload

REMARKS = "Надайте список учасників"
PEOPLE = {"finance": FINANCIER, "commission": COMMISSIONER}
VALUES = {"finance": "12", "commission": "9"}


def reached(period: str, value: str) -> Payload:
    return {"indicator": "i-1", "period": period, "accumulation": "period", "value": value}


def cell(period: str) -> str:
    return f"/actuals/i-1/{period}/period"


def report(story: Story, name: str, period: str, by: Official, value: str) -> None:
    story.tell(name, ACTUAL, reached(period, value), by=by)


def judge(story: Story, name: str, kind: str, about: str, note: str) -> None:
    """The secretary does, who reports nothing."""
    said = {"report": story.events[about], "note": note}
    story.tell(name, kind, said, by=SECRETARY, effective="2025-09-01")


# -- twice ------------------------------------------------------------------------------------


def test_the_same_envelope_again_gets_the_same_receipt_and_writes_nothing(begin: Begin) -> None:
    # Given
    story = begin()
    envelope = story.town.envelope(ACTUAL, PROGRAMME, reached("2025-Q2", "7"), by=FINANCIER)
    first = story.post(envelope)
    story.take("other", story.town.envelope(ACTUAL, PROGRAMME, reached("2025-Q1", "8"), by=FINANCIER))
    before = story.town.head
    # When: it is sent again, and once more a week later.
    second = story.post(envelope)
    story.town.clock.advance(days=7)
    third = story.post(envelope)
    # Then
    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 201)
    for again in (second, third):
        assert again.json() == first.json()
        assert again.headers["location"] == first.headers["location"]
    assert story.town.head == before
    (row,) = story.read("reports", period="2025-Q2")["items"]
    assert (row["event"], row["recorded_at"]) == (first.json()["event"], first.json()["recorded_at"])


def test_who_signs_the_same_payload_anew_gets_the_same_receipt_even_when_the_key_is_gone(
    begin: Begin,
) -> None:
    """ECDSA signs at random: the bytes differ, the statement does not."""
    story = begin()
    payload = story.town.payload(ACTUAL, PROGRAMME, reached("2025-Q2", "7"), by=FINANCIER)
    first, again = story.town.signed(payload), story.town.signed(payload)
    assert envelope_json(first) != envelope_json(again)
    receipt = story.post(first)
    gone = revocation(FINANCIER.key.public, cause="left")
    story.tell("gone", "key.revoked", gone, subject=f"body:{FINANCIER.body}")
    for envelope in (first, again):
        answer = story.post(envelope)
        assert (answer.status_code, answer.json()) == (201, receipt.json())
    assert len(story.read("reports", period="2025-Q2")["items"]) == 1


def test_the_same_words_in_another_event_are_another_report(begin: Begin) -> None:
    story = begin()
    for name in ("once", "twice"):
        report(story, name, "2025-Q2", FINANCIER, "7")
    once, twice = story.read("reports", period="2025-Q2")["items"]
    assert (once["event"], twice["event"]) == (story.events["once"], story.events["twice"])
    assert (once["state"], twice["state"]) == ("superseded", "current")


def test_who_has_not_seen_the_other_report_is_asked_first(begin: Begin) -> None:
    story = begin()
    seen = story.town.position
    report(story, "finance", "2025-Q2", FINANCIER, "12")
    blind = story.town.envelope(ACTUAL, PROGRAMME, reached("2025-Q2", "9"), by=COMMISSIONER, seen=seen)
    (asked,) = story.questions(blind)
    assert (asked["code"], asked["path"]) == ("changed-since-seen", cell("2025-Q2"))
    assert asked["index"] == story.event("finance")["index"]


# -- by two --------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["finance-first", "commission-first"])
def story(request: pytest.FixtureRequest, begin: Begin) -> Story:
    story = begin()
    order = list(PEOPLE) if request.param == "finance-first" else list(PEOPLE)[::-1]
    # When: two officials report about one quarter, a day apart.
    for day, name in zip(("02", "03"), order, strict=True):
        story.now(f"2025-09-{day}T09:00:00")
        report(story, name, "2025-Q2", PEOPLE[name], VALUES[name])
    story.kept["state before"] = story.get(f"{BASE}/reports?period=2025-Q2")
    # And the earlier one is accepted, the later returned.
    judge(story, "accepted", "report.accepted", order[0], "")
    judge(story, "returned", "report.returned", order[1], REMARKS)
    return story


def in_order(story: Story) -> tuple[str, str]:
    """Which of the two came first, which last."""
    first, last = sorted(PEOPLE, key=lambda name: story.known[name])
    return first, last


def test_both_are_kept_with_their_signers_and_the_later_one_is_current(story: Story) -> None:
    first, last = in_order(story)
    rows = story.read("reports", period="2025-Q2")["items"]
    assert [row["event"] for row in rows] == [story.events[first], story.events[last]]
    assert [row["state"] for row in rows] == ["superseded", "current"]
    assert [row["value"] for row in rows] == [VALUES[first], VALUES[last]]
    assert [row["signers"] for row in rows] == [[PEOPLE[name].signer()] for name in (first, last)]
    # Each says which event counts in the cell that it wrote.
    assert [[one["path"] for one in row["cells"]] for row in rows] == [[cell("2025-Q2")]] * 2
    assert {one["in_force"] for row in rows for one in row["cells"]} == {story.events[last]}


def test_the_state_names_the_later_one_and_the_chain_keeps_both(story: Story) -> None:
    first, last = in_order(story)
    state = story.read("", path=cell("2025-Q2"))
    assert state["cells"][cell("2025-Q2")]["event"] == story.events[last]
    items = story.read("blame", path=cell("2025-Q2"))["items"]
    assert story.names(row["event"] for row in items) == [last, first]
    assert items[0]["old"] == VALUES[first]
    # Before the later one was recorded, the earlier was current.
    known = story.known[first]
    assert story.read("blame", path=cell("2025-Q2"), known=known)["value"]["event"] == story.events[first]


def test_each_has_the_status_that_was_given_to_it(story: Story) -> None:
    first, last = in_order(story)
    rows = {row["event"]: row for row in story.read("reports", period="2025-Q2")["items"]}
    accepted, returned = rows[story.events[first]], rows[story.events[last]]
    assert (accepted["status"], accepted["remarks"]) == ("accepted", None)
    assert (returned["status"], returned["remarks"]) == ("returned", REMARKS)
    assert story.names([accepted["reviewed_by"], returned["reviewed_by"]]) == ["accepted", "returned"]
    # Acceptance moves nothing: the returned figure is still the current one, and says so.
    assert (accepted["current"], returned["current"]) == (False, True)
    assert {row["status"] for row in story.kept["state before"].json()["items"]} == {"submitted"}


def test_the_indicator_shows_the_status_of_the_figure_that_is_current(story: Story) -> None:
    _, last = in_order(story)
    (row,) = (r for r in story.read("indicators")["items"] if r["indicator"] == "i-1")
    assert row["latest"] == {"period": "2025-Q2", "value": VALUES[last]}
    assert (row["report"], row["status"]) == (story.events[last], "returned")


def test_both_statements_are_proven(story: Story) -> None:
    assert [story.proven(name).event_id() for name in PEOPLE] == [story.events[name] for name in PEOPLE]


# -- what moves the choice, and what does not ----------------------------------------------------


@pytest.fixture(scope="module")
def mended(begin: Begin) -> Story:
    """Two reports; the earlier is corrected after the later came, and at last the later is voided."""
    story = begin()
    report(story, "finance", "2025-Q2", FINANCIER, "12")
    report(story, "commission", "2025-Q2", COMMISSIONER, "9")
    judge(story, "accepted", "report.accepted", "finance", "")
    first, last = story.events["finance"], story.events["commission"]
    mend: dict[str, Any] = {"by": FINANCIER, "corrects": first, "reason": "Описка"}
    story.kept["asked"] = story.post(story.town.envelope(ACTUAL, PROGRAMME, reached("2025-Q2", "13"), **mend))
    story.tell("corrected", ACTUAL, reached("2025-Q2", "13"), acknowledges=["later-decisions"], **mend)
    story.tell("voided", ACTUAL, None, by=COMMISSIONER, corrects=last, reason="Подано помилково")
    return story


def test_a_correction_keeps_its_place_so_the_later_report_stays_current(mended: Story) -> None:
    known = mended.known["corrected"]
    rows = mended.read("reports", period="2025-Q2", known=known)["items"]
    assert [(row["event"], row["state"]) for row in rows] == [
        (mended.events["finance"], "corrected"),
        (mended.events["corrected"], "superseded"),
        (mended.events["commission"], "current"),
    ]
    value = mended.read("blame", path=cell("2025-Q2"), known=known)["value"]
    assert (value["value"], value["event"]) == ("9", mended.events["commission"])


def test_who_corrects_the_earlier_one_is_told_that_a_later_one_is_current(mended: Story) -> None:
    document = problem_of(mended.kept["asked"], 409, "needs-acknowledgement")
    (asked,) = document["discrepancies"]
    assert (asked["code"], asked["path"]) == ("later-decisions", cell("2025-Q2"))
    assert asked["event"] == mended.events["commission"]
    row = mended.row(mended.read("history")["items"], "corrected")
    assert row["acknowledges"] == ["later-decisions"]


def test_the_status_belongs_to_the_statement_that_was_judged(mended: Story) -> None:
    rows = mended.read("reports", period="2025-Q2")["items"]
    assert [(row["status"], row["reviewed_by"]) for row in rows[:2]] == [
        ("accepted", mended.events["accepted"]),
        ("submitted", None),
    ]


def test_when_the_later_report_is_voided_the_earlier_is_current_again_and_the_void_is_shown(
    mended: Story,
) -> None:
    rows = {row["event"]: row for row in mended.read("reports", period="2025-Q2")["items"]}
    voided, current = rows[mended.events["commission"]], rows[mended.events["corrected"]]
    assert (voided["state"], voided["replaced_by"]) == ("voided", mended.events["voided"])
    assert (current["state"], current["current"]) == ("current", True)
    assert mended.read("blame", path=cell("2025-Q2"))["value"]["value"] == "13"
