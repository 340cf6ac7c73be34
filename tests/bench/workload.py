"""An invented country's log, the same in every run.

Councils decide about programmes of about 200 cells: financing changes of one to four
lines under acts of one to a dozen events, reports, corrections (5 %), acts suspended and resumed, quashed
and restored (1 %); 10 % of the changes hold from an earlier day, 10 % from a later one. The
generator knows what the door will ask, and acknowledges exactly that.

Every event is signed (Ed25519) and goes through the real appender: there is no fast path.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson

from ledger.canonical import dumps
from ledger.envelope import prove_possession, sign_payload
from ledger.ids import body_stream, programme_stream
from ledger.keys import PrivateKey
from ledger.kinds import KINDS
from ledger.timeline import Rank
from ledger.values import period_end

Payload = dict[str, Any]

ORIGIN = "bench.example/pledger"
IAT = 1_767_225_600  # 2026-01-01
FIRST_DAY = date(2024, 1, 1)
DAYS = 3 * 365
YEARS = (2024, 2025, 2026)
SOURCES = ("local", "oblast")
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
PERIODS = tuple(
    f"{year}{part}"
    for year in YEARS
    for part in ("", "-H1", "-H2", *(f"-Q{n}" for n in range(1, 5)), *(f"-{n:02}" for n in range(1, 13)))
)
OFFICE_KINDS = tuple(sorted(name for name, kind in KINDS.items() if kind.by_office))
REASON = "На виконання рішення сесії та з урахуванням висновку постійної комісії"

HOT = "hot"
HOT_PATH = "/financing/1.1/2024/local"
COOL_PATH = "/financing/1.2/2024/local"
HOT_DAYS = 400  # as many lines as one envelope holds
HOT_LAST_DAY = "2150-01-01"

QUASHING, SUSPENDING = ("quashed", "restored"), ("suspended", "resumed")
QUASHED = 3  # of acts whose status changes every so-many-th is quashed, the others are suspended
CORRECTED = 0.0635  # 5 % of all events: what comes before it in the order of chances takes its part


@dataclass(frozen=True)
class Scale:
    """How much there is of everything. measures: of an ordinary programme, 208 cells in all."""

    councils: int = 10
    programmes: int = 10  # of each council
    measures: int = 6
    wide: int = 20  # programmes that timed appends write to, each cell once
    wide_measures: int = 30
    hot_versions: int = 10_000


@dataclass
class Council:
    """A council, its secretary's key, and its acts: (id, date, order).

    stopped: acts that do not count now → the status by which they would again.
    """

    name: str
    key: PrivateKey
    acts: list[tuple[str, str, int]] = field(default_factory=list)
    cited: int = 0
    stopped: dict[str, str] = field(default_factory=dict)
    programmes: list[ProgrammeSoFar] = field(default_factory=list)

    def signer(self) -> Payload:
        return {"kid": self.key.public.kid, "person": f"p-{self.name}", "office": f"secretary-{self.name}"}


@dataclass
class ProgrammeSoFar:
    """What the generator must know of a programme to foresee what the door asks."""

    name: str
    council: Council
    measures: tuple[str, ...]
    cells: dict[str, list[tuple[Rank, str]]] = field(default_factory=dict)
    changes: list[Payload] = field(default_factory=list)  # financing changes that may be corrected

    def write(self, path: str, rank: Rank, slot: str) -> bool:
        """Note a write; True if another slot's write ranks after it."""
        row = self.cells.setdefault(path, [])
        later = any(other > rank and whose != slot for other, whose in row)
        if (rank, slot) not in row:
            row.append((rank, slot))
        return later


def key_of(name: str) -> PrivateKey:
    return PrivateKey.from_seed(hashlib.sha256(f"a bench key of {name}".encode()).digest())


