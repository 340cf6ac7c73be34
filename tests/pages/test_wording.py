"""Words and figures as their readers write them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup

from api.pages import wording
from api.pages.wording import Words

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 запис"), (2, "2 записи"), (4, "4 записи"), (5, "5 записів"), (11, "11 записів"),
     (12, "12 записів"), (21, "21 запис"), (22, "22 записи"), (25, "25 записів"), (111, "111 записів"),
     (121, "121 запис"), (0, "0 записів")],
)  # fmt: skip
def test_ukrainian_has_three_forms_after_a_number(count: int, words: str) -> None:
    assert str(Words("uk")("entries", n=count)) == words


def test_english_has_two() -> None:
    assert [str(Words("en")("entries", n=count)) for count in (1, 2, 0)] == [
        "1 entry",
        "2 entries",
        "0 entries",
    ]


def test_facts_are_escaped_and_markup_is_not() -> None:
    words = Words("uk")
    assert "<b>" not in words("refused-request", request="<b>")
    strong = Markup("<strong>x</strong>")
    assert "<strong>x</strong>" in words("refused-request", request=strong)


def test_a_word_that_is_not_there_is_an_error_and_no_silence() -> None:
    with pytest.raises(KeyError):
        Words("uk")("no-such-word")


@pytest.mark.parametrize(
    ("given", "shown"),
    [("1250000.50", "1 250 000,50"), ("-12000.00", "−12 000,00"), ("0.00", "0,00"), ("999.99", "999,99"),
     ("1000.00", "1 000,00"), ("-", "-"), ("", "")],
)  # fmt: skip
def test_money_has_no_break_spaces_a_comma_and_a_true_minus(given: str, shown: str) -> None:
    assert wording.money(given).replace("\u00a0", " ") == shown
    assert " " not in wording.money(given)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("52000.00", "+52 000,00"), ("-40000.00", "−40 000,00"), ("0.00", "0,00"), ("-0.00", "0,00"),
     ("3", "+3"), ("-1.5", "−1,5")],
)  # fmt: skip
def test_a_difference_says_its_sign(given: str, shown: str) -> None:
    assert wording.signed(given).replace("\u00a0", " ") == shown


def test_days_and_moments_are_local_and_in_the_reader_s_order() -> None:
    assert wording.long_day("2025-02-20", "uk").replace("\u00a0", " ") == "20 лютого 2025 р."
    assert wording.long_day("2025-02-20", "en").replace("\u00a0", " ") == "20 February 2025"
    assert wording.short_day("2025-02-20") == "20.02.2025"
    assert wording.month_of("2025-11-03", "uk") == "листопад 2025"
    # Summer time: 21:30 UTC on the last of June is the next day in Kyiv.
    assert wording.short_moment("2025-06-30T21:30:00Z", KYIV) == "01.07.2025, 00:30"
    assert wording.local_day("2025-12-31T22:30:00Z", KYIV) == "2026-01-01"


@pytest.mark.parametrize("instant", ["9999-12-31T23:30:00Z", "9999-12-31T22:00:01Z"])
def test_a_time_that_no_zone_has_is_shown_as_it_was_claimed(instant: str) -> None:
    assert wording.short_moment(instant, KYIV) == instant
    assert wording.local_day(instant, KYIV) == "9999-12-31"


@pytest.mark.parametrize("text", ["", "2025-02-30", "blank", "20.02.2025"])
def test_what_is_no_day_stays_as_it_is(text: str) -> None:
    assert wording.long_day(text, "uk") == wording.short_day(text) == text


def test_a_printed_day_becomes_the_door_s() -> None:
    assert wording.iso_day("1.6.2025") == "2025-06-01"
    assert wording.iso_day(" 31.12.2025 ") == "2025-12-31"
    assert wording.iso_day("2025-12-31") == "2025-12-31"
    assert wording.iso_day("завтра") == "завтра"


def test_an_entry_is_numbered_from_one() -> None:
    assert wording.entry_number(34) == "№\u00a035"
