"""Sets of days, against sets of numbers; what builds on an act, against a fold done by hand."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.drafts.days import Days, common, counting, differing, minus, since, union
from api.drafts.rests import Sides, _adding
from ledger.timeline import Act, Placed, Slot, Status, Stretch, Timeline, Write
from ledger.values import FOREVER

WEEK = [f"2025-01-0{day}" for day in range(1, 10)]
EDGES = [*WEEK, FOREVER]
CELL = "/financing/1/2025/local"
ACT = "a"

stretch = st.tuples(st.sampled_from(EDGES), st.sampled_from(EDGES)).map(lambda two: Stretch(*sorted(two)))
day_sets = st.lists(stretch, max_size=4).map(union)


def spelled(days: Days) -> set[str]:
    """The days of the week that are in a set."""
    return {day for day in WEEK if any(start <= day < end for start, end in days)}


@given(day_sets, day_sets, st.sampled_from(WEEK))
def test_sets_of_days_are_sets(one: Days, other: Days, day: str) -> None:
    assert spelled(union(one, other)) == spelled(one) | spelled(other)
    assert spelled(common(one, other)) == spelled(one) & spelled(other)
    assert spelled(minus(one, other)) == spelled(one) - spelled(other)
    assert spelled(differing(one, other)) == spelled(one) ^ spelled(other)
    assert spelled(since(one, day)) == {other for other in spelled(one) if other >= day}


@given(day_sets, day_sets)
def test_one_set_has_one_spelling(one: Days, other: Days) -> None:
    for days in (union(one, other), common(one, other), minus(one, other), differing(one, other)):
        assert all(start < end for start, end in days)
        assert all(left.end < right.start for left, right in pairwise(days))
        assert union(days) == days


acts = st.builds(
    lambda date, start, status: (date, start, status),
    st.sampled_from(WEEK),
    st.sampled_from([None, *WEEK]),
    st.none() | st.tuples(st.booleans(), stretch),
)
writes = st.tuples(
    st.sampled_from([None, ACT, "b"]), st.sampled_from(["set", "add", "unset"]), st.sampled_from(WEEK)
)


def act_of(name: str, said: tuple[str, str | None, tuple[bool, Stretch] | None]) -> Act:
    date, start, status = said
    told = (Status("s", 0, status[0], *status[1]),) if status is not None else ()
    return Act(name, date, 0, start, told)


def timeline_of(given: list[tuple[str | None, str, str]], known: dict[str, Act]) -> Timeline:
    timeline = Timeline()
    for place, (act, op, day) in enumerate(given):
        write = Write(CELL, day, op, None if op == "unset" else "1.00")  # type: ignore[arg-type]
        slot = Slot(f"s{place}", place, "financing.changed", act, f"e{place}", place, "", (write,))
        timeline = timeline.state_slot(slot, known[act] if act is not None else None)
    return timeline


def builds(timeline: Timeline, day: str) -> set[str]:
    """The adds in the chain of the cell's value on a day that have a write of the act below them."""
    answer = timeline.answer(CELL, day)
    chain: tuple[Placed, ...] = answer.chain if answer is not None else ()
    first = next((place for place, placed in enumerate(chain) if placed.act == ACT), len(chain))
    return {placed.slot for placed in chain[first:] if placed.op == "add" and placed.act != ACT}


@given(st.lists(writes, max_size=7), acts, acts, acts)
def test_what_adds_to_an_act_is_what_the_fold_says(
    given: list[tuple[str | None, str, str]],
    before: tuple[str, str | None, tuple[bool, Stretch] | None],
    after: tuple[str, str | None, tuple[bool, Stretch] | None],
    other: tuple[str, str | None, tuple[bool, Stretch] | None],
) -> None:
    one, two = (
        timeline_of([(ACT, "add", WEEK[0]), *given], {ACT: act_of(ACT, said), "b": act_of("b", other)})
        for said in (before, after)
    )
    expected = set[str]().union(*(builds(one, day) ^ builds(two, day) for day in WEEK))
    assert {slot for slot, _ in _adding(Sides(ACT, one, two))} == expected


def test_a_write_without_an_act_counts_from_its_day_on() -> None:
    assert counting(Timeline(), None, WEEK[2]) == (Stretch(WEEK[2], FOREVER),)
