"""Shapes of events: what was submitted, recorded, drafted and proved."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models.consent import ASKED, CONSENT_RECORD, AskedTally, Consent, ConsentRecord, ConsentShort
from api.models.shape import (
    B64,
    EVENT,
    HASH,
    INSTANT,
    KID,
    DiscrepancyItem,
    Doubt,
    Page,
    ProblemDocument,
    Shape,
    Words,
    example,
)

ROW: dict[str, Any] = {
    "index": 12,
    "event": EVENT,
    "kind": "financing.changed",
    "stream": "programme:town-digital-2025",
    "version": 4,
    "recorded_at": INSTANT,
    "effective": "2025-06-01",
    "act": {"id": "town-512-2025-05-29", "number": "512", "date": "2025-05-29", "point": "1"},
    "signers": [{"person": "p-07", "office": "council-secretary", "kid": KID}],
    "reason": "",
    "example": None,
    "acknowledges": [],
    "doubt": None,
    "consent": None,
    "corrects": None,
    "title": {"uk": "Змінено обсяг фінансування", "en": "Financing changed"},
    "sentence": {
        "uk": "Фінансування заходу 2.1.4 на 2025 рік (local): 30000.00 → 45000.00",
        "en": "Financing of measure 2.1.4 for 2025 (local): 30000.00 → 45000.00",
    },
    "files": [],
    "writes": [
        {
            "path": "/financing/2.1.4/2025/local",
            "from": "2025-06-01",
            "op": "set",
            "old": "30000.00",
            "old_doubt": None,
            "new": "45000.00",
        }
    ],
    "writes_total": 1,
}
CHECKPOINT = (
    "town.example/pledger\n13\n" + B64 + "\n\n— town.example/pledger Az3grlgtzPICa5OS8npVmf1Myq/5IZni\n"
)
RECEIPT: dict[str, Any] = {
    "event": EVENT,
    "index": 12,
    "stream": "programme:town-digital-2025",
    "version": 4,
    "recorded_at": INSTANT,
    "entry": "eyJlbnZlbG9wZSI6e319",
    "leaf_hash": B64,
    "proof": [B64],
    "checkpoint": CHECKPOINT,
}
ENVELOPE: dict[str, Any] = {
    "payload": "eyJpZCI6IuKApiJ9",
    "signatures": [{"protected": "eyJhbGciOiJFZDI1NTE5In0", "signature": "b64url-of-64-bytes"}],
}


class Receipt(Shape):
    """An acknowledged entry with its proof. Bytes and hashes in standard base64."""

    model_config = example(**RECEIPT)
    event: str
    index: int
    stream: str
    version: int
    recorded_at: str
    entry: str
    leaf_hash: str
    proof: list[str]
    checkpoint: str


class Receipts(Shape):
    """One receipt per envelope of a batch, in its order."""

    model_config = example(receipts=[RECEIPT])
    receipts: list[Receipt]


class ActCited(Shape):
    id: str
    number: str
    date: str
    point: str | None


class SignerShown(Shape):
    person: str
    office: str
    kid: str


class FileShown(Shape):
    """A document beside an event. note: on containers of signatures and certificates, else null."""

    name: str
    media_type: str
    size: int
    sha256: str
    access: Literal["public", "restricted"]
    note: Words | None


class WriteShown(Shape):
    """old: the value that the write found; null: none, "removed": it was removed.

    old_doubt: of what made up that value.
    """

    path: str
    from_: str = Field(alias="from")
    op: Literal["set", "add", "unset"]
    old: Any
    old_doubt: Doubt | None
    new: Any


class EventRow(Shape):
    """One entry of a history: who, when, by which act, and what it wrote (at most 50 writes).

    doubt: the worst in which it stands as known at the position. consent: null if nothing was
    proposed, and no policy asked for endorsements.
    """

    model_config = example(**ROW)
    index: int
    event: str
    kind: str
    stream: str
    version: int
    recorded_at: str
    effective: str | None
    act: ActCited | None
    signers: list[SignerShown]
    reason: str
    example: str | None
    acknowledges: list[str]
    doubt: Doubt | None
    consent: ConsentShort | None
    corrects: str | None
    title: Words
    sentence: Words
    files: list[FileShown]
    writes: list[WriteShown]
    writes_total: int
    unavailable: bool = False  # its programme cannot be kept up: neither writes nor doubt are told


class Feed(Page):
    """Entries in the order of the log. after: the position to go on from, also where nothing fits."""

    model_config = example(items=[ROW], after=13, next="/v1/events?after=13&limit=1")
    items: list[EventRow]
    after: int


class Correction(Shape):
    event: str
    index: int
    recorded_at: str
    doubt: Doubt | None


class Statement(Shape):
    """The statement of a slot that is in force; payload: its SHA-256, for relations.corrects."""

    event: str
    payload: str
    doubt: Doubt | None


class DoubtThrown(Shape):
    """Whose signature is doubted, and the event that throws doubt on it, null if none does."""

    doubt: Doubt
    kid: str
    person: str
    office: str
    because: str | None


class ClaimedTime(Shape):
    """When a signer says that it was signed; it makes nothing valid."""

    kid: str
    at: str


class CosignatureTime(Shape):
    """A witness's name and the time that its cosignature states; verified by whoever reads."""

    name: str
    at: str


