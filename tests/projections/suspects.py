"""Random histories of keys, mandates and doubt, told to a log without the door.

Nobody checks signatures here, and many a statement is one that the door would refuse: doubt
depends on the registry alone, and the tables must follow it wherever it goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ledger.clock import format_instant
from ledger.ids import REGISTRAR
from tests.projections.feed import Feed
from tests.support.people import key_of
from tests.support.town import ACT_DATA, PROGRAMME_DATA

Payload = dict[str, Any]

ZONE = "Europe/Kyiv"
FIRST_DAY = date(2025, 3, 3)
BODIES = {"council": None, "department": "council", "other": None}
OFFICES = {"secretary": "council", "lawyer": "council", "head": "department", "chair": "other"}
PEOPLE = ("p-a", "p-b", "p-c")
PROGRAMMES = {"one": "council", "two": "department", "three": "other"}
PROOF = {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]}


def signer(person: str, office: str, key: str) -> Payload:
    return {"kid": key_of(key).public.kid, "person": person, "office": office}


def registrar(number: int) -> Payload:
    return signer(f"p-registrar-{number}", REGISTRAR, f"registrar {number}")


@dataclass
class Suspects:
    """days: of each entry, in order. `step` says one more thing at random."""

    path: Path
    rng: Random
    days: list[date] = field(default_factory=list)
    feed: Feed = field(init=False)
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)  # slot → kind, stream

    def __post_init__(self) -> None:
        self.feed = Feed(self.path, recorded_at=self._recorded_at)
        self.today = FIRST_DAY
        self.holders: dict[str, str] = {}  # office → who got the last mandate
        self.registrars: dict[str, list[int]] = {"root": [1, 2, 3]}  # stream → who was named there
        self.keys = {(person, body): [f"{person} 0"] for person in PEOPLE for body in BODIES}
        self.bodies = {"programme:" + name: body for name, body in PROGRAMMES.items()}
        self._begin()

    def _recorded_at(self, index: int) -> str:
        noon = datetime(2025, 1, 1, 12, tzinfo=ZoneInfo(ZONE)).replace(
            year=self.days[index].year, month=self.days[index].month, day=self.days[index].day
        )
        return format_instant(noon + timedelta(microseconds=index))

    def say(self, kind: str, subject: str, data: Payload | None, by: Sequence[Payload], **more: Any) -> str:
        self.days.append(self.today)
        slot = more.get("corrects")
        event = self.feed.say(kind, subject, data, signers=by, **more)
        self.kinds[slot or event] = (kind, subject)
        return event

    def _begin(self) -> None:
        root = [registrar(1), registrar(2)]
        named = [
            {"person": f"p-registrar-{n}", "name": "x", "jwk": key_of(f"registrar {n}").public.to_jwk()}
            for n in (1, 2, 3)
        ]
        opening = {"origin": "feed.example", "nonce": "00" * 32, "registrars": named, "k": 2, "zone": ZONE}
        self.say("ledger.opened", "root", opening | {"log_key": "log+00000000+" + "A" * 44}, root)
        for body, parent in BODIES.items():
            data: Payload = {"body": body, "name": "x"} | ({"parent": parent} if parent is not None else {})
            if body == "other":  # it has a registrar of its own
                data |= {"registrars": [self._named(4)], "k": 1}
                self.registrars["body:other"] = [4]
            self.say("body.opened", "root", data, self._two("root"))
        for office, owner in OFFICES.items():
            data = {"office": office, "name": "x", "kinds": ["act.registered"]}
            stream = f"body:{owner}"
            self.say("office.created", stream, data, self._managing(stream), names=(f"office:{office}",))
            self.grant(office, start=FIRST_DAY - timedelta(days=9), end=None)
        for body in BODIES:
            for person in PEOPLE:
                self.enrol(person, body)
        for programme, body in PROGRAMMES.items():
            stream = f"programme:{programme}"
            data = PROGRAMME_DATA | {"programme": programme, "body": body}
            self.say("programme.adopted", stream, data, [self.official(body)], effective="2025-01-01")

    def _named(self, number: int) -> Payload:
        public = key_of(f"registrar {number}").public
        return {"person": f"p-registrar-{number}", "jwk": public.to_jwk(), "possession": PROOF}

    # -- who signs ------------------------------------------------------------------

    def _managing(self, stream: str) -> list[Payload]:
        return self._two(stream if stream in self.registrars else "root")

    def _two(self, stream: str) -> list[Payload]:
        named = self.registrars[stream]
        return [registrar(number) for number in self.rng.sample(named, k=min(len(named), 2))]

    def official(self, body: str | None = None) -> Payload:
        """Somebody in an office, whether or not the mandate says so, with one of the keys."""
        offices = [office for office, owner in OFFICES.items() if body in (None, owner)]
        office = self.rng.choice(offices)
        person = self.rng.choice([*PEOPLE[:2], self.holders[office], self.holders[office]])
        return signer(person, office, self.rng.choice(self.keys[person, OFFICES[office]]))

    def day(self, before: int = 6, after: int = 0) -> str:
        return (self.today + timedelta(days=self.rng.randint(-before, after))).isoformat()

    def slot(self, *kinds: str) -> str | None:
        found = [slot for slot, (kind, _) in self.kinds.items() if kind in kinds]
        return self.rng.choice(found[-6:]) if found else None

    # -- what is said -----------------------------------------------------------------

    def step(self) -> None:
        if self.rng.random() < 0.4:
            self.today += timedelta(days=self.rng.choice((1, 1, 2)))
        says = (
            self.decide, self.decide, self.decide, self.restate, self.register, self.revoke, self.revoke,
            self.mend_revocation, self.end, self.end, self.mend_end, self.regrant, self.mend_grant,
            self.rotate, self.mend_office, self.mend_body, self.change_registrars, self.succeed,
            self.reaffirm, self.reaffirm, self.reaffirm,
        )  # fmt: skip
        self.rng.choice(says)()

    def decide(self) -> None:
        programme, body = self.rng.choice(list(PROGRAMMES.items()))
        data = {"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}
        people = {"payer": "a", "recipient": "b"}
        by = [self.official(body)]
        if self.rng.random() < 0.2:
            by.append(self.official())
        by = list({one["kid"]: one for one in by}.values())
        self.say("transfer.made", f"programme:{programme}", data | people, by, effective="2025-02-01")

    def restate(self) -> None:
        slot = self.slot("transfer.made")
        if slot is not None:
            stream = self.kinds[slot][1]
            by = [self.official(self.bodies[stream])]
            data = {"measure": "1.1", "year": 2025, "source": "local", "amount": "2.00"}
            people = {"payer": "a", "recipient": "b"}
            said = None if self.rng.random() < 0.2 else data | people
            self.say("transfer.made", stream, said, by, effective="2025-02-01", corrects=slot)

    def register(self) -> None:
        body = self.rng.choice(list(BODIES))
        act = f"act-{self.feed.size}"
        by = [self.official(body)]
        self.say("act.registered", f"body:{body}", ACT_DATA | {"act": act}, by, names=(f"act:{act}",))

    def revoke(self) -> None:
        numbers = sorted({number for named in self.registrars.values() for number in named})
        (_, body), keys = self.rng.choice(list(self.keys.items()))
        stream = self.rng.choice(["root", f"body:{body}"])
        key = self.rng.choice(keys)
        if self.rng.random() < 0.5:
            key = f"registrar {self.rng.choice(numbers)}"
        data = {"kid": key_of(key).public.kid, "cause": "stolen", "note": ""}
        if self.rng.random() < 0.8:
            data["suspect_from"] = self.day(before=15)
        self.say("key.revoked", stream, data, self._managing(stream))

    def mend_revocation(self) -> None:
        slot = self.slot("key.revoked")
        if slot is not None:
            stream = self.kinds[slot][1]
            data = {"kid": self._about(slot)["kid"], "cause": "lost"}
            if self.rng.random() < 0.7:
                data["suspect_from"] = self.day(before=9)
            self.say("key.revoked", stream, data, self._managing(stream), corrects=slot)

    def _about(self, slot: str) -> Payload:
        """The data of a slot's first statement."""
        self.feed.keep()
        index = self.feed.reader.events([slot])[slot]
        data: Payload = self.feed.reader.entries(index, 1)[0].stated().event.data.model_dump(mode="json")
        return data

    def grant(self, office: str, *, start: date, end: str | None, corrects: str | None = None) -> None:
        person = self.rng.choice(PEOPLE[:2])
        data = {"person": person, "office": office, "start": start.isoformat()}
        if end is not None:
            data["end"] = end
        self.holders[office] = person
        stream = f"body:{OFFICES[office]}"
        self.say("mandate.granted", stream, data, self._managing(stream), corrects=corrects)

    def regrant(self) -> None:
        office = self.rng.choice(list(OFFICES))
        end = self.rng.choice([None, self.day(before=0, after=5)])
        self.grant(office, start=self.today - timedelta(days=self.rng.randint(1, 5)), end=end)

    def mend_grant(self) -> None:
        slot = self.slot("mandate.granted")
        if slot is None:
            return
        if self.rng.random() < 0.4:
            stream = self.kinds[slot][1]
            self.say("mandate.granted", stream, None, self._managing(stream), corrects=slot)
            return
        start = self.today - timedelta(days=self.rng.randint(1, 9))
        self.grant(self._about(slot)["office"], start=start, end=None, corrects=slot)

    def end(self) -> None:
        slot = self.slot("mandate.granted")
        if slot is not None:
            stream = self.kinds[slot][1]
            data = {"mandate": slot, "end": self.day(before=5, after=2)}
            self.say("mandate.ended", stream, data, self._managing(stream))

    def mend_end(self) -> None:
        slot = self.slot("mandate.ended")
        if slot is not None:
            stream = self.kinds[slot][1]
            data = {"mandate": self._about(slot)["mandate"], "end": self.day(before=7, after=2)}
            said = None if self.rng.random() < 0.3 else data
            self.say("mandate.ended", stream, said, self._managing(stream), corrects=slot)

    def enrol(self, person: str, body: str) -> None:
        key = key_of(self.keys[person, body][-1]).public
        data = {"person": person, "jwk": key.to_jwk(), "possession": PROOF}
        stream = f"body:{body}"
        self.say("key.enrolled", stream, data, self._managing(stream), names=(f"key:{key.kid}",))

    def rotate(self) -> None:
        (person, body), keys = self.rng.choice(list(self.keys.items()))
        name = f"{person} {len(keys)} {body}"
        key = key_of(name).public
        data = {"kid": key_of(keys[-1]).public.kid, "jwk": key.to_jwk(), "possession": PROOF}
        stream = f"body:{body}"
        self.say("key.rotated", stream, data, self._managing(stream), names=(f"key:{key.kid}",))
        keys.append(name)

    def mend_office(self) -> None:
        slot = self.slot("office.created")
        if slot is not None:
            stream = self.kinds[slot][1]
            data = {"office": self._about(slot)["office"], "name": "y", "kinds": ["act.registered"]}
            self.say("office.created", stream, data, self._managing(stream), corrects=slot)

    def mend_body(self) -> None:
        slot = self.slot("body.opened")
        if slot is not None:
            about = self._about(slot)
            data = {"body": about["body"], "name": "y"}
            if about["parent"] is not None:
                data["parent"] = about["parent"]
            self.say("body.opened", "root", data, self._two("root"), corrects=slot)

    def change_registrars(self) -> None:
        stream = self.rng.choice(["root", "root", "body:council", "body:other"])
        numbers = self.rng.sample(range(1, 8), k=3)
        data = {"registrars": [self._named(number) for number in numbers], "k": 2}
        self.say("registrar.changed", stream, data, self._managing(stream))
        self.registrars[stream] = sorted({*self.registrars.get(stream, ()), *numbers})

    def succeed(self) -> None:
        data = {"body": "department", "successor": self.rng.choice(["council", "other"]), "start": self.day()}
        slot = self.slot("body.succeeded")
        if slot is None:
            self.say("body.succeeded", "root", data, self._two("root"))
        elif self.rng.random() < 0.5:
            said = None if self.rng.random() < 0.4 else data
            self.say("body.succeeded", "root", said, self._two("root"), corrects=slot)

    def reaffirm(self) -> None:
        """Some statements of one stream, by its officials or registrars."""
        stream = self.rng.choice(sorted({stream for _, stream in self.kinds.values()}))
        slots = [slot for slot, (_, where) in self.kinds.items() if where == stream]
        chosen = self.rng.sample(slots, k=min(len(slots), self.rng.choice((1, 3, 8))))
        entries = [{"event": slot, "payload": self.feed.payload_hashes[slot]} for slot in chosen]
        by = self._managing(stream)
        if stream.startswith("programme:") or self.rng.random() < 0.3:
            by = [self.official(self.bodies.get(stream))]
        self.say("entry.reaffirmed", stream, {"entries": entries}, by)
