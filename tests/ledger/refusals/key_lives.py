"""What is refused about keys that follow others, end, or come with a certificate; and about doubt."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from ledger.canonical import dumps, encode_base64url
from tests.ledger.refusals.keys import log_jwk
from tests.ledger.refusals.registrars import SMALL
from tests.ledger.refusals.row import Batch, Make, Row, batch, money, one
from tests.support.council import (
    MAYOR,
    NEVER,
    NEWCOMER,
    REEVE,
    TREASURER,
    revocation,
    rotation_of,
)
from tests.support.people import FINANCE, REGISTRARS, SECRETARY, Official, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, Payload, TestLedger, lines, sign_as

FINANCE_STREAM = f"body:{FINANCE}"
SECOND = SECRETARY.using(key_of("the secretary's second"))
CERTIFICATE = sha256(b"a certificate").hexdigest()
FILE = {"name": "s.cer", "media_type": "application/pkix-cert", "size": 13, "sha256": CERTIFICATE}
RESTRICTED = FILE | {"access": "restricted"}


def rotated(**change: Any) -> Make:
    """The secretary's key replaced by a second one, but for what is said here."""
    return lambda town: [
        town.envelope("key.rotated", COUNCIL_STREAM, rotation_of(town, SECRETARY, SECOND) | change)
    ]


def rotate(old: Official, new: Official, change: Callable[[TestLedger], Payload] = lambda _: {}) -> Make:
    return lambda town: [
        town.envelope("key.rotated", COUNCIL_STREAM, rotation_of(town, old, new) | change(town))
    ]


def certified(*files: Payload) -> Make:
    """An enrolment that names a certificate, and files beside it."""

    def make(town: TestLedger) -> Any:
        data = town.key_data(NEWCOMER) | {"certificate": CERTIFICATE}
        more: Payload = {"files": list(files)} if files else {}
        return [town.envelope("key.enrolled", COUNCIL_STREAM, data, **more)]

    return make


def pointing(at: str, by: Official = SECRETARY, kind: str = "financing.changed") -> Make:
    """A signature that points to a certificate."""

    def make(town: TestLedger) -> Any:
        x5t = encode_base64url(bytes.fromhex(at))
        payload = dumps(town.payload(kind, PROGRAMME, lines("1.00"), by=by))
        return [sign_as(payload, [(by.key, by.key.alg)], x5t=x5t)]

    return make


def pointing_elsewhere(town: TestLedger) -> Any:
    """A key accepted with one certificate, used with another."""
    data = town.key_data(SECOND) | {"certificate": CERTIFICATE}
    enrolled = town.envelope("key.enrolled", COUNCIL_STREAM, data, files=[RESTRICTED])
    return [enrolled, *pointing("00" * 32, SECOND)(town)]


def enrolled(jwk: Payload) -> Make:
    """The newcomer's enrolment with another key."""
    return lambda town: [
        town.envelope("key.enrolled", COUNCIL_STREAM, town.key_data(NEWCOMER) | {"jwk": jwk})
    ]


def revoked_then(then: Make, of: Official = SECRETARY, where: str = COUNCIL_STREAM) -> Make:
    def make(town: TestLedger) -> Any:
        return [town.envelope("key.revoked", where, revocation(of.key.public)), *then(town)]

    return make


def rotated_then(then: Make) -> Make:
    return lambda town: [*rotated()(town), *then(town)]


def corrected_revocation(said: Batch) -> None:
    first = said.say("key.revoked", COUNCIL_STREAM, revocation(SECRETARY.key.public))
    relations = {"corrects": {"event": first["id"], "payload": sha256(dumps(first)).hexdigest()}}
    said.say("key.revoked", COUNCIL_STREAM, revocation(MAYOR.key.public), relations=relations)


def voided_revocation(said: Batch) -> None:
    relations = {"corrects": {"event": NEVER, "payload": "00" * 32}}
    said.say("key.revoked", COUNCIL_STREAM, None, relations=relations)


