"""finding.accepted: somebody with oversight leaves a finding as it is, and says why. People judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.event import Common, Stated
from ledger.kinds.authors import check_authors
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.programme import Programme
from ledger.values import Finding, RequiredText, Sha256, Strict


class FindingAccepted(Strict):
    """finding: code and key; fingerprint: of what it rested on: another hit is not accepted with it."""

    finding: Finding
    fingerprint: Sha256
    reason: RequiredText


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    offices = view.programme.accepted.get(view.slot)
    if offices is not None:
        check_authors(view, event, offices)
    yield from ()


def evolve(programme: Programme, stated: Stated) -> Programme:
    if stated.slot in programme.accepted:
        return programme
    offices = tuple(dict.fromkeys(signer.office for signer in stated.event.signers))
    return replace(programme, accepted=programme.accepted.set(stated.slot, offices))


def phrases(data: FindingAccepted, olds: object) -> Iterator[Words]:
    yield {"finding": data.finding, "reason": data.reason}


KIND = Kind(
    "finding.accepted",
    schema=1,
    family="programme",
    data=FindingAccepted,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Прийнято до відома те, що потребує уваги",
    title_en="Finding accepted",
    uk="Потребує уваги {finding}, прийнято до відома: {reason}",
    en="Needs attention {finding}, accepted: {reason}",
    example={
        "finding": "DOC-DATE:decision",
        "fingerprint": "5e" * 32,
        "reason": "Дату уточнено листом ради (приклад)",
    },
)
