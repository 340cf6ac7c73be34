"""change.refused: an office does not agree; a later refusal cancels its endorsement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.consent import spoken
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.proposals import check_content, open_proposal
from ledger.values import EventId, RequiredText, Sha256, Strict

if TYPE_CHECKING:
    from ledger.programme import Programme


class ChangeRefused(Strict):
    """reason: what is wrong with it; it may not be blank."""

    proposal: EventId
    content: Sha256
    reason: RequiredText


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ChangeRefused = event.data
    check_content(view, open_proposal(view, data.proposal), event)
    yield from ()


def evolve(programme: Programme, stated: Stated) -> Programme:
    return replace(programme, proposals=spoken(programme.proposals, stated, endorses=False))


KIND = Kind(
    "change.refused",
    schema=1,
    family="programme",
    data=ChangeRefused,
    correctable=False,
    decide=decide,
    evolve=evolve,
    title_uk="Відхилено зміну",
    title_en="Change refused",
    uk="Відхилено зміну {proposal}: {reason}",
    en="Change {proposal} refused: {reason}",
    example={
        "proposal": "01890a5d-ac96-774b-bcce-b302099a8057",
        "content": "00" * 32,
        "reason": "Немає розрахунку (приклад)",
    },
)
