"""An official at work: chooses the office, fills a form, reads what would change, signs, sees it recorded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.api.cli_runner import Prompt, prompt
from tests.browser.conftest import SECONDS_MAX, Site, Tab
from tests.browser.signing import (
    PASSPHRASE,
    answered,
    at_desk,
    number,
    open_recorded,
    openssl_verifies,
    preview,
    recorded,
    sent_by_signing,
    sign_with,
    told,
)

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
EXECUTOR, FINANCE = "Відповідальний виконавець", "Начальник фінансового відділу"
REPORT, SPENDING, PROGRESS = "actual.reported", "spending.reported", "progress.reported"


def fill_report(tab: Page, site: Site, period: str, value: str) -> None:
    at_desk(tab, site, EXECUTOR)
    tab.get_by_role("link", name="Подати значення індикатора").click()
    tab.get_by_label("Індикатор").select_option("1.1.2")
    tab.locator("#period").select_option(period)
    tab.locator("#value").fill(value)
    preview(tab)


def becomes(tab: Page) -> dict[str, str]:
    """What the preview says of each indicator's new value."""
    rows = [told(row) for row in tab.locator("table tr", has=tab.locator("ins")).all()]
    return {found[1]: found[2] for row in rows if (found := re.search(r"(\d+\.\d+\.\d+).*\t(\S+)$", row))}


def test_a_report_is_previewed_signed_recorded_and_shown_where_it_counts(
    site: Site, tab: Page, tmp_path: Path
) -> None:
    before, key = len(recorded(site, REPORT)), site.key("demo-executor")
    fill_report(tab, site, "2026-Q1", "3,5")
    assert becomes(tab) == {"1.1.2": "3,5"}
    expect(tab.locator("table del").first).to_have_text("не подано")
    assert len(recorded(site, REPORT)) == before
    envelope = sent_by_signing(tab, key)
    expect(tab.locator("#sign-outcome")).to_contain_text(number(site, before))
    assert openssl_verifies(key, envelope["payload"], envelope["signatures"][0], tmp_path)
    event = open_recorded(tab)
    assert "1.1.2" in told(tab, "h1")
    assert "3,5" in told(tab, "h1")
    assert answered(site, f"/v1/events/{event}")["envelope"] == envelope
    tab.get_by_role("link", name="Виправити цей запис").click()
    expect(tab.locator("h1")).to_have_text("Виправити запис")
    tab.goto(f"{site.url}/programmes/{site.programme}/indicators/1.1.2?as_of=2026-04-01")
    shown = tab.locator("tr", has=tab.locator(f'a[href^="/events/{event}"]')).first
    expect(shown).to_contain_text("3,5")


def test_a_column_pasted_into_the_grid_is_signed_as_one_batch(site: Site, tab: Page, tmp_path: Path) -> None:
    before, key = len(recorded(site, REPORT)), site.key("demo-executor")
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    at_desk(tab, site, EXECUTOR)
    tab.get_by_role("link", name="Подати значення всіх індикаторів").click()
    tab.get_by_label("Період").select_option("2026-Q3")
    tab.get_by_role("button", name="Показати").click()
    tab.evaluate("navigator.clipboard.writeText('2\\r\\n84,5\\r\\n1\\r\\n')")
    tab.get_by_label("1.1.2: Значення").click()
    tab.keyboard.press("Control+V")
    expect(tab.get_by_label("1.1.2: Значення")).to_have_value("2")
    expect(tab.get_by_label("2.1.1: Значення")).to_have_value("84,5")
    expect(tab.get_by_label("2.1.2: Значення")).to_have_value("1")
    expect(tab.get_by_label("3.1.1: Значення")).to_have_value("")
    preview(tab)
    assert becomes(tab) == {"1.1.2": "2", "2.1.1": "84,5", "2.1.2": "1"}
    envelopes = sent_by_signing(tab, key)["envelopes"]
    expect(tab.locator("#sign-outcome strong a")).to_have_count(3)
    for envelope in envelopes:
        assert openssl_verifies(key, envelope["payload"], envelope["signatures"][0], tmp_path)
    new = recorded(site, REPORT)[before:]
    assert [one["index"] - new[0]["index"] for one in new] == [0, 1, 2]
    assert [re.search(r"\d+\.\d+\.\d+", one["sentence"]["uk"])[0] for one in new] == [  # type: ignore[index]
        "1.1.2",
        "2.1.1",
        "2.1.2",
    ]


