"""What is refused about keys, and about the ledger's opening, which enrols the registrars'."""

from __future__ import annotations

from typing import Any

from ledger.canonical import dumps, encode_base64url
from ledger.envelope import Envelope, prove_possession
from tests.ledger.refusals.row import Make, Row, one, told
from tests.support.people import (
    COUNCIL,
    FINANCIER,
    REGISTRARS,
    SECRETARY,
    Official,
    key_of,
)
from tests.support.town import (
    COUNCIL_STREAM,
    Payload,
    TestLedger,
    remember,
    sign_as,
)

IAT = 1_756_717_200
NEWCOMER = Official("p-commissioner", "x", COUNCIL, remember(key_of("newcomer")))
PERSON = {"person": "p-new", "name": "Нова особа"}
MONEY_KIND = "financing.changed"


def opening(change: Payload, by: tuple[Official, ...] = REGISTRARS[:2]) -> Make:
    """ledger.opened with other data, whose genesis is put right."""

    def make(town: TestLedger) -> list[Envelope]:
        town.opening = town.opening | change
        return [town.envelope("ledger.opened", "root", town.opening, by=by)]

    return make


def enrol(**change: Any) -> Make:
    return lambda town: [town.envelope("key.enrolled", COUNCIL_STREAM, town.key_data(NEWCOMER) | change)]


def jwk(y: int) -> Payload:
    """An Ed25519 JWK of a point given by its encoding."""
    return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(y.to_bytes(32, "little"))}


def proof_for(person: str, *, origin: str | None = None) -> Make:
    """The newcomer's key with a proof made for somebody or somewhere else."""

    def make(town: TestLedger) -> list[Envelope]:
        ledger = town.name | ({"origin": origin} if origin else {})
        proof = prove_possession(NEWCOMER.key, ledger=ledger, person=person, iat=IAT)
        data = town.key_data(NEWCOMER) | {"possession": proof}
        return [town.envelope("key.enrolled", COUNCIL_STREAM, data)]

    return make


def proof_by_another(town: TestLedger) -> list[Envelope]:
    """The newcomer's own statement with somebody else's signature under the newcomer's kid."""
    data = town.key_data(NEWCOMER)
    wrong = encode_base64url(key_of("thief").sign(b"anything"))
    signatures = [data["possession"]["signatures"][0] | {"signature": wrong}]
    data = data | {"possession": data["possession"] | {"signatures": signatures}}
    return [town.envelope("key.enrolled", COUNCIL_STREAM, data)]


def event_as_proof(town: TestLedger) -> list[Envelope]:
    """An event's signature where a proof of possession belongs."""
    envelope = sign_as(dumps({}), [(NEWCOMER.key, NEWCOMER.key.alg)])
    signature = envelope.signatures[0]
    proof = {
        "payload": envelope.payload_text,
        "signatures": [
            {"protected": signature.protected, "signature": encode_base64url(signature.signature)}
        ],
    }
    return [town.envelope("key.enrolled", COUNCIL_STREAM, town.key_data(NEWCOMER) | {"possession": proof})]


def log_jwk(log_key: str) -> Payload:
    """The log's key as somebody's JWK."""
    from base64 import b64decode

    point = b64decode(log_key.rpartition("+")[2] if log_key.count("+") == 2 else log_key.split("+", 2)[2])[1:]
    return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(point)}


def enrol_log_key(town: TestLedger) -> list[Envelope]:
    data = town.key_data(NEWCOMER) | {"jwk": log_jwk(town.log_key)}
    return [town.envelope("key.enrolled", COUNCIL_STREAM, data)]


def open_with_log_key(town: TestLedger) -> list[Envelope]:
    third = town.opening["registrars"][2] | {"jwk": log_jwk(town.log_key)}
    return list(opening({"registrars": [*town.opening["registrars"][:2], third]})(town))


def twice_the_same_registrar(town: TestLedger) -> list[Envelope]:
    first, second, _ = town.opening["registrars"]
    again = second | {"person": first["person"]}
    return list(opening({"registrars": [first, again], "k": 1}, REGISTRARS[:1])(town))


