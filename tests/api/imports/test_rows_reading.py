"""Tables of rows as files: encodings, spellings of numbers and periods, hostile cells, limits, workbooks."""

from __future__ import annotations

import io
import time
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # no types are published with it
import pytest

from api.importers.errors import ImportFileError
from api.importers.periods import read_period
from api.importers.rows import Asked, Taken
from api.importers.shapes import SHAPES, TEMPLATES
from api.importers.table import ROWS_MAX
from api.importers.votes import VOTES_MAX
from ledger import canonical
from ledger.envelope import PAYLOAD_SIZE_MAX
from ledger.kinds import KINDS

TODAY = "2026-07-01"
ACTUALS = "Індикатор;Період;Як рахується;Значення;Чисельник;Знаменник;Примітка"
SPENDING = "Захід;Джерело;Стадія;Період;Як рахується;Сума;КПКВК;КЕКВ;Фонд"
SCHEDULE = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Було;Зміна;Стало"

TOWN: dict[str, Any] = {
    "sources": {"local": {"name": "місцевий бюджет"}},
    "tree": {code: {"level": "measure", "title": code} for code in ("1.1", "1.2", "1.3")},
}


def asked(**more: Any) -> Asked:
    return Asked("town", **{"today": TODAY, "day": "2025-06-30", **more})


def read(shape: str, *rows: str, encoding: str = "utf8", **more: Any) -> Taken:
    return SHAPES[shape].read("\n".join(rows).encode(encoding), asked(**more))


def wrong(shape: str, *rows: str, **more: Any) -> list[tuple[str, str]]:
    """(place, code) of every problem."""
    with pytest.raises(ImportFileError) as caught:
        read(shape, *rows, **more)
    return [(one.path, one.code) for one in caught.value.problems]


@pytest.mark.parametrize("shape", sorted(TEMPLATES))
def test_a_template_as_it_comes_is_read_and_its_events_are_of_their_kind(shape: str) -> None:
    template = TEMPLATES[shape]
    rows = [";".join(row) for row in (template.headers, *template.rows)]
    act = {"act": "a-1", "kind": "decision", "date": "2025-01-01", "title": "Про зразок"}
    taken = read(shape, *rows, body="council", act=act, state=TOWN)
    assert taken.rows
    for made in taken.made:
        kind = KINDS[made.event.kind]
        kind.data.model_validate_json(canonical.dumps(dict(made.event.data)))
    if shape == "votes":
        return
    again = read(shape, *rows, encoding="cp1251", body="council", act=act, state=TOWN)
    assert [made.event for made in again.made] == [made.event for made in taken.made]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_encodings_delimiters_and_ends_of_lines_give_the_same(encoding: str, delimiter: str) -> None:
    text = f"{ACTUALS}\r\n1.1;2025-Q1;за період;1,5;;;їжак\r\n".replace(";", delimiter)
    (made,) = SHAPES["actuals"].read(text.encode(encoding), asked()).made
    assert (made.event.data["value"], made.event.data["note"]) == ("1.5", "їжак")


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2025", "2025"), ("2025 рік", "2025"), ("I квартал 2025 року", "2025-Q1"),
        ("ІІ квартал 2025", "2025-Q2"), ("4 кв. 2025", "2025-Q4"), ("2025, I півріччя", "2025-H1"),
        ("03.2025", "2025-03"), ("березень 2025 р.", "2025-03"), ("2025-Q3", "2025-Q3"),
        ("Q3 2025", "2025-Q3"),
    ],
)  # fmt: skip
def test_a_period_as_people_write_it(written: str, period: str) -> None:
    assert read_period(written) == period


@pytest.mark.parametrize(
    "written", ["", "9 місяців 2025", "13.2025", "2025-Q5", "25", "Q1", "V квартал 2025", "٢٠٢٥"]
)
def test_a_period_that_a_ledger_has_no_word_for_is_none(written: str) -> None:
    assert read_period(written) is None


