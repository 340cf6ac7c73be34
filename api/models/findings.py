"""Shapes of findings: what needs attention, and its life on the record."""

from __future__ import annotations

from typing import Any, Literal

from api.models.events import SignerShown
from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, HASH, INSTANT, KID, Doubt, Page, Shape, example

Severity = Literal["blocks", "ask", "note"]
Status = Literal["open", "answered", "accepted", "resolved"]


class Sentence(Shape):
    uk: str
    en: str


class FoundCell(Shape):
    """state: set, removed, or none (never set). event, index: what set or removed it."""

    path: str
    value: Any
    state: Literal["set", "removed", "none"]
    event: str | None
    index: int | None


class FoundEvent(Shape):
    event: str
    index: int


class Ended(Shape):
    """event, index: the entry that ended it; null where the day alone did. day: on which that was seen."""

    event: str | None
    index: int | None
    day: str


class QuoteShown(Shape):
    """at: place in the paper; printed: the particular's id; file, line: in a source text that is at hand."""

    at: str
    text: str
    printed: str | None
    file: str | None
    line: int | None


class AcceptanceShown(Shape):
    """current: does it bind what is found now? If not, or in doubt, the finding is open again."""

    event: str
    index: int
    recorded_at: str
    reason: str
    signers: list[SignerShown]
    current: bool
    doubt: Doubt | None


class ObservationShown(Shape):
    """observation: the first event; answers: the events that answer it."""

    observation: str
    index: int
    text: str
    to: str | None
    due: str | None
    answered: bool
    answers: list[str]


class Finding(Shape):
    """id: code and key, the same while the thing itself is; fingerprint: what an acceptance binds.

    since: first day on which it is true; null for always. words: the figures of the sentence. resolved: what
    ended it, of a resolved one.
    """

    id: str
    code: str
    key: str
    theme: str
    severity: Severity
    status: Status
    sentence: Sentence
    since: str | None
    cells: list[FoundCell]
    events: list[FoundEvent]
    quotes: list[QuoteShown]
    words: dict[str, Any]
    fingerprint: str
    acceptance: AcceptanceShown | None
    observations: list[ObservationShown]
    doubt: Doubt | None
    resolved: Ended | None = None


class Counts(Shape):
    """Of what is found at the point, whatever was asked for."""

    all: int
    by_severity: dict[str, int]
    by_status: dict[str, int]
    by_theme: dict[str, int]


_FINDING: dict[str, Any] = {
    "id": "FIN-OVER:2.1.4/2025/local",
    "code": "FIN-OVER",
    "key": "2.1.4/2025/local",
    "theme": "money",
    "severity": "ask",
    "status": "accepted",
    "sentence": {
        "uk": "Потребує уваги: касові 46000.00 більші за план 45000.00 (приклад)",
        "en": "Needs attention: 46000.00 paid is above the plan 45000.00 (example)",
    },
    "since": "2025-12-31",
    "cells": [
        {
            "path": "/financing/2.1.4/2025/local",
            "value": "45000.00",
            "state": "set",
            "event": EVENT,
            "index": 12,
        }
    ],
    "events": [{"event": EVENT, "index": 12}],
    "quotes": [],
    "words": {"paid": "46000.00", "plan": "45000.00"},
    "fingerprint": HASH,
    "acceptance": {
        "event": EVENT,
        "index": 70,
        "recorded_at": INSTANT,
        "reason": "Рішенням № 12 (приклад)",
        "signers": [{"person": "p-12", "office": "commission-chair", "kid": KID}],
        "current": True,
        "doubt": None,
    },
    "observations": [],
    "doubt": None,
    "resolved": None,
}


class Findings(Dated, Page):
    """looked_since: of resolved ones, the position from which on the record was looked through."""

    model_config = example(
        programme="town-digital-2025",
        **POINT,
        items=[_FINDING],
        next=None,
        counts={
            "all": 1,
            "by_severity": {"ask": 1},
            "by_status": {"accepted": 1},
            "by_theme": {"money": 1},
        },
        looked_since=None,
    )
    programme: str
    items: list[Finding]
    counts: Counts
    looked_since: int | None
