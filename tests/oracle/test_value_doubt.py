"""The oracle of a value's doubt reads docs/authority.md so: one sentence, one small story."""

# ruff: noqa: N803, N806 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import combinations
from random import Random

import pytest

from tests.oracle.cases import AUG, FEB, JAN, JUL, JUN, MAR, MAY, A, B, day
from tests.oracle.doubtful_cases import CASES, cases_met, doubtful_history
from tests.oracle.histories import dates_of, random_dates
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
from tests.oracle.state import Answer, state
from tests.oracle.value_doubt import WORST, Known, Word, gone, marked, shown

SUSPECT, UNDETERMINED, ENDED_LATE = WORST
SEEDS = range(250)
SIZES = (5, 8, 11, 14)
DOUBTFUL = 5  # entries in doubt in a random history, so that every choice among them can be tried


class Told:
    """A log in the making. Every entry is said with the doubt in which it stands now."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.doubts: dict[int, Word] = {}

    def says(self, entry: Entry, doubt: Word | None = None) -> int:
        if doubt is not None:
            self.doubts[len(self.entries)] = doubt
        self.entries.append(entry)
        return len(self.entries) - 1

    def act(
        self,
        name: str,
        date: dt.date = JAN,
        *,
        order: int | None = None,
        in_force: dt.date | None = JAN,
        doubt: Word | None = None,
    ) -> int:
        return self.says(ActRegistered(name, date, order, in_force), doubt)

    def registers_again(
        self, of: int, date: dt.date, in_force: dt.date | None, doubt: Word, *, order: int | None = None
    ) -> int:
        return self.says(ActCorrected(of, date, order, in_force), doubt)

    def decides(self, name: str, *writes: Write, act: str | None = None, doubt: Word | None = None) -> int:
        return self.says(Event(name, act, writes), doubt)

    def restates(self, name: str, *writes: Write, doubt: Word | None = None) -> int:
        """A correction; without writes it voids."""
        return self.says(Corrected(name, f"{name}-{len(self.entries)}", writes or None), doubt)

    def stops(
        self, act: str, start: dt.date = JAN, to: dt.date | None = None, *, doubt: Word | None = None
    ) -> int:
        return self.says(StatusChanged(act, False, start, to), doubt)

    def starts(
        self, act: str, start: dt.date = JAN, to: dt.date | None = None, *, doubt: Word | None = None
    ) -> int:
        return self.says(StatusChanged(act, True, start, to), doubt)

    def voids_status(self, of: int, doubt: Word | None = None) -> int:
        return self.says(StatusCorrected(of, void=True), doubt)

    @property
    def known(self) -> Known:
        return Known(self.entries, len(self.entries), self.doubts)

    def word(self, D: dt.date = AUG, cell: str = A) -> Word | None:
        """The word beside a value that is shown."""
        return shown(self.known, D)[cell]

    def gone(self, D: dt.date = AUG) -> dict[str, Word]:
        return gone(self.known, D)


@pytest.fixture
def told() -> Told:
    """A sound base: the cell is 100 from January on, by no act."""
    told = Told()
    told.decides("base", sets("100.00"))
    return told


def sets(value: str, since: dt.date = JAN, cell: str = A) -> Write:
    return Write(cell, since, "set", value)


def adds(value: str, since: dt.date, cell: str = A) -> Write:
    return Write(cell, since, "add", value)


def removes(since: dt.date) -> Write:
    return Write(A, since, "unset")


def decided(told: Told, *, doubt: Word | None = None) -> None:
    """A decision by an act of its own takes the cell over from March on."""
    told.act("act", MAR, in_force=MAR)
    told.decides("d", sets("120.00", MAR), act="act", doubt=doubt)


# Of "a forged quashing takes away what was soundly decided"


def test_without_doubt_nothing_is_marked(told: Told) -> None:
    decided(told)
    told.stops("act", MAR, JUN)
    assert told.word() is None
    assert marked(told.known, MAY) == {}


def test_what_stands_instead_of_a_doubtfully_quashed_decision_is_in_doubt(told: Told) -> None:
    decided(told)
    told.stops("act", MAR, doubt=SUSPECT)
    assert told.word(MAR) == told.word(AUG) == SUSPECT
    assert told.word(FEB) is None  # the decision had not begun


def test_a_sound_quashing_marks_nothing(told: Told) -> None:
    decided(told)
    told.stops("act", MAR)
    assert told.word() is None


# Of "read from the newest downwards, by rank, those that begin on a later day left out"


def test_a_later_decision_hides_the_doubt_of_what_lies_below_it(told: Told) -> None:
    decided(told)
    told.stops("act", MAR, doubt=SUSPECT)
    told.decides("later", sets("150.00", JUL))
    assert told.word(day(30, 6)) == SUSPECT
    assert told.word(JUL) is None


def test_a_write_below_the_one_that_the_value_rests_on_changes_nothing(told: Told) -> None:
    told.decides("doubtful", sets("90.00", FEB), doubt=SUSPECT)
    decided(told)
    assert told.word(FEB) == SUSPECT
    assert told.word(MAR) is None


def test_rank_decides_what_is_below_not_the_place_in_the_log(told: Told) -> None:
    decided(told)
    told.act("early", FEB, in_force=MAR)
    told.decides("recorded-later", sets("90.00", MAR), act="early", doubt=SUSPECT)
    assert told.word() is None


def test_a_removal_ends_the_reading_and_shows_its_doubt(told: Told) -> None:
    told.decides("doubtful", sets("90.00", FEB), doubt=SUSPECT)
    told.decides("sound", removes(MAR))
    told.decides("late", removes(JUL), doubt=ENDED_LATE)
    assert (told.word(FEB), told.word(MAR), told.word(JUL)) == (SUSPECT, None, ENDED_LATE)


def test_the_reading_goes_through_what_is_added_down_to_the_base(told: Told) -> None:
    told.decides("below", sets("1.00", day(1, 1)), doubt=SUSPECT)
    told.decides("base-again", sets("100.00", FEB), doubt=ENDED_LATE)
    told.decides("more", adds("5.00", MAR))
    told.decides("still-more", adds("6.00", JUN), doubt=UNDETERMINED)
    assert told.word(JAN) == SUSPECT
    assert told.word(MAR) == ENDED_LATE
    assert told.word(JUN) == UNDETERMINED


def test_without_a_base_the_reading_goes_to_the_end() -> None:
    told = Told()
    told.decides("first", adds("5.00", FEB), doubt=SUSPECT)
    told.decides("second", adds("6.00", MAR))
    assert told.word() == SUSPECT


def test_the_worst_that_is_met_stands_beside_the_value(told: Told) -> None:
    told.decides("a", adds("1.00", FEB), doubt=ENDED_LATE)
    told.decides("b", adds("1.00", MAR), doubt=UNDETERMINED)
    told.decides("c", adds("1.00", JUL), doubt=SUSPECT)
    assert [told.word(D) for D in (JAN, FEB, MAR, JUL)] == [None, ENDED_LATE, UNDETERMINED, SUSPECT]


# Of "a write that counts: the doubt of its statement, and that of its act's counting"


def test_a_doubtful_statement_that_is_shown_is_marked(told: Told) -> None:
    decided(told, doubt=UNDETERMINED)
    assert told.word() == UNDETERMINED


def test_a_decision_that_counts_by_a_doubtful_restoration_is_in_doubt(told: Told) -> None:
    decided(told)
    told.stops("act", MAR)
    told.starts("act", MAR, doubt=SUSPECT)
    assert told.word() == SUSPECT
    assert told.word(FEB) is None


def test_an_addition_by_an_act_that_is_doubtfully_in_force_is_in_doubt(told: Told) -> None:
    told.act("act", FEB, in_force=None)
    told.decides("d", adds("5.00", FEB), act="act")
    assert told.word() is None
    told.starts("act", MAY, doubt=ENDED_LATE)
    assert (told.word(day(30, 4)), told.word(MAY)) == (None, ENDED_LATE)


# Of "a write that does not count: that of its act's counting"


def test_the_statement_of_a_write_that_soundly_does_not_count_is_of_no_concern(told: Told) -> None:
    decided(told, doubt=SUSPECT)
    told.stops("act", MAR)
    assert told.word() is None


def test_an_addition_that_a_doubtful_quashing_took_away_marks_the_sum(told: Told) -> None:
    told.act("act", FEB)
    told.decides("d", adds("5.00", FEB), act="act")
    told.stops("act", doubt=SUSPECT)
    told.decides("more", adds("6.00", MAR))
    assert told.word() == SUSPECT


# Of "a write of an earlier statement of a slot whose statement in force is in doubt, back to the newest …"


def test_what_a_doubtful_void_took_away_marks_what_stands_instead(told: Told) -> None:
    told.decides("d", sets("120.00", MAR))
    told.restates("d", doubt=SUSPECT)
    assert (told.word(FEB), told.word(MAR)) == (None, SUSPECT)


def test_a_sound_void_marks_nothing(told: Told) -> None:
    told.decides("d", sets("120.00", MAR), doubt=SUSPECT)
    told.restates("d")
    assert told.word() is None


def test_what_a_doubtful_correction_moved_elsewhere_is_missed_where_it_was(told: Told) -> None:
    told.decides("b", sets("1.00", JAN, B))
    told.decides("d", sets("120.00", MAR))
    told.restates("d", sets("120.00", MAY, B), doubt=UNDETERMINED)
    assert told.word(MAR) == told.word(AUG) == UNDETERMINED
    assert (told.word(MAR, B), told.word(MAY, B)) == (None, UNDETERMINED)


def test_a_sound_correction_of_a_doubtful_one_ends_the_doubt(told: Told) -> None:
    told.decides("d", sets("120.00", MAR))
    told.restates("d", sets("130.00", MAY), doubt=SUSPECT)
    told.restates("d", sets("140.00", JUL))
    assert marked(told.known, AUG) == marked(told.known, MAR) == {}


def test_of_two_corrections_only_those_back_to_the_newest_sound_one_are_read(told: Told) -> None:
    told.decides("d", sets("120.00", FEB))
    told.restates("d", sets("130.00", MAR))  # sound: what was said before is out of the question
    told.restates("d", sets("140.00", MAY), doubt=SUSPECT)
    told.restates("d", sets("150.00", JUL), doubt=ENDED_LATE)
    assert [told.word(D) for D in (FEB, MAR, MAY, AUG)] == [None, ENDED_LATE, ENDED_LATE, ENDED_LATE]


def test_the_doubt_of_an_earlier_statement_is_that_of_the_one_in_force(told: Told) -> None:
    told.decides("d", sets("120.00", MAR), doubt=SUSPECT)
    told.restates("d", doubt=ENDED_LATE)
    assert told.word() == ENDED_LATE


def test_an_earlier_statement_of_an_act_that_does_not_count_is_of_no_concern(told: Told) -> None:
    decided(told)
    told.restates("d", doubt=SUSPECT)
    assert told.word() == SUSPECT
    told.stops("act", MAR, JUN)
    assert (told.word(MAY), told.word(JUN)) == (None, SUSPECT)


def test_one_of_an_act_whose_counting_is_in_doubt_shows_the_doubt_of_the_statement_in_force(
    told: Told,
) -> None:
    """Not that of the counting, unless the statement in force writes the cell, too."""
    decided(told)
    told.restates("d", doubt=ENDED_LATE)
    told.stops("act", MAR, doubt=UNDETERMINED)
    assert told.word() == ENDED_LATE
    told.restates("d", sets("120.00", MAY), doubt=ENDED_LATE)
    assert (told.word(MAR), told.word(MAY)) == (ENDED_LATE, UNDETERMINED)


def test_an_earlier_statement_below_the_base_changes_nothing(told: Told) -> None:
    told.decides("d", sets("90.00", FEB))
    told.restates("d", doubt=SUSPECT)
    decided(told)
    assert (told.word(FEB), told.word(MAR)) == (SUSPECT, None)


# Of "one whose statement in force is sound and has the day in its interval decides"


def test_a_doubtful_suspension_marks_the_days_of_its_interval_only(told: Told) -> None:
    decided(told)
    told.stops("act", MAY, JUL, doubt=SUSPECT)
    days = (MAR, day(30, 4), MAY, JUN, day(30, 6), JUL, AUG)
    assert [told.word(D) for D in days] == [None, None, SUSPECT, SUSPECT, SUSPECT, None, None]


def test_a_sound_quashing_after_a_doubtful_suspension_decides(told: Told) -> None:
    decided(told)
    told.stops("act", MAY, doubt=SUSPECT)
    told.stops("act", MAR)
    assert told.word() is None


def test_a_sound_resumption_decides_where_it_has_the_day(told: Told) -> None:
    decided(told)
    told.stops("act", MAR, doubt=SUSPECT)
    told.starts("act", JUN)
    assert (told.word(MAY), told.word(JUN)) == (SUSPECT, None)


# Of "where what is in doubt makes a difference"


def test_a_doubtful_suspension_of_a_soundly_quashed_act_makes_no_difference(told: Told) -> None:
    decided(told)
    told.stops("act", MAR)
    told.stops("act", MAY, doubt=SUSPECT)
    assert told.word() is None


def test_a_doubtful_status_of_an_act_that_is_not_in_force_makes_none_either(told: Told) -> None:
    told.act("act", MAR, in_force=JUL)
    told.decides("d", sets("120.00", MAR), act="act")
    told.stops("act", MAR, doubt=SUSPECT)
    assert (told.word(JUN), told.word(JUL)) == (None, SUSPECT)


def test_a_doubtful_status_that_starts_or_stops_nothing_is_of_no_concern(told: Told) -> None:
    decided(told)
    told.says(StatusChanged("act", None), SUSPECT)
    assert told.word() is None


# Of "Of one in doubt every statement back to the newest sound one gives a possible answer"


def test_a_doubtful_void_of_a_status_leaves_its_answer_possible(told: Told) -> None:
    decided(told)
    status = told.stops("act", MAY, JUL)
    told.voids_status(status, SUSPECT)
    assert [told.word(D) for D in (MAR, MAY, JUL)] == [None, SUSPECT, None]


def test_a_sound_void_of_a_doubtful_status_leaves_nothing_of_it(told: Told) -> None:
    decided(told)
    status = told.stops("act", MAY, doubt=SUSPECT)
    told.voids_status(status)
    assert told.word() is None


def test_a_status_that_a_doubtful_correction_moved_is_possible_in_both_intervals(told: Told) -> None:
    decided(told)
    status = told.stops("act", MAR, MAY)
    told.says(StatusCorrected(status, False, JUN, JUL), ENDED_LATE)
    days = (MAR, day(30, 4), MAY, JUN, day(30, 6), JUL)
    assert [told.word(D) for D in days] == [ENDED_LATE, ENDED_LATE, None, ENDED_LATE, ENDED_LATE, None]


def test_what_a_status_said_before_its_newest_sound_statement_is_no_answer(told: Told) -> None:
    decided(told)
    status = told.stops("act", MAR)
    told.says(StatusCorrected(status, None))
    told.says(StatusCorrected(status, True, MAR), SUSPECT)
    assert told.word() is None


def test_the_reading_of_statuses_goes_on_after_one_in_doubt(told: Told) -> None:
    decided(told)
    told.stops("act", MAR, JUN, doubt=UNDETERMINED)
    told.starts("act", MAR, doubt=SUSPECT)
    assert (told.word(MAY), told.word(JUN)) == (SUSPECT, None)


def test_a_corrected_status_is_read_at_the_place_of_its_first_statement(told: Told) -> None:
    decided(told)
    status = told.stops("act", MAR)
    told.starts("act", MAR)
    told.voids_status(status, SUSPECT)  # the newer resumption decides all the same
    assert told.word() is None


# Of "At the end stands the registration"


def test_a_decision_of_a_doubtfully_registered_act_is_in_doubt(told: Told) -> None:
    told.act("act", MAR, in_force=MAY, doubt=SUSPECT)
    told.decides("d", sets("120.00", MAR), act="act")
    assert (told.word(MAR), told.word(MAY)) == (None, SUSPECT)


def test_a_sound_correction_of_a_doubtful_registration_decides(told: Told) -> None:
    of = told.act("act", MAR, in_force=JUN, doubt=SUSPECT)
    told.decides("d", sets("120.00", MAR), act="act")
    told.says(ActCorrected(of, MAR, None, MAY))
    assert told.word(MAY) is None
    assert told.word(MAR) is None


def test_an_act_registered_in_doubt_but_not_in_force_marks_nothing(told: Told) -> None:
    told.act("act", MAR, in_force=None, doubt=SUSPECT)
    told.decides("d", sets("120.00", MAR), act="act")
    assert marked(told.known, AUG) == {}


def test_a_sound_status_decides_whatever_stands_against_the_registration(told: Told) -> None:
    told.act("act", MAR, in_force=MAR, doubt=SUSPECT)
    told.decides("d", sets("120.00", MAR), act="act")
    told.starts("act", MAR, JUN)
    assert (told.word(MAY), told.word(JUN)) == (None, SUSPECT)


def test_a_doubtful_correction_of_the_day_in_force_marks_the_days_between(told: Told) -> None:
    of = told.act("act", MAR, in_force=MAR)
    told.decides("d", sets("120.00", MAR), act="act")
    told.registers_again(of, MAR, JUN, ENDED_LATE)
    assert [told.word(D) for D in (FEB, MAR, MAY, JUN)] == [None, ENDED_LATE, ENDED_LATE, None]


def test_an_act_with_a_sound_registration_counts_one_way_or_the_other(told: Told) -> None:
    """Both statements let it count: that it might not be there at all is out of the question."""
    of = told.act("act", MAR, in_force=MAR)
    told.decides("d", sets("120.00", MAR), act="act")
    told.registers_again(of, MAR, MAY, SUSPECT)
    assert told.word(MAY) is None


def test_two_doubtful_statements_of_a_registration_might_leave_none(told: Told) -> None:
    of = told.act("act", MAR, in_force=MAR, doubt=SUSPECT)
    told.decides("d", sets("120.00", MAR), act="act")
    told.registers_again(of, MAR, MAR, ENDED_LATE)
    assert told.word() == ENDED_LATE


# Of "moved the act's date or order, its writes are read at each place"


def rivals(told: Told, *, order: int | None = None) -> int:
    """Two acts of one day set the cell from March on; the second is shown. Returns its registration."""
    told.act("rival", MAR, order=1, in_force=MAR)
    told.decides("r", sets("110.00", MAR), act="rival")
    of = told.act("act", MAR, order=order or 2, in_force=MAR)
    told.decides("d", sets("120.00", MAR), act="act")
    return of


def test_what_a_doubtful_correction_of_the_date_put_below_marks_what_is_above(told: Told) -> None:
    of = rivals(told)
    told.registers_again(of, FEB, MAR, SUSPECT)
    assert state(told.entries, AUG, len(told.entries))[A].value == "110.00"
    assert (told.word(FEB), told.word(MAR)) == (None, SUSPECT)


def test_what_a_doubtful_correction_of_the_date_put_above_is_marked(told: Told) -> None:
    told.act("rival", MAR, in_force=MAR)
    told.decides("r", sets("110.00", MAR), act="rival")
    of = told.act("act", FEB, in_force=FEB)
    told.decides("d", sets("120.00", MAR), act="act")
    assert told.word() is None
    told.registers_again(of, MAY, FEB, SUSPECT)
    assert state(told.entries, AUG, len(told.entries))[A].value == "120.00"
    assert told.word() == SUSPECT


def test_a_doubtful_correction_of_the_order_within_the_day_is_met_too(told: Told) -> None:
    of = rivals(told)
    told.registers_again(of, MAR, MAR, UNDETERMINED, order=0)
    assert state(told.entries, AUG, len(told.entries))[A].value == "110.00"
    assert told.word() == UNDETERMINED


def test_at_its_other_place_a_write_shows_the_doubt_of_what_moved_it(told: Told) -> None:
    """What would be shown there is itself suspect; but it is not what is shown."""
    told.act("rival", MAR, order=1, in_force=MAR)
    told.decides("r", sets("110.00", MAR), act="rival")
    of = told.act("act", MAR, order=2, in_force=MAR)
    told.decides("d", sets("120.00", MAR), act="act", doubt=SUSPECT)
    told.registers_again(of, FEB, MAR, ENDED_LATE)
    assert told.word() == ENDED_LATE


def test_both_places_below_the_base_change_nothing(told: Told) -> None:
    of = rivals(told)
    told.registers_again(of, FEB, MAR, SUSPECT)
    told.decides("later", sets("150.00", JUL))
    assert told.word(JUL) is None


def test_no_place_of_an_act_that_soundly_does_not_count_is_of_concern(told: Told) -> None:
    of = rivals(told)
    told.registers_again(of, MAY, MAR, SUSPECT)
    told.stops("act", MAR)
    assert told.word() is None


# Of "A cell that is gone without a trace by what is in doubt is listed with the state"


@pytest.fixture
def bare() -> Told:
    return Told()


def test_a_cell_is_gone_whose_only_decision_was_doubtfully_quashed(bare: Told) -> None:
    decided(bare)
    bare.stops("act", MAR, JUL, doubt=SUSPECT)
    assert [bare.gone(D) for D in (FEB, MAR, JUL)] == [{}, {A: SUSPECT}, {}]


def test_a_cell_is_gone_whose_only_statement_was_doubtfully_voided(bare: Told) -> None:
    bare.decides("d", sets("120.00", MAR), sets("5.00", MAY, B))
    bare.restates("d", doubt=ENDED_LATE)
    assert bare.gone(MAR) == {A: ENDED_LATE}
    assert bare.gone(MAY) == {A: ENDED_LATE, B: ENDED_LATE}


def test_a_cell_that_was_doubtfully_corrected_away_is_gone(bare: Told) -> None:
    bare.decides("d", sets("120.00", MAR))
    bare.restates("d", sets("120.00", MAR, B), doubt=SUSPECT)
    assert bare.gone() == {A: SUSPECT}
    assert bare.word(cell=B) == SUSPECT


def test_what_was_removed_is_shown_and_not_gone(bare: Told) -> None:
    bare.decides("d", sets("120.00", JAN))
    bare.decides("e", removes(MAR), doubt=SUSPECT)
    assert (bare.word(), bare.gone()) == (SUSPECT, {})


def test_a_cell_that_soundly_holds_nothing_is_not_gone(bare: Told) -> None:
    decided(bare, doubt=SUSPECT)
    bare.stops("act", MAR)
    bare.act("other", MAR, in_force=None, doubt=SUSPECT)
    bare.decides("e", sets("1.00", MAR, B), act="other")
    assert bare.gone() == {}


def test_only_what_is_known_counts(bare: Told) -> None:
    decided(bare)
    bare.stops("act", MAR, doubt=SUSPECT)
    assert gone(Known(bare.entries, 2, bare.doubts), AUG) == {}
    assert gone(Known(bare.entries, 3, {}), AUG) == {}


# The rule misses nothing: whatever of the doubtful were never said, a value that would be another is marked


def without(entries: list[Entry], left_out: frozenset[int]) -> list[Entry]:
    """The same log as if some statements had not been made.

    A slot keeps its place as long as one of its statements stands. An act without any does not count by
    its registration, and a decision without any writes nothing.
    """
    known = Known(entries, len(entries), {})
    worlds = list(entries)
    for first, entry in enumerate(entries):
        if isinstance(entry, Event | ActRegistered | StatusChanged):
            standing = [index for index in known.statements(first) if index not in left_out]
            worlds[first] = as_said(entry, entries[standing[0]] if standing else None)
    return [as_nothing(n) if _is_correction(entry) else entry for n, entry in enumerate(worlds)]


def _is_correction(entry: Entry) -> bool:
    return isinstance(entry, Corrected | ActCorrected | StatusCorrected)


def as_nothing(number: int) -> Event:
    return Event(f"nothing-{number}", None, ())


def as_said(first: Event | ActRegistered | StatusChanged, said: Entry | None) -> Entry:
    """A slot's first entry, as if it had said at once what its statement in force says."""
    match first:
        case Event():
            if isinstance(said, Corrected):
                return Event(said.new_event, first.act, said.writes or ())
            return first if said is not None else Event(first.event, first.act, ())
        case ActRegistered():
            if isinstance(said, ActRegistered | ActCorrected):
                return ActRegistered(first.act, said.date, said.order, said.in_force)
            return ActRegistered(first.act, first.date, first.order, None)
        case StatusChanged():
            if isinstance(said, StatusChanged | StatusCorrected) and not getattr(said, "void", False):
                return StatusChanged(first.act, said.counts, said.start, said.to)
            return StatusChanged(first.act, None)


