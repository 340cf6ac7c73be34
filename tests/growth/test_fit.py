"""The fit of `make growth` tells what stays from what grows."""

from __future__ import annotations

import math

import pytest

from tests.bench.growing.costs import APPEND, COSTS, FIRST_LONG, MEMORY, Cost
from tests.bench.growing.fit import exponent, is_too_fast, word
from tests.bench.growing.table import by_cost, table

SIZES = (10_000, 100_000, 1_000_000)
FLAT = Cost("a cost", "ms")


def test_a_cost_that_stays_with_some_noise_is_flat() -> None:
    power = exponent(dict(zip(SIZES, (1.0, 1.2, 0.95), strict=True)))
    assert power is not None
    assert word(power) == "flat"


def test_a_cost_of_every_entry_is_linear() -> None:
    power = exponent({size: 3e-5 * size for size in SIZES})
    assert power == pytest.approx(1)
    assert power is not None
    assert word(power) == "linear"


def test_a_logarithm_is_not_called_growth() -> None:
    assert not is_too_fast(FLAT, {size: math.log2(size) for size in SIZES})


def test_a_square_root_is_called_growth() -> None:
    figures = {size: math.sqrt(size) for size in SIZES}
    assert is_too_fast(FLAT, figures)
    assert is_too_fast(Cost("a cost", "ms", "logarithmic"), figures)


def test_two_sizes_or_near_ones_are_too_few_to_say_that_a_cost_grows() -> None:
    assert not is_too_fast(FLAT, {10: 1.0, 1000: 100.0})
    assert not is_too_fast(FLAT, {1000: 1.0, 2000: 2.0, 4000: 4.0})
    assert exponent({10: 1.0}) is None


def test_what_is_known_to_grow_or_noise_fails_nothing() -> None:
    figures = {size: float(size) for size in SIZES}
    assert not is_too_fast(Cost("a cost", "ms", "linear"), figures)
    assert not is_too_fast(Cost("a cost", "ms", judged=False), figures)


def test_the_table_has_a_row_a_cost_a_column_a_size_and_a_verdict() -> None:
    found = {size: {APPEND: float(size), FIRST_LONG: 1.0} for size in SIZES}
    paces = {size: {APPEND: 2.0, FIRST_LONG: 2.0} for size in SIZES}
    head, _, first, second = table(found, paces).splitlines()
    assert head == "| cost | unit | 10,000 | 100,000 | 1,000,000 | grows as | expected |"
    assert first.startswith(f"| {APPEND} |")
    assert first.endswith("| n^1.00, linear | flat: GROWS |")
    assert second.endswith("| n^0.00, flat | linear, not judged |")


def test_a_machine_that_slows_down_is_not_taken_for_a_cost_that_grows() -> None:
    found = {size: {APPEND: math.sqrt(size), MEMORY: 100.0} for size in SIZES}
    paces = {size: {APPEND: math.sqrt(size), MEMORY: math.sqrt(size)} for size in SIZES}
    assert [exponent(one.steady) for one in by_cost(found, paces)] == [pytest.approx(0), pytest.approx(0)]


def test_no_two_costs_have_one_name() -> None:
    names = [cost.name for cost in COSTS]
    assert sorted(set(names)) == sorted(names)
