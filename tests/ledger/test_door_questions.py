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
from tests.ledger.refusals.treasury import CONCLUSION, DATASET, EXTRACT, EXTRACT_LINE, FINDING, MAPPED
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    TREASURER,
    agreed,
    asks,
    change,
    council_town,
    enacts,
    policy,
)
from tests.support.story import ACTUAL, CLOSED
from tests.support.town import (
    ACT,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
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


def votes(given: int) -> Payload:
    """Of 38 members, of whom 26 are two thirds."""
    return {"for": given, "against": 2, "abstained": 1, "of": 38}


def returned(amount: str) -> Tell:
    return lambda town: Said(
        "transfer.returned", PROGRAMME, SPENT | {"transfer": town.ids["transfer"], "amount": amount}
    )


def paid(amount: str, phase: str = "paid") -> Tell:
    rows = [SPENT | {"amount": amount}]
    data = {"phase": phase, "period": "2025-Q1", "accumulation": "period", "lines": rows}
    return says("spending.reported", PROGRAMME, data)


def extract(paid: str, *, day: str = "2025-06-30") -> Tell:
    data = EXTRACT | {"day": day, "lines": [EXTRACT_LINE | {"paid": paid}]}
    return says("treasury.imported", PROGRAMME, data)


def mapped(share: str, *, measure: str = "1.1", effective: str = "2025-03-01") -> Tell:
    data = {"lines": [MAPPED | {"share": share, "measure": measure}]}
    return says("allocation.mapped", PROGRAMME, data, effective=effective)


def restated(*removals: str) -> Tell:
    """A new edition of the plan, which leaves the second measure's row out."""
    edition = {"annex": "financing", "removals": list(removals)}
    return says("programme.amended", PROGRAMME, {"financing": [PLAN_ROW], "restated": [edition]})


def adopted(totals: Payload) -> Tell:
    return says("programme.adopted", "programme:new", NEW | {"totals": totals})


def proposing(name: str) -> Tell:
    """A proposal of 1.00 on the first measure, which the story calls so; its id is made beforehand."""

    def tell(town: TestLedger) -> Said:
        town.ids[name] = town.next_id()
        return Said("change.proposed", PROGRAMME, {"change": change(lines("1.00"))}, {"id": town.ids[name]})

    return tell


def enacting(amount: str, *, proposal: str = "proposal") -> Tell:
    return lambda town: money(amount, relations=enacts(town.ids[proposal]))(town)


def endorsing(proposal: str) -> Tell:
    return lambda town: Said("change.endorsed", PROGRAMME, agreed(town, town.ids[proposal]))


def reporting(name: str, **common: Any) -> Tell:
    """A report that the story calls so."""

    def tell(town: TestLedger) -> Said:
        town.ids[name] = town.next_id()
        data = ACTUAL | {"period": "2025-Q2"}
        return Said("actual.reported", PROGRAMME, data, {"id": town.ids[name], **common})

    return tell


def accepting(report: str, **common: Any) -> Tell:
    return lambda town: Said("report.accepted", PROGRAMME, {"report": town.ids[report]}, common)


PROPOSED = proposing("proposal")
WANTED = says(
    "policy.set", COUNCIL_STREAM, policy(rules=[asks(MAYOR, shortfall="acknowledge")], programme=PROGRAMME_ID)
)
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
        "over-appropriation",
        "a schedule above the year's budget",
        (LINE,),
        says("schedule.changed", PROGRAMME, lines("200.01")),
        says("schedule.changed", PROGRAMME, lines("200.00")),
        before=(GRANT,),
    ),
    Question(
        "lower-than-before",
        "a treasury extract that lowers what was paid",
        (f"{LINE}/paid",),
        extract("24.99"),
        extract("25.00"),
        before=(extract("25.00", day="2025-06-29"),),
    ),
    Question(
        "lower-than-before",
        "a second extract of one day that lowers what was paid",
        (f"{LINE}/paid",),
        extract("24.99"),
        extract("25.00"),
        before=(extract("25.00"),),
    ),
    Question(
        "shares-above-one",
        "more of a treasury line than the whole",
        (LINE,),
        mapped("0.500001"),
        mapped("0.5"),
        before=(mapped("0.5", measure="1.2"),),
    ),
    Question(
        "shares-above-one",
        "a share that is too much from a later day on",
        (LINE,),
        mapped("0.500001", effective="2025-02-01"),
        mapped("0.5", effective="2025-02-01"),
        before=(mapped("0.5", measure="1.2", effective="2025-05-01"),),
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
        "suspended-late",
        "a mayor's suspension on the sixth day",
        ("/data/start",),
        status(by="mayor", start="2024-12-26"),
        status(by="mayor", start="2024-12-25"),
    ),
    Question(
        "override-short",
        "an override short of two thirds of the council",
        ("/data/votes",),
        status(status="resumed", by="council", votes=votes(25)),
        status(status="resumed", by="council", votes=votes(26)),
        before=(status(by="mayor", start="2024-12-25"),),
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
        "endorsements-missing",
        "a decision that a policy wants endorsed",
        ("/relations/enacts",),
        money("1.00"),
        says("appropriation.set", PROGRAMME, lines("1.00")),
        before=(WANTED,),
    ),
    Question(
        "other-text",
        "a decision that is not what was proposed",
        ("/relations/enacts/proposal",),
        enacting("2.00"),
        enacting("1.00"),
        before=(PROPOSED,),
    ),
    Question(
        "changed-since-proposed",
        "an enactment over what was decided since",
        ("/relations/enacts/proposal",),
        enacting("1.00"),
        enacting("1.00", proposal="later"),
        before=(PROPOSED, money("5.00"), proposing("later")),
    ),
    Question(
        "changed-since-proposed",
        "an endorsement of what was overtaken",
        ("/data/proposal",),
        endorsing("proposal"),
        endorsing("later"),
        before=(PROPOSED, money("5.00"), proposing("later")),
    ),
    Question(
        "own-report",
        "a report accepted by the person who signed it",
        ("/signers/0/person",),
        accepting("actual"),
        accepting("actual", by=MAYOR),
    ),
    Question(
        "own-report",
        "a report accepted by the same person in another office",
        ("/signers/1/person",),
        accepting("report", by=[TREASURER, MEMBER]),
        accepting("report", by=[TREASURER, CHAIR]),
        before=(reporting("report", by=MAYOR),),
    ),
    Question(
        "programme-closed",
        "a decision after the programme's end",
        ("/subject",),
        says("financing.changed", CLOSED, lines("1.00")),
        says("actual.reported", CLOSED, ACTUAL),
    ),
    *(
        Question(
            "programme-closed",
            f"a schedule, where {kind} may follow",
            ("/subject",),
            says("schedule.changed", CLOSED, lines("1.00")),
            says(kind, CLOSED, data),
        )
        for kind, data in (
            ("treasury.imported", EXTRACT),
            ("finding.accepted", FINDING),
            ("evaluation.concluded", CONCLUSION),
            ("dataset.published", DATASET),
        )
    ),
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
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
