"""What is refused about persons, bodies, offices, mandates and acts."""

from __future__ import annotations

from typing import Any

from tests.ledger.refusals.row import Make, Row, correct, one
from tests.support.people import (
    COMMISSION,
    COUNCIL,
)
from tests.support.story import FOREIGN_ACT
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    Payload,
)

MONEY_KIND = "financing.changed"
NEVER = "01890a5d-ac96-774b-bcce-b302099a8057"  # no event has this id


def with_id(member: str, name: str, kind: str, subject: str, data: Payload) -> Make:
    """Data of which one member is an event of the story."""
    return lambda town: [town.envelope(kind, subject, data | {member: town.ids[name]})]


def status(act: str = ACT, **members: Any) -> Payload:
    return {"act": act, "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"} | members


PEOPLE = (
    Row(
        "a person registered twice",
        "person-exists",
        "/data/person",
        one("person.registered", "root", {"person": "p-secretary", "name": "Інша"}),
    ),
    Row(
        "a body opened twice",
        "body-exists",
        "/data/body",
        one("body.opened", "root", {"body": COUNCIL, "name": "Рада"}),
    ),
    Row(
        "a body below one that nobody opened",
        "unknown-body",
        "/data/parent",
        one("body.opened", "root", {"body": "b", "name": "Відділ", "parent": "x"}),
    ),
    Row(
        "a body below itself",
        "unknown-body",
        "/data/parent",
        one("body.opened", "root", {"body": "b", "name": "Відділ", "parent": "b"}),
    ),
    Row(
        "a council put below its own commission",
        "circular-parent",
        "/data/parent",
        correct(
            f"body.opened {COUNCIL}",
            "body.opened",
            "root",
            {"body": COUNCIL, "name": "Рада", "parent": COMMISSION},
        ),
    ),
    Row(
        "an office created twice",
        "office-exists",
        "/data/office",
        one(
            "office.created",
            COUNCIL_STREAM,
            {"office": "council-secretary", "name": "П", "kinds": [MONEY_KIND]},
        ),
    ),
    Row(
        "an office of a name that another body has",
        "office-exists",
        "/data/office",
        one("office.created", COUNCIL_STREAM, {"office": "finance-head", "name": "П", "kinds": [MONEY_KIND]}),
    ),
    Row(
        "an office called registrar",
        "office-exists",
        "/data/office",
        one("office.created", COUNCIL_STREAM, {"office": "registrar", "name": "П", "kinds": [MONEY_KIND]}),
    ),
    Row(
        "an office that may sign no known kind",
        "unknown-kind",
        "/data/kinds/1",
        one("office.created", COUNCIL_STREAM, {"office": "o", "name": "П", "kinds": [MONEY_KIND, "x"]}),
    ),
    Row(
        "an office that may sign the registry",
        "unknown-kind",
        "/data/kinds/0",
        one("office.created", COUNCIL_STREAM, {"office": "o", "name": "П", "kinds": ["key.enrolled"]}),
    ),
    Row(
        "a mandate of a person not registered",
        "unknown-person",
        "/data/person",
        one(
            "mandate.granted",
            COUNCIL_STREAM,
            {"person": "p-none", "office": "council-secretary", "start": "2025-01-01"},
        ),
    ),
    Row(
        "a mandate for another body's office",
        "unknown-office",
        "/data/office",
        one(
            "mandate.granted",
            COUNCIL_STREAM,
            {"person": "p-secretary", "office": "finance-head", "start": "2025-01-01"},
        ),
    ),
    Row(
        "a mandate that ends on its first day",
        "ends-before-start",
        "/data/end",
        one(
            "mandate.granted",
            COUNCIL_STREAM,
            {
                "person": "p-secretary",
                "office": "council-secretary",
                "start": "2025-01-01",
                "end": "2025-01-01",
            },
        ),
    ),
    Row(
        "the end of no mandate",
        "unknown-mandate",
        "/data/mandate",
        one("mandate.ended", COUNCIL_STREAM, {"mandate": NEVER, "end": "2025-09-01"}),
    ),
    Row(
        "the end of another body's mandate",
        "unknown-mandate",
        "/data/mandate",
        with_id(
            "mandate", "mandate.granted p-financier", "mandate.ended", COUNCIL_STREAM, {"end": "2025-09-01"}
        ),
    ),
    Row(
        "a mandate that ends before it starts",
        "ends-before-start",
        "/data/end",
        with_id(
            "mandate", "mandate.granted p-secretary", "mandate.ended", COUNCIL_STREAM, {"end": "2023-12-31"}
        ),
    ),
    Row(
        "a mandate ended twice",
        "mandate-ended-already",
        "/data/mandate",
        with_id(
            "mandate", "mandate.granted former-clerk", "mandate.ended", COUNCIL_STREAM, {"end": "2025-08-01"}
        ),
    ),
)
ACTS = (
    Row(
        "an act registered twice", "act-exists", "/data/act", one("act.registered", COUNCIL_STREAM, ACT_DATA)
    ),
    Row(
        "an act that another council registered",
        "act-exists",
        "/data/act",
        one("act.registered", COUNCIL_STREAM, ACT_DATA | {"act": FOREIGN_ACT}),
    ),
    Row(
        "a status of no act",
        "unknown-act",
        "/data/act",
        one("act.status_changed", COUNCIL_STREAM, status("town-99")),
    ),
    Row(
        "a status of another council's act",
        "unknown-act",
        "/data/act",
        one("act.status_changed", COUNCIL_STREAM, status(FOREIGN_ACT)),
    ),
    Row(
        "a publication that stops",
        "status-has-no-stop",
        "/data/stops",
        one("act.status_changed", COUNCIL_STREAM, status(status="published", stops=True)),
    ),
    Row(
        "a publication with a start",
        "status-has-no-interval",
        "/data/start",
        one("act.status_changed", COUNCIL_STREAM, status(status="published")),
    ),
    Row(
        "a repeal that stops nothing with a start",
        "status-has-no-interval",
        "/data/start",
        one("act.status_changed", COUNCIL_STREAM, status(status="repealed")),
    ),
    Row(
        "a suspension without a start",
        "missing-field",
        "/data/start",
        one("act.status_changed", COUNCIL_STREAM, {"act": ACT, "status": "suspended", "date": "2025-03-13"}),
    ),
    Row(
        "a suspension that ends on its first day",
        "ends-before-start",
        "/data/to",
        one("act.status_changed", COUNCIL_STREAM, status(to="2025-03-13")),
    ),
    Row(
        "a status that nobody knows",
        "unknown-value",
        "/data/status",
        one("act.status_changed", COUNCIL_STREAM, status(status="forgotten")),
    ),
    Row(
        "a restoration by the mayor",
        "status-not-by-mayor",
        "/data/by",
        one("act.status_changed", COUNCIL_STREAM, status(status="restored", by="mayor")),
    ),
    Row(
        "more votes than the council has members",
        "votes-too-many",
        "/data/votes",
        one(
            "act.status_changed",
            COUNCIL_STREAM,
            status(by="council", votes={"for": 20, "against": 18, "abstained": 1, "of": 38}),
        ),
    ),
    Row(
        "an override without its votes",
        "missing-field",
        "/envelopes/1/data/votes",
        lambda town: [
            town.envelope("act.status_changed", COUNCIL_STREAM, status(by="mayor", start="2024-12-24")),
            town.envelope("act.status_changed", COUNCIL_STREAM, status(status="resumed", by="council")),
        ],
    ),
)
