"""Every page with data names its twins, with its own query; both answer."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.pages.catalogue import WITHOUT_DATA, one_of_each, pages

TWIN = re.compile(r'<a href="([^"]+)" data-twin="(json|csv)"')
LINK = re.compile(r'(?:href|src|action)="([^"]*)"')
# Parameters of a page that choose how it is shown, not what: its twin need not have them.
# `by` of a programme groups the same rows: its twin has the totals of every grouping.
SHOWING = frozenset({"lang", "by"})


class Asked:
    def __init__(self, client: TestClient) -> None:
        self._client = client

    def json(self, path: str) -> Any:
        answer = self._client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def shown(demo_site: TestClient) -> dict[str, tuple[str, str]]:
    """Address and HTML of every page."""
    found: dict[str, tuple[str, str]] = {}
    for name, address in pages(Asked(demo_site)):
        answer = demo_site.get(address)
        assert answer.status_code == 200, (name, address, answer.status_code)
        found[name] = address, answer.text
    return found


def test_every_page_with_data_has_twins_that_answer(
    demo_site: TestClient, shown: dict[str, tuple[str, str]]
) -> None:
    lacking: dict[str, object] = {}
    for name, (_, html) in shown.items():
        twins = [(unescape(url), kind) for url, kind in TWIN.findall(html)]
        kinds = {kind for _, kind in twins}
        if name not in WITHOUT_DATA and kinds != {"json", "csv"}:
            lacking[name] = kinds
        for url, kind in twins:
            answer = demo_site.get(url)
            media = answer.headers.get("content-type", "")
            if answer.status_code != 200 or kind not in media:
                lacking[f"{name} {url}"] = (answer.status_code, media)
    assert lacking == {}


def test_a_page_s_own_query_is_in_one_of_its_twins(shown: dict[str, tuple[str, str]]) -> None:
    lost: dict[str, object] = {}
    for name, (address, html) in shown.items():
        asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        asked = {key: value for key, value in asked.items() if key not in SHOWING}
        if name in WITHOUT_DATA or not asked:
            continue
        queries = [parse_qs(urlsplit(unescape(url)).query) for url, _ in TWIN.findall(html)]
        if not any(all(query.get(key) == [value] for key, value in asked.items()) for query in queries):
            lost[name] = asked
    assert lost == {}


@pytest.mark.parametrize("which", ["each-template", pytest.param("all", marks=pytest.mark.slow)])
def test_every_link_of_every_page_leads_somewhere(
    demo_site: TestClient, shown: dict[str, tuple[str, str]], which: str
) -> None:
    """Each address once; those of other servers are for readers alone."""
    names = shown if which == "all" else one_of_each({name: address for name, (address, _) in shown.items()})
    places: dict[str, str] = {}
    for name in names:
        _, html = shown[name]
        for url in LINK.findall(html):
            plain = unescape(url).partition("#")[0]
            if plain.startswith("/") and "{" not in plain:
                places.setdefault(plain, name)
    broken: dict[str, object] = {}
    for url, name in places.items():
        if "/bundle" in url or "/print/" in url or url.startswith("/v1/files/"):
            continue  # dear to make; tested by themselves
        answer = demo_site.get(url)
        if answer.status_code not in (200, 303, 307):
            broken[url] = (name, answer.status_code)
    assert broken == {}


def test_no_page_has_a_script_or_a_style_of_its_own(shown: dict[str, tuple[str, str]]) -> None:
    wrong = {
        name: found[0]
        for name, (_, html) in shown.items()
        if (found := re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", html))
    }
    assert wrong == {}


def test_every_anchor_within_a_page_is_there(shown: dict[str, tuple[str, str]]) -> None:
    lost: dict[str, set[str]] = {}
    for name, (_, html) in shown.items():
        ids = set(re.findall(r'\sid="([^"]+)"', html))
        missing = {unescape(url)[1:] for url in LINK.findall(html) if url.startswith("#")} - ids
        if missing:
            lost[name] = missing
    assert lost == {}
