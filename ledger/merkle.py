"""The Merkle tree over entries: roots, inclusion proofs and consistency proofs.

Only plain RFC 6962 §2.1 structures. Complete subtrees never change once they are full,
so their hashes are stored as nodes (level, index); everything at the ragged right edge
is computed from them. Each proof is made in two steps: which nodes are needed (pure),
then one read and the hashing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from ledger.errors import StorageError, VerificationError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeId: TypeAlias = tuple[int, int]
"""(level, index) of a complete subtree: it covers leaves [index << level, (index + 1) << level)."""

NodeReader: TypeAlias = Callable[[Sequence[NodeId]], Sequence[bytes]]
"""Fetches the hashes of complete nodes, in the order asked; it is called once for each proof."""

_SIZE_BYTES = 8


class InclusionProofError(VerificationError):
    """A leaf is not shown to be in the tree."""


class ConsistencyProofError(VerificationError):
    """An old tree is not shown to be a prefix of a new one."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry as a leaf. Returns 32 bytes. Source: RFC 6962 §2.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two sibling subtrees, 32 bytes each, into their parent. Source: RFC 6962 §2.1."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash by its plain definition; n - 1 hashes for n leaves.

    leaf_hashes: 32 bytes each. It is the yardstick for everything faster here.
    Source: RFC 6962 §2.1.
    """
    if not leaf_hashes:
        return EMPTY_ROOT
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    split = _split(len(leaf_hashes))
    return node_hash(tree_root(leaf_hashes[:split]), tree_root(leaf_hashes[split:]))


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the largest complete subtrees of a tree: all that is needed to grow it.

    peaks: one 32-byte hash for each one-bit of size, the largest subtree first.
    """

    size: int
    peaks: tuple[bytes, ...]

    @classmethod
    def empty(cls) -> Frontier:
        """The frontier of the tree without leaves."""
        return cls(0, ())

    def append(self, leaf_hash: bytes) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
        """Add one leaf; see extend. Costs 1 hash on average, log₂ n at most."""
        return self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
        """Add leaves in order.

        leaf_hashes: 32 bytes each. Returns the new frontier and every node that is complete
        now and was not before, the leaves included, as (level, index, hash).
        """
        size, peaks = self.size, list(self.peaks)
        nodes: list[tuple[int, int, bytes]] = []
        for leaf in leaf_hashes:
            level, index, node = 0, size, leaf
            nodes.append((0, index, node))
            while index & 1:  # a right child: its left sibling is the last peak
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                level, index = level + 1, index >> 1
                nodes.append((level, index, node))
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks)), nodes

    def root(self) -> bytes:
        """The tree's root, 32 bytes. Source: RFC 6962 §2.1."""
        return _fold(self.peaks) if self.peaks else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """The stored form: size as uint64 big-endian, then the peaks."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Frontier:
        """Read what to_bytes wrote. Raises StorageError."""
        size, peaks = int.from_bytes(stored[:_SIZE_BYTES], "big"), stored[_SIZE_BYTES:]
        if len(stored) != _SIZE_BYTES + HASH_BYTES * size.bit_count():
            raise StorageError(f"a stored tree frontier of {len(stored)} bytes does not fit its tree size")
        return cls(size, tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)))


def read_frontier(read: NodeReader, size: int) -> Frontier:
    """Rebuild the frontier of any earlier size from stored nodes. Raises StorageError."""
    nodes = _complete_nodes(0, size)
    return Frontier(size, tuple(_read_exactly(read, nodes)))


def inclusion_nodes(leaf_index: int, tree_size: int) -> list[list[NodeId]]:
    """Which complete nodes an inclusion proof needs.

    Returns one list for each hash of the proof, leaf level first; a list of several nodes
    is an incomplete subtree at the right edge, largest part first.
    leaf_index: 0-based, < tree_size. Raises InclusionProofError.
    Source: RFC 6962 §2.1.1.
    """
    if not 0 <= leaf_index < tree_size:
        raise InclusionProofError(f"there is no leaf {leaf_index} in a tree of {tree_size}")
    plan: list[list[NodeId]] = []
    node, last = leaf_index, tree_size - 1  # the last node of the level, complete or not
    for level in range(last.bit_length()):
        sibling = node ^ 1
        if sibling < last:
            plan.append([(level, sibling)])
        elif sibling == last:
            plan.append(_complete_nodes(sibling << level, tree_size))
        node, last = node >> 1, last >> 1
    return plan


def prove_inclusion(read: NodeReader, leaf_index: int, tree_size: int) -> list[bytes]:
    """Make the audit path of a leaf: at most ⌈log₂ tree_size⌉ hashes, leaf level first.

    Raises InclusionProofError without such a leaf, StorageError without a node.
    Source: RFC 6962 §2.1.1.
    """
    return _compute(read, inclusion_nodes(leaf_index, tree_size))


def check_inclusion(
    *, leaf_hash: bytes, leaf_index: int, tree_size: int, proof: Sequence[bytes], root_hash: bytes
) -> None:
    """Check that a leaf is in the tree.

    leaf_hash, root_hash: 32 bytes. proof: sibling hashes, leaf level first.
    leaf_index: 0-based, < tree_size. Raises InclusionProofError.
    Source: RFC 6962 §2.1.1; the algorithm is that of RFC 9162 §2.1.3.2.
    """
    if not 0 <= leaf_index < tree_size:
        raise InclusionProofError(f"there is no leaf {leaf_index} in a tree of {tree_size}")
    if not _are_hashes(leaf_hash, root_hash, *proof):
        raise InclusionProofError("a hash is not 32 bytes long")
    if _root_from_path(leaf_hash, leaf_index, tree_size, proof) != root_hash:
        raise InclusionProofError(f"the proof does not lead from leaf {leaf_index} to the root")


def consistency_nodes(old_size: int, new_size: int) -> list[list[NodeId]]:
    """Which complete nodes a consistency proof needs; shaped as for inclusion_nodes.

    0 ≤ old_size ≤ new_size; old sizes 0 and new_size need none.
    Raises ConsistencyProofError. Source: RFC 6962 §2.1.2.
    """
    if not 0 <= old_size <= new_size:
        raise ConsistencyProofError(f"a tree of {old_size} cannot have grown to {new_size}")
    if old_size == 0:
        return []
    start, end, plan = 0, new_size, []
    while old_size != end:
        split = start + _split(end - start)
        if old_size <= split:
            plan.append(_complete_nodes(split, end))
            end = split
        else:
            plan.append(_complete_nodes(start, split))
            start = split
    if start:  # otherwise the subtree is the whole old tree, and the verifier has its root
        plan.append(_complete_nodes(start, end))
    return plan[::-1]


def prove_consistency(read: NodeReader, old_size: int, new_size: int) -> list[bytes]:
    """Make the proof that the new tree extends the old: at most ⌈log₂ new_size⌉ + 1 hashes.

    Raises ConsistencyProofError when old_size > new_size, StorageError without a node.
    Source: RFC 6962 §2.1.2.
    """
    return _compute(read, consistency_nodes(old_size, new_size))


def check_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the old tree is a prefix of the new one.

    old_root, new_root: 32 bytes; the root of size 0 must be the empty root. The proof is
    empty when old_size is 0 or new_size. Raises ConsistencyProofError.
    Source: RFC 6962 §2.1.2; the algorithm is that of RFC 9162 §2.1.4.2.
    """
    if not 0 <= old_size <= new_size:
        raise ConsistencyProofError(f"a tree of {old_size} cannot have grown to {new_size}")
    if not _are_hashes(old_root, new_root, *proof):
        raise ConsistencyProofError("a hash is not 32 bytes long")
    if any(size == 0 and root != EMPTY_ROOT for size, root in ((old_size, old_root), (new_size, new_root))):
        raise ConsistencyProofError("an empty tree has another root than the hash of nothing")
    if old_size in (0, new_size):
        _check_trivially_consistent(old_size == new_size, old_root, new_root, proof)
    elif _roots_from_consistency(old_size, new_size, old_root, proof) != (old_root, new_root):
        raise ConsistencyProofError(f"the proof does not join the trees of {old_size} and {new_size}")


