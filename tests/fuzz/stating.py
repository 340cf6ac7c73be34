"""Events that a town's people might sign: data of any kind, right or wrong in any place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from ledger.heads import heads_root
from ledger.kinds import KINDS, Kind
from tests.fuzz.bending import bent, nudged
from tests.fuzz.of_schema import Values
from tests.fuzz.words import Words
from tests.ledger.refusals.treasury import CONCLUSION, DATASET, EXTRACT, EXTRACT_LINE, FINDING, MAPPED
from tests.support import service
from tests.support.council import (
    CHAIR,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    NEW_REGISTRARS,
    NEWCOMER,
    TREASURER,
    asks,
    content_of,
    council_town,
    endorse,
    named,
    policy,
    propose,
    revocation,
    rotation_of,
)
from tests.support.log_keys import rotation
from tests.support.people import (
    COMMISSION,
    COUNCIL,
    FINANCE,
    FOREIGN,
    MACHINE,
    REGISTRARS,
    SECRETARY,
    STRANGER,
    key_of,
)
from tests.support.story import ACTUAL, CLOSED, FOREIGN_STREAM, OTHER_PROGRAMME, SECOND_ACT, TRANSFER
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    Payload,
    TestLedger,
    line,
    lines,
)

NAMES = tuple(sorted(KINDS))
PROPOSABLE = tuple(sorted(name for name, kind in KINDS.items() if kind.proposable))
BODY_STREAMS = (COUNCIL_STREAM, DISTRICT_STREAM, f"body:{FINANCE}", f"body:{COMMISSION}", FOREIGN_STREAM)
SUBJECTS = {
    "root": ("root",),
    "trust": ("trust",),
    "body": (COUNCIL_STREAM, COUNCIL_STREAM, COUNCIL_STREAM, *BODY_STREAMS, "body:nowhere"),
    "programme": (PROGRAMME, PROGRAMME, PROGRAMME, OTHER_PROGRAMME, OTHER_PROGRAMME, CLOSED, "programme:new"),
}
OFFICIALS = (SECRETARY, MAYOR, CHAIR, TREASURER, STRANGER)
SPARE = SECRETARY.using(key_of("a spare key of the secretary"))

# What holds a key or a checkpoint is right only if somebody made it so.
MADE: dict[str, Callable[[TestLedger], list[Payload]]] = {
    "key.enrolled": lambda town: [town.key_data(NEWCOMER), town.key_data(SPARE)],
    "key.rotated": lambda town: [rotation_of(town, CHAIR, SPARE), rotation_of(town, MAYOR, NEWCOMER)],
    "registrar.changed": lambda town: [
        named(town, *REGISTRARS, k=2),
        named(town, *NEW_REGISTRARS, k=3),
        named(town, *DISTRICT_REGISTRARS, k=1),
    ],
    "body.opened": lambda town: [
        {"body": "new", "name": "Новий", "parent": "town-council"},
        {"body": "new-2", "name": "Новий", **named(town, *NEW_REGISTRARS, k=2)},
    ],
    "service_key.enrolled": lambda town: [service.key_data(town)],
    "log_key.rotated": lambda town: [rotation(town)],
    "ledger.heads": lambda town: [service.heads(town)],
    "checkpoint.witnessed": lambda town: [service.witnessed(town)],
    "timestamp.anchored": lambda town: [service.anchored(town)],
    "ledger.opened": lambda town: [town.opening],
    "policy.set": lambda town: [
        policy("consent", rules=[asks(MAYOR, CHAIR)]),
        policy("consent", rules=[asks(MAYOR, shortfall="record")], lapse_days=1),
        policy("lapse", executors=[{"items": ["1"], "office": "council-secretary"}]),
        policy("publish", publication={"datasets": {"days": 3}}),
    ],
    "change.proposed": lambda town: [
        {"change": {"kind": name, "schema": KINDS[name].schema, "effective": "2025-03-01", "data": data}}
        for name, data in (
            ("financing.changed", lines("7.00")),
            ("appropriation.set", lines("8.00")),
            ("programme.amended", AMENDED),
        )
    ],
    "programme.amended": lambda town: [AMENDED, {"removed": ["/tree/1.2/title"]}],
    "appropriation.set": lambda town: [lines("100.00"), lines(line("1.00", op="add", measure="1.2"))],
    "financing.changed": lambda town: [
        lines("100.00"),
        lines(line("1.00", op="add"), line("2.00", year=2026)),
    ],
    "spending.reported": lambda town: [
        {"phase": phase, "period": "2025-Q1", "accumulation": "period", "lines": [SPENT]}
        for phase in ("commitment", "paid", "incurred", "payable")
    ],
    "schedule.changed": lambda town: [lines("90.00"), lines(line("1.00", op="add", measure="1.2"))],
    "treasury.imported": lambda town: [
        EXTRACT,
        EXTRACT | {"day": "2025-09-01", "lines": [EXTRACT_LINE | {"paid": "26.00"}]},
    ],
    "allocation.mapped": lambda town: [
        {"lines": [MAPPED, MAPPED | {"measure": "1.2"}]},
        {"lines": [{name: value for name, value in MAPPED.items() if name != "share"} | {"op": "unset"}]},
    ],
    "finding.accepted": lambda town: [FINDING, FINDING | {"finding": f"FIN-OVER:{LINE_CELL}"}],
    "evaluation.concluded": lambda town: [CONCLUSION],
    "dataset.published": lambda town: [DATASET],
    "progress.reported": lambda town: [{"measure": "1.1", "period": "2025-03", "status": "done"}],
    "person.registered": lambda town: [{"person": f"p-fresh-{n}", "name": "Особа"} for n in range(9)],
    "office.created": lambda town: [
        {"office": f"fresh-{n}", "name": "Посада", "kinds": ["financing.changed"]} for n in range(9)
    ],
    "mandate.granted": lambda town: [
        {"person": "p-secretary", "office": "mayor", "start": "2025-09-01", "acting": True},
        {"person": "p-newcomer", "office": "council-secretary", "start": "2026-01-01", "end": "2026-02-01"},
    ],
    "body.succeeded": lambda town: [
        {"body": FINANCE, "successor": COMMISSION, "start": "2026-01-01"},
        {"body": COUNCIL, "successor": FOREIGN, "start": "2025-09-01"},
    ],
    "key.revoked": lambda town: [
        revocation(one.key.public, since)
        for one in (MAYOR, CHAIR, SECRETARY)
        for since in (None, "2025-09-01")
    ],
    "act.registered": lambda town: [ACT_DATA | {"act": f"fresh-{n}"} for n in range(9)],
    "act.status_changed": lambda town: [
        {"act": act, "status": status, "date": "2025-03-13", "start": "2025-03-13"}
        for act in (ACT, SECOND_ACT)
        for status in ("suspended", "resumed", "repealed")
    ],
    "observation.made": lambda town: [
        {"about": {"cell": LINE_CELL}, "text": "Чому?"},
        {"about": {"finding": "DOC-DATE:decision"}, "text": "Чому?"},
    ],
    "programme.adopted": lambda town: [PROGRAMME_DATA],
    "programme.closed": lambda town: [{"outcome": "completed"}],
    "transfer.made": lambda town: [TRANSFER],
    "transfer.returned": lambda town: [SPENT | {"transfer": town.ids["transfer"]}],
    "actual.reported": lambda town: [ACTUAL, {**ACTUAL, "indicator": "i-2", "value": "Так"}],
    "report.accepted": lambda town: [{"report": town.ids["actual"]}],
    "report.returned": lambda town: [{"report": town.ids["actual"], "note": "Чому?"}],
}
SPENT: Payload = {"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}
AMENDED: Payload = {
    "financing": [{"measure": "1.1", "year": 2026, "source": "local", "amount": "3.00"}],
    "indicators": [{"id": "i-1", "targets": {"2025": "4"}}],
}


def told_town(path: Path) -> TestLedger:
    """The council's town with a service key and something of each kind to speak about; closed."""
    with council_town(path) as town:
        service.enrol(town)
        endorse(town, propose(town, lines("170.00")), MAYOR)
        town.submit("observation.made", PROGRAMME, {"about": {"cell": LINE_CELL}, "text": "Чому?"}, by=MAYOR)
        town.submit("policy.set", COUNCIL_STREAM, policy("lapse", lapse_days=3))
    return town


