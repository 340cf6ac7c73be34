"""A real Chromium before a real server; skipped, and said so, where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from api.settings import Settings
from tests.api.running import running
from tests.support.demo import PROGRAMME, demo_copy, demo_model

__all__ = ["demo_model"]
NO_CHROMIUM = "Chromium is not here: apt-get install chromium"
ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS_MAX = 20  # of one step: a loaded machine is slow, a page that hangs is not waited for


@dataclass(frozen=True, slots=True)
class Site:
    """A server over a copy of the demo's ledger. data: its folder; keys in demo-keys/, passphrase `demo`."""

    url: str
    data: Path
    programme: str = PROGRAMME

    def key(self, person: str) -> Path:
        return self.data / "demo-keys" / f"{person}.pem"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return found
    pytest.skip(NO_CHROMIUM)


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """Of this file alone: while it runs, its event loop keeps others of this thread from running."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(chromium_path: str, driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=chromium_path, args=list(ARGS))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def site(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the tests of a file: what one of them writes the next ones find."""
    data = demo_copy(demo_model, tmp_path_factory.mktemp("site") / "data")
    with running(Settings(data=data, demo=True)) as url:
        yield Site(url, data)


class Tab:
    """What a test may say of a page's own errors: those that it provokes are named beforehand."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not any(one in text for one in self.expected)]


@pytest.fixture
def complaints() -> Tab:
    """Set `.expected` to pieces of console errors that the test provokes, e.g. ("409",)."""
    return Tab()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(locale="uk-UA", viewport={"width": 1280, "height": 900})
    made.set_default_timeout(SECONDS_MAX * 1000)
    yield made
    made.close()


@pytest.fixture
def tab(window: BrowserContext, complaints: Tab) -> Iterator[Page]:
    """A page in a window of its own; errors of its console, refused scripts among them, fail the test."""
    page = window.new_page()
    complaints.watch(page)
    yield page
    assert not complaints.unexpected()
