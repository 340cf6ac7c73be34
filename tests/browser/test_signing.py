"""Signing in a real browser: with a key file, and without scripts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ledger.keyfile import load_key
from tests.api.cli_runner import Prompt, prompt
from tests.browser.conftest import SECONDS_MAX, Site, Tab
from tests.browser.signing import (
    BUTTON,
    PASSPHRASE,
    SECRET,
    answered,
    bytes_of,
    number,
    open_draft,
    openssl_verifies,
    recorded,
    sign_with,
    write_draft,
)

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
EXECUTOR, HEAD, REPORT = "demo-executor", "demo-head", "actual.reported"
Drafts = Callable[..., Path]


@pytest.fixture
def draft(site: Site, tmp_path: Path) -> Drafts:
    """A report to be signed by the executor, as a file. Keywords: of its data."""

    def written(person: str = EXECUTOR, **data: str) -> Path:
        return write_draft(site, tmp_path / "draft.json", person, **data)

    return written


def test_an_official_signs_a_report_with_a_key_file_and_openssl_verifies_the_signature(
    tab: Page, site: Site, draft: Drafts, tmp_path: Path
) -> None:
    before = len(recorded(site, REPORT))
    sent: list[bytes] = []
    open_draft(tab, site, draft(value="2"))
    tab.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    with tab.expect_request("**/v1/events") as asked:
        sign_with(tab, site.key(EXECUTOR))
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("Записано")
    expect(outcome).to_contain_text(number(site, before))
    expect(outcome.locator(".is.good")).to_have_count(4)
    event = str(outcome.locator("strong a").get_attribute("href")).rpartition("/")[2]

    envelope = json.loads(asked.value.post_data or "")
    (one,) = envelope["signatures"]
    assert openssl_verifies(site.key(EXECUTOR), envelope["payload"], one, tmp_path)
    assert not openssl_verifies(site.key(HEAD), envelope["payload"], one, tmp_path)
    shown = answered(site, f"/v1/events/{event}")
    assert shown["envelope"] == envelope
    assert json.loads(bytes_of(envelope["payload"]))["data"]["value"] == "2"

    secrets = (PASSPHRASE.encode() + b'"', b"PRIVATE KEY")
    assert sent
    assert not [body for body in sent if any(secret in body for secret in secrets)]
    expect(tab.locator("#sign-ways")).to_have_count(0)  # neither file nor passphrase is left in a form


def test_a_wrong_passphrase_is_said_and_nothing_is_sent(tab: Page, site: Site, draft: Drafts) -> None:
    before = len(recorded(site, REPORT))
    open_draft(tab, site, draft())
    sign_with(tab, site.key(EXECUTOR), "not the passphrase")
    expect(tab.locator("#sign-outcome")).to_contain_text("Пароль не підходить")
    expect(tab.locator(SECRET)).to_have_value("")
    expect(tab.locator(SECRET)).to_be_focused()
    expect(tab.locator(SECRET)).to_have_attribute("aria-invalid", "true")
    assert len(recorded(site, REPORT)) == before
    tab.fill(SECRET, PASSPHRASE)
    tab.click(BUTTON)
    expect(tab.locator("#sign-outcome")).to_contain_text("Записано")
    expect(tab.locator("#sign-outcome")).to_contain_text(number(site, before))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("nothing of a key", "There is no whole protected key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "has no passphrase"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGb\n-----END ENCRYPTED PRIVATE KEY-----\n", "no whole"),
        ("x" * 9000, "too large"),
    ],
)
def test_a_file_that_is_no_protected_key_is_said_to_be_none(
    tab: Page, site: Site, draft: Drafts, tmp_path: Path, content: str, words: str
) -> None:
    open_draft(tab, site, draft(), "?lang=en")
    (tmp_path / "some.pem").write_text(content)
    sign_with(tab, tmp_path / "some.pem")
    expect(tab.locator("#sign-outcome")).to_contain_text(words)


def test_a_file_under_scrypt_is_sent_to_the_command_line(
    tab: Page, site: Site, draft: Drafts, tmp_path: Path
) -> None:
    made = tmp_path / "scrypt.pem"
    command = ["openssl", "pkcs8", "-topk8", "-scrypt", "-in", str(site.key(EXECUTOR)), "-out", str(made)]
    subprocess.run([*command, "-passin", "pass:demo", "-passout", "pass:demo"], check=True)
    open_draft(tab, site, draft(), "?lang=en")
    sign_with(tab, made)
    expect(tab.locator("#sign-outcome")).to_contain_text("Sign with the pledger command")


def test_a_file_that_openssl_wrote_with_pbkdf2_opens(
    tab: Page, site: Site, draft: Drafts, tmp_path: Path
) -> None:
    before, made = len(recorded(site, REPORT)), tmp_path / "openssl.pem"
    command = ["openssl", "pkcs8", "-topk8", "-v2prf", "hmacWithSHA256", "-iter", "600000"]
    where = [
        "-in",
        str(site.key(EXECUTOR)),
        "-out",
        str(made),
        "-passin",
        "pass:demo",
        "-passout",
        "pass:пароль",
    ]
    subprocess.run([*command, *where], check=True)
    open_draft(tab, site, draft())
    sign_with(tab, made, "пароль")
    expect(tab.locator("#sign-outcome")).to_contain_text("Записано")
    expect(tab.locator("#sign-outcome")).to_contain_text(number(site, before))


def test_a_key_of_somebody_else_is_refused_before_anything_is_sent(
    tab: Page, site: Site, draft: Drafts
) -> None:
    before = len(recorded(site, REPORT))
    sent: list[str] = []
    open_draft(tab, site, draft())
    tab.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    sign_with(tab, site.key(HEAD))
    kid = load_key(site.key(HEAD), PASSPHRASE).public.kid
    expect(tab.locator("#sign-outcome")).to_contain_text(f"Це ключ {kid}, а підписати має інший")
    expect(tab.locator(SECRET)).to_have_value("")
    # The page's own picture may still be on its way: it carries nothing.
    assert [asked for asked in sent if not asked.startswith(f"GET {site.url}/static/")] == []
    assert len(recorded(site, REPORT)) == before


def test_a_refused_conflict_is_told_in_words_and_leads_back(
    tab: Page, complaints: Tab, site: Site, draft: Drafts, window: Any
) -> None:
    complaints.expected = ("409",)
    other = window.new_page()
    for one in (tab, other):
        open_draft(one, site, draft(period="2026-Q2", value="5"))
    sign_with(other, site.key(EXECUTOR))
    expect(other.locator("#sign-outcome")).to_contain_text("Записано")
    before = len(recorded(site, REPORT))
    sign_with(tab, site.key(EXECUTOR))
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("змінено після позиції, на якій ви готували подію")
    expect(outcome).to_contain_text("Нічого не записано.")
    expect(outcome.get_by_role("link")).to_have_attribute("href", "/work/sign")
    assert len(recorded(site, REPORT)) == before


@pytest.mark.parametrize(
    "falsify",
    [
        "const d = document.querySelector('[data-hash]'); d.textContent = '0000' + d.textContent.slice(4)",
        "const d = document.querySelector('[data-raw]'); d.textContent = d.textContent.replace('26', '25')",
        "document.querySelector('[data-office]').dataset.office = 'programme-head'",
        "const s = document.querySelector('[data-frame]').dataset; s.frame = s.frame.replace(/ .* /, ' 1 ')",
        "document.getElementById('sign').dataset.genesis = '00'",
    ],
)
def test_bytes_that_say_something_else_than_the_page_are_not_signed(
    tab: Page, site: Site, draft: Drafts, falsify: str
) -> None:
    before = len(recorded(site, REPORT))
    open_draft(tab, site, draft())
    tab.evaluate(f"() => {{ {falsify} }}")
    sign_with(tab, site.key(EXECUTOR))
    expect(tab.locator("#sign-outcome")).to_contain_text("не збігається з текстом")
    assert len(recorded(site, REPORT)) == before


def flip(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]


def another_checkpoint(receipt: dict[str, Any]) -> None:
    """The signature's last letters are of another signature."""
    head, dash, tail = receipt["checkpoint"].rpartition("— ")
    name, blob = tail.split(" ")
    receipt["checkpoint"] = f"{head}{dash}{name} {blob[:20]}{flip(blob[20:])}"


