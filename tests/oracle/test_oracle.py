"""The oracle answers the document's cases, and keeps the laws that the document states."""

# ruff: noqa: N803, N806 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.oracle.cases import (
    AUG,
    CASE_1,
    CASE_2,
    CASE_3,
    CASES,
    D1,
    D2,
    JAN,
    JUL,
    MAR,
    NONE,
    REMOVED,
    A,
    B,
    Case,
    Expected,
    adds,
    day,
    decision,
    sets,
    status,
)
from tests.oracle.histories import FEATURES, dates_of, features, random_dates, random_history
from tests.oracle.model import (
    ActCorrected,
    ActRegistered,
    Corrected,
    Entry,
    Event,
    StatusChanged,
    StatusCorrected,
    Write,
)
from tests.oracle.state import (
    Answer,
    Change,
    Link,
    diff,
    fold_below,
    later_writes,
    patch,
    slot_counts,
    slots,
    state,
    writes_after,
)

pytestmark = pytest.mark.thorough

SEEDS = range(300)
UNSET = Write(A, MAR, "unset")


def answered(answer: Answer | None) -> Expected:
    if answer is None:
        return NONE
    return REMOVED if answer.value is None else answer.value


def at(entries: tuple[Entry, ...], D: dt.date, cell: str = A) -> Expected:
    return answered(state(entries, D, len(entries)).get(cell))


def histories() -> Iterator[tuple[Random, list[Entry]]]:
    for seed in SEEDS:
        rng = Random(seed)
        yield rng, random_history(rng, size=rng.randint(6, 25))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    for cell, D, K, expected in case.questions:
        got = answered(state(case.entries, D, K).get(cell))
        assert got == expected, f"{cell} on {D} known at {K}"


def test_the_table_is_complete_but_for_the_batch() -> None:
    assert {int(case.name.split()[0]) for case in CASES} == set(range(1, 20))


# What the document says beside the table


@pytest.mark.parametrize(
    "before",
    [(), (UNSET,), (sets("-", MAR),), (sets("", MAR),), (sets("0.00", MAR),)],
    ids=["nothing", "removed", "dash", "blank", "zero"],
)
def test_an_addition_to_nothing_starts_at_zero(before: tuple[Write, ...]) -> None:
    assert at((Event("e1", None, before), Event("e2", None, (adds("5.10", JUL),))), AUG) == "5.10"


def test_removed_zero_none_dash_and_blank_are_told_apart() -> None:
    kinds = [(), (UNSET,), (sets("0.00", MAR),), (sets("-", MAR),), (sets("", MAR),)]
    assert [at((Event("e", None, writes),), AUG) for writes in kinds] == [NONE, REMOVED, "0.00", "-", ""]


def test_money_is_added_exactly() -> None:
    log = (Event("e1", None, (sets("0.10", MAR),)), Event("e2", None, (adds("0.20", MAR),)))
    assert at(log, MAR) == "0.30"


def test_the_last_write_names_the_event_and_the_fold_is_the_chain() -> None:
    log = (*CASE_1, Corrected("d3", "d3-corrected", (adds("20.00", MAR),)))
    answer = state(log, day(15, 3), len(log))[A]
    assert (answer.value, answer.event, answer.index) == ("120.00", "d3-corrected", 6)
    assert answer.chain == (Link("d1", "set", "100.00"), Link("d3-corrected", "add", "20.00"))


def test_the_standing_chain_begins_at_the_last_set_or_unset() -> None:
    log = (*CASE_1, Event("e", None, (adds("1.00", AUG),)))
    answer = state(log, AUG, len(log))[A]
    assert [link.event for link in answer.chain] == ["d1", "d3", "d2", "e"]
    assert [link.event for link in answer.standing] == ["d2", "e"]


def test_an_event_without_an_act_ranks_by_its_from_and_counts_always() -> None:
    log = (Event("e", None, (sets("1.00", MAR),)), *decision("d", day(28, 2), sets("2.00", MAR)))
    assert at(log, MAR) == "1.00"


def test_a_missing_order_is_zero() -> None:
    first = decision("first", MAR, sets("1.00", MAR), order=1)
    assert at(first + decision("none", MAR, sets("2.00", MAR)), MAR) == "1.00"


def test_lines_of_one_event_follow_each_other() -> None:
    assert at((Event("e", None, (sets("1.00", MAR), adds("2.00", MAR))),), MAR) == "3.00"
    assert at((Event("e", None, (adds("2.00", MAR), sets("1.00", MAR))),), MAR) == "1.00"


