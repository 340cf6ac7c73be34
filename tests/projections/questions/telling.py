"""Asking the twenty questions of a council's record that was told through the real door."""

from __future__ import annotations

from typing import Any, Protocol

from projections.diff import Point
from projections.findings.engine import Memory
from projections.findings.findings import read_findings
from projections.questions.catalogue import QUESTIONS
from projections.questions.reading import read_answer, read_answers
from tests.projections.tables import Tables
from tests.support.town import PROGRAMME_ID

Row = dict[str, Any]


class Told(Protocol):
    """A record that was told to a ledger, and its tables."""

    @property
    def tables(self) -> Tables: ...


VERDICTS = {"yes", "no", "undetermined", "not-configured", "shown"}


def ask(
    record: Told,
    number: int,
    day: str,
    *,
    known: int | None = None,
    year: int | None = None,
    start: Point | None = None,
    programme: str = PROGRAMME_ID,
) -> Row:
    """One question on a day, with what every answer must be."""
    reading, memory = record.tables.reading(known), Memory()
    answer = read_answer(memory, reading, programme, day, number, year=year, start=start)
    check(answer)
    check_findings(answer, read_findings(memory, reading, programme, day))
    return answer


def ask_all(record: Told, day: str, programme: str = PROGRAMME_ID) -> list[Row]:
    found = read_answers(Memory(), record.tables.reading(), programme, day)
    for answer in found:
        check(answer)
    return found


def check_findings(answer: Row, rows: list[Row]) -> None:
    """An answer names every finding of its rules, and none that there is not."""
    named = {item["finding"] for item in answer["items"]} - {None}
    assert named <= {row["id"] for row in rows}
    if answer["question"] == 1:
        rows = [row for row in rows if row["key"].endswith(f"/{answer['figures'].get('year')}")]
    if answer["question"] == 5:
        rows = [
            row for row in rows if row["code"] == "FIN-ABOVE" or row["key"].endswith("/over-appropriation")
        ]
    needs = QUESTIONS[answer["question"]].needs
    assert {row["id"] for row in rows if row["code"] in needs} <= named


def check(answer: Row) -> None:
    """In both languages, judging nobody; where there is no answer it says what is lacking."""
    assert answer["verdict"] in VERDICTS
    for said in (answer, *answer.get("items", ())):
        for language in ("uk", "en"):
            text = said["sentence"][language]
            assert text, answer["question"]
            assert not {"{", "}"} & set(text.replace("{}", "")), text
            for word in ("порушен", "violat", "breach", "None"):
                assert word not in text, text
    if answer["verdict"] in ("undetermined", "not-configured"):
        assert answer["missing"], answer["question"]
    for one in answer["missing"]:
        assert one["what"]
        assert one["uk"]
        assert one["en"]
    assert (
        answer["verdict"] != "no"
        or not any(item["finding"] and item["group"] == "answer" for item in answer.get("items", ()))
        or answer["question"] in (14, 20)
    ), "no, although something was found"


def decided(answer: Row) -> list[Row]:
    """The items that the answer rests on."""
    return [item for item in answer["items"] if item["group"] == "answer"]


def apart(answer: Row) -> list[Row]:
    return [item for item in answer["items"] if item["group"] == "apart"]


def events(item: Row) -> set[str]:
    return {one["event"] for one in item["events"]}


def lacking(answer: Row) -> set[str]:
    return {one["what"] for one in answer["missing"]}
