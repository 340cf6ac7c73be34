"""Opening a ledger: its directory, the log's key and memory, and the first entry or two.

The canonical data of `ledger.opened` is the ledger's genesis: who holds its hash, the origin
and the log's key can tell this ledger from every other for ever.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError

from ledger.canonical import dumps
from ledger.clock import Clock, format_instant
from ledger.directory import Directory
from ledger.envelope import Envelope, parse_envelope, sign_payload
from ledger.errors import Refusal, StorageError
from ledger.event import as_refusal
from ledger.ids import REGISTRAR, ROOT, new_event_id
from ledger.keys import PrivateKey
from ledger.kinds import Kind, body_opened, ledger_opened, service_key_enrolled
from ledger.kinds.body_opened import BodyOpened
from ledger.kinds.ledger_opened import LedgerOpened
from ledger.kinds.service_key_enrolled import ServiceKeyEnrolled
from ledger.log import open_log, open_reader
from ledger.receipt import Receipt, check_receipt
from ledger.sentence import Sentence
from ledger.service import Ledger
from ledger.service_key import enrolment, make_service_key
from ledger.signer import FileLogSigner, generate_key
from ledger.store.place import Database

SUBMIT_WITHIN = timedelta(hours=1)

Registrar = tuple[str, str, PrivateKey]  # person, name, key
Data = TypeVar("Data", bound=BaseModel)

_SOME_LOG_KEY = f"log+00000000+{'A' * 44}"  # of the right shape, until there is one


@dataclass(frozen=True, slots=True)
class Opening:
    """What an auditor keeps. genesis: SHA-256, hexadecimal; receipt: of ledger.opened.

    body: the first body, service: the service key, if they were recorded in the same batch.
    """

    data: LedgerOpened
    genesis: str
    receipt: Receipt
    body: BodyOpened | None
    service: ServiceKeyEnrolled | None

    @property
    def origin(self) -> str:
        return self.data.origin

    @property
    def verifier_key(self) -> str:
        """The log key's text."""
        return self.data.log_key

    def trust(self) -> dict[str, str]:
        """The trust file by which clients and verifiers know the ledger."""
        return {"origin": self.origin, "genesis": self.genesis, "log_key": self.verifier_key}


def create_ledger(
    path: Path,
    *,
    origin: str,
    registrars: Sequence[Registrar],
    k: int,
    zone: str,
    clock: Clock,
    nonce: str | None = None,
    body: Mapping[str, str] | None = None,
    service: str | None = None,
    database: Database | None = None,
) -> Opening:
    """Make a ledger in a directory and record its first entry, signed by all registrars.

    k: how many registrars an event of the registry needs; zone: IANA name; nonce: 64 hexadecimal
    digits that nobody could choose alone, random by default; body: data of body.opened for the
    first body, recorded in the same batch, and after it the new service key of the id `service`, if one
    is given. What cannot be opened leaves nothing behind.
    Raises Refusal, NeedsAcknowledgement, StorageError, Stopped.
    """
    data = _data(origin, registrars, k, zone, secrets.token_hex(32) if nonce is None else nonce)
    first = _checked(BodyOpened, dict(body)) if body is not None else None
    directory = Directory(path, database)
    if database is not None:
        _check_empty(database)
    made = (
        directory.ledger_db,
        directory.database_file,
        directory.log_key,
        directory.log_memory,
        directory.service_key,
    )
    is_new, lock = not path.exists(), path / "lock"
    also = () if lock.exists() else (lock,)
    path.mkdir(parents=True, exist_ok=True)
    for file in made:
        if file.exists():
            raise StorageError(
                Sentence(
                    "{path} is there already: a ledger is opened once, in a place of its own",
                    "file-there",
                    path=file,
                )
            )
    try:
        log_key = _make_log(directory, origin)
        opened = _checked(LedgerOpened, data | {"log_key": log_key})
        machine = _machine(directory, opened, service, clock) if service is not None else None
        if database is not None:
            _name_database(directory, database)
        signers = [(person, key) for person, _, key in registrars]
        with Ledger(path, clock=clock, database=database) as ledger:
            return _open(ledger, opened, first, machine, signers, clock)
    except BaseException:
        for file in (*made, *also):
            _remove(file)
        if is_new:
            with suppress(OSError):
                path.rmdir()
        raise


def _make_log(directory: Directory, origin: str) -> str:
    """The log's key, its memory and an empty database; the verifier key."""
    generate_key(directory.log_key)
    with FileLogSigner.create(directory.log_key, directory.log_memory, origin=origin) as signer:
        verifier_key = signer.verifier_key
    log, reader = open_log(directory.place)
    reader.close()
    log.close()
    return verifier_key


