"""A ledger and the oracle of authority in lockstep, under everything that people may say and take back."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.doubt import doubts_of
from ledger.ids import body_stream
from ledger.statements import slots_of
from ledger.world import World
from tests.oracle.audit import lacking
from tests.oracle.policies import demands
from tests.oracle.registry import mandates
from tests.oracle.said import Payload, Said, days_between, in_force
from tests.support.drafts import OFFICIALS, REGISTRARS_BY_PERSON, Drafts
from tests.support.lockstep import BODY_STREAMS, CLERKS, MONEY, PROGRAMMES, Lockstep
from tests.support.people import COUNCIL, FINANCE, FOREIGN, Official
from tests.support.sayings import (
    ENDORSERS,
    SUCCESSIONS,
    actors,
    asked,
    asking_rules,
    changes,
    corrections,
    endorsers,
    lets,
    numbers,
    of_programmes,
    often,
    pairs,
    policies,
    prepared,
    programmes,
    registrars,
    seldom,
    stands,
)
from tests.support.situations import SITUATIONS, SUSPECT_BY_ENDORSEMENT, suspect_by_an_endorsement
from tests.support.town import PROGRAMME

pytestmark = pytest.mark.thorough

FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- a folder of our own in it
# Who re-affirms what, when an endorser's key turns out to be stolen after the enactment.
AFTER = ("", "office", "other office", "enactment", "nobody")


STORIES: Counter[str] = Counter()  # in how many stories it came to what


class AuthorityMachine(Drafts, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=FAST)
        self.both = Lockstep(Path(self.folder.name) / "ledger")
        self.audited = 0
        self.spread: set[str] = set()  # enactments that an endorsement ever made suspect

    def teardown(self) -> None:
        STORIES.update([*self.both.met, *([SUSPECT_BY_ENDORSEMENT] if self.spread else [])])
        self.both.close()
        self.folder.cleanup()

    # -- consent ----------------------------------------------------------------------

    @rule(
        subject=programmes,
        who=actors,
        fit=often,
        change=changes,
        corrects=corrections,
        when=prepared,
        oldest=seldom,
    )
    def propose(
        self,
        subject: str,
        who: str,
        fit: bool,
        change: Payload,
        corrects: str,
        when: tuple[int, int],
        oldest: bool,
    ) -> None:
        who = self.fit("change.proposed", subject, who) if fit else who
        self.both.tell(self.proposing(subject, change, corrects, **self.official(who, when, oldest)))

    @precondition(lambda self: self.proposals())
    @rule(number=numbers, who=endorsers, good=often, when=prepared, oldest=seldom)
    def endorse(self, number: int, who: str, good: bool, when: tuple[int, int], oldest: bool) -> None:
        how = self.official(who, when, oldest)
        self.both.tell(self.about("change.endorsed", self.proposal(number), good, **how))

    @rule(
        subject=programmes,
        who=actors,
        change=changes,
        corrects=corrections,
        mischief=st.sampled_from(
            ["", "", "skip", "refuse", "revoke", "suspect", "end", "late", "rotate", "wait"]
        ),
        number=numbers,
        after=st.sampled_from(AFTER),
    )
    def carry_through(
        self, subject: str, who: str, change: Payload, corrects: str, mischief: str, number: int, after: str
    ) -> None:
        """A proposal, what is asked of others, and its enactment; but something may happen on the way, or
        after."""
        who = self.fit("change.proposed", subject, who)
        if not self.both.tell(self.proposing(subject, change, corrects, **self.official(who))):
            return
        proposal = self.proposals()[-1]
        asked = demands(self.both.model.log, subject, change["kind"], self.both.today)
        offices = list(dict.fromkeys(office for one in asked for office in one["offices"]))
        for office in offices[1:] if mischief == "skip" else offices:
            endorsed = self.about("change.endorsed", proposal, True, **self.official(office))
            self.both.tell(endorsed)
        if offices:
            self.happen(mischief, proposal, offices[number % len(offices)], number)
        who = self.fit(change["kind"], subject, who)
        if self.both.tell(self.enacting(proposal, "", **self.official(who))) and offices and after:
            self.doubt_an_endorser(proposal, offices[number % len(offices)], who, number, after)

    @rule(change=changes, who=actors, number=numbers, after=st.sampled_from(AFTER))
    def carry_another_through(self, change: Payload, who: str, number: int, after: str) -> None:
        """Somebody is asked for sure, one of them of a district that others manage."""
        if not demands(self.both.model.log, PROGRAMME, change["kind"], self.both.today):
            policy = asked("district-reeve", "budget-chair", kinds=MONEY, shortfall="acknowledge")
            self.set_policy(policy, "root", "p-7", 0, None)
        self.carry_through(PROGRAMME, who, change, "", "", number, after)

    def doubt_an_endorser(self, proposal: Said, office: str, who: str, number: int, lifts: str) -> None:
        """The key of an endorser turns out to be stolen; perhaps somebody re-affirms what hangs on it."""
        enacted, key = self.both.model.log[-1], self.both.using(OFFICIALS[office]).key.public.kid
        given = [said for said in self.both.find("change.endorsed") if said.data["proposal"] == proposal.id]
        given = [said for said in given if said.signers[0]["office"] == office]
        self.both.tell(self.revoking(key, body_stream(OFFICIALS[office].body), 0, number))
        self.both.tell(self.enrolling(office, number))
        if lifts == "enactment":
            self.both.tell(self.reaffirming(enacted, **self.official(who)))
        elif lifts.endswith("office") and given:
            if lifts == "other office":
                other = self.fit("change.endorsed", proposal.subject, who)
                self.both.tell(self.reaffirming(given[-1], **self.official(other)))
            self.both.tell(self.reaffirming(given[-1], **self.official(office)))

    def happen(self, mischief: str, proposal: Said, office: str, number: int) -> None:
        """To an endorser of a proposal."""
        key = self.both.using(OFFICIALS[office]).key.public.kid
        stream = body_stream(OFFICIALS[office].body)
        if mischief == "refuse":
            self.both.tell(self.about("change.refused", proposal, True, **self.official(office)))
        elif mischief in ("revoke", "suspect"):
            where = "root" if number % 2 else stream
            since = number % 3 if mischief == "suspect" else None
            self.both.tell(self.revoking(key, where, since))
        elif mischief in ("end", "late"):
            self.both.tell(self.ending(office, -1 if mischief == "late" else number % 2))
        elif mischief == "rotate":
            self.both.tell(self.rotating(office, number))
        elif mischief == "wait":
            self.both.town.clock.advance(days=1 + number % 3)

    @rule(
        change=changes,
        who=actors,
        subject=st.sampled_from(["root", body_stream(COUNCIL)]),
        spoilt=st.sampled_from(["", "refuse", "revoke", "suspect", "end"]),
        number=numbers,
    )
    def endorse_for_two_offices(
        self, change: Payload, who: str, subject: str, spoilt: str, number: int
    ) -> None:
        """One person holds two of the offices asked; perhaps what was said for the first counts no more."""
        self.set_policy(
            asked("budget-chair", "budget-vice", needed=1, other_persons=True), subject, "p-6", 0, None
        )
        self.propose(PROGRAMME, who, True, change | {"kind": MONEY[0]}, "", (0, 0), False)
        if not self.proposals():
            return
        first, second = ("budget-chair", "budget-vice")[:: 1 if number % 2 else -1]
        proposal = self.proposals()[-1]
        self.both.tell(self.about("change.endorsed", proposal, True, **self.official(first)))
        self.happen(spoilt, proposal, first, number)
        if spoilt in ("revoke", "suspect"):
            self.both.tell(self.enrolling(second, number))
        self.both.tell(self.about("change.endorsed", proposal, True, **self.official(second)))

    @precondition(lambda self: self.proposals())
    @rule(number=numbers, who=endorsers)
    def refuse(self, number: int, who: str) -> None:
        how = self.official(who)
        self.both.tell(self.about("change.refused", self.proposal(number), True, **how))

    @precondition(lambda self: self.proposals())
    @rule(number=numbers, who=actors, own=st.booleans())
    def withdraw(self, number: int, who: str, own: bool) -> None:
        proposal = self.proposal(number)
        data = {"proposal": proposal.id, "reason": "x"}
        how = self.official(proposal.signers[0]["office"] if own else who)
        self.both.tell(self.both.draft("change.withdrawn", proposal.subject, data, **how))

    @precondition(lambda self: self.proposals())
    @rule(
        number=numbers,
        who=actors,
        fit=often,
        other=st.sampled_from(["", "", "", "", "text", "day", "kind", "relations"]),
        when=prepared,
        oldest=seldom,
    )
    def enact(
        self,
        number: int,
        who: str,
        fit: bool,
        other: str,
        when: tuple[int, int],
        oldest: bool,
    ) -> None:
        proposal = self.proposal(number)
        who = self.fit(proposal.data["change"]["kind"], proposal.subject, who) if fit else who
        self.both.tell(self.enacting(proposal, other, **self.official(who, when, oldest)))

    @rule(
        subject=programmes,
        who=actors,
        fit=often,
        change=changes,
        corrects=corrections,
        when=prepared,
        oldest=seldom,
    )
    def change_without_a_proposal(
        self,
        subject: str,
        who: str,
        fit: bool,
        change: Payload,
        corrects: str,
        when: tuple[int, int],
        oldest: bool,
    ) -> None:
        who = self.fit(change["kind"], subject, who) if fit else who
        how = self.official(who, when, oldest)
        self.both.tell(self.money(change, subject, corrects, **how))

    @rule(
        who=st.sampled_from(["council-secretary", "finance-controller", "commission-chair", "ward-head"]),
        indicator=st.sampled_from(["i-1", "i-2"]),
        quarter=st.integers(1, 2),
        accepts=st.sampled_from(["", "own", "own", "council-secretary", "commission-chair", "ward-head"]),
    )
    def report(self, who: str, indicator: str, quarter: int, accepts: str) -> None:
        """accepts: the office that accepts it; "own" the one that reported, "" none."""
        value = {"i-1": "3", "i-2": "Так"}[indicator]
        data = {
            "indicator": indicator,
            "period": f"2025-Q{quarter}",
            "accumulation": "period",
            "value": value,
        }
        said = self.both.tell(self.both.draft("actual.reported", PROGRAMME, data, **self.official(who)))
        if said and accepts:
            by = self.official(who if accepts == "own" else accepts)
            report = {"report": self.both.model.log[-1].id}
            self.both.tell(self.both.draft("report.accepted", PROGRAMME, report, **by))

    # -- policies ------------------------------------------------------------------------

    @initialize(asked=asking_rules, subject=st.sampled_from(["root", body_stream(COUNCIL)]))
    def begin_with_a_policy(self, asked: Payload, subject: str) -> None:
        self.set_policy({"rules": [asked]}, subject, "p-1", 0, None)

    @initialize(whose=st.sampled_from([None, None, COUNCIL, FINANCE]))
    def begin_with_registrars_of_its_own(self, whose: str | None) -> None:
        """What lies below without any is theirs to manage, too; what lies above is out of its reach."""
        if whose is not None:
            self.change_registrars(body_stream(whose), ["p-spare-1"], 1, "both", True, 0)

    @rule(
        policy=policies,
        subject=st.sampled_from(["root", body_stream(COUNCIL), body_stream(COUNCIL), *BODY_STREAMS]),
        name=st.sampled_from(["p-1", "p-1", "p-2"]),
        start=st.sampled_from([0, 0, 0, 1, 2, -1]),
        programme=st.sampled_from([None, None, *PROGRAMMES]),
    )
    def set_policy(self, policy: Payload, subject: str, name: str, start: int, programme: str | None) -> None:
        data = {"policy": name, "title": "x", "start": self.both.day(start)} | policy
        if programme is not None:
            data["programme"] = programme.removeprefix("programme:")
        self.both.tell(self.both.registry("policy.set", subject, data))

    @rule(pair=pairs, where=stands, programmes=of_programmes, start=st.integers(0, 2), swapped=st.booleans())
    def set_two_policies(
        self,
        pair: tuple[Payload, Payload],
        where: tuple[str, str],
        programmes: tuple[str | None, str | None],
        start: int,
        swapped: bool,
    ) -> None:
        """One after the other: perhaps they can be satisfied together, perhaps not."""
        first, second = reversed(pair) if swapped else pair
        self.set_policy(first, where[0], "p-2", min(start, 1), programmes[0])
        self.set_policy(second, where[1], "p-3", start, programmes[1])
        if start == 2 and not swapped:  # so that they do not stay in the way for ever
            self.set_policy({}, where[0], "p-2", 2, None)
            self.set_policy({}, where[1], "p-3", 2, None)

    # -- mandates ------------------------------------------------------------------------

    @rule(
        person=st.sampled_from([*CLERKS, "p-lawyer", "p-chair"]),
        office=st.sampled_from(ENDORSERS),
        start=st.integers(-4, 2),
        length=st.none() | st.integers(0, 6),
        order=st.sampled_from([None, None, None, "", "№ 1"]),
        turn=numbers,
        fewer=seldom,
    )
    def grant(
        self,
        person: str,
        office: str,
        start: int,
        length: int | None,
        order: str | None,
        turn: int,
        fewer: bool,
    ) -> None:
        """Whether an entry rests on a mandate that is registered later for days gone by, nobody has said."""
        if mandates(self.both.model.log, person, office):
            start = max(1, start)
        data: Payload = {"person": person, "office": office, "start": self.both.day(start)}
        if length is not None:
            data["end"] = self.both.day(start + length)
        if order is not None:
            data |= {"acting": True, "order": order}
        stream = body_stream(OFFICIALS[office].body)
        self.both.tell(self.both.registry("mandate.granted", stream, data, turn=turn, fewer=int(fewer)))

    @rule(who=actors, end=st.integers(-4, 2), turn=numbers, anew=often)
    def end_a_mandate(self, who: str, end: int, turn: int, anew: bool) -> None:
        if self.both.tell(self.ending(who, end, turn)) and anew:
            data = {"person": OFFICIALS[who].person, "office": who, "start": self.both.day(max(1, end))}
            self.both.tell(self.both.registry("mandate.granted", body_stream(OFFICIALS[who].body), data))

    @precondition(lambda self: self.ended())
    @rule(number=numbers, extra=st.integers(0, 2), honest=often, change=changes, what=numbers)
    def let_a_former_official_speak(
        self, number: int, extra: int, honest: bool, change: Payload, what: int
    ) -> None:
        """What was prepared and signed before a mandate's end, or is said to have been."""
        granted, end = self.ended()[number % len(self.ended())]
        office = granted.data["office"]
        person = granted.data["person"]
        if person not in self.both.keys:
            return
        who = Official(person, office, OFFICIALS[office].body, self.both.keys[person][0])
        ago = days_between(end, self.both.today) + extra
        how: Payload = {"by": self.both.using(who), "seen_days": ago, "iat_days": ago if honest else 0}
        if what % 3 and self.proposals():
            self.both.tell(self.about("change.endorsed", self.proposal(number), True, **how))
        elif what % 2:
            self.both.tell(self.proposing(PROGRAMME, change, **how))
        else:
            self.both.tell(self.money(change, **how))

    @rule(
        person=st.sampled_from([*CLERKS, "p-lawyer", "p-chair"]),
        office=st.sampled_from(ENDORSERS),
        change=changes,
        endorse=st.booleans(),
        when=prepared,
    )
    def let_somebody_speak(
        self, person: str, office: str, change: Payload, endorse: bool, when: tuple[int, int]
    ) -> None:
        """Somebody who perhaps has a mandate, perhaps a key, and perhaps an office that others have too."""
        if person not in self.both.keys:
            return
        who = Official(person, office, OFFICIALS[office].body, self.both.keys[person][0])
        how: Payload = {"by": self.both.using(who), "seen_days": when[0], "iat_days": when[1]}
        if endorse and self.proposals():
            self.both.tell(self.about("change.endorsed", self.proposal(0), True, **how))
        else:
            self.both.tell(self.money(change, **how))

    # -- keys ------------------------------------------------------------------------------

    @rule(
        person=st.sampled_from([*CLERKS, "p-lawyer", "p-chair", "p-secretary", "p-controller"]),
        stream=st.sampled_from(BODY_STREAMS[:3]),
        again=st.booleans(),
        turn=numbers,
    )
    def enrol(self, person: str, stream: str, again: bool, turn: int) -> None:
        """A new key, or in another body the one that the person has."""
        keys = self.both.keys.get(person, [])
        key = keys[-1] if again and keys else self.new_key(person)
        data = self.key_data(person, key)
        self.both.tell(self.both.registry("key.enrolled", stream, data, turn=turn))

    @rule(who=actors, oldest=seldom, turn=numbers)
    def rotate(self, who: str, oldest: bool, turn: int) -> None:
        self.both.tell(self.rotating(who, turn, oldest))

    @rule(
        who=actors,
        oldest=seldom,
        everywhere=st.booleans(),
        suspect=st.none() | st.integers(0, 4),
        turn=numbers,
        anew=often,
    )
    def revoke(
        self, who: str, oldest: bool, everywhere: bool, suspect: int | None, turn: int, anew: bool
    ) -> None:
        key = self.both.using(OFFICIALS[who], oldest=oldest).key
        stream = "root" if everywhere else body_stream(OFFICIALS[who].body)
        if self.both.tell(self.revoking(key.public.kid, stream, suspect, turn)) and anew:
            self.both.tell(self.enrolling(who, turn))

    @rule(
        who=st.sampled_from(sorted(REGISTRARS_BY_PERSON)),
        stream=st.sampled_from(["root", "root", *BODY_STREAMS]),
        suspect=st.none() | st.integers(0, 3),
        turn=numbers,
    )
    def revoke_a_registrar(self, who: str, stream: str, suspect: int | None, turn: int) -> None:
        kid = REGISTRARS_BY_PERSON[who].key.public.kid
        self.both.tell(self.revoking(kid, stream, suspect, turn))

    # -- registrars and bodies ---------------------------------------------------------------

    @rule(
        stream=st.sampled_from(["root", *BODY_STREAMS]),
        members=registrars,
        k=st.sampled_from([1, 2, 2, 3]),
        sign=st.sampled_from(["both", "both", "both", "old", "new"]),
        proved=often,
        turn=numbers,
    )
    def change_registrars(
        self, stream: str, members: list[str], k: int, sign: str, proved: bool, turn: int
    ) -> None:
        listed, named = [], [REGISTRARS_BY_PERSON[person] for person in members]
        for one in named:
            data = self.key_data(one.person, one.key)
            listed.append(data if proved else {"person": one.person, "jwk": data["jwk"]})
        old = {} if sign == "new" else {one.person: one for one in self.both.registrars(stream, turn=turn)}
        new = {} if sign == "old" else {one.person: one for one in named[:k]}
        data = {"registrars": listed, "k": k}
        by = list((old | new).values())
        self.both.tell(self.both.draft("registrar.changed", stream, data, by=by))

    @rule(
        stream=st.sampled_from(["root", *BODY_STREAMS]),
        by=registrars,
    )
    def let_any_registrars_sign(self, stream: str, by: list[str]) -> None:
        data = {"policy": "p-0", "title": "x", "start": self.both.today}
        signers = [REGISTRARS_BY_PERSON[person] for person in by]
        self.both.tell(self.both.draft("policy.set", stream, data, by=signers))

    @rule(
        pair=st.sampled_from(SUCCESSIONS),
        start=st.sampled_from([0, 0, -1, 1, 2]),
        policy=st.sampled_from([None, {"lapse_days": 1}, "acknowledge", "record", "refuse"]),
        change=changes,
        ended=seldom,
        who=actors,
    )
    def succeed(
        self,
        pair: tuple[str, str],
        start: int,
        policy: Payload | str | None,
        change: Payload,
        ended: bool,
        who: str,
    ) -> None:
        """A body may leave a policy to its successor, which may end it.

        Whether one that no longer stands below a body may succeed it, nobody has said.
        """
        if pair == (COUNCIL, FINANCE) and any(
            said.data["body"] == FINANCE for said in self.both.find("body.succeeded")
        ):
            pair = (FOREIGN, COUNCIL)
        left = body_stream(pair[0])
        own = next(office for office, one in OFFICIALS.items() if one.body == pair[0])
        if isinstance(policy, str):
            policy = asked(own, needed=1, shortfall=policy)
        if policy is not None:
            self.set_policy(policy, left, "p-5", 0, None)
        data = {"body": pair[0], "successor": pair[1], "start": self.both.day(start), "order": "№ 1"}
        self.both.tell(self.both.registry("body.succeeded", "root", data))
        if ended:
            self.set_policy({}, left, "p-5", 0, None)
        for subject in PROGRAMMES:
            who = self.fit(change["kind"], subject, who)
            self.both.tell(self.money(change, subject, **self.official(who)))
        self.both.tell(self.money(change, **self.official(own)))

    # -- doubt ------------------------------------------------------------------------------

    @rule(
        number=numbers,
        who=actors,
        by=st.sampled_from(["author", "fit", "fit", "anybody"]),
        doubtful=often,
        turn=numbers,
        good=often,
        when=prepared,
    )
    def reaffirm(
        self,
        number: int,
        who: str,
        by: str,
        doubtful: bool,
        turn: int,
        good: bool,
        when: tuple[int, int],
    ) -> None:
        model = self.both.model
        doubts = model.doubts()
        asked = [said for said in model.log if not doubtful or said.index in doubts]
        asked = [said for said in asked if in_force(model.log, said.slot) is said]
        if not asked:
            return
        stated = asked[-1 - number % len(asked)]
        if by == "author" and stated.signers[0]["office"] in OFFICIALS:
            who = stated.signers[0]["office"]
        elif by == "fit":
            who = self.fit(stated.kind, stated.subject, who)
        payload = "" if good else "00" * 32
        self.both.tell(self.reaffirming(stated, payload, turn, **self.official(who, when)))

    # -- in one batch, and over time -----------------------------------------------------------

    @rule(who=actors, change=changes, everywhere=st.booleans())
    def revoke_and_use(self, who: str, change: Payload, everywhere: bool) -> None:
        official = self.both.using(OFFICIALS[who])
        stream = "root" if everywhere else body_stream(official.body)
        revoked = self.revoking(official.key.public.kid, stream)
        used = self.money(change, **self.official(who))
        assert not self.both.tell(revoked, used)

    @rule(who=actors, change=changes, end=st.integers(0, 1))
    def end_and_use(self, who: str, change: Payload, end: int) -> None:
        self.both.tell(self.ending(who, end), self.money(change, **self.official(who)))

    @rule(who=actors, change=changes, policy=policies)
    def ask_and_use(self, who: str, change: Payload, policy: Payload) -> None:
        data = {"policy": "p-1", "title": "x", "start": self.both.today} | policy
        asked = self.both.registry("policy.set", "root", data)
        self.both.tell(asked, self.money(change, **self.official(who)))

    @precondition(lambda self: self.proposals())
    @rule(number=numbers, whom=st.lists(endorsers, min_size=1, max_size=2), who=actors)
    def endorse_and_enact(self, number: int, whom: list[str], who: str) -> None:
        proposal = self.proposal(number)
        who = self.fit(proposal.data["change"]["kind"], proposal.subject, who)
        said = [self.about("change.endorsed", proposal, True, **self.official(one)) for one in whom]
        self.both.tell(*said, self.enacting(proposal, "", **self.official(who)))

    @rule(days=st.sampled_from([1, 1, 1, 2]))
    def days_pass(self, days: int) -> None:
        self.both.town.clock.advance(days=days)

    @rule()
    def restart(self) -> None:
        self.both.town.reopen()

    # -- what holds ------------------------------------------------------------------------------

    @invariant()
    def what_is_recorded_is_as_the_oracle_has_it(self) -> None:
        log = self.both.model.log
        if self.audited < len(log):
            self.nothing_lacked_what_the_policies_demanded()
            self.the_same_entries_stand_in_doubt()
            self.audited = len(log)

    def nothing_lacked_what_the_policies_demanded(self) -> None:
        assert lacking(self.both.model.log, self.audited) == []

    def the_same_entries_stand_in_doubt(self) -> None:
        log, doubts = self.both.model.log, self.both.model.doubts()
        found = doubts_in_ledger(self.both.world)
        stated = [said for said in log if in_force(log, said.slot) is said]
        assert {said.id for said in stated} == set(found), "statements are missing"
        told = [(said, doubts.get(said.index, set()), found[said.id]) for said in stated]
        differ = [
            f"{said.index} {said.kind} of {said.day}: the oracle {ours or None}, the ledger {theirs or None}"
            for said, ours, theirs in told
            if ours != theirs
        ]
        assert not differ, "\n".join(["doubts differ:", *differ])
        self.spread |= {said.id for said in suspect_by_an_endorsement(log, doubts)}


