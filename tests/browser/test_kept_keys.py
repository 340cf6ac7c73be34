"""Keys that a browser keeps: they survive its restart, cannot be taken out, and are made with proof."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from ledger.envelope import check_possession
from ledger.keyfile import load_key
from ledger.keys import PublicKey
from tests.browser.conftest import ARGS, SECONDS_MAX, Site
from tests.browser.signing import (
    FILE,
    PASSPHRASE,
    SECRET,
    answered,
    bytes_of,
    number,
    open_draft,
    openssl_verifies,
    recorded,
    write_draft,
)

pytestmark = pytest.mark.thorough

EXECUTOR, REPORT = "demo-executor", "actual.reported"


@contextmanager
def browser_of(driver: Playwright, chromium_path: str, folder: Path) -> Iterator[Page]:
    """A browser with a profile of its own, closed at the end."""
    context = driver.chromium.launch_persistent_context(
        folder, executable_path=chromium_path, args=list(ARGS), locale="uk-UA"
    )
    context.set_default_timeout(SECONDS_MAX * 1000)
    try:
        yield context.new_page()
    finally:
        context.close()


_READABLE = """() => new Promise((resolve) => {
  indexedDB.open("pledger").onsuccess = (event) => {
    event.target.result.transaction("keys").objectStore("keys").getAll().onsuccess = async (found) => {
      const kept = found.target.result;
      const read = await Promise.all(kept.map((one) =>
        crypto.subtle.exportKey("pkcs8", one.key).then(() => true, () => false)));
      resolve([kept.map((one) => JSON.stringify(one.jwk)), read]);
    };
  };
})"""


def test_a_kept_key_survives_a_restart_of_the_browser_and_signs(
    driver: Playwright, chromium_path: str, site: Site, tmp_path: Path
) -> None:
    profile, key = tmp_path / "profile", site.key(EXECUTOR)
    kid = load_key(key, PASSPHRASE).public.kid
    with browser_of(driver, chromium_path, profile) as tab:
        tab.goto(f"{site.url}/work/keys")
        sign_with_import(tab, key)
        row = tab.locator("#kept tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(kid)
        expect(row).to_contain_text("зареєстровано")
        public, readable = tab.evaluate(_READABLE)
        assert readable == [False]
        assert '"d"' not in public[0]
    before = len(recorded(site, REPORT))
    with browser_of(driver, chromium_path, profile) as tab:
        open_draft(tab, site, write_draft(site, tmp_path / "draft.json", EXECUTOR, value="7"))
        with tab.expect_request("**/v1/events") as asked:
            tab.click("#sign-by-kept button")
        expect(tab.locator("#sign-outcome")).to_contain_text("Записано")
        expect(tab.locator("#sign-outcome")).to_contain_text(number(site, before))
        envelope = json.loads(asked.value.post_data or "")
    assert openssl_verifies(key, envelope["payload"], envelope["signatures"][0], tmp_path)
    with browser_of(driver, chromium_path, profile) as tab:
        tab.goto(f"{site.url}/work/keys")
        tab.click("#kept summary")
        tab.click("#kept button")
        expect(tab.locator("#kept-none")).to_be_visible()
        open_draft(tab, site, write_draft(site, tmp_path / "draft.json", EXECUTOR, value="8"))
        expect(tab.locator("#sign-none-kept")).to_be_visible()
        expect(tab.locator("#sign-by-kept")).to_be_hidden()


def sign_with_import(tab: Page, key: Path) -> None:
    tab.set_input_files(FILE, key)
    tab.fill(SECRET, PASSPHRASE)
    tab.click("#import-form button")


def test_a_new_key_comes_with_the_proof_that_a_registrar_asks_for(
    tab: Page, site: Site, tmp_path: Path
) -> None:
    tab.goto(f"{site.url}/work/keys")
    tab.select_option("#make-person", EXECUTOR)
    tab.click("#make-form button")
    with tab.expect_download() as got:
        tab.click("#keys-outcome a[download]")
    data = json.loads(Path(got.value.path()).read_text(encoding="utf8"))
    key = PublicKey.from_jwk(data["jwk"])
    service = answered(site, "/v1")
    ledger = {name: service[name] for name in ("origin", "genesis")}
    check_possession(data["possession"], ledger=ledger, person=EXECUTOR, key=key)
    assert set(data) == {"person", "jwk", "possession"}
    expect(tab.locator("#kept tbody tr")).to_contain_text(key.kid)
    expect(tab.locator("#kept tbody tr")).to_contain_text("ще не зареєстровано")
    assert tab.evaluate(_READABLE)[1] == [False]


def test_a_browser_without_ed25519_makes_an_es256_key(tab: Page, site: Site) -> None:
    tab.add_init_script(
        "const make = crypto.subtle.generateKey.bind(crypto.subtle);"
        "crypto.subtle.generateKey = (kind, ...rest) =>"
        " kind.name === 'Ed25519' ? Promise.reject(new DOMException('no')) : make(kind, ...rest);"
    )
    tab.goto(f"{site.url}/work/keys")
    tab.select_option("#make-person", EXECUTOR)
    tab.click("#make-form button")
    with tab.expect_download() as got:
        tab.click("#keys-outcome a[download]")
    data = json.loads(Path(got.value.path()).read_text(encoding="utf8"))
    key = PublicKey.from_jwk(data["jwk"])
    (one,) = data["possession"]["signatures"]
    key.verify(bytes_of(one["signature"]), f"{one['protected']}.{data['possession']['payload']}".encode())
    assert key.alg == "ES256"
