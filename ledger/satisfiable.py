"""Could anybody do what a policy asks, beside the others then in force? What nobody can do is refused.

A refusal tells by `why` which rule of docs/authority.md, Policies, it is; api/texts/causes.py has words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ledger.errors import Refusal
from ledger.policy import Endorsements, Policy, rules_of
from ledger.together import ENDORSED, PROPOSED, Together, endorsable, judged_together

if TYPE_CHECKING:
    from ledger.world import World

MISSING = "endorsements-missing"
Demand = tuple[Policy, Endorsements]
Step = tuple[str, Policy]  # an office, and who says that it comes next


def check_satisfiable(world: World, owner: str, new: Policy) -> None:
    """Refuse a policy that nobody could satisfy, or that contradicts another. owner: "" for the root."""
    for together in judged_together(world, owner, new):
        kinds = dict.fromkeys(kind for rule in new.said.rules for kind in rule.kinds)
        for kind in kinds:
            _check_orders(together, kind)
            _check_signers(together, kind)
        for kind in _asking(together, kinds):
            _check_endorsers(together, kind)
        _check_executors(together)


def _place(new: Policy, member: str, *kinds: str) -> str:
    """Where the new policy says so first about one of these kinds; else where it names the first of them."""
    for kind in kinds:
        for place, rule in enumerate(new.said.rules):
            if kind in rule.kinds and getattr(rule, member):
                return f"/data/rules/{place}/{member}"
    named = (place for kind in kinds for place, rule in enumerate(new.said.rules) if kind in rule.kinds)
    return f"/data/rules/{next(named)}/kinds"


# -- the order of endorsers ---------------------------------------------------------------


def _check_orders(together: Together, kind: str) -> None:
    """Refuse an order of the new policy that all orders together turn round."""
    steps: dict[str, list[Step]] = {}
    for policy, asked in _demands(together, kind):
        for first, second in pairwise(asked.offices) if asked.ordered else ():
            steps.setdefault(first, []).append((second, policy))
    for place, rule in enumerate(together.new.said.rules):
        own = rule.endorsements
        if kind not in rule.kinds or own is None or not own.ordered:
            continue
        for number, (first, second) in enumerate(pairwise(own.offices)):
            way = _way(second, first, steps)
            if way:
                raise Refusal(
                    "policy-contradicts",
                    f"/data/rules/{place}/endorsements/offices/{number + 1}",
                    second,
                    why="orders",
                    kind=kind,
                    offices=[first, second, *(office for office, _ in way)],
                    day=together.day,
                    policy=together.other(policy for _, policy in way),
                )


def _way(start: str, goal: str, steps: Mapping[str, list[Step]]) -> list[Step]:
    """The shortest way on which an office comes after another; [] if there is none."""
    ways: list[list[Step]] = [[step] for step in steps.get(start, ())]
    seen: set[str] = set()
    for way in ways:  # which grow
        last = way[-1][0]
        if last == goal:
            return way
        if last not in seen:
            seen.add(last)
            ways.extend([*way, step] for step in steps.get(last, ()))
    return []


# -- who signs -----------------------------------------------------------------------------


def _check_signers(together: Together, kind: str) -> None:
    """Refuse rules that together let no office sign a kind, or only some that nobody holds."""
    able = together.able(kind)
    if able is None or any(together.persons(office) for office in able):
        return
    rules = [(policy, rule) for policy, rule in rules_of(together.policies, kind) if rule.offices is not None]
    raise Refusal(
        "policy-unsatisfiable",
        _place(together.new, "offices", kind),
        kind,
        why="nobody-holds" if able else "no-office",
        kind=kind,
        offices=able or list(dict.fromkeys(one for _, rule in rules for one in rule.offices or ())),
        day=together.day,
        policy=together.other(policy for policy, _ in rules),
        instead=together.who_may(kind),
    )


# -- who endorses --------------------------------------------------------------------------


def _demands(together: Together, kind: str) -> list[Demand]:
    found = ((policy, rule.endorsements) for policy, rule in rules_of(together.policies, kind))
    return [(policy, asked) for policy, asked in found if asked is not None]


def _asking(together: Together, kinds: Mapping[str, None]) -> Iterator[str]:
    """The kinds of which the new policy decides whether their endorsements can be given."""
    restricted = {kind for rule in together.new.said.rules if rule.offices for kind in rule.kinds}
    found = kinds
    if restricted & {PROPOSED, ENDORSED}:
        found = dict.fromkeys(k for p in together.policies for rule in p.said.rules for k in rule.kinds)
    return (kind for kind in found if _demands(together, kind))


def _check_endorsers(together: Together, kind: str) -> None:
    """Refuse endorsements without which the event is refused and which cannot be given."""
    demands = _demands(together, kind)
    forbidden = any(MISSING in rule.forbidden for _, rule in rules_of(together.policies, kind))
    strict = [one for one in demands if forbidden or one[1].shortfall == "refuse"]
    if not strict:
        return
    _check_proposable(together, kind)
    for demand in strict:
        if _short(together, demand, None):
            raise _too_few(together, kind, demand, "too-few-endorsers")
    # Who proposed endorses for no office as soon as one rule about the kind asks for other persons.
    proposers = together.proposers() if any(asked.other_persons for _, asked in demands) else None
    if proposers is not None:
        short = [[one for one in strict if _short(together, one, person)] for person in proposers]
        if all(short):
            raise _too_few(together, kind, short[0][0] if short else strict[0], "only-proposers", proposers)


def _check_proposable(together: Together, kind: str) -> None:
    """An adoption cannot be endorsed yet: it must not have to be."""
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports what imports this file

    if not KINDS[kind].proposable:
        other = together.other(policy for policy, _ in rules_of(together.policies, kind))
        at = _place(together.new, "endorsements", kind, ENDORSED, PROPOSED)
        details = {"kind": kind, "day": together.day, "policy": other}
        raise Refusal("policy-unsatisfiable", at, kind, why="not-endorsable", **details)


def _short(together: Together, demand: Demand, proposer: str | None) -> bool:
    asked = demand[1]
    return endorsable(asked, together.endorsers(asked, proposer)) < asked.needed


def _too_few(
    together: Together, kind: str, demand: Demand, why: str, proposers: Sequence[str] = ()
) -> Refusal:
    """proposers: who could propose, of whom none leaves enough others."""
    policy, asked = demand
    who = together.endorsers(asked, proposers[0] if proposers else None)
    decisive = PROPOSED if why == "only-proposers" else ENDORSED
    return Refusal(
        "policy-unsatisfiable",
        _blamed(together.new, kind, asked, decisive),
        asked.needed,
        why=why,
        kind=kind,
        offices=[{"office": office, "persons": persons} for office, persons in who.items()],
        able=endorsable(asked, who),
        needed=asked.needed,
        proposers=list(proposers),
        day=together.day,
        policy=together.other((policy, *_narrowing(together, kind, asked, decisive))),
        instead=together.who_may(ENDORSED),
    )


def _narrowing(together: Together, kind: str, asked: Endorsements, decisive: str) -> Iterator[Policy]:
    """Who lets too few offices propose or endorse, or lets nobody acknowledge a shortfall."""
    for policy, rule in rules_of(together.policies, decisive):
        if rule.offices is not None and (decisive == PROPOSED or {*asked.offices} - {*rule.offices}):
            yield policy
    for policy, rule in rules_of(together.policies, kind):
        if MISSING in rule.forbidden and asked.shortfall != "refuse":
            yield policy


def _blamed(new: Policy, kind: str, asked: Endorsements, decisive: str) -> str:
    """Where the new policy asks it; else where it lets too few offices endorse or propose."""
    for place, rule in enumerate(new.said.rules):
        if kind in rule.kinds and rule.endorsements is asked:
            return f"/data/rules/{place}/endorsements/needed"
    if any(decisive in rule.kinds for rule in new.said.rules):
        return _place(new, "offices", decisive)
    return _place(new, "forbidden", kind, ENDORSED, PROPOSED)


# -- who reports ---------------------------------------------------------------------------


def _check_executors(together: Together) -> None:
    """Refuse an executor whom the rules do not let sign the reports that are asked of it."""
    from ledger.kinds.report_accepted import REPORTS  # noqa: PLC0415 -- kinds import what imports this file

    new = together.new
    for kind in REPORTS:
        allowed = together.allowed(kind)
        if allowed is None:
            continue
        rules = [one for one, rule in rules_of(together.policies, kind) if rule.offices is not None]
        for item, (policy, place, office) in _reporters(together.policies, kind).items():
            if office not in allowed and new in (policy, *rules):
                raise Refusal(
                    "policy-unsatisfiable",
                    f"/data/executors/{place}/office" if policy is new else _place(new, "offices", kind),
                    office,
                    why="executor-may-not",
                    kind=kind,
                    item=item[1],
                    offices=allowed,
                    day=together.day,
                    policy=together.other((policy, *rules)),
                )


def _reporters(policies: Iterable[Policy], kind: str) -> dict[tuple[str, str], tuple[Policy, int, str]]:
    """(items or indicators, id) → who reports: the newest policy that names the row itself says so."""
    found: dict[tuple[str, str], tuple[Policy, int, str]] = {}
    for policy in sorted(policies, key=lambda policy: -policy.index):
        for place, executor in enumerate(policy.said.executors):
            for about in executor.named(kind):
                found.setdefault(about, (policy, place, executor.office))
    return found
