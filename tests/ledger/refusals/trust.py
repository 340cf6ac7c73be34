"""What is refused of the service key, and of what it states in the stream `trust`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from ledger.envelope import prove_possession
from tests.ledger.refusals.row import Batch, Make, Row, batch, one
from tests.support import service
from tests.support.log_keys import log_key, note
from tests.support.people import FINANCIER, MACHINE, REGISTRARS, SECRETARY, Official, key_of
from tests.support.town import COUNCIL_STREAM, ORIGIN, PROGRAMME, Payload, TestLedger, lines, remember

OTHER_KEY = MACHINE.using(remember(key_of("another service")))
WITNESS = "witness.example/w1"

# The service that a row needs is enrolled in the row's own batch: a refusal leaves nothing behind.
Tell = Callable[[Batch], object]


def enrolled(tell: Tell) -> Make:
    def told(said: Batch) -> None:
        said.say("service_key.enrolled", "root", service.key_data(said.town))
        tell(said)

    return batch(told)


def state(kind: str, build: Callable[[TestLedger], Payload], **common: Any) -> Make:
    """One statement in the stream `trust`."""
    return enrolled(lambda said: said.say(kind, "trust", build(said.town), **common))


def stating_twice(kind: str, build: Callable[[TestLedger], Payload]) -> Make:
    """The same size again."""

    def tell(said: Batch) -> None:
        said.say(kind, "trust", build(said.town))
        said.say(kind, "trust", build(said.town))

    return enrolled(tell)


def enrol(change: Callable[[TestLedger], Payload], **common: Any) -> Make:
    return lambda town: [
        town.envelope("service_key.enrolled", "root", service.key_data(town) | change(town), **common)
    ]


def proof_for(person: str) -> Callable[[TestLedger], Payload]:
    def change(town: TestLedger) -> Payload:
        proof = prove_possession(MACHINE.key, ledger=town.name, person=person, iat=1_756_717_200)
        return {"possession": proof}

    return change


def key_of_official(official: Official) -> Make:
    """An official's key as the service's, with a good proof."""
    machine = Official("service", "service", "trust", official.key)
    return lambda town: [town.envelope("service_key.enrolled", "root", service.key_data(town, machine))]


def revoked(said: Batch) -> None:
    said.say("key.revoked", "root", {"kid": MACHINE.key.public.kid, "cause": "other"})
    said.say("ledger.heads", "trust", service.heads(said.town))


def revoked_and_back(said: Batch) -> None:
    said.say("key.revoked", "root", {"kid": MACHINE.key.public.kid, "cause": "other"})
    said.say("service_key.enrolled", "root", service.key_data(said.town))


def as_official(said: Batch) -> None:
    machine = Official(SECRETARY.person, SECRETARY.office, COUNCIL_STREAM, MACHINE.key)
    said.say("key.enrolled", COUNCIL_STREAM, said.town.key_data(machine))


def again(said: Batch) -> None:
    said.say("service_key.enrolled", "root", service.key_data(said.town))


def person_of_that_name(said: Batch) -> None:
    said.say("person.registered", "root", {"person": "service", "name": "Особа"})


def not_this_checkpoint(town: TestLedger) -> Payload:
    """A good response, over the checkpoint one entry shorter."""
    shorter = service.anchored(town, town.position - 1)
    return {"checkpoint": service.signed(town), "response": shorter["response"]}


def not_granted(town: TestLedger) -> Payload:
    """TimeStampResp of one PKIStatusInfo: rejection (2). Source: RFC 3161 §2.4.2."""
    response = bytes.fromhex("30053003020102")
    return {"checkpoint": service.signed(town), "response": b64encode(response).decode()}


def unsigned_by_us(town: TestLedger) -> Payload:
    other = note([log_key("another")], town.position)
    return {"checkpoint": service.cosigned(other, WITNESS)}


def wrongly_signed(town: TestLedger) -> Payload:
    """The log's line of a shorter tree stands on this one."""
    longer, shorter = service.signed(town), service.signed(town, town.position - 1)
    text, line = longer.rpartition("\n\n")[0], shorter.rpartition("\n\n")[2]
    return {"checkpoint": service.cosigned(f"{text}\n\n{line}", WITNESS)}


def of_another_log(town: TestLedger) -> Payload:
    other = note([log_key("another", "city.example/pledger")], town.position, origin="city.example/pledger")
    return {"checkpoint": service.cosigned(other, WITNESS)}