@pytest.mark.parametrize(
    ("written", "value"), [("1 234,5", "1234.5"), ("0,50", "0.5"), ("-3", "-3"), ("−3", "-3"), ("так", "Так")]
)
def test_a_value_as_people_write_it(written: str, value: str) -> None:
    (made,) = read("actuals", ACTUALS, f"1.1;2025;ytd;{written};;;").made
    assert made.event.data["value"] == value


@pytest.mark.parametrize(
    "written",
    ["1.000", "12 34", "1e3", "1_0", "١٢", "=1+1", "+5", "@SUM(A1)", "1,5,5", "-", "<b>1</b>", "\u200b5"],
)
def test_a_value_that_could_be_something_else_is_never_guessed(written: str) -> None:
    assert wrong("actuals", ACTUALS, f"1.1;2025;ytd;{written};;;") == [("/2/value", "not-a-decimal")]


def test_more_places_than_are_recorded_are_not_rounded() -> None:
    assert wrong("actuals", ACTUALS, "1.1;2025;ytd;0,1234567;;;") == [("/2/value", "too-many-places")]
    line = "1.1;local;paid;2025;ytd;{};;;"
    assert wrong("spending", SPENDING, line.format("1,005")) == [("/2/amount", "too-many-places")]
    (made,) = read("spending", SPENDING, line.format("1,00525"), amounts_in="thousand-uah").made
    assert made.event.data["lines"][0]["amount"] == "1005.25"
    large = "1" + "0" * 15
    assert wrong("spending", SPENDING, line.format(large)) == [("/2/amount", "too-large-a-number")]


def test_a_period_is_reported_when_its_last_day_has_come_and_not_before() -> None:
    rows = (ACTUALS, "1.1;2026-Q2;period;1;;;")
    assert read("actuals", *rows, today="2026-06-30").rows == 1
    assert wrong("actuals", *rows, today="2026-06-29") == [("/2/period", "period-not-over")]


def test_numerator_and_denominator_go_together_and_divide() -> None:
    line = "1.1;2025;ytd;50;{};{};"
    assert read("actuals", ACTUALS, line.format("1", "2")).made[0].event.data["denominator"] == "2"
    assert wrong("actuals", ACTUALS, line.format("1", "")) == [("/2/denominator", "half-a-fraction")]
    assert wrong("actuals", ACTUALS, line.format("", "2")) == [("/2/numerator", "half-a-fraction")]
    for none in ("0", "-2", "0,0"):
        assert wrong("actuals", ACTUALS, line.format("1", none)) == [("/2/denominator", "not-above-zero")]


def test_a_row_without_a_value_is_left_out_and_counted_and_half_a_row_is_wrong() -> None:
    taken = read("actuals", ACTUALS, "1.1;2025;ytd;;;;", "1.2;2025;ytd;1;;;")
    assert (taken.rows, taken.skipped) == (1, 1)
    assert ("/2/value", "blank-text") in wrong("actuals", ACTUALS, "1.1;2025;ytd;;;;лист № 5")
    assert wrong("actuals", ACTUALS, "1.1;2025;ytd;;;;") == [("", "nothing-to-report")]


def test_words_that_no_payload_may_hold_are_named_with_their_cell() -> None:
    assert wrong("actuals", ACTUALS, "1.1;2025;ytd;1;;;a\u202eb") == [("/2/note", "text-bidi")]
    (made,) = read("actuals", ACTUALS, "1.1;2025;ytd;1;;;їи\u0306").made  # й as two characters
    assert made.event.data["note"] == "їй"


