"""Loading what a decision needs: root, bodies and programmes, stream by stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from ledger.doubt import meant_by, offices_behind
from ledger.entry import Entry
from ledger.event import Common
from ledger.governing import adopter_of
from ledger.ids import ROOT, TRUST, body_stream, split_stream
from ledger.kinds import KINDS, REPORTS
from ledger.policy import Policy, rules_of
from ledger.programme import Programme
from ledger.registry import founded
from ledger.statements import slots_of
from ledger.together import took_over
from ledger.world import World, apply, names_used, streams_needed

POLICY_SET = "policy.set"
STATUS_CHANGED = "act.status_changed"
OBSERVED = ("observation.made", "observation.answered")
ACCEPTED = "finding.accepted"
ABOUT_PROPOSALS = frozenset(name for name, kind in KINDS.items() if "proposal" in kind.data.model_fields)


class StreamReader(Protocol):
    """Where streams come from: under the head lock, or as of a position."""

    def names(self, names: Iterable[str]) -> dict[str, str]:
        """Which of these names were introduced, and by which stream."""

    def stream(self, stream: str) -> Iterator[Entry]:
        """The stream's entries in order."""


def load_for(world: World, event: Common, reader: StreamReader) -> World:
    """The same position with everything loaded that judging this event reads."""
    world = _with_stream(world, ROOT, reader)
    used = tuple(names_used(event))
    world = _with_names(world, used, reader)
    named = []
    for stream in streams_needed(event, used, world.names):
        world = _with_stream(world, stream, reader)
        family, name = split_stream(stream)
        if family == "body":
            named.append(name)
    world = _with_lineages(world, (*named, *bodies_above(world, event)), reader)
    if event.kind == POLICY_SET:
        world = _with_adopters(world, event, reader)
    return load_offices(world, offices_asked(world, event), reader)


def load_offices(world: World, offices: Iterable[str], reader: StreamReader) -> World:
    """The same position with the bodies of these offices loaded, those above them, and who succeeds any."""
    names = [f"office:{office}" for office in dict.fromkeys(offices)]
    if not names:
        return world
    world = _with_names(world, names, reader)
    bodies = (split_stream(world.names.get(name, ""))[1] for name in names)
    return _with_lineages(world, dict.fromkeys(bodies), reader)


def bodies_above(world: World, event: Common) -> list[str]:
    """The owners of the subject and the bodies above them: their policies judge the event."""
    if event.subject == TRUST:  # nobody owns it, and no policy judges it
        return []
    if event.subject == ROOT:
        return bodies_of_registrar(world) if event.kind == "key.revoked" else []
    return [*world.root.lineage(adopter_of(world, event)), *_judged_over(world, event)]


def bodies_of_registrar(world: World) -> list[str]:
    """The bodies that may have a key as a registrar's: all, for only a body's own stream tells its set.

    That reads every body's stream; the root revokes a key rarely, and may not lock a body out.
    """
    return sorted(world.root.bodies)


def offices_asked(world: World, event: Common) -> Iterator[str]:
    """The offices that this event rests on: endorsers, those asked, those in doubt, those of policies."""
    family, name = split_stream(event.subject)
    if family == "programme" and name in world.programmes:
        yield from _of_consent(world, world.programmes[name], event)
    if event.kind in OBSERVED:
        yield from _of_observation(world, event)
    if event.kind == ACCEPTED and event.relations.corrects is not None and name in world.programmes:
        yield from world.programmes[name].accepted.get(event.relations.corrects.event, ())
    if event.kind == STATUS_CHANGED:
        yield from _of_status(world, event)
    if event.kind == "entry.reaffirmed":
        for one in event.data.entries:
            found = slots_of(world, event.subject).get(one.event)
            for meant in (found, *meant_by(world, event.subject, found)) if found is not None else ():
                yield from offices_behind(world, event.subject, meant)
    if event.kind == POLICY_SET and event.data is not None:
        yield from event.data.offices()
        for body in (name, *_judged_over(world, event)):
            for policy in _ever_over(world, body):
                yield from policy.said.offices()


def _with_adopters(world: World, event: Common, reader: StreamReader) -> World:
    """With who adopted each programme to which a policy beside this one is limited."""
    body = split_stream(event.subject)[1]
    policies = (policy for one in (body, *_judged_over(world, event)) for policy in _ever_over(world, one))
    for programme in dict.fromkeys(policy.said.programme for policy in policies):
        name = f"programme:{programme}"
        if programme is None or programme in world.programmes or name in world.names:
            continue
        first = next(iter(reader.stream(name)), None)
        if first is not None:
            adopter = body_stream(first.stated().event.data.body)
            world = replace(world, names=world.names.set(name, adopter))
    return world


