"""Shapes of the twenty questions: an answer in one sentence, and everything that it rests on."""

from __future__ import annotations

from typing import Any, Literal

from api.models.programmes import CELL, POINT, Dated
from api.models.shape import EVENT, Doubt, Page, Shape, Words, example

Verdict = Literal["yes", "no", "undetermined", "not-configured", "shown"]


class Lacking(Words):
    """What must be on the record for an answer. what: a kind of event, or a setting of a policy."""

    what: str


class AnswerCell(Shape):
    """As it holds on the day. state: set, removed, or none (never set). blame: its whole chain."""

    path: str
    value: Any
    state: Literal["set", "removed", "none"]
    event: str | None
    index: int | None
    blame: str


class AnswerEvent(Shape):
    """proof: that the entry is in the tree of the answer's own size."""

    event: str
    index: int
    proof: str


class AnswerItem(Shape):
    """group: apart for what is listed beside the answer and decides nothing. finding: its id, if it is one.

    values: the figures of the sentence, by name.
    """

    group: Literal["answer", "apart"]
    sentence: Words
    finding: str | None
    act: str | None
    cells: list[AnswerCell]
    events: list[AnswerEvent]
    values: dict[str, Any]
    doubt: Doubt | None


class Evidence(Shape):
    """Frozen addresses at which anyone checks the answer: they say the same for ever.

    bundle: null until the heads of the streams commit to the position.
    """

    state: str
    findings: str
    history: str
    diff: str | None
    bundle: str | None


class Brief(Shape):
    """no: only where there was something to look at, and all of it was. findings: how many items are one."""

    question: int
    title: Words
    verdict: Verdict
    sentence: Words
    figures: dict[str, Any]
    missing: list[Lacking]
    items_total: int
    findings: int


_BRIEF: dict[str, Any] = {
    "question": 6,
    "title": {
        "uk": "Чи дробили зміни, щоб не нести на сесію?",
        "en": "Were changes split so as not to go to the session?",
    },
    "verdict": "not-configured",
    "sentence": {
        "uk": "Не налаштовано: порога, вище якого зміни несуть на сесію, не встановлено",
        "en": "Not configured: no threshold of the session is set",
    },
    "figures": {"changes": 2, "found": 0, "thresholds": []},
    "missing": [
        {
            "what": "policy.session",
            "uk": "порога, вище якого зміни несуть на сесію, не встановлено",
            "en": "no threshold of the session is set",
        }
    ],
    "items_total": 0,
    "findings": 0,
}
_ITEM: dict[str, Any] = {
    "group": "answer",
    "sentence": {
        "uk": "/financing/2.1.4/2025/local: 45000.00 (приклад)",
        "en": "/financing/2.1.4/2025/local: 45000.00 (example)",
    },
    "finding": None,
    "act": "town-2-2025-02-01",
    "cells": [
        {
            "path": CELL,
            "value": "45000.00",
            "state": "set",
            "event": EVENT,
            "index": 12,
            "blame": f"/v1/programmes/town-digital-2025/blame?as_of=2025-12-31&known=57&path={CELL}",
        }
    ],
    "events": [
        {"event": EVENT, "index": 12, "proof": f"/v1/proofs/inclusion?event={EVENT}&size=57"},
    ],
    "values": {"state": "amount", "value": "45000.00"},
    "doubt": None,
}
_BASE = "/v1/programmes/town-digital-2025"
_AT = "as_of=2025-12-31&known=57"


class AnswerShown(Dated, Brief):
    """items: at most 500 of items_total."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        **_BRIEF | {"items_total": 1},
        items=[_ITEM],
        evidence={
            "state": f"{_BASE}?{_AT}",
            "findings": f"{_BASE}/findings?{_AT}",
            "history": f"{_BASE}/history?known=57",
            "diff": None,
            "bundle": f"{_BASE}/bundle?{_AT}",
        },
    )
    programme: str
    items: list[AnswerItem]
    evidence: Evidence


class BriefLinked(Brief):
    """link: the whole answer, frozen."""

    link: str


class Answers(Dated, Page):
    model_config = example(
        programme="town-digital-2025",
        **POINT,
        items=[{**_BRIEF, "link": f"{_BASE}/questions/6?{_AT}"}],
        next=None,
    )
    programme: str
    items: list[BriefLinked]
