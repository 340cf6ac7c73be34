"""Which policies are in force and what they ask, by docs/authority.md alone."""

from __future__ import annotations

from tests.oracle.registry import (
    acts_for,
    body_of,
    body_of_office,
    holders,
    line_above,
    may_sign,
    office_created,
    owner_of,
    stands_for,
)
from tests.oracle.said import REPORT_KINDS, ROOT, Log, Payload, Said, of_kind

SAYS_SOMETHING = ("rules", "lapse_days", "executors", "deadlines", "calendar", "session")


def policies_in_force(log: Log, day: str) -> list[Said]:
    """Of each id of each stream the newest statement that has begun, unless it is empty."""
    newest = {
        (said.subject, said.data["policy"]): said
        for said in of_kind(log, "policy.set")
        if said.data["start"] <= day
    }
    return [
        said
        for said in newest.values()
        if any(said.data.get(name) not in (None, [], {}) for name in SAYS_SOMETHING)
    ]


def governs(log: Log, policy: Said, subject: str, day: str) -> bool:
    """Whether a policy is one of an event about this subject."""
    only = policy.data.get("programme")
    if only is not None and subject != f"programme:{only}":
        return False
    if policy.subject == ROOT:
        return True
    owner = owner_of(log, subject)
    if owner is None:
        return False
    # Freedom: the policies of a succeeded body end with it; its programmes are under the successor's.
    return body_of(policy.subject) in line_above(log, stands_for(log, owner, day)[0], day)[0]


def policies_for(log: Log, subject: str, day: str) -> list[Said]:
    return [policy for policy in policies_in_force(log, day) if governs(log, policy, subject, day)]


def rules_for(log: Log, subject: str, kind: str, day: str) -> list[Payload]:
    """The rules in force for a kind of event about a subject: all apply together."""
    rules = [rule for policy in policies_for(log, subject, day) for rule in policy.data.get("rules") or []]
    return [rule for rule in rules if kind in rule["kinds"]]


def demands(log: Log, subject: str, kind: str, day: str) -> list[Payload]:
    """The endorsements that the rules in force ask."""
    rules = rules_for(log, subject, kind, day)
    return [rule["endorsements"] for rule in rules if rule.get("endorsements") is not None]


def codes_of(log: Log, subject: str, kind: str, day: str, member: str) -> set[str]:
    """The `forbidden` or `silent` codes of the rules in force."""
    return {code for rule in rules_for(log, subject, kind, day) for code in rule.get(member) or []}


def lapse_days(log: Log, subject: str, day: str) -> int | None:
    """After how many days a proposal lapses: the shortest time that a policy in force sets."""
    stated = [policy.data.get("lapse_days") for policy in policies_for(log, subject, day)]
    return min((int(days) for days in stated if days is not None), default=None)


# Executors


def rows_up(log: Log, subject: str, row: str) -> list[str]:
    """A row of the tree, and those above it."""
    adopted = next(said for said in of_kind(log, "programme.adopted") if said.subject == subject)
    above = {one["id"]: one.get("parent") for one in adopted.data.get("tree") or []}
    line: list[str] = []
    at: str | None = row
    while at is not None:
        line.append(at)
        at = above.get(at)
    return line


def measure_of(log: Log, subject: str, indicator: str) -> str:
    adopted = next(said for said in of_kind(log, "programme.adopted") if said.subject == subject)
    return next(str(one["measure"]) for one in adopted.data["indicators"] if one["id"] == indicator)


def executors(log: Log, policy: Said, said: Said) -> list[str]:
    """Whose offices a policy names for what a report is about."""
    stated = [
        one for one in policy.data.get("executors") or [] if said.kind in (one.get("kinds") or REPORT_KINDS)
    ]
    rows = {row: one["office"] for one in stated for row in one.get("items") or []}
    own = {indicator: one["office"] for one in stated for indicator in one.get("indicators") or []}
    indicator = said.data.get("indicator")
    if indicator in own:
        return [str(own[indicator])]
    about = [line.get("measure") for line in said.data.get("lines") or []]
    about.append(measure_of(log, said.subject, indicator) if indicator else said.data.get("measure"))
    lines = [rows_up(log, said.subject, row) for row in about if row is not None]
    nearest = [next((rows[at] for at in line if at in rows), None) for line in lines]
    return [str(office) for office in nearest if office is not None]


