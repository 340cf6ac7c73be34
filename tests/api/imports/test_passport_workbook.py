"""A programme's workbook: the same file as YAML, to the byte; every wrong cell named by sheet and title."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importers import passport_layout as layout
from api.importers.errors import ImportFileError, Problems
from api.importers.passport_layout import BLANK, blanked, unblank
from api.importers.passport_workbook import read_programme_workbook, total_key
from api.importers.programme import ProgrammeFile, read_programme, to_events
from api.importers.template import plain, to_workbook
from api.importers.yaml_source import parse_yaml, read_yaml
from ledger import canonical
from tests.api.cli_runner import Prompt, prompt
from tests.api.small_programme import BELZ_FILE, GOOD, RIVERSIDE_FILE

__all__ = ["prompt"]
SMALL = plain(parse_yaml(GOOD.encode(), Problems()))
TREE, MONEY, MARKS = "Завдання і заходи", "Фінансування", "Індикатори"


def small(*edits: tuple[str, str, Any]) -> bytes:
    """The small programme's workbook after somebody edited cells: (sheet, address, value)."""
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(SMALL)))
    for sheet, address, value in edits:
        book[sheet][address] = value
    return saved(book)


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def wrong(raw: bytes) -> list[tuple[str, str]]:
    """(cell, code) of every problem."""
    with pytest.raises(ImportFileError) as caught:
        read_programme_workbook(raw)
    return [(one.path, one.code) for one in caught.value.problems]


def payloads(file: ProgrammeFile) -> list[bytes]:
    """The data of all its events, to the byte."""
    return [canonical.dumps(dict(event.data)) for event in to_events(file)]


@pytest.mark.parametrize("path", [BELZ_FILE, RIVERSIDE_FILE])
def test_a_programme_comes_back_from_its_workbook_to_the_byte(path: Path) -> None:
    raw = to_workbook(plain(read_yaml(path, Problems())))
    from_book, from_yaml = read_programme_workbook(raw), read_programme(path)
    assert from_book == from_yaml
    assert payloads(from_book) == payloads(from_yaml)


def test_the_same_file_makes_the_same_workbook() -> None:
    assert to_workbook(SMALL) == to_workbook(SMALL)


def test_a_spreadsheet_that_saves_it_anew_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD, encoding="utf8")
    assert read_programme_workbook(small()) == read_programme(path)


def test_the_four_empties_stay_apart() -> None:
    cells = [("G2", None), ("G3", "____"), ("H2", "-"), ("H3", "____")]
    file = read_programme_workbook(small(*((TREE, address, value) for address, value in cells)))
    first, second = file.adopted["tree"]
    assert (first.get("result"), second["result"], first["kpkvk"], second["kpkvk"]) == (None, "", "-", "")
    for value, amount in (("-", "-"), ("____", ""), (0, "0.00"), ("0", "0.00")):
        file = read_programme_workbook(small((MONEY, "H2", value)))
        assert file.adopted["financing"][0]["amount"] == amount
    assert wrong(small((MONEY, "H2", None))) == [(f"{MONEY}!H2 (Сума)", "missing-cell")]


@given(st.text(alphabet="_ж-", max_size=8))
def test_a_blank_and_a_line_of_strokes_are_told_apart(text: str) -> None:
    assert unblank(blanked(text)) == text
    assert (blanked(text) == BLANK) == (text == "")


