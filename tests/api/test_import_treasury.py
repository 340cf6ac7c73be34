"""An extract of the treasury: two encodings, several delimiters, and every wrong cell named with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.importers.errors import ImportFileError
from api.importers.table import ROWS_MAX
from api.importers.treasury import SKIP, Extract, Wanted, read_extract, to_data
from ledger import canonical
from ledger.kinds import KINDS
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import Door
from tests.support.town import PROGRAMME, PROGRAMME_ID

__all__ = ["prompt"]
WANTED = Wanted(2025, "2025-06-30")
HEADER = "КПКВК;КЕКВ;Фонд;ZAT_AMT;PLANS_AMT;FAKT_AMT"
ROW = "0217520;2210;загальний;70,00;70.5;1 234,5"
LINE = {
    "kpkvk": "0217520",
    "kekv": "2210",
    "fund": "general",
    "approved": "70.00",
    "amended": "70.50",
    "paid": "1234.50",
}


def read(text: str | bytes, wanted: Wanted = WANTED) -> Extract:
    return read_extract(text if isinstance(text, bytes) else text.encode(), wanted)


def wrong(text: str | bytes, wanted: Wanted = WANTED) -> list[tuple[int, str, str]]:
    """(line, path, code) of every problem."""
    with pytest.raises(ImportFileError) as caught:
        read(text, wanted)
    return [(one.line, one.path, one.code) for one in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_encodings_give_the_same_whatever_a_header_claims(encoding: str, end: str) -> None:
    assert read(f"{HEADER}{end}{ROW}{end}".encode(encoding)).lines == (LINE,)


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00\x00", f"{HEADER}\n{ROW}\n".encode("utf-16"), b"\x98", b"a\x00b"]
)
def test_what_is_neither_is_no_text(raw: bytes) -> None:
    assert wrong(raw) == [(0, "", "not-text")]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters_and_quotes(delimiter: str) -> None:
    cells = ["0217520", "2210", "загальний фонд", "70.00", '"70,5"', '"1 234,5"']
    text = delimiter.join(HEADER.split(";")) + "\n" + delimiter.join(cells) + "\n"
    assert read(text).lines == (LINE,)


def test_columns_stand_in_any_order_and_unknown_ones_are_passed_over() -> None:
    text = "FAKT_AMT;NAME;fakt;PLANS_AMT;ZAT_AMT;COD_CONS_MB_PK\n1;а;9;2;3;0217520\n"
    assert read(text).lines == ({"kpkvk": "0217520", "approved": "3.00", "amended": "2.00", "paid": "1.00"},)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0", "0.00"),
        ("-12,5", "-12.50"),
        ("1\u00a0000\u00a0000,01", "1000000.01"),
        ("0,00", "0.00"),
        ("-0,00", "0.00"),
    ],
)
def test_an_amount_as_people_write_it(written: str, amount: str) -> None:
    assert read(f"{HEADER}\n0217520;;;;;{written}\n").lines[0]["paid"] == amount


@pytest.mark.parametrize(
    "written", ["1.234,50", "1,234.50", "12.345", "1e3", "-", "1_0", "١٢", "12 34", "+5", "1 000 00", "="]
)
def test_what_is_no_amount_is_never_guessed(written: str) -> None:
    assert wrong(f"{HEADER}\n0217520;;;1;1;{written}\n") == [(2, "/2/paid", "not-an-amount")]


def test_a_blank_amount_is_not_stated_and_a_row_of_blanks_is_refused() -> None:
    (line,) = read(f"{HEADER}\n0217520;;;;;5\n").lines
    assert line == {"kpkvk": "0217520", "paid": "5.00"}
    assert wrong(f"{HEADER}\n0217520;;;;;\n") == [(2, "/2/paid", "no-amount")]


def test_every_wrong_cell_is_named_at_once_with_its_line() -> None:
    rows = ["0217520;22100;новий;1;x;3", "0217520;2210;;1;2;3", "0217520;2210;;1;2;3"]
    assert wrong("\n".join([HEADER, *rows])) == [
        (2, "/2/amended", "not-an-amount"),
        (2, "/2/fund", "unknown-fund"),
        (2, "/2/kekv", "not-a-code"),
        (4, "/4", "duplicate-row"),
    ]


def test_a_row_of_another_width_is_named_before_its_cells_are_read() -> None:
    assert wrong(f"{HEADER}\n\n{ROW}\n0217520;2210;;1;x\n{ROW};\n") == [
        (4, "/4", "row-width"),
        (5, "/5", "row-width"),
    ]


def test_a_quote_that_never_ends_is_no_row() -> None:
    assert [code for _, _, code in wrong(f'{HEADER}\n"0217520;2210;;1;2;3\n')] == ["not-a-row"]


@pytest.mark.parametrize("header", ["КПКВК;ZAT_AMT;PLANS_AMT", "", "a;b", HEADER.replace(";", "|")])
def test_a_file_without_the_columns_is_refused(header: str) -> None:
    assert wrong(f"{header}\n") == [(1, "", "missing-column")]


def test_a_column_named_twice_is_refused() -> None:
    text = f"{HEADER};fakt_amt\n{ROW};2\n"
    assert wrong(text) == [(1, "/1/paid", "column-twice")]


def test_a_funds_code_means_what_the_caller_says_and_totals_are_left_out_by_saying_so() -> None:
    text = f"{HEADER}\n0217520;;Z;1;1;1\n0217520;;S;2;2;2\n0217520;;T;3;3;3\n"
    assert [code for *_, code in wrong(text)] == ["unknown-fund"] * 3
    funds = {"Z": "general", "s": "special", "T": SKIP}
    found = read(text, Wanted(2025, "2025-06-30", funds=funds))
    assert [(line["fund"], line["paid"]) for line in found.lines] == [
        ("general", "1.00"),
        ("special", "2.00"),
    ]
    assert found.skipped == 1


def test_only_the_extracts_own_month_and_programmes_are_taken() -> None:
    text = "REP_PERIOD;COD_CONS_MB_PK;ZAT_AMT;PLANS_AMT;FAKT_AMT\n"
    text += "05.2025;0217520;1;1;1\n06.2025;0217520;1;1;2\n06.2025;0210150;1;1;9\n06.2025;Разом;1;1;9\n"
    wanted = Wanted(2025, "2025-06-30", frozenset(["0217520"]))
    found = read(text, wanted)
    assert [line["paid"] for line in found.lines] == ["2.00"]
    assert found.skipped == 3
    assert wrong(text, Wanted(2025, "2025-07-31", frozenset(["0217520"]))) == [(0, "", "no-lines")]
    late = text.replace("06.2025", "12.2025")
    assert read(late, Wanted(2025, "2026-01-15", frozenset(["0217520"]))).lines[0]["paid"] == "2.00"
    assert wrong(text.replace("05.2025", "2025-05"), wanted) == [(2, "/2/period", "not-a-period")]


def test_one_extract_is_of_one_budget() -> None:
    text = "COD_BUDGET;KPKVK;ZAT_AMT;PLANS_AMT;FAKT_AMT\n1356300000;0217520;1;1;1\n{};0217521;1;1;1\n"
    assert read(text.format("1356300000")).budget == "1356300000"
    assert wrong(text.format("1356400000")) == [(3, "/3/budget", "another-budget")]


def test_twenty_thousand_rows_and_not_one_more() -> None:
    rows = "".join(f"{n:07};;;1;1;1\n" for n in range(ROWS_MAX))
    assert len(read(f"{HEADER}\n{rows}").lines) == ROWS_MAX
    assert wrong(f"{HEADER}\n{rows}9999999;;;1;1;1\n") == [(ROWS_MAX + 2, "", "too-many-rows")]


def test_a_large_extract_becomes_as_many_events_as_it_needs() -> None:
    rows = "".join(f"{n:07};2210;загальний;1;1;1\n" for n in range(1000))
    found = read(f"{HEADER}\n{rows}")
    parts = list(to_data(found, WANTED, "extract.csv"))
    assert len(parts) > 1
    assert [line for part in parts for line in part["lines"]] == list(found.lines)
    for part in parts:
        assert len(canonical.dumps(part)) <= 28_000
        KINDS["treasury.imported"].data.model_validate(part | {"lines": tuple(part["lines"])})


def arguments(path: Path, out: Path, *more: object) -> list[Any]:
    return ["import-treasury", PROGRAMME_ID, path, "--day", "2025-06-30", "--out", out, *more]


def test_the_command_writes_drafts_that_the_door_takes(prompt: Prompt, door: Door) -> None:
    path = prompt.home / "extract.csv"
    path.write_bytes(f"{HEADER}\n{ROW}\n".encode("cp1251"))
    ran = prompt.ok(*arguments(path, prompt.home / "out", "--person", "p-1", "--office", "o-1"))
    draft = json.loads((prompt.home / "out" / "01-treasury.json").read_text(encoding="utf8"))
    assert (draft["kind"], draft["subject"]) == ("treasury.imported", PROGRAMME)
    assert draft["signers"] == [{"person": "p-1", "office": "o-1"}]
    assert draft["data"] == {"year": 2025, "day": "2025-06-30", "source": "extract.csv", "lines": [LINE]}
    assert "1" in ran.out
    door.say(draft["kind"], draft["subject"], draft["data"])


def test_the_command_names_every_problem_and_writes_nothing(prompt: Prompt) -> None:
    path = prompt.home / "extract.csv"
    path.write_text(f"{HEADER}\n0217520;;;1;x;1\n", encoding="utf8")
    for lang, words in (("uk", "не є сумою"), ("en", "no amount in hryvnias")):
        ran = prompt.run(*arguments(path, prompt.home / "out", "--lang", lang))
        assert ran.code == 1
        assert words in ran.err
    assert not (prompt.home / "out").exists()


@pytest.mark.parametrize(
    "more", [("--fund", "T"), ("--fund", "T=total"), ("--fund", "=general"), ("--person", "p-1")]
)
def test_the_command_is_used_wrongly(prompt: Prompt, more: tuple[str, ...]) -> None:
    path = prompt.home / "extract.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf8")
    assert prompt.run(*arguments(path, prompt.home / "out", *more)).code == 2


@pytest.mark.parametrize("day", ["2025-6-30", "30.06.2025", "20250630", "2025-02-30"])
def test_a_day_is_written_in_one_way(prompt: Prompt, day: str) -> None:
    path = prompt.home / "extract.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf8")
    words = ["import-treasury", PROGRAMME_ID, path, "--day", day, "--out", prompt.home / "out"]
    assert prompt.run(*words).code == 2
