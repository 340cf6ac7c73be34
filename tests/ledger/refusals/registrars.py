"""What is refused about registrars, and about bodies that follow one another."""

from __future__ import annotations

from typing import Any

from tests.ledger.refusals.keys import jwk, log_jwk
from tests.ledger.refusals.row import Batch, Make, Row, batch, one
from tests.support.council import (
    DISTRICT,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    NEVER,
    NEW_REGISTRARS,
    named,
    revocation,
)
from tests.support.people import COMMISSION, COUNCIL, FOREIGN, REGISTRARS, SECRETARY, Official
from tests.support.town import COUNCIL_STREAM, Payload, TestLedger

OLD, NEW = REGISTRARS, NEW_REGISTRARS
OFFICE = {"office": "clerk", "name": "Діловод", "kinds": ["financing.changed"]}
SMALL = {"of order four": jwk(0), "of order one": jwk(1), "of order two": jwk(2**255 - 20)}


def changed(*officials: Official, k: int = 2, by: Any = (*OLD[:2], *NEW[:2]), **more: Any) -> Make:
    """A change of the root's registrars to these persons."""
    return lambda town: [
        town.envelope("registrar.changed", "root", named(town, *officials, k=k, **more), by=by)
    ]


def with_jwk(key: Payload, place: int = 2) -> Make:
    """A change to the old registrars, one of them with another key."""

    def make(town: TestLedger) -> Any:
        data = named(town, *OLD, k=2)
        data["registrars"][place] |= {"jwk": key}
        return [town.envelope("registrar.changed", "root", data)]

    return make


def opened(**more: Any) -> Make:
    """A body opened with registrars of its own."""

    def make(town: TestLedger) -> Any:
        data = {"body": "new", "name": "Відділ", **named(town, *NEW[:2], k=2)} | more
        return [town.envelope("body.opened", "root", {n: v for n, v in data.items() if v is not None})]

    return make


def proof_of_another(town: TestLedger) -> Any:
    """One new registrar's proof under the name of another."""
    data = named(town, *OLD, *NEW[:2], k=2)
    data["registrars"][3] |= {"possession": data["registrars"][4]["possession"]}
    return [town.envelope("registrar.changed", "root", data)]


def log_key_as_registrar(town: TestLedger) -> Any:
    return with_jwk(log_jwk(town.log_key))(town)


def after_revocation(of: Official, then: Make) -> Make:
    """The root revokes a key, and in the same batch something is said."""

    def make(town: TestLedger) -> Any:
        by = [one for one in OLD if one != of][:2]
        revoked = town.envelope("key.revoked", "root", revocation(of.key.public), by=by)
        return [revoked, *then(town)]

    return make


def succeeded(body: str, successor: str, start: str = "2025-09-01") -> Make:
    return one("body.succeeded", "root", {"body": body, "successor": successor, "start": start})


def twice_succeeded(said: Batch) -> None:
    first = {"body": COUNCIL, "successor": FOREIGN, "start": "2026-01-01"}
    said.say("body.succeeded", "root", first)
    said.say("body.succeeded", "root", first | {"successor": DISTRICT})


def succeeding_each_other(said: Batch) -> None:
    said.say("body.succeeded", "root", {"body": COUNCIL, "successor": FOREIGN, "start": "2026-01-01"})
    said.say("body.succeeded", "root", {"body": FOREIGN, "successor": COUNCIL, "start": "2027-01-01"})


def row(story: str, code: str, pointer: str, make: Make) -> Row:
    return Row(story, code, pointer, make, council=True)


