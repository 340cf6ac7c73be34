"""What a benchmark says of its figures, and how much of everything there is in its log."""

from __future__ import annotations

import pytest

from tests.bench.marks import Mark, aligned, held_to, table
from tests.bench.scales import scale_of
from tests.bench.workload import Scale

FAST = Mark("append", "/s", 500.0, p99=2.0, limit_name="bare", limit=250.0, target=1.0, on_ratio=True)


def test_a_row_begins_with_its_ratio_and_says_whether_it_is_enough() -> None:
    heading, _, row = table([FAST]).splitlines()
    assert heading.startswith("| ratio | measured")
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "2.00",
        "append",
        "ratio ≥ 1.00",
        "reached",
        "500 /s",
        "2.00 ms",
        "bare: 250 /s",
    ]


def test_a_column_that_nothing_is_in_is_left_out() -> None:
    assert aligned(("a", "b", "c"), [("1", "", "3"), ("", "", "4")]).splitlines()[0] == "| a | c |"


@pytest.mark.parametrize(
    ("mark", "reached"),
    [
        (Mark("start", "s", 1.2, target=1.0, least=False), False),
        (Mark("read", "ms", 0.4, p99=3.0, target=1.0, least=False, on_p99=True), False),
        (Mark("read", "ms", 2.0, p99=0.9, target=1.0, least=False, on_p99=True), True),
        (Mark("hot", "ms", 4.0, limit=1.0, target=5.0, least=False, on_ratio=True), True),
        (Mark("read", "ms", 2.0), None),
    ],
)
def test_a_mark_is_judged_by_what_was_asked_of_it(mark: Mark, reached: bool | None) -> None:
    assert mark.reached is reached


def test_what_is_asked_replaces_what_was() -> None:
    assert [mark.reached for mark in held_to(3.0, [FAST])] == [False]


def test_the_ratio_of_times_is_the_others_divided_by_ours() -> None:
    mark = Mark("read", "ms", 2.0, p99=4.0, limit=6.0, limit_p99=4.0, inverse=True)
    assert (mark.ratio, mark.p99_ratio) == (3.0, 1.0)


@pytest.mark.parametrize(
    ("events", "councils", "programmes"),
    [(20_000, 10, 10), (100_000, 10, 10), (200_000, 10, 20), (1_000_000, 20, 50), (10_000_000, 200, 50)],
)
def test_programmes_grow_with_the_events_and_councils_with_them(
    events: int, councils: int, programmes: int
) -> None:
    assert scale_of(events) == Scale(councils=councils, programmes=programmes)
