"""Every reader of bytes from outside, in one table: what it may raise, and what it writes again.

`read` takes any bytes; `raises` is what its docstring documents; `write` gives the bytes of what was
read, and is None where one thing has several spellings. `more`: the file of tests that say what it reads
and refuses.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from api.cli.files import Unreadable, read_json
from api.cli.receipt_files import read_kept
from api.cli.trusted import read_authority, read_trust
from api.cli.trusted import read_note as read_note_file
from api.importers.errors import ImportFileError
from api.importers.programme import read_programme
from api.texts.language import preferred
from api.witness.hints import SizeHints
from ledger import canonical
from ledger.checkpoint import format_checkpoint, parse_checkpoint
from ledger.clock import parse_instant
from ledger.cosignature import CosignatureVerifier
from ledger.der import DerError, read_element
from ledger.entry import read_entry
from ledger.envelope import BATCH_SIZE_MAX, parse_batch, parse_envelope
from ledger.errors import Refusal, StorageError
from ledger.keyfile import decrypt_key
from ledger.keys import PublicKey
from ledger.merkle import Frontier
from ledger.note import (
    NoteError,
    format_note,
    format_signature_line,
    parse_note,
    parse_signature_line,
    parse_verifier_key,
)
from ledger.receipt import ReceiptError, read_receipt
from ledger.refusals import RefusalError, read_refusal
from ledger.remembering import Heads
from ledger.restoring import read_restored, record_path
from ledger.seen import Log
from ledger.signing.memory import Record
from ledger.stamps import StampError, read_stamp
from ledger.submission import read_payload
from ledger.tlog.paths import BadTilePath, TilePath, parse_path
from ledger.tlog.proof import TlogProofError, format_proof, parse_proof
from ledger.tlog.tiles import TileError, decode_bundle, encode_bundle, split_tile
from ledger.verify.container import Container
from ledger.verify.manifest import read_joined, read_manifest, read_proofs
from ledger.verify.strict import BundleError
from ledger.verify.strict import read_json as read_strict
from ledger.witness.policy import PolicyError, parse_policy
from ledger.witness.request import format_request, parse_request, parse_size
from tests.fuzz.seeds import LOG_KEY, seeds
from tests.support.heads import GENESIS, ORIGIN

Errors = tuple[type[Exception], ...]
TILE = TilePath(0, 0, 2)
ENTRIES = TilePath(None, 0, 2)


@dataclass(frozen=True)
class Codec:
    """name: also of its seeds (tests/fuzz/seeds.py). See the module."""

    name: str
    read: Callable[[bytes], Any]
    raises: Errors
    more: str
    write: Callable[[Any], bytes] | None = None

    @property
    def seeds(self) -> tuple[bytes, ...]:
        """Bytes that it reads."""
        return seeds()[self.name]

    def try_bytes(self, raw: bytes) -> bool:
        """Whether the bytes were read. Raises whatever is not documented, and AssertionError."""
        try:
            found = self.read(raw)
        except self.raises:
            return False
        if self.write is not None:
            assert self.write(found) == raw, f"{self.name}: a second spelling"
        return True


def in_file(name: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    """A reader of a file, as one of its bytes."""

    def of_bytes(raw: bytes) -> Any:
        with tempfile.TemporaryDirectory(prefix="pledger-codec-") as folder:
            path = Path(folder) / name
            path.write_bytes(raw)
            return read(path)

    return of_bytes


def _text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    """A reader of a text, as one of its UTF-8 bytes; other bytes never get to it."""

    def of_bytes(raw: bytes) -> Any:
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise NoteError("no text") from error
        return read(text)

    return of_bytes


def _json(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """A reader of JSON, as the caller parses it; bytes that are no JSON never get to it."""

    def of_bytes(raw: bytes) -> Any:
        with suppress(orjson.JSONDecodeError):
            return read(orjson.loads(raw))
        raise NoteError("no JSON")

    return of_bytes


def _bundle_json(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    return lambda raw: read(read_strict("a member", raw))


def _archive(path: Path) -> None:
    """Every member of an archive is read."""
    with Container(path) as container:
        for name in container.members:
            container.read(name, 1 << 20)


def _remembered(path: Path) -> Any:
    return Heads(path.parent).remembered(Log(ORIGIN, GENESIS, LOG_KEY))


def _restored(path: Path) -> Any:
    assert path == record_path(path.parent)
    return read_restored(path.parent)


def _hints(path: Path) -> Any:
    """Whatever stands there, hints are numbers."""
    hints = SizeHints(path)
    assert hints.get("key", "origin") >= 0
    return hints


def _slot(raw: bytes) -> Record:
    found = Record.from_slot(raw)
    if found is None:
        raise StorageError("not whole")
    return found


CODECS = (
    Codec(
        "canonical JSON",
        lambda raw: canonical.loads(raw, size_max=BATCH_SIZE_MAX),
        (Refusal,),
        "tests/ledger/test_canonical.py",
        canonical.dumps,
    ),
    Codec(
        "base64url",
        _text(canonical.decode_base64url),
        (Refusal, NoteError),
        "tests/ledger/test_canonical.py",
        lambda found: canonical.encode_base64url(found).encode(),
    ),
    Codec(
        "envelope",
        parse_envelope,
        (Refusal,),
        "tests/ledger/test_envelope.py",
    ),
    Codec("batch", parse_batch, (Refusal,), "tests/ledger/test_envelope.py"),
    Codec("payload", read_payload, (Refusal,), "tests/ledger/test_kinds.py"),
    Codec("public key", _json(PublicKey.from_jwk), (Refusal, NoteError), "tests/ledger/test_keys.py"),
    Codec(
        "key file",
        lambda raw: decrypt_key(raw.decode("latin-1"), "x"),
        (Refusal, StorageError),
        "tests/ledger/test_keyfile.py",
    ),
    Codec("entry", read_entry, (StorageError,), "tests/tampering/test_entries.py"),
    Codec("frontier", Frontier.from_bytes, (StorageError,), "tests/ledger/test_merkle.py", Frontier.to_bytes),
    Codec(
        "note",
        parse_note,
        (NoteError,),
        "tests/ledger/test_note.py",
        lambda found: format_note(found.text, found.signatures).encode(),
    ),
    Codec(
        "signature line",
        _text(parse_signature_line),
        (NoteError,),
        "tests/ledger/test_note.py",
        lambda found: format_signature_line(found).encode(),
    ),
    Codec(
        "verifier key",
        _text(parse_verifier_key),
        (NoteError,),
        "tests/ledger/test_note.py",
        lambda found: str(found).encode(),
    ),
    Codec(
        "witness key",
        _text(CosignatureVerifier.parse),
        (NoteError,),
        "tests/ledger/test_cosignature.py",
        lambda found: str(found.key).encode(),
    ),
    Codec(
        "checkpoint",
        _text(parse_checkpoint),
        (NoteError,),
        "tests/ledger/test_checkpoint.py",
        lambda found: format_checkpoint(found).encode(),
    ),
    Codec(
        "witness request",
        parse_request,
        (NoteError,),
        "tests/ledger/test_witness.py",
        lambda found: format_request(found.old_size, found.proof, "") + found.signed,
    ),
    Codec("witness size", parse_size, (NoteError,), "tests/api/test_witness_http.py"),
    Codec("witness policy", parse_policy, (PolicyError,), "tests/ledger/test_witness_policy.py"),
    Codec(
        "tile path",
        _text(parse_path),
        (BadTilePath, NoteError),
        "tests/ledger/test_tlog_paths.py",
        lambda found: str(found).encode(),
    ),
    Codec(
        "tile", lambda raw: split_tile(raw, TILE), (TileError,), "tests/ledger/test_tlog_tiles.py", b"".join
    ),
    Codec(
        "entry bundle",
        lambda raw: decode_bundle(raw, ENTRIES),
        (TileError,),
        "tests/ledger/test_tlog_tiles.py",
        encode_bundle,
    ),
    Codec(
        "tlog-proof",
        parse_proof,
        (TlogProofError,),
        "tests/ledger/test_tlog_proof.py",
        lambda found: format_proof(found).encode(),
    ),
    Codec("receipt", _json(read_receipt), (ReceiptError, NoteError), "tests/ledger/test_receipts.py"),
    Codec(
        "receipt file",
        in_file("receipt.json", read_kept),
        (Unreadable, Refusal),
        "tests/api/test_cli_receipt.py",
    ),
    Codec("refusal", read_refusal, (RefusalError,), "tests/ledger/test_signed_refusals.py"),
    Codec("DER", read_element, (DerError,), "tests/ledger/test_der.py"),
    Codec("stamp", read_stamp, (StampError,), "tests/ledger/test_stamps.py"),
    Codec(
        "instant",
        _text(parse_instant),
        (ValueError, NoteError),
        "tests/ledger/test_append_clock_and_queue.py",
    ),
    Codec("archive", in_file("x.zip", _archive), (BundleError,), "tests/tampering/test_containers.py"),
    Codec(
        "bundle's JSON", lambda raw: read_strict("x", raw), (BundleError,), "tests/tampering/test_manifest.py"
    ),
    Codec("manifest", _bundle_json(read_manifest), (BundleError,), "tests/tampering/test_manifest.py"),
    Codec("bundle's proofs", _bundle_json(read_proofs), (BundleError,), "tests/tampering/test_manifest.py"),
    Codec(
        "bundle's consistency", _bundle_json(read_joined), (BundleError,), "tests/tampering/test_manifest.py"
    ),
    Codec(
        "import file",
        in_file("p.yaml", read_programme),
        (ImportFileError,),
        "tests/api/test_import_refusals.py",
    ),
    Codec("JSON file", in_file("x.json", read_json), (Unreadable, Refusal), "tests/api/test_cli_damaged.py"),
    Codec("trust file", in_file("trust.json", read_trust), (Unreadable,), "tests/api/test_cli_trusting.py"),
    Codec(
        "certificate file", in_file("ca.pem", read_authority), (Unreadable,), "tests/api/test_cli_trusting.py"
    ),
    Codec(
        "checkpoint file",
        in_file("checkpoint", read_note_file),
        (Unreadable,),
        "tests/api/test_cli_verify.py",
    ),
    Codec(
        "heads remembered",
        in_file(f"{GENESIS}.json", _remembered),
        (StorageError,),
        "tests/ledger/test_remembering.py",
    ),
    Codec("restores", in_file("restored.json", _restored), (StorageError,), "tests/api/test_cli_restore.py"),
    Codec("witness sizes", in_file("witness-sizes.json", _hints), (), "tests/api/test_witness_http.py"),
    Codec(
        "signer memory", _slot, (StorageError,), "tests/ledger/test_signer.py", lambda found: found.to_slot()
    ),
    Codec("language", lambda raw: preferred(raw.decode("latin-1")), (), "tests/api/test_http_pages.py"),
)
BY_NAME = {codec.name: codec for codec in CODECS}
