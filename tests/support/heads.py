"""Signed heads of logs whose leaves a test chose, and an honest prover for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.merkle import ConsistencyProofError, leaf_hash, node_hash, tree_root
from ledger.note import Ed25519Signer, sign_note
from ledger.seen import Log

ORIGIN = "town.example/pledger"
GENESIS = "ab" * 32

Leaves = Sequence[int]


def signer_of(number: int = 1, origin: str = ORIGIN) -> Ed25519Signer:
    """A log key that is the same in every run."""
    return Ed25519Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


LOG = Log(ORIGIN, GENESIS, str(signer_of().key))


def root_of(leaves: Leaves) -> bytes:
    return tree_root([leaf_hash(str(leaf).encode()) for leaf in leaves])


def note_of(leaves: Leaves, *signers: Ed25519Signer) -> str:
    """The signed checkpoint of a log with these leaves."""
    by = signers or (signer_of(),)
    return sign_note(format_checkpoint(Checkpoint(by[0].name, len(leaves), root_of(leaves))), by)


def prover_of(leaves: Leaves) -> Callable[[int, int], list[bytes]]:
    """PROOF(m, D[n]) by its plain definition. Source: RFC 6962 §2.1.2."""

    def prove(old: int, new: int) -> list[bytes]:
        if not 0 < old <= new <= len(leaves):
            raise ConsistencyProofError(f"no tree of {new}, or none of {old} in it")
        return _subproof(old, [leaf_hash(str(leaf).encode()) for leaf in leaves[:new]], whole=True)

    return prove


def _subproof(old: int, hashes: list[bytes], *, whole: bool) -> list[bytes]:
    if old == len(hashes):
        return [] if whole else [_root(hashes)]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if old <= split:
        return [*_subproof(old, hashes[:split], whole=whole), _root(hashes[split:])]
    return [*_subproof(old - split, hashes[split:], whole=False), _root(hashes[:split])]


def _root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(_root(hashes[:split]), _root(hashes[split:]))
