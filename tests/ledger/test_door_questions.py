"""What the door asks about: probable mistakes that a signer may acknowledge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import ledger
from ledger.submission import read_submission
from tests.support.story import ACTUAL, CLOSED, OTHER_PROGRAMME, town_with_history
from tests.support.town import (
    ACT,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    Payload,
    TestLedger,
    line,
    lines,
)

NEW = PROGRAMME_DATA | {"programme": "new"}
PLAN_ROW = {"measure": "1.1", "year": 2025, "source": "local", "amount": "170.00"}
SPENT = {"measure": "1.1", "year": 2025, "source": "local"}


@dataclass(frozen=True)
class Said:
    """What somebody says; common: as TestLedger.payload takes it."""

    kind: str
    subject: str
    data: Any
    common: Payload = field(default_factory=dict)


Tell = Callable[[TestLedger], Said]


def says(kind: str, subject: str, data: Any, **common: Any) -> Tell:
    return lambda town: Said(kind, subject, data, common)


@dataclass(frozen=True)
class Question:
    """A code with the pointers asked about, what provokes it, and what nearly does."""

    code: str
    story: str
    pointers: tuple[str, ...]
    asked: Tell
    near: Tell
    before: tuple[Tell, ...] = ()


def money(*rows: str | Payload, **common: Any) -> Tell:
    return says("financing.changed", PROGRAMME, lines(*rows), **common)


def status(**members: Any) -> Tell:
    data = {"act": ACT, "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"} | members
    return says("act.status_changed", COUNCIL_STREAM, data)


def returned(amount: str) -> Tell:
    return lambda town: Said(
        "transfer.returned", PROGRAMME, SPENT | {"transfer": town.ids["transfer"], "amount": amount}
    )


def paid(amount: str, phase: str = "paid") -> Tell:
    rows = [SPENT | {"amount": amount}]
    data = {"phase": phase, "period": "2025-Q1", "accumulation": "period", "lines": rows}
    return says("spending.reported", PROGRAMME, data)


def restated(*removals: str) -> Tell:
    """A new edition of the plan, which leaves the second measure's row out."""
    edition = {"annex": "financing", "removals": list(removals)}
    return says("programme.amended", PROGRAMME, {"financing": [PLAN_ROW], "restated": [edition]})


def adopted(totals: Payload) -> Tell:
    return says("programme.adopted", "programme:new", NEW | {"totals": totals})


