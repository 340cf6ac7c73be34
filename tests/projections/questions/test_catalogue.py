"""The twenty questions as a whole: their words, their page in the documents, and a rule that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from projections.findings.engine import Memory
from projections.findings.rules import CODES
from projections.questions.catalogue import OF_POINTS, OF_YEAR, QUESTIONS
from projections.questions.question import Asked
from projections.questions.reading import answer_to, read_answers
from tests.projections.findings.living import Life
from tests.projections.questions.telling import ask, ask_all
from tests.support.town import PROGRAMME_ID

PAGE = Path(__file__).resolve().parents[3] / "docs" / "questions.md"
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
D = "2026-03-01"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        yield life


def test_the_page_of_the_documents_has_each_of_them_in_its_own_words() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf8"))
    assert [(int(number), title) for number, title, _ in rows] == [
        (number, one.uk) for number, one in QUESTIONS.items()
    ]
    for number, _, made_of in rows:
        for code in QUESTIONS[int(number)].needs:
            assert code in made_of or code == "GOV-ACKNOWLEDGED", (number, code)


def test_there_are_twenty_and_their_rules_are_there() -> None:
    assert [*QUESTIONS] == [*range(1, 21)]
    assert {code for one in QUESTIONS.values() for code in one.needs} <= CODES
    assert {*OF_YEAR, *OF_POINTS} <= {*QUESTIONS}


def test_without_its_rule_a_question_is_open_and_not_answered_no(life: Life) -> None:
    """Findings of a rule that is not there are not "none"."""
    case, _ = Memory().judged(life.tables.reading(), PROGRAMME_ID, D)
    gone = replace(QUESTIONS[8], needs=("IND-NOT-THERE",))
    answer = answer_to(gone, Asked(case, ()))
    assert answer.verdict == "undetermined"
    assert [one.what for one in answer.missing] == ["rule.IND-NOT-THERE"]


def test_all_twenty_together_say_what_each_says_alone(life: Life) -> None:
    life.on("2025-04-10")
    life.report("i-1", "2025-Q1", "2", files=[])
    life.spend("9.00", "2025-Q1")
    for row in ask_all(life, D):
        alone = ask(life, row["question"], D)
        assert {name: alone[name] for name in row} == row


def test_an_answer_is_the_same_whatever_was_asked_before(life: Life) -> None:
    """What is remembered saves time and changes nothing."""
    life.on("2025-04-10")
    life.report("i-1", "2025-Q1", "2", files=[])
    known = life.town.position
    memory = Memory()
    before = read_answers(memory, life.tables.reading(), PROGRAMME_ID, D)
    life.report("i-1", "2025-Q2", "3", files=[])
    grown = read_answers(memory, life.tables.reading(), PROGRAMME_ID, D)
    assert grown == read_answers(Memory(), life.tables.reading(), PROGRAMME_ID, D)
    assert grown != before
    assert read_answers(memory, life.tables.reading(known), PROGRAMME_ID, D) == before


def test_a_programme_about_which_nothing_was_said_since_gets_no_all_clear(life: Life) -> None:
    """A paper that was adopted: of reports, payments and consent nobody can say no."""
    found = {row["question"]: row["verdict"] for row in ask_all(life, D)}
    assert {number for number, verdict in found.items() if verdict == "no"} == {1, 4, 8}
    assert {number for number, verdict in found.items() if verdict == "not-configured"} == {6, 14}
    assert {number for number, verdict in found.items() if verdict == "yes"} == {20}
