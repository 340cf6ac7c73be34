"""Which policies are in force and what they ask, by docs/authority.md alone."""

from __future__ import annotations

from tests.oracle.registry import body_of, owner_of, parent_of, places, stands_for
from tests.oracle.said import REPORT_KINDS, ROOT, Log, Payload, Said, of_kind

SAYS_SOMETHING = ("rules", "lapse_days", "executors", "deadlines", "calendar", "session", "publication")


def policies_in_force(log: Log, day: str) -> list[Said]:
    """Of each id of each stream the newest statement that has begun, unless it is empty."""
    newest = {
        (said.subject, said.data["policy"]): said
        for said in of_kind(log, "policy.set")
        if said.data["start"] <= day
    }
    return [said for said in newest.values() if says_something(said)]


def says_something(policy: Said) -> bool:
    """Whether it asks anything: an empty one ends those of its id."""
    return any(policy.data.get(name) not in (None, [], {}) for name in SAYS_SOMETHING)


def bodies_over(log: Log, body: str, day: str) -> list[str]:
    """The bodies whose policies judge what a body owned: its own and its successors', and above the last of
    them those of each body above and of those that took its place."""
    line, above = places(log, body, day), parent_of(log, stands_for(log, body, day))
    while above is not None and above not in line:
        line += places(log, above, day)
        above = parent_of(log, line[-1])
    return line


def governs(log: Log, policy: Said, subject: str, day: str) -> bool:
    """Whether a policy is one of an event about this subject."""
    only = policy.data.get("programme")
    if only is not None and subject != f"programme:{only}":
        return False
    if policy.subject == ROOT:
        return True
    owner = owner_of(log, subject)
    return owner is not None and body_of(policy.subject) in bodies_over(log, owner, day)


def policies_for(log: Log, subject: str, day: str) -> list[Said]:
    return [policy for policy in policies_in_force(log, day) if governs(log, policy, subject, day)]


def rules_for(log: Log, subject: str, kind: str, day: str) -> list[Payload]:
    """The rules in force for a kind of event about a subject: all apply together."""
    return rules_of(policies_for(log, subject, day), kind)


def rules_of(policies: list[Said], kind: str) -> list[Payload]:
    """What policies say of a kind of event."""
    rules = [rule for policy in policies for rule in policy.data.get("rules") or []]
    return [rule for rule in rules if kind in rule["kinds"]]


def demands(log: Log, subject: str, kind: str, day: str) -> list[Payload]:
    """The endorsements that the rules in force ask."""
    return endorsements_of(policies_for(log, subject, day), kind)


def endorsements_of(policies: list[Said], kind: str) -> list[Payload]:
    """The endorsements that policies ask of a kind of event."""
    rules = rules_of(policies, kind)
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


def named_in(policy: Said, kind: str, member: str) -> dict[str, str]:
    """Row or indicator → the office that a policy names for this kind of report about it."""
    stated = [one for one in policy.data.get("executors") or [] if kind in (one.get("kinds") or REPORT_KINDS)]
    return {str(name): str(one["office"]) for one in stated for name in one.get(member) or []}


def executor(log: Log, said: Said, row: str | None, indicator: str | None) -> str | None:
    """The office that reports: the indicator's own, else that of the nearest named row, its own first.

    Of several policies that name it the newest says so, whoever set it; a nearer row goes before that.
    """
    newest_first = sorted(policies_for(log, said.subject, said.day), key=lambda policy: -policy.index)
    asked = [("indicators", indicator)] if indicator is not None else []
    if indicator is not None:
        row = measure_of(log, said.subject, indicator)
    asked += [("items", one) for one in rows_up(log, said.subject, str(row))]
    for member, name in asked:
        for policy in newest_first:
            office = named_in(policy, said.kind, member).get(str(name))
            if office is not None:
                return office
    return None


def executor_faults(log: Log, said: Said) -> set[str]:
    """Whether a report comes from another office than a policy names."""
    if said.kind not in REPORT_KINDS:
        return set()
    offices = {signer["office"] for signer in said.signers}
    rows = [said.data.get("measure"), *(line.get("measure") for line in said.data.get("lines") or [])]
    named = {executor(log, said, row, None) for row in rows if row is not None}
    if said.data.get("indicator") is not None:
        named.add(executor(log, said, None, said.data["indicator"]))
    return {"not-the-executor"} if any(named - {None} - {one} for one in offices) else set()
