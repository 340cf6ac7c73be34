"""A small town's ledger on disk: real signatures, real commits, a clock that stands.

    with TestLedger.with_programme(tmp_path) as town:
        receipt = town.submit("financing.changed", PROGRAMME, {"lines": [line("150.00")]})
        refusal = town.refused("financing.changed", PROGRAMME, {"lines": [line("1", measure="9")]})
        codes = town.asked("financing.changed", PROGRAMME, {"lines": [line("5.00")]}, seen=0)

Every event goes through `ledger.service.Ledger.submit`. What was refused or asked about is
checked to have written nothing; what was taken is checked by its receipt.
"""

from __future__ import annotations

import copy
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from ledger.canonical import dumps, encode_base64url
from ledger.door import NeedsAcknowledgement
from ledger.envelope import (
    EVENT_TYP,
    Envelope,
    ProtectedHeader,
    parse_envelope,
    prove_possession,
    signing_input,
)
from ledger.errors import Refusal
from ledger.ids import body_stream, programme_stream
from ledger.keys import PrivateKey
from ledger.kinds import KINDS, Discrepancy
from ledger.programme import Programme
from ledger.receipt import Receipt, check_receipt
from ledger.service import Ledger
from ledger.signer import FileLogSigner, generate_key
from ledger.timeline import Timeline
from ledger.world import World
from tests.support.clock import FrozenClock
from tests.support.people import (
    BODIES,
    COUNCIL,
    MACHINE,
    OFFICIALS,
    PERSON_NAMES,
    REGISTRARS,
    SECRETARY,
    Official,
)
from tests.support.places import copy_log, make_log

Payload = dict[str, Any]

ORIGIN = "town.example/pledger"
ZONE = "Europe/Kyiv"
NONCE = "5a" * 32
ACT = "town-1-2024-12-20"  # the act that adopts the programme, in force since its date
PROGRAMME_ID = "town-digital-2025"
PROGRAMME = programme_stream(PROGRAMME_ID)
COUNCIL_STREAM = body_stream(COUNCIL)
ADOPTED_FROM = "2025-01-01"  # the day from which the programme's first figures hold
LATER = "2030-01-01T00:00:00Z"

ACT_DATA: Payload = {
    "act": ACT,
    "kind": "decision",
    "number": "1",
    "date": "2024-12-20",
    "title": "Про програму",
    "points": ["1", "2"],
    "in_force": "2024-12-20",
}
PROGRAMME_DATA: Payload = {
    "programme": PROGRAMME_ID,
    "title": "Програма інформатизації",
    "body": COUNCIL,
    "currency": "UAH",
    "term": {"from": 2025, "to": 2027},
    "sources": [
        {"id": "local", "name": "місцевий бюджет"},
        {"id": "oblast", "name": "обласний бюджет"},
    ],
    "tree": [
        {"id": "1", "level": "task", "title": "Завдання"},
        {"id": "1.1", "level": "measure", "parent": "1", "title": "Перший захід"},
        {"id": "1.2", "level": "measure", "parent": "1", "title": "Другий захід"},
    ],
    "indicators": [
        {"id": "i-1", "measure": "1.1", "name": "Кількість", "kind": "flow", "unit": "одиниць"},
        {"id": "i-2", "measure": "1.2", "name": "Чи створено", "kind": "boolean", "unit": "так/ні"},
    ],
    "financing": [
        {"measure": "1.1", "year": 2025, "source": "local", "amount": "100.00"},
        {"measure": "1.2", "year": 2025, "source": "local", "amount": "-"},
    ],
}


def line(amount: str | None, *, op: str = "set", measure: str = "1.1", **more: Any) -> Payload:
    """A money line of measure 1.1, 2025, local budget; its cell is LINE_CELL."""
    row = {"measure": measure, "year": 2025, "source": "local", "op": op, "amount": amount} | more
    return {name: value for name, value in row.items() if value is not None}


def lines(*amounts: str | Payload) -> Payload:
    """Data of financing.changed or appropriation.set."""
    return {"lines": [line(one) if isinstance(one, str) else one for one in amounts]}


LINE_CELL = "/financing/1.1/2025/local"


