"""Matching what was taken with what was given: nothing appears, nothing is lost, and the order is one."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from projections.money.moving import Matched, match

CELLS = [f"/financing/{m}/{y}/{s}" for m in "1234" for y in (2025, 2026) for s in ("local", "state")]
CHANGES = st.dictionaries(
    st.sampled_from(CELLS), st.integers(-500, 500).map(lambda kopiykas: Decimal(kopiykas) / 100)
)


def said(matched: Matched) -> list[tuple[str, str, str]]:
    return [(move.source, move.target, f"{move.amount:.2f}") for move in matched.moves]


def at(measure: str, year: int = 2025, source: str = "local") -> str:
    return f"/financing/{measure}/{year}/{source}"


@given(CHANGES)
def test_of_every_line_what_moved_in_less_out_plus_added_less_taken_is_its_change(
    changes: dict[str, Decimal],
) -> None:
    found = match(changes)
    total: dict[str, Decimal] = defaultdict(Decimal)
    for move in found.moves:
        total[move.source] -= move.amount
        total[move.target] += move.amount
    for path, amount in found.added.items():
        total[path] += amount
    for path, amount in found.taken.items():
        total[path] -= amount
    assert {path: amount for path, amount in total.items() if amount} == {
        path: amount for path, amount in changes.items() if amount
    }
    assert found.net == sum(changes.values(), Decimal(0))


@given(CHANGES)
def test_as_much_is_matched_as_can_be_and_every_part_is_above_zero(changes: dict[str, Decimal]) -> None:
    found = match(changes)
    up = sum((amount for amount in changes.values() if amount > 0), Decimal(0))
    down = -sum((amount for amount in changes.values() if amount < 0), Decimal(0))
    assert found.moved == min(up, down)
    assert not (found.added and found.taken)
    parts = [*(move.amount for move in found.moves), *found.added.values(), *found.taken.values()]
    assert all(part > 0 for part in parts)


@given(CHANGES, st.randoms(use_true_random=False))
def test_the_order_in_which_changes_are_told_does_not_matter(
    changes: dict[str, Decimal], random: object
) -> None:
    shuffled = list(changes.items())
    getattr(random, "shuffle")(shuffled)  # noqa: B009
    assert match(dict(shuffled)) == match(changes)


@given(CHANGES)
def test_no_line_of_another_year_is_given_what_a_line_of_the_same_year_still_lacks(
    changes: dict[str, Decimal],
) -> None:
    found = match(changes)
    across = [move for move in found.moves if move.source.split("/")[3] != move.target.split("/")[3]]
    for move in across:
        for other in across:
            assert move.source.split("/")[3] != other.target.split("/")[3]


def test_one_decrease_may_feed_two_lines_the_larger_first() -> None:
    found = match({at("1"): Decimal(-100), at("2"): Decimal(30), at("3"): Decimal(70)})
    assert said(found) == [(at("1"), at("3"), "70.00"), (at("1"), at("2"), "30.00")]
    assert (found.added, found.taken) == ({}, {})


def test_the_same_year_and_source_come_first_even_if_another_line_is_larger() -> None:
    found = match(
        {
            at("1"): Decimal(-50),
            at("2", 2026): Decimal(90),
            at("3", 2025, "state"): Decimal(80),
            at("4"): Decimal(20),
        }
    )
    assert said(found) == [
        (at("1"), at("4"), "20.00"),
        (at("1"), at("3", 2025, "state"), "30.00"),
    ]
    assert found.added == {at("2", 2026): Decimal(90), at("3", 2025, "state"): Decimal(50)}


def test_the_same_source_of_another_year_comes_before_another_source_of_another_year() -> None:
    found = match({at("1"): Decimal(-50), at("2", 2026, "state"): Decimal(90), at("3", 2026): Decimal(40)})
    assert said(found) == [(at("1"), at("3", 2026), "40.00"), (at("1"), at("2", 2026, "state"), "10.00")]


def test_a_segment_with_budget_codes_has_the_source_before_its_first_dot() -> None:
    coded = "/financing/2/2025/local.0217520.2210.general._"
    found = match({at("1"): Decimal(-5), coded: Decimal(5), at("3", 2025, "state"): Decimal(9)})
    assert said(found) == [(at("1"), coded, "5.00")]


def test_what_only_grew_was_added_and_what_only_shrank_was_taken() -> None:
    assert match({at("1"): Decimal(5)}).added == {at("1"): Decimal(5)}
    assert match({at("1"): Decimal(-5)}).taken == {at("1"): Decimal(5)}
    assert match({at("1"): Decimal(0)}) == match({})
