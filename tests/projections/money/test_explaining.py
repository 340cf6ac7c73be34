"""A difference is explained to the kopiyka, by the fewest acts, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.money.explaining import TOGETHER_MAX, Candidate, explain


def act(name: str, delta: int | str, *, counted: bool = False, date: str = "2025-03-01") -> Candidate:
    """Named by a number, which is also the leaf index of its entry."""
    return Candidate(name, -1, date, Decimal(delta), counted, (int(name),))


def names(difference: int | str, *candidates: Candidate) -> tuple[list[str | None], int]:
    found = explain(Decimal(difference), candidates)
    return [one.act for one in found.by], found.fits


def test_an_act_that_the_treasury_lacks_makes_its_figure_smaller_by_what_it_added() -> None:
    assert names(-500, act("1", 500, counted=True)) == (["1"], 1)
    assert names(500, act("1", 500, counted=True)) == ([], 0)


def test_an_act_that_the_treasury_has_already_makes_its_figure_larger() -> None:
    assert names(500, act("1", 500)) == (["1"], 1)
    assert names(-500, act("1", 500)) == ([], 0)


def test_a_part_of_the_difference_is_not_explained() -> None:
    assert names("500.01", act("1", 500)) == ([], 0)


def test_the_fewest_acts_explain_and_the_newest_is_told_first() -> None:
    both = [act("1", 200, date="2025-02-01"), act("2", 300, date="2025-04-01")]
    assert names(500, *both) == (["2", "1"], 1)
    assert names(500, *both, act("3", 500, date="2024-12-01")) == (["3"], 1)


def test_two_choices_of_the_same_size_explain_nothing() -> None:
    assert names(500, act("1", 500), act("2", 500)) == ([], 2)
    assert names(500, act("1", 500), act("2", -500, counted=True)) == ([], 2)


def test_an_act_that_changed_nothing_is_no_explanation() -> None:
    assert names(500, act("1", 500), act("2", 0)) == (["1"], 1)


@pytest.mark.parametrize(("count", "found"), [(TOGETHER_MAX, ["2", "1"]), (TOGETHER_MAX + 1, [])])
def test_of_many_acts_only_single_ones_are_tried(count: int, found: list[str]) -> None:
    """With one more than that, another pair that fits might be overlooked."""
    candidates = [act(str(n), 2**n) for n in range(1, count + 1)]
    assert names(6, *candidates)[0] == found
    assert names(2**count, *candidates)[0] == [str(count)]


DELTAS = st.lists(st.tuples(st.integers(-4, 4), st.booleans()), max_size=6)


@given(DELTAS, st.integers(-6, 6).filter(bool))
def test_it_is_what_trying_every_subset_finds(deltas: list[tuple[int, bool]], difference: int) -> None:
    candidates = [act(str(n), delta, counted=counted) for n, (delta, counted) in enumerate(deltas)]
    fitting: dict[int, list[set[str]]] = {}
    for mask in range(1, 2 ** len(deltas)):
        chosen = [n for n in range(len(deltas)) if mask >> n & 1]
        closed = sum(-deltas[n][0] if deltas[n][1] else deltas[n][0] for n in chosen)
        if closed == difference and all(deltas[n][0] for n in chosen):
            fitting.setdefault(len(chosen), []).append({str(n) for n in chosen})
    fewest = fitting[min(fitting)] if fitting else []
    found, fits = names(difference, *candidates)
    assert fits == len(fewest)
    assert set(found) == (fewest[0] if len(fewest) == 1 else set())
