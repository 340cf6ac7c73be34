"""A town where changes are proposed, endorsed and doubted: more officials, and a district of its own.

    with council_town(tmp_path / "ledger") as town:
        set_policy(town, rules=[asks(MAYOR, CHAIR)])
        proposal = propose(town, lines("150.00"))
        endorse(town, proposal, MAYOR)
        town.submit("financing.changed", PROGRAMME, lines("150.00"), relations=enacts(proposal))

Nothing is proposed and no policy is in force until a test says so. What hashes to what is
computed here from docs/authority.md, not by the ledger's own code.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from ledger.canonical import dumps
from ledger.doubt import Doubt, doubts_of
from ledger.envelope import Envelope
from ledger.ids import REGISTRAR, body_stream
from ledger.keys import ES256, PublicKey
from ledger.statements import slots_of
from ledger.world import World
from tests.support.log import replayed
from tests.support.people import (
    COMMISSION,
    COUNCIL,
    FINANCE,
    OFFICE_KINDS,
    REGISTRARS,
    SECRETARY,
    Official,
    key_of,
)
from tests.support.story import town_with_history
from tests.support.town import PROGRAMME, Payload, TestLedger, remember

MONEY = "financing.changed"
TODAY = "2025-09-01"  # the clock of every town stands on this day until it is moved
NEVER = "01890a5d-ac96-774b-bcce-b302099a8057"  # no event has this id
DISTRICT = "district"  # a child of the council, with registrars of its own
DISTRICT_STREAM = body_stream(DISTRICT)

MAYOR = Official("p-mayor", "mayor", COUNCIL, key_of("mayor"), OFFICE_KINDS)
CHAIR = Official("p-chair", "budget-chair", COMMISSION, key_of("chair", ES256), OFFICE_KINDS)
TREASURER = Official("p-treasurer", "treasurer", FINANCE, key_of("treasurer"), OFFICE_KINDS)
# The mayor also sits in the commission, which accepted the same key.
MEMBER = Official("p-mayor", "budget-member", COMMISSION, MAYOR.key, OFFICE_KINDS)
REEVE = Official("p-reeve", "reeve", DISTRICT, key_of("reeve"), OFFICE_KINDS)
NEWCOMER = Official("p-newcomer", "newcomer", COUNCIL, key_of("newcomer of the council"), OFFICE_KINDS)
# What these are called wherever a refusal names them.
ADDED = (MAYOR, CHAIR, TREASURER, MEMBER, REEVE)
DISTRICT_REGISTRARS = tuple(
    Official(f"p-district-{number}", REGISTRAR, DISTRICT, key_of(f"district registrar {number}"))
    for number in (1, 2, 3)
)
NEW_REGISTRARS = tuple(
    Official(f"p-new-{number}", REGISTRAR, "root", key_of(f"new registrar {number}")) for number in (1, 2, 3)
)


def council_town(path: Path) -> TestLedger:
    """town_with_history with these officials and the district. Told once a run, then copied."""
    return TestLedger.copy_of(_model(), path)


@cache
def _model() -> TestLedger:
    folder = Path(tempfile.mkdtemp(prefix="pledger-council-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with town_with_history(folder / "ledger") as town:
        _add_officials(town)
        return town


def _add_officials(town: TestLedger) -> None:
    for official in (*ADDED, *DISTRICT_REGISTRARS, *NEW_REGISTRARS, NEWCOMER):
        remember(official.key)
        if f"person {official.person}" not in town.ids:
            data = {"person": official.person, "name": f"Особа {official.person}"}
            town.ids[f"person {official.person}"] = town.submit("person.registered", "root", data).event
    opened = {"body": DISTRICT, "name": "Округ", "parent": COUNCIL, **named(town, *DISTRICT_REGISTRARS, k=2)}
    town.ids["district"] = town.submit("body.opened", "root", opened).event
    for official in ADDED:
        for kind, subject, data in town.enrolment(official):
            by = DISTRICT_REGISTRARS[:2] if official.body == DISTRICT else REGISTRARS[:2]
            town.ids[f"{kind} {official.office}"] = town.submit(kind, subject, data, by=by).event


# -- registrars and keys ------------------------------------------------------------------


def named(town: TestLedger, *officials: Official, k: int, proven: bool = True) -> Payload:
    """`registrars` and `k` of registrar.changed or body.opened, each with a proof of possession."""
    rows = []
    for one in officials:
        remember(one.key)
        data = town.key_data(one)
        rows.append(data if proven else {name: data[name] for name in ("person", "jwk")})
    return {"registrars": rows, "k": k}


def rotate(town: TestLedger, official: Official, to: Official, **more: Any) -> str:
    """The official's key gives way to another one."""
    data = {"kid": official.key.public.kid, **town.key_data(to)}
    remember(to.key)
    return town.submit(
        "key.rotated", body_stream(official.body), {n: data[n] for n in _ROTATED}, **more
    ).event


