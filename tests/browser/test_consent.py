"""Changes that several offices speak of, and entries that are returned, corrected and answered."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, Tab
from tests.browser.signing import answered, at_desk, open_recorded, preview, recorded, sign_with, told

pytestmark = pytest.mark.thorough

EXECUTOR, HEAD = "Відповідальний виконавець", "Керівник програми (CDTO)"
FINANCE, COMMISSION = (
    "Начальник фінансового відділу",
    "Голова комісії з питань фінансів та планування бюджету",
)


def signed(tab: Page, site: Site, person: str) -> str:
    """The event that is recorded by signing what the preview shows."""
    sign_with(tab, site.key(person))
    return open_recorded(tab)


def waiting(tab: Page, words: str) -> Locator:
    """The row of an inbox."""
    return tab.locator("tbody tr", has_text=words)


def proposed(tab: Page, site: Site, note: str) -> str:
    """The head of the programme asks for 45 000 instead of what stands first in the plan."""
    at_desk(tab, site, HEAD)
    tab.get_by_role("link", name="Запропонувати зміну фінансування").click()
    tab.get_by_label("Чинне з дня").fill("01.12.2026")
    tab.get_by_label("Навіщо ця зміна").fill(note)
    tab.locator("#op-0").select_option(label="встановити")
    tab.locator("#amount-0").fill("45 000,00")
    preview(tab)
    assert "45 000,00" in told(tab)
    assert "Бракує: " in told(tab)
    return signed(tab, site, "demo-head")


def lacking(site: Site, proposal: str) -> list[str]:
    """The offices that a proposal still waits for."""
    (asked,) = answered(site, f"/v1/proposals/{proposal}")["asked"]
    return [one["office"] for one in asked["lacking"]]


def test_a_change_is_proposed_by_one_office_and_endorsed_by_another_through_its_inbox(
    site: Site, tab: Page
) -> None:
    note = "Супроводження подорожчало з грудня"
    proposal = proposed(tab, site, note)
    before = lacking(site, proposal)
    assert "finance-head" in before
    at_desk(tab, site, FINANCE)
    waiting(tab, note).get_by_role("link", name="погодити").click()
    expect(tab.locator("h1")).to_have_text("Погодити зміну")
    assert note in told(tab)
    assert "45 000,00" in told(tab)
    preview(tab)
    said = signed(tab, site, "demo-finance")
    assert lacking(site, proposal) == [one for one in before if one != "finance-head"]
    assert answered(site, f"/v1/events/{said}")["kind"] == "change.endorsed"
    tab.goto(f"{site.url}/events/{proposal}")
    expect(tab.locator(f'main a[href^="/events/{said}"]').first).to_be_visible()
    at_desk(tab, site, FINANCE)
    expect(waiting(tab, note)).to_have_count(0)


def test_a_change_is_refused_with_remarks_that_its_author_reads(
    site: Site, tab: Page, complaints: Tab
) -> None:
    complaints.expected = ("422",)  # the remarks are forgotten at first
    note, remark = "Планшети для старост до зими", "Немає розрахунку вартості одного планшета"
    proposal = proposed(tab, site, note)
    at_desk(tab, site, COMMISSION)
    waiting(tab, note).get_by_role("link", name="відхилити").click()
    tab.get_by_role("button", name="Перевірити, що зміниться").click()
    expect(tab.locator("h1")).to_have_text("Відхилити зміну")
    expect(tab.locator("#e-said")).to_contain_text("заповніть це поле")
    tab.get_by_label("Зауваження: що не так").fill(remark)
    preview(tab)
    signed(tab, site, "demo-finance-commission")
    assert remark in told(tab)
    assert answered(site, f"/v1/proposals/{proposal}")["item"]["state"] == "refused"
    at_desk(tab, site, HEAD)
    waiting(tab, note).get_by_role("link", name="відкликати").click()
    expect(tab.locator("h1")).to_have_text("Відкликати пропозицію")


@pytest.fixture(scope="module")
def report(site: Site) -> dict[str, Any]:
    """A report that waits for the head's word, of an indicator of its own."""
    items = answered(site, "/v1/inbox?office=programme-head&task=accept&limit=100")["items"]
    return dict(next(one for one in items if one["about"]["indicator"] == "4.2.1"))


def test_a_returned_report_is_corrected_by_its_office_and_both_stay(
    site: Site, tab: Page, report: dict[str, Any]
) -> None:
    event = report["about"]["event"]
    at_desk(tab, site, HEAD)
    tab.locator(f'a[href^="/work/return?report={event}"]').click()
    tab.get_by_label("Що потрібно виправити").fill("Перевірте кількість")
    preview(tab)
    signed(tab, site, "demo-head")
    at_desk(tab, site, EXECUTOR)
    tab.locator(f'a[href^="/work/correct?event={event}"]').click()
    expect(tab.get_by_label("Значення")).to_have_value("3")
    tab.get_by_label("Значення").fill("2")
    tab.get_by_label("Підстава").fill("Один захід пораховано двічі")
    preview(tab)
    corrected = signed(tab, site, "demo-executor")
    assert answered(site, f"/v1/events/{corrected}")["corrects"] == event
    tab.goto(f"{site.url}/events/{event}")
    assert "3" in told(tab, "h1")
    expect(tab.locator(f'main a[href^="/events/{corrected}"]').first).to_be_visible()
    at_desk(tab, site, EXECUTOR)
    expect(tab.locator(f'a[href^="/work/correct?event={event}"]')).to_have_count(0)


def test_an_observation_is_answered_and_leaves_the_inbox(site: Site, tab: Page) -> None:
    before = len(recorded(site, "observation.answered"))
    at_desk(tab, site, HEAD)
    asked = waiting(tab, "Відповісти на зауваження")
    expect(asked).to_have_count(1)
    asked.get_by_role("link", name="відповісти").click()
    expect(tab.locator("h1")).to_have_text("Відповісти на зауваження")
    assert "Немає підтвердного документа" in told(tab)
    tab.get_by_label("Відповідь", exact=True).fill("Документ подано окремим записом")
    tab.get_by_label("Що зроблено").select_option(label="пояснено")
    preview(tab)
    signed(tab, site, "demo-head")
    assert "Документ подано окремим записом" in told(tab)
    assert len(recorded(site, "observation.answered")) == before + 1
    at_desk(tab, site, HEAD)
    expect(asked).to_have_count(0)
