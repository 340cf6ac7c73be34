"""One event checked in the reader's browser: what is true passes, and one altered digit does not."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.thorough


def read(url: str) -> Any:
    with urlopen(url) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read())


def changed(site: Site) -> dict[str, Any]:
    """The last change of financing."""
    items = read(f"{site.url}/v1/events?kind=financing.changed&limit=500")["items"]
    found: dict[str, Any] = items[-1]
    return found


def check(tab: Page, url: str, key: str = "") -> None:
    tab.goto(url)
    if key:
        tab.locator("#log-key").fill(key)
    tab.locator("#check-form button").click()
    expect(tab.locator("#check-steps li").first).to_be_visible()


def step(tab: Page, name: str) -> str:
    return str(tab.locator(f"#check-steps li[data-step={name}]").first.get_attribute("data-outcome"))


def test_a_true_event_passes_and_the_log_key_of_the_server_alone_is_not_enough(site: Site, tab: Page) -> None:
    check(tab, f"{site.url}/events/{changed(site)['event']}")
    for name in ("bytes", "payload", "shown", "signature", "leaf", "path", "note"):
        assert step(tab, name) == "passed", name
    assert step(tab, "key") == "undetermined"
    expect(tab.locator("#check-verdict")).to_contain_text("Усе, що браузер може перевірити")


def test_a_log_key_from_elsewhere_is_compared(site: Site, tab: Page) -> None:
    url = f"{site.url}/events/{changed(site)['event']}?lang=en"
    key = read(f"{site.url}/v1")["log_key"]
    check(tab, url, key)
    assert step(tab, "key") == "passed"
    check(tab, url, key.replace("+", "+0", 1))
    assert step(tab, "key") == "failed"
    expect(tab.locator("#check-verdict")).to_contain_text("DOES NOT AGREE")


def test_one_digit_altered_in_flight_is_found(site: Site, tab: Page) -> None:
    row = changed(site)

    def alter(route: Route) -> None:
        answer = route.fetch()
        shown = answer.json()
        entry = json.loads(base64.b64decode(shown["entry"]))
        text = entry["envelope"]["payload"]
        payload = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        assert '"4000.00"' in payload
        forged = payload.replace('"4000.00"', '"9000.00"').encode()
        entry["envelope"]["payload"] = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        shown["envelope"] = entry["envelope"]
        spelled = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        shown["entry"] = base64.b64encode(spelled.encode()).decode()
        route.fulfill(response=answer, json=shown)

    tab.route(f"**/v1/events/{row['event']}", alter)
    check(tab, f"{site.url}/events/{row['event']}")
    for name in ("payload", "shown", "signature", "leaf", "path"):
        assert step(tab, name) == "failed", name
    expect(tab.locator("#check-verdict")).to_contain_text("НЕ СХОДИТЬСЯ")


def test_another_checkpoint_than_the_log_signed_is_found(site: Site, tab: Page) -> None:
    def alter(route: Route) -> None:
        answer = route.fetch()
        lines = answer.text().split("\n")
        lines[2] = base64.b64encode(bytes(32)).decode()
        route.fulfill(response=answer, body="\n".join(lines))

    tab.route("**/v1/checkpoint", alter)
    check(tab, f"{site.url}/events/{changed(site)['event']}")
    assert step(tab, "note") == step(tab, "path") == "failed"
    assert step(tab, "signature") == "passed"


def test_a_browser_without_ed25519_says_undetermined_and_never_passed(site: Site, tab: Page) -> None:
    tab.add_init_script(
        "crypto.subtle.importKey = async () => { throw new DOMException('no', 'NotSupportedError'); };"
    )
    check(tab, f"{site.url}/events/{changed(site)['event']}")
    assert step(tab, "signature") == step(tab, "note") == "undetermined"
    expect(tab.locator("#check-verdict")).to_contain_text("не все вдалося визначити")


def test_all_signers_of_the_opening_are_checked(site: Site, tab: Page) -> None:
    check(tab, f"{site.url}/entries/1")
    assert tab.locator("#check-steps li[data-step=signature][data-outcome=passed]").count() == 3
