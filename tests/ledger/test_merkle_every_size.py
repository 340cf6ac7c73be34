"""Every proof of every tree size: accepted as made, refused with any one of its hashes corrupted.

All sizes to 300 with every leaf and pair take some twenty seconds (`slow`); every run does all to 64, and
seeded pairs above. The trees' roots are of the plain definition, the proofs of the code under test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from ledger.merkle import (
    ConsistencyProofError,
    Frontier,
    InclusionProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
)
from tests.ledger.test_merkle import vector_files
from tests.support.log import naive_roots

SIZE_MAX, QUICK_MAX, QUICK_PAIRS = 300, 64, 1500
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(SIZE_MAX)]
NODES = {(level, index): node for level, index, node in Frontier.empty().extend(LEAVES)[1]}
ROOT = naive_roots(LEAVES)


def read(ids: Sequence[tuple[int, int]]) -> list[bytes]:
    return [NODES[one] for one in ids]


def corrupted(proof: list[bytes]) -> Iterator[list[bytes]]:
    """The proof with one bit of one hash changed, each hash in turn."""
    for at, value in enumerate(proof):
        bit = 1 << (37 * at + len(proof)) % 256
        changed = (int.from_bytes(value, "big") ^ bit).to_bytes(32, "big")
        yield [*proof[:at], changed, *proof[at + 1 :]]


def check_leaf(size: int, index: int) -> int:
    """One leaf of one tree; how many proofs were refused."""

    def check(proof: list[bytes]) -> None:
        check_inclusion(
            leaf_hash=LEAVES[index], leaf_index=index, tree_size=size, proof=proof, root_hash=ROOT(size)
        )

    return _check(prove_inclusion(read, index, size), check, InclusionProofError)


def check_pair(old: int, new: int) -> int:
    """One pair of sizes; how many proofs were refused."""

    def check(proof: list[bytes]) -> None:
        check_consistency(old_size=old, new_size=new, old_root=ROOT(old), new_root=ROOT(new), proof=proof)

    return _check(prove_consistency(read, old, new), check, ConsistencyProofError)


def _check(proof: list[bytes], check: Callable[[list[bytes]], None], error: type[Exception]) -> int:
    check(proof)
    refused = 0
    for bad in corrupted(proof):
        try:
            check(bad)
        except error:
            refused += 1
    assert refused == len(proof), "a corrupted proof was accepted"
    return refused


def split(size: int) -> int:
    """The largest power of two below a size, by trying."""
    found = 1
    while found * 2 < size:
        found *= 2
    return found


@cache
def audit_hashes(size: int) -> int:
    """How many hashes the audit paths of all leaves have together (RFC 6962 §2.1.1)."""
    return 0 if size < 2 else size + audit_hashes(split(size)) + audit_hashes(size - split(size))


@cache
def subproof_hashes(old: int, new: int, whole: bool = True) -> int:
    """How many hashes SUBPROOF has (RFC 6962 §2.1.2)."""
    if old == new:
        return 0 if whole else 1
    if old <= split(new):
        return 1 + subproof_hashes(old, split(new), whole)
    return 1 + subproof_hashes(old - split(new), new - split(new), False)


def refused_leaves(size_max: int) -> int:
    return sum(check_leaf(size, index) for size in range(1, size_max + 1) for index in range(size))


def refused_pairs(size_max: int) -> int:
    return sum(check_pair(old, new) for new in range(size_max + 1) for old in range(new + 1))


def all_audit_hashes(size_max: int) -> int:
    return sum(audit_hashes(size) for size in range(1, size_max + 1))


def all_subproof_hashes(size_max: int) -> int:
    return sum(subproof_hashes(old, new) for new in range(1, size_max + 1) for old in range(1, new + 1))


def test_every_leaf_of_every_size_to_64_with_each_hash_corrupted() -> None:
    assert refused_leaves(QUICK_MAX) == all_audit_hashes(QUICK_MAX)


def test_every_pair_of_sizes_to_64_with_each_hash_corrupted() -> None:
    assert refused_pairs(QUICK_MAX) == all_subproof_hashes(QUICK_MAX)


def test_seeded_leaves_and_pairs_of_every_size_to_300_with_each_hash_corrupted() -> None:
    chosen = random.Random(6962)
    for size in range(1, SIZE_MAX + 1):
        for index in {0, size - 1, chosen.randrange(size)}:
            check_leaf(size, index)
        check_pair(size // 2, size)
    for _ in range(QUICK_PAIRS):
        new = chosen.randrange(SIZE_MAX + 1)
        check_pair(chosen.randrange(new + 1), new)


@pytest.mark.slow
def test_every_leaf_of_every_size_to_300_with_each_hash_corrupted() -> None:
    assert refused_leaves(SIZE_MAX) == all_audit_hashes(SIZE_MAX) > 300_000


@pytest.mark.slow
def test_every_pair_of_sizes_to_300_with_each_hash_corrupted() -> None:
    assert refused_pairs(SIZE_MAX) == all_subproof_hashes(SIZE_MAX) > 300_000


def test_the_published_vectors_are_as_many_as_are_known(vectors: Path) -> None:
    """So that none is left out unseen: tests/ledger/test_merkle.py runs all of these files."""
    counted = {}
    for kind in ("inclusion", "consistency"):
        wanted = [
            json.loads(path.read_text())["wantErr"] for path in (vectors / "merkle" / kind).rglob("*.json")
        ]
        assert len(wanted) == len(vector_files(vectors, kind))
        counted[kind] = (wanted.count(False), wanted.count(True))
    assert counted == {"inclusion": (6, 80), "consistency": (5, 79)}
    (constants,) = (vectors / "rfc6962-constants").glob("*.json")
    known = json.loads(constants.read_text())
    assert len(known["leaf_inputs_hex"]) == len(known["root_hashes_hex_size_1_to_8"]) == 8
    (notes,) = (vectors / "go-sumdb").glob("*.json")
    go = json.loads(notes.read_text())
    assert {name: len(go[name]) for name in ("skeys", "vkeys", "bad_vkeys", "sig_lines")} == {
        "skeys": 1,
        "vkeys": 2,
        "bad_vkeys": 2,
        "sig_lines": 2,
    }
