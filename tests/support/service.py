"""The ledger's own machine in tests: its key enrolled, and what it states about the log."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from base64 import b64encode
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.envelope import prove_possession
from ledger.note import COSIGNATURE_V1, Signature, VerifierKey, format_note, parse_note
from tests.support.clock import utc
from tests.support.log_keys import log_key_in, note
from tests.support.people import MACHINE, Official
from tests.support.town import Payload, TestLedger, remember
from tests.support.tsa import Authority

WITNESSED_AT = 1_756_720_800  # 2025-09-01T10:00:00Z
STAMPED_AT = utc("2025-09-01T10:05:00")
SECOND_MACHINE = Official("second-service", MACHINE.office, "trust", MACHINE.key)


def key_data(town: TestLedger, machine: Official = MACHINE) -> Payload:
    """Data of service_key.enrolled, with the proof of possession."""
    remember(machine.key)
    proof = prove_possession(machine.key, ledger=town.name, person=machine.person, iat=1_756_717_200)
    return {"service": machine.person, "jwk": machine.key.public.to_jwk(), "possession": proof}


def enrol(town: TestLedger, machine: Official = MACHINE) -> str:
    """The root's registrars accept a service key; the event's id."""
    return town.submit("service_key.enrolled", "root", key_data(town, machine)).event


def heads(town: TestLedger, size: int | None = None) -> Payload:
    """Data of ledger.heads as the door takes it: it cannot check the root."""
    return {"size": town.position if size is None else size, "root": "5e" * 32, "streams": 3}


def signed(town: TestLedger, size: int | None = None) -> str:
    """A checkpoint of some tree, by the log's own key."""
    return note([log_key_in(town.path)], town.position if size is None else size)


def witness_key(name: str) -> VerifierKey:
    """A witness's key of type 0x04; the same in every run."""
    seed = name.encode().ljust(32, b"-")[:32]
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return VerifierKey(name, COSIGNATURE_V1, public)


def cosigned(checkpoint: str, *names: str, at: int = WITNESSED_AT, cut: int = 0) -> str:
    """The note with a line of each witness. cut: bytes that its signature lacks."""
    parsed = parse_note(checkpoint)
    lines = [
        Signature(name, witness_key(name).key_id, at.to_bytes(8, "big") + bytes(64 - cut)) for name in names
    ]
    return format_note(parsed.text, [*parsed.signatures, *lines])


def witnessed(town: TestLedger, size: int | None = None, at: int = WITNESSED_AT) -> Payload:
    """Data of checkpoint.witnessed; the door does not judge the witnesses' signatures."""
    return {"checkpoint": cosigned(signed(town, size), "witness.example/w1", at=at)}


@cache
def authority() -> Authority:
    """A time-stamping authority that no test changes."""
    folder = Path(tempfile.mkdtemp(prefix="pledger-tsa-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(folder)


def response_over(checkpoint: str) -> str:
    """base64 of a response over a note's text."""
    text = parse_note(checkpoint).text.encode()
    return b64encode(authority().at(STAMPED_AT, text)).decode()


def anchored(town: TestLedger, size: int | None = None) -> Payload:
    """Data of timestamp.anchored."""
    checkpoint = signed(town, size)
    return {"checkpoint": checkpoint, "response": response_over(checkpoint)}