GRANT = says("appropriation.set", PROGRAMME, lines("200.00"), effective="2025-01-01")
LINE = "/data/lines/0"
QUESTIONS = (
    Question(
        "changed-since-seen",
        "a cell written after the signer looked",
        (LINE,),
        lambda town: money("1.00", seen=town.position - 1)(town),
        lambda town: money("1.00", seen=town.position)(town),
        before=(money("5.00"),),
    ),
    Question(
        "old-mismatch",
        "an old value that is not in force",
        (f"{LINE}/stated_old",),
        money(line("1.00", stated_old="150.00")),
        money(line("1.00", stated_old="160.00")),
    ),
    Question(
        "old-mismatch",
        "an old value where a dash is printed",
        (f"{LINE}/stated_old",),
        money(line("1.00", measure="1.2", stated_old="0.00")),
        money(line("1.00", measure="1.2")),
    ),
    Question(
        "later-decisions",
        "a decision from a day before another one's",
        (LINE,),
        money(line("1.00", since="2025-02-28")),
        money(line("1.00", since="2025-03-01")),
    ),
    Question(
        "later-decisions",
        "a decision that does not write the later one's day again",
        (LINE,),
        money(line("1.00", since="2025-02-28"), line("1.00", since="2025-03-02")),
        money(line("1.00", since="2025-02-28"), line("1.00", since="2025-03-01")),
    ),
    Question(
        "later-decisions",
        "a decision on a row of an annex that was restated later",
        (LINE,),
        money(line("1.00", measure="1.2", since="2025-02-28")),
        money(line("1.00", measure="1.2", since="2025-03-01")),
        before=(restated("/financing/1.2/2025/local"),),
    ),
    Question(
        "later-decisions",
        "a decision on a row that a later edition has for the first time",
        (LINE,),
        money(line("1.00", measure="1.2", year=2026, since="2025-02-28")),
        money(
            line("1.00", measure="1.2", year=2026, since="2025-02-28"),
            line("1.00", measure="1.2", year=2026, since="2025-03-01"),
        ),
        before=(restated("/financing/1.2/2025/local"),),
    ),
    Question(
        "totals-differ",
        "a printed total that is not the sum",
        ("/data/totals/source:local", "/data/totals/total"),
        adopted({"total": "99.00", "source:local": "1.00"}),
        adopted({"total": "100.00", "2026": "-"}),
    ),
    Question(
        "over-appropriation",
        "a need above the year's budget",
        (LINE,),
        money("200.01"),
        money("200.00"),
        before=(GRANT,),
    ),
    Question(
        "over-appropriation",
        "payments above the year's budget",
        (LINE,),
        paid("200.01"),
        paid("200.00"),
        before=(GRANT,),
    ),
    Question(
        "over-appropriation",
        "commitments above the year's budget, where payables may be",
        (LINE,),
        paid("200.01", "commitment"),
        paid("200.01", "payable"),
        before=(GRANT,),
    ),
    Question(
        "removals-differ",
        "an edition that leaves out more than it says",
        ("/data/restated/0/removals",),
        restated(),
        restated("/financing/1.2/2025/local"),
    ),
    Question(
        "later-status",
        "a suspension from before the act came into force",
        ("/data/start",),
        status(start="2024-12-19"),
        status(start="2024-12-19", to="2025-01-10"),
    ),
    Question(
        "later-status",
        "an act quashed from another day than its first",
        ("/data/start",),
        status(status="quashed", start="2024-12-21"),
        status(status="quashed", start="2024-12-20"),
    ),
    Question(
        "later-status",
        "a suspension from before an older resumption",
        ("/data/start",),
        status(start="2025-03-20"),
        status(start="2025-03-24"),
        before=(status(start="2025-03-13"), status(status="resumed", start="2025-03-24")),
    ),
    Question(
        "returned-above-sent",
        "more returned than was sent",
        ("/data/amount",),
        returned("40.01"),
        returned("40.00"),
    ),
    Question(
        "mixed-script",
        "a name with a Latin letter in a Cyrillic word",
        ("/data/name",),
        says("person.registered", "root", {"person": "p-new", "name": "Paдник"}),
        says("person.registered", "root", {"person": "p-new", "name": "Радник IT"}),
    ),
    Question(
        "mixed-script",
        "a body whose name mixes scripts",
        ("/data/name",),
        says("body.opened", "root", {"body": "b", "name": "Рaда"}),
        says("body.opened", "root", {"body": "b", "name": "Рада № 1"}),
    ),
    Question(
        "programme-closed",
        "a decision after the programme's end",
        ("/subject",),
        says("financing.changed", CLOSED, lines("1.00")),
        says("actual.reported", CLOSED, ACTUAL),
    ),
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with town_with_history(tmp_path / "ledger") as town:
        yield town


def prepared(town: TestLedger, question: Question) -> None:
    for tell in question.before:
        said = tell(town)
        town.submit(said.kind, said.subject, said.data, **said.common)


each = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.story)


@each
def test_the_door_asks_about(question: Question, town: TestLedger) -> None:
    prepared(town, question)
    said = question.asked(town)
    found = town.asked_about(said.kind, said.subject, said.data, **said.common)
    assert {one.code for one in found} == {question.code}
    assert tuple(one.pointer for one in found) == question.pointers


@each
def test_once_acknowledged_it_is_recorded(question: Question, town: TestLedger) -> None:
    prepared(town, question)
    said, before = question.asked(town), town.position
    receipt = town.submit(said.kind, said.subject, said.data, acknowledges=[question.code], **said.common)
    assert receipt.index == before


@each
def test_the_door_does_not_ask_about_its_near_miss(question: Question, town: TestLedger) -> None:
    prepared(town, question)
    said, before = question.near(town), town.position
    assert town.submit(said.kind, said.subject, said.data, **said.common).index == before


@each
def test_acknowledging_what_the_near_miss_does_not_need_is_refused(
    question: Question, town: TestLedger
) -> None:
    prepared(town, question)
    said = question.near(town)
    refusal = town.refused(said.kind, said.subject, said.data, acknowledges=[question.code], **said.common)
    assert (refusal.code, refusal.pointer, refusal.got) == (
        "acknowledges-nothing",
        "/acknowledges/0",
        question.code,
    )


