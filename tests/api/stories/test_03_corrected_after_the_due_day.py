"""3. «Чи виправляли звіт після граничної дати?»

A report about the third quarter is due on the fifth of October 2025, which is a Sunday; Monday
is a holiday, so it is due on the seventh. One report comes that day and is corrected on the
twentieth; another comes on the twenty-first for the first time.
"""

from __future__ import annotations

import hashlib

import pytest

from ledger.calendar import Calendar
from ledger.deadlines import due_day
from ledger.policy import Deadline
from tests.api.stories.story import ACTUAL, Begin, Story
from tests.support.council import policy
from tests.support.people import FINANCIER
from tests.support.town import COUNCIL_STREAM, PROGRAMME_ID, Payload

PERIOD, DUE = "2025-Q3", "2025-10-07"
CELL = f"/actuals/i-1/{PERIOD}/period"
OFFICE = FINANCIER.office
RULES: Payload = {
    "executors": [{"items": ["1"], "kinds": [ACTUAL], "office": OFFICE}],
    "deadlines": [{"kinds": [ACTUAL], "period": "quarter", "months": 1, "day": 5, "shift": "next"}],
    "calendar": {"holidays": ["2025-10-06"]},
}
REASON = "Не враховано семінар 28 вересня"
EVIDENCE: Payload = {
    "name": "журнал семінарів.pdf",
    "media_type": "application/pdf",
    "size": 4,
    "sha256": hashlib.sha256(b"%PDF").hexdigest(),
    "access": "public",
}


def reached(value: str, indicator: str = "i-1") -> Payload:
    return {"indicator": indicator, "period": PERIOD, "accumulation": "period", "value": value}


@pytest.fixture(scope="module")
def story(begin: Begin) -> Story:
    story = begin()
    # Given: who reports by which day, adopted on the record.
    rules = policy("reporting", **RULES)
    story.tell("policy", "policy.set", rules, subject=COUNCIL_STREAM)
    # When: a report on the due day, its correction two weeks later, and a report that is late.
    story.now("2025-10-07T09:00:00")
    story.tell("report", ACTUAL, reached("3"), by=FINANCIER, files=[EVIDENCE])
    story.now("2025-10-20T09:00:00")
    corrects, files = story.events["report"], [EVIDENCE]
    story.tell(
        "correction", ACTUAL, reached("4"), by=FINANCIER, corrects=corrects, reason=REASON, files=files
    )
    story.now("2025-10-21T09:00:00")
    story.tell("late", ACTUAL, reached("Так", "i-2"), by=FINANCIER)
    return story


def duties(story: Story, day: str, known: str | None = None) -> dict[str, Payload]:
    """What waits to be reported of the quarter on a day, by indicator."""
    at = f"&known={story.known[known]}" if known is not None else ""
    items = story.json(f"/v1/inbox?office={OFFICE}&as_of={day}&task=report{at}")["items"]
    mine = [one for one in items if (one["programme"], one["about"]["period"]) == (PROGRAMME_ID, PERIOD)]
    return {one["about"]["indicator"]: one for one in mine}


def test_the_due_day_is_read_from_the_policy_and_its_calendar(story: Story) -> None:
    settings = story.json(f"/v1/policies?programme={PROGRAMME_ID}")["settings"]
    (deadline,), (calendar,) = settings["deadlines"]["items"], settings["calendar"]["items"]
    assert [deadline.pop("policy"), calendar.pop("policy")] == [story.events["policy"]] * 2
    assert deadline["kinds"] == [ACTUAL]
    adopted = Calendar(frozenset(calendar["holidays"]), frozenset(calendar["working"]))
    rule = Deadline.model_validate(deadline | {"kinds": (ACTUAL,)})
    assert due_day(PERIOD, rule, adopted) == DUE


def test_before_the_due_day_both_reports_are_awaited_by_it(story: Story) -> None:
    waiting = duties(story, DUE, "policy")
    assert {name: (one["due"], one["overdue"]) for name, one in waiting.items()} == {
        "i-1": (DUE, False),
        "i-2": (DUE, False),
    }
    assert {one["policy"] for one in waiting.values()} == {story.events["policy"]}


def test_the_correction_shows_its_original_its_reason_and_its_signer(story: Story) -> None:
    first, second = story.read("reports", indicator="i-1", period=PERIOD)["items"]
    assert (first["event"], second["event"]) == (story.events["report"], story.events["correction"])
    assert first["report"] == second["report"] == story.events["report"]
    assert (first["value"], first["state"], first["replaced_by"]) == ("3", "corrected", second["event"])
    assert (second["value"], second["state"], second["reason"]) == ("4", "current", REASON)
    signer = {"person": FINANCIER.person, "office": OFFICE, "kid": FINANCIER.key.public.kid}
    assert first["signers"] == second["signers"] == [signer]
    assert first["evidence"] == second["evidence"] == 1


def test_the_history_tells_it_in_order_with_the_old_value_and_the_evidence(story: Story) -> None:
    correction, report = story.read("history", path=CELL)["items"]
    assert (correction["corrects"], correction["reason"]) == (report["event"], REASON)
    assert [(write["old"], write["new"]) for write in correction["writes"]] == [(None, "4")]
    assert [file["sha256"] for file in correction["files"]] == [EVIDENCE["sha256"]]
    shown = story.event("report")
    assert [one["event"] for one in shown["corrections"]] == [story.events["correction"]]
    assert shown["in_force"]["event"] == story.events["correction"]


def test_the_original_is_what_was_known_before_the_correction(story: Story) -> None:
    before, after = (
        story.read("blame", path=CELL, known=story.known[name]) for name in ("report", "correction")
    )
    assert (before["value"]["value"], before["items"][0]["event"]) == ("3", story.events["report"])
    assert (after["value"]["value"], after["items"][0]["event"]) == ("4", story.events["correction"])
    assert after["items"][0]["reason"] == REASON
    # On the eve of the correction, by date:
    assert story.read("blame", path=CELL, known="2025-10-19")["value"]["value"] == "3"


def test_the_correction_keeps_the_place_and_the_day_of_the_first_statement(story: Story) -> None:
    rows = [story.read("blame", path=CELL, known=story.known[n])["items"] for n in ("report", "correction")]
    assert [len(chain) for chain in rows] == [1, 1]  # one write that was corrected, not two
    assert {chain[0]["from"] for chain in rows} == {"2025-09-30"}
    assert story.event("correction")["slot"] == story.events["report"]


def test_a_correction_after_the_due_day_is_not_lateness(story: Story) -> None:
    first, second = story.read("reports", indicator="i-1", period=PERIOD)["items"]
    assert (story.day("report"), story.day("correction")) == (DUE, "2025-10-20")
    assert first["recorded_at"] < second["recorded_at"]
    # Nobody waits for it on the day after the correction; the other indicator is overdue by then.
    waiting = duties(story, "2025-10-21", "correction")
    assert {name: one["overdue"] for name, one in waiting.items()} == {"i-2": True}


def test_a_first_statement_after_the_due_day_is_late_though_nobody_waits_for_it_any_more(
    story: Story,
) -> None:
    (row,) = story.read("reports", indicator="i-2", period=PERIOD)["items"]
    assert row["event"] == row["report"] == story.events["late"]
    assert story.day("late") > DUE
    assert duties(story, "2025-10-21") == {}


def test_each_statement_has_its_own_proof(story: Story) -> None:
    indexes = [story.proven(name).index for name in ("report", "correction")]
    assert indexes == sorted(indexes)
