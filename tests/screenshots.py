"""`make screenshots`: every page at two widths, to be looked at, in build/screenshots."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from api.demo.run import run_demo
from api.settings import Settings
from tests.api.running import running
from tests.browser.conftest import ARGS
from tests.browser.test_every_page import Asked
from tests.pages.catalogue import pages
from tests.support.ports import free_port

WIDTHS: Final = (1280, 360)
# What is also pictured in English and in the dark, where one page of a kind is enough.
TWICE: Final = frozenset({"start", "programme", "compare", "history", "work", "findings", "verify", "search"})


def main(folder: Path, only: str = "") -> int:
    """only: a piece of the names of the pages to picture. Returns 0, or 1 where a page did not answer."""
    executable = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if executable is None:
        print("Chromium is not here: apt-get install chromium", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        if run_demo(data, free_port(), check=True):
            return 1
        with running(Settings(data=data, demo=True)) as url, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=executable, args=list(ARGS))
            wrong = sum(
                _picture(browser, url, folder, name, address)
                for name, address in pages(Asked(url))
                if only in name
            )
            browser.close()
    print(folder)
    return 1 if wrong else 0


def _picture(browser: Browser, url: str, folder: Path, name: str, address: str) -> int:
    """How many of its pictures show a page that did not answer."""
    wrong = 0
    for width in WIDTHS:
        for kind in ("", "-dark", "-en") if name in TWICE else ("",):
            tab = browser.new_page(
                viewport={"width": width, "height": 900}, color_scheme="dark" if kind == "-dark" else "light"
            )
            joined = "&" if "?" in address else "?"
            answer = tab.goto(url + address + (f"{joined}lang=en" if kind == "-en" else ""), timeout=60_000)
            wrong += answer is None or answer.status != 200
            tab.screenshot(path=folder / f"{name}-{width}{kind}.png", full_page=True)
            tab.close()
    return wrong


if __name__ == "__main__":
    raise SystemExit(main(Path("build/screenshots"), *sys.argv[1:2]))
