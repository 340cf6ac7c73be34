"""Obligations case by case: who owes, what is asked, and the plan that tables and cases both know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.duties.plan import Plan
from projections.inbox import Wanted, read_office_inbox
from projections.obligations.plan import CasePlan
from projections.obligations.shown import read_obligations
from tests.projections.obligations.telling import EXECUTORS, MONTHLY, OWES, Telling
from tests.support.people import COUNCIL, FINANCE
from tests.support.town import ACT_DATA, COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, Payload
from tests.support.waiting import EXECUTOR, actual, set_policy

DAYS = ("2024-12-31", "2025-01-01", "2025-06-30", "2025-09-01", "2025-12-31", "2026-12-31")


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    built = Telling(tmp_path)
    yield built
    built.close()


def items(telling: Telling, day: str = "", **only: Any) -> list[Any]:
    found: list[Any] = read_obligations(telling.case(day), **only)["items"]
    return found


def said(telling: Telling, *members: str, day: str = "", **only: Any) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in members) for row in items(telling, day, **only)}


def test_who_reports_may_be_undetermined_and_it_is_listed_all_the_same(telling: Telling) -> None:
    set_policy(telling.town, {"policy": "p", "deadlines": [MONTHLY]})
    found = read_obligations(telling.case())
    assert found["not_configured"] == ["executors"]
    assert {(row["office"], row["body"], row["succeeded"], *row["persons"]) for row in found["items"]} == {
        (None, None, False)
    }


def test_a_deadline_policy_of_another_programme_configures_nothing_here(telling: Telling) -> None:
    set_policy(telling.town, OWES | {"programme": "another"})
    found = read_obligations(telling.case())
    assert (found["configured"], found["items"]) == (False, [])


def test_the_next_due_comes_first_and_codes_are_in_peoples_order(telling: Telling) -> None:
    tree = [{"id": "1.10", "level": "measure", "parent": "1", "title": "Десятий"}]
    telling.town.submit("programme.amended", PROGRAMME, {"tree": tree}, effective="2025-03-01")
    set_policy(telling.town, OWES)
    found = items(telling)
    assert [row["due"] for row in found] == sorted(row["due"] for row in found)
    first = [row["measure"] for row in found if row["kind"] == "progress.reported"][:3]
    assert first == ["1.1", "1.2", "1.10"]


def test_spending_is_asked_of_rows_with_money_and_nothing_after_the_programme_closed(
    telling: Telling,
) -> None:
    set_policy(telling.town, OWES)
    telling.town.submit("programme.closed", PROGRAMME, {"outcome": "completed"}, effective="2025-10-01")
    assert said(telling, "period", day="2025-12-31") == {("2025-08",), ("2025-09",)}
    spending = {row["measure"] for row in items(telling) if row["kind"] == "spending.reported"}
    assert spending == {"1.1"}


def test_a_work_is_asked_only_where_a_policy_names_it(telling: Telling) -> None:
    tree = [
        {"id": "1.1.1", "level": "work", "parent": "1.1", "title": "Перша робота"},
        {"id": "1.1.2", "level": "work", "parent": "1.1", "title": "Друга робота"},
    ]
    telling.town.submit("programme.amended", PROGRAMME, {"tree": tree}, effective="2025-03-01")
    who: list[Payload] = [*EXECUTORS, {"items": ["1.1.2"], "office": "council-secretary"}]
    set_policy(telling.town, OWES | {"executors": who})
    progress = {
        (row["measure"], row["office"]) for row in items(telling) if row["kind"] == "progress.reported"
    }
    assert progress == {("1.1", "executor"), ("1.2", "executor"), ("1.1.2", "council-secretary")}


def test_a_work_is_asked_about_what_came_due_while_a_policy_named_it(telling: Telling) -> None:
    """Naming it later accuses nobody of the past; naming it no more forgives nothing."""
    tree = [{"id": "1.1.1", "level": "work", "parent": "1.1", "title": "Робота"}]
    telling.town.submit("programme.amended", PROGRAMME, {"tree": tree}, effective="2025-03-01")
    set_policy(telling.town, OWES)
    telling.wait_until("2025-09-20")
    named = {"policy": "works", "executors": [{"items": ["1.1.1"], "office": EXECUTOR.office}]}
    set_policy(telling.town, named)
    works = {row["period"] for row in items(telling) if row["measure"] == "1.1.1"}
    assert "2025-08" not in works
    assert {"2025-09", "2027-12"} <= works
    telling.wait_until("2025-10-20")
    set_policy(telling.town, {"policy": "works"})
    left = {(row["period"], row["status"]) for row in items(telling) if row["measure"] == "1.1.1"}
    assert left == {("2025-09", "missing")}
    inbox = read_office_inbox(telling.tables.reading(), telling.today, EXECUTOR.office, Wanted("report"))
    assert inbox is not None
    shown = {one["about"]["period"] for one in inbox["items"] if one["about"]["measure"] == "1.1.1"}
    assert shown == {"2025-09"}


def test_the_successor_of_a_body_owes_what_its_offices_owed(telling: Telling) -> None:
    set_policy(telling.town, OWES)
    assert said(telling, "office", "body", "succeeded") == {(EXECUTOR.office, FINANCE, False)}
    order = {"body": FINANCE, "successor": COUNCIL, "start": "2025-09-15", "order": "№ 5"}
    telling.town.submit("body.succeeded", "root", order)
    assert said(telling, "body", "succeeded", day="2025-09-14") == {(FINANCE, False)}
    later = items(telling, "2025-09-15")
    assert {(row["office"], row["body"], row["succeeded"]) for row in later} == {
        (EXECUTOR.office, COUNCIL, True)
    }
    assert {tuple(row["persons"]) for row in later} == {()}  # nobody signs for that office any more


def test_who_holds_the_office_is_said_as_of_the_day(telling: Telling) -> None:
    set_policy(telling.town, OWES)
    mandate = telling.town.ids[f"mandate.granted {EXECUTOR.office}"]
    data = {"mandate": mandate, "end": "2025-10-01"}
    telling.town.submit("mandate.ended", f"body:{FINANCE}", data)
    for day, persons in (("2025-09-30", [EXECUTOR.person]), ("2025-10-01", [])):
        assert {tuple(row["persons"]) for row in items(telling, day)} == {tuple(persons)}


def test_a_policy_asks_for_nothing_that_was_due_before_it_began(telling: Telling) -> None:
    telling.wait_until("2025-09-06")
    set_policy(telling.town, OWES)
    assert ("2025-08",) not in said(telling, "period")
    assert ("2025-09",) in said(telling, "period")


def test_after_a_policys_end_what_it_had_asked_for_is_still_owed_and_still_asked_for(
    telling: Telling,
) -> None:
    """By whom says the policy in force; a year about which nothing had come due is not configured."""
    set_policy(telling.town, {"policy": "who", "executors": EXECUTORS})
    set_policy(telling.town, {"policy": "when", "deadlines": [MONTHLY]})
    telling.wait_until("2025-09-10")
    set_policy(telling.town, {"policy": "when"})
    found = read_obligations(telling.case())
    assert found["configured"] is True
    assert {(row["period"], row["status"], row["office"]) for row in found["items"]} == {
        ("2025-08", "missing", EXECUTOR.office)
    }
    assert [year["configured"] for year in found["years"]] == [True, False, False]
    inbox = read_office_inbox(telling.tables.reading(), telling.today, EXECUTOR.office, Wanted("report"))
    assert inbox is not None
    assert len(inbox["items"]) == len(found["items"]) > 0


def test_while_the_adoption_is_suspended_nothing_is_asked(telling: Telling) -> None:
    """Afterwards all is again, but for periods that ended meanwhile: on their last day nothing was there."""
    set_policy(telling.town, OWES)
    telling.wait_until("2025-09-20")
    stop = {"act": ACT_DATA["act"], "status": "suspended", "date": "2025-09-20", "start": "2025-09-20"}
    telling.town.submit("act.status_changed", COUNCIL_STREAM, stop)
    telling.wait_until("2025-10-10")
    again = stop | {"status": "resumed", "date": "2025-10-10", "start": "2025-10-10"}
    telling.town.submit("act.status_changed", COUNCIL_STREAM, again)
    assert {row["status"] for row in items(telling, "2025-09-19")} == {"due", "missing"}
    assert items(telling, "2025-09-20") == items(telling, "2025-10-09") == []
    assert {row["period"] for row in items(telling, status="missing")} == {"2025-08"}
    assert {row["period"] for row in items(telling, status="due")} >= {"2025-10", "2027-12"}


def test_a_report_in_doubt_is_marked(telling: Telling) -> None:
    set_policy(telling.town, OWES)
    actual(telling.town, "2025-08")
    stolen = {"kid": EXECUTOR.key.public.kid, "cause": "stolen", "suspect_from": "2025-09-01", "note": ""}
    telling.town.submit("key.revoked", f"body:{EXECUTOR.body}", stolen)
    doubts = {row["doubt"] for row in items(telling, status="on_time")}
    assert doubts == {"suspect"}


def test_totals_are_of_what_is_listed(telling: Telling) -> None:
    set_policy(telling.town, OWES)
    actual(telling.town, "2025-08")
    found = read_obligations(telling.case("2025-09-06"))
    assert found["totals"] == {
        name: sum(row["status"] == name for row in found["items"])
        for name in ("due", "on_time", "late", "missing", "returned")
    }
    assert found["totals"]["on_time"] == 1
    assert read_obligations(telling.case("2025-09-06"), status="on_time")["totals"]["missing"] == 0


def test_a_case_and_the_tables_know_the_same_plan(telling: Telling) -> None:
    tree = [
        {"id": "1.3", "level": "work", "parent": "1.1", "title": "Робота"},
        {"id": "1.2", "level": "measure", "parent": "1", "title": "Інша назва"},
    ]
    money = {"lines": [{"measure": "1.2", "year": 2026, "source": "local", "op": "set", "amount": "5.00"}]}
    telling.town.submit("programme.amended", PROGRAMME, {"tree": tree}, effective="2025-06-01")
    data = {"removed": ["/indicators/i-2/name"]}
    telling.town.submit("programme.amended", PROGRAMME, data, effective="2025-09-01")
    telling.town.submit("appropriation.set", PROGRAMME, money, effective="2025-07-01")
    quashed_act = {"act": "town-7-2025", "number": "7", "date": "2025-08-01", "in_force": "2025-08-01"}
    act = {"kind": "decision", "title": "Зміни", "points": ["1"]} | quashed_act
    telling.town.submit("act.registered", COUNCIL_STREAM, act)
    again = {"tree": [{"id": "1.1", "level": "task", "title": "Скасовано"}]}
    telling.town.submit(
        "programme.amended", PROGRAMME, again, effective="2025-08-01", act={"id": "town-7-2025", "point": "1"}
    )
    compare_plans(telling)
    waiting = {"act": "town-8-2025", "number": "8", "date": "2025-08-02"}  # adopted, and not in force yet
    telling.town.submit("act.registered", COUNCIL_STREAM, act | waiting | {"in_force": None})
    later = {"tree": [{"id": "1.2", "level": "work", "parent": "1.1", "title": "Колись"}]}
    point = {"id": "town-8-2025", "point": "1"}
    telling.town.submit("programme.amended", PROGRAMME, later, effective="2025-08-02", act=point)
    compare_plans(telling)
    status = {"act": "town-7-2025", "status": "quashed", "date": "2025-09-01", "start": "2025-08-01"}
    telling.town.submit("act.status_changed", COUNCIL_STREAM, status)
    compare_plans(telling)


def compare_plans(telling: Telling) -> None:
    reading = telling.tables.reading()
    for today in DAYS:
        one, other = CasePlan(telling.case(today)), Plan(reading, PROGRAMME_ID, today)
        assert (one.years, one.closed) == (other.years, other.closed)
        assert (one.indicators, one.rows) == (other.indicators, other.rows)
        for item in one.rows:
            assert (one.level(item), list(one.upwards(item))) == (
                other.level(item),
                list(other.upwards(item)),
            )
        for item in one.indicators:
            assert one.measure_of(item) == other.measure_of(item)
        for day in DAYS:
            for family in ("/tree", "/indicators"):
                assert one.there(family, day) == other.there(family, day)
            for year in ("2025", "2026"):
                assert {item for item in one.rows if one.is_funded(item, year, day)} == other.funded(
                    year, day
                )
