"""What a question costs does not grow with the log, nor with what was said about a programme before."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import pytest

from api.feed.cells import Span, read_cells_page
from projections.act_list import Wanted, read_acts
from projections.blame import read_blame
from projections.cells import read_cell
from projections.changed import programmes_moved, read_acts_changed
from projections.diff import Point, read_diff
from projections.findings.dossier import read_dossier
from projections.history import find_in_log, indexes_of, read_history
from projections.history_sought import Sought
from projections.programmes import read_programmes
from projections.reading import Reading
from projections.search.finding import find
from projections.search.showing import show
from projections.state import read_state
from tests.bench.growing.workload import LONG, MEASURES
from tests.bench.workload import COOL_PATH, HOT, HOT_LAST_DAY, HOT_PATH, YEARS
from tests.growth.comparing import NOISE, ask, assert_flat
from tests.growth.counting import Counter
from tests.growth.grown import DAY, ORDINARY, PACE, SIZES, Grown

pytestmark = pytest.mark.sqlite  # its instructions are counted

Sizes = Mapping[int, Grown]
PATHS = [f"/financing/{measure}/{year}/local" for measure in MEASURES for year in YEARS]
EARLY = SIZES[0] // 2
COMMON_WORD = "висновку"
# Of a row, some of whose statements look for what a write found: among the 16 below it, if there are so many.
STEPS_OF_BLAME, STEPS_OF_HISTORY = 500, 700


def test_a_programme_that_nothing_happens_to_is_read_as_before_however_long_the_log_grows(
    grown: Sizes, counter: Counter
) -> None:
    assert_flat(ask(counter, grown, lambda reading: read_state(reading, ORDINARY, DAY)), slack=1.0)


def test_a_state_as_known_early_costs_the_same_from_a_longer_log(grown: Sizes, counter: Counter) -> None:
    assert_flat(ask(counter, grown, lambda reading: read_state(reading.at(EARLY), ORDINARY, DAY)), slack=1.0)


def test_a_state_costs_what_its_cells_are_and_not_what_was_said_about_them_before(
    grown: Sizes, counter: Counter
) -> None:
    cells = list[int]()
    works = ask(counter, grown, lambda reading: cells.append(len(read_state(reading, LONG, DAY)["cells"])))
    for work, count in zip(works.values(), cells, strict=True):
        work.steps //= count  # some are reports of other quarters, which were not there before
    assert_flat(works)


def test_a_cell_of_two_thousand_versions_is_read_as_one_of_eleven(grown: Sizes, counter: Counter) -> None:
    with grown[SIZES[-1]].reading() as reading:
        with counter.counting() as few:
            assert read_cell(reading, HOT, COOL_PATH, HOT_LAST_DAY) is not None
        with counter.counting() as many:
            assert read_cell(reading, HOT, HOT_PATH, HOT_LAST_DAY) is not None
        versions = reading.rows("SELECT COUNT(*) FROM lives JOIN cells ON id=cell WHERE path=?", [HOT_PATH])
    assert versions[0][0] > PACE.hot_versions
    assert_flat({1: few, 2: many}, slack=1.0)


def test_a_cell_of_two_thousand_versions_is_read_as_one_of_eleven_on_an_early_day(
    grown: Sizes, counter: Counter
) -> None:
    with grown[SIZES[-1]].reading() as reading:
        with counter.counting() as few:
            assert read_cell(reading, HOT, COOL_PATH, "2024-01-05") is not None
        with counter.counting() as many:
            assert read_cell(reading, HOT, HOT_PATH, "2024-01-05") is not None
    assert_flat({1: few, 2: many}, slack=1.0)


@pytest.mark.xfail(
    strict=True, reason="each version of a later day, and not known yet, is looked at and passed"
)
def test_a_cell_as_known_before_most_of_its_versions_is_read_as_one_of_eleven(
    grown: Sizes, counter: Counter
) -> None:
    assert_flat(
        ask(counter, grown, lambda reading: read_cell(reading.at(EARLY), HOT, HOT_PATH, HOT_LAST_DAY))
    )


def test_a_page_of_blame_costs_its_rows_and_not_the_versions_below_them(
    grown: Sizes, counter: Counter
) -> None:
    def hot(reading: Reading) -> None:
        assert len(read_blame(reading, HOT, HOT_PATH, HOT_LAST_DAY, below=None, limit=20)) == 20

    assert_flat(ask(counter, grown, hot), slack=1.0)


def test_a_page_of_blame_with_signers_costs_no_more_of_a_programme_that_much_was_said_about(
    grown: Sizes, counter: Counter
) -> None:
    def blame(reading: Reading) -> None:
        for path in PATHS:
            assert len(read_blame(reading, LONG, path, DAY, below=None, limit=3)) == 3

    works = ask(counter, grown, blame)
    for work in works.values():
        assert work.steps <= STEPS_OF_BLAME * 3 * len(PATHS)
        work.steps = 0
    assert_flat(works)


def test_a_page_of_a_difference_costs_its_rows_and_not_the_log_between(
    grown: Sizes, counter: Counter
) -> None:
    def early(reading: Reading) -> None:
        start, end = Point(DAY, EARLY - 100), Point(DAY, EARLY)
        assert read_diff(reading, ORDINARY, start, end, limit=100)

    def late(reading: Reading) -> None:
        start, end = Point(DAY, reading.position - 100), Point(DAY, reading.position)
        assert len(read_diff(reading, LONG, start, end, limit=20)) == 20

    assert_flat(ask(counter, grown, early), slack=1.0)
    assert_flat(ask(counter, grown, late), slack=1.25)


def test_a_page_of_a_history_costs_its_rows_and_not_what_is_older(grown: Sizes, counter: Counter) -> None:
    def newest(reading: Reading) -> None:
        assert len(list(islice(indexes_of(reading, LONG, Sought()), 50))) == 50

    assert_flat(ask(counter, grown, newest))
    works = ask(counter, grown, lambda reading: read_history(reading, LONG, before=None, limit=50))
    for work in works.values():
        assert work.steps <= STEPS_OF_HISTORY * 50
        work.steps = 0
    assert_flat(works)


def test_a_page_of_the_whole_log_costs_its_rows(grown: Sizes, counter: Counter) -> None:
    def page(reading: Reading) -> None:
        assert len(find_in_log(reading, Sought(), before=EARLY, limit=50, scanned=2000).rows) == 50

    # Of what a write found, those of an earlier day that were stated later are passed.
    assert_flat(ask(counter, grown, page), slack=1.2)


def test_a_page_of_programmes_costs_its_rows_however_many_there_are(grown: Sizes, counter: Counter) -> None:
    assert_flat(ask(counter, grown, lambda reading: read_programmes(reading, DAY, after="", limit=10)))


def test_a_programme_is_found_by_its_code_however_many_there_are(grown: Sizes, counter: Counter) -> None:
    def search(reading: Reading) -> None:
        assert show(reading, find(reading, ORDINARY), DAY, after=0, limit=20)

    assert_flat(ask(counter, grown, search))


def test_an_event_is_found_by_its_id_however_long_the_log_is(grown: Sizes, counter: Counter) -> None:
    def search(reading: Reading) -> None:
        event = reading.entry(EARLY).event_id()
        assert show(reading, find(reading, event), DAY, after=0, limit=20)

    assert_flat(ask(counter, grown, search), slack=1.0)


@pytest.mark.xfail(strict=True, reason="a search tells the total, and reads the index of all that it finds")
def test_a_page_of_entries_with_a_common_word_costs_its_rows(grown: Sizes, counter: Counter) -> None:
    def search(reading: Reading) -> None:
        assert len(show(reading, find(reading, COMMON_WORD), DAY, after=0, limit=20)) == 20

    assert_flat(ask(counter, grown, search), slack=1.5)


def test_who_follows_cells_pays_for_the_programmes_that_changed_and_not_for_all(
    grown: Sizes, counter: Counter
) -> None:
    def moved(reading: Reading) -> None:
        start, end = Point(DAY, reading.position - 1), Point(DAY, reading.position)
        assert len(list(programmes_moved(reading, start, end))) <= 1

    assert_flat(ask(counter, grown, moved))


def test_where_every_stream_ends_costs_the_streams_and_not_their_entries(
    grown: Sizes, counter: Counter
) -> None:
    found = {}
    for size, one in grown.items():
        with one.reading() as reading, counter.counting() as work:
            streams = len(reading.log.heads(size))  # type: ignore[attr-defined]
        found[size] = work.steps / streams
    assert found[SIZES[-1]] <= 1.1 * found[SIZES[0]]


def test_a_page_of_what_changed_in_cells_costs_the_programmes_on_it(grown: Sizes, counter: Counter) -> None:
    def page(reading: Reading) -> None:
        span = Span(Point(DAY, EARLY - 50), Point(DAY, EARLY), None, "")
        assert read_cells_page(reading.at(EARLY), span, 20).items

    def newest(reading: Reading) -> None:
        span = Span(Point(DAY, reading.position - 1), Point(DAY, reading.position), None, "")
        assert len(read_cells_page(reading, span, 20).states) <= 1  # of all that there are

    assert_flat(ask(counter, grown, page), slack=1.2)
    ask(counter, grown, newest)


@pytest.mark.xfail(strict=True, reason="a page of acts tells the total, and counts them all")
def test_a_page_of_acts_costs_its_rows(grown: Sizes, counter: Counter) -> None:
    def page(reading: Reading) -> None:
        assert len(read_acts(reading, Wanted(), after="", limit=10)[0]) == 10

    assert_flat(ask(counter, grown, page))


def test_who_follows_acts_pays_for_those_that_changed_and_not_for_all(grown: Sizes, counter: Counter) -> None:
    assert_flat(
        ask(counter, grown, lambda reading: read_acts_changed(reading, reading.position - 1, limit=20))
    )


def test_the_findings_of_a_programme_read_what_concerns_it_and_not_what_stands_between(
    grown: Sizes, counter: Counter
) -> None:
    with grown[SIZES[-1]].reading() as reading:
        streams = ("root", f"body:{ORDINARY.partition('-')[0]}", f"programme:{ORDINARY}")
        whole = sum(len(list(reading.log.stream(stream))) for stream in streams)
        concerning = reading.rows("SELECT COUNT(*) FROM concerns WHERE programme=?", [ORDINARY])[0][0]
        with counter.counting() as work:
            read_dossier(reading, ORDINARY)
    assert work.entries <= whole + concerning + NOISE, f"{work.entries} of {whole} and {concerning}"
