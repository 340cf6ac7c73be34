"""entry.reaffirmed: statements that stand in doubt are said to hold, by who might state them anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ledger.doubt import doubts_of, meant_by
from ledger.errors import Refusal
from ledger.event import Common, Corrects, Stated
from ledger.kinds.authors import check_authors
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.registry import Body, Root, keep
from ledger.statements import statement_of
from ledger.values import Strict

if TYPE_CHECKING:
    from ledger.programme import Programme
    from ledger.timeline import Slot

# What an office says on a proposal is its own word: no other could state it anew.
OWN_WORD = ("change.proposed", "change.endorsed", "change.refused", "change.withdrawn")


class EntryReaffirmed(Strict):
    """entries: the slot's first event, and SHA-256 of the statement in force, as a correction names it."""

    entries: Annotated[tuple[Corrects, ...], Field(min_length=1, max_length=100)]


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: EntryReaffirmed = event.data
    if len({one.event for one in data.entries}) != len(data.entries):
        raise Refusal("entry-twice", "/data/entries")
    for place, one in enumerate(data.entries):
        statement = statement_of(view.world, view.subject, one, place)
        if not doubts_of(view.world, view.subject, statement):
            raise Refusal("nothing-to-reaffirm", f"/data/entries/{place}", one.event)
        if view.before is not None:
            _check_own_words(view, event, view.before.timeline.slots[one.event])
    yield from ()


def _check_own_words(view: View, event: Common, statement: Slot) -> None:
    for meant in meant_by(view.world, view.subject, statement):
        if meant.kind in OWN_WORD:
            offices = tuple(dict.fromkeys(signer.office for signer in meant.signers))
            check_authors(view, event, offices)


def evolve(state: Root | Body | Programme, stated: Stated) -> Root | Body | Programme:
    """The statements in force are named by their own events, which a correction may have made."""
    kept = keep(stated, "reaffirmed", None)
    reaffirmed = state.reaffirmed
    for one in stated.event.data.entries:
        event = _in_force(state, one.event)
        if event is None:  # the door refuses it next
            continue
        reaffirmed = reaffirmed.set(event, (*reaffirmed.get(event, ()), kept))
    if isinstance(state, Root | Body):
        return replace(state, reaffirmed=reaffirmed, kept=state.kept.set(stated.slot, kept))
    return replace(state, reaffirmed=reaffirmed)


def _in_force(state: Root | Body | Programme, slot: str) -> str | None:
    found = state.kept.get(slot) if isinstance(state, Root | Body) else state.timeline.slots.get(slot)
    return found.event if found is not None else None


def phrases(data: EntryReaffirmed, olds: object) -> Iterator[Words]:
    yield {"count": len(data.entries), "first": data.entries[0].event}


KIND = Kind(
    "entry.reaffirmed",
    schema=1,
    family="programme",
    also=("body", "root"),
    data=EntryReaffirmed,
    correctable=False,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Підтверджено записи",
    title_en="Entries re-affirmed",
    uk="Підтверджено записів: {count}, перший {first}",
    en="Entries re-affirmed: {count}, the first {first}",
    example={"entries": [{"event": "01890a5d-ac96-774b-bcce-b302099a8057", "payload": "00" * 32}]},
)