TRUST = (
    Row(
        "a service key for a person's id",
        "person-exists",
        "/data/service",
        enrol(lambda _: {"service": "p-secretary"}),
    ),
    Row("an official's key as the service's", "key-of-another", "/data/jwk", key_of_official(FINANCIER)),
    Row("a registrar's key as the service's", "key-of-another", "/data/jwk", key_of_official(REGISTRARS[0])),
    Row(
        "a service key by one registrar",
        "too-few-registrars",
        "/signers",
        enrol(lambda _: {}, by=REGISTRARS[:1]),
    ),
    Row(
        "a service key with a proof for another",
        "possession-mismatch",
        "/data/possession/payload",
        enrol(proof_for("p-secretary")),
    ),
    Row(
        "a service key that is enrolled already",
        "service-key-known",
        "/envelopes/1/data/jwk",
        enrolled(again),
    ),
    Row(
        "a revoked service key enrolled again",
        "key-revoked",
        "/envelopes/2/data/jwk",
        enrolled(revoked_and_back),
    ),
    Row(
        "the service's key as an official's", "key-of-another", "/envelopes/1/data/jwk", enrolled(as_official)
    ),
    Row(
        "a person with the service's id",
        "person-exists",
        "/envelopes/1/data/person",
        enrolled(person_of_that_name),
    ),
    Row(
        "an office with the service's name",
        "office-exists",
        "/data/office",
        one(
            "office.created",
            COUNCIL_STREAM,
            {"office": "service", "name": "Служба", "kinds": ["act.registered"]},
        ),
    ),
    Row(
        "an office that may state heads",
        "unknown-kind",
        "/data/kinds/0",
        one(
            "office.created",
            COUNCIL_STREAM,
            {"office": "clerk", "name": "Діловод", "kinds": ["ledger.heads"]},
        ),
    ),
    Row(
        "heads by an official",
        "service-only",
        "/envelopes/1/signers/0/office",
        state("ledger.heads", service.heads, by=SECRETARY),
    ),
    Row(
        "heads by registrars",
        "service-only",
        "/envelopes/1/signers/0/office",
        state("ledger.heads", service.heads, by=REGISTRARS[:2]),
    ),
    Row(
        "heads by the service and an official",
        "service-only",
        "/envelopes/1/signers/1/office",
        state("ledger.heads", service.heads, by=(MACHINE, SECRETARY)),
    ),
    Row(
        "heads by two service keys",
        "service-only",
        "/envelopes/1/signers/1/office",
        state("ledger.heads", service.heads, by=(MACHINE, OTHER_KEY)),
    ),
    Row(
        "heads before there is a service key",
        "not-a-service",
        "/signers/0/kid",
        one("ledger.heads", "trust", {"size": 1, "root": "00" * 32, "streams": 1}),
    ),
    Row(
        "heads by an official's key in the service's name",
        "not-a-service",
        "/envelopes/1/signers/0/kid",
        state("ledger.heads", service.heads, by=MACHINE.using(SECRETARY.key)),
    ),
    Row(
        "heads by the service's key in another's name",
        "key-of-another",
        "/envelopes/1/signers/0/person",
        state("ledger.heads", service.heads, by=service.SECOND_MACHINE),
    ),
    Row("heads by a revoked service key", "key-revoked", "/envelopes/2/signers/0/kid", enrolled(revoked)),
    Row(
        "a decision about money by the service",
        "service-may-not",
        "/envelopes/1/signers/0/office",
        enrolled(lambda said: said.say("financing.changed", PROGRAMME, lines("1.00"), by=MACHINE)),
    ),
    Row(
        "a person registered by the service",
        "service-may-not",
        "/envelopes/1/signers/0/office",
        enrolled(
            lambda said: said.say("person.registered", "root", {"person": "p-x", "name": "Особа"}, by=MACHINE)
        ),
    ),
    Row(
        "a person registered by registrars and the service",
        "service-may-not",
        "/envelopes/1/signers/2/office",
        enrolled(
            lambda said: said.say(
                "person.registered", "root", {"person": "p-x", "name": "Особа"}, by=(*REGISTRARS[:2], MACHINE)
            )
        ),
    ),
    Row(
        "heads in the root's stream",
        "wrong-subject",
        "/subject",
        one("ledger.heads", "root", {"size": 1, "root": "00" * 32, "streams": 1}),
    ),
    Row(
        "a decision in the stream trust",
        "wrong-subject",
        "/subject",
        one("financing.changed", "trust", lines("1.00")),
    ),
    Row(
        "heads that correct others",
        "not-correctable",
        "/relations/corrects",
        one(
            "ledger.heads",
            "trust",
            {"size": 1, "root": "00" * 32, "streams": 1},
            relations={"corrects": {"event": "01890a5d-ac96-774b-bcce-b302099a8057", "payload": "00" * 32}},
        ),
    ),
    Row(
        "heads of more entries than there are",
        "size-ahead",
        "/envelopes/1/data/size",
        state("ledger.heads", lambda town: service.heads(town, town.position + 2)),
    ),
    Row(
        "heads of the same size again",
        "size-not-newer",
        "/envelopes/2/data/size",
        stating_twice("ledger.heads", service.heads),
    ),
    Row(
        "a witnessed checkpoint of another key",
        "checkpoint-not-ours",
        "/envelopes/1/data/checkpoint",
        state("checkpoint.witnessed", unsigned_by_us),
    ),
    Row(
        "a witnessed checkpoint with the log's line of another tree",
        "checkpoint-not-ours",
        "/envelopes/1/data/checkpoint",
        state("checkpoint.witnessed", wrongly_signed),
    ),
    Row(
        "a witnessed checkpoint of another log",
        "checkpoint-not-ours",
        "/envelopes/1/data/checkpoint",
        state("checkpoint.witnessed", of_another_log),
    ),
    Row(
        "a witnessed checkpoint ahead of the log",
        "size-ahead",
        "/envelopes/1/data/checkpoint",
        state("checkpoint.witnessed", lambda town: service.witnessed(town, town.position + 2)),
    ),
    Row(
        "a witnessed checkpoint of the empty tree",
        "size-not-newer",
        "/envelopes/1/data/checkpoint",
        state("checkpoint.witnessed", lambda town: service.witnessed(town, 0)),
    ),
    Row(
        "the same witnessed checkpoint again",
        "size-not-newer",
        "/envelopes/2/data/checkpoint",
        stating_twice("checkpoint.witnessed", service.witnessed),
    ),
    Row(
        "a witnessed checkpoint with the log's line alone",
        "cosignature-missing",
        "/envelopes/1/data/checkpoint",
        state("checkpoint.witnessed", lambda town: {"checkpoint": service.signed(town)}),
    ),
    Row(
        "a witnessed checkpoint with another line that is no cosignature",
        "cosignature-missing",
        "/envelopes/1/data/checkpoint",
        state(
            "checkpoint.witnessed",
            lambda town: {"checkpoint": service.cosigned(service.signed(town), WITNESS, cut=1)},
        ),
    ),
    Row(
        "a witnessed checkpoint cosigned in the log's own name",
        "cosignature-missing",
        "/envelopes/1/data/checkpoint",
        state(
            "checkpoint.witnessed",
            lambda town: {"checkpoint": service.cosigned(service.signed(town), ORIGIN)},
        ),
    ),
    Row(
        "a witnessed text that is no checkpoint",
        "malformed",
        "/data/checkpoint",
        one("checkpoint.witnessed", "trust", {"checkpoint": "believe us"}),
    ),
    Row(
        "a stamp over another checkpoint",
        "stamp-of-another",
        "/envelopes/1/data/response",
        state("timestamp.anchored", not_this_checkpoint),
    ),
    Row(
        "a stamp that was not granted",
        "stamp-unreadable",
        "/envelopes/1/data/response",
        state("timestamp.anchored", not_granted),
    ),
    Row(
        "a stamp over another log's checkpoint",
        "checkpoint-not-ours",
        "/envelopes/1/data/checkpoint",
        state("timestamp.anchored", lambda town: of_another_log(town) | {"response": "MAMCAQA="}),
    ),
    Row(
        "a stamp in another spelling of base64",
        "malformed",
        "/data/response",
        lambda town: [
            town.envelope(
                "timestamp.anchored", "trust", {"checkpoint": service.signed(town), "response": "MAMCAQB="}
            )
        ],
    ),
    Row(
        "the same stamp again",
        "size-not-newer",
        "/envelopes/2/data/checkpoint",
        stating_twice("timestamp.anchored", service.anchored),
    ),
)
