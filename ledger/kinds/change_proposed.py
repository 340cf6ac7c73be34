"""change.proposed: the whole change that is asked for; endorsements bind to its content hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ledger.canonical import dumps
from ledger.consent import Proposal, content_hash, content_of, members_of
from ledger.errors import Refusal
from ledger.event import Common, Corrects, FileRef, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.shape import check_shape
from ledger.values import Day, EventId, Strict, Text

if TYPE_CHECKING:
    from ledger.programme import Programme


class ChangeRelations(Strict):
    """relations of the event that is proposed."""

    corrects: Corrects | None = None
    answers: EventId | None = None


class Change(Strict):
    """The content of the event that is proposed, as it would be signed."""

    kind: Annotated[str, Field(max_length=40)]
    schema_: Annotated[int, Field(alias="schema", ge=1)]
    effective: Day | None = None
    relations: ChangeRelations = ChangeRelations()
    files: Annotated[tuple[FileRef, ...], Field(max_length=64)] = ()
    data: Any


class ChangeProposed(Strict):
    """note: why, in words; the enacted event gives its own reason."""

    change: Change
    note: Text = ""


def change_of(event: Common) -> dict[str, Any]:
    """The content members of the proposed event."""
    said = members_of(event)
    return content_of({"subject": event.subject, **said["data"]["change"]})


def proposed_event(event: Common) -> Common:
    """The event that is proposed, as if its proposers signed it now. Raises Refusal."""
    from ledger.kinds import kind_of  # noqa: PLC0415 -- the table of kinds imports this file

    said, change = members_of(event), event.data.change
    try:
        kind = kind_of(change.kind)
    except Refusal as refusal:
        raise _inside(refusal) from refusal
    if not kind.proposable:
        raise Refusal("not-proposable", "/data/change/kind", kind.name)
    if change.schema_ != kind.schema:
        raise Refusal("unknown-schema", "/data/change/schema", change.schema_)
    common = {name: said[name] for name in ("id", "ledger", "subject", "signers", "seen", "submit_before")}
    members = common | change_of(event)
    try:
        inner = kind.parse(dumps(members))
        check_shape(inner, members, kind)
    except Refusal as refusal:
        raise _inside(refusal) from refusal
    return inner


def _inside(refusal: Refusal) -> Refusal:
    """The culprit's place, inside the proposal."""
    return Refusal(refusal.code, f"/data/change{refusal.pointer}", refusal.got, **refusal.details)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    """What could never be enacted is refused now; what enacting would ask about is asked then."""
    from ledger.kinds import kind_of  # noqa: PLC0415 -- the table of kinds imports this file
    from ledger.rules import check_correction  # noqa: PLC0415 -- the rules import the kinds
    from ledger.world import slot_after  # noqa: PLC0415 -- worlds import the kinds

    inner = proposed_event(event)
    slot = slot_after(view.programme, Stated(inner, "", view.world.position, ""))
    after = replace(view.programme, timeline=view.programme.timeline.state_slot(slot, None))
    try:
        check_correction(view.world, inner, act=False)  # it is named when the change is enacted
        list(kind_of(inner.kind).decide(replace(view, after=after, slot=slot.id), inner))
    except Refusal as refusal:
        raise _inside(refusal) from refusal
    yield from ()


def evolve(programme: Programme, stated: Stated) -> Programme:
    from ledger.kinds import kind_of  # noqa: PLC0415 -- the table of kinds imports this file

    event = stated.event
    inner, members = proposed_event(event), change_of(event)
    writes = kind_of(inner.kind).writes_of(inner, Stated(inner, "", stated.index, "").slot)
    proposal = Proposal(
        slot=stated.slot,
        index=stated.index,
        recorded_at=stated.recorded_at,
        signers=event.signers,
        content=content_hash(members),
        members=members,
        paths=tuple(dict.fromkeys(write.path for write in writes)),
    )
    return replace(programme, proposals=programme.proposals.set(stated.slot, proposal))


def phrases(data: ChangeProposed, olds: object) -> Iterator[Words]:
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports this file

    kind = KINDS[data.change.kind]
    yield {"what": (kind.title_uk, kind.title_en), "note": data.note or ("без пояснення", "no note")}


KIND = Kind(
    "change.proposed",
    schema=1,
    family="programme",
    data=ChangeProposed,
    correctable=False,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Запропоновано зміну",
    title_en="Change proposed",
    uk="Запропоновано зміну ({what}): {note}",
    en="Change proposed ({what}): {note}",
    example={
        "change": {
            "kind": "financing.changed",
            "schema": 1,
            "effective": "2025-06-01",
            "data": {
                "lines": [{"measure": "1", "year": 2025, "source": "local", "op": "set", "amount": "1.00"}]
            },
        },
        "note": "Збільшити обсяг (приклад)",
    },
)