def test_spending_is_one_event_for_each_phase_period_and_way_of_counting() -> None:
    rows = [
        "1.1;local;касові видатки;I квартал 2025;за період;10,5;0217520;2210;загальний",
        "1.2;local;paid;2025-Q1;period;20;;;",
        "1.1;local;зобов’язання;2025-Q1;за період;30;;;",
        "Разом;;;;;60,50;;;",
    ]
    taken = read("spending", SPENDING, *rows)
    assert [(made.event.data["phase"], len(made.event.data["lines"])) for made in taken.made] == [
        ("paid", 2), ("commitment", 1),
    ]  # fmt: skip
    assert taken.made[0].event.data["lines"][0] == {
        "measure": "1.1", "year": 2025, "source": "local", "kpkvk": "0217520", "kekv": "2210",
        "fund": "general", "amount": "10.50",
    }  # fmt: skip
    assert [(one.printed, one.counted, one.agrees) for one in taken.totals] == [("60.50", "60.50", True)]
    again = rows[1].replace("paid", "касові видатки")
    assert wrong("spending", SPENDING, *rows[:3], again) == [("/5", "duplicate-row")]


@pytest.mark.parametrize(
    ("old", "change", "new", "line"),
    [
        ("", "", "90", {"op": "set", "amount": "90.00"}),
        ("100", "", "90", {"op": "set", "amount": "90.00", "stated_old": "100.00"}),
        ("", "-10", "", {"op": "add", "amount": "-10.00"}),
        ("100", "-10", "", {"op": "add", "amount": "-10.00", "stated_old": "100.00"}),
        ("100", "-10", "90", {"op": "add", "amount": "-10.00", "stated_old": "100.00"}),
        ("", "-10", "90", {"op": "add", "amount": "-10.00", "stated_old": "100.00"}),
        ("0", "10", "10", {"op": "add", "amount": "10.00"}),
    ],
)
def test_what_a_line_of_a_certificate_says(old: str, change: str, new: str, line: dict[str, str]) -> None:
    (made,) = read("schedule", SCHEDULE, f"15;01.03.2025;1.1;2025;local;{old};{change};{new}").made
    assert made.event.data["lines"] == [{"measure": "1.1", "year": 2025, "source": "local", **line}]
    assert (made.event.effective, made.event.data["certificate"]) == (
        "2025-03-01", {"number": "15", "date": "2025-03-01"},
    )  # fmt: skip


def test_a_line_that_does_not_add_up_is_wrong_and_one_of_zero_changes_nothing() -> None:
    line = "15;01.03.2025;1.1;2025;local;{};{};{}"
    assert wrong("schedule", SCHEDULE, line.format(100, -10, 91)) == [("/2/amount", "change-differs")]
    assert wrong("schedule", SCHEDULE, line.format("", "0,00", "")) == [("", "nothing-to-report")]
    assert wrong("schedule", SCHEDULE, "15;30.02.2025;1.1;2025;local;;1;") == [("/2/date", "no-such-day")]
    assert wrong("schedule", SCHEDULE, "15;01.03.2025;1.1;;local;;1;") == [("/2/year", "blank-text")]


@pytest.mark.parametrize("title", ["KEKB", "КEКВ", "Кекв ", "KЕКВ"])
def test_a_title_typed_with_letters_that_look_alike_is_that_title(title: str) -> None:
    rows = (f"Захід;Джерело;Стадія;Період;Як рахується;Сума;{title}", "1;local;paid;2025;ytd;1,00;2210")
    (made,) = read("spending", *rows).made
    assert made.event.data["lines"][0]["kekv"] == "2210"


@pytest.mark.parametrize("title", ["Код КЕКВ", "KEKB (код)", "Фонд бюджету", "Код КПКВК"])
def test_a_title_that_only_holds_the_name_of_an_axis_is_asked_about(title: str) -> None:
    """Without the axis the amount would go to another cell."""
    head, row = "Захід;Джерело;Стадія;Період;Як рахується;Сума", "1;local;paid;2025;ytd;1,00"
    ((_, code),) = wrong("spending", f"{head};{title}", f"{row};2210")
    assert code == "title-overlooked"


