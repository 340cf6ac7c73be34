"""What is refused for its form, before anything is looked up."""

from __future__ import annotations

from typing import Any

from ledger.canonical import dumps
from ledger.envelope import Envelope
from ledger.keys import ED25519, ES256
from tests.ledger.refusals.row import Make, Row, one, told
from tests.support.people import FINANCIER, SECRETARY, key_of
from tests.support.story import ACTUAL, CLOSED, TRANSFER
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, line, lines, sign_as, without

MONEY_KIND = "financing.changed"
EVENT_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
FILE = {"name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "00" * 32, "access": "public"}


def raw(payload: bytes) -> Make:
    """Any bytes, well signed by the secretary."""
    return lambda _: [sign_as(payload, [(SECRETARY.key, ED25519)])]


def edited(old: bytes, new: bytes) -> Make:
    """A good event whose bytes are changed before they are signed."""

    def make(town: TestLedger) -> list[Envelope]:
        payload = dumps(town.payload(MONEY_KIND, PROGRAMME, lines("1.00")))
        assert old in payload
        return [sign_as(payload.replace(old, new), [(SECRETARY.key, ED25519)])]

    return make


def good(**members: Any) -> Make:
    """A good money event with some members replaced."""
    return told(lambda town: town.payload(MONEY_KIND, PROGRAMME, lines("1.00")) | members)


def nameless(kid: str) -> Make:
    """Signed by the secretary, whose kid the payload spells in some other way."""

    def make(town: TestLedger) -> list[Envelope]:
        payload = town.payload(MONEY_KIND, PROGRAMME, lines("1.00"))
        return [town.signed(payload | {"signers": [SECRETARY.signer() | {"kid": kid}]}, [SECRETARY.key])]

    return make


def lacking(kind: str, subject: str, data: Any, *names: str) -> Make:
    return told(lambda town: without(town.payload(kind, subject, data), *names))


def amount(text: Any) -> Make:
    return one(MONEY_KIND, PROGRAMME, lines(line(text)))


def two_lines(first: dict[str, Any], second: dict[str, Any]) -> Make:
    return one(MONEY_KIND, PROGRAMME, lines(first, second))


def signed_by_another(town: TestLedger) -> list[Envelope]:
    """The secretary's kid over a signature that is not the secretary's."""
    mine = town.envelope(MONEY_KIND, PROGRAMME, lines("1.00"))
    other = town.envelope(MONEY_KIND, PROGRAMME, lines("2.00"))
    bent = type(mine)(mine.payload, mine.payload_text, mine.payload_hash, other.signatures)
    return [bent]


def one_of_two_bad(town: TestLedger) -> list[Envelope]:
    mine = town.envelope(MONEY_KIND, PROGRAMME, lines("1.00"), by=[SECRETARY, FINANCIER])
    other = town.envelope(MONEY_KIND, PROGRAMME, lines("2.00"), by=[SECRETARY, FINANCIER])
    mixed = (mine.signatures[0], other.signatures[1])
    return [type(mine)(mine.payload, mine.payload_text, mine.payload_hash, mixed)]


def other_alg(town: TestLedger) -> list[Envelope]:
    payload = dumps(town.payload(MONEY_KIND, PROGRAMME, lines("1.00")))
    return [sign_as(payload, [(SECRETARY.key, ES256)])]


LINE_AT = "/data/lines/0"
FORM = (
    # What is no canonical JSON at all. Pointers of these two places are into the whole.
    Row("a payload that is no JSON", "not-json", "", raw(b"{")),
    Row("a lone surrogate", "not-json", "", raw(rb'{"id":"\ud800"}')),
    Row("a payload that is a list", "malformed", "", raw(b"[]")),
    Row("a space after a colon", "not-canonical", "", edited(b'"schema":1', b'"schema": 1')),
    Row("a member twice", "not-canonical", "", edited(b'"schema":1', b'"schema":1,"schema":1')),
    Row("a needless escape", "not-canonical", "", edited(b'"financing', b'"\\u0066inancing')),
    Row("a fraction", "float-not-allowed", "/seen", edited(b'"schema":1,"seen":', b'"schema":1,"seen":0.')),
    Row(
        "an integer beyond 2^53",
        "integer-too-large",
        "/seen",
        edited(b'"schema":1,"seen":', b'"schema":1,"seen":900719925474099'),
    ),
    Row("a Cyrillic member name", "name-not-ascii", "", raw('{"а":1}'.encode())),
    Row("seventeen levels", "too-deep", "/0" * 16, raw(b"[" * 17 + b"]" * 17)),
    Row("a tab in a reason", "text-control", "/reason", good(reason="a\tb")),
    Row("a right-to-left override", "text-bidi", "/reason", good(reason="a\u202eb")),
    Row("a zero-width space", "text-zero-width", "/reason", good(reason="a\u200bb")),
    Row("a noncharacter", "text-noncharacter", "/reason", good(reason="a\ufffe")),
    Row("a decomposed letter", "text-not-nfc", "/reason", good(reason="и\u0306")),
    # Members of every event.
    Row("an unknown kind", "unknown-kind", "/kind", good(kind="financing.guessed")),
    Row("a kind that is a number", "unknown-kind", "/kind", good(kind=5)),
    Row("a schema of the future", "unknown-schema", "/schema", good(schema=2)),
    Row("no schema", "unknown-schema", "/schema", lacking(MONEY_KIND, PROGRAMME, lines("1.00"), "schema")),
    Row("money about a body", "wrong-subject", "/subject", one(MONEY_KIND, COUNCIL_STREAM, lines("1.00"))),
    Row("a subject of no family", "not-a-subject", "/subject", one(MONEY_KIND, "town", lines("1.00"))),
    Row("an extra member", "unknown-field", "/note", good(note="x")),
    Row("an extra member of data", "unknown-field", "/data/note", good(data=lines("1.00") | {"note": ""})),
    Row(
        "a report that says effective",
        "unknown-field",
        "/effective",
        one("actual.reported", PROGRAMME, ACTUAL, effective="2025-01-01"),
    ),
    Row(
        "a report that says effective null",
        "unknown-field",
        "/effective",
        told(lambda t: t.payload("actual.reported", PROGRAMME, ACTUAL) | {"effective": None}),
    ),
    Row(
        "a report that cites an act",
        "unknown-field",
        "/act",
        one("actual.reported", PROGRAMME, ACTUAL, act="a"),
    ),
    Row("no seen", "missing-field", "/seen", lacking(MONEY_KIND, PROGRAMME, lines("1.00"), "seen")),
    Row("data null that corrects nothing", "missing-field", "/data", good(data=None)),
    Row(
        "money without effective",
        "missing-field",
        "/effective",
        lacking(MONEY_KIND, PROGRAMME, lines("1.00"), "effective"),
    ),
    Row("money without an act", "act-missing", "/act", lacking(MONEY_KIND, PROGRAMME, lines("1.00"), "act")),
    Row("money that cites null", "act-missing", "/act", good(act=None)),
    Row(
        "a file neither public nor restricted",
        "unknown-value",
        "/files/0/access",
        good(files=[FILE | {"access": "secret"}]),
    ),
    Row(
        "a signature that everybody may read",
        "signature-file-public",
        "/files/1/access",
        good(files=[FILE, FILE | {"name": "рішення.pdf.p7s"}]),
    ),
    Row(
        "a certificate under another name",
        "signature-file-public",
        "/files/0/access",
        good(files=[FILE | {"media_type": "application/pkix-cert"}]),
    ),
    Row(
        "a proposal with a signature that everybody may read",
        "signature-file-public",
        "/data/change/files/0/access",
        one(
            "change.proposed",
            PROGRAMME,
            {
                "change": {
                    "kind": MONEY_KIND,
                    "schema": 1,
                    "effective": "2025-03-01",
                    "files": [FILE | {"name": "рішення.p7s"}],
                    "data": lines("1.00"),
                }
            },
        ),
    ),
    Row(
        "a private key, even restricted",
        "private-key-file",
        "/files/0",
        good(files=[FILE | {"name": "Key-6.DAT", "access": "restricted"}]),
    ),
    Row("a hash in capitals", "not-a-hash", "/files/0/sha256", good(files=[FILE | {"sha256": "AA" * 32}])),
    Row("a seen below zero", "malformed", "/seen", good(seen=-1)),
    Row("a seen that is true", "malformed", "/seen", good(seen=True)),
    Row(
        "an event id of version 4", "not-an-event-id", "/id", good(id="01890a5d-ac96-474b-bcce-b302099a8057")
    ),
    Row("an event id in capitals", "not-an-event-id", "/id", good(id=EVENT_ID.upper())),
    Row("an event id as a URN", "not-an-event-id", "/id", good(id="urn:uuid:" + EVENT_ID)),
    Row(
        "a kid that is no thumbprint",
        "not-a-key-id",
        "/signers/0/kid",
        nameless("me"),
    ),
    Row(
        "a person in capitals",
        "not-an-id",
        "/signers/0/person",
        good(signers=[SECRETARY.signer() | {"person": "P-1"}]),
    ),
    Row(
        "no signer",
        "too-few",
        "/signers",
        lambda t: [
            t.signed(t.payload(MONEY_KIND, PROGRAMME, lines("1.00")) | {"signers": []}, [SECRETARY.key])
        ],
    ),
    Row("33 acknowledgements", "too-many", "/acknowledges", good(acknowledges=[f"c-{n}" for n in range(33)])),
    Row("a code in capitals", "not-a-code", "/acknowledges/0", good(acknowledges=["Later"])),
    Row(
        "a code acknowledged twice",
        "acknowledged-twice",
        "/acknowledges",
        good(acknowledges=["later-decisions"] * 2),
    ),
    Row("a reason of 4,001 letters", "text-too-long", "/reason", good(reason="ї" * 4001)),
    Row("a day that is not in the calendar", "not-a-date", "/effective", good(effective="2025-02-29")),
    Row("a day without its zeros", "not-a-date", "/effective", good(effective="2025-3-1")),
    Row("an hour 25", "not-an-instant", "/submit_before", good(submit_before="2030-01-01T25:00:00Z")),
    Row(
        "an instant with an offset",
        "not-an-instant",
        "/submit_before",
        good(submit_before="2030-01-01T00:00:00+02:00"),
    ),
    # Values.
    *(
        Row(f"money written {text!r}", "not-money", f"{LINE_AT}/amount", amount(text))
        for text in ("1e3", "1_0", "١.٠٠", "-0.00", "1.5", "01.00", "+1.00", " 1.00", "1,00", "1.00\n")
    ),
    Row("money as a number", "malformed", f"{LINE_AT}/amount", amount(5)),
    Row(
        "an addition of a dash",
        "not-money",
        f"{LINE_AT}/amount",
        two_lines(line("-", op="add"), line("1.00", source="oblast")),
    ),
    Row(
        "an addition of nothing",
        "not-money",
        f"{LINE_AT}/amount",
        one(MONEY_KIND, PROGRAMME, lines(line(None, op="add"))),
    ),
    Row(
        "a set of nothing",
        "missing-field",
        f"{LINE_AT}/amount",
        one(MONEY_KIND, PROGRAMME, lines(line(None))),
    ),
    Row(
        "an unset with an amount",
        "amount-with-unset",
        f"{LINE_AT}/amount",
        one(MONEY_KIND, PROGRAMME, lines(line("1.00", op="unset"))),
    ),
    Row(
        "an operation of its own",
        "unknown-value",
        f"{LINE_AT}/op",
        one(MONEY_KIND, PROGRAMME, lines(line("1.00", op="mul"))),
    ),
    Row(
        "a year in quotes",
        "unknown-year",
        f"{LINE_AT}/year",
        one(MONEY_KIND, PROGRAMME, lines(line("1.00", year="2025"))),
    ),
    Row("a decision without lines", "too-few", "/data/lines", one(MONEY_KIND, PROGRAMME, {"lines": []})),
    Row(
        "a number with an exponent",
        "not-a-number",
        "/data/value",
        one("actual.reported", PROGRAMME, ACTUAL | {"value": "1e3"}),
    ),
    Row(
        "a negative zero",
        "not-a-number",
        "/data/value",
        one("actual.reported", PROGRAMME, ACTUAL | {"value": "-0.0"}),
    ),
    Row(
        "a fifth quarter",
        "unknown-period",
        "/data/period",
        one("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q5"}),
    ),
    Row(
        "a passport field in capitals",
        "malformed",
        "/data/passport/BAD",
        one("programme.amended", PROGRAMME, {"passport": {"BAD": "x"}}),
    ),
    # What an event says twice.
    Row(
        "two additions to one cell",
        "adds-twice",
        "/data/lines/1",
        two_lines(line("1.00", op="add"), line("2.00", op="add", since="2025-05-01")),
    ),
    Row("one cell twice from one date", "cell-twice", "/data/lines/1", two_lines(line("1.00"), line("2.00"))),
    Row(
        "one tree row twice",
        "cell-twice",
        "/data/tree/1/title",
        one("programme.amended", PROGRAMME, {"tree": [{"id": "2", "level": "task", "title": "Т"}] * 2}),
    ),
    Row(
        "one annex restated twice",
        "cell-twice",
        "/data/restated/1",
        one("programme.amended", PROGRAMME, {"restated": [{"annex": "tree"}] * 2}),
    ),
    Row(
        "one cell reported twice",
        "cell-twice",
        "/data/lines/1",
        one(
            "spending.reported",
            PROGRAMME,
            {
                "phase": "paid",
                "period": "2025-Q1",
                "accumulation": "period",
                "lines": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}] * 2,
            },
        ),
    ),
    # Corrections that no kind of theirs allows.
    Row(
        "an adoption voided",
        "not-voidable",
        "/data",
        good(
            kind="programme.adopted",
            data=None,
            relations={"corrects": {"event": EVENT_ID, "payload": "00" * 32}},
        ),
    ),
    Row(
        "an enrolment corrected",
        "not-correctable",
        "/relations/corrects",
        told(
            lambda t: t.payload(
                "key.enrolled",
                COUNCIL_STREAM,
                t.key_data(SECRETARY),
                relations={"corrects": {"event": EVENT_ID, "payload": "00" * 32}},
            )
        ),
    ),
    # Signatures.
    Row(
        "a signer named twice",
        "signer-twice",
        "/signers",
        lambda t: [
            t.signed(
                t.payload(MONEY_KIND, PROGRAMME, lines("1.00"), by=[SECRETARY, SECRETARY]), [SECRETARY.key]
            )
        ],
    ),
    Row(
        "a key that the payload does not name",
        "signers-differ",
        "/signers",
        one(MONEY_KIND, PROGRAMME, lines("1.00"), keys=[SECRETARY.key, FINANCIER.key]),
    ),
    Row(
        "a signature stripped",
        "signers-differ",
        "/signers",
        one(MONEY_KIND, PROGRAMME, lines("1.00"), by=[SECRETARY, FINANCIER], keys=[SECRETARY.key]),
    ),
    Row(
        "another key than the one named",
        "signers-differ",
        "/signers",
        one(MONEY_KIND, PROGRAMME, lines("1.00"), keys=[key_of("nobody")]),
    ),
    Row("a signature over another payload", "bad-signature", "/signatures", signed_by_another),
    Row("one bad signature of two", "bad-signature", "/signatures", one_of_two_bad),
    Row("an algorithm that is not the key's", "alg-mismatch", "/signatures", other_alg),
)
BATCHES = (
    Row(
        "an event id used before for another payload",
        "event-id-used",
        "/id",
        lambda t: [t.envelope(MONEY_KIND, PROGRAMME, lines("1.00"), id=t.ids["financing"])],
    ),
    Row(
        "an event id twice in a batch",
        "event-id-used",
        "/envelopes/1/id",
        lambda t: [t.envelope(MONEY_KIND, PROGRAMME, lines(n), id=EVENT_ID) for n in ("1.00", "2.00")],
    ),
    Row(
        "a batch of which one is recorded already",
        "partly-recorded",
        "/envelopes/1",
        lambda t: [t.envelope(MONEY_KIND, PROGRAMME, lines("1.00")), t.recorded[t.ids["actual"]]],
    ),
    Row(
        "a fault of form inside a batch",
        "not-money",
        "/envelopes/1/data/amount",
        lambda t: [
            t.envelope(MONEY_KIND, PROGRAMME, lines("1.00")),
            t.envelope("transfer.made", PROGRAMME, TRANSFER | {"amount": "1"}),
        ],
    ),
    Row(
        "a fault found under the lock inside a batch",
        "programme-closed-already",
        "/envelopes/1/subject",
        lambda t: [
            t.envelope(MONEY_KIND, PROGRAMME, lines("1.00")),
            t.envelope("programme.closed", CLOSED, {"outcome": "completed"}),
        ],
    ),
)
