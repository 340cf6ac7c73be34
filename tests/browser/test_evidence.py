"""A document named by a signed report is sent from the page that says that it was recorded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.signing import answered, open_draft, sign_with, write_draft

pytestmark = pytest.mark.thorough

EXECUTOR = "demo-executor"


def test_after_signing_the_document_is_sent_from_the_page(tab: Page, site: Site, tmp_path: Path) -> None:
    document = tmp_path / "акт робіт.txt"
    document.write_text("роботи виконано", encoding="utf8")
    content = document.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    file = {"name": document.name, "media_type": "text/plain", "size": len(content), "sha256": digest}
    draft = write_draft(site, tmp_path / "draft.json", EXECUTOR, indicator="2.1.1", value="3")
    payload = json.loads(draft.read_text(encoding="utf8"))
    draft.write_text(json.dumps({**payload, "files": [{**file, "access": "public"}]}), encoding="utf8")
    open_draft(tab, site, draft)
    sign_with(tab, site.key(EXECUTOR))
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("Записано")
    outcome.get_by_role("link", name="надіслати документи").click()
    expect(tab.locator(".lede")).to_contain_text("Залишилося надіслати 1")
    tab.set_input_files("#file", document)
    tab.get_by_role("button", name="Надіслати").click()
    expect(tab.locator(".lede")).to_contain_text("уже в реєстрі")
    named = tab.get_by_role("link", name="До події").get_attribute("href") or ""
    checks = answered(site, f"/v1{named}/checks")
    assert [one["outcome"] for one in checks["items"] if one["about"] == digest] == ["passed"]


def test_a_report_without_documents_offers_none_to_be_sent(tab: Page, site: Site, tmp_path: Path) -> None:
    open_draft(tab, site, write_draft(site, tmp_path / "draft.json", EXECUTOR, indicator="2.1.1", value="4"))
    sign_with(tab, site.key(EXECUTOR))
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("Записано")
    expect(outcome.get_by_role("link", name="надіслати документи")).to_have_count(0)
