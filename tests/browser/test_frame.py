"""The frame of all pages: no error in the console, nothing from elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.thorough


def test_the_front_page_opens_without_an_error_and_asks_nobody_else(site: Site, tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(site.url)
    expect(tab.locator("h1")).to_have_count(1)
    assert asked
    assert all(url.startswith(site.url) for url in asked)
    assert tab.context.cookies() == []
