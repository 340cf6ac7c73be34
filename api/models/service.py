"""Shapes of the service itself: its description, health, schemas and files."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.models.shape import HASH, INSTANT, Page, Shape, Words, example

DEMO = {
    "uk": "Навчальний стенд: підписано демонстраційними ключами",
    "en": "Training ledger: signed by demo keys",
}


class Missing(Shape):
    """Numbers (№) of the first and the last entry."""

    from_: int = Field(alias="from")
    to: int


class Restore(Shape):
    """The newest time that a backup was put in the ledger's place.

    size: entries of the backup; from_size: how many the log's key had signed, null if its memory was
    lost; missing: entries that were signed or seen and are not here now; new_memory: the key's memory
    was started anew; unprotected: no witness was asked before, so that entries after the backup's last
    one may be lost of which nothing here knows.
    """

    at: str
    size: int
    from_size: int | None
    missing: Missing | None
    new_memory: bool
    unprotected: bool


class WitnessedLog(Shape):
    """The newest checkpoint with enough cosignatures, by the server's own policy.

    size: entries that it covers; at: when the quorum was reached; names: who cosigned, as the policy
    calls them; needed: how many have to, at least.
    """

    size: int
    at: str
    names: list[str]
    needed: int


class StampedLog(Shape):
    """The newest checkpoint with a time stamp of the server's authority. at: the stamp's time."""

    size: int
    at: str


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
        restored=None,
        witnessed={"size": 55, "at": INSTANT, "names": ["academy", "press"], "needed": 2},
        stamped={"size": 55, "at": INSTANT},
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
    restored: Restore | None
    witnessed: WitnessedLog | None
    stamped: StampedLog | None
    links: dict[str, str]


class Health(Shape):
    model_config = example(status="ok")
    status: Literal["ok"]


class NotStamped(Shape):
    """Nothing was stamped for long. since: when the first entry was recorded that no stamp covers;
    size: entries that the newest stamp covers, 0 without one."""

    code: Literal["not-stamped"]
    message: Words
    since: str
    size: int


class ProgrammeBlocked(Shape):
    """The projections cannot work in an entry: these programmes answer 503, everything else goes on."""

    code: Literal["programme-blocked"]
    message: Words
    programmes: list[str]
    count: int


class Check(Shape):
    """One of the things that /readyz looks at. reasons: codes of why it does not hold."""

    ok: bool
    reasons: list[str]


class Readiness(Shape):
    """position: entries in the log; applied: entries that the projections hold.

    checks: by what was checked (database, migrations, log, projections, signer, witnesses, stamps, clock,
    shutdown). notes: what is not as it should be, and no reason to ask elsewhere.
    """

    model_config = example(
        status="ready",
        position=57,
        applied=57,
        checks={"database": {"ok": True, "reasons": []}, "clock": {"ok": True, "reasons": []}},
        notes=[],
    )
    status: Literal["ready"]
    position: int
    applied: int
    checks: dict[str, Check]
    notes: list[NotStamped | ProgrammeBlocked]


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
    "service": False,
    "correctable": True,
    "voidable": True,
    "url": "/v1/schemas/financing.changed",
}


class KindSummary(Shape):
    """act, effective: required, optional or none; registrar: signed by registrars; service: by its key alone.

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
    service: bool
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
