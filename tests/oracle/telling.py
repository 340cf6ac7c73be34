"""A small town told to the oracle of authority, without signatures and without a ledger.

    told = Telling()                       # registrars, a council, its department, a stranger, a programme
    told.day("2025-09-03")
    plan = told.propose(CLERK, money("5.00"))
    told.says(CHAIR, "change.endorsed", told.about(plan))
    assert told.enacts(CLERK, plan).refused == {"endorsements-missing"}

What is not refused is recorded, with what it was asked about acknowledged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.oracle.audit import lacking
from tests.oracle.authority import AuthorityModel, Outcome
from tests.oracle.consent import proposed_hash
from tests.oracle.said import REGISTRAR, REGISTRY_KINDS, Payload, Said, thumbprint

FIRST_DAY = "2025-09-01"
PROGRAMME, OF_DEPARTMENT = "programme:roads", "programme:department"
COUNCIL, DEPARTMENT, STRANGE = "body:council", "body:department", "body:strange"


def jwk(name: str) -> Payload:
    return {"kty": "OKP", "crv": "Ed25519", "x": name}


@dataclass(frozen=True)
class Who:
    """A person in a capacity, with a key."""

    person: str
    office: str
    key: str
    stream: str = "root"

    def signer(self) -> Payload:
        return {"kid": thumbprint(jwk(self.key)), "person": self.person, "office": self.office}

    def using(self, key: str) -> Who:
        return replace(self, key=key)


ROOT_REGISTRARS = tuple(Who(f"r{n}", REGISTRAR, f"key-r{n}") for n in (1, 2, 3))
TWO = ROOT_REGISTRARS[:2]
CLERK = Who("ann", "clerk", "key-ann", COUNCIL)
CHAIR = Who("bob", "chair", "key-bob", COUNCIL)
DEPUTY = Who("bob", "deputy", "key-bob", COUNCIL)
HEAD = Who("eve", "head", "key-eve", DEPARTMENT)
STRANGER = Who("sam", "strange-clerk", "key-sam", STRANGE)
PEOPLE = (CLERK, CHAIR, DEPUTY, HEAD, STRANGER)
SIGNS = (
    "financing.changed",
    "actual.reported",
    "report.accepted",
    "change.proposed",
    "change.endorsed",
    "change.refused",
    "change.withdrawn",
)


def money(amount: str, measure: str = "1.1") -> Payload:
    lines = [{"measure": measure, "year": 2025, "source": "local", "op": "set", "amount": amount}]
    return {"kind": "financing.changed", "schema": 1, "effective": "2025-03-01", "data": {"lines": lines}}


def asks(*offices: str, **members: Any) -> Payload:
    """A rule that asks for endorsements of financing.changed; all of them, unless said otherwise."""
    given = {"offices": list(offices), "needed": len(offices), "shortfall": "refuse"} | members
    return {"kinds": ["financing.changed"], "endorsements": given}


class Telling:
    def __init__(self) -> None:
        self.model = AuthorityModel(thumbprint(jwk("key-log")))
        self.today = FIRST_DAY
        self.count = 0
        registrars = [{"person": one.person, "jwk": jwk(one.key)} for one in ROOT_REGISTRARS]
        self.says(ROOT_REGISTRARS, "ledger.opened", {"registrars": registrars, "k": 2})
        for body, parent in (("council", None), ("department", "council"), ("strange", None)):
            self.rules("body.opened", {"body": body, "parent": parent}, "root")
        for person in ("ann", "bob", "eve", "sam", "new", "r4", "r5"):
            self.rules("person.registered", {"person": person}, "root")
        for one in PEOPLE:
            self.rules("office.created", {"office": one.office, "kinds": list(SIGNS)}, one.stream)
            self.grant(one)
            if one is not DEPUTY:
                self.enrol(one)
        adopted = {
            "body": "council",
            "tree": [{"id": "1"}, {"id": "1.1", "parent": "1"}, {"id": "1.2", "parent": "1"}],
            "indicators": [{"id": "i-1", "measure": "1.1"}, {"id": "i-2", "measure": "1.2"}],
        }
        self.take(self.event("programme.adopted", PROGRAMME, adopted, (CLERK,)))
        theirs = adopted | {"body": "department"}
        self.take(self.event("programme.adopted", OF_DEPARTMENT, theirs, (HEAD,)))
        self.day("2025-09-02")

    # -- the clock and the log ----------------------------------------------------

    def day(self, day: str) -> None:
        self.today = day

    @property
    def last(self) -> Said:
        return self.model.log[-1]

    def doubts(self, said: Said) -> set[str]:
        return self.model.doubts().get(said.index, set())

    def event(self, kind: str, subject: str, data: Any, by: tuple[Who, ...], **members: Any) -> Said:
        """An event in its next place. iat: the day that the signatures claim."""
        self.count += 1
        iat = members.pop("iat", self.today)
        signers = [one.signer() for one in by]
        payload = {"id": f"e-{self.count}", "kind": kind, "schema": 1, "subject": subject, "data": data}
        payload |= {"signers": signers, "seen": len(self.model.log), "acknowledges": []} | members
        return Said(len(self.model.log), self.today, payload, {one["kid"]: iat for one in signers})

    def take(self, said: Said) -> Said:
        self.model.take(said)
        return said

    def tell(self, said: Said) -> Outcome:
        """What becomes of an event; it is recorded unless it is refused."""
        outcome = self.model.judge(said)
        if not outcome.refused:
            given = sorted({*said.payload["acknowledges"], *outcome.asked})
            self.take(replace(said, payload=said.payload | {"acknowledges": given}))
            assert lacking(self.model.log) == []
        return outcome

    # -- saying something -----------------------------------------------------------

    def says(self, by: Who | tuple[Who, ...], kind: str, data: Any, **members: Any) -> Outcome:
        signers = by if isinstance(by, tuple) else (by,)
        registry = kind in REGISTRY_KINDS
        subject = members.pop("subject", "root" if registry else PROGRAMME)
        return self.tell(self.event(kind, subject, data, signers, **members))

    def rules(self, kind: str, data: Payload, subject: str, by: tuple[Who, ...] = TWO) -> Said:
        """The registrars say it, and it must be recorded."""
        outcome = self.says(by, kind, data, subject=subject)
        assert not outcome.refused, outcome
        return self.last

    def grant(self, who: Who, start: str = "2024-01-01", **more: Any) -> Said:
        data = {"person": who.person, "office": who.office, "start": start} | more
        return self.rules("mandate.granted", data, who.stream)

    def enrol(self, who: Who) -> Said:
        return self.rules("key.enrolled", {"person": who.person, "jwk": jwk(who.key)}, who.stream)

    def end(self, granted: Said, day: str) -> Said:
        return self.rules("mandate.ended", {"mandate": granted.id, "end": day}, granted.subject)

    def mandate(self, who: Who) -> Said:
        of = {"person": who.person, "office": who.office}
        return next(
            said
            for said in self.model.log
            if said.kind == "mandate.granted" and of.items() <= said.data.items()
        )

    def revoke(self, who: Who, subject: str = "root", since: str | None = None) -> Said:
        data = {"kid": thumbprint(jwk(who.key)), "cause": "stolen", "note": ""}
        return self.rules("key.revoked", data | ({"suspect_from": since} if since else {}), subject)

    def policy(self, *rules: Payload, subject: str = COUNCIL, **members: Any) -> Outcome:
        by = members.pop("by", TWO)
        data = {"policy": "p", "title": "", "start": self.today, "rules": list(rules)} | members
        return self.says(by, "policy.set", data, subject=subject)

    def changes(self, by: Who, amount: str = "1.00", **members: Any) -> Outcome:
        """Money without a proposal."""
        return self.says(by, "financing.changed", **(without_kind(money(amount)) | members))

    def propose(self, by: Who, change: Payload) -> Said:
        assert self.says(by, "change.proposed", {"change": change, "note": ""}) == Outcome()
        return self.last

    def about(self, proposal: Said, **members: Any) -> Payload:
        return {"proposal": proposal.id, "content": proposed_hash(proposal), "note": ""} | members

    def endorses(self, by: Who, proposal: Said, **members: Any) -> Outcome:
        return self.says(by, "change.endorsed", self.about(proposal), **members)

    def refuses(self, by: Who, proposal: Said) -> Outcome:
        return self.says(by, "change.refused", self.about(proposal) | {"reason": "x"})

    def withdraws(self, by: Who, proposal: Said) -> Outcome:
        return self.says(by, "change.withdrawn", {"proposal": proposal.id, "reason": "x"})

    def succeeds(self, body: str, successor: str, start: str | None = None) -> Said:
        data = {"body": body, "successor": successor, "start": start or self.today, "order": "№ 1"}
        return self.rules("body.succeeded", data, "root")

    def enacts(self, by: Who, proposal: Said, **members: Any) -> Outcome:
        """The proposed change, with other members where they are given."""
        change = proposal.data["change"]
        relations = members.pop("relations", change.get("relations") or {})
        said = without_kind(change) | {"relations": relations | {"enacts": {"proposal": proposal.id}}}
        return self.says(by, members.pop("kind", change["kind"]), **(said | members))

    def reaffirms(self, by: Who | tuple[Who, ...], *stated: Said, subject: str = PROGRAMME) -> Outcome:
        entries = [{"event": said.slot, "payload": said.hash} for said in stated]
        return self.says(by, "entry.reaffirmed", {"entries": entries}, subject=subject)


def without_kind(change: Payload) -> Payload:
    return {name: value for name, value in change.items() if name != "kind"}
