"""change.withdrawn: the office that proposed a change takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.consent import closed
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.proposals import open_proposal
from ledger.remedy import holders_of
from ledger.values import EventId, Strict, Text

if TYPE_CHECKING:
    from ledger.programme import Programme


class ChangeWithdrawn(Strict):
    """Signed for an office that proposed it; nothing can be endorsed or enacted afterwards."""

    proposal: EventId
    reason: Text = ""


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ChangeWithdrawn = event.data
    proposal = open_proposal(view, data.proposal)
    offices = tuple(dict.fromkeys(signer.office for signer in proposal.signers))
    for place, signer in enumerate(event.signers):
        if signer.office not in offices:
            instead = holders_of(view.world, offices, view.today)
            raise Refusal("not-the-proposer", f"/signers/{place}/office", signer.office, instead=instead)
    yield from ()


def evolve(programme: Programme, stated: Stated) -> Programme:
    proposal = stated.event.data.proposal
    proposals = closed(programme.proposals, proposal, stated.event.id, "withdrawn")
    return replace(programme, proposals=proposals)


KIND = Kind(
    "change.withdrawn",
    schema=1,
    family="programme",
    data=ChangeWithdrawn,
    correctable=False,
    decide=decide,
    evolve=evolve,
    title_uk="Відкликано пропозицію",
    title_en="Proposal withdrawn",
    uk="Відкликано пропозицію {proposal}",
    en="Proposal {proposal} withdrawn",
    example={"proposal": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": ""},
)
