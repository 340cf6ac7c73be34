"""Events that a town's people may want to sign, as drafts for Lockstep.tell."""

from __future__ import annotations

from typing import Any

from ledger.ids import body_stream
from ledger.keys import PrivateKey
from ledger.kinds import KINDS
from tests.oracle.consent import proposed_hash
from tests.oracle.registry import end_of, is_registry, official_faults
from tests.oracle.said import Payload, Said
from tests.support.lockstep import ACTORS, DISTRICT_REGISTRAR, MONEY, SPARE, Draft, Lockstep
from tests.support.people import COUNCIL, REGISTRARS, Official, key_of
from tests.support.town import PROGRAMME, line, remember

# Officials by their office, registrars by their person: so that a failing story can be read.
OFFICIALS = {one.office: one for one in ACTORS}
REGISTRARS_BY_PERSON = {one.person: one for one in (*REGISTRARS, DISTRICT_REGISTRAR, *SPARE)}


class Drafts:
    """What can be said to `both`, by whom, and about what was said before."""

    both: Lockstep

    def official(self, who: str, when: tuple[int, int] = (0, 0), oldest: bool = False) -> Payload:
        """Who signs, and when it was prepared: arguments of Lockstep.draft."""
        return {
            "by": self.both.using(OFFICIALS[who], oldest=oldest),
            "seen_days": when[0],
            "iat_days": when[1],
        }

    def fit(self, kind: str, subject: str, who: str) -> str:
        """Whose office may sign a kind about a subject today: this one if possible, else the next one."""
        log, offices = self.both.model.log, list(OFFICIALS)
        place = offices.index(who)
        payload = {"id": "", "kind": kind, "subject": subject, "seen": 0, "data": {"body": COUNCIL}}
        said = Said(len(log), self.both.today, payload, {})
        for office in (*offices[place:], *offices[:place]):
            signer = self.both.using(OFFICIALS[office]).signer()
            if not official_faults(log, said, signer, [kind]):
                return office
        return who

    def proposals(self) -> list[Said]:
        return self.both.find("change.proposed")

    def proposal(self, number: int) -> Said:
        """One of the proposals; the newest are the likeliest."""
        found = self.proposals()
        return found[-1 - number % min(len(found), 3)]

    def corrected(self, subject: str, kind: str) -> Payload:
        """relations that correct the newest statement of money of a kind, if there is one."""
        found = [said for said in self.both.find(kind) if said.subject == subject]
        if not found:
            return {}
        return {"corrects": {"event": found[-1].slot, "payload": found[-1].hash}}

    def stated(self, subject: str, change: Payload, corrects: str) -> tuple[Payload | None, Payload]:
        """data and relations of a change; corrects: "restate" or "void" the newest of its kind."""
        relations = self.corrected(subject, change["kind"]) if corrects else {}
        data = {"lines": [line(change["amount"], measure=change["measure"])]}
        return (None if relations and corrects == "void" else data), relations

    def money(self, change: Payload, subject: str = PROGRAMME, corrects: str = "", **how: Any) -> Draft:
        data, relations = self.stated(subject, change, corrects)
        how = {"effective": "2025-03-01", "relations": relations or None} | how
        return self.both.draft(change["kind"], subject, data, **how)

    def proposing(self, subject: str, change: Payload, corrects: str = "", **how: Any) -> Draft:
        data, relations = self.stated(subject, change, corrects)
        said: Payload = {
            "kind": change["kind"],
            "schema": KINDS[change["kind"]].schema,
            "effective": "2025-03-01",
            "data": data,
        }
        if relations:
            said["relations"] = relations
        return self.both.draft("change.proposed", subject, {"change": said, "note": "x"}, **how)

    def about(self, kind: str, proposal: Said, good: bool, **how: Any) -> Draft:
        content = proposed_hash(proposal) if good else "00" * 32
        words = {"change.endorsed": "note", "change.refused": "reason"}[kind]
        data = {"proposal": proposal.id, "content": content, words: "x"}
        return self.both.draft(kind, proposal.subject, data, **how)

    def enacting(self, proposal: Said, other: str, **how: Any) -> Draft:
        """Enact a proposal, with another of its members where `other` names one."""
        change = dict(proposal.data["change"])
        relations = dict(change.get("relations") or {})
        if other == "text":
            change["data"] = {"lines": [line("123.00", measure="1.1")]}
        elif other == "day":
            change["effective"] = "2025-04-01"
        elif other == "kind":
            change["kind"] = "appropriation.set" if change["kind"] != "appropriation.set" else MONEY[0]
        elif other == "relations" and change["data"] is not None:
            relations = {} if relations else self.corrected(proposal.subject, change["kind"])
        return self.both.draft(
            change["kind"],
            proposal.subject,
            change["data"],
            effective=change["effective"],
            relations=relations | {"enacts": {"proposal": proposal.id}},
            **how,
        )

    def reaffirming(self, stated: Said, payload: str = "", turn: int = 0, **how: Any) -> Draft:
        """Of a registry entry the registrars say it."""
        data = {"entries": [{"event": stated.slot, "payload": payload or stated.hash}]}
        if is_registry(stated):
            how = {"by": self.both.registrars(stated.subject, turn=turn)}
        return self.both.draft("entry.reaffirmed", stated.subject, data, **how)

    # -- the registry ----------------------------------------------------------------

    def ending(self, who: str, end: int, turn: int = 0) -> Draft:
        of = {"office": who, "person": OFFICIALS[who].person}
        granted = [said for said in self.both.find("mandate.granted") if of.items() <= said.data.items()]
        data = {"mandate": granted[turn % len(granted)].id, "end": self.both.day(end)}
        return self.both.registry("mandate.ended", granted[0].subject, data, turn=turn)

    def ended(self) -> list[tuple[Said, str]]:
        """The mandates that have ended by today, with their ends."""
        log, today = self.both.model.log, self.both.today
        ends = [(said, end_of(log, said)) for said in self.both.find("mandate.granted")]
        return [
            (said, end)
            for said, end in ends
            if end is not None and end <= today and said.data["office"] in OFFICIALS
        ]

    def new_key(self, person: str) -> PrivateKey:
        keys = self.both.keys.setdefault(person, [])
        keys.append(remember(key_of(f"{person} {len(keys)}")))
        return keys[-1]

    def key_data(self, person: str, key: PrivateKey) -> Payload:
        return self.both.town.key_data(Official(person, "", "", key))

    def enrolling(self, who: str, turn: int = 0) -> Draft:
        """A new key for an official."""
        official = OFFICIALS[who]
        data = self.key_data(official.person, self.new_key(official.person))
        return self.both.registry("key.enrolled", body_stream(official.body), data, turn=turn)

    def rotating(self, who: str, turn: int, oldest: bool = False) -> Draft:
        official = OFFICIALS[who]
        old = self.both.using(official, oldest=oldest).key
        data = self.key_data(official.person, self.new_key(official.person)) | {"kid": old.public.kid}
        del data["person"]
        return self.both.registry("key.rotated", body_stream(official.body), data, turn=turn)

    def revoking(self, kid: str, stream: str, suspect: int | None = None, turn: int = 0) -> Draft:
        data: Payload = {"kid": kid, "cause": "stolen", "note": "x"}
        if suspect is not None:
            data["suspect_from"] = self.both.day(-suspect)
        return self.both.registry("key.revoked", stream, data, turn=turn)