def another_place(receipt: dict[str, Any]) -> None:
    receipt["proof"][0] = flip(receipt["proof"][0])


def another_event(receipt: dict[str, Any]) -> None:
    receipt["event"] = receipt["event"][:-1] + ("1" if receipt["event"][-1] == "0" else "0")


@pytest.mark.parametrize("change", [another_checkpoint, another_place, another_event])
def test_nothing_is_called_recorded_when_the_receipt_does_not_prove_it(
    tab: Page, site: Site, draft: Drafts, change: Callable[[dict[str, Any]], None]
) -> None:
    def falsify(route: Route) -> None:
        answer = route.fetch()
        receipt = answer.json()
        change(receipt)
        route.fulfill(response=answer, body=json.dumps(receipt))

    open_draft(tab, site, draft(period="2026-Q3"))
    tab.route("**/v1/events", falsify)
    sign_with(tab, site.key(EXECUTOR))
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("квитанція цього НЕ доводить")
    expect(outcome.locator(".is.good")).to_have_count(0)


def test_an_answer_that_is_lost_is_not_taken_for_a_refusal(
    tab: Page, complaints: Tab, site: Site, draft: Drafts
) -> None:
    complaints.expected = ("ERR_FAILED",)
    before = len(recorded(site, REPORT))
    open_draft(tab, site, draft(period="2026-Q3", value="4"))
    tab.route("**/v1/events", lambda route: (route.fetch(), route.abort())[-1])
    sign_with(tab, site.key(EXECUTOR))
    expect(tab.locator("#sign-outcome")).to_contain_text("чи записано, невідомо")
    after = number(site, before)
    tab.unroute("**/v1/events")
    sign_with(tab, site.key(EXECUTOR))
    expect(tab.locator("#sign-outcome")).to_contain_text(after)
    assert number(site, before) == after


