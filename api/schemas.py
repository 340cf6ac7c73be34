"""JSON Schemas of whole events, a kind at a time, each with an example."""

from __future__ import annotations

from functools import cache
from typing import Any

from api.models.shape import EVENT, HASH, KID
from ledger.kinds import KINDS, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SUBJECTS = {
    "root": "root",
    "body": "body:town-council",
    "programme": "programme:town-digital-2025",
    "trust": "trust",
}


def summary(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "schema": kind.schema,
        "family": kind.family,
        "families": list(kind.families),
        "proposable": kind.proposable,
        "title": {"uk": kind.title_uk, "en": kind.title_en},
        "act": kind.act,
        "effective": kind.effective,
        "registrar": kind.registrar,
        "service": kind.by_service,
        "correctable": kind.correctable,
        "voidable": kind.voidable,
        "url": f"/v1/schemas/{kind.name}",
    }


def example_event(kind: Kind) -> dict[str, Any]:
    """A whole event of a kind; its ids are invented."""
    office = "registrar" if kind.registrar else "service" if kind.by_service else "council-secretary"
    event: dict[str, Any] = {
        "id": EVENT,
        "ledger": {"origin": "town.example/pledger", "genesis": HASH},
        "kind": kind.name,
        "schema": kind.schema,
        "subject": _SUBJECTS[kind.family],
        "signers": [{"kid": KID, "person": "p-07", "office": office}],
        "seen": 57,
        "submit_before": "2026-02-08T09:00:00Z",
        "reason": "",
        "data": kind.example,
    }
    if kind.effective == "required":
        event["effective"] = "2025-06-01"
    if kind.act == "required":
        event["act"] = {"id": "town-12-2025-01-15", "point": "1"}
    return event


@cache
def event_schema(name: str) -> dict[str, Any]:
    """The schema of a kind: common members as the kind needs them."""
    kind = KINDS[name]
    schema = kind.model.model_json_schema(by_alias=True)
    properties, required = schema["properties"], list(schema.get("required", ()))
    properties["kind"] = {"const": kind.name, "title": "Kind"}
    properties["schema"] = {"const": kind.schema, "title": "Schema"}
    for member, need in (("act", kind.act), ("effective", kind.effective)):
        if need == "none":
            del properties[member]
        elif need == "required":
            required.append(member)
    if not kind.voidable:
        properties["data"] = {"$ref": f"#/$defs/{kind.data.__name__}"}
    return {
        "$schema": DIALECT,
        "$id": f"urn:pledger:schema:{kind.name}:{kind.schema}",
        **schema,
        "description": f"{kind.title_uk} · {kind.title_en}",
        "required": required,
        "examples": [example_event(kind)],
    }
