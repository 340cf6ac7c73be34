"""Widgets: other sites may frame them, and nothing else; they say state, dates and source themselves."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.pages.looking import links_of, opened, text_of, twins_of

PROGRAMME = "belz-digital-2025"
BUDGET = f"/widgets/{PROGRAMME}/budget"
CHART = f"/widgets/{PROGRAMME}/indicators/3.1.2"


@pytest.mark.parametrize("address", [BUDGET, CHART, f"{BUDGET}?lang=en&year=2025"])
def test_a_widget_may_be_framed_by_any_site_and_runs_nothing(demo_site: TestClient, address: str) -> None:
    answer = demo_site.get(address)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "x-frame-options" not in answer.headers
    assert answer.headers.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script|<form|<style|style=|\son[a-z]+=", answer.text)


@pytest.mark.parametrize(
    "address",
    ["/", "/widgets", f"/widgets?programme={PROGRAMME}", f"/programmes/{PROGRAMME}/indicators", "/v1"],
)
def test_no_other_page_may_be_framed(demo_site: TestClient, address: str) -> None:
    headers = demo_site.get(address).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("address", [BUDGET, CHART])
def test_a_widget_says_its_state_and_leads_to_its_source(demo_site: TestClient, address: str) -> None:
    html = opened(demo_site, f"{address}?as_of=2025-12-31&known=90")
    assert "Стан на 31.12.2025" in text_of(html)
    assert "записи № 1–90" in text_of(html)
    links = re.findall(r"<a [^>]*>", html)
    assert links
    assert all('target="_blank"' in tag and 'rel="noopener"' in tag for tag in links)
    source = [link for link in links_of(html) if link.startswith(f"/programmes/{PROGRAMME}")]
    assert any("as_of=2025-12-31&known=90" in link for link in source)


def test_the_budget_shows_the_doors_figures_and_keeps_empties_apart(demo_site: TestClient) -> None:
    page = text_of(opened(demo_site, f"{BUDGET}?year=2025"))
    total = demo_site.get(f"/v1/programmes/{PROGRAMME}/budget?year=2025").json()["totals"]["all"][0]
    assert total["amended"] == "82000.00"
    assert "Разом за 2025 рік 30 000,00 82 000,00 45 000,00 41 500,00" in page
    assert "не встановлено" in page
    assert "порожньо" in text_of(opened(demo_site, f"{BUDGET}?year=2026"))
    assert "На 2030 рік нічого не встановлено" in text_of(opened(demo_site, f"{BUDGET}?year=2030"))


def test_the_chart_stands_beside_the_same_numbers(demo_site: TestClient) -> None:
    html = opened(demo_site, CHART)
    assert "Факт 2025 року: 88\u00a0%." in unescape(html)
    assert re.search(r"90 % 88 % .* не досягнуто", text_of(html).partition("Ціль на дату")[2])


def test_an_indicator_that_there_is_not_yet_says_so_in_the_frame(demo_site: TestClient) -> None:
    page = text_of(opened(demo_site, f"{CHART}?as_of=2025-01-01"))
    assert "немає індикатора 3.1.2" in page


@pytest.mark.parametrize("address", [BUDGET, CHART])
def test_the_twins_of_a_widget_answer(demo_site: TestClient, address: str) -> None:
    twins = twins_of(opened(demo_site, address))
    assert len(twins) == 2
    for twin in twins:
        assert demo_site.get(twin).status_code == 200


def test_the_code_to_paste_leads_to_widgets_that_are_there(demo_site: TestClient) -> None:
    html = opened(demo_site, f"/widgets?programme={PROGRAMME}")
    codes = [unescape(code) for code in re.findall(r"<code>(.*?)</code>", html)]
    assert len(codes) == 22
    for code in codes:
        found = re.fullmatch(
            r'<iframe src="http://[^/"]+(/widgets/[^"]+)" title="[^"]+" [^<]*></iframe>', code
        )
        assert found is not None, code
        assert demo_site.get(found[1]).status_code == 200
