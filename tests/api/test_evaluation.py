"""GET /v1/programmes/{id}/evaluation: a year's figures, and what was concluded of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.models.evaluation import Evaluation
from api.tables_duties import EVALUATION
from tests.api.door import BASE, Door, open_door, pointers, problem_of
from tests.support.town import PROGRAMME, Payload, line
from tests.support.waiting import EXECUTOR, waiting_town

TODAY = "2025-09-01"
OWES: Payload = {
    "policy": "reports",
    "title": "Звіти",
    "start": TODAY,
    "deadlines": [{"kinds": ["actual.reported"], "period": "month", "months": 1, "day": 5, "shift": "next"}],
}
ACTUAL: Payload = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "3"}
PAID: Payload = {
    "phase": "paid",
    "period": "2025-08",
    "accumulation": "ytd",
    "lines": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "25.00"}],
}


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Door]:
    town = waiting_town(tmp_path / "model")
    town.close()
    with open_door(town, tmp_path / "town") as door:
        yield door


def evaluation(door: Door, query: str = "year=2025") -> Any:
    answer = door.get(f"{BASE}/evaluation?{query}")
    assert answer.status_code == 200, answer.text
    Evaluation.model_validate_json(answer.content, strict=True)
    return answer.json()


def conclude(door: Door, found: Any, **figures: Any) -> str:
    data: Payload = {
        "year": 2025,
        "conclusion": "Виконується (приклад)",
        "rating": "partly",
        "sections": {name: found["summaries"][name]["uk"] for name in found["sections"]},
        "figures": {"as_of": found["as_of"], "known": found["known"]["position"], "sha256": found["sha256"]}
        | figures,
    }
    event: str = door.say("evaluation.concluded", PROGRAMME, data, effective=TODAY)["event"]
    return event


def test_the_figures_are_computed_in_four_directions_and_said_in_two_languages(waiting: Door) -> None:
    waiting.say("spending.reported", PROGRAMME, PAID, by=EXECUTOR)
    waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)
    found = evaluation(waiting)
    assert list(found["sections"]) == ["projects", "money", "results", "indicators"]
    assert found["sections"]["money"]["totals"]["paid_of_plan"] == "0.2500"
    assert "касові видатки: 25.00" in found["summaries"]["money"]["uk"]
    assert "paid: 25.00" in found["summaries"]["money"]["en"]
    assert "не визначено: 2" in found["summaries"]["projects"]["uk"]
    results = found["sections"]["results"]
    assert (results["configured"], set(results["totals"].values())) == (
        False,
        {None},
    )  # unknown, and no zeros
    assert found["summaries"]["results"]["uk"].startswith("Не налаштовано")
    assert found["summaries"]["results"]["en"].startswith("Not configured")
    assert "Подано звітів: 2, з них враховано на цей день: 2" in found["summaries"]["results"]["uk"]
    assert [(row["kind"], row["items"], row["state"]) for row in results["reports"]] == [
        ("actual.reported", ["i-1"], "current"),
        ("spending.reported", ["1.1"], "current"),
    ]
    assert found["conclusion"] is None
    row = found["sections"]["indicators"]["rows"][0]
    assert row["cells"] == ["/actuals/i-1/2025-08/period"]
    assert all(waiting.get(f"/v1/events/{event}").status_code == 200 for event in row["events"])


def test_a_conclusion_is_shown_beside_what_the_figures_are_now(waiting: Door) -> None:
    waiting.say("spending.reported", PROGRAMME, PAID, by=EXECUTOR)
    event = conclude(waiting, evaluation(waiting))
    said = evaluation(waiting)["conclusion"]
    assert (said["event"], said["bound"], said["changed"]) == (event, True, [])
    waiting.say("financing.changed", PROGRAMME, {"lines": [line("50.00")]}, effective="2025-06-01")
    said = evaluation(waiting)["conclusion"]
    assert said["bound"] is True
    assert {"path": "/money/totals/paid_of_plan", "concluded": "0.2500", "now": "0.5000"} in said["changed"]
    then = evaluation(waiting, f"year=2025&known={waiting.town.position - 1}")
    assert (then["conclusion"]["changed"], then["sha256"]) == ([], said["figures"]["sha256"])


def test_a_year_that_is_asked_about_has_its_counts_and_another_has_none(waiting: Door) -> None:
    """A deadline asks for nothing that was due before it began; of such a year nobody knows what was late."""
    waiting.say("policy.set", "body:town-council", OWES)
    results = evaluation(waiting)["sections"]["results"]
    assert (results["configured"], results["totals"]["asked"], results["totals"]["late"]) == (True, 10, 0)
    said = evaluation(waiting)["summaries"]["results"]
    assert "Очікувалося звітів за рік: 10" in said["uk"]
    assert "Reports asked for about the year: 10" in said["en"]
    before = evaluation(waiting, "year=2024")
    assert before["sections"]["results"]["configured"] is False
    assert before["sections"]["results"]["totals"]["asked"] is None
    assert "0" not in before["summaries"]["results"]["en"].partition("Reports made")[0]


def test_where_none_was_asked_what_is_on_record_is_said_all_the_same(waiting: Door) -> None:
    """A deadline for spending asks nobody if no row has money; the report that was made is no zero."""
    waiting.say("actual.reported", PROGRAMME, ACTUAL, by=EXECUTOR)
    spending = OWES["deadlines"][0] | {"kinds": ["spending.reported"]}
    waiting.say("policy.set", "body:town-council", OWES | {"deadlines": [spending]})
    gone = {"removed": ["/financing/1.1/2025/local"]}
    waiting.say("programme.amended", PROGRAMME, gone, effective="2025-01-02")
    found = evaluation(waiting)
    assert found["sections"]["results"]["totals"]["asked"] == 0
    assert found["summaries"]["results"]["uk"].startswith("Очікувалося звітів за рік: 0.")
    assert "чи ні: 1, з них враховано на цей день: 1." in found["summaries"]["results"]["uk"]
    assert "asked for or not: 1, of which count on this day: 1." in found["summaries"]["results"]["en"]


def test_a_forged_hash_is_not_bound(waiting: Door) -> None:
    conclude(waiting, evaluation(waiting), sha256="5e" * 32)
    assert evaluation(waiting)["conclusion"]["bound"] is False


def test_the_table_has_a_row_for_each_figure(waiting: Door) -> None:
    answer = waiting.get(f"{BASE}/evaluation?year=2025&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf8"), newline="")))
    assert list(rows[0]) == list(EVALUATION)
    found = {(row["direction"], row["part"], row["row"], row["figure"]): row["value"] for row in rows}
    assert found["money", "rows", "1.1/local", "amended"] == "100.00"
    assert found["money", "rows", "1.2/local", "amended"] == "-"
    assert found["money", "totals", "", "paid"] == ""
    assert found["projects", "totals", "", "done.undetermined"] == "2"
    assert found["results", "configured", "", "configured"] == "false"
    assert found["results", "totals", "", "asked"] == ""


@pytest.mark.parametrize(
    ("query", "code"), [("", "missing-parameter"), ("year=19", "bad-parameter"), ("year=x", "bad-parameter")]
)
def test_the_year_is_asked_for(waiting: Door, query: str, code: str) -> None:
    problem = problem_of(waiting.get(f"{BASE}/evaluation?{query}"), 400, code)
    assert pointers(problem) == ["/query/year"]


def test_a_year_outside_the_term_has_no_figures_and_says_so(waiting: Door) -> None:
    found = evaluation(waiting, "year=2030")
    assert found["in_term"] is False
    assert found["sections"]["money"]["rows"] == []
    assert evaluation(waiting)["in_term"] is True
