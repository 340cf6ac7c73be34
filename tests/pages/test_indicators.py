"""Indicators and the tree: the JSON door's answers, and the pages over them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from starlette.testclient import TestClient

from projections.reaching import is_surely_whole
from tests.api.door import BASE, Door
from tests.pages.looking import links_of, opened, text_of, twins_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID

DEMO = "/programmes/belz-digital-2025"
V1 = f"/v1{DEMO}"
LATE = "as_of=2026-02-01"


def rows_of(site: TestClient, query: str = "") -> list[dict[str, Any]]:
    answer = site.get(f"{V1}/indicators{query}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


# -- the door ---------------------------------------------------------------------------------


def test_pages_of_indicators_make_up_the_whole_list(demo_site: TestClient) -> None:
    whole = rows_of(demo_site)
    found: list[dict[str, Any]] = []
    address: str | None = f"{V1}/indicators?limit=4"
    while address is not None:
        answer = demo_site.get(address).json()
        assert 0 < len({row["indicator"] for row in answer["items"]}) <= 4
        found += answer["items"]
        address = answer["next"]
    assert found == whole
    assert len({row["indicator"] for row in whole}) == 21


def test_one_indicator_is_what_the_list_says_of_it(demo_site: TestClient) -> None:
    whole = [row for row in rows_of(demo_site) if row["indicator"] == "3.3.4"]
    assert rows_of(demo_site, "?indicator=3.3.4") == whole
    assert rows_of(demo_site, "?indicator=9.9.9") == []


def test_what_was_reached_is_said_as_the_evaluation_says_it(demo_site: TestClient) -> None:
    """The list may know less than the evaluation, and never something else."""
    evaluated = demo_site.get(f"{V1}/evaluation?year=2025").json()["sections"]["indicators"]["rows"]
    told = {row["indicator"]: row["reached"] for row in rows_of(demo_site) if row["year"] == 2025}
    for row in evaluated:
        assert told[row["indicator"]] in (row["reached_now"], "undetermined")
    assert (told["1.1.1"], told["3.3.4"], told["1.1.2"]) == ("yes", "no", "yes")


def test_nothing_is_reached_or_missed_before_the_year_is_over(demo_site: TestClient) -> None:
    rows = rows_of(demo_site, "?as_of=2025-12-30")
    assert {row["reached"] for row in rows} == {"undetermined"}
    assert "yes" in {row["reached"] for row in rows_of(demo_site, "?as_of=2025-12-31")}


QUARTERS = [(f"2025-Q{n}", "period") for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("kind", "day", "reports", "whole"),
    [
        ("stock", "2025-12-30", [("2025-Q3", "period")], False),
        ("stock", "2025-12-31", [("2025-Q3", "period")], True),
        ("boolean", "2026-05-01", [("2025", "period")], True),
        ("flow", "2025-12-30", QUARTERS, False),
        ("flow", "2025-12-31", QUARTERS, True),
        ("flow", "2026-05-01", QUARTERS[:3], False),
        ("flow", "2026-05-01", [("2025-Q3", "ytd")], False),
        ("flow", "2026-05-01", [("2025-Q1", "ytd"), ("2025-Q4", "ytd")], True),
        ("flow", "2026-05-01", [("2025-H1", "period"), ("2025-Q3", "period"), ("2025-10", "period")], False),
        ("flow", "2026-05-01", [("2025-H1", "period"), ("2025-H2", "period")], True),
        ("flow", "2026-05-01", [], False),
        (None, "2026-05-01", QUARTERS, False),
    ],
)
def test_a_figure_is_surely_whole_when_its_year_is_over_and_each_month_of_a_flow_is_told(
    kind: str | None, day: str, reports: list[tuple[str, str]], whole: bool
) -> None:
    assert is_surely_whole(kind, 2025, day, reports) is whole


def test_a_blank_date_is_not_one_that_was_never_stated(demo_site: TestClient) -> None:
    page = text_of(opened(demo_site, f"{DEMO}/indicators/3.3.4"))
    assert "Дата бази порожньо" in page


def test_a_flow_of_which_a_quarter_is_told_is_not_judged(storied: Door) -> None:
    answer = storied.json(f"{BASE}/indicators?as_of=2026-06-01")
    (row,) = [row for row in answer["items"] if (row["indicator"], row["year"]) == ("i-1", 2025)]
    assert (row["actual"], row["reached"]) == ("3", "undetermined")
    assert row["reported"]["cell"] == "/actuals/i-1/2025-Q1/period"


def test_the_totals_are_of_the_rows(demo_site: TestClient) -> None:
    answer = demo_site.get(f"{V1}/indicators").json()
    (total,) = [one for one in answer["totals"] if one["year"] == 2025]
    rows = [row for row in answer["items"] if row["year"] == 2025]
    assert total["indicators"] == len(rows) == 21
    assert sum(total["reached"].values()) == 21
    assert total["missing"] == sum(row["actual"] is None for row in rows) == 0
    assert total["reached"]["yes"] == 13


def test_the_tree_counts_what_is_below_each_row(demo_site: TestClient) -> None:
    tree = demo_site.get(f"{V1}/tree?year=2025").json()
    assert tree["totals"] == {"priorities": 4, "tasks": 11, "measures": 25, "works": 0, "funded": 3}
    rows = {row["id"]: row for row in tree["items"]}
    assert (rows["1"]["tasks"], rows["1"]["measures"], rows["1"]["indicators"]) == (1, 2, 1)
    assert [row["id"] for row in tree["items"]][:4] == ["1", "1.1", "1.1.1", "1.1.2"]
    assert (rows["3"]["depth"], rows["3.3"]["depth"], rows["3.3.2"]["depth"]) == (0, 1, 2)


def test_the_money_of_a_branch_is_that_of_the_budget(demo_site: TestClient) -> None:
    rows = {row["id"]: row for row in demo_site.get(f"{V1}/tree?year=2025").json()["items"]}
    budget = demo_site.get(f"{V1}/budget?year=2025").json()["totals"]["all"][0]
    assert rows["3"]["amended"] == budget["amended"] == "82000.00"
    assert rows["3.3"]["amended"] == "70000.00"
    assert rows["1"]["amended"] is None


def test_a_blank_sum_in_the_tree_is_neither_zero_nor_unset(demo_site: TestClient) -> None:
    rows = {row["id"]: row for row in demo_site.get(f"{V1}/tree?year=2026").json()["items"]}
    assert (rows["3.3.4"]["amended"], rows["3.3.4"]["empties"]["blank"]) == (None, 1)
    assert rows["3.3.1"]["empties"] == {"dash": 0, "blank": 0, "removed": 0}
    page = text_of(opened(demo_site, f"{DEMO}/tree"))
    assert "порожньо на 2026 рік" in page


def test_the_tree_below_a_row_is_that_part_of_it(demo_site: TestClient) -> None:
    ids = [row["id"] for row in demo_site.get(f"{V1}/tree?below=3.3").json()["items"]]
    assert ids == ["3.3", "3.3.1", "3.3.2", "3.3.3", "3.3.4"]
    roots = [row["id"] for row in demo_site.get(f"{V1}/tree?depth=0").json()["items"]]
    assert roots == ["1", "2", "3", "4"]


@pytest.mark.parametrize("address", [f"{V1}/tree", f"{V1}/indicators", f"{V1}/reports"])
def test_a_table_has_as_many_rows_as_csv(demo_site: TestClient, address: str) -> None:
    items = demo_site.get(f"{address}?limit=400" if "reports" in address else address).json()["items"]
    answer = demo_site.get(
        address, params={"format": "csv"} | ({"limit": "400"} if "reports" in address else {})
    )
    assert len([*csv.DictReader(io.StringIO(answer.text))]) == len(items) > 20


# -- the pages --------------------------------------------------------------------------------


def test_the_list_shows_each_indicator_with_its_figures_and_entries(demo_site: TestClient) -> None:
    html = opened(demo_site, f"{DEMO}/indicators")
    page = text_of(html)
    assert "13 досягнуто, 8 не досягнуто, 0 не визначено" in page
    assert html.count('<svg class="chart"') == 21
    assert html.count('role="img"') == 21
    for row in rows_of(demo_site):
        assert f"{DEMO}/figure?path={row['cell'].replace('/', '%2F')}" in links_of(html)


def test_indicators_stand_under_the_priority_of_their_measure_and_never_of_their_code(
    demo_site: TestClient,
) -> None:
    """3.1.2 measures 3.1.5; 1.1.1 names no measure, so it is put under none."""
    tree = {row["id"]: row for row in demo_site.get(f"{V1}/tree").json()["items"]}
    page = text_of(demo_site.get(f"{DEMO}/indicators").text)
    titles = {one: page.index(f"{one}. {tree[one]['title']}") for one in "1234"}
    assert list(titles.values()) == sorted(titles.values())
    assert page.index("Без заходу в дереві програми") < page.index("Проведено оцінку") < titles["1"]
    for row in rows_of(demo_site):
        if row["measure"] is None:
            continue
        root = tree[row["measure"]]
        while root["parent"] is not None:
            root = tree[root["parent"]]
        above = [one for one, place in titles.items() if place < page.index(row["name"])]
        assert above[-1] == root["id"], row["indicator"]


def test_a_missed_target_is_a_result_and_no_error(demo_site: TestClient) -> None:
    html = opened(demo_site, f"{DEMO}/indicators")
    assert '<span class="is ask">не досягнуто</span>' in html
    assert 'class="is bad"' not in html


def test_what_is_invented_says_so(demo_site: TestClient) -> None:
    for address in (f"{DEMO}/indicators", f"{DEMO}/indicators/3.3.4"):
        assert '<span class="demo">навчальний приклад</span>' in opened(demo_site, address)


def test_one_indicator_says_target_actual_and_whether_it_was_reached(demo_site: TestClient) -> None:
    page = text_of(opened(demo_site, f"{DEMO}/indicators/3.3.4"))
    assert "Ціль на 2025 рік – 40, факт – 12: не досягнуто." in page
    english = text_of(opened(demo_site, f"{DEMO}/indicators/3.3.4?lang=en"))
    assert "Target for 2025: 40; actual: 12 – not met." in english


def test_one_indicator_lists_every_report_of_it(demo_site: TestClient) -> None:
    html = opened(demo_site, f"{DEMO}/indicators/1.1.2")
    for row in demo_site.get(f"{V1}/reports?indicator=1.1.2").json()["items"]:
        assert f"/events/{row['event']}" in links_of(html)


def test_an_indicator_that_there_is_not_is_refused_kindly(demo_site: TestClient) -> None:
    answer = demo_site.get(f"{DEMO}/indicators/9.9.9")
    assert answer.status_code == 404
    assert "немає індикатора 9.9.9" in text_of(answer.text)


@pytest.mark.parametrize("lang", ["", "&lang=en"])
@pytest.mark.parametrize("path", ["/indicators", "/indicators/1.1.2", "/tree"])
def test_pages_keep_their_state_and_their_twins_answer(demo_site: TestClient, path: str, lang: str) -> None:
    html = opened(demo_site, f"{DEMO}{path}?{LATE}&known=90{lang}")
    twins = twins_of(html)
    assert twins
    for twin in twins:
        assert "as_of=2026-02-01" in twin
        assert "known=90" in twin
        assert demo_site.get(twin).status_code == 200


def test_before_adoption_there_is_nothing_and_the_page_says_so(demo_site: TestClient) -> None:
    assert "немає індикаторів" in text_of(opened(demo_site, f"{DEMO}/indicators?as_of=2025-01-01"))
    assert "немає завдань" in text_of(opened(demo_site, f"{DEMO}/tree?as_of=2025-01-01"))


def test_a_name_from_the_record_is_escaped(door: Door) -> None:
    hostile = '<script>alert("1")</script>'
    act = {
        "act": "town-9-2025-03-10", "kind": "decision", "number": "9", "date": "2025-03-10",
        "title": "Про зміни", "points": ["1"], "in_force": "2025-03-10",
    }  # fmt: skip
    door.say("act.registered", COUNCIL_STREAM, act)
    indicator = {"id": "i-1", "measure": "1.1", "name": hostile, "kind": "flow", "unit": hostile}
    data = {"indicators": [indicator | {"targets": {"2025": "4"}}]}
    door.say("programme.amended", PROGRAMME, data, act="town-9-2025-03-10", effective="2025-04-01")
    for path in ("/indicators", "/indicators/i-1"):
        html = door.get(f"/programmes/{PROGRAMME_ID}{path}").text
        assert "&lt;script&gt;" in html
        assert "<script>alert" not in html
    framed = door.get(f"/widgets/{PROGRAMME_ID}/indicators/i-1").text
    assert "<script" not in framed
