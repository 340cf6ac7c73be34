"""Consent: what a proposal says, what became of it, and the hash to which endorsements bind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from immutables import Map

from ledger.canonical import dumps
from ledger.event import Signer

if TYPE_CHECKING:
    from ledger.event import Common, Stated

_CONTENT = ("kind", "schema", "subject", "effective", "relations", "files", "data")
_SPARED = ("effective", "relations", "files")  # left out when they say nothing
DIFFERENCES_MAX = 50


@dataclass(frozen=True, slots=True)
class Voice:
    """What an office said on a proposal, by one person's key, in one event."""

    office: str
    person: str
    kid: str
    endorses: bool
    event: str
    index: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed change. content: its hash; paths: the cells that it would write.

    voices: oldest first; the newest of an office counts. closed: withdrawn or enacted, by an event.
    same_text: was it enacted as it had been proposed?
    """

    slot: str
    index: int
    recorded_at: str
    signers: tuple[Signer, ...]
    content: str
    members: Mapping[str, Any]
    paths: tuple[str, ...]
    voices: tuple[Voice, ...] = ()
    closed: Literal["withdrawn", "enacted"] | None = None
    closed_by: str | None = None
    same_text: bool = False

    @property
    def kind(self) -> str:
        return str(self.members["kind"])

    @property
    def proposers(self) -> frozenset[str]:
        """The persons who proposed it."""
        return frozenset(signer.person for signer in self.signers)

    def voice_of(self, office: str) -> Voice | None:
        """The newest that an office said."""
        return next((voice for voice in reversed(self.voices) if voice.office == office), None)

    def newest(self) -> list[Voice]:
        """What each office said last."""
        return list({voice.office: voice for voice in self.voices}.values())

    def endorsed_before(self, index: int) -> dict[int, str]:
        """The endorsements that the entries before a leaf index gave and did not cancel: index → event."""
        newest = {voice.office: voice for voice in self.voices if voice.index < index}
        return dict(sorted((voice.index, voice.event) for voice in newest.values() if voice.endorses))


Proposals = Map[str, Proposal]


def content_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """What endorsements bind to, from an event's members. Source: security.md, consent."""
    content = {name: members[name] for name in _CONTENT if name in members}
    relations = content.get("relations")
    if isinstance(relations, Mapping):
        content["relations"] = {n: v for n, v in relations.items() if n != "enacts" and v is not None}
    for name in _SPARED:
        if not content.get(name):
            content.pop(name, None)
    return content


def members_of(event: Common) -> dict[str, Any]:
    """An event's members as they were signed."""
    said: dict[str, Any] = event.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return said


def content_hash(members: Mapping[str, Any]) -> str:
    """SHA-256, hexadecimal, of the canonical content."""
    return hashlib.sha256(dumps(content_of(members))).hexdigest()


def spoken(proposals: Proposals, stated: Stated, *, endorses: bool) -> Proposals:
    """After change.endorsed or change.refused: one voice for each signer."""
    event = stated.event
    known = proposals.get(event.data.proposal)
    if known is None:  # the door refuses it next
        return proposals
    voices = tuple(Voice(s.office, s.person, s.kid, endorses, event.id, stated.index) for s in event.signers)
    return proposals.set(known.slot, replace(known, voices=(*known.voices, *voices)))


def closed(proposals: Proposals, proposal: str, by: str, how: Literal["withdrawn", "enacted"]) -> Proposals:
    """After a withdrawal or an enactment; what is over stays so, what is unknown the door refuses."""
    known = proposals.get(proposal)
    if known is None or known.closed is not None:
        return proposals
    return proposals.set(proposal, replace(known, closed=how, closed_by=by))


def enacted(proposals: Proposals, proposal: str, event: Common) -> Proposals:
    """After an event that enacts a proposal, be it with another text."""
    known = proposals.get(proposal)
    if known is not None and known.closed is None:
        same = content_hash(members_of(event)) == known.content
        proposals = proposals.set(proposal, replace(known, same_text=same))
    return closed(proposals, proposal, event.id, "enacted")


def differences(one: Any, other: Any, at: str = "") -> Iterator[dict[str, Any]]:
    """Where two JSON values differ: {"path", "proposed", "stated"}, deepest differing place."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in sorted({*one, *other}):
            step = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from differences(one.get(name), other.get(name), step)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{at}/{place}")
    elif one != other:
        yield {"path": at, "proposed": one, "stated": other}
