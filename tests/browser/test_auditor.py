"""The auditor's way: from the front page to a figure, its story, its event, and a bundle that verifies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from ledger.verify.anchors import Anchors
from ledger.verify.bundle import verify_bundle
from tests.browser.conftest import Site

pytestmark = pytest.mark.thorough

PLAN = "/financing/3.3.2/2025/local"


def asked(site: Site, path: str) -> dict[str, object]:
    answer = httpx.get(site.url + path, timeout=60, trust_env=False)
    answer.raise_for_status()
    content: dict[str, object] = answer.json()
    return content


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_from_the_front_page_to_a_verified_figure(site: Site, tab: Page, tmp_path: Path) -> None:
    tab.goto(site.url)
    tab.get_by_role("link", name=re.compile("Цифрова Белзщина")).first.click()
    tab.get_by_label("Станом на").first.fill("31.12.2025")
    tab.get_by_role("button", name="Показати").click()
    expect(tab).to_have_url(re.compile(r"as_of=2025-12-31"))
    expect(tab.locator(".stateline")).to_contain_text("31.12.2025")
    tab.locator(f'a[href*="path={PLAN.replace("/", "%2F")}"]').first.click()
    expect(tab.locator("h1")).to_be_visible()
    shown = plain(tab.locator("main").inner_text())
    told = asked(site, f"/v1/programmes/{site.programme}/blame?path={PLAN}&as_of=2025-12-31")
    items = told["items"]
    assert isinstance(items, list)
    amount = plain(f"{float(items[0]['value']):,.2f}".replace(",", " ").replace(".", ","))
    assert amount in shown
    tab.locator(f'main a[href^="/events/{items[0]["event"]}"]').first.click()
    expect(tab.locator("#checks, .checks").first).to_be_visible()
    with tab.expect_download() as begun:
        tab.locator('a[href*="/bundle"]').first.click()
    bundle = tmp_path / "event.zip"
    begun.value.save_as(bundle)
    trust = json.loads((site.data / "trust.json").read_text())
    anchors = Anchors(trust["origin"], trust["genesis"], trust["log_key"])
    assert verify_bundle(bundle, anchors).verdict == "verified"
    command = [
        sys.executable,
        "-m",
        "api.cli.main",
        "verify",
        str(bundle),
        "--trust",
        str(site.data / "trust.json"),
    ]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_frozen_link_shows_the_same_after_later_events(site: Site, tab: Page) -> None:
    """What was recorded later is what the demo's story has after the position of the link."""
    tab.goto(f"{site.url}/programmes/{site.programme}?as_of=2025-12-31&known=60")
    frozen = tab.locator("#frozen").get_attribute("href")
    assert frozen is not None
    assert "as_of=2025-12-31" in frozen
    assert "known=60" in frozen
    before = tab.locator("#money").inner_text()
    tab.goto(f"{site.url}/programmes/{site.programme}?as_of=2025-12-31")
    now = tab.locator("#money").inner_text()
    assert now != before
    tab.goto(site.url + frozen)
    assert tab.locator("#money").inner_text() == before


def test_two_entries_of_the_history_are_compared(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/programmes/{site.programme}/history")
    first, second = tab.locator('input[name="from_known"]'), tab.locator('input[name="to_known"]')
    assert first.count() == second.count() > 3
    first.nth(first.count() - 1).check()
    second.nth(0).check()
    tab.get_by_role("button", name="Порівняти").first.click()
    expect(tab).to_have_url(
        re.compile(r"/compare\?.*from_known=\d+.*to_known=\d+|to_known=\d+.*from_known=\d+")
    )
    expect(tab.locator("table").first).to_be_visible()


def test_the_keys_are_shown_and_work(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/programmes/{site.programme}")
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#keys")).to_be_hidden()
    tab.keyboard.press("/")
    expect(tab.locator("#q")).to_be_focused()
    tab.keyboard.type("h")
    expect(tab.locator("#q")).to_have_value("h")
    tab.locator("h1").click()
    tab.keyboard.press("y")
    expect(tab).to_have_url(re.compile(r"known=\d+"))
    tab.wait_for_load_state()
    tab.keyboard.press("h")
    expect(tab).to_have_url(re.compile(r"/history"))


def test_a_link_is_copied_by_its_button(site: Site, tab: Page) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    tab.goto(f"{site.url}/programmes/{site.programme}?as_of=2025-12-31&known=60")
    tab.locator('[data-copy="frozen"]').click()
    expect(tab.locator("#said")).not_to_be_empty()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == tab.locator("#frozen").evaluate("link => link.href")


def test_a_bundle_is_verified_in_the_page(site: Site, tab: Page, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    address = f"{site.url}/v1/programmes/{site.programme}/bundle?as_of=2025-12-31"
    bundle.write_bytes(httpx.get(address, timeout=60, trust_env=False).content)
    tab.goto(f"{site.url}/verify")
    tab.locator("#bundle").set_input_files(bundle)
    tab.locator("#trust").set_input_files(site.data / "trust.json")
    tab.get_by_role("button", name="Перевірити").click()
    expect(tab.locator("h1")).to_have_text("Перевірено: усе сходиться")


def test_the_slider_steps_over_the_programmes_own_entries(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/programmes/{site.programme}?as_of=2025-12-31")
    slider, said = tab.locator("#entry"), tab.locator('output[for="entry"]')
    now = int(slider.input_value())
    entries = [int(one) for one in str(slider.get_attribute("data-entries")).split()]
    earlier = [one for one in entries if one < now][-3:]
    assert len(earlier) == 3
    slider.focus()
    for known in reversed(earlier):
        tab.keyboard.press("ArrowLeft")
        expect(said).to_have_text(f"№\u00a0{known}")
    tab.get_by_role("button", name="До запису").click()
    expect(tab).to_have_url(re.compile(rf"known={earlier[0]}\b"))
    expect(tab).to_have_url(re.compile(r"as_of=2025-12-31"))
    expect(tab.locator(".stateline")).to_contain_text(str(earlier[0]))
