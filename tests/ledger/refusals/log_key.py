"""What is refused of a rotation of the log's key."""

from __future__ import annotations

from collections.abc import Callable

from ledger.note import ED25519, VerifierKey
from tests.ledger.refusals.row import Make, Row
from tests.support.log_keys import log_key, log_key_in, note, rotation
from tests.support.people import REGISTRARS, SECRETARY, Official
from tests.support.town import ORIGIN, Payload, TestLedger

NEXT = log_key("next")


def rotate(change: Callable[[TestLedger], Payload]) -> Make:
    """A good rotation, but for what is said here."""
    return lambda town: [town.envelope("log_key.rotated", "root", rotation(town) | change(town))]


def to_key(point: bytes) -> Make:
    """A rotation to any point; nobody need hold its private half."""
    return rotate(lambda _: {"log_key": str(VerifierKey(ORIGIN, ED25519, point))})


def to_key_of(official: Official) -> Make:
    return to_key(official.key.public.point)


def wrong_signature(town: TestLedger) -> Payload:
    """The key in force signed another tree; its line stands on this one."""
    old = log_key_in(town.path)
    text, _, lines = note([old, NEXT], town.position).rpartition("\n\n")
    other = note([old], town.position - 1).rpartition("\n\n")[2]
    return {"checkpoint": f"{text}\n\n{other}{lines.split(chr(10), 1)[1]}"}


LOG_KEY = (
    Row(
        "a log key whose id is not its own",
        "malformed",
        "/data/log_key",
        rotate(lambda _: {"log_key": str(NEXT.key).replace(NEXT.key_id.hex(), "00000000")}),
    ),
    Row("a log key of small order", "key-small-order", "/data/log_key", to_key(bytes([1]) + bytes(31))),
    Row(
        "a log key named like another log",
        "log-key-of-another-log",
        "/data/log_key",
        rotate(lambda _: {"log_key": str(log_key("next", "city.example/pledger").key)}),
    ),
    Row(
        "a rotation to the log key in force",
        "log-key-known",
        "/data/log_key",
        rotate(lambda town: {"log_key": town.log_key}),
    ),
    Row("a registrar's key as the log's", "key-of-another", "/data/log_key", to_key_of(REGISTRARS[0])),
    Row("an official's key as the log's", "key-of-another", "/data/log_key", to_key_of(SECRETARY)),
    Row(
        "a rotation without the signature of the key in force",
        "log-key-overlap",
        "/data/checkpoint",
        rotate(lambda town: {"checkpoint": note([NEXT], town.position)}),
    ),
    Row(
        "a rotation without the signature of the new log key",
        "log-key-overlap",
        "/data/checkpoint",
        rotate(lambda town: {"checkpoint": note([log_key_in(town.path)], town.position)}),
    ),
    Row(
        "a rotation whose old signature is of another tree",
        "log-key-overlap",
        "/data/checkpoint",
        rotate(wrong_signature),
    ),
    Row(
        "a rotation over another log's checkpoint",
        "log-key-overlap",
        "/data/checkpoint",
        rotate(
            lambda town: {
                "checkpoint": note(
                    [log_key_in(town.path), NEXT], town.position, origin="city.example/pledger"
                )
            }
        ),
    ),
    Row(
        "a rotation over what is no checkpoint",
        "log-key-overlap",
        "/data/checkpoint",
        rotate(lambda _: {"checkpoint": "both keys signed, believe us"}),
    ),
    Row(
        "a rotation over the empty tree",
        "checkpoint-ahead",
        "/data/checkpoint",
        lambda town: [town.envelope("log_key.rotated", "root", rotation(town, size=0))],
    ),
    Row(
        "a rotation over a tree that is not there yet",
        "checkpoint-ahead",
        "/data/checkpoint",
        lambda town: [town.envelope("log_key.rotated", "root", rotation(town, size=town.position + 1))],
    ),
    Row(
        "a rotation by one registrar",
        "too-few-registrars",
        "/signers",
        lambda town: [town.envelope("log_key.rotated", "root", rotation(town), by=REGISTRARS[:1])],
    ),
)
