"""Which policies may be set, by docs/authority.md alone: what can be satisfied and contradicts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, takewhile

from tests.oracle.policies import bodies_over, governs, policies_in_force, rules_of, says_something
from tests.oracle.registry import (
    able,
    acts_for,
    body_of,
    body_of_office,
    line_above,
    may_sign,
    office_created,
    owner_of,
    places,
    stands_for,
    succession,
)
from tests.oracle.said import REPORT_KINDS, ROOT, Log, Payload, Said, of_kind

PROPOSABLE = (
    "programme.amended",
    "programme.closed",
    "financing.changed",
    "appropriation.set",
    "schedule.changed",
    "transfer.made",
    "transfer.returned",
    "allocation.mapped",
)
# Nothing can endorse it yet: its shortfall is recorded or acknowledged.
ADOPTION = "programme.adopted"
MISSING = "endorsements-missing"


# The discrepancies that an event can have: what the texts of the API explain.
DISCREPANCIES = {
    "changed-since-proposed",
    "changed-since-seen",
    "endorsements-missing",
    "later-decisions",
    "later-status",
    "lower-than-before",
    "mixed-script",
    "old-mismatch",
    "other-text",
    "over-appropriation",
    "override-short",
    "own-report",
    "programme-closed",
    "removals-differ",
    "returned-above-sent",
    "shares-above-one",
    "suspended-late",
    "totals-differ",
}


def policy_faults(log: Log, said: Said) -> set[str]:
    """Why a policy may not be set."""
    faults = set()
    if said.data["start"] < said.day:
        faults.add("policy-retroactive")
    only = said.data.get("programme")
    if only is not None and owner_of(log, f"programme:{only}") is None:
        faults.add("unknown-programme")
    if not says_something(said):
        return faults
    if any(not {*codes(rule)} <= DISCREPANCIES for rule in rules(said)):
        faults.add("unknown-discrepancy")
    faults |= office_faults(log, said) | contradictions(said)
    for day, others in met_with(log, said):
        faults |= faults_together(log, said, others, day)
    return faults


def rules(said: Said) -> list[Payload]:
    return list(said.data.get("rules") or [])


def codes(rule: Payload) -> list[str]:
    return [*(rule.get("forbidden") or []), *(rule.get("silent") or [])]


def executors(said: Said) -> list[Payload]:
    return list(said.data.get("executors") or [])


def reports(one: Payload) -> list[str]:
    """The reports that are asked of an executor: of an indicator only what was achieved is reported."""
    kinds = one.get("kinds") or REPORT_KINDS
    return [kind for kind in kinds if one.get("items") or kind == "actual.reported"]


# The offices that it names


def office_faults(log: Log, said: Said) -> set[str]:
    """What is wrong with the offices that a policy names, whatever others say."""
    faults, signers = (
        set(),
        [(office, one["kinds"]) for one in rules(said) for office in one.get("offices") or []],
    )
    signers += [(one["office"], reports(one)) for one in executors(said)]
    for office, kinds in signers:
        faults |= asked_faults(log, office, kinds)
        if not may_say(log, office, kinds, said, said.data["start"]):
            faults.add("office-of-another-body")
    for _, kind, asked in demanded([said]):
        if kind not in (*PROPOSABLE, ADOPTION):
            faults.add("cannot-be-endorsed")
        if asked["needed"] > len(asked["offices"]):
            faults.add("needed-too-high")
        for office in asked["offices"]:
            faults |= asked_faults(log, office, ["change.endorsed"])
            if not is_related(log, office, said, said.data["start"]):
                faults.add("office-of-another-body")
    return faults


def asked_faults(log: Log, office: str, kinds: list[str]) -> set[str]:
    """What is wrong with asking this office for these kinds."""
    if office_created(log, office) is None:
        return {"unknown-office"}
    return {"office-may-not" for kind in kinds if not may_sign(log, office, kind)}


def may_act(log: Log, office: str, said: Said, day: str) -> bool:
    """Whether an office acts on a day for the body whose policy it is; the root names any."""
    body = body_of_office(log, office)
    if said.subject == ROOT or body is None:
        return True
    return acts_for(log, body, body_of(said.subject), day)


def may_say(log: Log, office: str, kinds: list[str], said: Said, day: str) -> bool:
    """Whether an office stands so to the body whose policy it is that it may sign these kinds."""
    endorses = {*kinds} <= {"change.endorsed", "change.refused"}
    return (is_related if endorses else may_act)(log, office, said, day)


def is_related(log: Log, office: str, said: Said, day: str) -> bool:
    """Whether an endorser's body is the body whose policy it is, one above it or one below it."""
    body = body_of_office(log, office)
    if said.subject == ROOT or body is None:
        return True
    # Freedom: who stands above and below a succeeded body does so to its successor; its own offices, to none.
    if succession(log, body, day) is not None:
        return False
    now = stands_for(log, body_of(said.subject), day)
    return now in line_above(log, body, day) or body in line_above(log, now, day)