@pytest.mark.parametrize(
    ("sheet", "address", "value", "title", "code"),
    [
        (TREE, "E3", 3.1, "Спосіб виконання", "cell-number-for-text"),
        (TREE, "C3", 4, "Входить до", "unknown-parent"),
        (TREE, "B3", "розділ", "Рівень", "not-a-choice"),
        (TREE, "D3", None, "Назва", "missing-cell"),
        (TREE, "H3", 217520, "КПКВК", "cell-lost-zero"),
        (TREE, "H3", "217520", "КПКВК", "not-a-code"),
        (MARKS, "C2", 1.5, "Назва", "cell-number-for-text"),
        (MARKS, "D2", "потік", "Вид", "not-a-choice"),
        (MONEY, "A2", "3.1", "Захід", "unknown-measure"),
        (MONEY, "B2", 2032, "Рік", "year-outside-term"),
        (MONEY, "B2", 2030.5, "Рік", "not-a-year"),
        (MONEY, "C2", "gift", "Джерело", "unknown-source"),
        (MONEY, "H2", 60.005, "Сума", "not-money"),
        (MONEY, "H2", -60, "Сума", "not-money"),
        (MONEY, "H2", "30 000,00", "Сума", "not-money"),
        (MONEY, "H2", True, "Сума", "cell-not-number"),
        ("Рішення", "B2", "Small", "Код програми", "not-an-id"),
        ("Рішення", "B7", "млн", "Суми в", "not-a-choice"),
        ("Рішення", "B15", "15.01.2030", "Дата рішення", "not-a-date"),
        ("Рішення", "B15", None, "Дата рішення", "missing-cell"),
        ("Погодження", "A2", None, "Посада", "missing-cell"),
    ],
)
def test_a_wrong_cell_is_named_by_sheet_address_and_title(
    sheet: str, address: str, value: Any, title: str, code: str
) -> None:
    name = f"'{sheet}'" if " " in sheet else sheet
    assert wrong(small((sheet, address, value))) == [(f"{name}!{address} ({title})", code)]


def test_a_code_that_became_a_number_is_named_with_all_that_refers_to_it() -> None:
    found = wrong(small((TREE, "A3", 3.1)))
    assert (f"'{TREE}'!A3 (Код)", "cell-number-for-text") in found
    assert {code for _, code in found} == {"cell-number-for-text", "unknown-measure"}


def test_a_date_of_the_spreadsheet_is_the_day_that_it_shows() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    cell = book["Рішення"]["B15"]
    cell.value, cell.number_format = 47498, "dd.mm.yyyy"
    assert read_programme_workbook(saved(book)).act["date"] == "2030-01-15"


@pytest.mark.parametrize(("typed", "amount"), [(60.5, "60500.00"), (0.00001, "0.01"), ("1.5", "1500.00")])
def test_amounts_in_thousands_are_multiplied_exactly(typed: Any, amount: str) -> None:
    file = read_programme_workbook(small(("Рішення", "B7", "тис. грн"), (MONEY, "H2", typed)))
    assert file.adopted["financing"][0]["amount"] == amount


def test_half_a_kopiyka_in_thousands_is_refused() -> None:
    raw = small(("Рішення", "B7", "тис. грн"), (MONEY, "H2", 0.000005))
    assert wrong(raw) == [(f"{MONEY}!H2 (Сума)", "not-thousands")]


def test_the_same_money_twice_names_the_row_of_the_first() -> None:
    raw = small((MONEY, "C3", "local"))
    with pytest.raises(ImportFileError) as caught:
        read_programme_workbook(raw)
    (problem,) = caught.value.problems
    assert (problem.line, problem.code) == (3, "duplicate-row")
    assert "2" in problem.uk


def test_a_value_of_an_indicator_is_kept_as_it_is_printed() -> None:
    raw = small((MARKS, "J2", "16 %"), (MARKS, "K2", 2.5), (MARKS, "F2", True))
    row = read_programme_workbook(raw).adopted["indicators"][0]
    assert (row["targets"], row["base"]) == ({"2030": "16 %", "2031": "2.5"}, "Так")


def test_an_unknown_sheet_a_hidden_one_and_an_unknown_column_are_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book.create_sheet("Чернетка")
    book["Надруковано"].sheet_state = "hidden"
    book["Джерела"]["D1"] = "Примітка"
    found = wrong(saved(book))
    assert set(found) >= {
        ("Чернетка", "unknown-sheet"), ("Надруковано", "hidden-sheet"), ("Джерела!D1", "unknown-title"),
    }  # fmt: skip