def test_a_discrepancy_has_to_be_acknowledged_and_stays_on_the_record(site: Site, tab: Page) -> None:
    before = len(recorded(site, SPENDING))
    at_desk(tab, site, FINANCE)
    tab.get_by_role("link", name="Подати видатки").click()
    tab.locator("#period").select_option("2025-Q4")
    tab.locator("#amount-0").fill("900 000,00")
    preview(tab)
    boxes = tab.locator('input[name="acknowledge"]')
    expect(tab.locator(".lede")).to_contain_text("виправте дані або визнайте кожну")
    assert boxes.count() > 0
    assert "900 000,00" in told(tab, "fieldset")
    expect(tab.locator("#sign")).to_have_count(0)
    tab.get_by_role("button", name="Перевірити ще раз").click()
    expect(boxes.first).not_to_be_checked()
    expect(tab.locator("#sign")).to_have_count(0)
    for box in boxes.all():
        box.check()
    tab.get_by_role("button", name="Перевірити ще раз").click()
    expect(tab.locator("#sign")).to_contain_text("Визнано розбіжність")
    sign_with(tab, site.key("demo-finance"))
    event = open_recorded(tab)
    assert "Визнано під час підписання" in told(tab)
    shown = answered(site, f"/v1/events/{event}")
    assert shown["acknowledges"]
    assert not [code for code in shown["acknowledges"] if code in told(tab, ".notice >> nth=-1")]
    assert len(recorded(site, SPENDING)) == before + 1


def test_what_changed_between_the_preview_and_the_signature_is_a_conflict_told_in_words(
    site: Site, tab: Page, complaints: Tab, window: BrowserContext
) -> None:
    complaints.expected = ("409",)
    other: Any = window.new_page()
    for one, value in ((tab, "1"), (other, "2")):
        fill_report(one, site, "2026-Q2", value)
    sign_with(other, site.key("demo-executor"))
    expect(other.locator("#sign-outcome")).to_contain_text("Записано")
    before = len(recorded(site, REPORT))
    sign_with(tab, site.key("demo-executor"))
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("змінено після позиції, на якій ви готували подію")
    expect(outcome).to_contain_text("Нічого не записано.")
    assert len(recorded(site, REPORT)) == before
    outcome.get_by_role("link").click()
    expect(tab.locator("h1")).to_have_text("Подати значення індикатора")


def test_without_scripts_the_way_from_the_office_to_the_receipt_is_whole(
    chromium: Browser, site: Site, prompt: Prompt, tmp_path: Path
) -> None:
    (prompt.home / "passphrase").write_text(f"{PASSPHRASE}\n")
    before = len(recorded(site, PROGRESS))
    window = chromium.new_context(java_script_enabled=False, locale="uk-UA", accept_downloads=True)
    window.set_default_timeout(SECONDS_MAX * 1000)
    tab = window.new_page()
    at_desk(tab, site, EXECUTOR)
    tab.get_by_role("link", name="Подати стан виконання заходу").click()
    tab.get_by_label("Захід").select_option("3.3.2")
    tab.locator("#period").select_option("2026")
    tab.locator("#status").select_option(label="виконується")
    preview(tab)
    expect(tab.locator("#sign-browser")).to_be_hidden()
    with tab.expect_download() as got:
        tab.get_by_role("button", name="Завантажити").click()
    draft, signed = tmp_path / got.value.suggested_filename, tmp_path / "signed.json"
    got.value.save_as(draft)
    prompt.ok("sign", draft, "--key", site.key("demo-executor"), "--out", signed)
    tab.set_input_files("#sign-upload", signed)
    tab.get_by_role("button", name="Подати підписане").click()
    expect(tab.locator("h1")).to_have_text("Записано")
    assert number(site, before, PROGRESS) in told(tab)
    tab.locator('main a[href^="/events/"]').first.click()
    assert "3.3.2" in told(tab, "h1")
    window.close()
