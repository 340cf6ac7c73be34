"""Workbooks at the prompt, against a real server: the state filled in, a new edition, a comparison table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from api.importers.passport_workbook import read_tree
from api.importers.placed import PlacedProblems
from api.importers.template import plain
from tests.api.cli_runner import Ran
from tests.api.cli_town import CELL, PROGRAMME, Desk, town

pytestmark = pytest.mark.thorough  # a town is founded at the prompt first
ACT = ("--act", "riverside-12-7-2029", "--point", "1.1", "--effective", "2031-06-01")
SIGNER = ("--person", "p-2", "--office", "secretary")
TABLE = "Захід;Рік;Джерело;Чинна редакція;Запропонована редакція\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    patch = pytest.MonkeyPatch()
    patch.setattr("ledger.keyfile.ROUNDS", 0x010001)
    with town(tmp_path_factory.mktemp("desk")) as made:
        yield made
    patch.undo()


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Path:
    """The programme's state on the day of the change, as a workbook."""
    path = tmp_path / "filled.xlsx"
    desk.ok("template", "programme", "--programme", PROGRAMME, "--as-of", "2031-06-01", "--out", path)
    return path


def edited(path: Path, sheet: str, edit: Any) -> None:
    """As somebody edits it in a spreadsheet."""
    book = openpyxl.load_workbook(path)
    edit(book[sheet])
    book.save(path)


def edition(desk: Desk, file: Path, *more: object) -> Ran:
    out = file.parent / "out"
    return desk.run("import-edition", PROGRAMME, file, "--out", out, *ACT, *SIGNER, *more)


def drafts(file: Path) -> list[dict[str, Any]]:
    return [
        json.loads(one.read_text(encoding="utf8")) for one in sorted((file.parent / "out").glob("*.json"))
    ]


ALL = ("--annex", "tree", "--annex", "indicators", "--annex", "financing")


def test_what_the_record_holds_comes_back_as_an_edition_without_changes(desk: Desk, filled: Path) -> None:
    ran = edition(desk, filled, *ALL, "--json")
    assert ran.code == 0, ran
    assert ran.json["changes"] == []
    assert ran.json["items"] == []
    assert drafts(filled) == []
    state = desk.ok("show", PROGRAMME, "--as-of", "2031-06-01", "--json").json["state"]
    count = sum(1 for path in _leaves(state) if path.split("/")[1] in ("tree", "indicators", "financing"))
    assert ran.json["equal"] == count > 20


def _leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in _leaves(inner, f"{path}/{name}")]
    return [] if value is None else [path]


def test_a_filled_workbook_holds_the_state_of_the_day_that_was_asked(desk: Desk, filled: Path) -> None:
    raw = plain(read_tree(filled.read_bytes(), PlacedProblems()))
    measure, year, source = CELL.split("/")[2:]
    rows = {(row["measure"], row["year"], row["source"]): row["amount"] for row in raw["financing"]}
    assert rows[measure, year, source] == "1200000"
    before = filled.with_name("before.xlsx")
    desk.ok("template", "programme", "--programme", PROGRAMME, "--as-of", "2031-05-31", "--out", before)
    raw = plain(read_tree(before.read_bytes(), PlacedProblems()))
    rows = {(row["measure"], row["year"], row["source"]): row["amount"] for row in raw["financing"]}
    assert rows[measure, year, source] != "1200000"


def test_an_edition_states_each_cell_that_it_leaves_out_and_the_server_finds_nothing_to_add(
    desk: Desk, filled: Path
) -> None:
    edited(filled, "Фінансування", lambda sheet: sheet.delete_rows(2))
    ran = edition(desk, filled, "--annex", "financing", "--json")
    assert ran.code == 0, ran
    (change,) = ran.json["changes"]
    assert (change["op"], change["new"]) == ("removed", None)
    (draft,) = drafts(filled)
    assert draft["data"]["restated"] == [{"annex": "financing", "removals": [change["path"]]}]
    assert ran.json["items"][0]["outcome"] == "recorded"
    assert ran.json["items"][0]["discrepancies"] == []


def test_an_edition_in_words_shows_what_changes_and_what_stays(desk: Desk, filled: Path) -> None:
    def rename(sheet: Any) -> None:
        sheet["D2"] = "Інша назва"

    edited(filled, "Завдання і заходи", rename)
    ran = edition(desk, filled, "--annex", "tree", "--lang", "uk")
    assert ran.code == 0, ran
    assert "Інша назва" in ran.out
    assert "змінено: 1" in ran.out
    assert "буде зареєстровано" in ran.out
    assert drafts(filled)[0]["seen"] == desk.ok("show", PROGRAMME, "--json").json["known"]["position"]