class Speaker:
    """Draws events for a town as told_town made it. templates: data by kind that it took before."""

    def __init__(self, town: TestLedger) -> None:
        self.town, self.words = town, Words(town)
        self._values: dict[str, Values] = {}
        self.templates: dict[str, list[Payload]] = {name: [kind.example] for name, kind in KINDS.items()}
        for name, made in MADE.items():
            self.templates[name] = made(town)
        for envelope in town.recorded.values():
            self.learn(orjson.loads(envelope.payload))

    def learn(self, payload: Payload) -> None:
        if payload["data"] is not None:
            self.templates[payload["kind"]].append(payload["data"])

    def data(self, draw: st.DrawFn, kind: Kind) -> Any:
        """What the kind's schema lets in, what was taken before, or that with a few places bent."""
        if kind.name not in self._values:
            self._values[kind.name] = Values(kind.data.model_json_schema(), self.words)
        drawn = self._values[kind.name].whole
        way = draw(st.sampled_from(["template", "nudged", "nudged", "nudged", "schema", "schema", "bent"]))
        if way == "schema" or kind.name in _ABOUT_PROPOSALS:
            return self._whole(draw, kind, draw(drawn))
        template = draw(st.sampled_from(self.templates[kind.name]))
        if way == "template":
            return template
        return draw(bent(template) if way == "bent" else nudged(template, self.words))

    def _whole(self, draw: st.DrawFn, kind: Kind, data: Any) -> Any:
        """Members that must fit each other: the change inside a proposal, a statement and its hash."""
        if kind.name == "change.proposed":
            inner = KINDS[draw(st.sampled_from(PROPOSABLE))]
            change = {"kind": inner.name, "schema": inner.schema, "data": self.data(draw, inner)}
            return {**data, "change": {**data["change"], **change}}
        if "content" in data and "proposal" in data and not draw(_SELDOM):
            proposal = draw(st.sampled_from(self.words["proposal"][1:]))
            return {**data, "proposal": proposal, "content": content_of(self.town.recorded[proposal])}
        return data

    def _reaffirmed(self, draw: st.DrawFn) -> tuple[str, Payload]:
        """A stream, and one or two of its statements."""
        slot = draw(st.sampled_from([*self.town.statements]))
        subject = self._said(slot)["subject"]
        others = [one for one in self.town.statements if self._said(one)["subject"] == subject]
        named = dict.fromkeys([slot, *draw(st.lists(st.sampled_from(others), max_size=1))])
        return subject, {"entries": [{"event": one, "payload": self.town.statements[one]} for one in named]}

    def _true_heads(self, data: Any) -> Any:
        """The heads of the size that was drawn: with false ones no bundle is made, and rightly so."""
        if not isinstance(data, dict) or type(size := data.get("size")) is not int:
            return data
        if not 0 < size <= self.town.position:
            return data
        ends = self.town.ledger.reader.heads(size)
        return {"size": size, "root": heads_root(ends).hex(), "streams": len(ends)}

    def _said(self, event: str) -> Payload:
        said: Payload = orjson.loads(self.town.recorded[event].payload)
        return said

    def payload(self, draw: st.DrawFn, kind: Kind) -> Payload:
        """An event of the kind, by those who may say it or by others."""
        data = self.data(draw, kind)
        subject = draw(st.sampled_from(SUBJECTS[draw(st.sampled_from(kind.families))]))
        if kind.name == "programme.adopted" and draw(_SELDOM) is False and isinstance(data, dict):
            subject = f"programme:{draw(st.sampled_from(['new', 'new-2', 'new-3']))}"
            data = {**data, "programme": subject.partition(":")[2]}
        if kind.name == "entry.reaffirmed" and not draw(_SELDOM):
            subject, data = self._reaffirmed(draw)
        if kind.name == "ledger.heads":
            data = self._true_heads(data)
        members = self.town.payload(kind.name, subject, data, by=self._by(draw, kind, subject))
        self._relate(draw, kind, members)
        return members | draw(self._common(kind))

    def _by(self, draw: st.DrawFn, kind: Kind, subject: str) -> Any:
        if draw(_SELDOM):
            return draw(st.sampled_from([[MACHINE], [STRANGER], [*REGISTRARS], [MAYOR, SECRETARY]]))
        if kind.registrar or kind.by_service:
            return DISTRICT_REGISTRARS[:2] if subject == DISTRICT_STREAM else None
        return draw(st.sampled_from([SECRETARY] * 4 + [*OFFICIALS]))

    def _relate(self, draw: st.DrawFn, kind: Kind, members: Payload) -> None:
        """Now and then it corrects or voids what was stated, or enacts a proposal."""
        way = draw(st.sampled_from(["", "", "", "", "corrects", "corrects", "voids", "enacts"]))
        slots = self._slots(kind.name)
        if way in ("corrects", "voids") and slots:
            slot, subject = draw(st.sampled_from(slots))
            members["relations"] = {"corrects": {"event": slot, "payload": self.town.statements[slot]}}
            members["subject"] = subject
            if way == "voids":
                members["data"] = None
        if way == "enacts" and kind.proposable and self.words["proposal"][1:]:
            proposal = draw(st.sampled_from(self.words["proposal"][1:]))
            said = self._said(proposal)
            change = said["data"]["change"]
            members["relations"] = {**change.get("relations", {}), "enacts": {"proposal": proposal}}
            members |= {"kind": change["kind"], "schema": change["schema"], "subject": said["subject"]}
            members["data"] = change["data"]

    def _slots(self, kind: str) -> list[tuple[str, str]]:
        found = []
        for slot in self.town.statements:
            first = self._said(slot)
            if first["kind"] == kind:
                found.append((slot, first["subject"]))
        return found

    def _common(self, kind: Kind) -> st.SearchStrategy[Payload]:
        """Other members that every event has; often none of them."""
        days = st.sampled_from(self.words["to"][-8:])
        given: dict[str, st.SearchStrategy[Any]] = {
            "reason": st.sampled_from(["", "Бо так", "x" * 4000]),
            "files": st.just([FILE]),
            "example": st.just("для навчання"),
        }
        if kind.effective != "none":
            given["effective"] = days
        if kind.act != "none":
            given["act"] = st.sampled_from(self.words["act"]).map(lambda act: {"id": act, "point": "1"})
        return st.one_of(st.just({}), st.fixed_dictionaries({}, optional=given))


_ABOUT_PROPOSALS = ("change.endorsed", "change.refused", "change.withdrawn")
_SELDOM = st.sampled_from([False] * 7 + [True])
FILE = {"name": "звіт.txt", "media_type": "text/plain", "size": 1, "sha256": "ab" * 32, "access": "public"}


@st.composite
def event(draw: st.DrawFn, speaker: Speaker, kind: Kind) -> Payload:
    """An event of a kind, as somebody of the speaker's town might sign it."""
    return speaker.payload(draw, kind)