class Workload:
    """Yields envelopes (JSON bytes, as they are posted) in the order of the log."""

    def __init__(self, log_key: str, scale: Scale | None = None, *, seed: int = 7) -> None:
        self.scale = scale or Scale()
        self.position = 0  # the leaf index of the next envelope
        self.signed = 0
        self._random = random.Random(seed)
        self._registrar = key_of("registrar")
        self._opening: Payload = {
            "origin": ORIGIN,
            "nonce": "6b" * 32,
            "log_key": log_key,
            "registrars": [{"person": "p-0", "name": "Реєстратор", "jwk": self._registrar.public.to_jwk()}],
            "k": 1,
            "zone": "Europe/Kyiv",
        }
        self.name = {"origin": ORIGIN, "genesis": hashlib.sha256(dumps(self._opening)).hexdigest()}
        self.councils = [Council(f"c{n}", key_of(f"c{n}")) for n in range(self.scale.councils)]
        self.wide = Council("wide", key_of("wide"))
        for council in self.councils:
            measures = tuple(f"1.{n + 1}" for n in range(self.scale.measures))
            council.programmes = [
                ProgrammeSoFar(f"{council.name}-p{n}", council, measures)
                for n in range(self.scale.programmes)
            ]
        measures = tuple(f"1.{n + 1}" for n in range(self.scale.wide_measures))
        self.wide.programmes = [
            ProgrammeSoFar(f"wide-p{n}", self.wide, measures) for n in range(self.scale.wide)
        ]
        self.wide.programmes.append(ProgrammeSoFar(HOT, self.wide, ("1.1", "1.2")))
        self._decided = range(0)  # the leaf indexes of the years of decisions
        self._stock: Iterator[tuple[str, str, Payload, Payload]] | None = None

    @property
    def ordinary(self) -> list[ProgrammeSoFar]:
        return [programme for council in self.councils for programme in council.programmes]

    @property
    def trust(self) -> dict[str, str]:
        """The trust file of this ledger."""
        return {**self.name, "log_key": self._opening["log_key"]}

    def envelopes(self, count: int) -> Iterator[bytes]:
        """The first `count` entries: registry, programmes, the hot cell, then years of decisions."""
        for envelope in self._all(count):
            self.position += 1
            yield envelope
            if self.position == count:
                return

    def _all(self, count: int) -> Iterator[bytes]:
        yield from self._registry()
        for council in (*self.councils, self.wide):
            yield self._act(council, "2023-12-20")
            for programme in council.programmes:
                yield self._adoption(programme)
        yield from self._hot_cell()
        self._decided = range(self.position, count)
        while True:
            yield self._next(self.day_of(self.position))

    def day_of(self, position: int) -> date:
        """The invented day on which an entry (leaf index) is stated; before the decisions the first."""
        passed = max(0, position - self._decided.start) * DAYS // max(1, len(self._decided))
        return FIRST_DAY + timedelta(days=passed)

    # -- signing -----------------------------------------------------------------------

    def _event(
        self, kind: str, subject: str, data: Payload, council: Council | None, **members: Any
    ) -> tuple[Payload, bytes]:
        """An event's members and its envelope; signed by the council's secretary or the registrar."""
        self.signed += 1
        key = council.key if council is not None else self._registrar
        registrar = {"kid": key.public.kid, "person": "p-0", "office": "registrar"}
        payload = {
            "id": str(UUID(int=IAT * 1000 << 80 | 0x7 << 76 | 0b10 << 62 | self.signed)),
            "ledger": self.name,
            "kind": kind,
            "schema": KINDS[kind].schema,
            "subject": subject,
            "signers": [council.signer() if council is not None else registrar],
            "seen": self.position,
            "submit_before": "2100-01-01T00:00:00Z",
            "data": data,
            **members,
        }
        return payload, orjson.dumps(sign_payload(dumps(payload), [key], iat=IAT))

    # -- the registry and the programmes -------------------------------------------------

    def _registry(self) -> Iterator[bytes]:
        yield self._event("ledger.opened", "root", self._opening, None)[1]
        for council in (*self.councils, self.wide):
            person, office = f"p-{council.name}", f"secretary-{council.name}"
            proof = prove_possession(council.key, ledger=self.name, person=person, iat=IAT)
            subject = body_stream(council.name)
            said: list[tuple[str, str, Payload]] = [
                ("person.registered", "root", {"person": person, "name": f"Секретар {council.name}"}),
                ("body.opened", "root", {"body": council.name, "name": f"Рада {council.name}"}),
                (
                    "office.created",
                    subject,
                    {"office": office, "name": "Секретар", "kinds": list(OFFICE_KINDS)},
                ),
                (
                    "mandate.granted",
                    subject,
                    {"person": person, "office": office, "start": "2020-01-01", "order": ""},
                ),
                (
                    "key.enrolled",
                    subject,
                    {"person": person, "jwk": council.key.public.to_jwk(), "possession": proof},
                ),
            ]
            for kind, stream, data in said:
                yield self._event(kind, stream, data, None)[1]

    def _act(self, council: Council, day: str) -> bytes:
        number = len(council.acts) + 1
        act = f"{council.name}-{number}"
        council.acts.append((act, day, number % 10_000))
        council.cited = 0
        data = {
            "act": act,
            "kind": "decision",
            "number": str(number),
            "date": day,
            "order": number % 10_000,
            "title": "Про внесення змін до програми інформатизації громади",
            "points": ["1", "2", "3"],
            "in_force": day,
        }
        return self._event("act.registered", body_stream(council.name), data, council)[1]

    def _adoption(self, programme: ProgrammeSoFar) -> bytes:
        measures = programme.measures
        data: Payload = {
            "programme": programme.name,
            "title": f"Програма інформатизації {programme.name}",
            "body": programme.council.name,
            "currency": "UAH",
            "term": {"from": YEARS[0], "to": YEARS[-1]},
            "sources": [
                {"id": "local", "name": "місцевий бюджет"},
                {"id": "oblast", "name": "обласний бюджет"},
            ],
            "tree": [
                {"id": "1", "level": "task", "title": "Завдання"},
                *(
                    {"id": m, "level": "measure", "parent": "1", "title": f"Захід {m} програми"}
                    for m in measures
                ),
            ],
            "indicators": [
                {
                    "id": m,
                    "measure": m,
                    "name": f"Показник {m}",
                    "kind": "flow",
                    "unit": "одиниць",
                    "base": "0",
                    "targets": {str(year): "10" for year in YEARS},
                }
                for m in measures
            ],
            "financing": [
                {"measure": m, "year": year, "source": source, "amount": "1000.00"}
                for m in measures
                for year in YEARS
                for source in SOURCES
            ],
        }
        act, day, order = programme.council.acts[0]
        payload, envelope = self._event(
            "programme.adopted",
            programme_stream(programme.name),
            data,
            programme.council,
            act={"id": act, "point": "1"},
            effective="2024-01-01",
        )
        for m in measures:
            for year in YEARS:
                for source in SOURCES:
                    rank = ("2024-01-01", day, order, self.position, 0)
                    programme.write(f"/financing/{m}/{year}/{source}", rank, payload["id"])
        return envelope

    def _hot_cell(self) -> Iterator[bytes]:
        """A cell with as many versions as the scale says, each from a day of its own."""
        act = {"id": self.wide.acts[0][0], "point": "2"}
        first = FIRST_DAY + timedelta(days=1)
        for start in range(0, self.scale.hot_versions, HOT_DAYS):
            days = [first + timedelta(days=n) for n in range(start, start + HOT_DAYS)]
            lines = [
                {"measure": "1.1", "year": 2024, "source": "local", "op": "set", "amount": f"{n}.00"}
                | {"since": day.isoformat()}
                for n, day in enumerate(days, start)
            ]
            yield self._event(
                "financing.changed",
                programme_stream(HOT),
                {"lines": lines},
                self.wide,
                act=act,
                effective=days[0].isoformat(),
            )[1]
        lines = [
            {"measure": "1.2", "year": 2024, "source": "local", "op": "set", "amount": f"{n}.00"}
            | {"since": (first + timedelta(days=n)).isoformat()}
            for n in range(10)
        ]
        yield self._event(
            "financing.changed",
            programme_stream(HOT),
            {"lines": lines},
            self.wide,
            act=act,
            effective=first.isoformat(),
        )[1]

    def financing(self, programme: ProgrammeSoFar, lines: list[Payload], day: str) -> bytes:
        """A change beside the log's course, by the council's last act. The generator does not foresee it."""
        council = programme.council
        act = {"id": council.acts[-1][0], "point": "1"}
        subject = programme_stream(programme.name)
        return self._event("financing.changed", subject, {"lines": lines}, council, act=act, effective=day)[1]

    # -- years of decisions --------------------------------------------------------------

    def _next(self, day: date) -> bytes:
        council = self._random.choice(self.councils)
        chance = self._random.random()
        if council.cited >= 10:
            return self._act(council, day.isoformat())
        if chance < 0.01 and len(council.acts) > 1:
            return self._status(council, day.isoformat(), again=chance < 0.004)
        programme = self._random.choice(council.programmes)
        if chance < CORRECTED and programme.changes:
            return self._correction(programme)
        if chance < 0.65:
            return self._change(programme, day)
        return self._report(programme)

    def _status(self, council: Council, day: str, *, again: bool) -> bytes:
        """Suspend one of the last acts, or quash it from its first day; again: let a stopped one count."""
        if again and council.stopped:
            act = self._random.choice(sorted(council.stopped))
        else:
            act = self._random.choice(council.acts[1:][-30:])[0]
        _, in_force, order = next(known for known in reversed(council.acts) if known[0] == act)
        status = council.stopped.pop(act, None)
        if status is None:
            status, lifted_by = QUASHING if order % QUASHED == 0 else SUSPENDING
            council.stopped[act] = lifted_by
        start = in_force if status in QUASHING else day
        data = {"act": act, "status": status, "date": day, "start": start}
        return self._event("act.status_changed", body_stream(council.name), data, council)[1]

    def _change(self, programme: ProgrammeSoFar, day: date) -> bytes:
        council = programme.council
        council.cited += 1
        chance = self._random.random()
        moved = timedelta(days=-60 if chance < 0.1 else 180 if chance < 0.2 else 0)
        effective = max(FIRST_DAY, day + moved).isoformat()
        cells = [(m, year, source) for m in programme.measures for year in YEARS for source in SOURCES]
        lines = [
            {"measure": m, "year": year, "source": source, "op": "set", "amount": self._amount()}
            for m, year, source in self._random.sample(cells, self._random.randint(1, 4))
        ]
        act, act_day, order = council.acts[-1]
        payload, envelope = self._foreseen(
            programme,
            "financing.changed",
            {"lines": lines},
            [(_cell(line), effective, act_day, order) for line in lines],
            act={"id": act, "point": "1"},
            effective=effective,
            reason=REASON,
        )
        payload["place"] = (self.position, act_day, order)
        programme.changes = [*programme.changes[-20:], payload]
        return envelope

    def _correction(self, programme: ProgrammeSoFar) -> bytes:
        """Another amount in one line of a recent change."""
        old = programme.changes.pop(self._random.randrange(len(programme.changes)))
        slot = old.get("relations", {}).get("corrects", {}).get("event", old["id"])
        index, act_day, order = old.pop("place")
        lines = [dict(line) for line in old["data"]["lines"]]
        lines[0]["amount"] = self._amount()
        payload, envelope = self._foreseen(
            programme,
            "financing.changed",
            {"lines": lines},
            [(_cell(line), old["effective"], act_day, order) for line in lines],
            index=index,
            slot=slot,
            act=old["act"],
            effective=old["effective"],
            reason="Виправлено помилку введення",
            relations={"corrects": {"event": slot, "payload": hashlib.sha256(dumps(old)).hexdigest()}},
        )
        payload["place"] = (index, act_day, order)
        programme.changes.append(payload)
        return envelope

    def _report(self, programme: ProgrammeSoFar) -> bytes:
        measure, quarter = self._random.choice(programme.measures), self._random.choice(QUARTERS)
        kind = self._random.choice(("progress.reported", "actual.reported", "spending.reported"))
        since = period_end(quarter)
        if kind == "progress.reported":
            data: Payload = {"measure": measure, "period": quarter, "status": "in-progress", "note": REASON}
            paths = [f"/progress/{measure}/{quarter}"]
        elif kind == "actual.reported":
            data = {"indicator": measure, "period": quarter, "accumulation": "period"}
            data["value"] = str(self._random.randint(0, 99))
            paths = [f"/actuals/{measure}/{quarter}/period"]
        else:
            lines = [
                {"measure": measure, "year": 2025, "source": source, "amount": self._amount()}
                for source in SOURCES
            ]
            data = {"phase": "paid", "period": quarter, "accumulation": "period", "lines": lines}
            paths = [f"/paid/{measure}/2025/{source}/{quarter}/period" for source in SOURCES]
        return self._foreseen(programme, kind, data, [(path, since, since, 0) for path in paths])[1]

    def _foreseen(
        self,
        programme: ProgrammeSoFar,
        kind: str,
        data: Payload,
        writes: list[tuple[str, str, str, int]],
        *,
        index: int | None = None,
        slot: str | None = None,
        **members: Any,
    ) -> tuple[Payload, bytes]:
        """An event that acknowledges later decisions exactly when its writes rank below some.

        writes: (path, from, act date, act order); index, slot: of the event that it corrects.
        """
        own = slot or str(UUID(int=IAT * 1000 << 80 | 0x7 << 76 | 0b10 << 62 | self.signed + 1))
        place = self.position if index is None else index
        later = [
            programme.write(path, (since, act_day, order, place, line), own)
            for line, (path, since, act_day, order) in enumerate(writes)
        ]
        if any(later):
            members["acknowledges"] = ["later-decisions"]
        return self._event(kind, programme_stream(programme.name), data, programme.council, **members)

    def _amount(self) -> str:
        return f"{self._random.randint(1, 10_000_000)}.{self._random.randint(0, 99):02}"

    # -- what timed appends submit -------------------------------------------------------

    def fresh(self, count: int) -> list[bytes]:
        """Envelopes that may be appended in any order: each writes a cell that no other does.

        Half are reports of progress, a third actual values, the rest financing changes
        under an act.
        """
        if self._stock is None:
            self._stock = self._fresh_events()
        made = []
        for _ in range(count):
            programme, kind, data, members = next(self._stock)
            made.append(self._event(kind, programme_stream(programme), data, self.wide, **members)[1])
        return made

    def reports(self, count: int) -> list[bytes]:
        """As `fresh`, for ever: reports of progress that follow earlier ones of the same cells."""
        names = [programme.name for programme in self.wide.programmes if programme.name != HOT]
        measures = self.wide.programmes[0].measures
        made = []
        for _ in range(count):
            turn, name = divmod(self.signed, len(names))
            turn, measure = divmod(turn, len(measures))
            data = _progress(measures[measure], PERIODS[turn % len(PERIODS)])
            made.append(self._event("progress.reported", programme_stream(names[name]), data, self.wide)[1])
        return made

    def _fresh_events(self) -> Iterator[tuple[str, str, Payload, Payload]]:
        act = {"id": self.wide.acts[0][0], "point": "3"}
        programmes = [programme.name for programme in self.wide.programmes if programme.name != HOT]
        measures = self.wide.programmes[0].measures
        cells = [(m, year, source) for m in measures for year in YEARS for source in SOURCES]
        reports = [(m, period) for m in measures for period in PERIODS]
        for turn, (m, period) in enumerate(reports):
            for name in programmes:
                yield name, "progress.reported", _progress(m, period), {}
            for name in programmes:
                actual = {"indicator": m, "period": period, "accumulation": "ytd", "value": "5"}
                yield name, "actual.reported", actual, {}
            if turn < len(cells):
                for name in programmes:
                    measure, year, source = cells[turn]
                    line = {"measure": measure, "year": year, "source": source}
                    data = {"lines": [line | {"op": "set", "amount": "1500.00"}]}
                    yield name, "financing.changed", data, {"act": act, "effective": "2025-06-01"}


def _progress(measure: str, period: str) -> Payload:
    return {"measure": measure, "period": period, "status": "done", "note": REASON}


def _cell(line: Payload) -> str:
    return f"/financing/{line['measure']}/{line['year']}/{line['source']}"
