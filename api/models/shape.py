"""What the shapes share. Answers are written by orjson; the tests validate them by these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EVENT = "01890a5d-ac96-774b-bcce-b302099a8057"
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
INSTANT = "2025-05-30T08:00:00.000000Z"
HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
B64 = "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564="
KNOWN = {"position": 57, "recorded_at": "2026-02-01T09:00:00.000000Z"}


# The worst doubt in which the statement stands as known at the position; null for none.
Doubt = Literal["suspect", "undetermined", "ended-late"]


class Shape(BaseModel):
    """No answer has members that its shape does not name."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def example(**members: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": members})


class Words(Shape):
    """A text in both languages."""

    uk: str
    en: str


class KnownPoint(Shape):
    """A resolved `known`: a number of entries, and when the last of them was recorded."""

    position: int
    recorded_at: str


class Culprit(Shape):
    """pointer: RFC 6901, into what was sent, or /query/…, /path/…, /headers/….; got: as sent."""

    pointer: str
    got: Any = None


class ProblemDocument(Shape):
    """RFC 9457. type: urn:pledger:problem:<code>; instance: urn:request:<id>.

    refusal: where a submission was turned down by a rule, or asked about, the same under the ledger's service
    key (a JWS of typ `pledger-refusal+jws`): the proof that it was refused, absent without such a key.
    """

    model_config = example(
        type="urn:pledger:problem:unknown-measure",
        status=422,
        title="Невідомий захід",
        instance="urn:request:6f1c2a9e0b7d4c3f8e5a1b2c",
        message={
            "uk": "/data/lines/0/measure: у програмі немає «9.9.9». Назвіть рядок дерева, який є, "
            "або додайте його зміною програми.",
            "en": "/data/lines/0/measure: the programme has no “9.9.9”. Name a row of its tree, "
            "or add it by an amendment.",
        },
        errors=[{"pointer": "/data/lines/0/measure", "got": "9.9.9"}],
    )
    type: str
    status: int
    title: str
    instance: str
    message: Words
    errors: list[Culprit]
    details: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None


class DiscrepancyItem(BaseModel):
    """What is probably a mistake; further members are the discrepancy's own details."""

    model_config = ConfigDict(extra="allow")
    code: str
    pointer: str
    message: Words


ACKNOWLEDGE_EXAMPLE: dict[str, Any] = {
    "type": "urn:pledger:problem:needs-acknowledgement",
    "status": 409,
    "title": "Потрібне підтвердження",
    "instance": "urn:request:6f1c2a9e0b7d4c3f8e5a1b2c",
    "message": {
        "uk": "Подія схожа на помилку: old-mismatch. Виправте її, або підпишіть ще раз із цими "
        "кодами в acknowledges.",
        "en": "The event looks like a mistake: old-mismatch. Mend it, or sign it again with these "
        "codes in acknowledges.",
    },
    "errors": [{"pointer": "/data/lines/0/stated_old", "got": None}],
    "details": {"codes": ["old-mismatch"]},
    "discrepancies": [
        {
            "code": "old-mismatch",
            "pointer": "/data/lines/0/stated_old",
            "stated": "30000.00",
            "in_force": "45000.00",
            "event": EVENT,
            "message": {
                "uk": "Акт називає попереднє значення 30000.00, а чинне – 45000.00.",
                "en": "The act states the old value 30000.00, the one in force is 45000.00.",
            },
        }
    ],
}


class AcknowledgeDocument(ProblemDocument):
    """409: mend the event, or sign it again with these codes in `acknowledges`."""

    model_config = example(**ACKNOWLEDGE_EXAMPLE)
    discrepancies: list[DiscrepancyItem] = Field(min_length=1)


class Page(Shape):
    """next: the address of the following page, None on the last; the Link header says the same."""

    next: str | None
