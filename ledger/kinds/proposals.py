"""What the kinds of consent share: the proposal that they name, its text, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger.consent import Proposal
from ledger.doubt import day_of
from ledger.errors import Refusal
from ledger.event import Common
from ledger.governing import policies_over
from ledger.kinds.base import Discrepancy, View
from ledger.policy import Policy, in_force, lapse_of
from ledger.programme import Programme
from ledger.remedy import holders_of

if TYPE_CHECKING:
    from ledger.world import World


def open_proposal(view: View, proposal: str, at: str = "/data/proposal") -> Proposal:
    """Refuse a proposal that is not this programme's, or is over."""
    found = view.programme.proposals.get(proposal)
    if found is None:
        raise Refusal("unknown-proposal", at, proposal)
    if found.closed is not None:
        raise Refusal("proposal-closed", at, proposal, how=found.closed, by=found.closed_by)
    lapse = lapsed(view.world, view.programme, found, view.today)
    if lapse is not None:
        raise Refusal("proposal-closed", at, proposal, how="lapsed", by=None, policy=lapse.event)
    return found


def last_day(world: World, programme: Programme, proposal: Proposal) -> tuple[Policy, str] | None:
    """The last day on which a proposal stands, by the policies that were over it when it was recorded."""
    begun = day_of(world, proposal.recorded_at)
    stated = policies_over(world, programme.body, begun, known_before=proposal.index)
    lapse = lapse_of(in_force(stated, begun, below=proposal.index, programme=programme.id))
    if lapse is None:
        return None
    policy, days = lapse
    return policy, (date.fromisoformat(begun) + timedelta(days=days)).isoformat()


def lapsed(world: World, programme: Programme, proposal: Proposal, today: str) -> Policy | None:
    """The policy by which a proposal has lapsed; None while it stands."""
    last = last_day(world, programme, proposal)
    return last[0] if last is not None and today > last[1] else None


def check_content(view: View, proposal: Proposal, event: Common) -> None:
    """Refuse what was said of another text. The same offices may say it of this one."""
    content = event.data.content
    if content != proposal.content:
        offices = tuple(dict.fromkeys(signer.office for signer in event.signers))
        instead = holders_of(view.world, offices, view.today)
        raise Refusal("other-content", "/data/content", content, proposal=proposal.content, instead=instead)


def changed_since(
    programme: Programme, proposal: Proposal, paths: Iterable[str], batch_start: int, at: str
) -> Iterator[Discrepancy]:
    """The cells that somebody wrote since the change was proposed."""
    for path in dict.fromkeys(paths):
        touched = programme.timeline.touched.get(path, -1)
        if proposal.index < touched < batch_start:
            details = {"path": path, "index": touched, "proposal": proposal.slot}
            yield Discrepancy("changed-since-proposed", at, details)