def test_a_wrong_cell_is_named_by_sheet_address_and_title_and_nothing_is_written(
    desk: Desk, filled: Path
) -> None:
    def spoil(sheet: Any) -> None:
        sheet["A2"] = 3.1
        sheet["A2"].number_format = "General"

    edited(filled, "Завдання і заходи", spoil)
    ran = edition(desk, filled, "--annex", "tree")
    assert ran.code == 1
    assert "'Завдання і заходи'!A2 (Код) [cell-number-for-text]" in ran.err
    assert not (filled.parent / "out").exists()


def comparison(desk: Desk, folder: Path, text: str, *more: object) -> Ran:
    file = folder / "table.csv"
    file.write_text(TABLE + text, encoding="utf8")
    return desk.run("import-comparison", PROGRAMME, file, "--out", folder / "out", *ACT, *SIGNER, *more)


MEASURE, YEAR, SOURCE = CELL.split("/")[2:]
ROW = f"{MEASURE};{YEAR};{SOURCE};"


def test_a_comparison_table_that_says_what_is_in_force_is_recordable(desk: Desk, tmp_path: Path) -> None:
    ran = comparison(desk, tmp_path, f"{ROW}1 200 000,00;1 300 000,00\n", "--json")
    assert ran.code == 0, ran
    assert ran.json["mismatches"] == []
    assert (ran.json["more"], ran.json["less"], ran.json["balanced"]) == ("100000.00", "0.00", False)
    (line,) = ran.json["items"][0]["payload"]["data"]["lines"]
    assert (line["op"], line["amount"], line["stated_old"]) == ("set", "1300000.00", "1200000.00")


def test_a_row_whose_current_amount_is_not_in_force_is_named_and_asked_about(
    desk: Desk, tmp_path: Path
) -> None:
    ran = comparison(desk, tmp_path, f"{ROW}1 100 000;збільшити на 1600\n", "--lang", "uk")
    assert ran.code == 1
    assert "✗ рядок 2" in ran.out
    assert "1 100 000,00" in ran.out.replace("\u00a0", " ")
    assert "[old-mismatch]" in ran.out


def test_the_same_mismatch_may_be_acknowledged(desk: Desk, tmp_path: Path) -> None:
    text = f"{ROW}1 100 000;збільшити на 1600\n"
    ran = comparison(desk, tmp_path, text, "--json", "--acknowledge", "old-mismatch")
    assert ran.code == 0, ran
    payload = ran.json["items"][0]["payload"]
    assert payload["acknowledges"] == ["old-mismatch"]
    assert (payload["data"]["lines"][0]["op"], payload["data"]["lines"][0]["amount"]) == ("add", "1600.00")


def test_a_mismatch_in_a_row_that_changes_nothing_stops_too(desk: Desk, tmp_path: Path) -> None:
    ran = comparison(desk, tmp_path, f"{ROW}5;5\n", "--json")
    assert ran.code == 1
    assert ran.json["unchanged"] == 1
    assert [one["in_force"] for one in ran.json["mismatches"]] == ["1200000.00"]
    assert ran.json["items"] == []


@pytest.mark.parametrize("what", ["programme", "comparison", "actuals", "spending", "schedule", "votes"])
def test_every_template_is_a_workbook_that_is_not_written_over(desk: Desk, tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.xlsx"
    desk.ok("template", what, "--out", path)
    assert openpyxl.load_workbook(path).sheetnames
    assert desk.run("template", what, "--out", path).code == 2


@pytest.mark.parametrize(
    "wrong", [("--annex", "passport"), ("--annex", "tree", "--effective", "1.6.2031"), ("--person", "p-9")]
)
def test_an_edition_asked_for_wrongly_is_a_question_of_usage(
    desk: Desk, filled: Path, wrong: tuple[str, ...]
) -> None:
    words = ["import-edition", PROGRAMME, filled, "--out", filled.parent / "out", "--act", "a"]
    given = {"--annex": "tree", "--effective": "2031-06-01"}
    given |= dict(zip(wrong[::2], wrong[1::2], strict=True))
    flat = [word for pair in given.items() for word in pair]
    assert desk.run(*words, *flat).code == 2