NAMING = (
    row(
        "a registrar who is not registered as a person",
        "unknown-person",
        "/data/registrars/0/person",
        changed(Official("p-none", "registrar", "root", NEW[0].key), *OLD[1:], by=OLD[1:]),
    ),
    row(
        "a set with one person twice",
        "registrar-twice",
        "/data/registrars/3",
        changed(*OLD, OLD[0].using(NEW[0].key), by=(*OLD[:2], OLD[0].using(NEW[0].key))),
    ),
    row(
        "a set with one key twice",
        "registrar-twice",
        "/data/registrars/1",
        changed(NEW[0], Official("p-new-2", "registrar", "root", NEW[0].key), *OLD[:2], by=OLD[:2]),
    ),
    row(
        "a new registrar without a proof",
        "missing-field",
        "/data/registrars/3/possession",
        changed(*OLD, NEW[0], by=OLD[:2], proven=False),
    ),
    row(
        "a new registrar with the proof of another",
        "possession-mismatch",
        "/data/registrars/3/possession/payload",
        proof_of_another,
    ),
    row("the log's key as a registrar's", "key-of-the-log", "/data/registrars/2/jwk", log_key_as_registrar),
    row(
        "an official's key as another person's registrar key",
        "key-of-another",
        "/data/registrars/2/jwk",
        with_jwk(SECRETARY.key.public.to_jwk()),
    ),
    row(
        "a registrar of another body under another person's name",
        "key-of-another",
        "/data/registrars/2/jwk",
        with_jwk(DISTRICT_REGISTRARS[0].key.public.to_jwk()),
    ),
    row(
        "a revoked key as a registrar's",
        "key-revoked",
        "/envelopes/1/data/registrars/2/jwk",
        after_revocation(OLD[2], changed(*OLD, by=OLD[:2])),
    ),
    *(
        row(
            f"a registrar with a point {order}",
            "key-small-order",
            "/data/registrars",
            with_jwk(key),
        )
        for order, key in SMALL.items()
    ),
    *(
        row(
            f"a body's registrar with a point {order}",
            "key-small-order",
            "/data/registrars",
            opened(registrars=[{"person": "p-new-1", "jwk": key}], k=1),
        )
        for order, key in SMALL.items()
    ),
    row(
        "a new set that only the old one signed",
        "too-few-registrars",
        "/signers",
        changed(*NEW, by=OLD[:2]),
    ),
    row(
        "a new set of which one signed",
        "too-few-registrars",
        "/signers",
        changed(*NEW, by=(*OLD[:2], NEW[0])),
    ),
    row(
        "a new set that only the new one signed",
        "too-few-registrars",
        "/signers",
        changed(*NEW, by=NEW),
    ),
    row(
        "a threshold above the new set",
        "too-few-registrars",
        "/signers",
        changed(OLD[0], NEW[0], k=3, by=(*OLD, NEW[0])),
    ),
    row("a body's threshold above its registrars", "threshold-too-high", "/data/k", opened(k=3)),
    row("a body with registrars and no threshold", "missing-field", "/data/k", opened(k=None)),
    row(
        "a body with a threshold and no registrars",
        "missing-field",
        "/data/registrars",
        opened(registrars=None),
    ),
    row(
        "a corrected opening that names registrars",
        "registrars-by-change",
        "/data/registrars",
        lambda town: [
            town.envelope(
                "body.opened",
                "root",
                {"body": DISTRICT, "name": "Округ", "parent": COUNCIL, **named(town, *NEW, k=2)},
                corrects=town.ids["district"],
            )
        ],
    ),
    row(
        "a corrected change of registrars",
        "not-correctable",
        "/relations/corrects",
        lambda town: [
            town.envelope(
                "registrar.changed",
                "root",
                named(town, *OLD, k=2, proven=False),
                relations={"corrects": {"event": NEVER, "payload": "00" * 32}},
            )
        ],
    ),
)
MANAGING = (
    row(
        "the root's registrars in a body that has its own",
        "not-a-registrar",
        "/signers/0/kid",
        one("office.created", DISTRICT_STREAM, OFFICE),
    ),
    row(
        "a body's registrars in the body above it",
        "not-a-registrar",
        "/signers/0/kid",
        one("office.created", COUNCIL_STREAM, OFFICE, by=DISTRICT_REGISTRARS[:2]),
    ),
    row(
        "a body's registrars in the root",
        "not-a-registrar",
        "/signers/0/kid",
        one("person.registered", "root", {"person": "p-x", "name": "Особа"}, by=DISTRICT_REGISTRARS[:2]),
    ),
    row(
        "one of a body's registrars where two are needed",
        "too-few-registrars",
        "/signers",
        one("office.created", DISTRICT_STREAM, OFFICE, by=DISTRICT_REGISTRARS[:1]),
    ),
    row(
        "a registrar whose key was revoked just before",
        "key-revoked",
        "/envelopes/1/signers/0/kid",
        after_revocation(
            OLD[0], one("person.registered", "root", {"person": "p-x", "name": "Особа"}, by=OLD[:2])
        ),
    ),
    row(
        "a revocation that leaves too few registrars",
        "too-few-registrars-left",
        "/envelopes/1/data/kid",
        after_revocation(OLD[0], one("key.revoked", "root", revocation(OLD[1].key.public), by=OLD[1:])),
    ),
    row(
        "a revocation by the root that leaves a body too few registrars",
        "too-few-registrars-left",
        "/envelopes/1/data/kid",
        after_revocation(
            DISTRICT_REGISTRARS[0],
            one("key.revoked", "root", revocation(DISTRICT_REGISTRARS[1].key.public)),
        ),
    ),
)
FOLLOWING = (
    row("a body that nobody opened succeeded", "unknown-body", "/data/body", succeeded("x", COUNCIL)),
    row("a successor that nobody opened", "unknown-body", "/data/successor", succeeded(COUNCIL, "x")),
    row("a body that succeeds itself", "circular-successor", "/data/successor", succeeded(COUNCIL, COUNCIL)),
    row(
        "a body succeeded by a part of itself",
        "circular-successor",
        "/data/successor",
        succeeded(COUNCIL, COMMISSION),
    ),
    row(
        "two bodies that succeed each other",
        "circular-successor",
        "/envelopes/1/data/successor",
        batch(succeeding_each_other),
    ),
    row(
        "a body succeeded twice",
        "succeeded-already",
        "/envelopes/1/data/body",
        batch(twice_succeeded),
    ),
    row(
        "a mandate for somebody who acts by no order",
        "order-needed",
        "/data/order",
        one(
            "mandate.granted",
            COUNCIL_STREAM,
            {"person": "p-secretary", "office": MAYOR.office, "start": "2025-09-01", "acting": True},
        ),
    ),
    row(
        "a mandate for somebody who acts by a blank order",
        "order-needed",
        "/data/order",
        one(
            "mandate.granted",
            COUNCIL_STREAM,
            {
                "person": "p-secretary",
                "office": MAYOR.office,
                "start": "2025-09-01",
                "acting": True,
                "order": " ",
            },
        ),
    ),
)
REGISTRAR_ROWS = (*NAMING, *MANAGING, *FOLLOWING)
