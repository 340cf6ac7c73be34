"""Shapes of the service itself: its description, health, schemas and files."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.models.shape import HASH, INSTANT, Page, Shape, Words, example

DEMO = {
    "uk": "Навчальний стенд: підписано демонстраційними ключами",
    "en": "Training ledger: signed by demo keys",
}


class Service(Shape):
    """Which ledger this is. opened: false before `pledger init` has written the first entry."""

    model_config = example(
        service="Pledger",
        version="0.1.0",
        opened=True,
        origin="town.example/pledger",
        genesis=HASH,
        log_key="town.example/pledger+2cd8bc7b+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        zone="Europe/Kyiv",
        position=57,
        recorded_at=INSTANT,
        demo=None,
        links={"events": "/v1/events", "programmes": "/v1/programmes"},
    )
    service: Literal["Pledger"]
    version: str
    opened: bool
    origin: str
    genesis: str | None
    log_key: str
    zone: str
    position: int
    recorded_at: str | None
    demo: Words | None
    links: dict[str, str]


class Health(Shape):
    model_config = example(status="ok")
    status: Literal["ok"]


class Readiness(Shape):
    """position: entries in the log; applied: entries that the projections hold."""

    model_config = example(status="ready", position=57, applied=57)
    status: Literal["ready"]
    position: int
    applied: int


_KIND: dict[str, Any] = {
    "kind": "financing.changed",
    "schema": 1,
    "family": "programme",
    "families": ["programme"],
    "proposable": True,
    "title": {"uk": "Змінено обсяг фінансування", "en": "Financing changed"},
    "act": "required",
    "effective": "required",
    "registrar": False,
    "correctable": True,
    "voidable": True,
    "url": "/v1/schemas/financing.changed",
}


class KindSummary(Shape):
    """act, effective: required, optional or none; registrar: signed by registrars.

    families: of the streams that take it, the usual one first; proposable: by change.proposed.
    """

    kind: str
    schema_: int = Field(alias="schema")
    family: str
    families: list[str]
    proposable: bool
    title: Words
    act: str
    effective: str
    registrar: bool
    correctable: bool
    voidable: bool
    url: str


class Kinds(Page):
    """Every kind of event that may be stated."""

    model_config = example(items=[_KIND], next=None)
    items: list[KindSummary]


class Schema(Shape):
    """A JSON Schema (2020-12) of a whole event, with an example."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "FinancingChanged",
                "type": "object",
            }
        },
    )


class Stored(Shape):
    """A file's bytes are here now. fresh: false if they were here already."""

    model_config = example(sha256=HASH, size=48213, fresh=True)
    sha256: str
    size: int
    fresh: bool
