"""What an official states: the payload of an envelope, checked member by member.

The common fields stand here once; `data` has the model of its kind (ledger/kinds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from ledger.errors import Refusal
from ledger.values import (
    CODES,
    Code,
    Day,
    EventId,
    Id,
    Instant,
    Kid,
    Line,
    Name,
    Sha256,
    Stream,
    Strict,
    Text,
)

_NO_MEMBERS = ("str", "[key]", "OKP", "EC")  # the last two: tags of the union of JWKs
FILE_BYTES_MAX = 64 * 1024 * 1024


class LedgerName(Strict):
    """Which ledger an event is meant for; genesis: SHA-256 of ledger.opened's data."""

    origin: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9./_-]{0,126}[a-z0-9])?$")]
    genesis: Sha256


class Signer(Strict):
    """Who signs with which key, and in which capacity."""

    kid: Kid
    person: Id
    office: Id


class ActRef(Strict):
    """The legal act, and the point of it, that an event carries out."""

    id: Id
    point: Annotated[str, Field(pattern=r"^[0-9A-Za-z.,() -]{1,32}$")] | None = None


class FileRef(Strict):
    """A document beside the event, by hash. restricted: only the hash is public."""

    name: Annotated[str, Field(pattern=r'^[^/\\\x00-\x1f<>:"|?*]{1,200}$')]
    media_type: Annotated[str, Field(pattern=r"^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}$")]
    size: Annotated[int, Field(ge=0, le=FILE_BYTES_MAX)]
    sha256: Sha256
    access: Literal["public", "restricted"]


class Corrects(Strict):
    """event: the slot's first event; payload: SHA-256 of the statement in force."""

    event: EventId
    payload: Sha256


class Enacts(Strict):
    """proposal: the change.proposed that an event carries out."""

    proposal: EventId


class Relations(Strict):
    """How this event stands to others."""

    corrects: Corrects | None = None
    answers: EventId | None = None
    enacts: Enacts | None = None


class Common(Strict):
    """The members that every event has. Source: design.md, event kinds."""

    id: EventId
    ledger: LedgerName
    kind: Annotated[str, Field(max_length=40)]
    schema_: Annotated[int, Field(alias="schema", ge=1)]
    subject: Stream
    signers: Annotated[tuple[Signer, ...], Field(min_length=1, max_length=16)]
    seen: Annotated[int, Field(ge=0, lt=1 << 53)]
    submit_before: Instant
    effective: Day | None = None
    act: ActRef | None = None
    reason: Text = ""
    files: Annotated[tuple[FileRef, ...], Field(max_length=64)] = ()
    relations: Relations = Relations()
    acknowledges: Annotated[tuple[Code, ...], Field(max_length=32)] = ()
    example: Line | None = None  # set when the event is invented for training, and says so
    data: Any


@dataclass(frozen=True, slots=True)
class Claims:
    """What a submission claims about when it was made; only the door asks.

    signed: kid → local day of `iat`; seen: local day on which the last entry that the signer
    had seen was recorded, "" if none.
    """

    signed: Callable[[str], str]
    seen: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Stated:
    """An event as it stands in the log, or would stand if it were taken now.

    payload_hash: SHA-256, hexadecimal; index: leaf index; recorded_at: RFC 3339. claims: None
    for what is in the log already.
    """

    event: Common
    payload_hash: str
    index: int
    recorded_at: str
    claims: Claims | None = None

    @property
    def slot(self) -> str:
        """The id of the slot's first event."""
        corrects = self.event.relations.corrects
        return corrects.event if corrects is not None else self.event.id


def as_refusal(error: ValidationError) -> Refusal:
    """Turn the first thing that pydantic found wrong into a refusal with a pointer."""
    first = error.errors(include_url=False)[0]
    kind, context = first["type"], first.get("ctx", {})
    code = {
        "extra_forbidden": "unknown-field",
        "missing": "missing-field",
        "literal_error": "unknown-value",
        "string_pattern_mismatch": CODES.get(str(context.get("pattern")), "malformed"),
        "union_tag_invalid": "unknown-value",
        "too_long": "too-many",
        "too_short": "too-few",
        "string_too_long": "text-too-long",
    }.get(kind, kind if kind in CODES.values() else "malformed")
    if kind in ("string_type", "int_type", "int_from_float"):
        code = _BY_MEMBER.get(str(first["loc"][-1]), code)
    path = [part for part in first["loc"] if not _names_a_branch(part)]
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    got = first.get("input")
    return Refusal(code, pointer, got if isinstance(got, str | int | bool) else None, detail=first["msg"])


# What a value of another JSON type would have been: `"amount": 100` is not money either.
_BY_MEMBER = {
    **dict.fromkeys(("amount", "stated_old"), "not-money"),
    **dict.fromkeys(("value", "numerator", "denominator"), "not-a-number"),
    **dict.fromkeys(("effective", "date", "start", "end", "to", "since", "in_force"), "not-a-date"),
    "year": "unknown-year",
    "period": "unknown-period",
}


def _names_a_branch(part: Any) -> bool:
    """pydantic puts the tried branch of a union, or "[key]", into the location; it is no member."""
    return isinstance(part, str) and (
        part.startswith(("literal[", "constrained-", "function-", "model")) or part in _NO_MEMBERS
    )


__all__ = [
    "ActRef",
    "Claims",
    "Common",
    "Corrects",
    "Enacts",
    "FileRef",
    "LedgerName",
    "Name",
    "Relations",
    "Signer",
    "Stated",
    "as_refusal",
]
