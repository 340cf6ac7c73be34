"""Whose endorsement counts: judged when it is given, and again when the change is enacted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ledger.consent import Proposal, Voice
from ledger.doubt import doubts_of
from ledger.errors import Refusal
from ledger.event import Signer
from ledger.ids import programme_stream
from ledger.policy import Endorsements, Policy
from ledger.remedy import Instead, holders_of

if TYPE_CHECKING:
    from ledger.kinds.base import View
    from ledger.programme import Programme
    from ledger.world import World

Why = Literal[
    "missing", "refused", "other-text", "self", "same-person", "mandate-ended", "key-revoked", "in-doubt",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """counted: the endorsements that count; lacking: office → why its does not."""

    policy: Policy
    asked: Endorsements
    counted: tuple[Voice, ...]
    lacking: dict[str, Why]

    @property
    def met(self) -> bool:
        return len(self.counted) >= self.asked.needed


def tally(
    world: World,
    programme: Programme,
    proposal: Proposal | None,
    policy: Policy,
    asked: Endorsements,
    today: str,
    *,
    same_text: bool,
) -> Tally:
    """Count what a policy asks for. proposal: None when nothing was proposed."""
    return count(
        proposal, policy, asked, lambda voice: _void(world, programme, voice, today), same_text=same_text
    )


def count(
    proposal: Proposal | None,
    policy: Policy,
    asked: Endorsements,
    void: Callable[[Voice], Why | None],
    *,
    same_text: bool,
) -> Tally:
    """As tally; void: what has become of an endorser since, so that the endorsement counts no more."""
    counted: list[Voice] = []
    lacking: dict[str, Why] = {}
    for office in asked.offices:
        voice = proposal.voice_of(office) if proposal is not None else None
        why = _lack(proposal, voice, asked, counted, void, same_text=same_text)
        if why is not None:
            lacking[office] = why
        elif voice is not None:
            counted.append(voice)
    return Tally(policy, asked, tuple(counted), lacking)


def _lack(
    proposal: Proposal | None,
    voice: Voice | None,
    asked: Endorsements,
    counted: list[Voice],
    void: Callable[[Voice], Why | None],
    *,
    same_text: bool,
) -> Why | None:
    """Why an office's voice does not count; None if it does."""
    if proposal is None or voice is None:
        return "missing"
    reasons: tuple[tuple[bool, Why], ...] = (
        (not voice.endorses, "refused"),
        (not same_text, "other-text"),
        (asked.other_persons and voice.person in proposal.proposers, "self"),
        (asked.other_persons and any(voice.person == other.person for other in counted), "same-person"),
    )
    why = next((why for holds, why in reasons if holds), None)
    return why or void(voice)


def _void(world: World, programme: Programme, voice: Voice, today: str) -> Why | None:
    """What has become of the endorser since: mandate, key, and the entry itself."""
    body = world.body_of(f"office:{voice.office}")
    if body is None or not any(m.holds(today) for m in body.mandates_of(voice.person, voice.office)):
        return "mandate-ended"
    if voice.kid in body.revoked or voice.kid in world.root.revoked:
        return "key-revoked"
    statement = programme.timeline.slots[voice.event]
    return "in-doubt" if doubts_of(world, programme_stream(programme.id), statement) else None


def check_voice(
    view: View, proposal: Proposal, policy: Policy, asked: Endorsements, signers: Iterable[Signer]
) -> None:
    """Refuse an endorsement that could never count under a policy in force.

    Who endorsed for another office bars nobody once that endorsement counts no more; the order it kept.
    """
    said = {voice.office: voice for voice in proposal.newest() if voice.endorses}
    standing = {name: one for name, one in said.items() if _stands(view, one)}
    given = {(one.person, office) for office, one in standing.items() if office in asked.offices}
    together = [signer.office for signer in signers]
    open_offices = [office for office in asked.offices if office not in standing]
    for place, signer in enumerate(signers):
        at, office, person = f"/signers/{place}", signer.office, signer.person
        barred = {*proposal.proposers, *(who for who, _ in given), person} if asked.other_persons else set()
        who = {"policy": policy.event, "instead": _holders(view, open_offices, barred)}
        if asked.other_persons and person in proposal.proposers:
            raise Refusal("self-endorsement", f"{at}/person", person, **who)
        if office not in asked.offices:
            continue
        if asked.other_persons and any(one == person and other != office for one, other in given):
            raise Refusal("same-person", f"{at}/person", person, **who)
        given.add((person, office))
        waiting = [one for one in _before(asked, office) if one not in said and one not in together]
        if waiting:
            who["instead"] = _holders(view, waiting, barred - {person})
            raise Refusal("out-of-order", f"{at}/office", office, **who)


def _stands(view: View, voice: Voice) -> bool:
    """Would the endorsement count, were the change enacted today?"""
    return _void(view.world, view.programme, voice, view.today) is None


def _before(asked: Endorsements, office: str) -> tuple[str, ...]:
    """The offices whose endorsements come first, where there is an order."""
    if not asked.ordered or office not in asked.offices:
        return ()
    return asked.offices[: asked.offices.index(office)]


def _holders(view: View, offices: Iterable[str], barred: Collection[str]) -> Instead:
    """Who could endorse for these offices."""
    return holders_of(view.world, tuple(offices), view.today, without=barred)
