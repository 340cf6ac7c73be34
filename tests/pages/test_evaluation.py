"""The evaluation page: what the door computes, what was signed of it, and no judgement of its own."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.pages.looking import links_of, opened, text_of, twins_of

PAGE = "/programmes/belz-digital-2025/evaluation"
V1 = f"/v1{PAGE}"


def test_the_page_shows_the_doors_figures(demo_site: TestClient) -> None:
    found = demo_site.get(f"{V1}?year=2025").json()
    page = text_of(opened(demo_site, f"{PAGE}?year=2025"))
    assert found["sha256"] in page
    for name in ("projects", "results", "indicators"):
        assert text_of(found["summaries"][name]["uk"]) in page
    assert "Разом 30 000,00 82 000,00 45 000,00 41 500,00 0,5061" in page


def test_the_signed_conclusion_comes_first_with_its_signer_and_what_it_looked_at(
    demo_site: TestClient,
) -> None:
    concluded = demo_site.get(f"{V1}?year=2025").json()["conclusion"]
    html = opened(demo_site, f"{PAGE}?year=2025")
    page = text_of(html)
    assert "частково ефективна" in page
    assert concluded["conclusion"] in page
    assert "числа ті самі, що підписано" in page
    assert f"/events/{concluded['event']}" in links_of(html)
    looked = concluded["figures"]
    assert f"{PAGE}?year=2025&as_of={looked['as_of']}&known={looked['known']}" in links_of(html)


def test_a_year_that_nobody_concluded_says_so(demo_site: TestClient) -> None:
    page = text_of(opened(demo_site, f"{PAGE}?year=2026"))
    assert "Висновку за 2026 рік ще не підписано" in page
    assert "не визначено" in page


def test_a_year_outside_the_term_is_said_to_be_one(demo_site: TestClient) -> None:
    assert "2030 рік не входить у строк" in text_of(opened(demo_site, f"{PAGE}?year=2030"))


@pytest.mark.parametrize(
    ("as_of", "year"), [("2026-02-01", "2025"), ("2025-06-01", "2025"), ("2027-01-05", "2026")]
)
def test_without_a_year_the_last_finished_one_is_shown(demo_site: TestClient, as_of: str, year: str) -> None:
    assert f"Оцінка за {year} рік" in opened(demo_site, f"{PAGE}?as_of={as_of}")


@pytest.mark.parametrize("year", ["x", "20250", "2025.5"])
def test_a_year_that_is_none_is_refused_as_a_page(demo_site: TestClient, year: str) -> None:
    answer = demo_site.get(f"{PAGE}?year={year}")
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_figures_open_their_stories(demo_site: TestClient) -> None:
    links = links_of(opened(demo_site, f"{PAGE}?year=2025"))
    assert any("path=%2Ffinancing%2F3.3.2%2F2025%2Flocal" in link for link in links)
    assert any("path=%2Factuals%2F3.3.4%2F2025%2Fperiod" in link for link in links)


@pytest.mark.parametrize("lang", ["", "&lang=en"])
def test_the_twins_have_the_same_query(demo_site: TestClient, lang: str) -> None:
    twins = twins_of(opened(demo_site, f"{PAGE}?year=2025&as_of=2026-03-01&known=118{lang}"))
    assert len(twins) == 2
    for twin in twins:
        assert "year=2025" in twin
        assert "as_of=2026-03-01" in twin
        assert demo_site.get(twin).status_code == 200
