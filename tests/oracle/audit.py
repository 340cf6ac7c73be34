"""A second reading of a recorded log: did every change have what the policies in force demanded?

It goes through the log once and keeps tables, where consent.py asks the whole log each question anew:
the two share the shape of an entry, the hashes, and which entries stand in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.oracle.doubt import doubts
from tests.oracle.said import (
    REGISTRY_KINDS,
    ROOT,
    Log,
    Payload,
    Said,
    content_hash,
)

NO_CHANGE = (
    *REGISTRY_KINDS,
    "change.proposed",
    "change.endorsed",
    "change.refused",
    "change.withdrawn",
    "entry.reaffirmed",
)


@dataclass
class Tables:
    """What the entries so far say. parents: body → the one above it, or its successor with its day."""

    parents: dict[str, str | None] = field(default_factory=dict)
    successors: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    programmes: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    terms: dict[str, list[str | None]] = field(default_factory=dict)
    mandates: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    revoked: set[tuple[str, str]] = field(default_factory=set)
    policies: dict[tuple[str, str], list[Payload]] = field(default_factory=dict)
    proposals: dict[str, Said] = field(default_factory=dict)
    spoken: dict[str, dict[str, tuple[Said, Payload]]] = field(default_factory=dict)

    def enter(self, said: Said) -> None:
        data = said.data
        if said.kind == "body.opened":
            self.parents[data["body"]] = data.get("parent")
        elif said.kind == "body.succeeded":
            self.successors.setdefault(data["body"], []).append((data["start"], data["successor"]))
        elif said.kind == "programme.adopted":
            self.programmes[said.subject] = data["body"]
        elif said.kind == "office.created":
            self.offices[data["office"]] = said.subject
        elif said.kind == "mandate.granted":
            self.terms[said.id] = [data["start"], data.get("end")]
            self.mandates.setdefault((data["person"], data["office"]), []).append(said.id)
        elif said.kind == "mandate.ended":
            self.terms[data["mandate"]][1] = data["end"]
        elif said.kind == "key.revoked":
            self.revoked.add((data["kid"], said.subject))
        elif said.kind == "policy.set":
            self.policies.setdefault((said.subject, data["policy"]), []).append(data)
        elif said.kind == "change.proposed":
            self.proposals[said.id] = said
            self.spoken[said.id] = {}
        elif said.kind in ("change.endorsed", "change.refused"):
            for signer in said.signers:
                self.spoken[data["proposal"]][signer["office"]] = (said, signer)

    def after(self, body: str, day: str) -> str | None:
        """The body that took this one's place."""
        begun = [successor for start, successor in self.successors.get(body, []) if start <= day]
        return begun[-1] if begun else None

    def over(self, body: str | None, day: str) -> Iterator[str]:
        """The bodies whose policies judge what a body owned: it, each that came after, those above them."""
        while body is not None:
            yield body
            body = self.after(body, day) or self.parents.get(body)

    def rules(self, said: Said) -> Iterator[tuple[int, Payload]]:
        """The rules in force for an event, each with the number of its policy."""
        body = self.programmes.get(said.subject, said.subject.removeprefix("body:"))
        for number, ((stream, _), stated) in enumerate(self.policies.items()):
            begun = [one for one in stated if one["start"] <= said.day]
            over = stream == ROOT or stream.removeprefix("body:") in self.over(body, said.day)
            if (
                begun
                and over
                and begun[-1].get("programme") in (None, said.subject.removeprefix("programme:"))
            ):
                for rule in begun[-1].get("rules") or []:
                    if said.kind in rule["kinds"]:
                        yield number, rule

    def in_office(self, person: str, office: str, day: str) -> bool:
        terms = [self.terms[granted] for granted in self.mandates.get((person, office), [])]
        return any((start or "") <= day and (end is None or day < end) for start, end in terms)


def lacking(log: Log, since: int = 0) -> list[str]:
    """What each change of state lacked, in words, though nobody acknowledged it; nothing if all is well.

    since: changes before this index are not looked at again.
    """
    tables, found = Tables(), []
    for said in log:
        if said.kind not in NO_CHANGE and said.index >= since:
            found += [f"{said.index} {said.kind}: {what}" for what in unmet(tables, log[: said.index], said)]
        tables.enter(said)
    return found


def unmet(tables: Tables, before: Log, said: Said) -> Iterator[str]:
    """The demands of the rules in force that a change does not meet."""
    rules = list(tables.rules(said))
    passed = set(said.payload.get("acknowledges") or [])
    silent = {code for _, rule in rules for code in rule.get("silent") or []}
    forbidden = {code for _, rule in rules for code in rule.get("forbidden") or []}
    # Lacking endorsements only the policy that asks for them lets pass.
    lets_pass = {number for number, rule in rules if "endorsements-missing" in (rule.get("silent") or [])}
    proposal = tables.proposals.get(said.enacts or "")
    if said.enacts is not None and proposal is None:
        yield "enacts what nobody proposed"
    other_text = proposal is not None and hash_of(proposal) != content_hash(said.subject, said.payload)
    if other_text and ("other-text" in forbidden or "other-text" not in passed | silent):
        yield "another text"
    for number, rule in rules:
        asked = rule.get("endorsements")
        if asked is None or has_enough(tables, before, said, asked, proposal if not other_text else None):
            continue
        may = asked["shortfall"] == "record"
        answered = "endorsements-missing" in passed or number in lets_pass
        may = may or (asked["shortfall"] == "acknowledge" and answered)
        if not may or "endorsements-missing" in forbidden:
            yield f"endorsements by {asked['offices']}"


def hash_of(proposal: Said) -> str:
    return content_hash(proposal.subject, proposal.data["change"])


def has_enough(tables: Tables, before: Log, said: Said, asked: Payload, proposal: Said | None) -> bool:
    """Whether a proposal of the same text has the endorsements that a rule asks."""
    if proposal is None:
        return False
    doubtful, counted = doubts(before), set[str]()
    for office in asked["offices"]:
        stated, signer = tables.spoken[proposal.id].get(office, (None, {}))
        if stated is None or stated.kind != "change.endorsed" or stated.index in doubtful:
            continue
        if stated.data["content"] != hash_of(proposal):
            continue
        revoked = {(signer["kid"], ROOT), (signer["kid"], tables.offices[office])} & tables.revoked
        if not revoked and tables.in_office(signer["person"], office, said.day):
            counted.add(signer["person"] if asked.get("other_persons") else office)
    if asked.get("other_persons"):
        counted -= {signer["person"] for signer in proposal.signers}
    return len(counted) >= int(asked["needed"])