# What contradicts itself


def contradictions(said: Said) -> set[str]:
    """A code that is forbidden and silent, a row with two executors, a day both off and working."""
    faults = set()
    # Freedom: of one kind of event; what is silent for another kind does not contradict.
    for kind in {kind for one in rules(said) for kind in one["kinds"]}:
        ours = rules_of([said], kind)
        forbidden = {code for one in ours for code in one.get("forbidden") or []}
        if forbidden & {code for one in ours for code in one.get("silent") or []}:
            faults.add("forbidden-and-silent")
    for one, other in combinations(executors(said), 2):
        shared = any({*(one.get(of) or [])} & {*(other.get(of) or [])} for of in ("items", "indicators"))
        if shared and one["office"] != other["office"] and {*reports(one)} & {*reports(other)}:
            faults.add("two-executors")
    calendar = said.data.get("calendar") or {}
    if {*(calendar.get("holidays") or [])} & {*(calendar.get("working") or [])}:
        faults.add("off-and-working")
    return faults


# Together with the others over its stream


def met_with(log: Log, said: Said) -> Iterator[tuple[str, list[Said]]]:
    """The policies with which a new one will judge: those of all programmes, and those for one of them.

    On its first day, and on each on which another begins that was stated for later.
    """
    first, only = said.data["start"], said.data.get("programme")
    later = {one.data["start"] for one in of_kind(log, "policy.set") if one.data["start"] > first}
    for day in sorted({first, *later}):
        over = over_on(log, said, day)
        # Freedom: policies that are for different programmes never meet.
        named = {one.data.get("programme") for one in (said, *over)}
        for programme in named if only is None else {only}:
            if programme in (None, only) or governs(log, said, f"programme:{programme}", first):
                met = [one for one in over if one.data.get("programme") in (None, programme)]
                if day == first or any(one.data["start"] == day for one in met):
                    yield day, met


def over_on(log: Log, said: Said, day: str) -> list[Said]:
    """The others in force on a day over the stream of a policy, which takes the place of those of its id."""
    own = (said.subject, said.data["policy"])
    others = [one for one in policies_in_force(log, day) if (one.subject, one.data["policy"]) != own]
    # Freedom: whose policies stand over it is as on its first day.
    return [one for one in others if is_over(log, one.subject, said.subject, said.data["start"])]


def is_over(log: Log, stream: str, policys: str, day: str) -> bool:
    """Whether the policies of a stream stand over that of a policy: the root's, its body's and those of the
    bodies whose place that took, those of the bodies above."""
    if ROOT in (stream, policys):
        return stream == ROOT
    body, its = body_of(stream), body_of(policys)
    return body in bodies_over(log, its, day) or its in places(log, body, day)


def faults_together(log: Log, said: Said, others: list[Said], day: str) -> set[str]:
    """What cannot be satisfied, or is contradicted, of all that judges together on a day."""
    # Freedom: only what the new policy takes part in. If the others alone, perhaps those of a body above, ask
    # what nobody can do, that is no fault of it.
    faults, policies = set(), [said, *others]
    if any(cannot_be_signed(log, policies, kind, day) for rule in rules(said) for kind in rule["kinds"]):
        faults.add("nobody-may-sign")
    if any(
        said in (one, other) and exclude_each_other(asked, another)
        for one, kind, asked in demanded(policies)
        for other, another_kind, another in demanded(policies)
        if kind == another_kind
    ):
        faults.add("orders-exclude")
    spoken_of = {kind for rule in rules(said) for kind in rule["kinds"]}
    if spoken_of & {"change.endorsed", "change.proposed"}:
        spoken_of |= {kind for _, kind, _ in demanded(policies)}
    for kind in spoken_of:
        faults |= endorsement_faults(log, policies, kind, day)
    for one in policies:
        for row in executors(one):
            for kind in reports(row):
                asking = policies if one is said else [said]
                if not lets(asking, row["office"], kind):
                    faults.add("executor-may-not")
    return faults


