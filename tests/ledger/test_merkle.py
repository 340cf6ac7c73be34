"""The tree against its plain definition, published vectors, and every single-bit lie."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import StorageError
from ledger.merkle import (
    EMPTY_ROOT,
    ConsistencyProofError,
    Frontier,
    InclusionProofError,
    NodeId,
    check_consistency,
    check_inclusion,
    consistency_nodes,
    inclusion_nodes,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    read_frontier,
    tree_root,
)

SIZE_MAX = 70
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(200)]
OTHER_HASH = leaf_hash(b"something else")


@cache
def root_of(size: int) -> bytes:
    return tree_root(LEAVES[:size])


@cache
def stored_nodes() -> dict[NodeId, bytes]:
    _, nodes = Frontier.empty().extend(LEAVES)
    return {(level, index): node for level, index, node in nodes}


def read(nodes: Sequence[NodeId]) -> list[bytes]:
    return [stored_nodes()[node] for node in nodes]


def flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")


def spoiled(proof: list[bytes]) -> list[list[bytes]]:
    """Every proof with one hash changed, left out, doubled or cut, and with one too many."""
    changed = [[*proof[:at], flipped(proof[at], at), *proof[at + 1 :]] for at in range(len(proof))]
    missing = [[*proof[:at], *proof[at + 1 :]] for at in range(len(proof))]
    short = [[*proof[:at], proof[at][:31], *proof[at + 1 :]] for at in range(len(proof))]
    return [*changed, *missing, *short, [*proof, OTHER_HASH], [OTHER_HASH, *proof], [*proof, b""]]


def vector_files(vectors: Path, kind: str) -> list[dict[str, Any]]:
    paths = sorted((vectors / "merkle" / kind).rglob("*.json"))
    assert len(paths) > 80
    return [{**json.loads(path.read_text()), "path": path} for path in paths]


def hashes(values: list[str] | None) -> list[bytes]:
    return [base64.b64decode(value) for value in values or ()]


def test_the_empty_root_is_the_hash_of_nothing() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree_root([]) == Frontier.empty().root() == EMPTY_ROOT


def test_leaves_nodes_and_roots_are_those_of_the_published_constants(vectors: Path) -> None:
    (path,) = (vectors / "rfc6962-constants").glob("*.json")
    known = json.loads(path.read_text())
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in known["leaf_inputs_hex"]]
    assert [leaf.hex() for leaf in leaves] == known["leaf_hashes_hex"]
    level1 = [node_hash(leaves[at], leaves[at + 1]) for at in range(0, 8, 2)]
    assert [node.hex() for node in level1] == known["level1_hex"]
    roots = known["root_hashes_hex_size_1_to_8"]
    assert [tree_root(leaves[:size]).hex() for size in range(1, 9)] == roots
    assert [Frontier.empty().extend(leaves[:size])[0].root().hex() for size in range(1, 9)] == roots
    complete = {(level, index): node.hex() for level, index, node in Frontier.empty().extend(leaves)[1]}
    assert [complete[2, 0], complete[2, 1], complete[3, 0]] == [*known["level2_hex"], *known["level3_hex"]]


def test_published_inclusion_proofs_are_accepted_and_refused_as_published(vectors: Path) -> None:
    for vector in vector_files(vectors, "inclusion"):
        leaf, root = hashes([vector["leafHash"] or "", vector["root"] or ""])
        try:
            check_inclusion(
                leaf_hash=leaf,
                leaf_index=vector["leafIdx"],
                tree_size=vector["treeSize"],
                proof=hashes(vector["proof"]),
                root_hash=root,
            )
        except InclusionProofError:
            assert vector["wantErr"], vector["path"]
        else:
            assert not vector["wantErr"], vector["path"]


def test_published_consistency_proofs_are_accepted_and_refused_as_published(vectors: Path) -> None:
    for vector in vector_files(vectors, "consistency"):
        old_root, new_root = hashes([vector["root1"] or "", vector["root2"] or ""])
        try:
            check_consistency(
                old_size=vector["size1"],
                new_size=vector["size2"],
                old_root=old_root,
                new_root=new_root,
                proof=hashes(vector["proof"]),
            )
        except ConsistencyProofError:
            assert vector["wantErr"], vector["path"]
        else:
            assert not vector["wantErr"], vector["path"]


def test_a_frontier_has_the_root_of_the_plain_definition_at_every_size() -> None:
    frontier = Frontier.empty()
    for size, leaf in enumerate(LEAVES):
        assert frontier.root() == root_of(size)
        frontier, nodes = frontier.append(leaf)
        for level, index, node in nodes:
            assert node == tree_root(LEAVES[index << level : (index + 1) << level])
    assert frontier.root() == root_of(len(LEAVES))


def test_appending_completes_each_node_once() -> None:
    frontier, seen = Frontier.empty(), []
    for leaf in LEAVES:
        frontier, nodes = frontier.append(leaf)
        seen += nodes
    assert len(seen) == len({node[:2] for node in seen})
    assert len(seen) == sum(len(LEAVES) >> level for level in range(8))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=90), st.data())
def test_batches_of_any_cut_equal_single_appends(leaves: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    first, early = Frontier.empty().extend(leaves[:cut])
    both, late = first.extend(leaves[cut:])
    single, one_by_one = Frontier.empty(), []
    for leaf in leaves:
        single, nodes = single.append(leaf)
        one_by_one += nodes
    assert (both, early + late) == (single, one_by_one)
    assert both.root() == tree_root(leaves)


@given(st.integers(0, 200))
def test_a_frontier_survives_storage_and_can_be_rebuilt_from_nodes(size: int) -> None:
    frontier, _ = Frontier.empty().extend(LEAVES[:size])
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier
    assert read_frontier(read, size) == frontier


@given(st.binary(max_size=300))
def test_a_damaged_stored_frontier_is_refused_or_read_exactly(stored: bytes) -> None:
    try:
        frontier = Frontier.from_bytes(stored)
    except StorageError:
        return
    assert frontier.to_bytes() == stored


def test_every_leaf_of_every_tree_is_proved() -> None:
    for size in range(1, SIZE_MAX + 1):
        for index in range(size):
            proof = prove_inclusion(read, index, size)
            assert len(proof) <= (size - 1).bit_length()
            check_inclusion(
                leaf_hash=LEAVES[index],
                leaf_index=index,
                tree_size=size,
                proof=proof,
                root_hash=root_of(size),
            )


def refuse_inclusion(index: int, size: int, proof: list[bytes], leaf: bytes, root: bytes) -> None:
    with pytest.raises(InclusionProofError):
        check_inclusion(leaf_hash=leaf, leaf_index=index, tree_size=size, proof=proof, root_hash=root)


def test_no_spoiled_inclusion_proof_is_accepted() -> None:
    for size in range(1, SIZE_MAX + 1):
        for index in range(size):
            for proof in spoiled(prove_inclusion(read, index, size)):
                refuse_inclusion(index, size, proof, LEAVES[index], root_of(size))


def test_an_inclusion_proof_holds_for_no_other_leaf_place_or_root() -> None:
    for size in range(1, 34):
        for index in range(size):
            proof, leaf, root = prove_inclusion(read, index, size), LEAVES[index], root_of(size)
            refuse_inclusion(index, size, proof, OTHER_HASH, root)
            refuse_inclusion(index, size, proof, leaf, flipped(root, 0))
            for other in set(range(-1, size + 1)) - {index}:
                refuse_inclusion(other, size, proof, leaf, root)


def test_an_inner_node_is_not_accepted_as_a_leaf() -> None:
    root = root_of(4)
    left, right = node_hash(*LEAVES[:2]), node_hash(*LEAVES[2:4])
    refuse_inclusion(0, 4, [right], left, root)
    check_inclusion(leaf_hash=left, leaf_index=0, tree_size=2, proof=[right], root_hash=root)


def test_a_proof_longer_than_the_tree_is_high_is_refused_even_under_a_fitting_root() -> None:
    refuse_inclusion(0, 1, [LEAVES[0]], LEAVES[1], root_of(2))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (0, -1)])
def test_a_leaf_outside_the_tree_cannot_be_proved(index: int, size: int) -> None:
    with pytest.raises(InclusionProofError):
        prove_inclusion(read, index, size)
    refuse_inclusion(index, size, [], EMPTY_ROOT, EMPTY_ROOT)


def test_every_pair_of_sizes_is_proved_consistent() -> None:
    for new in range(41):
        for old in range(new + 1):
            proof = prove_consistency(read, old, new)
            assert len(proof) <= new.bit_length() + 1
            check_consistency(
                old_size=old, new_size=new, old_root=root_of(old), new_root=root_of(new), proof=proof
            )


def refuse_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> None:
    with pytest.raises(ConsistencyProofError):
        check_consistency(old_size=old, new_size=new, old_root=old_root, new_root=new_root, proof=proof)


def test_no_spoiled_consistency_proof_is_accepted() -> None:
    for new in range(41):
        for old in range(new + 1):
            proof = prove_consistency(read, old, new)
            for other in spoiled(proof):
                refuse_consistency(old, new, root_of(old), root_of(new), other)
            refuse_consistency(old, new, flipped(root_of(old), 7), root_of(new), proof)
            if old > 0:
                refuse_consistency(old, new, root_of(old), flipped(root_of(new), 7), proof)


def test_a_consistency_proof_holds_for_no_other_old_size() -> None:
    for new in range(1, 41):
        for old in range(1, new):
            proof = prove_consistency(read, old, new)
            refuse_consistency(old + 1, new, root_of(old), root_of(new), proof)
            refuse_consistency(old - 1, new, root_of(old), root_of(new), proof)


def test_growth_from_nothing_needs_the_real_empty_root_and_no_proof() -> None:
    check_consistency(old_size=0, new_size=5, old_root=EMPTY_ROOT, new_root=root_of(5), proof=[])
    check_consistency(old_size=0, new_size=0, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT, proof=[])
    refuse_consistency(0, 5, OTHER_HASH, root_of(5), [])
    refuse_consistency(0, 0, OTHER_HASH, OTHER_HASH, [])
    refuse_consistency(0, 5, EMPTY_ROOT, root_of(5), [OTHER_HASH])


def test_bytes_cannot_be_moved_between_neighbouring_hashes() -> None:
    both = LEAVES[0] + LEAVES[1]
    refuse_consistency(1, 2, both[:31], root_of(2), [both[31:]])
    refuse_inclusion(0, 2, [both[31:]], both[:31], root_of(2))


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 5), (-2, -1)])
def test_a_tree_cannot_shrink(old: int, new: int) -> None:
    with pytest.raises(ConsistencyProofError):
        prove_consistency(read, old, new)
    refuse_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, [])


@given(st.integers(1, 2**62), st.data())
def test_plans_stay_short_for_any_size(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    for plan in (inclusion_nodes(index, size), consistency_nodes(old, size)):
        assert len(plan) <= size.bit_length() + 1
        assert sum(map(len, plan)) <= 2 * size.bit_length()
        for level, place in (node for group in plan for node in group):
            assert (place + 1) << level <= size


def test_a_proof_asks_the_store_once_and_refuses_what_is_missing() -> None:
    calls: list[Sequence[NodeId]] = []

    def counting(nodes: Sequence[NodeId]) -> list[bytes]:
        calls.append(nodes)
        return read(nodes)

    prove_inclusion(counting, 3, 69)
    prove_consistency(counting, 37, 69)
    assert len(calls) == 2
    for damaged in (lambda nodes: read(nodes)[1:], lambda nodes: [b""] * len(nodes)):
        with pytest.raises(StorageError):
            prove_inclusion(damaged, 3, 69)


def entries_of_bundle(bundle: bytes) -> list[bytes]:
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return entries


def test_the_tiles_of_a_real_log_hold_the_leaf_hashes_of_its_bundles(vectors: Path) -> None:
    log = vectors / "tessera-log" / "testdata" / "log"
    for size in range(1, 16):
        entries = entries_of_bundle((log / "tile/entries/000.p" / str(size)).read_bytes())
        assert len(entries) == size
        assert b"".join(map(leaf_hash, entries)) == (log / "tile/0/000.p" / str(size)).read_bytes()


def test_the_roots_of_a_real_log_are_recomputed_and_joined(vectors: Path) -> None:
    log = vectors / "tessera-log" / "testdata" / "log"
    leaves = list(map(leaf_hash, entries_of_bundle((log / "tile/entries/000.p/15").read_bytes())))
    published = {0: EMPTY_ROOT}
    for size in [*range(1, 4), *range(5, 13), 14, 15]:
        published[size] = base64.b64decode((log / f"checkpoint.{size}").read_text().split("\n")[2])
        assert Frontier.empty().extend(leaves[:size])[0].root() == published[size]
    nodes = {(level, index): node for level, index, node in Frontier.empty().extend(leaves)[1]}
    for old, old_root in published.items():
        proof = prove_consistency(lambda wanted: [nodes[node] for node in wanted], old, 15)
        check_consistency(old_size=old, new_size=15, old_root=old_root, new_root=published[15], proof=proof)
