"""On which endorsements an enactment rests: kept as records, so that no programme is loaded to judge one.

One record for each proposal that was enacted as it had been proposed. What it says never changes:
a proposal that is over takes no statements, and no statement of consent can be corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson
from immutables import Map

from ledger.consent import Proposal, Voice
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.programme import Programme
from ledger.timeline import Timeline
from ledger.world import World, slot_after
from projections.recording import Doc
from projections.store.base import Writing

SPACE = "enactment"


class Enactments:
    """Records of the space `enactment`, by proposal: the entry that enacts it, and its endorsements."""

    def __init__(self, cursor: Writing) -> None:
        self._cursor = cursor

    def note(self, world: World, stated: Stated) -> None:
        """Take an entry. world: with it."""
        enacts, stream = stated.event.relations.enacts, stated.event.subject
        if enacts is None:
            return
        proposal = world.programmes[split_stream(stream)[1]].proposals.get(enacts.proposal)
        if proposal is None or proposal.closed_by != stated.event.id or not proposal.same_text:
            return
        endorsed = list(proposal.endorsed_before(stated.index))
        if endorsed:
            doc = orjson.dumps({"index": stated.index, "endorsed": endorsed}).decode()
            row = (SPACE, proposal.slot, stated.index + 1, stream, doc)
            self._cursor.execute("INSERT INTO records VALUES (?,?,?,?,?)", row)

    def endorsed(self, stated: Stated) -> list[int]:
        """The leaf indexes of the endorsements on which a statement rests."""
        enacts = stated.event.relations.enacts
        doc = self._of(enacts.proposal) if enacts is not None else None
        return doc["endorsed"] if doc is not None and doc["index"] == stated.index else []

    def resting_on(self, stated: Stated) -> Iterator[int]:
        """The entry that rests on an endorsement."""
        if stated.event.kind == "change.endorsed":
            doc = self._of(stated.event.data.proposal)
            if doc is not None and stated.index in doc["endorsed"]:
                yield doc["index"]

    def _of(self, proposal: str) -> Doc | None:
        query = "SELECT doc FROM records WHERE space=? AND id=?"
        row = self._cursor.execute(query, (SPACE, proposal)).fetchone()
        return orjson.loads(row[0]) if row is not None else None


def endorsed_by(programme: Programme, event: str, said: Sequence[Stated]) -> Programme:
    """A programme of which nothing is known but that an event enacts a proposal with these endorsements."""
    slots = {one.event.id: slot_after(programme, one) for one in said}
    voices = tuple(
        Voice(signer.office, signer.person, signer.kid, True, one.event.id, one.index)
        for one in said
        for signer in one.event.signers
    )
    enacted = Proposal("", -1, "", (), "", {}, (), voices, "enacted", event, same_text=True)
    return Programme(
        programme.id,
        timeline=Timeline(slots=Map(slots)),
        proposals=Map({enacted.slot: enacted}),
        reaffirmed=programme.reaffirmed,
    )