OPENING = (
    Row(
        "anything before the opening",
        "not-open",
        "/ledger",
        one("person.registered", "root", PERSON),
        unopened=True,
    ),
    Row(
        "an opening for another ledger",
        "wrong-ledger",
        "/ledger",
        told(lambda t: t.payload("ledger.opened", "root", t.opening | {"k": 1})),
        unopened=True,
    ),
    Row(
        "a person who is two registrars",
        "registrar-twice",
        "/data/registrars",
        twice_the_same_registrar,
        unopened=True,
    ),
    Row(
        "a time zone of a planet of its own",
        "unknown-zone",
        "/data/zone",
        opening({"zone": "Mars/Base"}),
        unopened=True,
    ),
    Row(
        "a registrar with the log's key",
        "key-of-the-log",
        "/data/registrars/2/jwk",
        open_with_log_key,
        unopened=True,
    ),
    Row(
        "an opening by fewer registrars than it asks for",
        "too-few-registrars",
        "/signers",
        opening({"k": 3}),
        unopened=True,
    ),
    Row(
        "an opening by somebody whom it does not name",
        "not-a-registrar",
        "/signers/0/kid",
        opening({}, (Official("p-x", "registrar", "root", remember(key_of("x"))),)),
        unopened=True,
    ),
    Row("a second opening", "already-open", "", lambda t: [t.envelope("ledger.opened", "root", t.opening)]),
)
KEYS = (
    Row("a key of a person not registered", "unknown-person", "/data/person", enrol(person="p-none")),
    Row(
        "a key accepted twice",
        "key-exists",
        "/data/jwk",
        lambda t: [t.envelope("key.enrolled", COUNCIL_STREAM, t.key_data(SECRETARY))],
    ),
    Row(
        "a key of somebody in another body",
        "key-of-another",
        "/data/jwk",
        lambda t: [
            t.envelope("key.enrolled", COUNCIL_STREAM, t.key_data(FINANCIER) | {"person": "p-commissioner"})
        ],
    ),
    Row(
        "a registrar's key for another person",
        "key-of-another",
        "/data/jwk",
        lambda t: [
            t.envelope(
                "key.enrolled", COUNCIL_STREAM, t.key_data(REGISTRARS[1]) | {"person": "p-commissioner"}
            )
        ],
    ),
    Row("the log's key as an official's", "key-of-the-log", "/data/jwk", enrol_log_key),
    Row("a point of small order", "key-small-order", "/data/jwk", enrol(jwk=jwk(0))),
    Row("the identity point", "key-small-order", "/data/jwk", enrol(jwk=jwk(1))),
    Row("a point in another encoding", "key-not-canonical", "/data/jwk", enrol(jwk=jwk(2**255 - 19 + 3))),
    Row("a point off the curve", "key-off-curve", "/data/jwk", enrol(jwk=jwk(2))),
    Row(
        "a P-256 point off the curve",
        "key-off-curve",
        "/data/jwk",
        enrol(jwk={"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}),
    ),
    Row(
        "a JWK with spare bits",
        "not-base64url",
        "/data/jwk/x",
        enrol(jwk={"kty": "OKP", "crv": "Ed25519", "x": "A" * 42 + "B"}),
    ),
    Row(
        "a JWK of 31 bytes",
        "not-a-key-id",
        "/data/jwk/x",
        enrol(jwk={"kty": "OKP", "crv": "Ed25519", "x": "A" * 42}),
    ),
    Row(
        "a JWK with half a point",
        "missing-field",
        "/data/jwk/y",
        enrol(jwk={"kty": "EC", "crv": "P-256", "x": "A" * 43}),
    ),
    Row("an RSA key", "unknown-value", "/data/jwk", enrol(jwk={"kty": "RSA"})),
    Row("a private key", "unknown-field", "/data/jwk/d", enrol(jwk=jwk(5) | {"d": "A" * 43})),
    Row(
        "a proof for another person",
        "possession-mismatch",
        "/data/possession/payload",
        proof_for("p-secretary"),
    ),
    Row(
        "a proof for another ledger",
        "possession-mismatch",
        "/data/possession/payload",
        proof_for("p-commissioner", origin="other.example"),
    ),
    Row("a proof signed by another", "bad-signature", "/data/possession/signatures", proof_by_another),
    Row("an event as a proof", "wrong-typ", "/data/possession/signatures/0/protected/typ", event_as_proof),
)