def sign_as(
    payload: bytes,
    signers: Sequence[tuple[PrivateKey, str]],
    *,
    iat: int = 1_756_717_200,
    x5t: str | None = None,
) -> Envelope:
    """Sign any bytes by (key, alg to claim), well or not: nothing here looks at the payload."""
    text = encode_base64url(payload)
    signatures = []
    for key, alg in signers:
        protected = ProtectedHeader(alg, key.public.kid, EVENT_TYP, iat, x5t).encode()
        signature = encode_base64url(key.sign(signing_input(protected, text)))
        signatures.append({"protected": protected, "signature": signature})
    return parse_envelope({"payload": text, "signatures": signatures})


class TestLedger:
    """An open ledger in a directory, and what a test needs to speak to it.

    __init__ gives a ledger without entries. `opened` opens it and registers persons, bodies,
    offices, mandates and keys (tests/support/people.py); `with_programme` also registers
    ACT and adopts PROGRAMME. `close` it, or use it in a `with`. Registry events are known by
    ids["mandate.granted p-secretary"], ids["office.created finance-head"] and so on.
    """

    __test__ = False  # no test class: pytest shall not collect it

    def __init__(self, path: Path, *, clock: FrozenClock | None = None) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.clock = clock or FrozenClock()
        generate_key(path / "log-key.pem")
        with FileLogSigner.create(path / "log-key.pem", path / "log-memory", origin=ORIGIN) as signer:
            self.log_key = signer.verifier_key
        make_log(path)
        self.ledger = Ledger(path, clock=self.clock)
        self.statements: dict[str, str] = {}  # slot → SHA-256 of the statement in force
        self.ids: dict[str, str] = {}  # what a test calls an event → its id
        self.recorded: dict[str, Envelope] = {}  # event → its envelope
        self.opening: Payload = {
            "origin": ORIGIN,
            "nonce": NONCE,
            "log_key": self.log_key,
            "registrars": [
                {"person": one.person, "name": PERSON_NAMES[one.person], "jwk": one.key.public.to_jwk()}
                for one in REGISTRARS
            ],
            "k": 2,
            "zone": ZONE,
        }
        self._count = 0

    @classmethod
    def opened(cls, path: Path, *, clock: FrozenClock | None = None) -> TestLedger:
        """A ledger with the town's registry, written as one batch."""
        town = cls(path, clock=clock)
        town.submit_all([town.signed(town.payload("ledger.opened", "root", town.opening)), *town._registry()])
        return town

    @classmethod
    def with_programme(cls, path: Path, *, clock: FrozenClock | None = None) -> TestLedger:
        """A ledger with the town's registry, ACT and PROGRAMME."""
        town = cls.opened(path, clock=clock)
        town.submit("act.registered", COUNCIL_STREAM, ACT_DATA)
        town.submit("programme.adopted", PROGRAMME, PROGRAMME_DATA, effective=ADOPTED_FROM)
        return town

    @classmethod
    def copy_of(cls, model: TestLedger, path: Path) -> TestLedger:
        """A ledger that starts where a closed one stopped: much quicker than to tell it all again."""
        shutil.copytree(model.path, path)
        copy_log(model.path, path)
        town = copy.copy(model)
        town.path, town.clock = path, FrozenClock(model.clock.now())
        for name in ("statements", "ids", "recorded", "opening"):
            setattr(town, name, dict(getattr(model, name)))
        town.ledger = Ledger(path, clock=town.clock)
        return town

    def __enter__(self) -> TestLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.ledger.close()

    def reopen(self) -> None:
        """Close the ledger and open its directory anew, as after a restart."""
        self.ledger.close()
        self.ledger = Ledger(self.path, clock=self.clock)

    # -- what there is ------------------------------------------------------------

    @property
    def name(self) -> Payload:
        """{origin, genesis}: which ledger events are meant for."""
        return {"origin": ORIGIN, "genesis": hashlib.sha256(dumps(self.opening)).hexdigest()}

    @property
    def position(self) -> int:
        """The number of entries."""
        return self.ledger.reader.head().size

    @property
    def head(self) -> tuple[int, bytes, str]:
        """Size, root hash and last recorded_at: what a refusal may not change."""
        head = self.ledger.reader.head()
        return head.size, head.frontier.root(), head.recorded_at

    def world(self, stream: str = PROGRAMME) -> World:
        return self.ledger.world_now(stream)

    def programme(self, name: str = PROGRAMME_ID) -> Programme:
        return self.world(programme_stream(name)).programmes[name]

    def timeline(self, name: str = PROGRAMME_ID) -> Timeline:
        return self.programme(name).timeline

    def value(self, path: str, day: str, name: str = PROGRAMME_ID) -> Any:
        """A cell's value on a day; None if none or removed."""
        answer = self.timeline(name).answer(path, day)
        return answer.value if answer is not None else None

    # -- saying something ---------------------------------------------------------

    def next_id(self) -> str:
        """A UUIDv7 from the clock and a counter: the same in every run."""
        self._count += 1
        milliseconds = int(self.clock.now().timestamp() * 1000)
        return str(UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | self._count))

    def payload(
        self,
        kind: str,
        subject: str,
        data: Any,
        *,
        by: Sequence[Official] | Official | None = None,
        seen: int | None = None,
        act: str | Payload | None = None,
        effective: str | None = None,
        corrects: str | None = None,
        relations: Payload | None = None,
        acknowledges: Sequence[str] = (),
        **more: Any,
    ) -> Payload:
        """The members of an event, with what its kind needs filled in.

        by: who signs; by default two registrars, the service or the council's secretary. seen: by
        default the head.
        act: id or member; effective: day; both by default as the kind needs. corrects: the
        slot's first event, to name its statement in force. data None voids the slot.
        more: further or other members, such as id, ledger, files, schema.
        """
        known = KINDS.get(kind)
        members: Payload = {
            "id": self.next_id(),
            "ledger": self.name,
            "kind": kind,
            "schema": known.schema if known is not None else 1,
            "subject": subject,
            "signers": [one.signer() for one in self._signers(kind, by)],
            "seen": self.position if seen is None else seen,
            "submit_before": LATER,
            "data": data,
        }
        if act is None and known is not None and known.act == "required":
            act = ACT
        if act is not None:
            members["act"] = {"id": act} if isinstance(act, str) else act
        if effective is None and known is not None and known.effective == "required":
            effective = "2025-03-01"
        if effective is not None:
            members["effective"] = effective
        if corrects is not None:
            relations = {"corrects": {"event": corrects, "payload": self.statements[corrects]}}
        if relations is not None:
            members["relations"] = relations
        if acknowledges:
            members["acknowledges"] = list(acknowledges)
        return members | more

    def _signers(self, kind: str, by: Sequence[Official] | Official | None) -> Sequence[Official]:
        if isinstance(by, Official):
            return (by,)
        if by is not None:
            return by
        if kind == "ledger.opened":  # every registrar shows by signing that the key is held
            return REGISTRARS
        known = KINDS.get(kind)
        if known is not None and known.by_service:
            return (MACHINE,)
        return REGISTRARS[:2] if known is not None and known.registrar else (SECRETARY,)

    def signed(self, payload: Payload, keys: Sequence[PrivateKey] | None = None) -> Envelope:
        """Sign a payload by the keys that its signers name, or by others."""
        if keys is None:
            keys = [_KEYS[signer["kid"]] for signer in payload["signers"]]
        iat = int(self.clock.now().timestamp())
        return sign_as(dumps(payload), [(key, key.alg) for key in keys], iat=iat)

    def envelope(
        self, kind: str, subject: str, data: Any, *, keys: Sequence[PrivateKey] | None = None, **common: Any
    ) -> Envelope:
        """payload and signed in one; common: as payload takes them. keys: to sign by others."""
        return self.signed(self.payload(kind, subject, data, **common), keys)

    # -- and what comes of it -----------------------------------------------------

    def submit(self, kind: str, subject: str, data: Any, **common: Any) -> Receipt:
        """Submit one event that must be recorded; common: as envelope takes them."""
        return self.submit_all([self.envelope(kind, subject, data, **common)])[0]

    def submit_all(self, envelopes: Sequence[Envelope]) -> list[Receipt]:
        """Submit a batch that must be recorded, and check the receipts."""
        receipts = self.ledger.submit(envelopes).result()
        for envelope, receipt in zip(envelopes, receipts, strict=True):
            self._check(envelope, receipt)
        return receipts

    def refused(self, kind: str, subject: str, data: Any, **common: Any) -> Refusal:
        """Submit one event that must be refused; nothing may have been written."""
        return self.refused_all([self.envelope(kind, subject, data, **common)])

    def refused_all(self, envelopes: Sequence[Envelope]) -> Refusal:
        """Submit a batch that must be refused."""
        outcome = self.outcome(envelopes)
        assert isinstance(outcome, Refusal), f"not refused but {outcome!r}"
        return outcome

    def asked(self, kind: str, subject: str, data: Any, **common: Any) -> set[str]:
        """Submit one event that needs an acknowledgement: the codes; nothing may have been written."""
        return {found.code for found in self.asked_about(kind, subject, data, **common)}

    def asked_about(self, kind: str, subject: str, data: Any, **common: Any) -> list[Discrepancy]:
        """As asked, with everything that was found."""
        return self.asked_all([self.envelope(kind, subject, data, **common)])

    def asked_all(self, envelopes: Sequence[Envelope]) -> list[Discrepancy]:
        """Submit a batch that needs an acknowledgement."""
        outcome = self.outcome(envelopes)
        assert isinstance(outcome, NeedsAcknowledgement), f"not asked but {outcome!r}"
        return outcome.found

    def outcome(self, envelopes: Sequence[Envelope]) -> Refusal | NeedsAcknowledgement | list[Receipt]:
        """Submit a batch, whatever comes of it."""
        before = self.head
        try:
            return self.submit_all(envelopes)
        except (Refusal, NeedsAcknowledgement) as turned_down:
            assert self.head == before, "something was written"
            return turned_down

    def _check(self, envelope: Envelope, receipt: Receipt) -> None:
        keys = {kid: _KEYS[kid].public for kid in envelope.kids}
        entry = check_receipt(
            receipt,
            payload=envelope.payload,
            keys=keys,
            log_key=self.log_key,
            genesis=self.name["genesis"],
        )
        event = entry.stated()
        self.statements[event.slot] = event.payload_hash
        self.recorded[receipt.event] = envelope

    # -- the registry -------------------------------------------------------------

    def _registry(self) -> list[Envelope]:
        said: list[tuple[str, str, Payload]] = []
        for official in OFFICIALS:
            name = PERSON_NAMES[official.person]
            said.append(("person.registered", "root", {"person": official.person, "name": name}))
        for body, name, parent in BODIES:
            placed = {"parent": parent} if parent is not None else {}
            said.append(("body.opened", "root", {"body": body, "name": name, **placed}))
        for official in OFFICIALS:
            said.extend(self.enrolment(official))
        payloads = [self.payload(kind, subject, data) for kind, subject, data in said]
        for one in payloads:
            name = one["data"].get(_ABOUT.get(one["kind"], "person"))
            self.ids[f"{one['kind']} {name}"] = one["id"]
        return [self.signed(one) for one in payloads]

    def enrolment(self, official: Official, *, start: str = "2024-01-01") -> list[tuple[str, str, Payload]]:
        """What registrars say to put a registered person into a new office, with a key."""
        remember(official.key)
        stream = body_stream(official.body)
        office = {
            "office": official.office,
            "name": f"Посада {official.office}",
            "kinds": list(official.kinds),
        }
        mandate = {"person": official.person, "office": official.office, "start": start}
        return [
            ("office.created", stream, office),
            ("mandate.granted", stream, mandate),
            ("key.enrolled", stream, self.key_data(official)),
        ]

    def key_data(self, official: Official) -> Payload:
        """Data of key.enrolled, with the proof of possession."""
        proof = prove_possession(official.key, ledger=self.name, person=official.person, iat=1_756_717_200)
        return {"person": official.person, "jwk": official.key.public.to_jwk(), "possession": proof}


_ABOUT = {"body.opened": "body", "office.created": "office"}
_KEYS: dict[str, PrivateKey] = {one.key.public.kid: one.key for one in (*REGISTRARS, *OFFICIALS, MACHINE)}


def remember(key: PrivateKey) -> PrivateKey:
    """Let `signed` find a key by its kid."""
    _KEYS[key.public.kid] = key
    return key


def key_named(kid: str) -> PrivateKey:
    """A key of the town's people, or one that was remembered."""
    return _KEYS[kid]


def without(payload: Mapping[str, Any], *names: str) -> Payload:
    """The payload without some members."""
    return {name: value for name, value in payload.items() if name not in names}