# -- without scripts -----------------------------------------------------------------


def test_without_scripts_a_report_is_signed_by_the_command_line_and_uploaded(
    chromium: Browser, site: Site, draft: Drafts, prompt: Prompt, tmp_path: Path
) -> None:
    (prompt.home / "passphrase").write_text(f"{PASSPHRASE}\n")
    before = len(recorded(site, REPORT))
    window = chromium.new_context(java_script_enabled=False, locale="uk-UA", accept_downloads=True)
    window.set_default_timeout(SECONDS_MAX * 1000)
    tab = window.new_page()
    tab.goto(f"{site.url}/work/sign")
    tab.set_input_files("#draft", draft(value="9"))
    tab.click("main form button")
    expect(tab.locator("#sign-browser")).to_be_hidden()
    expect(tab.locator("#sign-other pre").first).to_be_visible()
    with tab.expect_download() as got:
        tab.get_by_role("button", name="Завантажити").click()
    file = tmp_path / got.value.suggested_filename
    got.value.save_as(file)
    signed = tmp_path / "signed.json"
    prompt.ok("sign", file, "--key", site.key(EXECUTOR), "--out", signed)
    tab.set_input_files("#sign-upload", signed)
    tab.get_by_role("button", name="Подати підписане").click()
    expect(tab.locator("h1")).to_have_text("Записано")
    shown = tab.locator("main").inner_text().replace("\u00a0", " ")
    assert f"{number(site, before)}\n" in shown
    window.close()
    event = json.loads(file.read_text(encoding="utf8"))["id"]
    assert recorded(site, REPORT)[-1]["event"] == event


def test_a_page_that_is_no_secure_context_says_so_and_keeps_the_other_way(
    tab: Page, site: Site, draft: Drafts
) -> None:
    tab.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    tab.goto(f"{site.url}/work/sign")
    tab.set_input_files("#draft", draft())
    tab.click("main form button")
    expect(tab.locator("#sign-unable")).to_be_visible()
    expect(tab.locator("#sign-browser")).to_be_hidden()
    expect(tab.locator("#sign-other pre").first).to_be_visible()
