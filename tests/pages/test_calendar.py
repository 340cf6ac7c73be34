"""The calendar of obligations: what is due from whom, what became of it, and who has not reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.door import BASE, Door, open_door
from tests.pages.looking import links_of, opened, part_of, text_of, twins_of
from tests.support.town import PROGRAMME_ID, Payload
from tests.support.waiting import EXECUTOR, waiting_town

DEMO = "/programmes/belz-digital-2025/calendar"
PAGE = f"/programmes/{PROGRAMME_ID}/calendar"
OWES: Payload = {
    "policy": "reports",
    "title": "Звіти",
    "start": "2025-09-01",
    "executors": [{"indicators": ["i-1"], "office": EXECUTOR.office}],
    "deadlines": [{"kinds": ["actual.reported"], "period": "month", "months": 1, "day": 5, "shift": "next"}],
}


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Door]:
    town = waiting_town(tmp_path / "model")
    town.close()
    with open_door(town, tmp_path / "town") as door:
        yield door


def shown(door: Door, query: str = "") -> str:
    answer = door.get(f"{PAGE}?{query}")
    assert answer.status_code == 200, answer.text[:500]
    return str(answer.text)


def owed(door: Door, query: str) -> Any:
    return door.json(f"{BASE}/obligations?{query}")


def test_without_a_policy_the_page_says_that_nothing_is_configured_and_counts_nothing(waiting: Door) -> None:
    said = text_of(shown(waiting))
    assert "Строків звітування не встановлено" in said
    assert "не налаштовано" in said
    assert "не подано: 0" not in said


def test_each_report_stands_under_its_month_with_its_day_its_office_and_its_policy(waiting: Door) -> None:
    policy = waiting.say("policy.set", "body:town-council", OWES)["event"]
    markup = shown(waiting)
    assert "вересень 2025" in text_of(markup)
    row = text_of(part_of(markup, "вересень 2025", "</tbody>"))
    assert "05.09.2025" in row
    assert "чекає" in row
    assert f"/events/{policy}" in links_of(markup)
    assert f"/offices/{EXECUTOR.office}" in links_of(markup)


def test_what_is_overdue_is_called_missing_and_its_office_is_named_with_the_doors_count(
    waiting: Door,
) -> None:
    waiting.say("policy.set", "body:town-council", OWES)
    late = "as_of=2025-11-20"
    told = owed(waiting, f"{late}&office={EXECUTOR.office}&status=missing")
    assert told["total"] > 1
    markup = shown(waiting, late)
    owing = text_of(part_of(markup, 'id="owing-h"', "</ul>"))
    assert f": {told['total']} звіт" in owing
    assert f"не подано: {owed(waiting, late)['totals']['missing']}" in text_of(markup)
    only = shown(waiting, f"{late}&status=missing&office={EXECUTOR.office}")
    assert f"показано {told['total']} із {told['total']}" in text_of(only)


def test_the_filters_are_kept_by_the_twins_and_by_the_calendar_file(demo_site: TestClient) -> None:
    markup = opened(demo_site, f"{DEMO}?office=responsible-executor&status=due&lang=en")
    json_twin, csv_twin = twins_of(markup)
    (ics,) = [link for link in links_of(markup) if "format=ics" in link]
    for address in (json_twin, csv_twin, ics):
        assert "office=responsible-executor" in address
        assert "status=due" in address
        assert demo_site.get(address).status_code == 200
    assert "lang=en" in ics
    assert demo_site.get(ics).text.startswith("BEGIN:VCALENDAR")


def test_a_report_that_nobody_is_named_for_says_so(demo_site: TestClient) -> None:
    rows = demo_site.get(f"/v1{DEMO.replace('calendar', 'obligations')}").json()["items"]
    nobody = [row for row in rows if row["office"] is None]
    assert nobody
    assert text_of(opened(demo_site, DEMO)).count("не визначено, хто звітує") == len(nobody)


def test_names_of_indicators_are_never_cut_short(demo_site: TestClient) -> None:
    said = text_of(opened(demo_site, DEMO))
    assert "…" not in part_of(said, "січень 2027", "За роками")
    assert "новітніх ІТ- та цифрових технологій в діяльність Белзької міської ради" in said


def test_a_year_without_a_policy_is_not_configured_and_has_no_zeros(demo_site: TestClient) -> None:
    years = part_of(opened(demo_site, DEMO), 'id="years-h"', "</section>")
    row = text_of(part_of(years, ">2025<", "</tr>"))
    assert "не налаштовано" in row
    assert "0" not in row
