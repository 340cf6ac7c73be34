"""Which statement is in force: a draft may name an event alone, and the server adds its hash."""

from __future__ import annotations

from typing import Any

from api.drafts.complete import Desk, Members
from ledger.doubt import REAFFIRMED
from ledger.statements import slots_of
from ledger.streams import load_stream
from ledger.world import World


def with_statements(desk: Desk, world: World, payload: Members) -> tuple[World, Members]:
    """`payload` of relations.corrects and of the entries to re-affirm, where it is left out."""
    subject, data, relations = payload.get("subject"), payload.get("data"), payload.get("relations")
    corrects = relations.get("corrects") if isinstance(relations, dict) else None
    entries = data.get("entries") if isinstance(data, dict) and payload.get("kind") == REAFFIRMED else None
    lacking = [corrects, *(entries if isinstance(entries, list) else [])]
    if not isinstance(subject, str) or not any(_lacks(one) for one in lacking):
        return world, payload
    world = load_stream(world, subject, desk.tail)
    if isinstance(relations, dict) and isinstance(corrects, dict) and _lacks(corrects):
        payload = payload | {"relations": {**relations, "corrects": _named(world, subject, corrects)}}
    if isinstance(data, dict) and isinstance(entries, list):
        named = [_named(world, subject, one) if _lacks(one) else one for one in entries]
        payload = payload | {"data": {**data, "entries": named}}
    return world, payload


def _lacks(named: Any) -> bool:
    return isinstance(named, dict) and isinstance(named.get("event"), str) and "payload" not in named


def _named(world: World, subject: str, named: Members) -> Members:
    """What is unknown is left as it is: the check of the whole says so."""
    slots = slots_of(world, subject)
    found = slots.get(named["event"])
    return {**named, "payload": found.payload} if found is not None else named
