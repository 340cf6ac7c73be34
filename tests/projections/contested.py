"""Random histories of decisions, acts and doubt, told to a log without the door.

Decisions of two programmes cite acts that are suspended, quashed, restored, repealed, registered anew,
by officials whose keys and mandates are taken from them afterwards, and re-affirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.oracle.model import (
    ActCorrected,
    ActRegistered,
    Corrected,
    StatusChanged,
    StatusCorrected,
    Write,
)
from tests.oracle.model import Entry as Told
from tests.oracle.model import Event as Decided
from tests.projections.suspects import OFFICES, PEOPLE, Payload, Suspects, signer

COUNCIL = "body:council"
DAYS = tuple(date(2025, month, 1).isoformat() for month in range(1, 9))
MEASURES = ("1.1", "1.2", "9", "9")  # the programme is adopted without the last: a cell that may be gone
KEYS = 6
STATUSES = {
    "in-force": True,
    "resumed": True,
    "restored": True,
    "suspended": False,
    "quashed": False,
    "repealed": False,  # said with `stops`
    "published": None,
}  # fmt: skip


class Contested(Suspects):
    """`step` says one more thing at random; acts: their names, each with the slot of its registration."""

    def __post_init__(self) -> None:
        self.acts: dict[str, str] = {}
        self.abouts: dict[str, str] = {}  # a status's slot → the act
        self.cites: dict[str, str | None] = {}  # a decision's slot → the act
        super().__post_init__()

    def _begin(self) -> None:
        super()._begin()
        for person in PEOPLE[:2]:
            for number in range(1, KEYS):
                self.keys[person, "council"].append(f"{person} key {number}")
                self.enrol(person, "council")
        self.register()

    def official(self, body: str | None = None) -> Payload:
        """Mostly who has the mandate, and always of the council: it owns the acts."""
        office = self.rng.choice([office for office, owner in OFFICES.items() if owner == "council"])
        person = self.holders[office] if self.rng.random() < 0.93 else self.rng.choice(PEOPLE[:2])
        return signer(person, office, self.rng.choice(self.keys[person, "council"]))

    def step(self) -> None:
        if self.rng.random() < 0.3:
            self.today += timedelta(days=1)
        says = (
            (self.register, 7), (self.mend_act, 5), (self.decide, 14), (self.restate, 9),
            (self.change_status, 13), (self.mend_status, 9), (self.revoke, 9), (self.mend_revocation, 1),
            (self.end, 3), (self.mend_end, 1), (self.regrant, 3), (self.reaffirm, 2),
        )  # fmt: skip
        self.rng.choices([say for say, _ in says], [weight for _, weight in says])[0]()

    # -- acts -------------------------------------------------------------------------

    def register(self) -> None:
        act = f"act-{len(self.acts)}"
        self.acts[act] = self._say_act(act, names=(f"act:{act}",))

    def mend_act(self) -> None:
        act, slot = self.rng.choice(list(self.acts.items()))
        self._say_act(act, corrects=slot)

    def _say_act(self, act: str, **more: Any) -> str:
        day = self.rng.choice(DAYS[:4])
        order = self.rng.choice((None, 0, 1, 2))
        in_force = self.rng.choices((day, self.rng.choice(DAYS), DAYS[0], None), (5, 2, 4, 2))[0]
        data = {"act": act, "kind": "decision", "date": day, "title": "Рішення", "order": order}
        return self.say("act.registered", COUNCIL, data | {"in_force": in_force}, [self.official()], **more)

    def change_status(self) -> None:
        cited = [act for act in self.cites.values() if act is not None]
        act = self.rng.choice(cited or list(self.acts))
        slot = self.say("act.status_changed", COUNCIL, self._status(act), [self.official()])
        self.abouts[slot] = act

    def mend_status(self) -> None:
        slot = self.slot("act.status_changed")
        if slot is not None:
            said = None if self.rng.random() < 0.4 else self._status(self.abouts[slot])
            self.say("act.status_changed", COUNCIL, said, [self.official()], corrects=slot)

    def _status(self, act: str) -> Payload:
        status = self.rng.choices(list(STATUSES), (2, 2, 4, 6, 6, 2, 1))[0]
        said: Payload = {"act": act, "status": status, "date": DAYS[0]}
        if STATUSES[status] is None:
            return said
        start = self.rng.choice(DAYS[:6])
        later = [day for day in DAYS if day > start]
        end = self.rng.choice(later) if status in ("suspended", "resumed", "repealed") else None
        stops = {"stops": True} if status == "repealed" else {}
        return said | stops | {"start": start, "to": end if self.rng.random() < 0.8 else None}

    # -- decisions ----------------------------------------------------------------------

    def decide(self) -> None:
        act = None if self.rng.random() < 0.15 else self.rng.choice(list(self.acts)[-4:])
        programme = self.rng.choice(("one", "one", "one", "two"))
        slot = self._say_lines(programme, self._lines(), act)
        self.cites[slot] = act

    def restate(self) -> None:
        slot = self.slot("financing.changed")
        if slot is not None:
            programme = self.kinds[slot][1].removeprefix("programme:")
            said = None if self.rng.random() < 0.35 else self._lines()
            self._say_lines(programme, said, self.cites[slot], corrects=slot)

    def _say_lines(
        self, programme: str, lines: Sequence[Payload] | None, act: str | None, **more: Any
    ) -> str:
        data = None if lines is None else {"lines": lines}
        stream, by = f"programme:{programme}", [self.official()]
        return self.say("financing.changed", stream, data, by, act=act, effective=DAYS[0], **more)

    def _lines(self) -> list[Payload]:
        """One to three; an event adds to a cell at most once."""
        lines: list[Payload] = []
        for measure in self.rng.choices(MEASURES, k=self.rng.choice((1, 1, 2, 3))):
            op = self.rng.choices(("set", "add", "unset"), (10, 5, 2))[0]
            if any(line["measure"] == measure and line["op"] == "add" for line in lines):
                op = "set"
            line = {"measure": measure, "year": 2025, "source": "local", "op": op}
            amount = {} if op == "unset" else {"amount": f"{self.rng.randint(1, 9)}.00"}
            lines.append(line | amount | {"since": self.rng.choice(DAYS[:6])})
        return lines

    # -- doubt ----------------------------------------------------------------------------

    def revoke(self) -> None:
        """Mostly an official's key; now and then a registrar's, on which much rests."""
        if self.rng.random() < 0.06:
            super().revoke()
            return
        person = self.rng.choice(PEOPLE[:2])
        key = signer(person, "", self.rng.choice(self.keys[person, "council"]))
        data = {"kid": key["kid"], "cause": "stolen", "suspect_from": self.day(before=12)}
        stream = self.rng.choice(["root", COUNCIL])
        self.say("key.revoked", stream, data, self._managing(stream))

    def reaffirm(self) -> None:
        """Some statements of the acts, or of a programme."""
        stream = self.rng.choice([COUNCIL, COUNCIL, "programme:one", "programme:two"])
        own = ("act.registered", "act.status_changed", "financing.changed", "programme.adopted")
        slots = [slot for slot, (kind, where) in self.kinds.items() if where == stream and kind in own]
        if slots:
            chosen = self.rng.sample(slots, k=min(len(slots), self.rng.choice((1, 2, 4))))
            entries = [{"event": slot, "payload": self.feed.payload_hashes[slot]} for slot in chosen]
            self.say("entry.reaffirmed", stream, {"entries": entries}, [self.official()])


# -- as the oracle reads it -----------------------------------------------------------------


class Abstract:
    """The log of one programme as the oracle knows logs. leaves: the leaf index of each of its entries."""

    def __init__(self, programme: str) -> None:
        self.programme = programme
        self.entries: list[Told] = []
        self.leaves: list[int] = []
        self._slots: dict[str, int] = {}  # slot → index of its first entry

    def take(self, leaf: int, slot: str, event: Any, writes: Sequence[Any]) -> None:
        """The next entry of the log; writes: the cells that the event asserts."""
        entry = self._told(slot, event, writes)
        if entry is not None:
            self._slots.setdefault(slot, len(self.entries))
            self.entries.append(entry)
            self.leaves.append(leaf)

    def _told(self, slot: str, event: Any, writes: Sequence[Any]) -> Told | None:
        of = self._slots.get(slot)
        if event.subject == f"programme:{self.programme}" and event.kind in (
            "financing.changed",
            "programme.adopted",
        ):
            said = tuple(_write(write) for write in writes)
            if of is not None:
                return Corrected(slot, event.id, said if event.data is not None else None)
            return Decided(event.id, event.act.id if event.act is not None else None, said)
        if event.kind == "act.registered":
            data = event.data
            placed = _date(data.date), data.order, _day(data.in_force)
            return ActRegistered(data.act, *placed) if of is None else ActCorrected(of, *placed)
        if event.kind == "act.status_changed":
            return self._status(of, event.data)
        return None

    def _status(self, of: int | None, data: Any) -> Told:
        if data is None:
            assert of is not None
            return StatusCorrected(of, void=True)
        interval = STATUSES[data.status], _day(data.start), _day(data.to)
        return StatusChanged(data.act, *interval) if of is None else StatusCorrected(of, *interval)


def _date(day: str) -> date:
    return date.fromisoformat(day)


def _day(day: str | None) -> date | None:
    return None if day is None else _date(day)


def _write(write: Any) -> Write:
    value = None if write.op == "unset" else write.value if write.op == "add" else str(write.value)
    return Write(write.path, _date(write.since), write.op, value)