def test_a_corrected_slot_keeps_the_index_of_its_first_event() -> None:
    log = (Event("e1", None, (sets("1.00", MAR),)), Event("e2", None, (sets("2.00", MAR),)))
    assert at((*log, Corrected("e1", "e1-corrected", (sets("3.00", MAR),))), MAR) == "2.00"
    assert at((*log, Corrected("e2", "e2-void", None)), MAR) == "1.00"


def test_a_corrected_act_moves_the_writes_of_its_slots() -> None:
    log = (*CASE_2, ActCorrected(4, day(9, 2), None, day(9, 2)))
    assert (at(log, AUG), at(log, day(15, 3))) == ("150.00", "120.00")


def test_a_suspension_ends_before_its_exclusive_end() -> None:
    log = (*D1, StatusChanged("act-d1", False, MAR, JUL))
    assert [at(log, D) for D in (day(28, 2), MAR, day(30, 6), JUL)] == ["100.00", NONE, NONE, "100.00"]


def test_a_corrected_status_keeps_its_place_among_the_statuses() -> None:
    log = D1 + status("d1", False, MAR) + status("d1", True, JUL) + (StatusCorrected(2, False, JAN),)
    assert (at(log, JAN), at(log, AUG)) == (NONE, "100.00")


def test_a_voided_status_says_nothing() -> None:
    assert at((*CASE_3, StatusCorrected(6, void=True)), AUG) == "120.00"


def test_a_status_without_counting_changes_nothing() -> None:
    assert at((*D1, StatusChanged("act-d1", None)), AUG) == "100.00"


def test_a_voided_slot_may_be_stated_again_in_its_place() -> None:
    log = (*CASE_1, Corrected("d2", "d2-void", None), Corrected("d2", "d2-again", (sets("90.00", JUL),)))
    assert [answered(state(log, AUG, K).get(A)) for K in (6, 7, 8)] == ["150.00", "120.00", "90.00"]


def test_the_old_value_is_the_fold_below_the_rank_at_its_from() -> None:
    old = [fold_below(CASE_2, 6, 5, line) for line in (0, 1)]
    assert [answered(one) for one in old] == ["100.00", "150.00"]
    assert fold_below(CASE_2, 6, 1, 0) is None


def test_the_old_value_of_an_act_that_does_not_count_is_still_known() -> None:
    log = CASE_2 + status("d2", False, JAN)
    assert at(log, AUG) == "120.00"
    assert answered(fold_below(log, 7, 3, 0)) == "120.00"


def test_later_writes_are_listed_until_the_cell_is_written_again_from_their_date() -> None:
    assert later_writes(CASE_1, 6, 5) == {A}
    assert later_writes(CASE_2, 6, 5) == set()
    assert [done for _, done in writes_after(CASE_2, 6, 5)] == [True]


def test_a_write_from_a_still_later_date_does_not_answer_a_later_write() -> None:
    assert later_writes(D1 + D2 + decision("d3", MAR, sets("1.00", MAR), sets("1.00", AUG)), 6, 5) == {A}


def test_a_later_write_need_not_count() -> None:
    log = D1 + decision("d2", day(10, 2), sets("1.00", JUL), in_force=False)
    assert later_writes(log + decision("d3", MAR, sets("1.00", MAR), sets("1.00", MAR, B)), 6, 5) == {A}


# Diff


def changed(entries: tuple[Entry, ...], a: tuple[dt.date, int], b: tuple[dt.date, int]) -> list[object]:
    return [(one.cell, answered(one.old), answered(one.new), one.why) for one in diff(entries, a, b)]


def test_what_was_planned_took_effect() -> None:
    assert changed(CASE_1, (day(15, 3), 6), (AUG, 6)) == [(A, "120.00", "150.00", "took_effect")]
    assert changed(CASE_1, (day(15, 3), 4), (AUG, 6)) == [(A, "100.00", "150.00", "took_effect")]


def test_a_change_is_named_after_the_last_entry_that_made_it() -> None:
    corrected = (*CASE_3[:6], Corrected("d3", "d3-corrected", (sets("125.00", MAR),)))
    restored = CASE_3 + status("d3", True, MAR)
    assert changed(CASE_1, (MAR, 4), (MAR, 6)) == [(A, "100.00", "120.00", "decided")]
    assert changed(corrected, (MAR, 4), (MAR, 7)) == [(A, "100.00", "125.00", "corrected")]
    assert changed(CASE_3, (MAR, 6), (MAR, 7)) == [(A, "120.00", "100.00", "status")]
    assert changed(restored, (MAR, 4), (MAR, 8)) == [(A, "100.00", "120.00", "status")]


