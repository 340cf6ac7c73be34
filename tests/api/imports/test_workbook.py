"""A table of a workbook, cell by cell: what is read as it stands, and what is refused with its place."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import pytest
import python_calamine
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill  # type: ignore[import-untyped]

from api.importers.errors import MESSAGES, PROBLEMS_MAX, Problems
from api.importers.table import ROWS_MAX, read_table
from api.importers.workbook import read_workbook
from api.importers.workbook_messages import WORKBOOK_MESSAGES
from api.importers.workbook_styles import format_kind
from tests.api.imports import books
from tests.api.imports.books import HEADER, book, places, problems, read, saved


def moment(hour: int) -> datetime:
    """Spreadsheets know no zones."""
    return datetime(2025, 3, 10, hour, tzinfo=UTC).replace(tzinfo=None)


ROW = ("1.10", "0217520", "Захід", 1250.5, date(2025, 3, 10))
TEXTS = {"measure": "1.10", "kpkvk": "0217520", "title": "Захід", "amount": "1250.5", "day": "2025-03-10"}


def test_a_row_is_read_as_its_cells_mean_it_and_each_knows_its_address() -> None:
    (row,) = read(saved(book(ROW)))
    assert row.cells == TEXTS
    assert (row.line, row.at("amount"), row.at("nothing")) == (2, "Аркуш1!D2", "Аркуш1!A2")
    assert row.numbers == {"amount"}


def test_a_workbook_says_what_a_csv_of_the_same_table_says() -> None:
    text = ";".join(HEADER) + "\n" + ";".join(TEXTS.values()) + "\n"
    (csv_row,) = read_table(text.encode(), books.NAMES, ("measure", "amount"), Problems())
    assert read(saved(book(ROW)))[0].cells == csv_row.cells


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1250, "1250"),
        (1250.0, "1250"),
        (-0.0, "0"),
        (1e-7, "0.0000001"),
        (123456789012.34, "123456789012.34"),
        (True, "Так"),
        (False, "Ні"),
        ("  край  ", "край"),
        ("Край и\u0306", "Край й"),
        ("два\r\nрядки", "два\nрядки"),
        (moment(0), "2025-03-10"),
        ("٣٤", "٣٤"),
    ],
)
def test_a_value_becomes_one_text(value: Any, text: str) -> None:
    assert read(saved(book(("1", "", value, "1", ""))))[0].cells["title"] == text


@pytest.mark.parametrize(
    ("column", "value", "form", "code"),
    [
        ("A", 3.1, "General", "cell-number-for-text"),
        ("A", date(2026, 1, 1), "yyyy-mm-dd", "cell-date-for-text"),
        ("B", 217520, "General", "cell-lost-zero"),
        ("D", 0.25, "0%", "cell-percent"),
        ("D", 30000000, "#,##0,", "cell-scaled"),
        ("D", 12345678901234567, "0", "cell-huge"),
        ("E", moment(12), "yyyy-mm-dd hh:mm", "cell-moment"),
        ("E", 30, "dd.mm.yyyy", "cell-moment"),
        ("E", time(12), "hh:mm", "cell-moment"),
        ("D", "=1+1", "General", "cell-formula"),
        ("D", "#REF!", "General", "cell-error"),
    ],
)
def test_what_a_cell_would_hide_is_refused_at_its_address(
    column: str, value: Any, form: str, code: str
) -> None:
    made = book(ROW)
    cell = made.active[f"{column}2"]
    cell.value, cell.number_format = value, form
    assert places(saved(made)) == [(f"Аркуш1!{column}2", code)]


def test_an_escaped_character_is_that_character_and_a_control_is_refused() -> None:
    row = f'<row r="2">{books.inline("A2", "{}")}{books.inline("B2", "1")}</row>'
    raw = books.zipped(books.parts(books.data(row.format("а_x0007_б"))))
    assert places(raw) == [("S!A2", "text-control")]
    raw = books.zipped(books.parts(books.data(row.format("а_x005F_x0041__xD800_"))))
    assert read(raw)[0].cells["measure"] == "а_x0041__xD800_"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "number"),
        ("@", "number"),
        ("#,##0.00", "number"),
        ("0.00E+00", "number"),
        ('#,##0.00" грн"', "number"),
        ("#,##0.00\\ _₴", "number"),
        ("[$₴-422]#,##0.00", "number"),
        ("[Red]-0.00", "number"),
        ("0%", "percent"),
        ("0.00%;[Red]-0.00%", "percent"),
        ("dd.mm.yyyy", "date"),
        ("[h]:mm", "date"),
        ('d" "mmmm" "yyyy" р."', "date"),
        ("#,##0,", "scaled"),
        ('0.0,," млн"', "scaled"),
        ("#,##0,;-#,##0,", "scaled"),
        ('#,##0.0" тис. грн"', "scaled"),
        ("0.0\\ \\т\\и\\с", "scaled"),
        ('General" млн"', "scaled"),
        ("[$тис. грн-422]#,##0.00", "scaled"),
        ('0"000"', "scaled"),
        ('0.00"%"', "scaled"),
        (";;;", "scaled"),
        ('_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "number"),
        ('dd.mm.yyyy" 2-й"', "date"),
    ],
)
def test_a_format_shows_what_a_number_is_taken_for(code: str, kind: str) -> None:
    assert format_kind(code) == kind


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"date_1904": True})
    sheet = made.add_worksheet("S")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ["1", "", "", "1"])
    sheet.write_datetime(1, 4, moment(0), made.add_format({"num_format": "dd.mm.yyyy"}))
    made.close()
    assert read(target.getvalue())[0].cells["day"] == "2025-03-10"


def test_the_table_may_stand_below_its_title_and_on_any_one_sheet() -> None:
    made = book(ROW, title="Дані")
    made["Дані"].insert_rows(1, 3)
    made["Дані"]["A1"] = "Порівняльна таблиця до проєкту рішення"
    made.create_sheet("Довідка", 0)["A1"] = "Пояснення"
    assert [(row.line, row.cells) for row in read(saved(made))] == [(5, TEXTS)]


def test_two_sheets_with_such_a_table_are_one_too_many() -> None:
    made = book(ROW, title="А")
    made.copy_worksheet(made["А"]).title = "Б"
    assert places(saved(made)) == [("", "table-twice")]


def test_a_hidden_sheet_is_not_read_and_is_named_where_no_other_has_the_table() -> None:
    made = book(ROW, title="Дані")
    made.create_sheet("Порожній")
    made["Дані"].sheet_state = "hidden"
    made.active = 1
    assert places(saved(made)) == [("", "sheet-missing-column"), ("Дані", "hidden-sheet")]


def test_a_formula_on_a_hidden_sheet_hurts_nobody() -> None:
    made = book(ROW)
    hidden = made.create_sheet("Списки")
    hidden["A1"], hidden.sheet_state = "=1+1", "veryHidden"
    assert len(read(saved(made))) == 1


def test_hidden_rows_and_columns_with_data_are_refused_and_empty_ones_are_not() -> None:
    made = book(ROW, ROW)
    sheet: Any = made.active
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.column_dimensions["H"].hidden = True
    assert places(saved(made)) == [("Аркуш1!D1", "hidden-column"), ("Аркуш1!A3", "hidden-row")]


def test_a_column_without_width_is_hidden_whatever_it_says() -> None:
    cols = '<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'
    row = f'<row r="2">{books.inline("A2", "1.1")}<c r="B2"><v>5</v></c></row>'
    assert places(books.zipped(books.parts(cols + books.data(row)))) == [("S!B1", "hidden-column")]


def test_merged_cells_in_the_table_are_refused_and_above_it_are_not() -> None:
    made = book(ROW, ROW)
    sheet: Any = made.active
    sheet.insert_rows(1)
    sheet.merge_cells("A1:E1")
    assert len(read(saved(made))) == 2
    sheet.merge_cells("A3:A4")
    assert places(saved(made)) == [("Аркуш1!A3", "merged-cells")]


def test_a_column_named_twice_and_a_cell_under_no_title_are_refused() -> None:
    made = book((*ROW, "", "?"), header=(*HEADER, "сума"))
    assert places(saved(made)) == [("Аркуш1!F1", "column-twice"), ("Аркуш1!G2", "no-title")]


def test_rows_that_are_only_formatted_are_no_rows() -> None:
    made = book(ROW)
    for cell in made.active["A3:E200"]:
        for one in cell:
            one.fill = PatternFill("solid", "DDDDDD")
    assert len(read(saved(made))) == 1


def test_every_problem_has_the_row_for_its_line_and_words_in_both_languages() -> None:
    made = book(*([("1", "", "", "=1", "")] * 3))
    found = problems(saved(made))
    assert [one.line for one in found] == [2, 3, 4]
    assert all(one.uk and one.en and one.uk != one.en for one in found)


def test_no_more_than_two_hundred_problems_are_named() -> None:
    found = problems(saved(book(*([("1", "", "", "=1", "")] * 300))))
    assert len(found) == PROBLEMS_MAX + 1
    assert "too-many-problems" in {one.code for one in found}


def test_a_sheet_name_that_is_no_word_is_quoted_as_a_spreadsheet_quotes_it() -> None:
    (row,) = read(saved(book(ROW, title="План 2025 р'ік")))
    assert row.at("amount") == "'План 2025 р''ік'!D2"


def test_twenty_thousand_rows_are_read_and_not_one_more() -> None:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = made.add_worksheet("S")
    sheet.write_row(0, 0, ("Код", "Сума"))
    for number in range(ROWS_MAX + 1):
        sheet.write_row(number + 1, 0, (f"m-{number}", number + 0.5))
    made.close()
    (problem,) = problems(target.getvalue())
    assert (problem.line, problem.code) == (ROWS_MAX + 2, "too-many-rows")


@pytest.mark.parametrize("code", sorted(WORKBOOK_MESSAGES))
def test_every_message_of_workbooks_is_among_those_of_imports(code: str) -> None:
    assert MESSAGES[code] == WORKBOOK_MESSAGES[code]


CELL = (
    st.none()
    | st.text(st.characters(min_codepoint=32, max_codepoint=0x4FF, exclude_characters="\x7f"), max_size=12)
    | st.integers(-(10**12), 10**12)
    | st.decimals(-(10**9), 10**9, places=2).map(float)
    | st.booleans()
    | st.dates(date(1950, 1, 1), date(2100, 1, 1))
)


@settings(max_examples=12)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=6))
def test_another_reader_sees_the_same_cells(rows: list[list[Any]]) -> None:
    """python-calamine is the oracle: a reader in another language, by other people."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"strings_to_urls": False, "strings_to_formulas": False})
    sheet, form = made.add_worksheet("S"), made.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, form)
    made.close()
    theirs = _theirs(target.getvalue())
    ours = {
        (row.number, column): (cell.sort, cell.text)
        for row in read_workbook(target.getvalue(), Problems()).sheets[0].rows
        for column, cell in row.cells.items()
    }
    assert ours == theirs


def _write(sheet: Any, number: int, column: int, value: Any, form: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(number, column, value, form)
    elif isinstance(value, str):
        sheet.write_string(number, column, value)
    elif value is not None:
        sheet.write(number, column, value)


def _theirs(raw: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    sheet = python_calamine.load_workbook(io.BytesIO(raw)).get_sheet_by_index(0)
    return {
        (number, column): _sort(value)
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
        for column, value in enumerate(row, 1)
        if value != ""
    }


def _sort(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", "1" if value else "0"
    if isinstance(value, date):
        return "date", value.isoformat()
    if isinstance(value, str):
        return "text", normalize("NFC", value)  # which is our rule, not the reader's
    text = f"{Decimal(repr(float(value))):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "number", "0" if text == "-0" else text
