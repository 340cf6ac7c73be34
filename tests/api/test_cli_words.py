from __future__ import annotations

import json

import pytest
from rich.console import Console

from api.cli.screen import print_raw, safe
from api.cli.sheet import Column, show_rows
from api.cli.words import amount, header, present, value
from api.texts.language import Language

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("30000.00", f"30{NBSP}000,00"),
        ("0.00", "0,00"),
        ("999.10", "999,10"),
        ("-1234567.89", f"−1{NBSP}234{NBSP}567,89"),
        ("3.3.2", "3.3.2"),
        ("-", "-"),
    ],
)
def test_money_is_grouped_by_no_break_spaces_and_nothing_else_is_touched(given: str, shown: str) -> None:
    assert amount(given) == shown


@pytest.mark.parametrize("language", ["uk", "en"])
def test_none_blank_dash_removed_and_zero_are_five_different_answers(language: Language) -> None:
    shown = {value(given, language, money=True).plain for given in (None, "", "-", "removed", "0.00")}
    assert len(shown) == 5
    assert present(None, language) == value("removed", language)


def test_a_text_that_reads_like_a_mark_is_quoted() -> None:
    assert value("не встановлено", "uk").plain == "«не встановлено»"
    assert value(None, "uk").plain == "не встановлено"


def test_the_first_line_says_for_which_day_and_by_what_the_record_knew() -> None:
    answer = {"as_of": "2025-12-31", "known": {"position": 57, "recorded_at": ""}}
    assert header(answer, "uk") == "станом на 2025-12-31 за даними, зареєстрованими до № 57"


@pytest.mark.parametrize(
    ("witnessed", "uk", "en"),
    [
        (None, "№ 57", "№ 57"),
        (57, "№ 57; сервер каже: засвідчено", "№ 57; witnessed, the server says"),
        (60, "№ 57; сервер каже: засвідчено", "№ 57; witnessed, the server says"),
        (
            55,
            "№ 57; сервер каже: засвідчено лише до № 55",
            "№ 57; witnessed up to № 55 only, the server says",
        ),
        (0, "№ 57; сервер каже: ще не засвідчено", "№ 57; not witnessed yet, the server says"),
    ],
)
def test_the_first_line_says_whether_what_is_shown_was_witnessed(
    witnessed: int | None, uk: str, en: str
) -> None:
    answer = {"as_of": "2025-12-31", "known": {"position": 57, "recorded_at": ""}}
    assert header(answer, "uk", witnessed).endswith(uk)
    assert header(answer, "en", witnessed).endswith(en)


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\u2028", "\ud800"])
def test_what_a_terminal_would_obey_or_hide_is_shown_by_its_number(character: str) -> None:
    assert safe(f"a{character}b") == f"a<U+{ord(character):04X}>b"


def test_a_line_break_in_data_cannot_start_a_line_of_its_own() -> None:
    assert "\n" not in safe("назва\n№ 7 recorded")


def test_json_on_a_terminal_holds_no_raw_control_and_means_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    meant = {"title": "\x9b2J\u202e Їжак 🦔", "tag": "\U000e0041"}
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_raw(json.dumps(meant, ensure_ascii=False))
    shown = capsys.readouterr().out
    assert not set("\x9b\u202e\U000e0041") & set(shown)
    assert "Їжак 🦔" in shown
    assert json.loads(shown) == meant


COLUMNS = (
    Column("measure", "Захід", "Measure", "key", always=True),
    Column("plan", "План", "Plan", "money", always=True),
    Column("paid", "Касові", "Paid", "money"),
    Column("name", "Назва", "Name"),
)
ROWS = [
    {"measure": "3.3.2", "plan": "30000.00", "name": "Супроводження системи електронного документообігу"},
    {"measure": "3.3.4", "plan": "-", "name": "Назва без скорочень"},
]


@pytest.mark.parametrize("width", [12, *range(30, 100)])
def test_nothing_is_cut_however_narrow_the_screen(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show_rows(COLUMNS, ROWS, "uk")
    shown = capsys.readouterr().out
    words = {word for row in ROWS for word in row["name"].split()} | {"3.3.2", f"30{NBSP}000,00"}
    assert "…" not in shown
    assert words <= set(shown.replace("\n", " ").split(" "))


def test_a_column_without_a_value_is_named_as_not_set(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(COLUMNS, ROWS, "uk")
    assert "не встановлено: Касові" in capsys.readouterr().out


def test_no_colour_is_sent_where_none_is_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert Console().no_color
    show_rows(COLUMNS, [{"measure": "1", "plan": ""}], "en")
    assert "\x1b" not in capsys.readouterr().out