def test_a_corrected_act_is_a_status_only_if_its_counting_changed() -> None:
    moved = (*CASE_2, ActCorrected(4, day(9, 2), None, MAR))
    postponed = (*CASE_2, ActCorrected(4, MAR, None, None))
    assert changed(moved, (AUG, 6), (AUG, 7)) == [(A, "120.00", "150.00", "corrected")]
    assert changed(postponed, (AUG, 6), (AUG, 7)) == [(A, "120.00", "150.00", "status")]


def test_a_diff_into_the_past_is_mirrored() -> None:
    assert changed(CASE_1, (MAR, 6), (MAR, 4)) == [(A, "120.00", "100.00", "decided")]


def test_the_same_value_by_another_event_is_a_change() -> None:
    log = (Event("e1", None, (sets("1.00", MAR),)), Event("e2", None, (sets("1.00", MAR),)))
    assert changed(log, (MAR, 1), (MAR, 2)) == [(A, "1.00", "1.00", "decided")]


# Laws, over random histories


def outcomes(answers: dict[str, Answer]) -> dict[str, object]:
    return {cell: answer.outcome for cell, answer in answers.items()}


def values(changes: list[Change]) -> dict[str, tuple[Expected, Expected]]:
    return {one.cell: (answered(one.old), answered(one.new)) for one in changes}


def test_a_state_never_depends_on_entries_from_its_position_on() -> None:
    for rng, entries in histories():
        K = rng.randint(0, len(entries))
        for D in random_dates(rng, entries, count=3):
            assert state(entries, D, K) == state(entries[:K], D, K)


def test_a_diff_patches_the_one_state_into_the_other_and_inverts() -> None:
    for rng, entries in histories():
        a, b = ((D, rng.randint(0, len(entries))) for D in random_dates(rng, entries, count=2))
        there, back = diff(entries, a, b), diff(entries, b, a)
        assert outcomes(patch(state(entries, *a), there)) == outcomes(state(entries, *b))
        assert outcomes(patch(state(entries, *b), back)) == outcomes(state(entries, *a))
        assert values(back) == {cell: (new, old) for cell, (old, new) in values(there).items()}


def test_a_state_changes_only_on_the_dates_that_the_history_names() -> None:
    for _, entries in histories():
        named = dates_of(entries)
        for D in {one + dt.timedelta(days=shift) for one in named for shift in (1, 2)} - named:
            assert state(entries, D, len(entries)) == state(entries, D - dt.timedelta(days=1), len(entries))


def test_a_counting_write_stands_right_above_its_old_value() -> None:
    for _, entries in histories():
        K = len(entries)
        for slot in slots(entries, K):
            for line, write in enumerate(slot.writes):
                if slot_counts(entries, write.since, K, slot):
                    old = fold_below(entries, K, slot.index, line)
                    below = old.chain if old else ()
                    chain = state(entries, write.since, K)[write.cell].chain
                    own = Link(slot.event, write.op, write.value)
                    assert chain[: len(below) + 1] == (*below, own)


# The generator


def test_a_seed_gives_the_same_history_of_the_size_asked_for() -> None:
    for size in range(2, 26):
        assert random_history(Random(size), size=size) == random_history(Random(size), size=size)
        assert len(random_history(Random(size), size=size)) == size


def test_every_feature_occurs_in_more_than_a_third_of_the_histories() -> None:
    seen: Counter[str] = Counter()
    for seed in range(2000):
        rng = Random(seed)
        seen.update(features(random_history(rng, size=rng.randint(6, 25))))
    assert set(seen) == FEATURES
    assert {name: count for name, count in seen.items() if count < 700} == {}


def test_a_history_refers_only_to_what_stands_before_it() -> None:
    for _, entries in histories():
        for index, entry in enumerate(entries):
            before = entries[:index]
            if isinstance(entry, ActCorrected):
                assert isinstance(before[entry.of], ActRegistered)
            if isinstance(entry, StatusCorrected):
                assert isinstance(before[entry.of], StatusChanged)
            if isinstance(entry, Corrected):
                assert entry.event in {one.event for one in before if isinstance(one, Event)}
            if isinstance(entry, Event | StatusChanged) and entry.act is not None:
                assert entry.act in {one.act for one in before if isinstance(one, ActRegistered)}


def test_an_event_adds_to_a_cell_at_most_once() -> None:
    for _, entries in histories():
        for entry in entries:
            if isinstance(entry, Event | Corrected):
                added = [write.cell for write in entry.writes or () if write.op == "add"]
                assert len(added) == len(set(added))
