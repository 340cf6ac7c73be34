"""Shapes of consent: how events stand to proposals and policies, proposals, and what policies say."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.shape import EVENT, HASH, INSTANT, KID, KNOWN, Doubt, KnownPoint, Page, Shape, example

SHORT: dict[str, Any] = {"proposal": EVENT, "met": False, "lacking": 1}
TALLY: dict[str, Any] = {
    "policy": EVENT,
    "offices": ["commission-chair", "finance-head"],
    "needed": 2,
    "ordered": False,
    "other_persons": True,
    "shortfall": "acknowledge",
    "counted": [{"office": "commission-chair", "person": "p-12", "event": EVENT, "index": 58, "doubt": None}],
    "lacking": [{"office": "finance-head", "why": "missing"}],
    "met": False,
}
ASKED: dict[str, Any] = {**TALLY, "instead": [{"office": "finance-head", "persons": ["p-09"]}]}
CONSENT: dict[str, Any] = {
    **SHORT,
    "same_text": True,
    "differences": [],
    "differences_total": 0,
    "acknowledges": ["endorsements-missing"],
    "tallies": [TALLY],
    "silent": [],
    "proposer_persons": ["p-07"],
    "signer_persons": ["p-07"],
}
CONSENT_RECORD: dict[str, Any] = {
    **CONSENT,
    "id": EVENT,
    "programme": "town-digital-2025",
    "kind": "financing.changed",
    "event": EVENT,
    "index": 61,
}


class ConsentShort(Shape):
    """proposal: that the event enacts; met: are all demands, null without any; lacking: endorsements."""

    proposal: str | None
    met: bool | None
    lacking: int


class CountedVoice(Shape):
    """doubt: of an endorsement that counted then, now."""

    office: str
    person: str
    event: str
    index: int
    doubt: Doubt | None


class Lack(Shape):
    """Why an office's endorsement does not count."""

    office: str
    why: Literal[
        "missing", "refused", "other-text", "self", "same-person", "out-of-order", "mandate-ended",
        "key-revoked", "in-doubt",
    ]  # fmt: skip


class Tally(Shape):
    """What one policy asks of the event. policy: the event that set it."""

    policy: str
    offices: list[str]
    needed: int
    ordered: bool
    other_persons: bool
    shortfall: Literal["refuse", "acknowledge", "record"]
    counted: list[CountedVoice]
    lacking: list[Lack]
    met: bool


class Holders(Shape):
    """Who holds an office today."""

    office: str
    persons: list[str]


class AskedTally(Tally):
    """instead: who could give what lacks."""

    instead: list[Holders]


class Difference(Shape):
    """Where two texts differ: JSON Pointer into the content; null: absent."""

    path: str
    proposed: Any
    stated: Any


class Consent(ConsentShort):
    """By the world just before the event. same_text: null if nothing was proposed."""

    same_text: bool | None
    differences: list[Difference]
    differences_total: int
    acknowledges: list[str]
    tallies: list[Tally]
    silent: list[str]
    proposer_persons: list[str]
    signer_persons: list[str]


class ConsentRecord(Consent):
    """As it was recorded, for ever."""

    id: str
    programme: str
    kind: str
    event: str
    index: int


class Proposer(Shape):
    person: str
    office: str


class Voice(Shape):
    """What an office said; words: the note or the reason; newest: its last word, which counts."""

    office: str
    person: str
    kid: str
    endorses: bool
    event: str
    index: int
    doubt: Doubt | None
    words: str
    newest: bool


class Lapse(Shape):
    """day: the last one on which the proposal stands; policy: the event that says so."""

    day: str
    policy: str


class Proposal(Shape):
    """content: the hash to which endorsements bind; change: what it is of; paths: cells it would write.

    state: refused while an office's newest word is a refusal; it can still be endorsed and enacted.
    closed_doubt: in which the event stands that withdrew or enacted it.
    """

    id: str
    programme: str
    subject: str
    kind: str
    schema_: int = Field(alias="schema")
    content: str
    change: dict[str, Any]
    note: str
    paths: list[str]
    proposers: list[Proposer]
    voices: list[Voice]
    closed: Literal["withdrawn", "enacted"] | None
    closed_by: str | None
    closed_doubt: Doubt | None
    lapses: Lapse | None
    state: Literal["open", "refused", "lapsed", "withdrawn", "enacted"]
    event: str
    index: int
    doubt: Doubt | None
    recorded_at: str
    example: str | None


