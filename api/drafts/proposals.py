"""What a draft about a proposal may leave out: its content hash, and the text that it enacts."""

from __future__ import annotations

from typing import Any

from api.drafts.complete import Desk, Members
from ledger.consent import Proposal
from ledger.ids import split_stream
from ledger.streams import load_stream
from ledger.world import World

_NAMING = ("change.endorsed", "change.refused")


def with_proposal(desk: Desk, world: World, payload: Members) -> tuple[World, Members]:
    """Either gets the subject; an endorsement or a refusal `content`, an enacting draft the whole text.

    Where an enacting draft has `data` the text is its own: that is how another one is enacted.
    """
    named = _named(payload)
    if named is None:
        return world, payload
    payload = _with_subject(desk, named, payload)
    world, proposal = _find(desk, world, payload.get("subject"), named)
    if proposal is None:  # the check of the whole says so
        return world, payload
    if payload.get("kind") in _NAMING:
        return world, payload | {"data": {"content": proposal.content, **payload["data"]}}
    if "data" in payload:
        return world, payload
    relations = {**proposal.members.get("relations", {}), **payload["relations"]}
    return world, {**proposal.members, **payload, "relations": relations}


def _named(payload: Members) -> str | None:
    """The proposal that a draft is about, as far as it can be told."""
    data, relations = payload.get("data"), payload.get("relations")
    if payload.get("kind") in _NAMING:
        return _text(data.get("proposal")) if isinstance(data, dict) else None
    enacts = relations.get("enacts") if isinstance(relations, dict) else None
    return _text(enacts.get("proposal")) if isinstance(enacts, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _with_subject(desk: Desk, proposal: str, payload: Members) -> Members:
    """The stream of a proposal that the log holds, unless the draft names one."""
    index = desk.tail.events([proposal]).get(proposal) if "subject" not in payload else None
    if index is None:
        return payload
    return payload | {"subject": desk.tail.entries(index, 1)[0].stream}


def _find(desk: Desk, world: World, subject: Any, proposal: str) -> tuple[World, Proposal | None]:
    family, name = split_stream(subject) if isinstance(subject, str) else ("", "")
    if family != "programme":
        return world, None
    world = load_stream(world, subject, desk.tail)
    programme = world.programmes.get(name)
    return world, programme.proposals.get(proposal) if programme is not None else None
