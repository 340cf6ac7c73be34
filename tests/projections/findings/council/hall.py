"""The council's ledger: officials, policies, and deeds that are stated day by day through the real door.

The ledger is opened in November, before the first year; each event is recorded on the day of its deed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.canonical import dumps
from ledger.door import NeedsAcknowledgement
from ledger.envelope import Envelope
from ledger.errors import Refusal
from ledger.ids import programme_stream
from tests.projections.findings.council.deeds import Deed, Line, Payload, Script
from tests.support.clock import FrozenClock, utc
from tests.support.council import CHAIR, MAYOR, asks, enacts, policy
from tests.support.people import COUNCIL, OFFICE_KINDS, REGISTRARS, SECRETARY, Official, key_of
from tests.support.town import COUNCIL_STREAM, TestLedger, sign_as

Step = tuple[bool, Deed]  # is it submitted, or only signed?
OPENED = "2025-11-03"
YEARS = (2026, 2027, 2028)
SESSION = {"amount": "50000.00", "days": 60}
ENACTED = ("financing.changed", "programme.amended")
HOLIDAYS = [f"{year}-{day}" for year in (2025, *YEARS, 2029) for day in ("01-01", "03-08", "08-24", "12-25")]
DEADLINES = [
    {
        "kinds": ["actual.reported", "spending.reported"],
        "period": "quarter",
        "months": 1,
        "day": 20,
        "shift": "next",
    },
    {"kinds": ["progress.reported"], "period": "year", "months": 1, "day": 31, "shift": "next"},
]


def head_of(number: int, turn: int = 0) -> Official:
    """Who leads a programme; turn: the first, the second and so on in that office."""
    who = f"p-head-{number}-{turn}"
    return Official(who, f"head-{number}", COUNCIL, key_of(who), OFFICE_KINDS)


def executor_of(number: int, turn: int = 0) -> Official:
    """Who reports about a programme."""
    who = f"p-executor-{number}-{turn}"
    return Official(who, f"executor-{number}", COUNCIL, key_of(who), OFFICE_KINDS)


@dataclass
class Stage:
    """What has come of one programme's deeds.

    cast: role → who has it now. slots: deed → the slot's first event. recorded: the deeds in order.
    held: what each line has now, by family. paid: what each line has paid since January. said: what proposals
    asked for.
    """

    hall: Hall
    script: Script
    cast: dict[str, Official]
    slots: dict[str, str] = field(default_factory=dict)
    recorded: list[Deed] = field(default_factory=list)
    held: dict[tuple[str, Line, int], Decimal] = field(default_factory=dict)
    paid: dict[tuple[Line, int], Decimal] = field(default_factory=dict)
    said: dict[str, Payload] = field(default_factory=dict)

    @property
    def position(self) -> int:
        return self.hall.town.position


class Hall:
    """The council's ledger on disk. `play` states what scripts say, in the order of their days.

    positions: day → the number of entries at its end.
    """

    def __init__(self, path: Path, scripts: Sequence[Script]) -> None:
        self.town = TestLedger.opened(path, clock=FrozenClock(utc(f"{OPENED}T07:00:00")))
        self.stages = {one.programme: Stage(self, one, self._cast(one.number)) for one in scripts}
        self.positions: dict[str, int] = {}
        self._prepared: dict[tuple[str, str], Envelope] = {}
        self._enrol([MAYOR, CHAIR])
        for stage in self.stages.values():
            self._enrol([stage.cast["head"], stage.cast["executor"]])
        self._adopt_policies()

    def __enter__(self) -> Hall:
        return self

    def __exit__(self, *_: object) -> None:
        self.town.close()

    @staticmethod
    def _cast(number: int) -> dict[str, Official]:
        roles = {"secretary": SECRETARY, "mayor": MAYOR, "chair": CHAIR}
        return roles | {"head": head_of(number), "executor": executor_of(number)}

    def _enrol(self, officials: Iterable[Official]) -> None:
        said: list[tuple[str, str, Payload]] = []
        for one in officials:
            said.append(("person.registered", "root", {"person": one.person, "name": f"Особа {one.person}"}))
            said.extend(self.town.enrolment(one, start=OPENED))
        payloads = [self.town.payload(kind, subject, data) for kind, subject, data in said]
        for payload in payloads:
            if payload["kind"] == "mandate.granted":
                self.town.ids[f"mandate {payload['data']['office']}"] = payload["id"]
        self.town.submit_all([self.town.signed(payload) for payload in payloads])

    def _adopt_policies(self) -> None:
        rule = asks(CHAIR, MAYOR, kinds=ENACTED, needed=1, shortfall="acknowledge")
        common = policy(
            "order",
            OPENED,
            rules=[rule],
            deadlines=DEADLINES,
            calendar={"holidays": HOLIDAYS},
            session=SESSION,
            publication={"acts": {"days": 5}, "datasets": {"days": 3}},
        )
        self.town.submit("policy.set", COUNCIL_STREAM, common)
        for stage in self.stages.values():
            script, office = stage.script, stage.cast["executor"].office
            whose = {"items": sorted({line.measure for line in script.lines}), "office": office}
            said = policy(f"executor-{script.number}", OPENED, executors=[whose], programme=script.programme)
            self.town.submit("policy.set", COUNCIL_STREAM, said)

    # -- days -----------------------------------------------------------------------

    def play(self) -> None:
        """State everything. Raises Refusal or NeedsAcknowledgement where a script does not foresee it."""
        days: dict[str, list[tuple[Stage, list[Step]]]] = {}
        for stage in self.stages.values():
            for day, steps in _steps(stage.script).items():
                days.setdefault(day, []).append((stage, steps))
        for day in sorted(days):
            self.town.clock.set(utc(f"{day}T08:00:00"))
            for turn in range(max(len(steps) for _, steps in days[day])):
                self._together([(stage, steps[turn]) for stage, steps in days[day] if turn < len(steps)])
            self.positions[day] = self.town.position

    def _together(self, steps: Iterable[tuple[Stage, Step]]) -> None:
        """One step of each programme: signed one by one, and then committed together."""
        waiting = []
        for stage, (submitted, deed) in steps:
            place = stage.script.programme, deed.name
            envelope = self._prepared.pop(place, None) or self._envelope(stage, deed)
            if submitted:
                waiting.append((stage, deed, envelope, self.town.ledger.submit([envelope])))
            else:
                self._prepared[place] = envelope
        for stage, deed, envelope, future in waiting:
            try:
                receipt = future.result()[0]
            except (Refusal, NeedsAcknowledgement) as turned_down:
                turned_down.add_note(f"{stage.script.programme}, {deed.day}: {deed.name}")
                raise
            self._recorded(stage, deed, envelope, receipt.event)

    def known(self, day: str) -> int:
        """The number of entries at the end of a day."""
        return self.positions[max(one for one in self.positions if one <= day)]

    def _recorded(self, stage: Stage, deed: Deed, envelope: Envelope, event: str) -> None:
        slot = stage.slots[deed.corrects] if deed.corrects else event
        self.town.statements[slot] = sha256(envelope.payload).hexdigest()
        self.town.recorded[event] = envelope
        stage.slots[deed.name] = slot
        stage.recorded.append(deed)
        if deed.then is not None:
            deed.then(stage)

    def _envelope(self, stage: Stage, deed: Deed) -> Envelope:
        data = deed.data(stage) if callable(deed.data) else deed.data
        members: dict[str, Any] = dict(deed.members)
        if deed.corrects:
            members["corrects"] = stage.slots[deed.corrects]
        if deed.enacts:
            members["relations"] = enacts(stage.slots[deed.enacts])
        by = REGISTRARS[:2] if deed.by == "registrars" else (stage.cast[deed.by],)
        subject = deed.subject or programme_stream(stage.script.programme)
        payload = self.town.payload(deed.kind, subject, data, by=by, **members)
        if not deed.claims:
            return self.town.signed(payload)
        iat = int(utc(f"{deed.claims}T08:00:00").timestamp())
        return sign_as(dumps(payload), [(one.key, one.key.alg) for one in by], iat=iat)


def _steps(script: Script) -> dict[str, list[Step]]:
    """By day, what is signed and what is submitted, in the order of the script."""
    days: dict[str, list[Step]] = {}
    for deed in script.deeds.values():
        if deed.signed:
            days.setdefault(deed.signed, []).insert(0, (False, deed))
    for deed in script.deeds.values():
        days.setdefault(deed.day, []).append((True, deed))
    return days