def test_a_title_beside_the_axis_itself_is_passed_over() -> None:
    head, row = "Захід;Джерело;Стадія;Період;Як рахується;Сума", "1;local;paid;2025;ytd;1,00"
    (made,) = read("spending", f"{head};КЕКВ;Назва КЕКВ", f"{row};2210;Предмети").made
    assert made.event.data["lines"][0]["kekv"] == "2210"


def test_a_total_of_more_digits_than_any_council_has_deputies_is_no_total() -> None:
    rows = ("Депутат;Голос", "Особа;За", "За;" + "1" * 5000)
    assert wrong("votes", *rows, act={"act": "a"}) == [("/3/vote", "not-a-choice")]


def test_a_cell_of_a_hundred_thousand_points_is_no_period_at_once() -> None:
    rows = ("Індикатор;Період;Як рахується;Значення", f"1.1;{'.' * 100_000}х;за період;1")
    started = time.process_time()
    assert wrong("actuals", *rows) == [("/2/period", "no-such-period")]
    assert time.process_time() - started < 5  # it took three minutes


def test_votes_by_every_word_and_nobody_twice() -> None:
    words = {"За": "for", "ПРОТИ": "against", "Утрималася": "abstained", "Відсутній": "absent"}
    rows = [f"Особа {n};{word}" for n, word in enumerate([*words, "Не голосувала"])]
    (made,) = read("votes", "ПІБ;Голос", *rows, body="council", act={"act": "a"}).made
    assert [vote["vote"] for vote in made.event.data["votes"]] == [*words.values(), "did-not-vote"]
    twice = ("Депутат;Голос", "Особа Перша;За", "особа  перша;Проти")
    assert wrong("votes", *twice, act={"act": "a"}) == [("/3", "duplicate-row")]
    assert wrong("votes", "Депутат;Голос", "Особа;Можливо", act={"act": "a"}) == [("/2/vote", "not-a-choice")]
    many = [f"Особа {n};За" for n in range(VOTES_MAX + 1)]
    assert wrong("votes", "Депутат;Голос", *many, act={"act": "a"}) == [("", "too-many-votes")]


def test_twenty_thousand_rows_are_read_into_events_that_fit_and_not_one_more() -> None:
    rows = [f"1.{n};local;paid;2025;ytd;1 000,5;;;" for n in range(ROWS_MAX)]
    taken = read("spending", SPENDING, *rows)
    lines = [line for made in taken.made for line in made.event.data["lines"]]
    assert [line["measure"] for line in lines] == [f"1.{n}" for n in range(ROWS_MAX)]
    assert all(len(canonical.dumps(dict(made.event.data))) < PAYLOAD_SIZE_MAX - 8_000 for made in taken.made)
    assert [code for _, code in wrong("spending", SPENDING, *rows, rows[0])] == ["too-many-rows"]


def test_columns_that_are_not_there_are_named_as_people_write_them() -> None:
    with pytest.raises(ImportFileError) as caught:
        read("actuals", "Індикатор;Значення", period="2025")
    (problem,) = caught.value.problems
    assert (problem.code, problem.uk) == (
        "missing-column", "у першому рядку немає стовпців Індикатор, Значення, Як рахується",
    )  # fmt: skip


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Звіт"
    for row in rows:
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_gives_the_same_and_names_its_cells() -> None:
    head = tuple(SPENDING.split(";")[:6])
    raw = workbook(
        head, ("1.1", "local", "paid", "2025", "ytd", 76.747), ("1.2", "local", "paid", "2025", "ytd", 5)
    )
    (made,) = SHAPES["spending"].read(raw, asked(amounts_in="thousand-uah")).made
    assert [line["amount"] for line in made.event.data["lines"]] == ["76747.00", "5000.00"]
    bad = workbook(
        head, (3.1, "local", "paid", "2025", "ytd", 1), ("1.2", "local", "paid", "2025", "ytd", "x")
    )
    with pytest.raises(ImportFileError) as caught:
        SHAPES["spending"].read(bad, asked())
    assert "Звіт!A2" in {one.path for one in caught.value.problems}
