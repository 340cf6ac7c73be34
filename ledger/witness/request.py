"""What a log sends to a witness: `old <n>`, the consistency proof, an empty line, the checkpoint.

Source: C2SP tlog-witness v1.0.0, add-checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import SIZE_MAX, Checkpoint, parse_checkpoint
from ledger.merkle import HASH_BYTES
from ledger.note import NoteError, decode_base64, encode_base64

PROOF_LINES_MAX: Final = 63
REQUEST_BYTES_MAX: Final = 65_536

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Request:
    """As read, with nothing verified. proof: 32-byte hashes.

    signed: the checkpoint's note; its signature lines have not even been read.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    signed: bytes


def format_request(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of a request; note: the signed checkpoint."""
    lines = [f"old {old_size}", *map(encode_base64, proof), ""]
    return ("\n".join(lines) + "\n" + note).encode()


def parse_request(body: bytes) -> Request:
    """Read what format_request writes, and nothing else. Raises NoteError."""
    if len(body) > REQUEST_BYTES_MAX:
        raise NoteError(f"a request has at most {REQUEST_BYTES_MAX} bytes")
    head, separator, signed = body.partition(b"\n\n")
    text, and_signatures, _ = signed.rpartition(b"\n\n")
    if not (separator and and_signatures and body.endswith(b"\n")):
        raise NoteError("an empty line is missing, or the last newline")
    checkpoint = parse_checkpoint(_utf8(text) + "\n")
    first, *lines = _ascii(head).split("\n")
    if len(lines) > PROOF_LINES_MAX:
        raise NoteError(f"more than {PROOF_LINES_MAX} proof lines")
    return Request(_old_size(first), tuple(map(_hash, lines)), checkpoint, signed)


def parse_size(body: bytes) -> int:
    """Read the answer 409, `<size>` and a newline. Raises NoteError."""
    return _old_size("old " + _ascii(body).removesuffix("\n"))


def _old_size(line: str) -> int:
    found = _OLD.fullmatch(line)
    if found is None or int(found[1]) > SIZE_MAX:
        raise NoteError("the size is no decimal number without leading zeros")
    return int(found[1])


def _hash(line: str) -> bytes:
    decoded = decode_base64(line)
    if len(decoded) != HASH_BYTES:
        raise NoteError(f"a proof line has {len(decoded)} bytes")
    return decoded


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise NoteError("a checkpoint is UTF-8 text") from error


def _ascii(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise NoteError("it is not ASCII") from error
