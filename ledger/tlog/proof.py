"""A receipt as one text file, which tools of others check: C2SP tlog-proof (untagged draft).

c2sp.org/tlog-proof@v1
extra <base64>             optional, and vouched for by nobody
index <leaf index>
<base64 hash>              the audit path (RFC 6962 §2.1.1), leaf level first; none in a tree of one

<the checkpoint, verbatim>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import VerificationError
from ledger.merkle import HASH_BYTES, check_inclusion
from ledger.note import NoteError, Verifier, decode_base64, encode_base64, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
PATH_MAX = 63
"""Hashes of the longest audit path: a tree has fewer than 2^63 leaves."""

_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")
_EXTRA = "extra "


class TlogProofError(VerificationError):
    """A text is no tlog-proof, or proves nothing about this leaf."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """index: of the leaf; proof: 32-byte hashes; checkpoint: the signed note; extra: b"" for none."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""


def format_proof(proof: TlogProof) -> str:
    """The text of a .tlog-proof file."""
    return "".join(f"{line}\n" for line in _head(proof)) + "\n" + proof.checkpoint


def _head(proof: TlogProof) -> Iterator[str]:
    yield HEADER
    if proof.extra:
        yield _EXTRA + encode_base64(proof.extra)
    yield f"index {proof.index}"
    yield from map(encode_base64, proof.proof)


def parse_proof(text: str | bytes) -> TlogProof:
    """Read what format_proof writes, and nothing else; no signature is checked. Raises TlogProofError."""
    try:
        whole = text.decode() if isinstance(text, bytes) else text
        head, separator, checkpoint = whole.partition("\n\n")
        proof = _parse_head(head.split("\n"), checkpoint)
        parse_checkpoint(parse_note(checkpoint).text)
    except (UnicodeError, NoteError) as error:
        raise TlogProofError(f"this is no tlog-proof: {error}") from error
    if not separator:
        raise TlogProofError("this is no tlog-proof: it has no checkpoint")
    return proof


def _parse_head(lines: list[str], checkpoint: str) -> TlogProof:
    if lines[0] != HEADER:
        raise TlogProofError(f"this is no tlog-proof: it does not begin with {HEADER}")
    extra, rest = b"", lines[1:]
    if rest and rest[0].startswith(_EXTRA):
        extra, rest = decode_base64(rest[0].removeprefix(_EXTRA)), rest[1:]
        if not extra:
            raise TlogProofError("the line of extra data is empty")
    index = _INDEX.fullmatch(rest[0]) if rest else None
    if index is None:
        raise TlogProofError("this is no tlog-proof: it has no index of a leaf")
    if len(rest) > 1 + PATH_MAX:
        raise TlogProofError(f"the proof has more than {PATH_MAX} hashes")
    hashes = tuple(map(decode_base64, rest[1:]))
    if any(len(one) != HASH_BYTES for one in hashes):
        raise TlogProofError(f"a hash of the proof is not {HASH_BYTES} bytes long")
    return TlogProof(int(index[1]), hashes, checkpoint, extra)


def check_proof(proof: TlogProof, *, leaf_hash: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Check that a leaf is in the tree of a checkpoint that the log's key signed.

    leaf_hash: 32 bytes; verifiers: the log's, and the witnesses' if theirs are to be judged too.
    Returns the checkpoint. Raises NoteError for the signature, InclusionProofError for the path.
    """
    checkpoint, _ = open_checkpoint(proof.checkpoint, verifiers)
    check_inclusion(
        leaf_hash=leaf_hash,
        leaf_index=proof.index,
        tree_size=checkpoint.size,
        proof=proof.proof,
        root_hash=checkpoint.root,
    )
    return checkpoint