def _of_observation(world: World, event: Common) -> Iterator[str]:
    """Who made an observation and who answered it: a refusal says who could do it instead."""
    family, name = split_stream(event.subject)
    owner = world.programmes.get(name) if family == "programme" else world.bodies.get(name)
    corrects = event.relations.corrects
    named = {getattr(event.data, "observation", None), corrects.event if corrects is not None else None}
    for one in owner.observations.values() if owner is not None else ():
        if one.slot in named or named & {*one.given}:
            yield from (one.to,) if one.to is not None else ()
            yield from one.offices
            yield from (office for offices in one.given.values() for office in offices)


def _of_status(world: World, event: Common) -> Iterator[str]:
    """Who stated what is corrected: a refusal says who could do it instead."""
    corrects, body = event.relations.corrects, world.bodies.get(split_stream(event.subject)[1])
    known = body.kept.get(corrects.event) if corrects is not None and body is not None else None
    yield from (signer.office for signer in known.signers) if known is not None else ()


def _judged_over(world: World, event: Common) -> list[str]:
    """Whose place a body took: a policy that it sets is judged beside theirs."""
    if event.kind != POLICY_SET or event.data is None:
        return []
    return took_over(world.root, split_stream(event.subject)[1], event.data.start)


def _of_consent(world: World, programme: Programme, event: Common) -> Iterator[str]:
    enacts = event.relations.enacts
    named = enacts.proposal if enacts is not None else _proposal_named(event)
    proposal = programme.proposals.get(named) if isinstance(named, str) else None
    kinds = {event.kind}
    if proposal is not None:
        kinds.add(proposal.kind)
        yield from (signer.office for signer in proposal.signers)
        for voice in proposal.voices:
            yield from offices_behind(world, event.subject, programme.timeline.slots[voice.event])
    for policy in _ever_over(world, programme.body):
        for kind in kinds:
            for _, rule in rules_of((policy,), kind):
                yield from rule.endorsements.offices if rule.endorsements is not None else ()
                yield from rule.offices or ()
        if event.kind in REPORTS:
            yield from (executor.office for executor in policy.said.executors)


def _proposal_named(event: Common) -> str | None:
    return event.data.proposal if event.kind in ABOUT_PROPOSALS and event.data is not None else None


def _ever_over(world: World, body: str) -> Iterator[Policy]:
    """The policies by which a programme is judged on whatever day."""
    yield from world.root.policies
    for name in world.root.lineage(body):
        yield from world.bodies[name].policies


def load_stream(world: World, stream: str, reader: StreamReader) -> World:
    """The same position with one stream loaded, and the root."""
    return _with_stream(_with_stream(world, ROOT, reader), stream, reader)


def _with_lineages(world: World, bodies: Iterable[str], reader: StreamReader) -> World:
    """With whoever may manage these bodies."""
    for body in bodies:
        for name in world.root.lineage(body):
            if name not in world.bodies:
                world = _with_stream(world, body_stream(name), reader)
    return world


def _with_names(world: World, names: Iterable[str], reader: StreamReader) -> World:
    unknown = [name for name in dict.fromkeys(names) if name not in world.names]
    if not unknown:
        return world
    found = reader.names(unknown)
    return replace(world, names=world.names.update(found)) if found else world


def _with_stream(world: World, stream: str, reader: StreamReader) -> World:
    if stream in world.loaded:
        return world
    world = replace(world, loaded=world.loaded.set(stream, True))
    family, name = split_stream(stream)
    if family == "programme":
        return _with_programme(world, name, stream, reader)
    if family == "body":
        world = replace(world, bodies=world.bodies.set(name, founded(world.root, name)))
    for entry in reader.stream(stream):
        world = apply(world, entry.stated())
    return world


def _with_programme(world: World, name: str, stream: str, reader: StreamReader) -> World:
    """Acts first, since a write's rank is its act's as it stands now."""
    stated = [entry.stated() for entry in reader.stream(stream)]
    acts = [f"act:{item.event.act.id}" for item in stated if item.event.act is not None]
    world = _with_names(world, acts, reader)
    for body in dict.fromkeys(world.names[act] for act in acts):
        world = _with_stream(world, body, reader)
    for item in stated:
        world = apply(world, item)
    if name not in world.programmes:
        return world
    return replace(world, programmes=world.programmes.set(name, _settled(world.programmes[name])))


def _settled(programme: Programme) -> Programme:
    """Let each act's last change touch the cells of the slots that cite it."""
    timeline = programme.timeline
    for act in timeline.acts.values():
        timeline = timeline.state_act(act)
    return replace(programme, timeline=timeline)