_PROPOSAL: dict[str, Any] = {
    "id": EVENT,
    "programme": "town-digital-2025",
    "subject": "programme:town-digital-2025",
    "kind": "financing.changed",
    "schema": 1,
    "content": HASH,
    "change": {
        "kind": "financing.changed",
        "schema": 1,
        "subject": "programme:town-digital-2025",
        "effective": "2025-06-01",
        "data": {
            "lines": [{"measure": "2.1.4", "year": 2025, "source": "local", "op": "set", "amount": "1.00"}]
        },
    },
    "note": "Збільшити обсяг (приклад)",
    "paths": ["/financing/2.1.4/2025/local"],
    "proposers": [{"person": "p-07", "office": "council-secretary"}],
    "voices": [
        {
            "office": "commission-chair",
            "person": "p-12",
            "kid": KID,
            "endorses": True,
            "event": EVENT,
            "index": 58,
            "doubt": None,
            "words": "",
            "newest": True,
        }
    ],
    "closed": None,
    "closed_by": None,
    "closed_doubt": None,
    "lapses": {"day": "2025-06-30", "policy": EVENT},
    "state": "open",
    "event": EVENT,
    "index": 57,
    "doubt": None,
    "recorded_at": INSTANT,
    "example": None,
}


class Proposals(Page):
    """By time, oldest first. as_of: the day on which it is judged what has lapsed."""

    model_config = example(items=[_PROPOSAL], next=None, as_of="2025-06-02", known=KNOWN)
    items: list[Proposal]
    as_of: str
    known: KnownPoint


class ProposalRecord(Shape):
    """asked: what the policies in force ask of its enactment now; null at a past position, or if closed."""

    model_config = example(item=_PROPOSAL, asked=[ASKED], as_of="2025-06-02", known=KNOWN)
    item: Proposal
    asked: list[AskedTally] | None
    as_of: str
    known: KnownPoint


class Cited(Shape):
    id: str
    point: str | None


class Policy(Shape):
    """stream: who set it; programme: null for all; ends: it says nothing, and ends the one before."""

    id: str
    stream: str
    policy: str
    title: str
    start: str
    programme: str | None
    rules: list[dict[str, Any]]
    lapse_days: int | None
    executors: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    calendar: dict[str, Any] | None
    session: dict[str, Any] | None
    publication: dict[str, Any] | None = None
    ends: bool
    act: Cited | None
    event: str
    index: int
    doubt: Doubt | None
    recorded_at: str
    example: str | None


class Setting(Shape):
    """items: what each policy says, with `policy`, the event that set it; all apply together."""

    status: Literal["configured", "not-configured"]
    items: list[dict[str, Any]]


class AskedEndorsements(Shape):
    """uncovered: kinds that may write the same cells and that no policy in force wants endorsed."""

    kinds: list[str]
    offices: list[str]
    needed: int
    ordered: bool
    other_persons: bool
    shortfall: Literal["refuse", "acknowledge", "record"]
    policy: str
    uncovered: list[str]


class EndorsementSetting(Shape):
    """As Setting, with what the endorsements leave uncovered: they hang on the kind, not on the cells."""

    status: Literal["configured", "not-configured"]
    items: list[AskedEndorsements]


class Settings(Shape):
    """Where no policy in force says anything the answer is not-configured, never a guess."""

    endorsements: EndorsementSetting
    offices: Setting
    forbidden: Setting
    silent: Setting
    executors: Setting
    deadlines: Setting
    calendar: Setting
    lapse: Setting
    session: Setting
    publication: Setting


_RULE = {"kinds": ["financing.changed"], "offices": ["commission-chair"], "needed": 1, "ordered": False}
_POLICY: dict[str, Any] = {
    "id": EVENT,
    "stream": "body:town-council",
    "policy": "consent",
    "title": "Погодження змін (приклад)",
    "start": "2025-06-01",
    "programme": None,
    "rules": [],
    "lapse_days": 30,
    "executors": [],
    "deadlines": [],
    "calendar": None,
    "session": None,
    "publication": None,
    "ends": False,
    "act": {"id": "town-512-2025-05-29", "point": "1"},
    "event": EVENT,
    "index": 40,
    "doubt": None,
    "recorded_at": INSTANT,
    "example": None,
}
_NONE = {"status": "not-configured", "items": []}
_SETTINGS: dict[str, Any] = dict.fromkeys(Settings.model_fields, _NONE) | {
    "endorsements": {
        "status": "configured",
        "items": [
            {
                **_RULE,
                "other_persons": True,
                "shortfall": "acknowledge",
                "policy": EVENT,
                "uncovered": ["programme.adopted", "programme.amended"],
            }
        ],
    },
    "lapse": {"status": "configured", "items": [{"days": 30, "policy": EVENT}]},
}


class Policies(Page):
    """In force on a day: the root's, and for a body or programme also its own and those above."""

    model_config = example(
        body="town-council", programme=None, items=[_POLICY], settings=_SETTINGS, next=None,
        as_of="2025-06-02", known=KNOWN,
    )  # fmt: skip
    body: str | None
    programme: str | None
    items: list[Policy]
    settings: Settings
    as_of: str
    known: KnownPoint


class PolicyRecord(Shape):
    model_config = example(item=_POLICY, known=KNOWN)
    item: Policy
    known: KnownPoint
