"""Answers as they are shown: each item with its cells, its events, and the doubt in which they stand."""

from __future__ import annotations

from projections.diff import Point
from projections.doubtful import worst_of
from projections.findings.case import Case
from projections.findings.engine import Memory
from projections.findings.findings import rows_of
from projections.findings.keys import doubts_at
from projections.findings.rules import CODES
from projections.questions.catalogue import QUESTIONS
from projections.questions.question import Answer, Asked, Item, Question, lacks
from projections.reading import Reading
from projections.recording import Doc

ITEMS_MAX = 500


def read_answer(
    memory: Memory,
    reading: Reading,
    programme: str,
    day: str,
    number: int,
    *,
    year: int | None = None,
    start: Point | None = None,
) -> Doc:
    """One question at (D, K). year, start: as Asked has them. Raises Blocked."""
    asked = _asked(memory, reading, programme, day, year, start)
    question = QUESTIONS[number]
    return _shown(asked.case, question, answer_to(question, asked))


def read_answers(memory: Memory, reading: Reading, programme: str, day: str) -> list[Doc]:
    """All twenty without their items, but with how many there are. Raises Blocked."""
    asked = _asked(memory, reading, programme, day, None, None)
    return [_brief(question, answer_to(question, asked)) for question in QUESTIONS.values()]


def _asked(
    memory: Memory, reading: Reading, programme: str, day: str, year: int | None, start: Point | None
) -> Asked:
    case, hits = memory.judged(reading, programme, day)
    return Asked(case, tuple(rows_of(case, hits)), year, start)


def answer_to(question: Question, asked: Asked) -> Answer:
    """Where a rule is not there its findings are not "none": the question is open."""
    gone = [code for code in question.needs if code not in CODES]
    if gone:
        uk, en = f"правила {', '.join(gone)} немає", f"there is no rule {', '.join(gone)}"
        missing = tuple(lacks(f"rule.{code}", uk, en) for code in gone)
        return Answer("undetermined", (f"Не визначено: {uk}", f"Undetermined: {en}"), missing=missing)
    return question.answer(asked)


def _brief(question: Question, answer: Answer) -> Doc:
    return {
        "question": question.number,
        "title": {"uk": question.uk, "en": question.en},
        "verdict": answer.verdict,
        "sentence": {"uk": answer.sentence[0], "en": answer.sentence[1]},
        "figures": dict(answer.figures),
        "missing": [{"what": one.what, "uk": one.words[0], "en": one.words[1]} for one in answer.missing],
        "items_total": len(answer.items),
        "findings": sum(item.finding is not None for item in answer.items),
    }


def _shown(case: Case, question: Question, answer: Answer) -> Doc:
    return {**_brief(question, answer), "items": [_item(case, item) for item in answer.items[:ITEMS_MAX]]}


def _item(case: Case, item: Item) -> Doc:
    return {
        "group": item.group,
        "sentence": {"uk": item.sentence[0], "en": item.sentence[1]},
        "finding": item.finding,
        "act": item.act,
        "cells": [_cell(case, path) for path in item.cells],
        "events": [{"event": case.event_id(index), "index": index} for index in item.entries],
        "values": dict(item.values),
        "doubt": worst_of(one["doubt"] for index in item.entries for one in doubts_at(case, index)),
    }


def _cell(case: Case, path: str) -> Doc:
    """As it holds on D; state: set, removed, or none."""
    answer = case.answer(path)
    if answer is None:
        return {"path": path, "value": None, "state": "none", "event": None, "index": None}
    state = "removed" if answer.removed else "set"
    last = answer.last
    return {"path": path, "value": answer.value, "state": state, "event": last.event, "index": last.entry}