def executor_faults(log: Log, said: Said) -> set[str]:
    """Whether a report comes from another office than a policy names."""
    if said.kind not in REPORT_KINDS:
        return set()
    offices = {signer["office"] for signer in said.signers}
    named = {
        office
        for policy in policies_for(log, said.subject, said.day)
        for office in executors(log, policy, said)
    }
    return {"not-the-executor"} if named - offices else set()


# What makes a policy itself unacceptable

PROPOSABLE = (
    "programme.amended",
    "programme.closed",
    "financing.changed",
    "appropriation.set",
    "transfer.made",
    "transfer.returned",
)
# Nothing can endorse it yet: its shortfall is recorded or acknowledged.
ADOPTION = "programme.adopted"


def policy_faults(log: Log, said: Said) -> set[str]:
    faults = set()
    if said.data["start"] < said.day:
        faults.add("policy-retroactive")
    only = said.data.get("programme")
    if only is not None and owner_of(log, f"programme:{only}") is None:
        faults.add("unknown-programme")
    for rule in said.data.get("rules") or []:
        faults |= rule_faults(log, rule, said.data["start"])
    for one in said.data.get("executors") or []:
        faults |= asked_faults(log, [one["office"]], list(one.get("kinds") or REPORT_KINDS))
    if any(not is_below(log, office, said.subject, said.day) for office in offices_named(said)):
        faults.add("office-of-another-body")
    return faults


def offices_named(said: Said) -> list[str]:
    """Every office that a policy names."""
    rules = said.data.get("rules") or []
    named = [office for rule in rules for office in rule.get("offices") or []]
    named += [office for rule in rules for office in (rule.get("endorsements") or {}).get("offices") or []]
    return named + [str(one["office"]) for one in said.data.get("executors") or []]


def is_below(log: Log, office: str, stream: str, day: str) -> bool:
    """Whether an office is of the body whose policy it is, or of a body below; the root names any."""
    body = body_of_office(log, office)
    if stream == ROOT or body is None:
        return True
    return acts_for(log, body, body_of(stream), day)[0]


def asked_faults(log: Log, offices: list[str], kinds: list[str]) -> set[str]:
    """What is wrong with asking these offices for these kinds."""
    faults = {"unknown-office" for office in offices if office_created(log, office) is None}
    return faults | {
        "office-may-not" for office in offices for kind in kinds if not may_sign(log, office, kind)
    }


def rule_faults(log: Log, rule: Payload, start: str) -> set[str]:
    faults = asked_faults(log, rule.get("offices") or [], rule["kinds"])
    asked = rule.get("endorsements")
    if asked is None:
        return faults
    # Freedom: a shortfall that is forbidden is one that is refused.
    refuses = asked["shortfall"] == "refuse" or "endorsements-missing" in (rule.get("forbidden") or [])
    if any(kind not in (*PROPOSABLE, *(() if refuses else (ADOPTION,))) for kind in rule["kinds"]):
        faults.add("cannot-be-endorsed")
    faults |= asked_faults(log, asked["offices"], ["change.endorsed"])
    if asked["needed"] > len(asked["offices"]):
        faults.add("needed-too-high")
    held = [holders(log, office, start) for office in asked["offices"]]
    different = asked.get("other_persons", True)
    able = by_different_persons(held) if different else sum(1 for persons in held if persons)
    if refuses and able < asked["needed"]:
        faults.add("too-few-persons")
    return faults


def by_different_persons(held: list[set[str]], taken: frozenset[str] = frozenset()) -> int:
    """How many offices can be held by different persons at once, of those that follow."""
    if not held:
        return 0
    ways = [1 + by_different_persons(held[1:], taken | {person}) for person in held[0] - taken]
    return max([by_different_persons(held[1:], taken), *ways])
