"""A difference is explained to the kopiyka, by the fewest acts, or not at all."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.timeline import ALWAYS, Placed, fold
from ledger.values import is_money
from projections.money.books import Standing
from projections.money.explaining import TOGETHER_MAX, Cells, candidates_of, explain

Said = tuple[str, str, bool]  # op, amount, does it stand in the figure?
END = "2025-12-31"


def write(number: int, op: str, amount: str) -> Standing:
    """One of act `number`, which is also its leaf index; made on that day after 1 January."""
    month, day = divmod(number, 28)
    date = f"2025-{month + 1:02}-{day + 1:02}"
    value = None if op == "unset" else f"{Decimal(amount):.2f}"
    return Standing(Placed((date, date, 0, number, 0), op, value, "", "", number, str(number)), ALWAYS)  # type: ignore[arg-type]


def cells_of(*cells: dict[int, Said]) -> Cells:
    """Of each cell: the number of an act → what it says; act 0 has set 100.00 in the first one."""
    first = {0: ("set", "100.00", True)} | cells[0]
    return Cells(
        [
            (
                [write(number, op, amount) for number, (op, amount, _) in sorted(cell.items())],
                frozenset(place for place, number in enumerate(sorted(cell)) if cell[number][2]),
            )
            for cell in (first, *cells[1:])
        ]
    )


def names(treasury: str, *cells: dict[int, Said]) -> tuple[list[tuple[str | None, str]], int]:
    """Each act with its delta, and how many choices fit."""
    known = cells_of(*cells)
    candidates = [one for one in candidates_of(known, END) if one.act != "0"]
    found = explain(Decimal(treasury), known, candidates)
    return [(one.act, str(one.delta)) for one in found.by], found.fits


def test_an_act_that_the_treasury_lacks_makes_its_figure_smaller_by_what_it_added() -> None:
    assert names("100.00", {1: ("add", "500", True)}) == ([("1", "500.00")], 1)
    assert names("1100.00", {1: ("add", "500", True)}) == ([], 0)


def test_an_act_that_the_treasury_has_already_makes_its_figure_larger() -> None:
    assert names("600.00", {1: ("add", "500", False)}) == ([("1", "500.00")], 1)
    assert names("-400.00", {1: ("add", "500", False)}) == ([], 0)


def test_a_part_of_the_difference_is_not_explained() -> None:
    assert names("600.01", {1: ("add", "500", False)}) == ([], 0)


def test_an_act_below_a_later_one_that_set_the_amount_explains_nothing() -> None:
    """Set to 150, then to 120: without the first it is 120 still; 70 is no choice's figure."""
    said: dict[int, Said] = {1: ("set", "150", True), 2: ("set", "120", True)}
    assert names("70.00", said) == ([], 0)
    assert names("150.00", said) == ([("2", "-30.00")], 1)
    assert names("100.00", said) == ([("2", "-30.00"), ("1", "50.00")], 1)


def test_an_act_that_was_put_in_below_a_later_one_adds_nothing() -> None:
    assert names("170.00", {1: ("set", "150", False), 2: ("set", "120", True)}) == ([], 0)


def test_a_removal_that_the_treasury_lacks_gives_back_what_it_removed() -> None:
    assert names("100.00", {1: ("unset", "", True)}) == ([("1", "-100.00")], 1)


def test_an_acts_changes_of_several_cells_count_together() -> None:
    assert names("100.00", {1: ("add", "5", True)}, {1: ("set", "7", True)}) == ([("1", "12.00")], 1)
    assert names("105.00", {1: ("add", "5", True)}, {1: ("set", "7", True)}) == ([], 0)


def test_the_fewest_acts_explain_and_the_newest_is_told_first() -> None:
    both: dict[int, Said] = {1: ("add", "200", False), 2: ("add", "300", False)}
    assert names("600.00", both) == ([("2", "300.00"), ("1", "200.00")], 1)
    assert names("600.00", both | {3: ("add", "500", False)}) == ([("3", "500.00")], 1)


def test_two_choices_of_the_same_size_explain_nothing() -> None:
    assert names("600.00", {1: ("add", "500", False), 2: ("add", "500", False)}) == ([], 2)
    assert names("100.00", {1: ("add", "500", False), 2: ("add", "-500", True)}) == ([], 2)


def test_an_act_that_changed_nothing_is_no_explanation() -> None:
    assert names("600.00", {1: ("add", "500", False), 2: ("add", "0", False)}) == ([("1", "500.00")], 1)


@pytest.mark.parametrize(("count", "found"), [(TOGETHER_MAX, ["2", "1"]), (TOGETHER_MAX + 1, [])])
def test_of_many_acts_only_single_ones_are_tried(count: int, found: list[str]) -> None:
    """With one more than that, another pair that fits might be overlooked."""
    said: dict[int, Said] = {n: ("add", str(2**n), False) for n in range(1, count + 1)}
    assert [act for act, _ in names("106.00", said)[0]] == found
    assert [act for act, _ in names(str(100 + 2**count), said)[0]] == [str(count)]


SAID = st.tuples(st.sampled_from(["set", "add", "unset"]), st.integers(0, 4).map(str), st.booleans())
CELL = st.dictionaries(st.integers(1, 5), SAID, max_size=5)


def folded(cells: Cells, without: frozenset[str], also: frozenset[str]) -> Decimal:
    """By the rule of state alone: each cell's fold of what stands, but some acts, and some more."""
    total = Decimal(0)
    for writes, counted in cells.cells:
        chain = [
            one.placed
            for place, one in enumerate(writes)
            if (str(one.placed.act) not in without if place in counted else str(one.placed.act) in also)
        ]
        last_set = max((n for n, one in enumerate(chain) if one.op != "add"), default=0)
        answer = fold(chain[last_set:][::-1])
        if answer is not None and is_money(answer.value):
            total += Decimal(answer.value)
    return total


@given(CELL, CELL, st.integers(0, 12))
def test_it_is_what_folding_every_choice_anew_finds(
    one: dict[int, Said], other: dict[int, Said], amount: int
) -> None:
    cells = cells_of({0: ("set", "3", True)} | one, other)
    treasury, candidates = Decimal(amount), candidates_of(cells, END)
    if cells.figure() == treasury:
        return
    assert cells.figure() == folded(cells, frozenset(), frozenset())
    fitting: list[set[tuple[str | None, bool]]] = []
    for size in range(1, len(candidates) + 1):
        for chosen in combinations(candidates, size):
            without = frozenset(str(by.act) for by in chosen if by.counted)
            also = frozenset(str(by.act) for by in chosen if not by.counted)
            if folded(cells, without, also) == treasury:
                fitting.append({(by.act, by.counted) for by in chosen})
        if fitting:
            break
    found = explain(treasury, cells, candidates)
    assert found.fits == len(fitting)
    assert {(by.act, by.counted) for by in found.by} == (fitting[0] if len(fitting) == 1 else set())
    if found.by:
        closed = sum((-by.delta if by.counted else by.delta for by in found.by), Decimal(0))
        assert cells.figure() + closed == treasury