@each
def test_a_draft_foretells_what_the_door_asks(question: Question, town: TestLedger) -> None:
    prepared(town, question)
    said = question.asked(town)
    submission = read_submission(town.envelope(said.kind, said.subject, said.data, **said.common))
    head = town.head
    outlook = town.ledger.draft(submission.event, submission.payload_hash)
    assert outlook.missing == (question.code,)
    assert town.head == head


def test_every_discrepancy_in_the_code_is_asked_here() -> None:
    source = "".join(path.read_text() for path in Path(ledger.__path__[0]).rglob("*.py"))
    assert set(re.findall(r'Discrepancy\(\s*"([a-z-]+)"', source)) == {one.code for one in QUESTIONS}


# -- several at once ---------------------------------------------------------------


def entangled(town: TestLedger) -> Payload:
    """A decision that overlooks three things."""
    return {
        "data": lines(line("300.00", since="2025-02-28", stated_old="1.00"), line("1.00", measure="1.2")),
        "seen": town.position - 4,
    }


THREE = ["later-decisions", "old-mismatch", "over-appropriation"]


def test_everything_that_was_noticed_is_listed_at_once(town: TestLedger) -> None:
    town.submit("appropriation.set", PROGRAMME, lines("200.00"), effective="2025-01-01")
    common = entangled(town)
    found = town.asked_about("financing.changed", PROGRAMME, common["data"], seen=town.position)
    assert sorted((one.code, one.pointer) for one in found) == [
        ("later-decisions", "/data/lines/0"),
        ("old-mismatch", "/data/lines/0/stated_old"),
        ("over-appropriation", "/data/lines/0"),
    ]


def test_an_acknowledgement_of_one_leaves_all_listed(town: TestLedger) -> None:
    town.submit("appropriation.set", PROGRAMME, lines("200.00"), effective="2025-01-01")
    data = entangled(town)["data"]
    asked = town.asked("financing.changed", PROGRAMME, data, acknowledges=["old-mismatch"])
    assert asked == set(THREE)
    assert town.submit("financing.changed", PROGRAMME, data, acknowledges=THREE).index == town.position - 1


def test_an_old_mismatch_tells_the_value_in_force_and_who_set_it(town: TestLedger) -> None:
    (found,) = town.asked_about("financing.changed", PROGRAMME, lines(line("1.00", stated_old="1.00")))
    correction = town.timeline().slots[town.ids["financing"]].event
    assert found.details == {"stated": "1.00", "in_force": "160.00", "event": correction}


def test_inside_a_batch_a_question_names_its_envelope(town: TestLedger) -> None:
    good = town.envelope("financing.changed", PROGRAMME, lines("1.00"))
    bad = town.envelope("financing.changed", OTHER_PROGRAMME, lines(line("1.00", stated_old="7.00")))
    (found,) = town.asked_all([good, bad])
    assert found.pointer == "/envelopes/1/data/lines/0/stated_old"


def test_corrections_follow_the_end_of_a_programme_without_notice(town: TestLedger) -> None:
    slot = town.submit("financing.changed", CLOSED, lines("1.00"), acknowledges=["programme-closed"]).event
    town.submit("financing.changed", CLOSED, lines("2.00"), corrects=slot)
    town.submit("programme.closed", CLOSED, None, corrects=town.ids["closed"])
    assert town.submit("financing.changed", CLOSED, lines("3.00")).index == town.position - 1


def test_a_corrected_suspension_cannot_swallow_the_newer_resumption_and_is_not_asked(
    town: TestLedger,
) -> None:
    suspended = {"act": ACT, "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"}
    slot = town.submit("act.status_changed", COUNCIL_STREAM, suspended).event
    resumed = suspended | {"status": "resumed", "start": "2025-03-24"}
    town.submit("act.status_changed", COUNCIL_STREAM, resumed)
    town.submit("act.status_changed", COUNCIL_STREAM, suspended | {"start": "2025-03-12"}, corrects=slot)
    counts = [town.timeline().counts(ACT, day) for day in ("2025-03-11", "2025-03-12", "2025-03-24")]
    assert counts == [True, False, True]
