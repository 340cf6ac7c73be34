"""Cosignatures are those of C2SP tlog-cosignature v1.0.1: openssl says so, too."""

from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.checkpoint import open_checkpoint
from ledger.cosignature import CosignatureVerifier, time_of
from ledger.note import (
    Ed25519Verifier,
    NoteError,
    Signature,
    VerifierKey,
    decode_base64,
    encode_base64,
    format_note,
    open_note,
    parse_note,
    parse_signature_line,
    sign_note,
)
from tests.support.witnessing import NOW, WITNESS, SmallLog, cosigner, private_key

LOG = SmallLog()
TEXT = LOG.text(5)
VERIFIER = CosignatureVerifier.parse(str(cosigner().key))


def with_time(time: int) -> bytes:
    """The blob of a cosignature of this time, made by hand."""
    message = f"cosignature/v1\ntime {time}\n{TEXT}".encode()
    return time.to_bytes(8, "big") + private_key(WITNESS).sign(message)


def test_a_cosignature_is_a_time_and_a_signature_over_two_lines_and_the_whole_text() -> None:
    blob = cosigner().sign(TEXT.encode())
    assert blob == with_time(NOW)
    assert len(blob) == 72
    VERIFIER.check(TEXT.encode(), blob)


def test_the_key_id_is_that_of_type_4() -> None:
    point = private_key(WITNESS).public_key().public_bytes_raw()
    key_id = sha256(WITNESS.encode() + b"\n\x04" + point).digest()[:4]
    assert cosigner().key_id == VERIFIER.key_id == key_id
    assert str(VERIFIER.key) == f"{WITNESS}+{key_id.hex()}+{encode_base64(bytes([4]) + point)}"


def test_openssl_verifies_a_cosignature_over_a_message_made_by_hand(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl not here")
    note = sign_note(TEXT, [LOG.signer, cosigner()])
    line = note.split("\n")[-2]
    name, encoded = line.removeprefix("— ").split(" ")
    raw = decode_base64(encoded)
    assert name == WITNESS
    seconds = int.from_bytes(raw[4:12], "big")
    (tmp_path / "message").write_bytes(
        b"cosignature/v1\ntime %d\n" % seconds + note.split("\n\n")[0].encode() + b"\n"
    )
    (tmp_path / "signature").write_bytes(raw[12:])
    public_key = private_key(WITNESS).public_key()
    (tmp_path / "key.pem").write_bytes(
        public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    command = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem"]
    command += ["-in", "message", "-sigfile", "signature"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout, done.stderr
    (tmp_path / "message").write_bytes(b"cosignature/v1\ntime %d\n" % (seconds + 1) + TEXT.encode())
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_cosignature_of_the_specification_has_the_time_that_it_prints() -> None:
    # C2SP tlog-cosignature, introduction: the example line; its message says `time 1679315147`.
    line = (
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1n"
        "PZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    assert time_of(parse_signature_line(line)) == 1679315147


def test_log_and_witness_signatures_are_judged_together() -> None:
    note = sign_note(TEXT, [LOG.signer, cosigner()])
    checkpoint, opened = open_checkpoint(note, [Ed25519Verifier.parse(LOG.key), VERIFIER])
    assert checkpoint.size == 5
    assert [one.name for one in opened.verified] == [LOG.origin, WITNESS]
    assert time_of(opened.verified[1]) == NOW


def test_a_witness_alone_makes_no_checkpoint() -> None:
    with pytest.raises(NoteError):
        open_checkpoint(sign_note(TEXT, [cosigner()]), [Ed25519Verifier.parse(LOG.key), VERIFIER])


def test_any_changed_bit_of_time_signature_or_text_is_refused() -> None:
    blob = with_time(NOW)
    for at in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(NoteError):
            VERIFIER.check(TEXT.encode(), bytes(changed))
    with pytest.raises(NoteError):
        VERIFIER.check(LOG.text(6).encode(), blob)


@pytest.mark.parametrize("time", [0, 1 << 63, (1 << 64) - 1])
def test_a_time_that_cannot_be_is_refused_though_it_is_signed(time: int) -> None:
    with pytest.raises(NoteError, match="cannot be"):
        VERIFIER.check(TEXT.encode(), with_time(time))
    with pytest.raises(NoteError, match="cannot be"):
        time_of(Signature(WITNESS, VERIFIER.key_id, with_time(time)))
    with pytest.raises(NoteError, match="cannot be"):
        cosigner().sign_at(TEXT.encode(), time)


@pytest.mark.parametrize("time", [1, (1 << 63) - 1])
def test_the_ends_of_the_range_are_times(time: int) -> None:
    blob = cosigner().sign_at(TEXT.encode(), time)
    assert blob == with_time(time)
    VERIFIER.check(TEXT.encode(), blob)


@pytest.mark.parametrize("blob", [b"", bytes(8), bytes(64), with_time(NOW)[:-1], with_time(NOW) + b"\0"])
def test_a_blob_of_another_length_is_refused(blob: bytes) -> None:
    with pytest.raises(NoteError, match="bytes"):
        VERIFIER.check(TEXT.encode(), blob)


def test_a_plain_signature_by_the_same_key_is_no_cosignature() -> None:
    plain = Signature(WITNESS, VERIFIER.key_id, private_key(WITNESS).sign(TEXT.encode()))
    with pytest.raises(NoteError):
        open_note(format_note(TEXT, [plain]), [VERIFIER])


def test_a_cosignature_never_passes_for_the_logs_signature() -> None:
    cosignature = parse_note(sign_note(TEXT, [cosigner(LOG.origin)])).signatures[0]
    as_log = Signature(LOG.origin, LOG.signer.key_id, cosignature.blob)
    with pytest.raises(NoteError):
        open_note(format_note(TEXT, [as_log]), [Ed25519Verifier.parse(LOG.key)])


def test_a_logs_key_is_no_witness_key_and_the_other_way_round() -> None:
    with pytest.raises(NoteError, match="type"):
        CosignatureVerifier.parse(LOG.key)
    with pytest.raises(NoteError, match="type"):
        Ed25519Verifier.parse(str(VERIFIER.key))


@pytest.mark.parametrize("point", [b"\1" + bytes(31), bytes(32), b"\xff" * 32])
def test_a_point_that_would_verify_anything_or_is_none_is_refused(point: bytes) -> None:
    with pytest.raises(NoteError, match="cannot be used"):
        CosignatureVerifier.parse(str(VerifierKey(WITNESS, 4, point)))
    with pytest.raises(NoteError, match="cannot be used"):
        Ed25519Verifier.parse(str(VerifierKey("log.example", 1, point)))