def _check_trivially_consistent(same: bool, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ConsistencyProofError("a proof was given where none is needed")
    if same and old_root != new_root:
        raise ConsistencyProofError("two trees of one size have different roots")


def _root_from_path(leaf: bytes, leaf_index: int, tree_size: int, proof: Sequence[bytes]) -> bytes:
    node, index, last = leaf, leaf_index, tree_size - 1
    for sibling in proof:
        if last == 0:
            raise InclusionProofError("the proof is too long")
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            # A last node without a right sibling rises unhashed to the level where it has a left one.
            index, last = _rise(index, last)
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise InclusionProofError("the proof is too short")
    return node


def _roots_from_consistency(
    old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The (old, new) roots that the proof leads to; 0 < old_size < new_size."""
    # A complete old tree is itself the first node of the path, and the proof leaves it out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else proof
    if not path:
        raise ConsistencyProofError("the proof is too short")
    old = new = path[0]
    shared_levels = (old_size & -old_size).bit_length() - 1
    index, last = (old_size - 1) >> shared_levels, (new_size - 1) >> shared_levels
    for sibling in path[1:]:
        if last == 0:
            raise ConsistencyProofError("the proof is too long")
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            index, last = _rise(index, last)
        else:
            new = node_hash(new, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise ConsistencyProofError("the proof is too short")
    return old, new


def _rise(index: int, last: int) -> tuple[int, int]:
    """Move up to the level where index is a right child (or 0)."""
    while index and not index & 1:
        index, last = index >> 1, last >> 1
    return index, last


def _split(size: int) -> int:
    """The largest power of two below size (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _complete_nodes(start: int, end: int) -> list[NodeId]:
    """The complete subtrees that make up leaves [start, end) of one subtree, largest first."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root of a subtree from its complete parts, largest first."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _compute(read: NodeReader, plan: list[list[NodeId]]) -> list[bytes]:
    if not plan:
        return []
    hashes = iter(_read_exactly(read, [node for group in plan for node in group]))
    return [next(hashes) if len(group) == 1 else _fold([next(hashes) for _ in group]) for group in plan]


def _read_exactly(read: NodeReader, nodes: Sequence[NodeId]) -> Sequence[bytes]:
    hashes = read(nodes) if nodes else ()
    if len(hashes) != len(nodes) or not _are_hashes(*hashes):
        raise StorageError(f"the store lacks some of the tree nodes {nodes}")
    return hashes


def _are_hashes(*values: bytes) -> bool:
    return {*map(len, values)} <= {HASH_BYTES}