def test_a_missing_sheet_that_the_file_needs_is_named() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    del book["Джерела"]
    assert ("missing-key") in {code for _, code in wrong(saved(book))}


def test_an_unknown_field_and_one_given_twice_are_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book["Рішення"].append(["Назва програми", "Інша"])
    book["Паспорт"].append(["Колір", "червоний"])
    last, end = book["Рішення"].max_row, book["Паспорт"].max_row
    assert set(wrong(saved(book))) == {
        (f"Паспорт!A{end}", "unknown-title"),
        (f"Рішення!B{last} (Назва програми)", "duplicate-key"),
    }


def test_a_list_of_one_is_a_list_and_a_text_is_a_text() -> None:
    raw = dict(SMALL) | {"passport": {"developer": ["Рада"], "initiator": "Рада"}}
    passport = read_programme_workbook(to_workbook(raw)).adopted["passport"]
    assert passport == {"developer": ["Рада"], "initiator": "Рада"}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("усього", "total"),
        ("Усього", "total"),
        ("2025", "2025"),
        ("джерело: a", "source:a"),
        ("x", "x"),
    ],
)
def test_a_total_is_named_in_words(said: str, key: str) -> None:
    assert total_key(said) == key


def test_a_total_twice_is_refused_at_the_second() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book["Підсумки"].append(["усього", 5])
    assert wrong(saved(book)) == [("Підсумки!A5", "duplicate-key")]


def test_the_empty_template_asks_for_what_a_programme_needs_and_its_codes_are_text() -> None:
    raw = to_workbook({})
    codes = {code for _, code in wrong(raw)}
    assert codes == {"missing-cell"}
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert tuple(book.sheetnames) == (layout.ABOUT, *(name for name in layout.SHEETS if name != layout.ABOUT))
    assert all(book[name].freeze_panes == "A2" for name in book.sheetnames if name != layout.ABOUT)
    assert book[TREE].column_dimensions["A"].width
    choices = [rule.formula1 for rule in book[TREE].data_validations.dataValidation]
    assert choices == ['"пріоритет,завдання,захід,робота"']


def test_every_word_of_a_choice_means_one_code() -> None:
    for words in (layout.UNITS, layout.ACTS, layout.LEVELS, layout.INDICATORS, layout.FUNDS, layout.LINKS):
        assert len(set(words.values())) == len(words)
        assert all(word == word.lower() for word in words)


def test_the_command_reads_a_workbook_as_it_reads_yaml(prompt: Prompt) -> None:
    book, text = prompt.home / "belz.xlsx", prompt.home / "from-yaml"
    book.write_bytes(to_workbook(plain(read_yaml(BELZ_FILE, Problems()))))
    prompt.ok("import", BELZ_FILE, "--out", text)
    shown = prompt.ok("import", book, "--out", prompt.home / "from-book", "--json").json
    written = {path.name: path.read_bytes() for path in (prompt.home / "from-book").iterdir()}
    assert written == {path.name: path.read_bytes() for path in text.iterdir()}
    assert [json.loads(written[name]) for name in sorted(written)] == [
        one["payload"] for one in shown["items"]
    ]
    assert [one["agrees"] for one in shown["totals"] if one["key"] == "total"] == ["✓"]


def test_the_command_names_every_cell_and_writes_nothing(prompt: Prompt) -> None:
    path = prompt.home / "small.xlsx"
    path.write_bytes(small((MONEY, "H2", "x"), (TREE, "A3", 3.1)))
    ran = prompt.run("import", path, "--out", prompt.home / "out")
    assert ran.code == 1
    assert f"{MONEY}!H2 (Сума) [not-money]" in ran.err
    assert f"'{TREE}'!A3 (Код) [cell-number-for-text]" in ran.err
    assert not (prompt.home / "out").exists()
