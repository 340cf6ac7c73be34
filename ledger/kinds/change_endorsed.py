"""change.endorsed: an office agrees to exactly this text, named by its content hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.consent import spoken
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.proposals import changed_since, check_content, open_proposal
from ledger.policy import rules_of
from ledger.values import EventId, Sha256, Strict, Text
from ledger.voices import check_voice

if TYPE_CHECKING:
    from ledger.programme import Programme


class ChangeEndorsed(Strict):
    """content: the proposal's content hash, so that the agreement fits no other text."""

    proposal: EventId
    content: Sha256
    note: Text = ""


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ChangeEndorsed = event.data
    proposal = open_proposal(view, data.proposal)
    check_content(view, proposal, event)
    for policy, rule in rules_of(view.policies, proposal.kind):
        if rule.endorsements is not None:
            check_voice(view, proposal, policy, rule.endorsements, event.signers)
    yield from changed_since(view.programme, proposal, proposal.paths, view.batch_start, "/data/proposal")


def evolve(programme: Programme, stated: Stated) -> Programme:
    return replace(programme, proposals=spoken(programme.proposals, stated, endorses=True))


KIND = Kind(
    "change.endorsed",
    schema=1,
    family="programme",
    data=ChangeEndorsed,
    correctable=False,
    decide=decide,
    evolve=evolve,
    title_uk="Погоджено зміну",
    title_en="Change endorsed",
    uk="Погоджено зміну {proposal}",
    en="Change {proposal} endorsed",
    example={"proposal": "01890a5d-ac96-774b-bcce-b302099a8057", "content": "00" * 32, "note": ""},
)
