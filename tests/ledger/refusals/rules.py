"""What is refused by the rules common to all kinds: the ledger, acts, corrections."""

from __future__ import annotations

from typing import Any

from tests.ledger.refusals.row import Row, correct, money, one, told
from tests.support.people import (
    COUNCIL,
)
from tests.support.story import FOREIGN_ACT, SECOND_ACT
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    PROGRAMME,
    Payload,
    lines,
)

MONEY_KIND = "financing.changed"
NEVER = "01890a5d-ac96-774b-bcce-b302099a8057"  # no event has this id
PERSON = {"person": "p-new", "name": "Нова особа"}


def status(act: str = ACT, **members: Any) -> Payload:
    return {"act": act, "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"} | members


LEDGER = (
    Row(
        "an event for another genesis",
        "wrong-ledger",
        "/ledger",
        told(
            lambda t: t.payload(MONEY_KIND, PROGRAMME, lines("1.00"), ledger=t.name | {"genesis": "11" * 32})
        ),
    ),
    Row(
        "an event for another origin",
        "wrong-ledger",
        "/ledger",
        told(
            lambda t: t.payload(
                MONEY_KIND, PROGRAMME, lines("1.00"), ledger=t.name | {"origin": "other.example"}
            )
        ),
    ),
    Row("an event past its time", "expired", "/submit_before", money(submit_before="2025-09-01T09:00:00Z")),
    Row(
        "an event that has seen the future",
        "seen-ahead",
        "/seen",
        lambda t: [t.envelope(MONEY_KIND, PROGRAMME, lines("1.00"), seen=t.position + 1)],
    ),
    Row(
        "a body that nobody opened",
        "unknown-body",
        "/subject",
        one("act.registered", "body:nowhere", ACT_DATA),
    ),
    Row(
        "a programme that nobody adopted",
        "unknown-programme",
        "/subject",
        one(MONEY_KIND, "programme:nothing", lines("1.00")),
    ),
    Row("an act that nobody registered", "unknown-act", "/act/id", money(act="town-99")),
    Row("an act of an unrelated council", "foreign-act", "/act/id", money(act=FOREIGN_ACT)),
    Row(
        "a point that the act does not have",
        "unknown-point",
        "/act/point",
        money(act={"id": ACT, "point": "3"}),
    ),
    Row(
        "an acknowledgement of what is not there",
        "acknowledges-nothing",
        "/acknowledges/0",
        money(acknowledges=["later-decisions"]),
    ),
    Row(
        "one of two acknowledgements too many",
        "acknowledges-nothing",
        "/acknowledges/1",
        lambda t: [
            t.envelope(
                MONEY_KIND,
                PROGRAMME,
                lines("1.00"),
                seen=0,
                acknowledges=["changed-since-seen", "old-mismatch"],
            )
        ],
    ),
)
CORRECTIONS = (
    Row(
        "a correction of no event",
        "unknown-event",
        "/relations/corrects/event",
        money(relations={"corrects": {"event": NEVER, "payload": "00" * 32}}),
    ),
    Row(
        "a correction of another programme's event",
        "unknown-event",
        "/relations/corrects/event",
        lambda t: [
            t.envelope(MONEY_KIND, "programme:town-second-2025", lines("1.00"), corrects=t.ids["financing"])
        ],
    ),
    Row(
        "a correction in the root of what a body recorded",
        "unknown-event",
        "/relations/corrects/event",
        lambda t: [t.envelope("person.registered", "root", PERSON, corrects=t.ids["status"])],
    ),
    Row(
        "a correction by another kind",
        "correction-changes-kind",
        "/kind",
        lambda t: [t.envelope("appropriation.set", PROGRAMME, lines("1.00"), corrects=t.ids["financing"])],
    ),
    Row(
        "a correction that cites another act",
        "correction-changes-act",
        "/act",
        correct("financing", MONEY_KIND, PROGRAMME, lines("1.00"), act=SECOND_ACT),
    ),
    Row(
        "a correction that adds an act",
        "correction-changes-act",
        "/act",
        lambda t: [
            t.envelope(
                "transfer.made", PROGRAMME, None, corrects=t.ids["transfer"], act=ACT, effective="2025-03-01"
            )
        ],
    ),
    Row(
        "a correction of a statement no longer in force",
        "stale-correction",
        "/relations/corrects/payload",
        lambda t: [
            t.envelope(
                MONEY_KIND,
                PROGRAMME,
                lines("1.00"),
                relations={
                    "corrects": {
                        "event": t.ids["financing"],
                        "payload": t.recorded[t.ids["financing"]].payload_hash.hex(),
                    }
                },
            )
        ],
    ),
    Row(
        "a correction that renames a person's id",
        "correction-changes-id",
        "/data/person",
        correct("person.registered p-secretary", "person.registered", "root", PERSON),
    ),
    Row(
        "a correction that renames a body's id",
        "correction-changes-id",
        "/data/body",
        correct(f"body.opened {COUNCIL}", "body.opened", "root", {"body": "x", "name": "Рада"}),
    ),
    Row(
        "a correction that renames an office's id",
        "correction-changes-id",
        "/data/office",
        correct(
            "office.created council-secretary",
            "office.created",
            COUNCIL_STREAM,
            {"office": "x", "name": "П", "kinds": [MONEY_KIND]},
        ),
    ),
    Row(
        "a correction that ends another mandate",
        "correction-changes-id",
        "/data/mandate",
        lambda t: [
            t.envelope(
                "mandate.ended",
                COUNCIL_STREAM,
                {"mandate": t.ids["mandate.granted p-secretary"], "end": "2025-09-01"},
                corrects=t.ids["ended"],
            )
        ],
    ),
    Row(
        "a correction that renames an act's id",
        "correction-changes-id",
        "/data/act",
        correct("act", "act.registered", COUNCIL_STREAM, ACT_DATA | {"act": "x"}),
    ),
    Row(
        "a status moved to another act",
        "correction-changes-id",
        "/data/act",
        correct("status", "act.status_changed", COUNCIL_STREAM, status(SECOND_ACT)),
    ),
)
