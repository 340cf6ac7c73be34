"""What the oracle of authority reads: events as they were recorded, their slots and their hashes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Payload = dict[str, Any]
ROOT = "root"
REGISTRAR = "registrar"
REGISTRY_KINDS = (
    "ledger.opened",
    "body.opened",
    "body.succeeded",
    "registrar.changed",
    "person.registered",
    "office.created",
    "mandate.granted",
    "mandate.ended",
    "key.enrolled",
    "key.rotated",
    "key.revoked",
    "log_key.rotated",
    "policy.set",
)
REPORT_KINDS = ("actual.reported", "progress.reported", "spending.reported")


@dataclass(frozen=True)
class Said:
    """An event at its place in the log.

    day: local date of recording, ISO. iat: kid → local date that the signature claims, ISO.
    """

    index: int
    day: str
    payload: Payload
    iat: Mapping[str, str]

    @cached_property
    def id(self) -> str:
        return str(self.payload["id"])

    @cached_property
    def kind(self) -> str:
        return str(self.payload["kind"])

    @cached_property
    def subject(self) -> str:
        return str(self.payload["subject"])

    @property
    def data(self) -> Payload:
        """Its data; nothing for a void."""
        return self.payload.get("data") or {}

    @cached_property
    def signers(self) -> list[dict[str, str]]:
        return list(self.payload["signers"])

    @property
    def relations(self) -> Payload:
        return self.payload.get("relations") or {}

    @cached_property
    def slot(self) -> str:
        """The id of the first event of its slot."""
        return str(self.relations.get("corrects", {}).get("event", self.id))

    @cached_property
    def registrars(self) -> dict[str, str]:
        """kid → person, of the registrars that it names."""
        named = self.data.get("registrars") or []
        return {thumbprint(one["jwk"]): str(one["person"]) for one in named}

    @cached_property
    def key(self) -> str:
        """The kid of the key that it enrols, or that takes another's place."""
        return thumbprint(self.data["jwk"])

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the statement, by which a correction or a re-affirmation names it."""
        return hashlib.sha256(canonical(self.payload)).hexdigest()

    @property
    def enacts(self) -> str | None:
        """The proposal that it enacts."""
        enacts = self.relations.get("enacts")
        return None if enacts is None else str(enacts["proposal"])


Log = Sequence[Said]


def of_kind(log: Log, *kinds: str) -> list[Said]:
    return [said for said in log if said.kind in kinds]


def in_force(log: Log, slot: str) -> Said | None:
    """The newest statement of a slot."""
    return next((said for said in reversed(log) if said.slot == slot), None)


def days_between(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days


def canonical(value: Any) -> bytes:
    """RFC 8785 of what has ASCII names and no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def thumbprint(jwk: Mapping[str, str]) -> str:
    """The kid of a key: RFC 7638."""
    digest = hashlib.sha256(
        canonical({name: jwk[name] for name in ("crv", "kty", "x", "y") if name in jwk})
    ).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def without_enacts(relations: Payload) -> Payload:
    return {name: value for name, value in relations.items() if name != "enacts"}


def content_hash(subject: str, members: Payload) -> str:
    """The content hash of an event, or of a proposed change of a subject; the data always stands in it."""
    content = {"subject": subject, **{name: members.get(name) for name in ("kind", "schema", "data")}}
    sayable = {name: members.get(name) for name in ("effective", "files")}
    sayable["relations"] = without_enacts(members.get("relations") or {})
    content |= {name: value for name, value in sayable.items() if value}
    return hashlib.sha256(canonical(content)).hexdigest()
