"""Opening a ledger: its directory, the log's key and memory, and the first entry.

The canonical data of `ledger.opened` is the ledger's genesis: who holds its hash, the origin
and the log's key can tell this ledger from every other for ever.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError

from ledger.canonical import dumps
from ledger.clock import Clock, format_instant
from ledger.directory import Directory
from ledger.envelope import parse_envelope, sign_payload
from ledger.errors import Refusal, StorageError
from ledger.event import as_refusal
from ledger.ids import REGISTRAR, ROOT, new_event_id
from ledger.keys import PrivateKey
from ledger.kinds.ledger_opened import KIND, LedgerOpened
from ledger.log import open_log
from ledger.receipt import Receipt, check_receipt
from ledger.service import Ledger
from ledger.signer import FileLogSigner, generate_key

SUBMIT_WITHIN = timedelta(hours=1)

Registrar = tuple[str, str, PrivateKey]  # person, name, key

_SOME_LOG_KEY = f"log+00000000+{'A' * 44}"  # of the right shape, until there is one


@dataclass(frozen=True, slots=True)
class Opening:
    """What an auditor keeps. genesis: SHA-256, hexadecimal; verifier_key: the log key's text."""

    origin: str
    genesis: str
    verifier_key: str
    receipt: Receipt

    def trust(self) -> dict[str, str]:
        """The trust file by which clients and verifiers know the ledger."""
        return {"origin": self.origin, "genesis": self.genesis, "log_key": self.verifier_key}


def create_ledger(
    path: Path, *, origin: str, registrars: Sequence[Registrar], k: int, zone: str, clock: Clock
) -> Opening:
    """Make a ledger in a directory and record its first entry, signed by all registrars.

    k: how many registrars an event of the registry needs; zone: IANA name. What cannot be
    opened leaves nothing behind. Raises Refusal, StorageError, Stopped.
    """
    data = _data(origin, registrars, k, zone)
    directory = Directory(path)
    made = (directory.ledger_db, directory.log_key, directory.log_memory)
    path.mkdir(parents=True, exist_ok=True)
    for file in made:
        if file.exists():
            raise StorageError(f"{file} is there already: a ledger is opened once, in a place of its own")
    try:
        log_key = _make_log(directory, origin)
        return _open(path, data | {"log_key": log_key}, registrars, clock)
    except BaseException:
        for file in made:
            _remove(file)
        raise


def _make_log(directory: Directory, origin: str) -> str:
    """The log's key, its memory and an empty database; the verifier key."""
    generate_key(directory.log_key)
    with FileLogSigner.create(directory.log_key, directory.log_memory, origin=origin) as signer:
        verifier_key = signer.verifier_key
    log, reader = open_log(directory.ledger_db)
    reader.close()
    log.close()
    return verifier_key


def _remove(file: Path) -> None:
    """A file, and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _data(origin: str, registrars: Sequence[Registrar], k: int, zone: str) -> dict[str, Any]:
    """Data of ledger.opened, but for the log's key. Raises Refusal before anything is made."""
    data = {
        "origin": origin,
        "nonce": secrets.token_hex(32),
        "registrars": [
            {"person": person, "name": name, "jwk": key.public.to_jwk()} for person, name, key in registrars
        ],
        "k": k,
        "zone": zone,
    }
    try:
        LedgerOpened.model_validate_json(dumps(data | {"log_key": _SOME_LOG_KEY}))
    except ValidationError as error:
        refusal = as_refusal(error)
        raise Refusal(refusal.code, f"/data{refusal.pointer}", refusal.got, **refusal.details) from error
    if k > len({person for person, _, _ in registrars}):
        raise Refusal("threshold-too-high", "/data/k", k)
    if zone not in available_timezones():
        raise Refusal("unknown-zone", "/data/zone", zone)
    return data


def _open(path: Path, data: dict[str, Any], registrars: Sequence[Registrar], clock: Clock) -> Opening:
    now = clock.now()
    genesis = sha256(dumps(data)).hexdigest()
    keys = [key for _, _, key in registrars]
    payload = dumps(
        {
            "id": new_event_id(now),
            "ledger": {"origin": data["origin"], "genesis": genesis},
            "kind": KIND.name,
            "schema": KIND.schema,
            "subject": ROOT,
            "signers": [
                {"kid": key.public.kid, "person": person, "office": REGISTRAR}
                for person, _, key in registrars
            ],
            "seen": 0,
            "submit_before": format_instant(now + SUBMIT_WITHIN),
            "data": data,
        }
    )
    envelope = parse_envelope(sign_payload(payload, keys, iat=int(now.timestamp())))
    with Ledger(path, clock=clock) as ledger:
        (receipt,) = ledger.submit([envelope]).result()
    known = {key.public.kid: key.public for key in keys}
    check_receipt(receipt, payload=payload, keys=known, log_key=data["log_key"], genesis=genesis)
    return Opening(data["origin"], genesis, data["log_key"], receipt)
