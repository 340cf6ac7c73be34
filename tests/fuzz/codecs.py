"""Every reader of bytes from outside, in one table: what it may raise, and what it writes again.

`read` takes any bytes; `raises` is what its docstring documents; `write` gives the bytes of what was
read, and is None where one thing has several spellings. `more`: the file of tests that say what it reads
and refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.cli.files import Unreadable, read_json
from api.cli.receipt_files import read_kept
from api.cli.trusted import read_authority, read_trust
from api.cli.trusted import read_note as read_note_file
from api.importers.errors import ImportFileError
from api.importers.programme import read_programme
from api.texts.language import preferred
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
from ledger.stamps import StampError, read_stamp
from ledger.submission import read_payload
from ledger.tlog.paths import BadTilePath, TilePath, parse_path
from ledger.tlog.proof import TlogProofError, format_proof, parse_proof
from ledger.tlog.tiles import TileError, decode_bundle, encode_bundle, split_tile
from ledger.verify.manifest import read_joined, read_manifest, read_proofs
from ledger.verify.strict import BundleError
from ledger.verify.strict import read_json as read_strict
from ledger.witness.policy import PolicyError, parse_policy
from ledger.witness.request import format_request, parse_request, parse_size
from tests.fuzz.adapting import (
    archive,
    hints_of,
    in_file,
    of_bundle_json,
    of_json,
    of_text,
    remembered,
    restored,
    slot_of,
)
from tests.fuzz.seeds import seeds
from tests.support.heads import GENESIS

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
        of_text(canonical.decode_base64url),
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
    Codec("public key", of_json(PublicKey.from_jwk), (Refusal, NoteError), "tests/ledger/test_keys.py"),
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
        of_text(parse_signature_line),
        (NoteError,),
        "tests/ledger/test_note.py",
        lambda found: format_signature_line(found).encode(),
    ),
    Codec(
        "verifier key",
        of_text(parse_verifier_key),
        (NoteError,),
        "tests/ledger/test_note.py",
        lambda found: str(found).encode(),
    ),
    Codec(
        "witness key",
        of_text(CosignatureVerifier.parse),
        (NoteError,),
        "tests/ledger/test_cosignature.py",
        lambda found: str(found.key).encode(),
    ),
    Codec(
        "checkpoint",
        of_text(parse_checkpoint),
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
        of_text(parse_path),
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
    Codec("receipt", of_json(read_receipt), (ReceiptError, NoteError), "tests/ledger/test_receipts.py"),
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
        of_text(parse_instant),
        (ValueError, NoteError),
        "tests/ledger/test_append_clock_and_queue.py",
    ),
    Codec("archive", in_file("x.zip", archive), (BundleError,), "tests/tampering/test_containers.py"),
    Codec(
        "bundle's JSON", lambda raw: read_strict("x", raw), (BundleError,), "tests/tampering/test_manifest.py"
    ),
    Codec("manifest", of_bundle_json(read_manifest), (BundleError,), "tests/tampering/test_manifest.py"),
    Codec("bundle's proofs", of_bundle_json(read_proofs), (BundleError,), "tests/tampering/test_manifest.py"),
    Codec(
        "bundle's consistency",
        of_bundle_json(read_joined),
        (BundleError,),
        "tests/tampering/test_manifest.py",
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
        in_file(f"{GENESIS}.json", remembered),
        (StorageError,),
        "tests/ledger/test_remembering.py",
    ),
    Codec("restores", in_file("restored.json", restored), (StorageError,), "tests/api/test_cli_restore.py"),
    Codec("witness sizes", in_file("witness-sizes.json", hints_of), (), "tests/api/test_witness_http.py"),
    Codec(
        "signer memory",
        slot_of,
        (StorageError,),
        "tests/ledger/test_signer.py",
        lambda found: found.to_slot(),
    ),
    Codec("language", lambda raw: preferred(raw.decode("latin-1")), (), "tests/api/test_http_pages.py"),
)
BY_NAME = {codec.name: codec for codec in CODECS}
