"""Shapes of what is told of one event beside its row: its checks, and what it set."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.events import CHECKPOINT
from api.models.shape import B64, EVENT, Doubt, Page, Shape, Words, example


class EventCheck(Shape):
    """One check. reason: which case it is, null for the plain one. about: the SHA-256 of a file, or the event
    that it rests on. facts: what the words were made of."""

    code: Literal[
        "form",
        "signature",
        "key",
        "authority",
        "rules",
        "files",
        "place",
        "growth",
        "witness",
        "stamp",
        "signing-time",
        "doubt",
    ]
    outcome: Literal["passed", "undetermined", "failed"]
    reason: str | None
    about: str | None
    facts: dict[str, Any]
    title: Words
    text: Words


class CheckCounts(Shape):
    total: int
    failed: int
    undetermined: int
    passed: int


class EventProof(Shape):
    """The entry's leaf in the newest checkpoint's tree (RFC 6962 §2.1.1); hashes in base64."""

    index: int
    leaf_hash: str
    size: int
    root: str
    proof: list[str]
    checkpoint: str


class EventChecks(Shape):
    """Failures first, then what is undetermined. days_after_act: from the act's date to the local day
    of recording, null without an act. proof: null while no signed checkpoint covers the entry."""

    model_config = example(
        event=EVENT,
        index=12,
        counts={"total": 1, "failed": 0, "undetermined": 0, "passed": 1},
        items=[
            {
                "code": "signature",
                "outcome": "passed",
                "reason": None,
                "about": None,
                "facts": {"count": 1},
                "title": {"uk": "Підпис відповідає тексту.", "en": "The signature fits the text."},
                "text": {
                    "uk": "Після підписання не змінено жодного байта. Підписів: 1.",
                    "en": "Not a byte was changed after signing. Signatures: 1.",
                },
            }
        ],
        days_after_act=1,
        proof={
            "index": 12,
            "leaf_hash": B64,
            "size": 13,
            "root": B64,
            "proof": [B64],
            "checkpoint": CHECKPOINT,
        },
    )
    event: str
    index: int
    counts: CheckCounts
    items: list[EventCheck]
    days_after_act: int | None
    proof: EventProof | None


class EventWrite(Shape):
    """What the event set in one cell. old: what it found, as known then (null: nothing, "removed"); new: what
    is written; result: what the cell reads with it; delta: result − old of money where either is an amount
    (what is none counts as nothing), else null. previous: the entry that last set what was found."""

    path: str
    from_: str = Field(alias="from")
    op: Literal["set", "add", "unset"]
    old: Any
    old_doubt: Doubt | None
    new: Any
    result: Any
    delta: str | None
    unit: str | None
    previous: dict[str, Any] | None


class EventWrites(Page):
    """In the order in which the event states them."""

    model_config = example(
        event=EVENT,
        index=12,
        total=1,
        items=[
            {
                "path": "/financing/2.1.4/2025/local",
                "from": "2025-06-01",
                "op": "set",
                "old": "30000.00",
                "old_doubt": None,
                "new": "45000.00",
                "result": "45000.00",
                "delta": "15000.00",
                "unit": "UAH",
                "previous": {"event": EVENT, "index": 4},
            }
        ],
        next=None,
    )
    event: str
    index: int
    total: int
    items: list[EventWrite]
