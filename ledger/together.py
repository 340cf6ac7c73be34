"""The policies that are judged together on a day, and who could do what all of them let.

Source: docs/authority.md, Policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ledger.governing import policies_over
from ledger.ids import split_stream
from ledger.policy import Endorsements, Policy, in_force, rules_of
from ledger.reach import acts_for, is_succeeded
from ledger.remedy import NAMED_MAX, Instead, live_keys

if TYPE_CHECKING:
    from ledger.registry import Root
    from ledger.world import World

PROPOSED, ENDORSED = "change.proposed", "change.endorsed"
CONSENT = (ENDORSED, "change.refused")  # what an office above or below may say, too, where it is asked


@dataclass(frozen=True, slots=True)
class Together:
    """policies: in force on the day, the new one among them; owner: the body that sets it, "" for the root.

    world: with the bodies of all offices loaded that the policies name, and their lineages. known, let: who
    holds which office on that day, and which offices all rules let sign, as far as it was asked already.
    """

    world: World
    owner: str
    new: Policy
    day: str
    policies: tuple[Policy, ...]
    known: dict[str, frozenset[str]]
    let: dict[str, list[str] | None] = field(default_factory=dict)

    def other(self, policies: Iterable[Policy]) -> str | None:
        """The event of the first that is not the new one."""
        return next((policy.event for policy in policies if policy.event != self.new.event), None)

    def allowed(self, kind: str) -> list[str] | None:
        """The offices that every rule lets sign a kind; None where no rule names any."""
        if kind not in self.let:
            named = [rule.offices for _, rule in rules_of(self.policies, kind) if rule.offices is not None]
            first = dict.fromkeys(named[0] if named else ())
            both = [office for office in first if all(office in offices for offices in named)]
            self.let[kind] = both if named else None
        return self.let[kind]

    def able(self, kind: str) -> list[str] | None:
        """Those of them that may sign it by themselves, whoever holds them."""
        allowed = self.allowed(kind)
        return allowed and [one for one in allowed if self.may_sign(one, kind) and self.reaches(one, kind)]

    def may_sign(self, office: str, kind: str) -> bool:
        body = self.world.body_of(f"office:{office}")
        return body is not None and office in body.offices and kind in body.offices[office].kinds

    def reaches(self, office: str, kind: str) -> bool:
        """May it act for the body that sets the policy? The root names any; consent reaches both ways."""
        return not self.owner or reaches(self.world, office, kind, self.owner, self.day)

    def persons(self, office: str) -> frozenset[str]:
        """Who holds it on the day, with a key that may sign for it; nobody where its body was succeeded."""
        if office not in self.known:
            body = self.world.body_of(f"office:{office}")
            gone = body is None or is_succeeded(self.world, body.id, self.day)
            holders = body.holders(office, self.day) if body is not None and not gone else []
            self.known[office] = frozenset(
                one for one in holders if body is not None and live_keys(self.world, body, one)
            )
        return self.known[office]

    def proposers(self) -> list[str] | None:
        """Who could propose, where rules say which offices do."""
        able = self.able(PROPOSED)
        return None if able is None else sorted({one for office in able for one in self.persons(office)})

    def endorsers(self, asked: Endorsements, without: str | None = None) -> dict[str, list[str]]:
        """The offices asked, with who could endorse for each; without: who proposed, and may not."""
        allowed = self.allowed(ENDORSED)
        may = {one for one in asked.offices if self.may_sign(one, ENDORSED)}
        may &= may if allowed is None else {*allowed}
        return {one: sorted(self.persons(one) - {without}) if one in may else [] for one in asked.offices}

    def who_may(self, kind: str) -> Instead:
        """Offices with who holds them, of those that are loaded, which could be named for a kind."""
        root, bodies = self.world.root, self.world.bodies
        judged = (one for one in bodies.values() if {*root.chain(one.id, self.day)} <= {*bodies})
        offices = (office for body in judged for office in body.offices)
        able = (one for one in offices if self.may_sign(one, kind) and self.reaches(one, kind))
        found = ({"office": one, "persons": sorted(self.persons(one))} for one in able)
        return [one for one in found if one["persons"]][:NAMED_MAX]


def endorsable(asked: Endorsements, who: Mapping[str, Iterable[str]]) -> int:
    """How many of the offices asked could endorse; ordered: the first for which nobody can bars the rest."""
    held = [{*who[office]} for office in asked.offices]
    count = matched if asked.other_persons else _held
    if not asked.ordered:
        return count(held)
    return max(n for n in range(len(held) + 1) if count(held[:n]) == n)


def reaches(world: World, office: str, kind: str, owner: str, day: str) -> bool:
    """May an office act for a body, or, as far as it is consent, does it stand above or below it?"""
    body = world.body_of(f"office:{office}")
    if body is None:
        return False
    if kind in CONSENT:
        return not is_succeeded(world, body.id, day) and world.root.related(body.id, owner, day)
    return acts_for(world, body.id, owner, day)


def _held(held: list[set[str]]) -> int:
    return sum(1 for persons in held if persons)


def matched(held: list[set[str]]) -> int:
    """The most offices to which different persons can be assigned (augmenting paths)."""
    office_of: dict[str, int] = {}

    def assign(office: int, tried: set[str]) -> bool:
        for person in held[office] - tried:
            tried.add(person)
            if person not in office_of or assign(office_of[person], tried):
                office_of[person] = office
                return True
        return False

    return sum(assign(office, set()) for office in range(len(held)))


def judged_together(world: World, owner: str, new: Policy) -> Iterator[Together]:
    """All that apply to the same on a day: what is about no programme, and about each that a policy names.

    The days: the first of the new policy, and those on which one begins that was stated for later (the new
    one is in force then, for nothing newer is stated yet); whose policies are over it, its first day says.
    A policy of one programme applies with those of all and its own alone, and with none of a body that does
    not govern the programme. Of a programme that nobody adopted yet those of one stream are held together.
    """
    every = {policy.event: policy for policy in (*beside(world, owner, new.said.start), new)}.values()
    stated = [policy for policy in every if policy is new or _meets(world, owner, policy, new)]
    programmes: list[str | None] = [new.said.programme]
    if new.said.programme is None:
        programmes += sorted({name for policy in stated if (name := policy.said.programme) is not None})
    for day in sorted({policy.said.start for policy in stated if policy.said.start >= new.said.start}):
        known: dict[str, frozenset[str]] = {}
        for programme in programmes:
            found = in_force(stated, day, below=new.index + 1, programme=programme)
            if any(policy.said.start == day for policy in found):
                yield Together(world, owner, new, day, found, known)


def _meets(world: World, owner: str, policy: Policy, new: Policy) -> bool:
    """Could the new policy judge what this one judges?"""
    programme = policy.said.programme
    if programme is None or policy.stream == new.stream:
        return True
    adopter = adopter_of_programme(world, programme)
    return adopter is not None and owner in world.root.governing(adopter, new.said.start)


def adopter_of_programme(world: World, programme: str) -> str | None:
    """The body that adopted a programme, if it is there; streams.load_for sees to it that it is known."""
    known = world.programmes.get(programme)
    if known is not None:
        return known.body
    return split_stream(world.names.get(f"programme:{programme}", ""))[1] or None


def beside(world: World, owner: str, day: str) -> Iterator[Policy]:
    """All that was ever stated over a body's own stream, or over those of the bodies whose place it took."""
    for body in (owner, *took_over(world.root, owner, day)):
        yield from policies_over(world, body, day)


def took_over(root: Root, body: str, day: str) -> list[str]:
    """The bodies that this one succeeded up to a day, and those that they had succeeded."""
    found = [body]
    for name in found:  # which grows
        for entry in root.bodies.values():
            after = entry.succeeded
            if after is not None and after.successor == name and after.start <= day and entry.id not in found:
                found.append(entry.id)
    return found[1:]
