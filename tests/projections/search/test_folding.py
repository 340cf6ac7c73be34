"""Words as search compares them: written however, found the same."""

from __future__ import annotations

import pytest

from projections.search.folding import Term, fold, terms_of, words_of


def finds(question: str, text: str) -> bool:
    """As the tables do it: every term is a word, or begins one."""
    words = words_of(text)
    return bool(terms_of(question)) and all(
        term.word in words if term.exact else any(term.word <= word < term.until for word in words)
        for term in terms_of(question)
    )


@pytest.mark.parametrize("sign", ["'", "\u2019", "\u02bc", "`", "\u2018", "\u00b4"])
def test_every_apostrophe_is_the_same_and_may_be_left_out(sign: str) -> None:
    assert finds(f"зобов{sign}язання", "зобов\u2019язання")
    assert finds("зобовязання", f"Зобов{sign}язання за договором")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("ДОКУМЕНТООБІГ", "система документообігу"),
        ("документообігу", "Документообіг"),
        ("доку\u00adмент", "документ"),
        ("докуме\u0301нт", "документ"),
        ("документ", "доку\u00adменту"),
        ("ґанок", "ганок"),
        ("ганок", "Ґанок"),
        ("електронний документообіг", "е-документообіг та електронна черга"),
        ("закупівля планшетів", "Закупівлі планшета"),
        ("планше", "планшетів"),
        ("20.02.2025", "рішення 2025-02-20"),
        ("2025-02-20", "рішення від 20.02.2025 р."),
        ("45 000,00", "45000.00"),
        ("45000,00", "45000.00"),
        ("45\u00a0000,00", "45000.00"),
        ("3.3.2", "захід 3.3.2: система"),
        ("№512", "рішення 512"),
        ("цифрова", "«Цифрова Белзщина»"),
        ("belz", "belz-digital-2025"),
        ("е-документообіг", "система е-документообігу"),
        ("2024", "на 2022-2024 роки"),
        ("45000", "45000.00"),
        ("їжак", "їжак"),
    ],
)
def test_what_is_meant_is_found(question: str, text: str) -> None:
    assert finds(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("3.3.2", "захід 3.3.20"),
        ("3.3", "захід 3.3.2"),
        ("35", "№ 350"),
        ("їжак", "іжак"),
        ("майка", "маика"),
        ("документ планшет", "лише документ"),
        ("обіг", "документообіг"),
        ("45 000,00", "45000.01"),
    ],
)
def test_what_is_not_meant_is_not_found(question: str, text: str) -> None:
    assert not finds(question, text)


def test_short_words_and_those_with_digits_are_looked_for_whole() -> None:
    assert terms_of("е 4g закон") == [Term("е", True), Term("4g", True), Term("закон", False)]


@pytest.mark.parametrize(
    "hostile", ['"', "* OR *", '") --', "NEAR(", "%_%", "\x00", "\ud7ff", "  ", "()", "№"]
)
def test_nothing_is_an_operator(hostile: str) -> None:
    for term in terms_of(hostile):
        assert term.word.isalnum()


def test_letters_stay_letters_of_their_own() -> None:
    assert fold("Й Ї й ї") == "й ї й ї"
    assert fold("и\u0306") == "й"
