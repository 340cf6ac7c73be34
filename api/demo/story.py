"""Telling a story: signed events from a YAML script, through the real door.

No programme's particulars stand here: who acts, on what, and in which order is data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from api.demo.clock import StoryClock
from api.demo.looking import acceptance_of, figures_of
from api.files import Upload
from api.importers.programme import read_programme, to_events
from ledger.canonical import dumps
from ledger.clock import format_instant, local_date
from ledger.consent import content_hash
from ledger.envelope import parse_envelope, prove_possession, sign_payload
from ledger.ids import REGISTRAR, new_event_id
from ledger.keys import PrivateKey
from ledger.kinds import KINDS
from ledger.receipt import Receipt
from ledger.service import Ledger

Payload = dict[str, Any]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Signing:
    """A key, and the person and office for which it signs."""

    key: PrivateKey
    person: str
    office: str


@dataclass(slots=True)
class Teller:
    """Signs and submits the steps of a story, and remembers what it called them."""

    ledger: Ledger
    identity: Mapping[str, str]
    folder: Path
    story: Mapping[str, Any]
    keys: Mapping[str, PrivateKey]
    clock: StoryClock
    programme: str = ""
    called: dict[str, Payload] = field(default_factory=dict)

    def tell(self, progress: Progress) -> None:
        """The registry first, then every step."""
        self._registry()
        for step in self.story["steps"]:
            self.clock.wait(step.get("wait", 0))
            payloads = list(self._payloads(step))
            receipts = self._submit(payloads, self._signing(step["by"]))
            if "as" in step:
                self.called[step["as"]] = payloads[-1]
            progress(f"№ {receipts[-1].index + 1}: {payloads[-1]['kind']}")

    # -- who is who ----------------------------------------------------------------

    def _registry(self) -> None:
        signers = self._registrars()
        for body in self.story["bodies"]:
            self._submit([self._payload("body.opened", "root", dict(body))], signers)
        for office in self.story["offices"]:
            for payload in self._office(office):
                self._submit([payload], signers)

    def _registrars(self) -> list[Signing]:
        """As many registrars as an event of the registry needs."""
        rows = self.story["registrars"]["people"][: self.story["registrars"]["threshold"]]
        return [Signing(self.keys[row["person"]], row["person"], REGISTRAR) for row in rows]

    def _office(self, office: Mapping[str, Any]) -> Iterator[Payload]:
        body, person = f"body:{office['body']}", office["person"]
        name = f"Демонстраційний підписувач: {office['name']}"
        yield self._payload("person.registered", "root", {"person": person, "name": name})
        data = {"office": office["office"], "name": office["name"], "kinds": office["kinds"]}
        yield self._payload("office.created", body, data)
        start = self.story["mandates_from"]
        mandate = {"person": person, "office": office["office"], "start": start, "order": ""}
        mandate |= {name: office[name] for name in ("order", "acting") if name in office}
        yield self._payload("mandate.granted", body, mandate)
        key, iat = self.keys[person], int(self.clock.now().timestamp())
        proof = prove_possession(key, ledger=dict(self.identity), person=person, iat=iat)
        enrolled = {"person": person, "jwk": key.public.to_jwk(), "possession": proof}
        yield self._payload("key.enrolled", body, enrolled)

    def _signing(self, office: str) -> list[Signing]:
        if office == REGISTRAR:
            return self._registrars()
        row = next(row for row in self.story["offices"] if row["office"] == office)
        return [Signing(self.keys[row["person"]], row["person"], office)]

    # -- what is said --------------------------------------------------------------

    def _payloads(self, step: Mapping[str, Any]) -> Iterator[Payload]:
        if "import" in step:
            yield from self._imported(step)
        elif "enacts" in step:
            yield self._enacted(step)
        elif "accepts" in step:
            data = acceptance_of(self.ledger, self.programme, self._today(), step["accepts"], step["reason"])
            yield self._payload("finding.accepted", f"programme:{self.programme}", data)
        elif "concludes" in step:
            yield self._concluded(step)
        elif "actuals" in step:
            for row in step["actuals"]:
                names = ("indicator", "period", "accumulation", "value", "numerator", "denominator")
                data = dict(zip(names, row, strict=False))
                yield self._payload("actual.reported", f"programme:{self.programme}", data)
        else:
            yield self._stated(step)

    def _imported(self, step: Mapping[str, Any]) -> Iterator[Payload]:
        """A programme's file: the act and the adoption, as one batch."""
        for draft in to_events(read_programme(self.folder / step["import"])):
            extra: Payload = {"reason": step["reason"], "example": self.story["adoption_label"]}
            if draft.effective is not None:
                extra["effective"] = draft.effective
            if draft.act is not None:
                extra["act"] = dict(draft.act)
            self.programme = draft.subject.partition(":")[2]
            yield self._payload(draft.kind, draft.subject, dict(draft.data), **extra)

    def _enacted(self, step: Mapping[str, Any]) -> Payload:
        """The event that a proposal asks for, word for word, with its act."""
        proposal = self.called[step["enacts"]]
        change = dict(proposal["data"]["change"])
        extra: Payload = {name: change[name] for name in ("effective", "files") if name in change}
        extra |= {name: step[name] for name in ("act", "reason", "acknowledges") if name in step}
        extra["relations"] = {"enacts": {"proposal": proposal["id"]}}
        return self._payload(change["kind"], proposal["subject"], change["data"], **extra)

    def _concluded(self, step: Mapping[str, Any]) -> Payload:
        """The year's conclusion, bound to the figures as they are."""
        year, today = step["concludes"], self._today()
        figures = figures_of(self.ledger, self.programme, today, year)
        data = {"year": year, "figures": figures, **step["data"]}
        subject = f"programme:{self.programme}"
        return self._payload("evaluation.concluded", subject, data, effective=today)

    def _stated(self, step: Mapping[str, Any]) -> Payload:
        same = ("effective", "act", "reason", "acknowledges")
        extra: Payload = {name: self._resolved(step[name]) for name in same if name in step}
        if "corrects" in step:
            first = self.called[step["corrects"]]
            corrects = {"event": first["id"], "payload": hashlib.sha256(dumps(first)).hexdigest()}
            extra["relations"] = {"corrects": corrects}
        if "files" in step:
            extra["files"] = [self._file(file) for file in step["files"]]
        subject = step.get("subject", f"programme:{self.programme}")
        return self._payload(step["kind"], subject, self._resolved(step["data"]), **extra)

    def _resolved(self, data: Any) -> Any:
        """`$name` becomes the id of the event called so, `#name` its content hash; @today, @position."""
        if isinstance(data, dict):
            return {name: self._resolved(value) for name, value in data.items()}
        if isinstance(data, list):
            return [self._resolved(value) for value in data]
        return self._meant(data) if isinstance(data, str) else data

    def _meant(self, word: str) -> Any:
        if word.startswith("$"):
            return self.called[word[1:]]["id"]
        if word.startswith("#"):
            proposal = self.called[word[1:]]
            return content_hash({"subject": proposal["subject"], **proposal["data"]["change"]})
        if word == "@position":
            return self.ledger.reader.head().size
        return self._today() if word == "@today" else word

    def _today(self) -> str:
        return local_date(self.clock.now(), ZoneInfo(self.story["zone"])).isoformat()

    def _file(self, file: Mapping[str, str]) -> Payload:
        content = file["text"].encode()
        digest = hashlib.sha256(content).hexdigest()
        with Upload(self.ledger.directory.files, digest, frozenset([len(content)])) as upload:
            upload.write(content)
            upload.keep()
        return {
            "name": file["name"],
            "media_type": "text/plain",
            "size": len(content),
            "sha256": digest,
            "access": "public",
        }

    def _payload(self, kind: str, subject: str, data: Payload, **extra: Any) -> Payload:
        now = self.clock.now()
        return {
            "id": new_event_id(now),
            "ledger": dict(self.identity),
            "kind": kind,
            "schema": KINDS[kind].schema,
            "subject": subject,
            "seen": self.ledger.reader.head().size,
            "submit_before": format_instant(now + timedelta(days=1)),
            "example": self.story["label"],
            "data": data,
            **extra,
        }

    def _submit(self, payloads: list[Payload], signers: list[Signing]) -> list[Receipt]:
        """Sign as an official would, submit as one batch, and wait for the receipts."""
        iat = int(self.clock.now().timestamp())
        named = [{"kid": s.key.public.kid, "person": s.person, "office": s.office} for s in signers]
        envelopes = []
        for payload in payloads:
            payload["signers"] = named
            signed = sign_payload(dumps(payload), [s.key for s in signers], iat=iat)
            envelopes.append(parse_envelope(signed))
        return self.ledger.submit(envelopes).result()


def read_story(path: Path) -> dict[str, Any]:
    """Read a story's script (our own file, beside this one)."""
    story: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf8"))
    if story.get("format") != "pledger-story/1":
        raise ValueError(f"{path} is no story")
    return story