class WitnessedTime(Shape):
    """The first witnessed checkpoint that covers the entry, and the event that records it."""

    size: int
    event: str
    index: int
    doubt: Doubt | None
    cosignatures: list[CosignatureTime]


class StampedTime(Shape):
    """The first stamped checkpoint that covers the entry; at: the genTime that its response states."""

    size: int
    event: str
    index: int
    doubt: Doubt | None
    at: str | None


class Times(Shape):
    """The four times of an entry, kept apart. None of them is verified here."""

    claimed: list[ClaimedTime]
    recorded: str
    witnessed: WitnessedTime | None
    stamped: StampedTime | None


class EventShown(EventRow):
    """One event with its bytes, its times, what corrects it, and all doubts in which it stands."""

    model_config = example(
        **ROW | {"consent": CONSENT_RECORD},
        payload=HASH,
        slot=EVENT,
        in_force={"event": EVENT, "payload": HASH, "doubt": None},
        corrections=[],
        doubts=[],
        times={
            "claimed": [{"kid": KID, "at": "2026-02-01T08:59:00Z"}],
            "recorded": INSTANT,
            "witnessed": {
                "size": 13,
                "event": EVENT,
                "index": 14,
                "doubt": None,
                "cosignatures": [{"name": "witness.example/w1", "at": "2026-02-01T09:05:00Z"}],
            },
            "stamped": None,
        },
        envelope=ENVELOPE,
        entry="eyJlbnZlbG9wZSI6e319",
        links={"receipt": f"/v1/events/{EVENT}/receipt", "proof": f"/v1/proofs/inclusion?event={EVENT}"},
    )
    consent: ConsentRecord | None
    payload: str
    slot: str
    in_force: Statement
    corrections: list[Correction]
    doubts: list[DoubtThrown]
    times: Times
    envelope: dict[str, Any]
    entry: str
    links: dict[str, str]


class Inclusion(Shape):
    """RFC 6962 §2.1.1: the audit path of a leaf, leaf level first; hashes in base64."""

    model_config = example(index=12, size=13, leaf_hash=B64, proof=[B64], root=B64)
    index: int
    size: int
    leaf_hash: str
    proof: list[str]
    root: str


class Consistency(Shape):
    """RFC 6962 §2.1.2: the tree of `to` leaves extends that of `from`; hashes in base64."""

    model_config = example(**{"from": 8}, to=13, from_root=B64, to_root=B64, proof=[B64])
    from_: int = Field(alias="from")
    to: int
    from_root: str
    to_root: str
    proof: list[str]


