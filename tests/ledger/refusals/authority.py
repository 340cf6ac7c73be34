"""What is refused for who says it."""

from __future__ import annotations

from tests.ledger.refusals.row import Row, money, one
from tests.support.people import (
    COMMISSIONER,
    COUNCIL,
    FINANCE,
    FOREIGN,
    REGISTRARS,
    SECRETARY,
    STRANGER,
    Official,
    key_of,
)
from tests.support.story import ACTUAL, DEPUTY, FOREIGN_STREAM, FORMER
from tests.support.town import (
    ACT_DATA,
    PROGRAMME,
    PROGRAMME_DATA,
    remember,
)

MONEY_KIND = "financing.changed"
FINANCE_STREAM = f"body:{FINANCE}"
PERSON = {"person": "p-new", "name": "Нова особа"}
AUTHORITY = (
    Row(
        "a registry event by an office",
        "registrar-needed",
        "/signers/0/office",
        one("person.registered", "root", PERSON, by=SECRETARY),
    ),
    Row(
        "a registry event by one registrar and an office",
        "registrar-needed",
        "/signers/1/office",
        one("person.registered", "root", PERSON, by=[REGISTRARS[0], SECRETARY]),
    ),
    Row(
        "a registrar whom the opening does not name",
        "not-a-registrar",
        "/signers/0/kid",
        one(
            "person.registered",
            "root",
            PERSON,
            by=Official("p-secretary", "registrar", "root", SECRETARY.key),
        ),
    ),
    Row(
        "a registrar under another person's name",
        "key-of-another",
        "/signers/1/person",
        one(
            "person.registered",
            "root",
            PERSON,
            by=[REGISTRARS[0], Official("p-secretary", "registrar", "root", REGISTRARS[1].key)],
        ),
    ),
    Row(
        "one registrar where two are needed",
        "too-few-registrars",
        "/signers",
        one("person.registered", "root", PERSON, by=REGISTRARS[:1]),
    ),
    Row(
        "an office that nobody created",
        "unknown-office",
        "/signers/0/office",
        money(by=Official("p-secretary", "mayor", COUNCIL, SECRETARY.key)),
    ),
    Row(
        "a registrar for an official's event", "unknown-office", "/signers/0/office", money(by=REGISTRARS[0])
    ),
    Row(
        "an office that may not sign this kind", "office-may-not", "/signers/0/office", money(by=COMMISSIONER)
    ),
    Row(
        "a second signer whose office may not",
        "office-may-not",
        "/signers/1/office",
        money(by=[SECRETARY, COMMISSIONER]),
    ),
    Row(
        "another council's secretary",
        "foreign-body",
        "/signers/0/office",
        one("actual.reported", PROGRAMME, ACTUAL, by=STRANGER),
    ),
    Row(
        "the council's office for a body below it",
        "foreign-body",
        "/signers/0/office",
        one("act.registered", FINANCE_STREAM, ACT_DATA | {"act": "fin-1"}, by=SECRETARY),
    ),
    Row(
        "a programme adopted for another council",
        "foreign-body",
        "/signers/0/office",
        one("programme.adopted", "programme:p", PROGRAMME_DATA | {"programme": "p", "body": FOREIGN}),
    ),
    Row(
        "a programme of a body that nobody opened",
        "unknown-body",
        "/data/body",
        one("programme.adopted", "programme:p", PROGRAMME_DATA | {"programme": "p", "body": "nowhere"}),
    ),
    Row(
        "an act registered for another council",
        "foreign-body",
        "/signers/0/office",
        one("act.registered", FOREIGN_STREAM, ACT_DATA | {"act": "x"}),
    ),
    Row("a key that only another body accepted", "key-not-accepted", "/signers/0/kid", money(by=DEPUTY)),
    Row(
        "a key that no body accepted",
        "unknown-key",
        "/signers/0/kid",
        money(by=SECRETARY.using(remember(key_of("new")))),
    ),
    Row(
        "a key of another person",
        "key-of-another",
        "/signers/0/person",
        money(by=Official("p-former", "former-clerk", COUNCIL, SECRETARY.key)),
    ),
    Row(
        "a person without a mandate for the office",
        "no-mandate",
        "/signers/0/office",
        money(by=Official("p-secretary", "former-clerk", COUNCIL, SECRETARY.key)),
    ),
    Row("a mandate that ended today", "no-mandate", "/signers/0/office", money(by=FORMER)),
)
