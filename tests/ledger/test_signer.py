"""The signer never signs two histories, whatever crashes, rots or is asked of it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.checkpoint import open_checkpoint
from ledger.errors import Stopped
from ledger.merkle import EMPTY_ROOT, Frontier, NodeId, leaf_hash, prove_consistency, tree_root
from ledger.note import Ed25519Signer, Ed25519Verifier, parse_note
from ledger.signer import SLOT_BYTES, SLOT_OFFSETS, FileLogSigner, LogSigner, generate_key

ORIGIN = "example.org/log"
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(64)]
FORKED = [*LEAVES[:2], leaf_hash(b"another past"), *LEAVES[3:]]


def root_of(size: int, leaves: Sequence[bytes] = LEAVES) -> bytes:
    return tree_root(leaves[:size])


def proof_of(old: int, new: int, leaves: Sequence[bytes] = LEAVES) -> list[bytes]:
    nodes = {(level, index): node for level, index, node in Frontier.empty().extend(leaves)[1]}

    def read(wanted: Sequence[NodeId]) -> list[bytes]:
        return [nodes[node] for node in wanted]

    return prove_consistency(read, old, new)


def grow(signer: LogSigner, size: int) -> str:
    return signer.sign(size, root_of(size), proof_of(signer.last()[0], size))


class Place:
    """A folder with a key and, after open(), a memory."""

    def __init__(self, folder: Path) -> None:
        self.key, self.memory = folder / "log.pem", folder / "memory"
        self.next_key = folder / "next.pem"  # not there by default
        generate_key(self.key)
        self._open: list[FileLogSigner] = []

    def create(self) -> FileLogSigner:
        return self._keep(FileLogSigner.create(self.key, self.memory, origin=ORIGIN))

    def reopen(self) -> FileLogSigner:
        """Open again, as a new process would."""
        self.close()
        return self._keep(FileLogSigner(self.key, self.memory, self.next_key))

    def close(self) -> None:
        for signer in self._open:
            signer.close()
        self._open.clear()

    def slots(self) -> list[bytes]:
        content = self.memory.read_bytes()
        return [content[at : at + SLOT_BYTES] for at in SLOT_OFFSETS]

    def overwrite(self, offset: int, data: bytes) -> None:
        with self.memory.open("r+b") as file:
            file.seek(offset)
            file.write(data)

    def _keep(self, signer: FileLogSigner) -> FileLogSigner:
        self._open.append(signer)
        return signer


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


def test_a_new_signer_remembers_the_empty_tree_and_signs_any_first_tree(place: Place) -> None:
    signer = place.create()
    assert signer.origin == ORIGIN
    assert signer.last() == (0, EMPTY_ROOT)
    verifier = Ed25519Verifier.parse(signer.verifier_key)
    checkpoint, _ = open_checkpoint(grow(signer, 37), [verifier])
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 37, root_of(37))
    assert signer.last() == (37, root_of(37))


def test_a_growing_log_is_signed_and_remembered_over_restarts(place: Place) -> None:
    signer = place.create()
    for size in (1, 2, 3, 8, 9, 40, 64):
        grow(signer, size)
        signer = place.reopen()
        assert signer.last() == (size, root_of(size))


def test_the_same_tree_is_signed_again_alike_without_another_write(place: Place) -> None:
    signer = place.create()
    first, before = grow(signer, 5), place.memory.read_bytes()
    assert signer.sign(5, root_of(5), []) == first
    assert place.memory.read_bytes() == before


@pytest.mark.parametrize(
    ("size", "root", "proof"),
    [
        pytest.param(4, root_of(4), [], id="a smaller tree"),
        pytest.param(0, EMPTY_ROOT, [], id="the empty tree"),
        pytest.param(5, root_of(5, FORKED), [], id="the same size with another root"),
        pytest.param(6, root_of(6, FORKED), proof_of(5, 6, FORKED), id="a fork with the fork's proof"),
        pytest.param(6, root_of(6, FORKED), proof_of(5, 6), id="a fork with the true proof"),
        pytest.param(6, root_of(6), [], id="no proof"),
        pytest.param(6, root_of(6), proof_of(4, 6), id="a proof from another size"),
        pytest.param(6, root_of(6), [*proof_of(5, 6), bytes(32)], id="a proof with one hash too many"),
        pytest.param(6, root_of(6)[:31], proof_of(5, 6), id="a short root"),
        pytest.param(5, root_of(5), [bytes(32)], id="a proof for the same tree"),
        pytest.param(-1, root_of(5), [], id="a negative size"),
        pytest.param(2**63, root_of(5), [], id="a size beyond the format"),
    ],
)
def test_whatever_is_no_extension_is_refused_and_changes_nothing(
    place: Place, size: int, root: bytes, proof: list[bytes]
) -> None:
    signer = place.create()
    grow(signer, 5)
    before = place.memory.read_bytes()
    with pytest.raises(Stopped, match="signs no tree"):
        signer.sign(size, root, proof)
    assert place.memory.read_bytes() == before
    grow(signer, 6)


def test_the_first_tree_cannot_be_an_empty_one_with_another_root(place: Place) -> None:
    signer = place.create()
    with pytest.raises(Stopped):
        signer.sign(0, bytes(32), [])
    signer.sign(0, EMPTY_ROOT, [])


def test_a_rolled_back_database_gets_no_signature(place: Place) -> None:
    grow(place.create(), 20)
    signer = place.reopen()
    with pytest.raises(Stopped, match="restored") as refused:
        signer.sign(12, root_of(12), [])
    assert "`pledger restore SOURCE DIR`" in str(refused.value)
    assert "only for one that is lost, `pledger restore SOURCE DIR --new-memory" in str(refused.value)
    rewritten = [*LEAVES[:12], *FORKED[:20]]
    with pytest.raises(Stopped):
        signer.sign(30, root_of(30, rewritten), proof_of(20, 30, rewritten))


def test_the_memory_is_durable_before_the_signature_exists(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = place.create()
    steps: list[str] = []
    sync, sign = os.fdatasync, Ed25519Signer.sign

    def noted_sync(file: int) -> None:
        sync(file)
        steps.append("durable")

    def noted_sign(key: Ed25519Signer, text: bytes) -> bytes:
        steps.append("signed")
        return sign(key, text)

    monkeypatch.setattr(os, "fdatasync", noted_sync)
    monkeypatch.setattr(Ed25519Signer, "sign", noted_sign)
    grow(signer, 3)
    assert steps == ["durable", "signed"]


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_after_a_failed_write_nothing_is_signed_until_the_memory_is_opened_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    signer = place.create()
    grow(signer, 3)

    def broken(*_: object) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, broken)
        with pytest.raises(Stopped, match="cannot be written"):
            grow(signer, 4)
    for size in (3, 4, 5):
        with pytest.raises(Stopped, match="open it anew"):
            grow(signer, size)
    with monkeypatch.context() as patch:
        patch.setattr(os, call, broken)
        with pytest.raises(Stopped, match="cannot be written"):
            place.reopen()
    grow(place.reopen(), 5)


def test_opening_makes_durable_what_it_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(place.create(), 3)
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    place.reopen()
    assert len(synced) == 1


@pytest.mark.parametrize("whole_bytes", [0, 1, 8, 16, 23, 24, 56, 100, 480, 511])
@pytest.mark.parametrize("size", [4, 5])
def test_a_crash_inside_a_slot_leaves_the_tree_before_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, whole_bytes: int, size: int
) -> None:
    signer = place.create()
    for earlier in range(1, size):
        grow(signer, earlier)
    write = os.pwrite

    def torn(file: int, data: bytes, offset: int) -> int:
        write(file, data[:whole_bytes], offset)
        raise OSError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", torn)
        with pytest.raises(Stopped):
            grow(signer, size)
    signer = place.reopen()
    assert signer.last() == (size - 1, root_of(size - 1))
    grow(signer, size)


def test_a_short_write_is_no_write(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    signer, write = place.create(), os.pwrite
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda file, data, offset: write(file, data[:99], offset))
        with pytest.raises(Stopped, match="in part"):
            grow(signer, 4)
    assert place.reopen().last() == (0, EMPTY_ROOT)


def test_a_crash_between_memory_and_signature_lets_the_same_tree_be_signed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = place.create()

    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ed25519Signer, "sign", killed)
        with pytest.raises(KeyboardInterrupt):
            grow(signer, 4)
    signer = place.reopen()
    assert signer.last() == (4, root_of(4))
    with pytest.raises(Stopped):
        signer.sign(4, root_of(4, FORKED), [])
    grow(signer, 4)


def overlapping(place: Place) -> FileLogSigner:
    """A signer at size 5 with a next key beside the first."""
    grow(place.create(), 5)
    generate_key(place.next_key)
    return place.reopen()


def test_while_keys_overlap_each_checkpoint_has_both_signatures_the_first_keys_first(place: Place) -> None:
    signer = overlapping(place)
    first, second = map(Ed25519Verifier.parse, signer.verifier_keys)
    assert signer.verifier_key == signer.verifier_keys[0]
    assert {first.name, second.name} == {ORIGIN}
    for size in (5, 6, 64):
        note = grow(signer, size)
        _, opened = open_checkpoint(note, [first, second])
        assert [one.key_id for one in parse_note(note).signatures] == [first.key_id, second.key_id]
        assert len(opened.verified) == 2


def test_overlapping_keys_share_one_memory_and_sign_nothing_else_alone(place: Place) -> None:
    signer = overlapping(place)
    assert signer.last() == (5, root_of(5))
    with pytest.raises(Stopped, match="signs no tree"):
        signer.sign(6, root_of(6, FORKED), proof_of(5, 6, FORKED))
    old = signer.verifier_key
    grow(signer, 6)
    place.next_key.unlink()
    signer = place.reopen()
    assert signer.verifier_keys == (old,)
    assert signer.last() == (6, root_of(6))


def test_a_next_key_that_is_open_to_others_or_the_first_again_stops_the_signer(place: Place) -> None:
    overlapping(place)
    place.next_key.chmod(0o640)
    with pytest.raises(Stopped, match="open to others"):
        place.reopen()
    place.next_key.unlink()
    place.next_key.write_bytes(place.key.read_bytes())
    place.next_key.chmod(0o600)
    with pytest.raises(Stopped, match="same key"):
        place.reopen()
    place.next_key.unlink()
    place.reopen()


def test_slots_are_written_in_turn(place: Place) -> None:
    signer = place.create()
    before = place.slots()
    for size in range(1, 6):
        grow(signer, size)
        after = place.slots()
        assert [old != new for old, new in zip(before, after, strict=True)].count(True) == 1
        before = after


@settings(max_examples=60)
@given(at=st.integers(0, SLOT_BYTES * 8 - 1))
def test_one_flipped_bit_spoils_a_slot_and_two_spoiled_slots_stop_the_signer(
    tmp_path_factory: pytest.TempPathFactory, at: int
) -> None:
    place = Place(tmp_path_factory.mktemp("signer"))
    grow(place.create(), 3)
    place.close()
    newest = max(SLOT_OFFSETS, key=lambda offset: place.memory.read_bytes()[offset + 8 : offset + 16])
    (other,) = set(SLOT_OFFSETS) - {newest}

    def flip(offset: int) -> None:
        byte = place.memory.read_bytes()[offset + at // 8]
        place.overwrite(offset + at // 8, bytes([byte ^ (1 << at % 8)]))

    whole = place.memory.read_bytes()
    flip(other)
    assert place.reopen().last() == (3, root_of(3))
    place.close()
    place.memory.write_bytes(whole)
    flip(newest)
    assert place.reopen().last() == (0, EMPTY_ROOT)
    place.close()
    place.memory.write_bytes(whole)
    flip(newest)
    flip(other)
    with pytest.raises(Stopped, match="no whole slot"):
        place.reopen()


def test_a_slot_copied_to_the_other_place_does_not_count(place: Place) -> None:
    grow(place.create(), 3)
    place.close()
    for offset, slot in zip(reversed(SLOT_OFFSETS), place.slots(), strict=True):
        place.overwrite(offset, slot)
    with pytest.raises(Stopped):
        place.reopen()


@pytest.mark.parametrize("content", [b"", b"\x00" * 8192, b"x" * 100, b"\xff" * 4700])
def test_a_memory_of_rubbish_stops_the_signer(place: Place, content: bytes) -> None:
    place.create()
    place.close()
    place.memory.write_bytes(content)
    with pytest.raises(Stopped, match="ask every witness"):
        place.reopen()
    assert place.memory.read_bytes() == content


def test_a_lost_memory_is_not_made_anew_and_the_message_says_what_to_do(place: Place) -> None:
    grow(place.create(), 3)
    place.close()
    place.memory.unlink()
    with pytest.raises(Stopped, match="`pledger restore SOURCE DIR --new-memory --policy FILE`"):
        place.reopen()
    assert not place.memory.exists()


def test_a_memory_can_be_started_again_at_a_known_tree_only(place: Place) -> None:
    for size, root in ((0, bytes(32)), (5, b""), (-1, EMPTY_ROOT)):
        with pytest.raises(Stopped):
            FileLogSigner.create(place.key, place.memory, origin=ORIGIN, size=size, root=root)
    with FileLogSigner.create(place.key, place.memory, origin=ORIGIN, size=5, root=root_of(5)) as signer:
        assert signer.last() == (5, root_of(5))
        grow(signer, 7)
        with pytest.raises(Stopped):
            signer.sign(5, root_of(5), [])


def test_an_existing_memory_or_key_is_never_overwritten(place: Place) -> None:
    grow(place.create(), 3)
    key, memory = place.key.read_bytes(), place.memory.read_bytes()
    with pytest.raises(Stopped):
        place.create()
    with pytest.raises(Stopped):
        generate_key(place.key)
    assert (key, memory) == (place.key.read_bytes(), place.memory.read_bytes())


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "x" * 423])
def test_an_origin_that_can_name_no_key_makes_no_memory(place: Place, origin: str) -> None:
    with pytest.raises(Stopped):
        FileLogSigner.create(place.key, place.memory, origin=origin)
    assert not place.memory.exists()


def test_two_signers_cannot_share_one_memory(place: Place) -> None:
    signer = place.create()
    with pytest.raises(Stopped, match="in use"):
        FileLogSigner(place.key, place.memory)
    program = (
        "import sys; from pathlib import Path; from ledger.errors import Stopped;"
        "from ledger.signer import FileLogSigner\n"
        "try: FileLogSigner(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except Stopped: sys.exit(42)"
    )
    command = [sys.executable, "-c", program, str(place.key), str(place.memory)]
    root = Path(__file__).parents[2]
    assert subprocess.run(command, check=False, cwd=root).returncode == 42
    signer.close()
    with pytest.raises(Stopped, match="closed"):
        grow(signer, 1)
    assert subprocess.run(command, check=False, cwd=root).returncode == 0


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_open_to_others_is_refused(place: Place, mode: int) -> None:
    place.create()
    place.close()
    place.key.chmod(mode)
    with pytest.raises(Stopped, match="open to others"):
        place.reopen()


def test_a_new_key_and_a_new_memory_are_readable_by_their_owner_only(place: Place) -> None:
    place.create()
    assert [path.stat().st_mode & 0o777 for path in (place.key, place.memory)] == [0o600, 0o600]


def pem(key: object, form: PrivateFormat, password: bytes | None = None) -> bytes:
    secrecy = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, secrecy)  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"\xff\x00",
        b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(b"rubbish") + b"\n-----END PRIVATE KEY-----\n",
        pem(Ed25519PrivateKey.generate(), PrivateFormat.PKCS8, b"password"),
        pem(Ed25519PrivateKey.generate(), PrivateFormat.OpenSSH),
        pem(generate_private_key(SECP256R1()), PrivateFormat.PKCS8),
        pem(generate_private_key(SECP256R1()), PrivateFormat.TraditionalOpenSSL),
    ],
)
def test_a_key_file_of_another_kind_is_refused(place: Place, content: bytes) -> None:
    place.key.write_bytes(content)
    with pytest.raises(Stopped, match="PKCS #8"):
        place.create()
    assert not place.memory.exists()


def test_a_missing_key_or_a_folder_in_its_place_is_refused(place: Place) -> None:
    place.key.unlink()
    with pytest.raises(Stopped, match="cannot be read"):
        place.create()
    place.key.mkdir(0o700)
    with pytest.raises(Stopped):
        place.create()


def test_after_a_key_rotation_the_memory_still_binds_the_new_key(place: Place) -> None:
    signer = place.create()
    grow(signer, 9)
    old_key = signer.verifier_key
    place.key.unlink()
    generate_key(place.key)
    signer = place.reopen()
    assert signer.verifier_key != old_key
    assert signer.origin == ORIGIN
    with pytest.raises(Stopped):
        signer.sign(8, root_of(8), [])
    grow(signer, 10)
