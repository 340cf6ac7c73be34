"""Completing a draft: what its author may leave out, and the server knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from api.context import Context
from ledger.authority import managers
from ledger.clock import format_instant
from ledger.envelope import SIGNATURES_MAX
from ledger.errors import Refusal
from ledger.ids import REGISTRAR, ROOT, SERVICE, body_stream, new_event_id, split_stream
from ledger.kinds import KINDS
from ledger.kinds.annexes import omitted
from ledger.kinds.programme_amended import ProgrammeAmended
from ledger.remedy import live_keys
from ledger.store.base import Tail
from ledger.streams import load_stream
from ledger.world import World

SUBMIT_WITHIN = timedelta(days=7)
Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a draft is prepared: the world before it, and the log as of the head."""

    context: Context
    tail: Tail
    head: int


def with_defaults(desk: Desk, given: Mapping[str, Any]) -> Members:
    """id, ledger, schema, seen and submit_before, as far as they are left out."""
    identity, now = desk.context.identity, desk.context.clock.now()
    kind = KINDS.get(given["kind"]) if isinstance(given.get("kind"), str) else None
    defaults: Members = {
        "id": new_event_id(now),
        "ledger": {"origin": identity.origin, "genesis": identity.genesis},
        "seen": desk.head,
        "submit_before": format_instant((now + SUBMIT_WITHIN).replace(microsecond=0)).replace(
            ".000000Z", "Z"
        ),
    }
    if kind is not None:
        defaults["schema"] = kind.schema
    return defaults | dict(given)


def with_keys(desk: Desk, world: World, payload: Members) -> tuple[World, Members]:
    """Signers without a kid get it, where only one key is possible. Raises no-key, several-keys."""
    signers = payload.get("signers")
    if not isinstance(signers, list) or all("kid" in one for one in signers if isinstance(one, dict)):
        return world, payload
    filled = list(signers)
    for place, signer in enumerate(signers[:SIGNATURES_MAX]):
        if isinstance(signer, dict) and "kid" not in signer:
            subject = str(payload.get("subject"))
            world, filled[place] = _with_key(desk, world, signer, f"/signers/{place}", subject)
    return world, payload | {"signers": filled}


def _with_key(desk: Desk, world: World, signer: Members, at: str, subject: str) -> tuple[World, Members]:
    person, office = signer.get("person"), signer.get("office")
    if not isinstance(person, str) or not isinstance(office, str):
        return world, signer  # what is wrong with it, the check of the whole says
    world, kids = _kids(desk, world, person, office, at, subject)
    words = {"person": person, "office": office, "keys": kids}
    if not kids:
        raise Refusal("no-key", f"{at}/kid", None, **words)
    if len(kids) > 1:
        raise Refusal("several-keys", f"{at}/kid", None, **words)
    return world, {"kid": kids[0]} | signer


def _kids(
    desk: Desk, world: World, person: str, office: str, at: str, subject: str
) -> tuple[World, list[str]]:
    """The live keys with which a person may sign for an office, or as a registrar of the subject."""
    if office == REGISTRAR:
        return _registrar_kids(desk, world, person, subject)
    if office == SERVICE:
        return world, [one.kid for one in world.root.live_services() if one.service == person]
    name = f"office:{office}"
    stream = world.names.get(name) or desk.tail.names([name]).get(name)
    if stream is None:
        raise Refusal("unknown-office", f"{at}/office", office)
    world = load_stream(world, stream, desk.tail)
    return world, live_keys(world, world.bodies[split_stream(stream)[1]], person)


def _registrar_kids(desk: Desk, world: World, person: str, subject: str) -> tuple[World, list[str]]:
    """Of the set that manages the subject's stream."""
    today = desk.context.today()
    family, name = split_stream(subject)
    if family == "body" and name not in world.root.bodies:
        subject = ROOT  # what is wrong with it, the check of the whole says
    for body in world.root.lineage(name) if family == "body" else ():
        world = load_stream(world, body_stream(body), desk.tail)
    keys = managers(world, subject, today).registrars
    return world, sorted(kid for kid, one in keys.items() if one.person == person)


def with_removals(desk: Desk, world: World, payload: Members) -> tuple[World, Members]:
    """What a restated annex leaves out is said, cell by cell, unless the draft says it itself."""
    data = payload.get("data")
    if payload.get("kind") != "programme.amended" or not isinstance(data, dict):
        return world, payload
    restated, subject = data.get("restated"), payload.get("subject")
    if not isinstance(restated, list) or not isinstance(subject, str) or not _lacks_removals(restated):
        return world, payload
    edition = _read_amendment(data)
    family, name = split_stream(subject)
    if edition is None or family != "programme":
        return world, payload
    world = load_stream(world, subject, desk.tail)
    programme = world.programmes.get(name)
    if programme is None:
        return world, payload
    programme = programme.without(_corrected(payload))
    day = str(payload.get("effective", ""))
    said = [
        part if "removals" in part else part | {"removals": omitted(programme, part["annex"], edition, day)}
        for part in restated
    ]
    return world, payload | {"data": data | {"restated": said}}


def _corrected(payload: Members) -> str:
    """The slot that the draft corrects, "" if it corrects none."""
    relations = payload.get("relations")
    corrects = relations.get("corrects") if isinstance(relations, dict) else None
    event = corrects.get("event") if isinstance(corrects, dict) else None
    return event if isinstance(event, str) else ""


def _lacks_removals(restated: list[Any]) -> bool:
    return all(isinstance(part, dict) for part in restated) and any("removals" not in p for p in restated)


def _read_amendment(data: Members) -> ProgrammeAmended | None:
    """None for what is malformed: the check of the whole says how."""
    try:
        return ProgrammeAmended.model_validate_json(orjson.dumps(data))
    except ValueError:
        return None
