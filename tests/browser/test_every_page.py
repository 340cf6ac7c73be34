"""Every page, in both languages and colour schemes: nothing for axe-core to find, nothing out of view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]  # it has no types; only its place is asked
import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import SECONDS_MAX, Site, Tab
from tests.pages.catalogue import one_of_each, pages

pytestmark = pytest.mark.thorough

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf8")
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
FOUND = "resultTypes: ['violations']"  # what passes is not listed: half the time
WHOLE = f"axe.run(document, {{runOnly: {RULES}, {FOUND}}})"
# What another colour scheme can change, in any language.
COLOURS = (
    "axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}, "
    f"{FOUND}}})"
)
NARROW = 320  # CSS pixels: WCAG 2.2, 1.4.10


class Asked:
    def __init__(self, url: str) -> None:
        self._url = url

    def json(self, path: str) -> Any:
        return httpx.get(self._url + path, timeout=60, trust_env=False).raise_for_status().json()


@pytest.fixture(scope="module")
def addresses(site: Site) -> dict[str, str]:
    return dict(pages(Asked(site.url)))


@pytest.fixture(scope="module")
def shared(chromium: Browser) -> Iterator[Page]:
    """One tab for many pages: a new one each would cost more than the pages."""
    context = chromium.new_context(locale="uk-UA", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(3 * SECONDS_MAX * 1000)
    yield context.new_page()
    context.close()


def found(tab: Page, script: str) -> list[str]:
    tab.evaluate(AXE)
    result = tab.evaluate(script)
    return [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"][:5]]


# Every page is dear; each template is looked at in every run, all pages, and in the dark, before a release.
WHICH = pytest.mark.parametrize("which", ["each-template", pytest.param("all", marks=pytest.mark.slow)])


def chosen(addresses: dict[str, str], which: str) -> dict[str, str]:
    return addresses if which == "all" else one_of_each(addresses)


@WHICH
@pytest.mark.parametrize("language", ["uk", pytest.param("en", marks=pytest.mark.slow)])  # the same elements
def test_axe_finds_nothing_on_any_page(
    site: Site, addresses: dict[str, str], shared: Page, language: str, which: str
) -> None:
    complaints: dict[str, list[str]] = {}
    heard = Tab()
    heard.watch(shared)
    for name, address in chosen(addresses, which).items():
        joined = "&" if "?" in address else "?"
        shared.emulate_media(color_scheme="light")
        answer = shared.goto(site.url + address + (f"{joined}lang=en" if language == "en" else ""))
        assert answer is not None
        if answer.status != 200:
            complaints[name] = [f"status {answer.status}"]
            continue
        told = found(shared, WHOLE)
        if which == "all":
            shared.emulate_media(color_scheme="dark")
            told += [f"dark: {one}" for one in found(shared, COLOURS)]
        if told:
            complaints[name] = told
    assert complaints == {}
    assert heard.unexpected() == []


@WHICH
def test_no_page_is_wider_than_a_narrow_screen(
    site: Site, addresses: dict[str, str], shared: Page, which: str
) -> None:
    wider: dict[str, int] = {}
    shared.set_viewport_size({"width": NARROW, "height": 800})
    for name, address in chosen(addresses, which).items():
        shared.goto(site.url + address)
        width = shared.evaluate("document.documentElement.scrollWidth")
        if width > NARROW:
            wider[name] = width
    shared.set_viewport_size({"width": 1280, "height": 900})
    assert wider == {}
