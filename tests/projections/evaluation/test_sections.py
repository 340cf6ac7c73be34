"""The four sections of a year, against figures worked out by hand from what was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.evaluation.figures import DIRECTIONS, figures_of
from projections.evaluation.indicators import is_reached
from tests.projections.obligations.telling import MONTHLY, OWES, Telling
from tests.support.town import PROGRAMME, Payload, line
from tests.support.waiting import EXECUTOR, actual, set_policy

YEAR_END = "2025-12-31"


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    built = Telling(tmp_path)
    yield built
    built.close()


def section(telling: Telling, name: str, *, day: str = YEAR_END, year: int = 2025) -> Any:
    return figures_of(telling.case(day), year)[name]


def rows(found: Any) -> dict[str, Any]:
    return {row["key"]: row for row in found["rows"]}


def progress(telling: Telling, measure: str, period: str, status: str) -> str:
    data = {"measure": measure, "period": period, "status": status}
    return telling.town.submit("progress.reported", PROGRAMME, data, by=EXECUTOR).event


def amend(telling: Telling, data: Payload, day: str) -> str:
    return telling.town.submit("programme.amended", PROGRAMME, data, effective=day).event


def test_where_nobody_said_anything_everything_is_undetermined(telling: Telling) -> None:
    found = figures_of(telling.case(YEAR_END), 2025)
    assert tuple(found) == DIRECTIONS
    assert {row["done"] for row in found["projects"]["rows"]} == {"undetermined"}
    assert found["projects"]["totals"]["done"] == {"yes": 0, "no": 0, "undetermined": 2, "share": None}
    assert found["money"]["totals"]["paid"] is None
    assert found["money"]["totals"]["paid_of_plan"] is None
    assert found["results"]["configured"] is False
    assert found["results"]["rows"] == []
    assert found["indicators"]["rows"] == []  # no targets, no actuals


# -- projects -----------------------------------------------------------------------------------------


def test_a_measure_stands_where_its_last_report_of_the_year_says(telling: Telling) -> None:
    first = progress(telling, "1.1", "2025-Q1", "done")
    second = progress(telling, "1.1", "2025-Q3", "in-progress")
    row = rows(section(telling, "projects"))["1.1"]
    assert (row["status"], row["period"], row["done"]) == ("in-progress", "2025-Q3", "no")
    assert row["cells"] == ["/progress/1.1/2025-Q3", "/tree/1.1/title"]
    assert second in row["events"]
    assert first not in row["events"]
    # As of a day before the third quarter ended its report does not hold yet.
    assert rows(section(telling, "projects", day="2025-09-29"))["1.1"]["done"] == "yes"
    totals = section(telling, "projects")["totals"]
    assert totals["done"] == {"yes": 0, "no": 1, "undetermined": 1, "share": "0.0000"}
    assert totals["by_status"] == {"not-started": 0, "in-progress": 1, "done": 0, "stopped": 0}


def test_what_was_done_stays_done_and_what_was_in_progress_is_unknown_a_year_later(
    telling: Telling,
) -> None:
    progress(telling, "1.1", "2025-Q3", "done")
    progress(telling, "1.2", "2025-Q3", "in-progress")
    telling.wait_until("2027-01-10")
    later = rows(section(telling, "projects", day="2026-12-31", year=2026))
    assert {key: (row["status"], row["period"], row["done"]) for key, row in later.items()} == {
        "1.1": ("done", "2025-Q3", "yes"),
        "1.2": (None, None, "undetermined"),
    }
    assert rows(section(telling, "projects", year=2025, day="2026-12-31"))["1.2"]["done"] == "no"


def test_only_measures_that_were_there_are_evaluated(telling: Telling) -> None:
    new = [
        {"id": "1.10", "level": "measure", "parent": "1", "title": "Десятий"},
        {"id": "1.3", "level": "measure", "parent": "1", "title": "Третій"},
    ]
    gone = amend(telling, {"tree": new, "removed": ["/tree/1.2/title"]}, "2025-11-01")
    found = section(telling, "projects")
    assert list(rows(found)) == ["1.1", "1.2", "1.3", "1.10"]  # what was removed stays in its year, marked
    assert (found["totals"]["measures"], found["totals"]["removed"]) == (4, 1)
    removed = rows(found)["1.2"]["removed"]
    assert (removed["since"], removed["events"], removed["cells"]) == (
        "2025-11-01",
        [gone],
        ["/tree/1.2/title"],
    )
    assert [row["removed"] for key, row in rows(found).items() if key != "1.2"] == [None, None, None]
    assert list(rows(section(telling, "projects", day="2025-10-31"))) == ["1.1", "1.2"]
    assert list(rows(section(telling, "projects", year=2026, day="2026-12-31"))) == ["1.1", "1.3", "1.10"]


# -- money --------------------------------------------------------------------------------------------


def spend(telling: Telling, amount: str, period: str, *, mode: str = "period", source: str = "local") -> str:
    row = {"measure": "1.1", "year": 2025, "source": source, "amount": amount}
    data = {"phase": "paid", "period": period, "accumulation": mode, "lines": [row]}
    return telling.town.submit("spending.reported", PROGRAMME, data, by=EXECUTOR).event


def test_planned_and_actual_money_stand_side_by_side_by_source(telling: Telling) -> None:
    said = {"lines": [line("150.00"), line("50.00", source="oblast")]}
    amended = telling.town.submit("financing.changed", PROGRAMME, said, effective="2025-06-01").event
    telling.town.submit("appropriation.set", PROGRAMME, {"lines": [line("120.00")]}, effective="2025-06-01")
    paid = spend(telling, "20.00", "2025-Q1")
    spend(telling, "40.00", "2025-Q2")
    found = section(telling, "money")
    row = rows(found)["1.1/local"]
    assert [row[name] for name in ("original", "amended", "appropriated", "paid")] == [
        "100.00",
        "150.00",
        "120.00",
        "60.00",
    ]
    assert (row["paid_of_plan"], row["paid_of_appropriation"]) == ("0.4000", "0.5000")
    assert {amended, paid} <= {*row["events"]}
    assert "/paid/1.1/2025/local/2025-Q1/period" in row["cells"]
    by_source = {one["source"]: one for one in found["by_source"]}
    assert (by_source["oblast"]["amended"], by_source["oblast"]["paid"]) == ("50.00", None)
    assert by_source["oblast"]["paid_of_plan"] is None
    assert (found["totals"]["amended"], found["totals"]["paid"]) == ("200.00", "60.00")
    assert found["totals"]["paid_of_plan"] == "0.3000"


def test_a_printed_dash_is_neither_zero_nor_nothing(telling: Telling) -> None:
    row = rows(section(telling, "money"))["1.2/local"]
    assert (row["original"], row["amended"], row["paid"]) == ("-", "-", None)
    assert section(telling, "money")["totals"]["amended"] == "100.00"
    assert section(telling, "money", year=2026)["rows"] == []
    assert section(telling, "money", year=2026)["totals"]["amended"] is None


# -- results ------------------------------------------------------------------------------------------


def test_reports_are_counted_as_the_obligations_have_them(telling: Telling) -> None:
    set_policy(telling.town, OWES | {"deadlines": [MONTHLY | {"kinds": ["actual.reported"]}]})
    on_time = actual(telling.town, "2025-08")
    telling.judge(on_time)
    telling.wait_until("2025-10-20")
    late = actual(telling.town, "2025-09")
    found = section(telling, "results", day="2025-12-10")
    row = rows(found)["actual.reported/i-1"]
    counts = {name: row[name] for name in ("asked", "on_time", "late", "missing", "due", "accepted")}
    # August to December; November was due on 5 December, December is due in January.
    assert counts == {"asked": 5, "on_time": 1, "late": 1, "missing": 2, "due": 1, "accepted": 1}
    assert {on_time, late} <= {*row["events"]}
    assert (found["totals"]["asked"], found["totals"]["missing"]) == (10, 6)


def test_an_expected_result_stands_beside_the_indicators_of_its_row(telling: Telling) -> None:
    tree = [
        {"id": "1.1", "level": "measure", "parent": "1", "title": "Перший захід", "result": "6 семінарів"}
    ]
    event = amend(telling, {"tree": tree}, "2025-03-01")
    (row,) = section(telling, "results")["expected"]
    assert (row["measure"], row["result"], row["indicators"]) == ("1.1", "6 семінарів", ["i-1"])
    assert (row["cells"], row["events"]) == (["/tree/1.1/result"], [event])


# -- indicators ---------------------------------------------------------------------------------------


def target(value: str, *, base: str | None = None) -> Payload:
    row = {"id": "i-1", "measure": "1.1", "name": "Кількість", "kind": "flow", "unit": "одиниць"}
    return {"indicators": [row | {"targets": {"2025": value}} | ({"base": base} if base else {})]}


def test_what_was_reached_is_compared_with_the_target_then_and_now(telling: Telling) -> None:
    amend(telling, target("5"), "2025-02-01")
    actual(telling.town, "2025-H1", value="1")
    reported = actual(telling.town, "2025-H2", value="3")
    telling.wait_until("2026-02-10")
    amend(telling, target("4"), "2026-02-01")
    row = rows(section(telling, "indicators", day="2026-02-10"))["i-1"]
    assert (row["actual"], row["target_then"], row["target_now"]) == ("4", "5", "4")
    assert (row["reached_then"], row["reached_now"]) == ("no", "yes")
    assert (row["period"], row["review"], row["files"]) == ("2025-H2", "submitted", 0)
    assert reported in row["events"]
    totals = section(telling, "indicators", day="2026-02-10")["totals"]
    assert totals["against_target_then"] == {"yes": 0, "no": 1, "undetermined": 0, "share": "0.0000"}
    assert totals["against_target_now"] == {"yes": 1, "no": 0, "undetermined": 0, "share": "1.0000"}


def test_a_target_without_a_report_and_a_report_without_a_target_are_undetermined(telling: Telling) -> None:
    amend(telling, target("5"), "2025-02-01")
    actual(telling.town, "2025-Q1", indicator="i-2", value="Так")
    found = rows(section(telling, "indicators"))
    assert {key: (row["actual"], row["target_now"], row["reached_now"]) for key, row in found.items()} == {
        "i-1": (None, "5", "undetermined"),
        "i-2": ("Так", None, "undetermined"),
    }


@pytest.mark.parametrize(
    ("actual_", "target_", "base", "said"),
    [
        ("40", "40", "0", "yes"),
        ("39.99", "40", "0", "no"),
        ("41", "40", None, "yes"),
        ("85%", "85%", "80%", "yes"),
        ("84,9", "85%", "80%", "no"),
        ("Так", "Так", "Ні", "yes"),
        ("Ні", "Так", "Ні", "no"),
        ("Так", "Так", "Так", "yes"),
        ("так", "Так", None, "yes"),
        ("5", "3", "10", "undetermined"),  # a falling target: no paper says that less is better
        ("Ні", "Ні", "Так", "undetermined"),
        (None, "3", "1", "undetermined"),
        ("3", None, "1", "undetermined"),
        ("3", "-", "1", "undetermined"),
        ("3", "", "1", "undetermined"),
        ("3", "removed", "1", "undetermined"),
        ("понад 3", "3", "1", "undetermined"),
    ],
)
def test_when_a_target_is_reached(
    actual_: str | None, target_: str | None, base: str | None, said: str
) -> None:
    assert is_reached(actual_, target_, base) == said