class ChangedCell(Shape):
    """A cell that would change: what it reads on a day without the draft, and with it."""

    programme: str
    path: str
    day: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


class Rest(Shape):
    """An event that rests on the act of the draft, and would read otherwise on some day.

    why: it cites the act; adds to what the act wrote; stands on a measure, indicator, source
    or year that only the act puts on the record; or follows, and then decides. path: the first
    of paths_total cells. index: of the statement in force.
    """

    programme: str
    event: str
    index: int
    kind: str
    why: Literal["cites", "adds", "stands-on", "follows"]
    path: str
    paths_total: int
    sentence: Words | None


class Enacting(Shape):
    """What carrying out a proposal would do now, by whomever, and what it would be asked.

    would_ask: the door's questions; would_refuse: a rule that refuses it now; asked: by the policies
    in force, with what lacks.
    """

    proposal: str
    kind: str
    sentence: Words
    diff: list[ChangedCell]
    diff_total: int
    would_ask: list[DiscrepancyItem]
    would_refuse: ProblemDocument | None
    asked: list[AskedTally]


class FoundItem(DiscrepancyItem):
    """acknowledged: the draft already names this code in `acknowledges`."""

    acknowledged: bool


_DRAFT: dict[str, Any] = {
    "payload": {"id": EVENT, "kind": "financing.changed", "data": {"lines": []}},
    "canonical": "eyJkYXRhIjp7fX0=",
    "hash": HASH,
    "content": HASH,
    "outcome": "needs-acknowledgement",
    "discrepancies": [
        {
            "code": "later-decisions",
            "pointer": "/data/lines/0",
            "path": "/financing/2.1.4/2025/local",
            "from": "2025-07-01",
            "event": EVENT,
            "message": {"uk": "Є пізніше рішення.", "en": "There is a later decision."},
            "acknowledged": False,
        }
    ],
    "refusal": None,
    "diff": [
        {
            "programme": "town-digital-2025",
            "path": "/financing/2.1.4/2025/local",
            "day": "2025-06-01",
            "old": {"value": "30000.00", "removed": False, "event": EVENT},
            "new": {"value": "45000.00", "removed": False, "event": EVENT},
        }
    ],
    "diff_total": 1,
    "rests": [],
    "rests_total": 0,
    "consent": None,
    "enacting": {
        "proposal": EVENT,
        "kind": "financing.changed",
        "sentence": ROW["sentence"],
        "diff": [],
        "diff_total": 0,
        "would_ask": [],
        "would_refuse": None,
        "asked": [ASKED],
    },
    "sentence": ROW["sentence"],
}


class Draft(Shape):
    """What would happen to an event if it were signed and came now.

    payload: completed; canonical: the bytes to sign, in base64; hash: their SHA-256;
    content: SHA-256 of what endorsements bind to. diff: cells on the effective days and today.
    rests: for an act's event, the first 500 of the events that rest on the act.
    consent: how it would stand to what was proposed and is asked for; enacting: for a proposal, an
    endorsement or a refusal, what carrying out the proposal would do.
    """

    model_config = example(**_DRAFT)
    payload: dict[str, Any]
    canonical: str | None
    hash: str | None
    content: str | None
    outcome: Literal["recorded", "needs-acknowledgement", "refused"]
    discrepancies: list[FoundItem]
    refusal: ProblemDocument | None
    diff: list[ChangedCell]
    diff_total: int
    rests: list[Rest]
    rests_total: int
    consent: Consent | None
    enacting: Enacting | None
    sentence: Words | None


class Drafts(Shape):
    """One draft per payload, each judged after the ones before it; outcome: the worst."""

    model_config = example(drafts=[_DRAFT], outcome="needs-acknowledgement")
    drafts: list[Draft]
    outcome: Literal["recorded", "needs-acknowledgement", "refused"]
