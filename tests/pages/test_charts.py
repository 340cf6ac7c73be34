"""Charts: only what is a number is drawn, from zero, and the drawing says in words what it shows."""

from __future__ import annotations

from typing import Any

import pytest

from api.pages.charts import SMALL, Chart, draw, value_words, worth
from api.pages.wording import Words

WORDS = Words("uk", "indicators")


def row(year: int, target: str | None, actual: str | None = None, **more: Any) -> dict[str, Any]:
    told = {"indicator": "1.1", "kind": "stock", "unit": "одиниць", "base": "0", "year": year}
    return told | {"target_now": target, "target_then": target, "actual": actual} | more


def drawn(*rows: dict[str, Any]) -> Chart:
    chart = draw(rows, WORDS)
    assert chart is not None
    return chart


@pytest.mark.parametrize(
    ("text", "height"),
    [("40", "40"), ("85%", "85"), ("1,5", "1.5"), ("Так", "1"), ("ні", "0"), ("-3", "-3")],
)
def test_a_number_a_percentage_a_yes_and_a_no_have_a_height(text: str, height: str) -> None:
    assert str(worth(text)) == height


@pytest.mark.parametrize("text", [None, "", "-", "removed", "20__", "1e9", "мінімум 6", "NaN", "Infinity"])
def test_what_is_no_number_has_no_height(text: str | None) -> None:
    assert worth(text) is None


def test_values_are_written_as_people_write_them() -> None:
    assert value_words("1250", "одиниць") == "1\u00a0250"
    assert value_words("84", "%") == value_words("84%", "%") == "84\u00a0%"
    assert value_words("1.5", None) == "1,5"
    assert value_words("Так", "Так/Ні") == "Так"


def test_the_axis_begins_at_zero_and_heights_are_in_proportion() -> None:
    chart = drawn(row(2025, "40", "20"), row(2026, "80"))
    assert [mark.words for mark in chart.marks] == ["0", "80"]
    zero, top = chart.marks[0].y, chart.marks[1].y
    assert chart.floor == zero
    assert chart.points[0].y == pytest.approx(zero - (zero - top) / 4)
    assert chart.base == zero


def test_the_axis_begins_at_zero_where_nothing_is_near_it() -> None:
    chart = drawn(row(2025, "80", "90", base=None), row(2026, "100", base="-"))
    assert [mark.words for mark in chart.marks] == ["0", "100"]
    assert chart.base is None
    zero, top = chart.marks[0].y, chart.marks[1].y
    assert chart.points[0].y == pytest.approx(zero - 0.9 * (zero - top))


def test_a_step_is_drawn_for_each_year_and_a_year_without_a_number_breaks_the_line() -> None:
    whole = drawn(row(2025, "1"), row(2026, "2"), row(2027, "2"))
    assert (whole.target.count("M"), whole.target.count("H")) == (1, 3)
    broken = drawn(row(2025, "1"), row(2026, "-"), row(2027, "2"))
    assert (broken.target.count("M"), broken.target.count("H")) == (2, 2)


def test_an_earlier_target_is_drawn_only_where_it_was_another_one() -> None:
    assert drawn(row(2025, "3"), row(2026, "4")).previous == ""
    lowered = drawn(row(2025, "2", target_then="3"), row(2026, "4"))
    assert lowered.previous.count("H") == 1
    assert "Ціль на кінець 2025 року була: 3." in lowered.desc


def test_a_yes_or_no_stands_between_the_two_words() -> None:
    chart = drawn(row(2025, "Так", "Ні", kind="boolean", unit="Так/Ні", base="Ні"))
    assert {mark.words for mark in chart.marks} == {"Так", "Ні"}
    assert chart.points[0].y == chart.floor


def test_the_description_holds_the_numbers_of_the_row() -> None:
    chart = drawn(row(2025, "85%", "84", unit="%", base="80%"), row(2026, None, unit="%", base="80%"))
    said = chart.desc.replace("\u00a0", " ")
    assert said == "База: 80 %. Цілі: 2025 – 85 %, 2026 – не встановлено. Факт 2025 року: 84 %."


def test_what_is_no_number_is_said_to_be_left_out() -> None:
    chart = drawn(row(2025, "40", "мінімум 6"))
    assert chart.points == []
    assert chart.left_out == ["Факт 2025 «мінімум 6» – не число, тому не накреслений."]


def test_nothing_is_drawn_where_nothing_is_a_number() -> None:
    assert draw([row(2025, "-", None, base="")], WORDS) is None
    assert draw([row(2025, None, None, base=None)], WORDS) is None


def test_everything_stays_within_the_picture() -> None:
    chart = drawn(row(2025, "1000000", "-5"), row(2026, "0", "7"))
    for point in [*chart.points, *chart.marks, *chart.years]:
        assert 0 <= point.y <= SMALL.height
        assert 0 <= point.x <= SMALL.width