_ROTATED = ("kid", "jwk", "possession")


def rotation_of(town: TestLedger, official: Official, to: Official) -> Payload:
    """Data of key.rotated."""
    remember(to.key)
    data = {"kid": official.key.public.kid, **town.key_data(to)}
    return {name: data[name] for name in _ROTATED}


def revoke(town: TestLedger, key: PublicKey, where: str, since: str | None = None, **more: Any) -> str:
    """A key is revoked, with doubt on what it signed from a day on."""
    return town.submit("key.revoked", where, revocation(key, since), **more).event


def revocation(key: PublicKey, since: str | None = None, cause: str = "stolen") -> Payload:
    data = {"kid": key.kid, "cause": cause}
    return data if since is None else data | {"suspect_from": since}


# -- policies -----------------------------------------------------------------------------


def asks(*officials: Official, kinds: tuple[str, ...] = (MONEY,), **more: Any) -> Payload:
    """A rule that asks for the endorsement of all these offices, unless `more` says how many."""
    offices = [one.office for one in officials]
    asked = {"offices": offices, "needed": len(offices), "shortfall": "refuse"} | more
    return {"kinds": list(kinds), "endorsements": asked}


def policy(name: str = "consent", start: str = TODAY, **settings: Any) -> Payload:
    """Data of policy.set."""
    return {"policy": name, "title": "Правило", "start": start, **settings}


def set_policy(town: TestLedger, *, where: str = "body:town-council", **said: Any) -> str:
    """A policy of the council, in force from today unless `said` has another start."""
    by = DISTRICT_REGISTRARS[:2] if where == DISTRICT_STREAM else None
    return town.submit("policy.set", where, policy(**said), by=by).event


# -- consent ------------------------------------------------------------------------------


def change(data: Any, kind: str = MONEY, effective: str | None = "2025-03-01", **more: Any) -> Payload:
    """What a proposal asks for."""
    said = {"kind": kind, "schema": 1, "data": data}
    return said | ({"effective": effective} if effective is not None else {}) | more


def propose(
    town: TestLedger, data: Any, *, by: Any = SECRETARY, subject: str = PROGRAMME, **change_of: Any
) -> str:
    """A proposal's id."""
    said = {"change": change(data, **change_of), "note": ""}
    return town.submit("change.proposed", subject, said, by=by).event


def agreed(town: TestLedger, proposal: str) -> Payload:
    """`proposal` and `content`, as endorsements and refusals name them."""
    return {"proposal": proposal, "content": content_of(town.recorded[proposal])}


def endorse(town: TestLedger, proposal: str, *by: Official, subject: str = PROGRAMME) -> str:
    return town.submit("change.endorsed", subject, agreed(town, proposal), by=by).event


def refuse(town: TestLedger, proposal: str, *by: Official) -> str:
    data = agreed(town, proposal) | {"reason": "Немає розрахунку"}
    return town.submit("change.refused", PROGRAMME, data, by=by).event


def enacts(proposal: str) -> Payload:
    return {"enacts": {"proposal": proposal}}


def content_of(envelope: Envelope) -> str:
    """The content hash of a change.proposed. Source: docs/authority.md, consent."""
    event = json.loads(envelope.payload)
    return hash_of(event["data"]["change"] | {"subject": event["subject"]})


def hash_of(members: Payload) -> str:
    """SHA-256 over the canonical content; what is absent or empty is left out."""
    names = ("kind", "schema", "subject", "effective", "relations", "files", "data")
    content = {name: members.get(name) for name in names}
    relations = content["relations"] or {}
    content["relations"] = {n: v for n, v in relations.items() if n != "enacts" and v is not None}
    said = {n: v for n, v in content.items() if n == "data" or v not in (None, {}, [])}
    return hashlib.sha256(dumps(said)).hexdigest()


# -- what the log adds up to ----------------------------------------------------------------


def world_of(town: TestLedger) -> World:
    """The world by a replay of the whole log, with nothing loaded lazily."""
    return replayed(town.ledger.reader.entries(0, 10_000))


def doubts(town: TestLedger, slot: str, stream: str = PROGRAMME) -> tuple[Doubt, ...]:
    """What stands against the statement in force of a slot."""
    world = world_of(town)
    return doubts_of(world, stream, slots_of(world, stream)[slot])


def doubt(town: TestLedger, slot: str, stream: str = PROGRAMME) -> list[str]:
    """The names of the doubts, sorted; [] for none."""
    return sorted({one.doubt for one in doubts(town, slot, stream)})


def statement(town: TestLedger, slot: str) -> Payload:
    """A member of `entries` of entry.reaffirmed."""
    return {"event": slot, "payload": town.statements[slot]}


def reaffirm(town: TestLedger, *slots: str, stream: str = PROGRAMME, by: Any = SECRETARY) -> str:
    data = {"entries": [statement(town, slot) for slot in slots]}
    return town.submit("entry.reaffirmed", stream, data, by=by).event
