"""Proofs read and hash as many nodes as the tree has levels, not as it has leaves."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import closing
from math import log2

import pytest

from ledger.log import open_reader
from ledger.merkle import (
    Frontier,
    consistency_nodes,
    inclusion_nodes,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    read_frontier,
)
from ledger.tlog.paths import TilePath
from ledger.tlog.tiles import tile_content
from tests.growth.comparing import assert_flat, assert_logarithmic
from tests.growth.counting import Counter, Work
from tests.growth.grown import SIZES, Grown

Sizes = Mapping[int, Grown]
FAR = 10_000_000


def test_a_proof_of_inclusion_reads_at_most_two_nodes_a_level_however_large_the_tree() -> None:
    chosen = random.Random(3)
    for size in (10, 1000, 1_000_000, FAR, FAR + chosen.randrange(FAR)):
        for leaf in (0, size - 1, *(chosen.randrange(size) for _ in range(50))):
            assert_logarithmic(sum(map(len, inclusion_nodes(leaf, size))), size, each=2)


def test_a_proof_of_consistency_reads_at_most_two_nodes_a_level_however_large_the_tree() -> None:
    chosen = random.Random(5)
    for size in (10, 1000, 1_000_000, FAR):
        for old in (1, size - 1, *(chosen.randrange(1, size) for _ in range(50))):
            assert_logarithmic(sum(map(len, consistency_nodes(old, size))), size, each=2)


def test_a_tree_grows_by_about_one_hash_a_leaf_however_large_it_is(counter: Counter) -> None:
    leaf = leaf_hash(b"a leaf")
    for size in (2**10, 2**20, 2**30):
        frontier = Frontier(size, (leaf,))
        with counter.counting() as work:
            frontier.extend([leaf] * 1024)
        assert work.hashes <= 1024


@pytest.mark.sqlite
def test_proofs_over_a_ledgers_nodes_read_and_hash_by_the_levels_of_the_tree(
    grown: Sizes, counter: Counter
) -> None:
    for size, one in grown.items():
        with closing(open_reader(one.path / "ledger.db")) as reader:
            for leaf in (0, size // 3, size - 1):
                with counter.counting() as work:
                    prove_inclusion(reader.nodes, leaf, size)
                assert_logarithmic(max(work.nodes, work.hashes), size, each=2)
                assert work.entries == 0
            with counter.counting() as work:
                prove_consistency(reader.nodes, size // 3, size)
                read_frontier(reader.nodes, size).root()
            assert max(work.nodes, work.hashes) <= 4 * log2(size)


@pytest.mark.sqlite
def test_a_tile_costs_its_hashes_however_long_the_log_is(grown: Sizes, counter: Counter) -> None:
    works: dict[int, Work] = {}
    for size, one in grown.items():
        with closing(open_reader(one.path / "ledger.db")) as reader, counter.counting() as works[size]:
            assert len(tile_content(reader, TilePath(0, 0))) == 256 * 32
            assert tile_content(reader, TilePath(None, 0, 100))
    assert works[SIZES[0]].nodes == 256
    assert works[SIZES[0]].entries == 100
    assert_flat(works, slack=1.0)