def doubtful_histories() -> Iterator[tuple[Random, list[Entry], dict[int, Word]]]:
    for seed in SEEDS:
        rng = Random(seed)
        yield rng, *doubtful_history(seed, size=rng.choice(SIZES), doubts=DOUBTFUL)


def choices(doubts: Mapping[int, Word]) -> Iterator[frozenset[int]]:
    for size in range(1, len(doubts) + 1):
        yield from map(frozenset, combinations(doubts, size))


def outcome(answer: Answer | None) -> object:
    return answer and (answer.value, answer.removed, answer.chain[-1].event)


def least(doubts: Mapping[int, Word], chosen: frozenset[int]) -> int:
    """How bad the mildest of the doubts is: 0 is the worst."""
    return max(WORST.index(doubts[index]) for index in chosen)


def test_whatever_a_choice_of_the_doubtful_changes_is_marked_as_badly_as_they_are() -> None:
    compared = changed = 0
    for rng, entries, doubts in doubtful_histories():
        as_recorded = without(entries, frozenset())
        days = random_dates(rng, entries, count=3)
        for D in days:
            words, now = marked(Known(entries, len(entries), doubts), D), state(as_recorded, D, len(entries))
            for chosen in choices(doubts):
                other = state(without(entries, chosen), D, len(entries))
                for cell in now.keys() | other.keys():
                    compared += 1
                    if outcome(now.get(cell)) != outcome(other.get(cell)):
                        changed += 1
                        assert cell in words, (entries, doubts, D, cell, chosen)
                        assert WORST.index(words[cell]) <= least(doubts, chosen), (entries, doubts, D, cell)
    assert changed > 1500


def test_every_situation_of_the_document_is_among_them() -> None:
    found: set[str] = set()
    for _, entries, doubts in doubtful_histories():
        known = Known(entries, len(entries), doubts)
        found |= {case for D in dates_of(entries) for case in cases_met(known, D)}
    assert found == CASES


def test_the_log_as_recorded_is_one_of_the_choices() -> None:
    for _, entries, _ in doubtful_histories():
        for D in sorted(dates_of(entries)):
            recorded = state(entries, D, len(entries))
            alike = state(without(entries, frozenset()), D, len(entries))
            assert {c: outcome(a) for c, a in recorded.items()} == {c: outcome(a) for c, a in alike.items()}
