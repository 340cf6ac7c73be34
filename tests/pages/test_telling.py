"""What the door says, in words of people: figures, days, names, entry numbers and paths of cells."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from api.pages.page import Page
from api.pages.telling import Teller
from api.pages.wording import Words

EVENT = "01a1f555-9b0e-77e9-bb8e-8f848fb94086"
NAMES = {"p-12": "Ольга Коваль", "finance-head": "Начальниця фінансів", "town-3-2026-01-22": "№ 3-н"}
SOURCES = {"local": "місцевий бюджет", "oblast": "обласний бюджет"}


def teller(language: Any = "uk") -> Teller:
    identity = SimpleNamespace(zone=ZoneInfo("Europe/Kyiv"))
    page = SimpleNamespace(language=language, context=SimpleNamespace(identity=identity))
    return Teller(cast("Page", page), Words(language, "telling"), NAMES, SOURCES)


def said(text: str, *, events: Any = (), figures: Any = ()) -> str:
    return teller().sentence({"uk": text, "en": text}, events, figures).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("план 1250000.50, факт −", "план 1 250 000,50, факт −"),
        ("різниця -2000.00.", "різниця −2 000,00."),
        ("(local): 70.00 → +5.00", "(місцевий бюджет): 70,00, додано 5,00"),
        ("(local): 1170.00 → +-20.00; далі", "(місцевий бюджет): 1 170,00, зменшено на 20,00; далі"),
        ("діє з 2025-01-01 – 2025-03-26", "діє з 01.01.2025 – 26.03.2025"),
        ("за 2025-Q1 і 2025-H2", "за 1 квартал 2025 року і 2 півріччя 2025 року"),
        ("за 2025-03", "за березень 2025"),
        ("(2026-10-16T19:43:10.494088Z)", "(16.10.2026, 22:43)"),
        ("p-12 (finance-head)", "Ольга Коваль (Начальниця фінансів)"),
        ("Рішення town-3-2026-01-22 від 2026-01-22", "Рішення № 3-н від 22.01.2026"),
        ("2025 рік (local)", "2025 рік (місцевий бюджет)"),
        ("розбіжності: бракує погоджень (endorsements-missing). Далі", "розбіжності: бракує погоджень. Далі"),
        ("3.3.2/2025/local: немає", "3.3.2, 2025 рік, місцевий бюджет: немає"),
        ("/financing/3.3.2/2025/local: 5.00", "План: захід 3.3.2, 2025 рік, місцевий бюджет: 5,00"),
        ("рядок 0117530.2620.general._, далі", "рядок КПКВК 0117530, КЕКВ 2620, фонд: загальний, далі"),
    ],
)
def test_figures_days_and_names_are_written_as_people_write_them(text: str, shown: str) -> None:
    assert said(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "індикатор 3.3.4 і завдання 3.10 та 1.14",
        "«на 2022-01-01 сплачено 5000.00 (local)»",
        "“p-12 has 5000.00”",
        "невідомий office-of-nobody",
        "№ 1–118",
    ],
)
def test_printed_codes_words_of_papers_and_unknown_names_stay_as_they_are(text: str) -> None:
    assert said(text) == text


def test_a_short_amount_is_one_only_where_the_figures_say_so() -> None:
    assert said("усього 45.50") == "усього 45.50"
    assert said("усього 45.50", figures={"sum": ["45.50"]}) == "усього 45,50"


def test_a_value_is_written_with_a_comma_where_the_figures_say_that_it_is_one() -> None:
    figures = {"indicator": "2.1", "value": "3.5", "writes": [{"new": "84.125"}]}
    shown = "Індикатор 2.1: 3,5 (84,125); пункт 4.5"
    assert said("Індикатор 2.1: 3.5 (84.125); пункт 4.5", figures=figures) == shown


def test_a_code_that_reads_like_the_value_is_not_touched() -> None:
    text = "Індикатор 3.5, за рік: 3.5"
    assert said(text, figures={"indicator": "3.5", "value": "3.5"}) == text


def test_an_entry_is_called_by_its_number_and_never_by_its_id() -> None:
    assert said(f"Зміна {EVENT} внесена", events=[{"event": EVENT, "index": 97}]) == "Зміна № 98 внесена"


def test_a_programme_is_called_by_its_title_where_an_entry_has_but_its_id() -> None:
    named = replace(teller(), programmes={"town-digital-2025": "Програма «Місто»"})
    told = "Затверджено програму «town-digital-2025» (частина 2 з 2)"
    assert named.sentence({"uk": told}) == "Затверджено програму «Програма «Місто»» (частина 2 з 2)"
    assert named.sentence({"uk": "«town-digital»"}) == "«town-digital»"


@pytest.mark.parametrize(
    ("path", "uk", "en"),
    [
        (
            "/paid/1.1/2025/local/2025-Q3/ytd",
            "Касові видатки: захід 1.1, місцевий бюджет, 3 квартал 2025 року, з початку року",
            "Paid: measure 1.1, місцевий бюджет, quarter 3 of 2025, year to date",
        ),
        (
            "/appropriation/1.1/2025/oblast.0217520._.special._",
            "Призначення: захід 1.1, 2025 рік, обласний бюджет, КПКВК 0217520, фонд: спеціальний",
            "Appropriation: measure 1.1, 2025, обласний бюджет, KPKVK 0217520, fund: special",
        ),
        ("/indicators/3.1.1/targets/2026", "Індикатор 3.1.1: ціль, 2026", "Indicator 3.1.1: target, 2026"),
        ("/paid/1.1", "/paid/1.1", "/paid/1.1"),
        ("/unheard/of", "/unheard/of", "/unheard/of"),
    ],
)
def test_a_cell_has_a_name_in_both_languages(path: str, uk: str, en: str) -> None:
    assert teller().cell(path) == uk
    assert teller("en").cell(path) == en


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("/evaluation/2025/rating", "partly", "частково ефективна"),
        ("/evaluation/2025/figures", "ab" * 32, "abababababab…"),
        ("/indicators/1.1/kind", "boolean", "так чи ні"),
        ("/indicators/1.1/name", "boolean data", "boolean data"),
        ("/passport/executors", ["Відділ", "Рада"], "Відділ; Рада"),
        ("/paid/1.1/2025/local/2025-Q3/ytd", "1250.50", "1\xa0250,50"),
    ],
)
def test_a_value_is_told_in_words_where_it_is_one_of_a_short_list(
    path: str, value: object, shown: str
) -> None:
    assert teller().value(path, value) == shown


def test_how_long_entries_stood_without_an_anchor_is_written_with_a_comma() -> None:
    assert said("проміжок – 888.0 год", figures={"largest_gap_hours": "888.0"}) == "проміжок – 888,0 год"
