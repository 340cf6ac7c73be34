"""What the tests of signing share: what the server answers, the signing form, and openssl."""

from __future__ import annotations

import json
import subprocess
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Locator, Page, Request, expect

from ledger.keyfile import load_key
from tests.browser.conftest import SECONDS_MAX, Site

PASSPHRASE = "demo"
FILE, SECRET, BUTTON = "#sign-file", "#sign-passphrase", "#sign-by-file button"
EXAMPLE = "навчальний приклад: подія вигадана"


def answered(site: Site, path: str) -> Any:
    """What the JSON door says."""
    answer = httpx.get(site.url + path, timeout=SECONDS_MAX, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def recorded(site: Site, kind: str) -> list[Any]:
    """All events of a kind, oldest first; the service may write entries of its own between them."""
    last = answered(site, "/v1")["position"]
    return list(answered(site, f"/v1/events?kind={kind}&limit=500&min_position={last}")["items"])


def number(site: Site, before: int, kind: str = "actual.reported") -> str:
    """№ of the one event of its kind that came after so many."""
    found = recorded(site, kind)
    assert len(found) == before + 1
    return f"№ {found[-1]['index'] + 1}"


def write_draft(site: Site, path: Path, person: str, **data: str) -> Path:
    """A report of the executor's office, to be signed. Keywords: of its data."""
    reported = {"indicator": "1.1.2", "accumulation": "period", "period": "2026-Q1", "value": "1", **data}
    payload = {
        "kind": "actual.reported",
        "subject": f"programme:{site.programme}",
        "signers": [{"person": person, "office": "responsible-executor"}],
        "example": EXAMPLE,
        "data": reported,
    }
    path.write_text(json.dumps(payload), encoding="utf8")
    return path


def open_draft(tab: Page, site: Site, file: Path, query: str = "") -> None:
    tab.goto(f"{site.url}/work/sign{query}")
    tab.set_input_files("#draft", file)
    tab.click("main form button")
    expect(tab.locator("#sign-browser")).to_be_visible()


def sign_with(tab: Page, key: Path, passphrase: str = PASSPHRASE) -> None:
    tab.set_input_files(FILE, key)
    tab.fill(SECRET, passphrase)
    tab.click(BUTTON)


def sent_by_signing(tab: Page, key: Path) -> dict[str, Any]:
    """Sign with a key file and have it recorded; what was posted: an envelope, or {"envelopes": […]}."""
    with tab.expect_request("**/v1/events", timeout=SECONDS_MAX * 1000) as asked:
        sign_with(tab, key)
    expect(tab.locator("#sign-outcome")).to_contain_text("Записано")
    request: Request = asked.value
    posted: dict[str, Any] = json.loads(request.post_data or "")
    return posted


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def openssl_verifies(key: Path, text: str, one: dict[str, str], folder: Path) -> bool:
    """Whether openssl holds a signature of an envelope to be one by this key, over its exact input."""
    public = load_key(key, PASSPHRASE).handle.public_key()
    files = [folder / name for name in ("public.pem", "input", "signature")]
    files[0].write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    files[1].write_bytes(f"{one['protected']}.{text}".encode())
    files[2].write_bytes(bytes_of(one["signature"]))
    public_key, text_signed, signature = map(str, files)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public_key, "-rawin", "-in", text_signed]
    ran = subprocess.run([*command, "-sigfile", signature], capture_output=True, check=False)
    return ran.returncode == 0


def at_desk(tab: Page, site: Site, office: str) -> None:
    """From the first page of work to what waits for an office, chosen by its name."""
    tab.goto(f"{site.url}/work")
    tab.get_by_label("Посада").select_option(label=office)
    tab.locator("form", has=tab.locator("#office")).get_by_role("button", name="Показати").click()
    expect(tab.locator("h1")).to_have_text(office)


def preview(tab: Page) -> None:
    """From a filled form to what would change."""
    tab.get_by_role("button", name="Перевірити, що зміниться").click()
    expect(tab.locator("h1")).to_contain_text("Перевірка")


def told(shown: Page | Locator, where: str = "") -> str:
    """The words of a page's main part, or of a part of it; spaces as people type them."""
    found = shown.locator(where or "main") if isinstance(shown, Page) else shown
    return found.inner_text().replace("\u00a0", " ").strip()


def open_recorded(tab: Page) -> str:
    """From the receipt to the page of the event; its id."""
    outcome = tab.locator("#sign-outcome")
    expect(outcome).to_contain_text("Записано")
    outcome.locator("strong a").first.click()
    expect(tab.locator("#checks").first).to_be_visible()
    return tab.url.partition("?")[0].rpartition("/")[2]
