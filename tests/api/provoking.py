"""Requests that make a server answer with a problem which nobody comes upon by chance, one for each.

A Provocation is given a door that is not needed for anything else; what it patches is put right again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import orjson
from fastapi.testclient import TestClient

from api.limits.buckets import Buckets
from api.limits.gate import Gate
from ledger.canonical import encode_base64url
from ledger.envelope import (
    BATCH_COUNT_MAX,
    BATCH_SIZE_MAX,
    ENVELOPE_SIZE_MAX,
    PAYLOAD_SIZE_MAX,
    envelope_json,
)
from ledger.errors import Busy, Stopped, StorageError
from projections.reading import Blocked
from tests.api.bundling import prove
from tests.api.door import BASE, Door
from tests.api.story import CONTENT, EVIDENCE
from tests.support.people import SECRETARY, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, lines, remember

Provocation = Callable[[Door], Any]
ACTUAL = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"}
OCTETS = {"Content-Type": "application/octet-stream"}
JSON = {"Content-Type": "application/json"}


# -- envelopes that are none ------------------------------------------------------------------


def good(door: Door) -> dict[str, Any]:
    """An envelope that would be recorded."""
    return dict(envelope_json(door.town.envelope("financing.changed", PROGRAMME, lines("170.00"))))


def with_header(**members: Any) -> Provocation:
    """A good envelope whose protected header says something else; None leaves a member out."""

    def provoke(door: Door) -> Any:
        envelope = good(door)
        (signature,) = envelope["signatures"]
        header = orjson.loads(base64.urlsafe_b64decode(signature["protected"] + "=="))
        header = {name: value for name, value in (header | members).items() if value is not None}
        spelled = encode_base64url(orjson.dumps(header, option=orjson.OPT_SORT_KEYS))
        return post(door, {**envelope, "signatures": [{**signature, "protected": spelled}]})

    return provoke


def with_members(change: Callable[[dict[str, Any]], Any]) -> Provocation:
    """A good envelope, changed as JSON."""
    return lambda door: post(door, change(good(door)))


def with_signature(**members: str) -> Provocation:
    """A good envelope with other members of its signature."""
    return with_members(lambda one: {**one, "signatures": [one["signatures"][0] | members]})


def post(door: Door, body: Any) -> Any:
    return door.post_raw(orjson.dumps(body))


def twice(door: Door) -> Any:
    """A member that stands there twice: the parser would keep the last."""
    raw = orjson.dumps(good(door))
    return door.post_raw(raw[:-1] + b',"payload":"AA"}')


ENVELOPES: dict[str, Provocation] = {
    "alg-not-allowed": with_header(alg="none"),
    "header-not-canonical": with_signature(protected="e30g"),
    "header-malformed": with_header(jwk={}),
    "iat-malformed": with_header(iat=-1),
    "kid-malformed": with_header(kid="x"),
    "x5t-malformed": with_header(**{"x5t#S256": "x"}),
    "signature-count": with_members(lambda one: {**one, "signatures": []}),
    "signature-size": with_members(
        lambda one: {**one, "signatures": [{**one["signatures"][0], "signature": "AA"}]}
    ),
    "duplicate-kid": with_members(lambda one: {**one, "signatures": one["signatures"] * 2}),
    "duplicate-member": twice,
    "payload-too-large": with_members(lambda one: {**one, "payload": "A" * (PAYLOAD_SIZE_MAX * 4 // 3 + 8)}),
    "envelope-too-large": lambda door: door.post_raw(b" " * (ENVELOPE_SIZE_MAX + 1)),
    "batch-malformed": lambda door: post(door, {"envelopes": 1}),
    "batch-count": lambda door: post(door, {"envelopes": []}),
    "envelope-malformed": with_members(lambda one: {**one, "x": 1}),
    "open-by-init": lambda door: door.post(door.town.envelope("ledger.opened", "root", door.town.opening)),
    "needs-acknowledgement": lambda door: door.post(
        door.town.envelope("financing.changed", PROGRAMME, lines("170.00"), seen=0)
    ),
}

# -- requests that are none -------------------------------------------------------------------


def put(door: Door, digest: str, content: bytes) -> Any:
    return door.client.put(f"/v1/files/{digest}", content=content, headers=OCTETS)


def named(door: Door, content: bytes = CONTENT, **more: Any) -> str:
    """An event that names a file is recorded; the file's hash."""
    digest = hashlib.sha256(content).hexdigest()
    file = EVIDENCE | {"sha256": digest, "size": len(content)} | more
    door.say("actual.reported", PROGRAMME, ACTUAL, files=[file])
    return digest