def reaffirmed(*slots: str, stream: str = PROGRAMME, by: Any = SECRETARY) -> Make:
    """A re-affirmation of what the story calls so."""

    def make(town: TestLedger) -> Any:
        entries = [{"event": town.ids[slot], "payload": town.statements[town.ids[slot]]} for slot in slots]
        return [town.envelope("entry.reaffirmed", stream, {"entries": entries}, by=by)]

    return make


def reaffirmed_first_statement(town: TestLedger) -> Any:
    """The statement that a correction has replaced."""
    slot = town.ids["financing"]
    entries = [{"event": slot, "payload": town.recorded[slot].payload_hash.hex()}]
    return [town.envelope("entry.reaffirmed", PROGRAMME, {"entries": entries})]


def row(story: str, code: str, pointer: str, make: Make) -> Row:
    return Row(story, code, pointer, make, council=True)


ROTATION = (
    row(
        "a rotation of a key that this body never accepted",
        "no-live-key",
        "/data/kid",
        rotate(TREASURER, TREASURER.using(SECOND.key)),
    ),
    row(
        "a rotation of a revoked key",
        "no-live-key",
        "/envelopes/1/data/kid",
        revoked_then(rotated()),
    ),
    row(
        "a rotation of a key that the root revoked",
        "no-live-key",
        "/envelopes/1/data/kid",
        revoked_then(rotated(), where="root"),
    ),
    row(
        "a rotation of a key that was rotated",
        "no-live-key",
        "/envelopes/1/data/kid",
        rotated_then(rotate(SECRETARY, SECRETARY.using(key_of("a third")))),
    ),
    row("a rotation to the same key", "key-exists", "/data/jwk", rotate(SECRETARY, SECRETARY)),
    row("a rotation to another person's key", "key-exists", "/data/jwk", rotate(SECRETARY, MAYOR)),
    row(
        "a rotation to a key of another person in another body",
        "key-of-another",
        "/data/jwk",
        rotate(SECRETARY, Official("p-secretary", "x", "x", TREASURER.key)),
    ),
    row(
        "a rotation with a proof for another person",
        "possession-mismatch",
        "/data/possession/payload",
        rotate(SECRETARY, Official("p-mayor", "x", "x", SECOND.key)),
    ),
    row(
        "a rotation to the log's key",
        "key-of-the-log",
        "/data/jwk",
        rotate(SECRETARY, SECOND, lambda town: {"jwk": log_jwk(town.log_key)}),
    ),
    row(
        "a rotation with a certificate that is not beside it",
        "certificate-not-attached",
        "/data/certificate",
        rotated(certificate=CERTIFICATE),
    ),
    *(
        row(f"a rotation to a point {order}", "key-small-order", "/data/jwk", rotated(jwk=key))
        for order, key in SMALL.items()
    ),
    *(
        row(
            f"an enrolment of a point {order}",
            "key-small-order",
            "/data/jwk",
            enrolled(key),
        )
        for order, key in SMALL.items()
    ),
)
CERTIFICATES = (
    row("a certificate without a file", "certificate-not-attached", "/data/certificate", certified()),
    row(
        "a certificate beside another file",
        "certificate-not-attached",
        "/data/certificate",
        certified(RESTRICTED | {"sha256": "00" * 32}),
    ),
    row(
        "a certificate beside it that everybody may read",
        "certificate-not-attached",
        "/data/certificate",
        certified(FILE | {"access": "public", "name": "s.bin", "media_type": "application/octet-stream"}),
    ),
    row(
        "a signature that points to a certificate nobody accepted",
        "certificate-mismatch",
        "/signatures",
        pointing(CERTIFICATE),
    ),
    row(
        "a signature that points to another certificate than was accepted",
        "certificate-mismatch",
        "/envelopes/1/signatures",
        pointing_elsewhere,
    ),
)
ENDED = (
    row(
        "the old key after its rotation",
        "key-retired",
        "/envelopes/1/signers/0/kid",
        rotated_then(money()),
    ),
    row(
        "a key that its body has just revoked",
        "key-revoked",
        "/envelopes/1/signers/0/kid",
        revoked_then(money()),
    ),
    row(
        "a key that the root has just revoked",
        "key-revoked",
        "/envelopes/1/signers/0/kid",
        revoked_then(money(), where="root"),
    ),
    row(
        "a key revoked twice",
        "key-revoked",
        "/envelopes/1/data/kid",
        revoked_then(one("key.revoked", COUNCIL_STREAM, revocation(SECRETARY.key.public))),
    ),
    row(
        "a key enrolled that the root revoked",
        "key-revoked",
        "/envelopes/1/data/jwk",
        revoked_then(
            lambda town: [town.envelope("key.enrolled", FINANCE_STREAM, town.key_data(SECRETARY))],
            where="root",
        ),
    ),
    row(
        "a key enrolled again after its body revoked it",
        "key-exists",
        "/envelopes/1/data/jwk",
        revoked_then(lambda town: [town.envelope("key.enrolled", COUNCIL_STREAM, town.key_data(SECRETARY))]),
    ),
    row(
        "a revocation of a key that nobody knows",
        "unknown-key",
        "/data/kid",
        one("key.revoked", "root", revocation(key_of("nobody's").public)),
    ),
    row(
        "a revocation by a body that never accepted the key",
        "unknown-key",
        "/data/kid",
        one("key.revoked", COUNCIL_STREAM, revocation(REEVE.key.public)),
    ),
    row(
        "a suspicion from tomorrow on",
        "suspect-ahead",
        "/data/suspect_from",
        one("key.revoked", COUNCIL_STREAM, revocation(SECRETARY.key.public, "2025-09-02")),
    ),
    row(
        "a revocation for a cause of its own",
        "unknown-value",
        "/data/cause",
        one("key.revoked", COUNCIL_STREAM, revocation(SECRETARY.key.public, cause="boredom")),
    ),
    row(
        "a corrected revocation of another key",
        "correction-changes-id",
        "/envelopes/1/data/kid",
        batch(corrected_revocation),
    ),
    row("a voided revocation", "not-voidable", "/data", batch(voided_revocation)),
)
REAFFIRMED = (
    row("a re-affirmation of nothing", "too-few", "/data/entries", reaffirmed()),
    row(
        "a re-affirmation that names an entry twice",
        "entry-twice",
        "/data/entries",
        reaffirmed("actual", "actual"),
    ),
    row(
        "a re-affirmation of what stands in no doubt",
        "nothing-to-reaffirm",
        "/data/entries/0",
        reaffirmed("actual"),
    ),
    row(
        "a re-affirmation of a statement no longer in force",
        "stale-statement",
        "/data/entries/0/payload",
        reaffirmed_first_statement,
    ),
    row(
        "a re-affirmation of no event",
        "unknown-event",
        "/data/entries/0/event",
        one("entry.reaffirmed", PROGRAMME, {"entries": [{"event": NEVER, "payload": "00" * 32}]}),
    ),
    row(
        "a re-affirmation in one programme of another's event",
        "unknown-event",
        "/data/entries/0/event",
        reaffirmed("financing", stream="programme:town-second-2025"),
    ),
    row(
        "a re-affirmation of what registrars and an office said",
        "entries-differ",
        "/data/entries",
        reaffirmed("ended", "act", stream=COUNCIL_STREAM),
    ),
    row(
        "a registry entry re-affirmed by an office",
        "registrar-needed",
        "/signers/0/office",
        reaffirmed("ended", stream=COUNCIL_STREAM),
    ),
    row(
        "an act re-affirmed by registrars",
        "unknown-office",
        "/signers/0/office",
        reaffirmed("act", stream=COUNCIL_STREAM, by=REGISTRARS[:2]),
    ),
)
KEY_ROWS = (*ROTATION, *CERTIFICATES, *ENDED, *REAFFIRMED)
