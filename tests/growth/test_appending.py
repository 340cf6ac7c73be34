"""What an append costs does not grow with the log; its proof grows as the logarithm of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from ledger.envelope import parse_envelope
from ledger.service import Ledger
from tests.growth.comparing import Works, assert_flat, assert_logarithmic
from tests.growth.counting import Counter, Work
from tests.growth.grown import FRESH, ORDINARY, SIZES, Grown

pytestmark = pytest.mark.sqlite  # its instructions are counted

Sizes = Mapping[int, Grown]
WARM = 16
ONE_BY_ONE = 32
GROUP = FRESH - WARM - ONE_BY_ONE
STATEMENTS_EACH = 10  # of a group, an event: looked up, inserted, with the nodes that it completes
HASHES_EACH = 4  # a leaf of the entry, one of the receipt, one node, and a share of the checkpoint's proof


@pytest.fixture
def opened(grown: Sizes, counter: Counter, tmp_path: Path) -> Iterator[Callable[[int], Ledger]]:
    """A copy of the ledger of a size, to append to; what is done through it is counted."""
    ledgers: list[Ledger] = []

    def open_copy(size: int) -> Ledger:
        ledgers.append(Ledger(grown[size].copied(tmp_path / str(size))))
        return ledgers[-1]

    yield open_copy
    for ledger in ledgers:
        ledger.close()


def append(ledger: Ledger, envelopes: list[bytes]) -> None:
    """One after the other."""
    for raw in envelopes:
        ledger.submit([parse_envelope(raw)]).result()


def measured(counter: Counter, grown: Sizes, opened: Callable[[int], Ledger]) -> tuple[Works, Works]:
    """By size: of appends one by one, and of one group; the streams that they need are loaded before."""
    singles, groups = Works(), Works()
    for size, one in grown.items():
        ledger = opened(size)
        append(ledger, one.fresh[:WARM])
        with counter.counting() as singles[size]:
            append(ledger, one.fresh[WARM : WARM + ONE_BY_ONE])
        with counter.counting() as groups[size]:
            ledger.submit([parse_envelope(raw) for raw in one.fresh[WARM + ONE_BY_ONE :]]).result()
    return singles, groups


def of_a_tree(work: Work) -> Work:
    """Without what grows as its logarithm."""
    return Work(work.steps, 0, work.entries, 0, work.signatures, work.statements, work.streams)


def test_an_append_does_the_same_work_on_a_longer_log(
    grown: Sizes, counter: Counter, opened: Callable[[int], Ledger]
) -> None:
    singles, groups = measured(counter, grown, opened)
    for works in (singles, groups):
        assert_flat({size: of_a_tree(work) for size, work in works.items()})
        assert all(work.entries == 0 and not work.streams for work in works.values())


def test_an_append_verifies_each_signature_once(
    grown: Sizes, counter: Counter, opened: Callable[[int], Ledger]
) -> None:
    singles, groups = measured(counter, grown, opened)
    assert {work.signatures for work in singles.values()} == {ONE_BY_ONE}
    assert {work.signatures for work in groups.values()} == {GROUP}


def test_an_append_hashes_a_few_nodes_for_each_level_of_the_tree(
    grown: Sizes, counter: Counter, opened: Callable[[int], Ledger]
) -> None:
    singles, groups = measured(counter, grown, opened)
    for size in SIZES:
        # Its proof, and that of the checkpoint's growth: each level at most once, and folded at the edge.
        assert_logarithmic(singles[size].hashes // ONE_BY_ONE, size, each=3)
        assert groups[size].hashes <= HASHES_EACH * GROUP + 200
        assert len(groups[size].statements) <= STATEMENTS_EACH * GROUP


def test_the_first_append_after_a_start_reads_no_other_programme(
    grown: Sizes, counter: Counter, opened: Callable[[int], Ledger]
) -> None:
    found = Works()
    for size, one in grown.items():
        ledger = opened(size)
        with counter.counting() as found[size]:
            append(ledger, [one.late])
        body = f"body:{ORDINARY.partition('-')[0]}"
        assert set(found[size].streams) == {"root", body, f"programme:{ORDINARY}"}
    assert_flat({size: without_root(work, grown[size]) for size, work in found.items()}, slack=1.2)


def without_root(work: Work, one: Grown) -> Work:
    """The registry is read whole at a start, and it grows with the bodies that there are."""
    with one.reading() as reading:
        registry = len(list(reading.log.stream("root")))
    return Work(work.steps, 0, work.entries - registry, 0, work.signatures, work.statements, work.streams)