def imported(door: Door, shape: str, text: str) -> Any:
    """A file of rows of the town's programme."""
    path = f"/v1/imports/{shape}?programme={PROGRAMME_ID}"
    return door.client.post(path, content=text.encode(), headers=OCTETS)


CERTIFICATES = "number;date;measure;year;source;change\n" + "".join(
    f"{n};2025-03-01;1.1;2025;local;1\n" for n in range(BATCH_COUNT_MAX + 1)
)


def drafted(door: Door, person: str, office: str) -> Any:
    """A draft whose signer does not say with which key."""
    payload = door.town.payload("financing.changed", PROGRAMME, lines("170.00"))
    return door.draft(payload | {"signers": [{"person": person, "office": office}]})


def several_keys(door: Door) -> Any:
    key = key_of("a second key of the secretary")
    door.say("key.enrolled", COUNCIL_STREAM, door.town.key_data(SECRETARY.using(remember(key))))
    return drafted(door, SECRETARY.person, SECRETARY.office)


def beyond_heads(door: Door) -> Any:
    """A bundle of what was recorded after the heads."""
    prove(door.town)
    event = door.say("financing.changed", PROGRAMME, lines("171.00"))["event"]
    return door.get(f"/v1/events/{event}/bundle")


def printed_too_large(door: Door) -> Any:
    """As if no page had room for a row."""
    with patch("api.print.making.ROWS_MAX", 0):
        return door.get(f"{BASE}/print/state")


def uploaded(door: Door, **files: bytes) -> Any:
    return door.client.post("/v1/verify", files={name: (name, content) for name, content in files.items()})


def verified_too_long(door: Door) -> Any:
    with patch("api.verifying.SECONDS_MAX", 0.001):
        return uploaded(door, bundle=b"PK")


REQUESTS: dict[str, Provocation] = {
    "form-malformed": lambda door: uploaded(door, other=b"x"),
    "not-verifiable": lambda door: uploaded(door, bundle=b"no archive"),
    "not-found": lambda door: door.get("/nowhere"),
    "method-not-allowed": lambda door: door.client.delete("/v1"),
    "wrong-media-type": lambda door: door.client.post("/v1/events", content=b"{}", headers=JSON),
    "body-too-large": lambda door: door.post_raw(b" " * (BATCH_SIZE_MAX + 1)),
    "unknown-parameter": lambda door: door.get("/v1?x=1"),
    "repeated-parameter": lambda door: door.get(f"{BASE}?as_of=2025-01-01&as_of=2025-01-01"),
    "draft-malformed": lambda door: door.drafts([]),
    "not-json": lambda door: door.post_raw(b"{"),
    "import-file-invalid": lambda door: imported(door, "actuals", "no columns"),
    "import-too-many-events": lambda door: imported(door, "schedule", CERTIFICATES),
    "bad-parameter": lambda door: door.get("/v1/events?limit=0"),
    "missing-parameter": lambda door: door.get("/v1/proofs/inclusion"),
    "position-ahead": lambda door: door.get(f"{BASE}?known=9999"),
    "no-such-programme": lambda door: door.get("/v1/programmes/x"),
    "no-such-event": lambda door: door.get("/v1/events/x"),
    "no-such-kind": lambda door: door.get("/v1/schemas/x"),
    "no-such-record": lambda door: door.get("/v1/acts/x"),
    "no-such-file": lambda door: door.get(f"/v1/files/{'ab' * 32}"),
    "no-such-open-data": lambda door: door.get("/opendata/latest/x.csv"),
    "no-such-tile": lambda door: door.get("/log/tile/0/999"),
    "no-such-person": lambda door: door.get("/v1/inbox?person=p-x"),
    "no-heads": lambda door: door.get(f"{BASE}/bundle"),
    "not-witnessed": lambda door: door.get("/log/checkpoint.witnessed"),
    "no-such-office": lambda door: door.get("/v1/inbox?office=no-office"),
    "no-ledger-yet": lambda door: door.get(f"{BASE}?known=2000-01-01"),
    "beyond-heads": beyond_heads,
    "print-too-large": printed_too_large,
    "no-key": lambda door: drafted(door, "p-nobody", "council-secretary"),
    "several-keys": several_keys,
    "file-not-uploaded": lambda door: door.get(f"/v1/files/{named(door)}"),
    "file-size": lambda door: put(door, named(door), CONTENT + b"!"),
    "file-hash": lambda door: put(door, named(door), CONTENT[::-1]),
    "file-restricted": lambda door: door.get(f"/v1/files/{named(door, b'secret', access='restricted')}"),
}

