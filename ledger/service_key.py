"""The service key of a ledger's own machine: an Ed25519 key in a file that only its owner can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.clock import Clock
from ledger.directory import Directory
from ledger.envelope import prove_possession
from ledger.errors import StorageError
from ledger.keys import PrivateKey
from ledger.kinds import service_key_enrolled
from ledger.log import open_reader
from ledger.registry import Root
from ledger.sentence import Sentence
from ledger.signer import generate_key, load_key

SERVICE_ID = "service"  # of a ledger that was given no other
KIND = service_key_enrolled.KIND


def make_service_key(path: Path) -> PrivateKey:
    """A new key, PKCS #8 PEM, mode 0600. Raises Stopped when the file is there."""
    generate_key(path)
    return load_service_key(path)


def load_service_key(path: Path) -> PrivateKey:
    """Raises Stopped for a file that others can read, or that holds no Ed25519 key."""
    return PrivateKey(load_key(path, "service key"))


def enrolment(key: PrivateKey, service: str, ledger: dict[str, Any], iat: int) -> dict[str, Any]:
    """Data of service_key.enrolled, with the proof of possession. ledger: {origin, genesis}."""
    proof = prove_possession(key, ledger=ledger, person=service, iat=iat)
    return {"service": service, "jwk": key.public.to_jwk(), "possession": proof}


def signing_key(root: Root, key: PrivateKey | None) -> tuple[PrivateKey, str] | None:
    """The key and its service, if the root knows it as a live service key."""
    if key is None or key.public.kid in root.revoked:
        return None
    known = root.services.get(key.public.kid)
    return (key, known.service) if known is not None else None


def prepare_service_key(path: Path, service: str, clock: Clock) -> tuple[PrivateKey, dict[str, Any]]:
    """Make the service key of an opened ledger; the key, and data of service_key.enrolled.

    Of a key that was made already, and perhaps not enrolled yet, the data is made again. A server that
    runs takes the key up when it is started anew. Raises StorageError if there is no opened ledger, Stopped.
    """
    directory = Directory(path)
    ledger = _name_of(directory)
    there = directory.service_key.exists()
    key = (load_service_key if there else make_service_key)(directory.service_key)
    return key, enrolment(key, service, ledger, int(clock.now().timestamp()))


def _name_of(directory: Directory) -> dict[str, Any]:
    """{origin, genesis}, read beside a server that runs."""
    if not directory.holds_ledger:
        raise StorageError(
            Sentence("{path} holds no ledger: run `pledger init` first", "no-ledger", path=directory.path)
        )
    reader = open_reader(directory.place)
    try:
        first = reader.entries(0, 1)
    finally:
        reader.close()
    if not first:
        raise StorageError(
            Sentence(
                "the ledger in {path} is not open yet: nothing is to be enrolled",
                "nothing-enrolled",
                path=directory.path,
            )
        )
    opened = first[0].stated().event.data
    return {"origin": opened.origin, "genesis": opened.genesis()}