def _check_empty(database: Database) -> None:
    """Raises StorageError unless the database is migrated and holds no entry."""
    reader = open_reader(database)
    try:
        size = reader.head().size
    finally:
        reader.close()
    if size:
        raise StorageError(
            Sentence(
                "the database {where} holds a ledger already, of {size} entries: name another one",
                "database-taken",
                where=str(database),
                size=size,
            )
        )


def _name_database(directory: Directory, database: Database) -> None:
    """For every command that is given the directory; a password stands in it, if one was given."""
    file = directory.database_file
    file.touch(0o600)
    file.write_text(f"{database.conninfo}\n", encoding="utf8")


def _machine(directory: Directory, opened: LedgerOpened, service: str, clock: Clock) -> ServiceKeyEnrolled:
    """The service key in its file, and what enrols it."""
    key = make_service_key(directory.service_key)
    ledger = {"origin": opened.origin, "genesis": opened.genesis()}
    data = enrolment(key, service, ledger, int(clock.now().timestamp()))
    return _checked(ServiceKeyEnrolled, data)


def _remove(file: Path) -> None:
    """A file, and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _data(origin: str, registrars: Sequence[Registrar], k: int, zone: str, nonce: str) -> dict[str, Any]:
    """Data of ledger.opened, but for the log's key. Raises Refusal before anything is made."""
    data = {
        "origin": origin,
        "nonce": nonce,
        "registrars": [
            {"person": person, "name": name, "jwk": key.public.to_jwk()} for person, name, key in registrars
        ],
        "k": k,
        "zone": zone,
    }
    _checked(LedgerOpened, data | {"log_key": _SOME_LOG_KEY})
    if len({*bytes.fromhex(nonce)}) == 1:
        raise Refusal("nonce-guessable", "/data/nonce", nonce)
    if k > len({person for person, _, _ in registrars}):
        raise Refusal("threshold-too-high", "/data/k", k)
    if zone not in available_timezones():
        raise Refusal("unknown-zone", "/data/zone", zone)
    return data


def _checked(model: type[Data], data: dict[str, Any]) -> Data:
    """Data of an event, read as it would be at the door. Raises Refusal."""
    try:
        return model.model_validate_json(dumps(data))
    except ValidationError as error:
        refusal = as_refusal(error)
        raise Refusal(refusal.code, f"/data{refusal.pointer}", refusal.got, **refusal.details) from error


def _open(
    ledger: Ledger,
    opened: LedgerOpened,
    body: BodyOpened | None,
    machine: ServiceKeyEnrolled | None,
    signers: Sequence[tuple[str, PrivateKey]],
    clock: Clock,
) -> Opening:
    """Record the opening, and with it the first body and the service key; check the receipts."""
    name = {"origin": opened.origin, "genesis": opened.genesis()}
    said: list[tuple[Kind, BaseModel]] = [(ledger_opened.KIND, opened)]
    if body is not None:
        said.append((body_opened.KIND, body))
    if machine is not None:
        said.append((service_key_enrolled.KIND, machine))
    batch = [_signed(kind, data, name, signers, clock.now()) for kind, data in said]
    receipts = ledger.submit(batch).result()
    known = {key.public.kid: key.public for _, key in signers}
    for envelope, receipt in zip(batch, receipts, strict=True):
        check_receipt(
            receipt, payload=envelope.payload, keys=known, log_key=opened.log_key, genesis=name["genesis"]
        )
    return Opening(opened, name["genesis"], receipts[0], body, machine)


def _signed(
    kind: Kind,
    data: BaseModel,
    ledger: dict[str, str],
    signers: Sequence[tuple[str, PrivateKey]],
    now: datetime,
) -> Envelope:
    """An event of the root, signed by all registrars: person and key of each."""
    payload = dumps(
        {
            "id": new_event_id(now),
            "ledger": ledger,
            "kind": kind.name,
            "schema": kind.schema,
            "subject": ROOT,
            "signers": [
                {"kid": key.public.kid, "person": person, "office": REGISTRAR} for person, key in signers
            ],
            "seen": 0,
            "submit_before": format_instant(now + SUBMIT_WITHIN),
            "data": data.model_dump(mode="json", exclude_unset=True),
        }
    )
    return parse_envelope(sign_payload(payload, [key for _, key in signers], iat=int(now.timestamp())))