# -- a server in trouble ----------------------------------------------------------------------


@contextmanager
def instead(holder: Any, name: str, value: Any) -> Iterator[None]:
    with patch.object(holder, name, value):
        yield


def context(door: Door) -> Any:
    return door.client.app.state.context  # type: ignore[attr-defined] # the test client hides the type


def failing(error: BaseException) -> Provocation:
    """A submission of which the ledger says this."""

    def fail(*_: object) -> None:
        raise error

    def provoke(door: Door) -> Any:
        envelope = door.town.envelope("financing.changed", PROGRAMME, lines("1.00"))
        with instead(door.town.ledger, "submit", fail):
            return door.post(envelope)

    return provoke


def reading(error: Exception) -> Provocation:
    """A question to projections that say this."""

    def fail(*_: object, **__: object) -> None:
        raise error

    def provoke(door: Door) -> Any:
        with instead(context(door).follower, "reading", fail):
            return door.get(BASE)

    return provoke


def behind(door: Door) -> Any:
    follower = context(door).follower
    with instead(follower, "wait_for", lambda position, timeout: False), instead(follower, "position", 3):
        return door.get(f"{BASE}?min_position=10")


def without_parquet(door: Door) -> Any:
    """As if the extra was not installed."""
    with patch("api.exports.parquet.find_spec", lambda _: None):
        return door.get("/v1/exports/acts?format=parquet")


def not_ready(door: Door) -> Any:
    appender = context(door).ledger.appender
    stopped = property(lambda _: "the clock", lambda _, __: None)
    with instead(type(appender), "stopped", stopped):
        return door.get("/readyz")


def overloaded(door: Door) -> Any:
    """As if so many requests were under way."""
    ask = Gate.refusal
    with instead(Gate, "refusal", lambda gate, scope, address, _: ask(gate, scope, address, 10**6)):
        return door.get("/v1")


def too_slow(door: Door) -> Any:
    """The body does not come: asked of the reader of bodies, for the test client always sends all.

    Its patience is a hundredth of what the answer says.
    """
    limit = asyncio.timeout

    async def never(self: object) -> Any:
        await asyncio.sleep(60)
        yield b""  # pragma: no cover

    from starlette.requests import Request

    with instead(Request, "stream", never), instead(asyncio, "timeout", lambda seconds: limit(seconds / 100)):
        return door.post_raw(b"{}")


def too_many(door: Door) -> Any:
    """From an address that is not this machine's, which has used up what it may ask."""
    far = TestClient(door.client.app, client=("203.0.113.5", 40000))
    with instead(Buckets, "take", lambda *_: 3):
        return far.get("/v1")


TROUBLE: dict[str, Provocation] = {
    "verifier-overloaded": verified_too_long,
    "busy": failing(Busy("full")),
    "stopped": failing(Stopped("the clock")),
    "storage-failed": failing(StorageError("the disk")),
    "internal": failing(RuntimeError("unforeseen")),
    "shutting-down": failing(asyncio.CancelledError()),
    "parquet-not-installed": without_parquet,
    "store-unreadable": reading(sqlite3.DatabaseError("malformed")),
    "programme-blocked": reading(Blocked("town-digital-2025", 7)),
    "behind": behind,
    "not-ready": not_ready,
    "overloaded": overloaded,
    "too-many-requests": too_many,
    "body-too-slow": too_slow,
}

# What cannot come over HTTP, each with the reason.
NOT_OVER_HTTP = {
    "foreign-form": "a page says it of a form, and draws it as a page",
    "passphrase-empty": "of a key file, which no server reads",
    "wrong-passphrase": "of a key file, which no server reads",
    "nonce-guessable": "`pledger init` says it, before there is a server",
    "unknown-zone": "of ledger.opened, which is not taken over HTTP (open-by-init)",
    "already-open": "of ledger.opened, which is not taken over HTTP (open-by-init)",
    "key-malformed": "the event's model refuses such a JWK first (malformed, unknown-value)",
    "key-unsupported": "the event's model refuses such a JWK first (unknown-value)",
    "key-size": "the event's model refuses such a JWK first",
    "text-surrogate": "the JSON parser refuses half a character first (not-json)",
    "entry-too-large": "a payload of 40,960 bytes with 16 signatures still fits",
}