def doubts_in_ledger(world: World) -> dict[str, set[str]]:
    """event → the doubts in which the ledger sees it; of the statements in force."""
    return {
        slot.event: {one.doubt for one in doubts_of(world, stream, slot)}
        for stream in ("root", *BODY_STREAMS, *PROGRAMMES)
        for slot in slots_of(world, stream).values()
    }


# To make a failing story short takes minutes: the slow test does it.
QUICK = settings(
    max_examples=36,
    stateful_step_count=35,
    deadline=None,
    report_multiple_bugs=False,
    derandomize=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def test_the_ledger_and_the_oracle_of_authority_agree() -> None:
    """`pytest -rP` shows in how many stories it came to what, and which rules alone refused something."""
    STORIES.clear()
    run_state_machine_as_test(AuthorityMachine, settings=QUICK)
    print(*(f"{count:3} {what}" for what, count in STORIES.most_common()), sep="\n")


# What few of the random stories may come to.
CHANGE = {"kind": MONEY[0], "measure": "1.1", "amount": "5.00"}


def test_they_agree_on_each_situation_once() -> None:
    machine = AuthorityMachine()
    with closing(machine.both), machine.folder:
        told: list[Callable[[], None]] = [
            lambda: machine.begin_with_registrars_of_its_own(COUNCIL),
            lambda: machine.rotate("finance-head", False, 0),
            lambda: machine.carry_another_through(CHANGE, "finance-controller", 0, "nobody"),
            lambda: machine.carry_another_through(CHANGE, "finance-controller", 1, "other office"),
            lambda: machine.endorse_for_two_offices(CHANGE, "council-secretary", "root", "revoke", 0),
            lambda: machine.report("council-secretary", "i-1", 1, "own"),
            lambda: machine.set_policy({}, "root", "p-6", 0, None),
            lambda: machine.succeed((FINANCE, FOREIGN), 0, "acknowledge", CHANGE, False, "other-secretary"),
        ]
        for happens in told:
            happens()
            machine.what_is_recorded_is_as_the_oracle_has_it()
        met = {*machine.both.met} | ({SUSPECT_BY_ENDORSEMENT} if machine.spread else set())
        assert {*SITUATIONS} - met == set(), "it never came to that"


@pytest.mark.parametrize("pair", SUCCESSIONS)
def test_they_agree_on_what_a_succeeded_body_leaves(pair: tuple[str, str]) -> None:
    """Its policies, its offices, its proposals, and what stands below it."""
    machine, (body, successor) = AuthorityMachine(), (body_stream(one) for one in pair)
    theirs = [office for office, one in OFFICIALS.items() if one.body == pair[1] and MONEY[0] in one.kinds]
    with closing(machine.both), machine.folder:
        machine.set_policy({"lapse_days": 1}, body, "p-1", 0, None)
        for subject in PROGRAMMES:
            who = machine.fit("change.proposed", subject, "council-secretary")
            machine.both.tell(machine.proposing(subject, CHANGE, **machine.official(who)))
        machine.succeed(pair, 0, "acknowledge", CHANGE, False, "council-secretary")
        machine.set_policy(lets(MONEY[0], theirs[0]), body, "p-2", 0, None)
        machine.set_policy(lets(MONEY[0], theirs[-1]), successor, "p-2", 0, None)
        machine.set_policy({"lapse_days": 9}, body, "p-1", 0, None)
        machine.days_pass(2)
        for number in range(len(PROGRAMMES)):
            machine.enact(number, "council-secretary", True, "", (0, 0), False)
        machine.what_is_recorded_is_as_the_oracle_has_it()


@pytest.mark.parametrize("swapped", [False, True])
def test_they_agree_on_orders_of_endorsers_that_exclude_each_other(swapped: bool) -> None:
    machine = AuthorityMachine()
    forth = asked("budget-chair", "district-reeve", ordered=True)
    back = asked("district-reeve", "council-lawyer", "budget-chair", ordered=True, shortfall="record")
    with closing(machine.both), machine.folder:
        for where in (("root", body_stream(COUNCIL)), (body_stream(COUNCIL), "root")):
            machine.set_two_policies((forth, back), where, (None, None), 0, swapped)
        assert machine.both.met["orders-exclude"]


@pytest.mark.slow
def test_the_ledger_and_the_oracle_of_authority_agree_however_long_it_goes_on() -> None:
    long = settings(QUICK, max_examples=150, stateful_step_count=50, derandomize=False, phases=tuple(Phase))
    run_state_machine_as_test(AuthorityMachine, settings=long)
