"""A real ledger and the oracle of authority, told the same and compared after every word.

    both = Lockstep(path)
    both.tell(both.draft("change.proposed", PROGRAMME, {...}, by=LAWYER))
    both.registry("key.revoked", "root", {...})

`tell` signs again with whatever the door asks to have acknowledged, until it is recorded or refused.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ledger.canonical import dumps
from ledger.door import NeedsAcknowledgement
from ledger.entry import Entry
from ledger.envelope import Envelope
from ledger.errors import Refusal
from ledger.ids import body_stream
from ledger.keys import PrivateKey
from ledger.kinds import KINDS
from ledger.world import World, evolve
from tests.oracle.authority import JUDGED_CODES, AuthorityModel, Outcome
from tests.oracle.registry import key_faults, live_persons, managers
from tests.oracle.said import Payload, Said
from tests.support.people import (
    COMMISSION,
    COMMISSIONER,
    COUNCIL,
    FINANCE,
    FINANCIER,
    FOREIGN,
    OFFICE_KINDS,
    REGISTRARS,
    SECRETARY,
    STRANGER,
    Official,
    key_of,
)
from tests.support.situations import BY_PREDECESSORS_POLICY, situations, under_a_predecessors_policy
from tests.support.town import ACT, ACT_DATA, PROGRAMME, PROGRAMME_DATA, ZONE, TestLedger, remember, sign_as

CONSENT = ("change.proposed", "change.endorsed", "change.refused", "change.withdrawn")
MONEY = ("financing.changed", "appropriation.set")

LAWYER = Official("p-lawyer", "council-lawyer", COUNCIL, key_of("lawyer"), (*CONSENT, *MONEY))
CHAIR = Official("p-chair", "budget-chair", COMMISSION, key_of("chair"), CONSENT)
VICE_CHAIR = Official("p-chair", "budget-vice", COMMISSION, CHAIR.key, (*CONSENT, *MONEY))
CONTROLLER = Official("p-controller", "finance-controller", FINANCE, key_of("controller"), OFFICE_KINDS)
FINANCE_LAWYER = Official("p-lawyer", "finance-lawyer", FINANCE, LAWYER.key, (*CONSENT, *MONEY))
DISTRICT = "district"  # a child of the council, with a registrar of its own
WARD = "ward"  # a child of the finance department
REEVE = Official("p-reeve", "district-reeve", DISTRICT, key_of("reeve"), (*CONSENT, *MONEY))
WARDEN = Official("p-warden", "ward-head", WARD, key_of("warden"), OFFICE_KINDS)
DISTRICT_REGISTRAR = Official("p-district", "registrar", "root", key_of("registrar of the district"))
ADDED = (LAWYER, CHAIR, VICE_CHAIR, CONTROLLER, FINANCE_LAWYER, REEVE, WARDEN)
ACTORS = (*ADDED, SECRETARY, FINANCIER, COMMISSIONER, STRANGER)
SPARE = tuple(Official(f"p-spare-{n}", "registrar", "root", key_of(f"spare {n}")) for n in (1, 2, 3))
CLERKS = ("p-new-1", "p-new-2")

OUR_PARTS = "programme:finance-2025"  # of the finance department
THEIRS = "programme:other-2025"  # of the other council
ACTS = {PROGRAMME: ACT, OUR_PARTS: ACT, THEIRS: "other-1"}

# A rule of the oracle → the codes by which the ledger may name it, where it is not the same word.
SPELT = {
    "order-missing": {"order-needed"},
    "needed-too-high": {"policy-unsatisfiable"},
    "office-of-another-body": {"policy-unsatisfiable"},
    "nobody-may-sign": {"policy-unsatisfiable"},
    "too-few-endorsers": {"policy-unsatisfiable"},
    "executor-may-not": {"policy-unsatisfiable"},
    "forbidden-and-silent": {"policy-contradicts"},
    "orders-exclude": {"policy-contradicts"},
    "two-executors": {"policy-contradicts"},
    "off-and-working": {"policy-contradicts"},
    "cannot-be-endorsed": {"policy-unsatisfiable"},
    "not-in-doubt": {"nothing-to-reaffirm"},
    "key-not-accepted": {"key-not-accepted", "unknown-key"},
    "too-few-left": {"too-few-registrars-left"},
    "office-may-not": {"office-may-not", "policy-unsatisfiable"},
    "possession-missing": {"missing-field"},
    "registrar-needed": {"registrar-needed", "office-may-not"},
    "key-retired": {"key-retired", "no-live-key"},
    "key-revoked": {"key-revoked", "no-live-key"},
    "other-text": {"policy-forbids"},
    "own-report": {"policy-forbids"},
    "changed-since-proposed": {"policy-forbids"},
    "endorsements-missing": {"endorsements-missing", "policy-forbids"},
}


# Refusals by rules that docs/authority.md does not speak of: acts that may be cited, and corrections.
OTHER_RULES = ("foreign-act", "stale-correction", "correction-changes-kind")


@cache
def _model() -> TestLedger:
    folder = Path(tempfile.mkdtemp(prefix="pledger-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _tell(folder / "ledger") as town:
        return town


def _tell(path: Path) -> TestLedger:
    """with_programme, and: endorsers, spare registrars, and a programme of each of two more bodies."""
    town = TestLedger.with_programme(path)
    new = (LAWYER, CHAIR, CONTROLLER, REEVE, WARDEN, DISTRICT_REGISTRAR, *SPARE)
    for person in (*(one.person for one in new), *CLERKS):
        town.submit("person.registered", "root", {"person": person, "name": "Особа"})
    for one in (DISTRICT_REGISTRAR, *SPARE):
        remember(one.key)
    own = {"registrars": [town.key_data(DISTRICT_REGISTRAR)], "k": 1}
    town.submit("body.opened", "root", {"body": DISTRICT, "name": "Округ", "parent": COUNCIL} | own)
    town.submit("body.opened", "root", {"body": WARD, "name": "Дільниця", "parent": FINANCE})
    for official in ADDED:
        by = DISTRICT_REGISTRAR if official is REEVE else None
        said = town.enrolment(official)
        for kind, subject, data in said if official is not VICE_CHAIR else said[:2]:
            town.submit(kind, subject, data, by=by)
    town.submit("act.registered", body_stream(FOREIGN), ACT_DATA | {"act": ACTS[THEIRS]}, by=STRANGER)
    for stream, body, by in ((OUR_PARTS, FINANCE, CONTROLLER), (THEIRS, FOREIGN, STRANGER)):
        data = PROGRAMME_DATA | {"programme": stream.removeprefix("programme:"), "body": body}
        town.submit("programme.adopted", stream, data, by=by, act=ACTS[stream], effective="2025-01-01")
    town.clock.advance(days=1)
    return town


@dataclass(frozen=True)
class Draft:
    """An event not yet signed. iat: seconds that its signatures will claim."""

    payload: Payload
    iat: int


class Lockstep:
    """keys: person → every key that the person ever had, oldest first. met: what came of it, counted."""

    def __init__(self, path: Path) -> None:
        self.town = TestLedger.copy_of(_model(), path)
        self.model = AuthorityModel()
        self.world = World()  # the ledger's own reading of every entry, with nothing loaded lazily
        self.keys = {one.person: [one.key] for one in (*ACTORS, *REGISTRARS, DISTRICT_REGISTRAR, *SPARE)}
        self.met: Counter[str] = Counter()
        self.read()
        self.met.clear()

    def close(self) -> None:
        self.town.close()

    @property
    def today(self) -> str:
        return _local_day(self.town.clock.now())

    def day(self, shift: int) -> str:
        """A day so many days after today."""
        return _local_day(self.town.clock.now() + timedelta(days=shift))

    # -- the log ------------------------------------------------------------------

    def read(self) -> None:
        """Let the model know what the ledger recorded since."""
        for entry in self.town.ledger.reader.entries(len(self.model.log), 1000):
            said = said_in(entry)
            if self.model.log:
                self.met.update(situations(self.model.log, said))
            self.model.take(said)
            self.world = evolve(self.world, entry.stated())

    def position_on(self, day: str) -> int:
        """The position at the end of a day."""
        return max(1, sum(said.day <= day for said in self.model.log))

    def find(self, *kinds: str) -> list[Said]:
        return [said for said in self.model.log if said.kind in kinds]

    # -- saying something -----------------------------------------------------------

    def using(self, who: Official, *, oldest: bool = False) -> Official:
        """An official with the newest key that may act for the office, or with the oldest of all."""
        keys = self.keys[who.person]
        good = [key for key in keys if not key_faults(self.model.log, who.using(key).signer(), who.body)]
        return who.using(keys[0] if oldest or not good else good[-1])

    def registrars(self, stream: str, *, turn: int = 0, fewer: int = 0) -> list[Official]:
        """As many live registrars of a stream as are needed, or fewer. turn: which of them."""
        own = managers(self.model.log, stream, self.today)
        persons = sorted(live_persons(self.model.log, own))
        kids = {person: kid for kid, person in own.keys.items()}
        count = min(len(persons), max(1, own.k - fewer))
        chosen = [persons[(turn + step) % len(persons)] for step in range(count)]
        return [self.registrar(person, kids[person]) for person in chosen]

    def registrar(self, person: str, kid: str) -> Official:
        key = next(key for key in self.keys[person] if key.public.kid == kid)
        return Official(person, "registrar", "root", key)

    def draft(
        self,
        kind: str,
        subject: str,
        data: Any,
        *,
        by: Official | Sequence[Official],
        seen_days: int = 0,
        iat_days: int = 0,
        **common: Any,
    ) -> Draft:
        """An event. seen_days, iat_days: how many days ago it was prepared, and claims to be signed."""
        if seen_days:
            common["seen"] = self.position_on(self.day(-seen_days))
        if "act" not in common and KINDS[kind].act == "required":
            common["act"] = ACTS[subject]
        signed_at = self.town.clock.now() - timedelta(days=iat_days)
        payload = self.town.payload(kind, subject, data, by=by, **common)
        return Draft(payload, int(signed_at.timestamp()))

    def registry(self, kind: str, subject: str, data: Any, *, turn: int = 0, fewer: int = 0) -> Draft:
        return self.draft(kind, subject, data, by=self.registrars(subject, turn=turn, fewer=fewer))

    def signed(self, draft: Draft, codes: Iterable[str]) -> Envelope:
        payload = draft.payload | {"id": self.town.next_id()}
        if codes:
            payload["acknowledges"] = sorted(codes)
        keys = [self.key(signer) for signer in payload["signers"]]
        return sign_as(dumps(payload), [(key, key.alg) for key in keys], iat=draft.iat)

    def key(self, signer: Payload) -> PrivateKey:
        return next(key for key in self.keys[signer["person"]] if key.public.kid == signer["kid"])

    # -- and what comes of it ---------------------------------------------------------

    def tell(self, *drafts: Draft) -> bool:
        """Submit a batch, and hold what becomes of it against the model. Returns whether it was recorded."""
        expected = self.expected(drafts)
        self.met.update(next(iter(one.refused)) for one in expected if len(one.refused) == 1)
        if under_a_predecessors_policy(self.model.log, drafts[0].payload["subject"], self.today):
            self.met[BY_PREDECESSORS_POLICY] += 1
        answer, codes = self.insist(drafts)
        story = describe(drafts, expected, answer, codes)
        if answer is not None and answer.code in OTHER_RULES:
            return False
        if any(one.refused for one in expected):
            assert isinstance(answer, Refusal), f"recorded, though it may not be:\n{story}"
            allowed = {code for one in expected for rule in one.refused for code in SPELT.get(rule, {rule})}
            assert answer.code in allowed, f"refused for another reason:\n{story}"
            return False
        assert not isinstance(answer, Refusal), f"refused, though nothing speaks against it:\n{story}"
        for outcome, given in zip(expected, codes, strict=True):
            ours = given & JUDGED_CODES
            assert outcome.asked <= ours <= outcome.asked | outcome.perhaps, f"asked otherwise:\n{story}"
        self.read()
        return True

    def expected(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """What the model says of each event of a batch, up to the first that is refused."""
        model, outcomes = self.model.copy(), []
        for draft in drafts:
            iat = {one["kid"]: _local_day(_moment(draft.iat)) for one in draft.payload["signers"]}
            said = Said(len(model.log), self.today, draft.payload, iat)
            outcomes.append(model.judge(said))
            if outcomes[-1].refused:
                break
            model.take(said)
        return outcomes

    def insist(self, drafts: Sequence[Draft]) -> tuple[Refusal | None, list[set[str]]]:
        """Submit until nothing is asked any more; with what was acknowledged by each."""
        codes: list[set[str]] = [set() for _ in drafts]
        for _ in range(2 + 2 * len(drafts)):
            signed = [self.signed(draft, given) for draft, given in zip(drafts, codes, strict=True)]
            answer = self.town.outcome(signed)
            if not isinstance(answer, NeedsAcknowledgement):
                return (answer if isinstance(answer, Refusal) else None), codes
            for found in answer.found:
                place = int(found.pointer.split("/")[2]) if len(drafts) > 1 else 0
                codes[place].add(found.code)
        raise AssertionError("the door asks for ever")


def describe(
    drafts: Sequence[Draft], expected: list[Outcome], answer: Refusal | None, codes: list[set[str]]
) -> str:
    shown = [{name: draft.payload.get(name) for name in SHOWN} for draft in drafts]
    told = [f"  {json.dumps(one, ensure_ascii=False)}" for one in shown]
    said = answer if answer is not None else f"recorded, having asked {codes}"
    return "\n".join([*told, f"  the oracle: {expected}", f"  the ledger: {said}"])


SHOWN = ("kind", "subject", "signers", "seen", "relations", "data")


def said_in(entry: Entry) -> Said:
    """An entry of the ledger as the oracle reads it."""
    iat = {}
    for signature in entry.envelope["signatures"]:
        text = signature["protected"]
        header = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        iat[header["kid"]] = _local_day(_moment(header["iat"]))
    recorded = datetime.fromisoformat(entry.recorded_at)
    return Said(entry.index, _local_day(recorded), json.loads(entry.payload), iat)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _local_day(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(ZONE)).date().isoformat()


PROGRAMMES = (PROGRAMME, OUR_PARTS, THEIRS)
BODY_STREAMS = tuple(body_stream(body) for body in (COUNCIL, FINANCE, COMMISSION, FOREIGN, DISTRICT, WARD))