def demanded(policies: list[Said]) -> Iterator[tuple[Said, str, Payload]]:
    """(policy, kind, endorsements that it asks of the kind)."""
    for policy in policies:
        for rule in rules(policy):
            if rule.get("endorsements"):
                yield from ((policy, kind, rule["endorsements"]) for kind in rule["kinds"])


def lets(policies: list[Said], office: str, kind: str) -> bool:
    """Whether every rule lets an office sign a kind."""
    return all(office in rule["offices"] for rule in rules_of(policies, kind) if rule.get("offices"))


def named_for(policies: list[Said], kind: str) -> set[str]:
    """The offices that rules name as signers of a kind."""
    return {office for rule in rules_of(policies, kind) for office in rule.get("offices") or []}


def able_to(log: Log, policies: list[Said], kind: str, day: str) -> set[str]:
    """The persons with a live key in the offices that all rules together let sign a kind."""
    let = [office for office in named_for(policies, kind) if lets(policies, office, kind)]
    # Freedom: whom only a policy of the root names must be able to act for the body of the new one, too.
    let = [office for office in let if may_say(log, office, [kind], policies[0], day)]
    return {person for office in let for person in able(log, office, day)}


def cannot_be_signed(log: Log, policies: list[Said], kind: str, day: str) -> bool:
    """Whether rules say who signs a kind, and leave nobody."""
    return bool(named_for(policies, kind)) and not able_to(log, policies, kind, day)


def exclude_each_other(one: Payload, other: Payload) -> bool:
    """Whether two orders of endorsers have two offices the other way round."""
    if not (one.get("ordered") and other.get("ordered")):
        return False
    backwards = {(late, early) for early, late in combinations(other["offices"], 2)}
    return bool(backwards & {*combinations(one["offices"], 2)})


def refuses(policies: list[Said], kind: str, asked: Payload) -> bool:
    """Whether a change of this kind is refused without these endorsements."""
    forbidden = [code for rule in rules_of(policies, kind) for code in rule.get("forbidden") or []]
    return asked["shortfall"] == "refuse" or MISSING in forbidden


def endorsement_faults(log: Log, policies: list[Said], kind: str, day: str) -> set[str]:
    """Whether so many can endorse a kind as are needed, and somebody else propose it."""
    asked = [one for _, of, one in demanded(policies) if of == kind]
    needed = [one for one in asked if refuses(policies, kind, one)]
    if needed and kind == ADOPTION:
        return {"cannot-be-endorsed"}
    proposers: set[str | None] = {None}
    # Who proposed endorses for no office as soon as one rule asks for other persons.
    if named_for(policies, "change.proposed") and any(one.get("other_persons") for one in asked):
        proposers = {*able_to(log, policies, "change.proposed", day)}
    ways = (all(is_enough(log, policies, one, but, day) for one in needed) for but in proposers)
    return {"too-few-endorsers"} if needed and not any(ways) else set()


def is_enough(log: Log, policies: list[Said], asked: Payload, but: str | None, day: str) -> bool:
    """Whether so many can endorse as one rule needs. but: a person who does not."""
    offices = [office for office in asked["offices"] if lets(policies, office, "change.endorsed")]
    if asked.get("ordered"):
        # Freedom: nobody endorses after an office that cannot.
        offices = [*takewhile(offices.__contains__, asked["offices"])]
    held = [able(log, office, day) - {but} for office in offices]
    counts = by_different_persons if asked.get("other_persons") else by_any
    if not asked.get("ordered"):
        return counts(held) >= int(asked["needed"])
    return max(place for place in range(len(held) + 1) if counts(held[:place]) == place) >= int(
        asked["needed"]
    )


def by_any(held: list[set[str]]) -> int:
    """How many offices can be held, be it by the same person."""
    return sum(1 for persons in held if persons)


def by_different_persons(held: list[set[str]], taken: frozenset[str] = frozenset()) -> int:
    """How many offices can be held by different persons at once, of those that follow."""
    if not held:
        return 0
    ways = [1 + by_different_persons(held[1:], taken | {person}) for person in held[0] - taken]
    return max([by_different_persons(held[1:], taken), *ways])
