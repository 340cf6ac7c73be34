"""Checkpoints: the note in which a log states its size and root.

Source: C2SP tlog-checkpoint v1.0.0, without extension lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.merkle import HASH_BYTES
from ledger.note import NoteError, OpenedNote, Verifier, decode_base64, encode_base64, open_note

SIZE_MAX = (1 << 63) - 1

_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")
_CONTROL = re.compile("[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: origin is not empty, 0 ≤ size < 2^63, root is 32 bytes.

    Raises NoteError when made of anything else.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or _CONTROL.search(self.origin):
            raise NoteError(f"{self.origin!r} is no origin")
        if not 0 <= self.size <= SIZE_MAX:
            raise NoteError("the tree size is out of range")
        if len(self.root) != HASH_BYTES:
            raise NoteError(f"a root has {HASH_BYTES} bytes, not {len(self.root)}")


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """The note text: three lines, each ended by a newline."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read what format_checkpoint writes, and nothing else. Raises NoteError."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteError("a checkpoint has exactly three lines")
    origin, size, root, _ = lines
    if not _DECIMAL.fullmatch(size):
        raise NoteError("the tree size is no decimal number without leading zeros")
    return Checkpoint(origin, int(size), decode_base64(root))


def open_checkpoint(note: str | bytes, verifiers: Iterable[Verifier]) -> tuple[Checkpoint, OpenedNote]:
    """Read a signed checkpoint and check its signatures.

    verifiers: the log's, and the witnesses' if their signatures are to be judged too. At
    least one verified signature is by a key whose name is the origin: a witness alone does
    not make a checkpoint. Raises NoteError.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    if all(signature.name != checkpoint.origin for signature in opened.verified):
        raise NoteError(f"no known key of the log {checkpoint.origin} signed the checkpoint")
    return checkpoint, opened


def open_overlap(note: str | bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Read a checkpoint that every one of these keys of its log signed. Raises NoteError.

    It shows that whoever holds each key signed this one tree. It does not show that one key
    stands for the other: anybody can add a signature to a note.
    """
    checkpoint, opened = open_checkpoint(note, verifiers)
    signed = {(signature.name, signature.key_id) for signature in opened.verified}
    for verifier in verifiers:
        if verifier.name != checkpoint.origin or (verifier.name, verifier.key_id) not in signed:
            raise NoteError(f"the key {verifier.key_id.hex()} of {verifier.name} did not sign the checkpoint")
    return checkpoint
