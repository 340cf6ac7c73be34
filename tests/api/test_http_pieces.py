"""The small pieces under the door: languages, CSV, settings, links."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.csv_table import encode, to_csv
from api.settings import Settings
from api.texts.language import preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "uk"),
        ("uk", "uk"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("uk,en;q=0.9", "uk"),
        ("en;q=0.8,uk;q=0.9", "uk"),
        ("de,en;q=0.5", "en"),
        ("*", "uk"),
        ("en;q=0", "uk"),
        ("en;q=nan", "uk"),
        ("en;q=2", "uk"),
        (";;,,q=", "uk"),
    ],
)
def test_ukrainian_unless_english_is_preferred(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text(max_size=300))
def test_any_language_header_has_an_answer(header: str) -> None:
    assert preferred(header) in ("uk", "en")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, ""),
        ("", "blank"),
        ("-", "-"),
        ("0.00", "0.00"),
        ("-30.00", "-30.00"),
        ("85%", "85%"),
        ("removed", "removed"),
        (True, "true"),
        (7, "7"),
        (["a", "b"], "a; b"),
        ("=1+1", "'=1+1"),
        ("+10", "'+10"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("-1+1", "'-1+1"),
    ],
)
def test_a_field_keeps_the_four_answers_apart_and_is_no_formula(value: object, field: str) -> None:
    assert encode(value) == field


@given(
    st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20))
)
def test_a_table_can_be_read_back(texts: list[str]) -> None:
    body = to_csv(["a"], [{"a": text} for text in texts]).decode()
    rows = list(csv.reader(io.StringIO(body, newline="")))
    assert rows == [["a"], *([encode(text)] for text in texts)]
    assert not any(row[0][:1] in ("=", "@", "\t", "\r", "\n") for row in rows)


def test_settings_come_from_arguments_and_then_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLEDGER_DATA", str(tmp_path))
    monkeypatch.setenv("PLEDGER_DEMO", "true")
    assert Settings() == Settings(data=tmp_path, demo=True)
    assert Settings(data=tmp_path / "other", demo=False).data == tmp_path / "other"
    monkeypatch.setenv("PLEDGER_WAIT_SECONDS", "-1")
    with pytest.raises(ValidationError):
        Settings()
