"""What carrying out a proposal would do now: the cells, the door's questions, and who still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from api.context import Context
from api.drafts.consequences import Marks, changed_cells, olds_of
from api.problems import discrepancy, problem_of
from ledger.authority import owner_of
from ledger.canonical import dumps
from ledger.claims import zone_of
from ledger.clock import local_date, parse_instant
from ledger.consent import Proposal, members_of
from ledger.enactment import consent, consent_of, judged
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.governing import policies_for
from ledger.ids import new_event_id, split_stream
from ledger.kinds import Discrepancy, View, kind_of
from ledger.remedy import holders_of
from ledger.rules import check_correction, discrepancies
from ledger.store.base import Tail
from ledger.streams import load_for
from ledger.world import World, evolve
from projections.consent_records import tally_doc

Members = dict[str, Any]
_OWN = ("ledger", "signers", "seen", "submit_before")  # of who speaks, not of what is proposed


def enacting_event(proposal: Proposal, like: Common, now: datetime) -> Common:
    """The event that would enact a proposal, if those who sign another event signed it now."""
    said = members_of(like)
    relations = {**proposal.members.get("relations", {}), "enacts": {"proposal": proposal.slot}}
    members = {name: said[name] for name in _OWN} | dict(proposal.members)
    spelled = dumps(members | {"id": new_event_id(now), "relations": relations})
    return kind_of(proposal.kind).parse(spelled)


def asked(world: World, event: Common, today: str) -> list[Members]:
    """What the policies in force ask of an event, with who could give what lacks."""
    programme = world.programmes[split_stream(event.subject)[1]]
    policies = policies_for(world, event, owner_of(world, event, today), today)
    found = []
    for one in consent_of(world, programme, policies, event, today).tallies:
        instead = holders_of(world, tuple(one.lacking), today)
        found.append({**tally_doc(one), "instead": instead})
    return found


def asked_now(context: Context, shown: Members) -> list[Members] | None:
    """What is asked of a recorded proposal's enactment at the head; None if it is over there."""
    world = context.world()
    tail = context.ledger.reader.at_position(world.position)
    stated = tail.entries(shown["index"], 1)[0].stated()
    world = load_for(world, stated.event, tail)
    proposal = world.programmes[shown["programme"]].proposals[shown["id"]]
    if proposal.closed is not None:
        return None
    event = enacting_event(proposal, stated.event, context.clock.now())
    world = load_for(world, event, tail)
    context.keep(world)
    return asked(world, event, context.today())


class Enactor:
    """Looks at enactments as they would go at one moment. head: position before the request's drafts."""

    def __init__(self, tail: Tail, recorded_at: str, head: int, words: Members, marks: Marks) -> None:
        self._tail, self._recorded_at, self._head = tail, recorded_at, head
        self._words, self._marks = words, marks

    def outlook(self, world: World, draft: Common) -> Members | None:
        """What a draft that proposes, endorses or refuses a change is about.

        world: with the draft. None if it is about no proposal.
        """
        named = draft.id if draft.kind == "change.proposed" else getattr(draft.data, "proposal", None)
        if draft.kind not in ("change.proposed", "change.endorsed", "change.refused") or named is None:
            return None
        proposal = world.programmes[split_stream(draft.subject)[1]].proposals[named]
        event = enacting_event(proposal, draft, parse_instant(self._recorded_at))
        world = load_for(world, event, self._tail)
        stated = Stated(event, "", world.position, self._recorded_at)
        return self._enacted(world, stated, proposal)

    def _enacted(self, world: World, stated: Stated, proposal: Proposal) -> Members:
        event, after = stated.event, evolve(world, stated)
        today = local_date(parse_instant(self._recorded_at), zone_of(world)).isoformat()
        found, refusal = self._judged(world, after, stated, today)
        cells, total = changed_cells(world, after, stated, today, self._marks)
        problem = problem_of(refusal).document(**self._words) if refusal is not None else None
        return {
            "proposal": proposal.slot,
            "kind": proposal.kind,
            "sentence": _sentence(event, olds_of(after, stated)),
            "diff": cells,
            "diff_total": total,
            "would_ask": [discrepancy(one) for one in found if not one.silent],
            "would_refuse": problem,
            "asked": asked(world, event, today),
        }

    def _judged(
        self, world: World, after: World, stated: Stated, today: str
    ) -> tuple[list[Discrepancy], Refusal | None]:
        """What the door would find but for who signs, and the act that the enacting event will cite."""
        event, name = stated.event, split_stream(stated.event.subject)[1]
        view = View(
            world=world,
            root=world.root,
            body=None,
            before=world.programmes[name],
            after=after.programmes[name],
            today=today,
            slot=stated.slot,
            subject=event.subject,
            policies=policies_for(world, event, owner_of(world, event, today), today),
            batch_start=self._head,
        )
        found: list[Discrepancy] = []
        try:
            check_correction(world, event)
            for one in _questions(view, event, self._head):
                found.append(one)
            return judged(view, event, found), None
        except Refusal as refusal:
            return found, refusal


def _questions(view: View, event: Common, head: int) -> Iterator[Discrepancy]:
    yield from kind_of(event.kind).decide(view, event)
    yield from discrepancies(view, event, head)
    yield from consent(view, event)


def _sentence(event: Common, olds: Members) -> Members:
    languages: tuple[Literal["uk", "en"], ...] = ("uk", "en")
    return {language: kind_of(event.kind).sentence(event, language, olds) for language in languages}
