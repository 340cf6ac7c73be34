"""The budget table of both programmes, with amounts that were added up by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from projections.budget import read_budget, totals
from tests.projections.adopted import BELZ, Adopted

Row = dict[str, Any]

LINE: Row = {"measure": "3.3.2", "year": 2025, "source": "local"}
POSTS: Row = {
    "measure": "w-a1x-posts",
    "year": 2030,
    "source": "local",
    "kpkvk": "0118340",
    "kekv": "3110",
    "fund": "development",
    "unit": "env-dept",
}
PHASES = {"commitment": "committed", "paid": "paid", "incurred": "incurred"}  # flows; payable is a balance


def rows_of(adopted: Adopted, day: str, known: int | None = None) -> list[Row]:
    return read_budget(adopted.reading(known), adopted.programme, day)


def row_of(adopted: Adopted, day: str, axes: Row = LINE, known: int | None = None) -> Row:
    """The one row with these axes; axes that are not named are null."""
    wanted = {"kpkvk": None, "kekv": None, "fund": None, "unit": None} | axes
    rows = rows_of(adopted, day, known)
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def change(adopted: Adopted, *lines: Row, act: str, since: str, kind: str = "financing.changed") -> str:
    """Record a money decision of an act; returns the event."""
    return adopted.say(kind, {"lines": list(lines)}, act=act, effective=since).event


def amended_to_45(adopted: Adopted) -> str:
    """Decision 512 of 29 May 2025 sets the line to 45 000.00 from 1 June."""
    adopted.pass_act("belz-512", "2025-05-29", number="512")
    line = LINE | {"op": "set", "amount": "45000.00", "stated_old": "30000.00"}
    return change(adopted, line, act="belz-512", since="2025-06-01")


# The plan: original, amended, appropriated.


def test_before_its_act_is_in_force_a_programme_has_an_original_plan_and_no_other(tmp_path: Path) -> None:
    with Adopted(tmp_path, BELZ) as adopted:
        row = row_of(adopted, "2025-06-01")
        assert (row["original"], row["amended"], row["event"]) == ("30000.00", None, None)
        assert totals(rows_of(adopted, "2025-06-01"))["all"][0]["original"] == "30000.00"
        adopted.bring_into_force("2025-03-01")
        assert row_of(adopted, "2025-02-28")["amended"] is None
        assert row_of(adopted, "2025-03-01")["amended"] == "30000.00"


def test_the_real_programme_has_its_one_funded_measure_and_the_total_of_its_annexes(belz: Adopted) -> None:
    (row,) = rows_of(belz, "2025-06-01")
    assert row == row_of(belz, "2025-06-01")
    assert (row["original"], row["amended"], row["currency"]) == ("30000.00", "30000.00", "UAH")
    assert row["cell"] == "/financing/3.3.2/2025/local"
    sums = totals([row])
    assert {name: group[0]["amended"] for name, group in sums.items()} == dict.fromkeys(
        ("all", "by_year", "by_source", "by_measure", "by_kpkvk", "by_kekv", "by_fund", "by_unit"), "30000.00"
    )
    assert [sums["by_year"][0]["year"], sums["by_source"][0]["source"]] == [2025, "local"]


def test_an_amendment_stands_beside_the_original_from_its_day(belz: Adopted) -> None:
    event = amended_to_45(belz)
    before, after = row_of(belz, "2025-05-31"), row_of(belz, "2025-06-01")
    assert (before["original"], before["amended"]) == ("30000.00", "30000.00")
    assert (after["original"], after["amended"]) == ("30000.00", "45000.00")
    assert (after["event"], after["index"]) == (event, belz.town.position - 1)
    assert row_of(belz, "2025-06-01", known=belz.town.position - 1)["amended"] == "30000.00"


def test_an_amount_is_added_to_what_is_in_force_and_to_nothing_where_nothing_was(belz: Adopted) -> None:
    amended_to_45(belz)
    belz.pass_act("belz-600", "2025-07-01")
    other = {"measure": "3.3.4", "year": 2026, "source": "oblast"}
    lines = [LINE | {"op": "add", "amount": "5000.50"}, other | {"op": "add", "amount": "100.00"}]
    change(belz, *lines, act="belz-600", since="2025-07-01")
    assert row_of(belz, "2025-07-01")["amended"] == "50000.50"
    row = row_of(belz, "2025-07-01", other)
    assert (row["original"], row["amended"]) == (None, "100.00")


def test_none_zero_a_dash_a_blank_and_removed_are_five_answers(belz: Adopted) -> None:
    belz.pass_act("belz-600", "2025-07-01")
    lines = [
        {"measure": "3.3.4", "year": 2025, "source": "local", "op": "set", "amount": "0.00"},
        {"measure": "3.3.4", "year": 2026, "source": "local", "op": "set", "amount": "-"},
        {"measure": "3.3.4", "year": 2027, "source": "local", "op": "set", "amount": ""},
        LINE | {"op": "unset"},
    ]
    change(belz, *lines, act="belz-600", since="2025-07-01")
    said = {(row["measure"], row["year"]): row["amended"] for row in rows_of(belz, "2025-07-01")}
    assert said == {
        ("3.3.2", 2025): "removed",
        ("3.3.4", 2025): "0.00",
        ("3.3.4", 2026): "-",
        ("3.3.4", 2027): "",
    }
    assert row_of(belz, "2025-07-01")["original"] == "30000.00"
    assert [row["measure"] for row in rows_of(belz, "2025-06-30")] == ["3.3.2"]
    by_year = {group["year"]: group["amended"] for group in totals(rows_of(belz, "2025-07-01"))["by_year"]}
    assert by_year == {2025: "0.00", 2026: None, 2027: None}


def test_what_the_appropriation_does_not_cover_is_unfunded(belz: Adopted) -> None:
    amended_to_45(belz)
    belz.pass_act("budget-2025", "2025-06-10")
    kind = "appropriation.set"
    for day, amount, unfunded in [
        ("2025-06-10", "40000.00", "5000.00"),
        ("2025-06-20", "45000.00", "0.00"),
        ("2025-06-25", "-", None),
    ]:
        line = LINE | {"op": "set", "amount": amount}
        change(belz, line, act="budget-2025", since=day, kind=kind)
        row = row_of(belz, day)
        assert (row["appropriated"], row["unfunded"]) == (amount, unfunded)
    assert row_of(belz, "2025-06-09")["appropriated"] is None
    assert row_of(belz, "2025-06-09")["unfunded"] is None


def test_an_appropriation_without_a_plan_has_a_row_of_its_own(belz: Adopted) -> None:
    belz.pass_act("budget-2025", "2025-06-10")
    other = {"measure": "1.1.1", "year": 2025, "source": "state"}
    event = change(
        belz,
        other | {"op": "set", "amount": "7.00"},
        act="budget-2025",
        since="2025-06-10",
        kind="appropriation.set",
    )
    row = row_of(belz, "2025-06-10", other)
    assert (row["original"], row["amended"], row["appropriated"]) == (None, None, "7.00")
    assert row["event"] == event


def test_a_suspended_amendment_gives_the_amount_before_it_back_until_it_is_resumed(belz: Adopted) -> None:
    amended_to_45(belz)
    belz.change_status("belz-512", "suspended", "2025-06-10")
    belz.change_status("belz-512", "resumed", "2025-06-20")
    days = ("2025-06-09", "2025-06-10", "2025-06-19", "2025-06-20")
    assert [row_of(belz, day)["amended"] for day in days] == ["45000.00", "30000.00", "30000.00", "45000.00"]
    assert {row_of(belz, day)["original"] for day in days} == {"30000.00"}


def test_when_the_adoption_is_quashed_the_original_is_still_told(belz: Adopted) -> None:
    belz.change_status(belz.act, "quashed", "2025-02-21")
    row = row_of(belz, "2025-06-01")
    assert (row["original"], row["amended"]) == ("30000.00", None)


def test_a_corrected_adoption_corrects_the_original_from_then_on(belz: Adopted) -> None:
    before = belz.town.position
    stated = [entry.stated().event for entry in belz.town.ledger.reader.stream(belz.stream)]
    (part,) = [event for event in stated if event.kind == "programme.adopted" and event.data.financing]
    assert part.act is not None
    data = part.data.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["financing"][0]["amount"] = "30500.00"
    belz.say(part.kind, data, corrects=part.id, act=part.act.model_dump(), effective=part.effective)
    assert row_of(belz, "2025-06-01")["original"] == "30500.00"
    assert row_of(belz, "2025-06-01")["amended"] == "30500.00"
    assert row_of(belz, "2025-06-01", known=before)["original"] == "30000.00"


def test_the_schedule_stands_beside_the_appropriation_and_alone_has_a_row_too(belz: Adopted) -> None:
    other = {"measure": "1.1.1", "year": 2025, "source": "state"}
    lines = [LINE | {"op": "set", "amount": "20000.00"}, other | {"op": "set", "amount": "-"}]
    event = belz.say("schedule.changed", {"lines": lines}, effective="2025-06-10").event
    assert row_of(belz, "2025-06-09")["scheduled"] is None
    assert row_of(belz, "2025-06-10")["scheduled"] == "20000.00"
    row = row_of(belz, "2025-06-10", other)
    assert (row["original"], row["amended"], row["appropriated"], row["scheduled"]) == (None, None, None, "-")
    assert row["event"] == event
    (total,) = totals(rows_of(belz, "2025-06-10"))["all"]
    assert (total["scheduled"], total["appropriated"]) == ("20000.00", None)


def test_totals_by_budget_codes_keep_what_has_no_code_apart(riverside: Adopted) -> None:
    sums = totals(rows_of(riverside, "2030-01-01"))
    said = {
        name: {row[name]: row["amended"] for row in sums[f"by_{name}"]} for name in ("fund", "unit", "kekv")
    }
    assert said == {
        "fund": {
            "general": "300000.00",
            "development": "1250500.00",
            "special": "949500.00",
            None: "6265431.25",
        },
        "unit": {"env-dept": "1550500.00", None: "7214931.25"},
        "kekv": {"2240": "300000.00", "3110": "2200000.00", None: "6265431.25"},
    }
    for by in ("by_kpkvk", "by_fund", "by_unit", "by_kekv"):
        assert sum(Decimal(row["amended"]) for row in sums[by]) == Decimal("8765431.25")


# Transfers and returns.


def transfer(adopted: Adopted, amount: str | None, day: str, **common: Any) -> str:
    data = LINE | {"amount": amount, "payer": "місцевий бюджет", "recipient": "обласний бюджет"}
    return adopted.say("transfer.made", data if amount else None, effective=day, **common).event


def test_transfers_and_returns_add_up_each_from_its_day(belz: Adopted) -> None:
    first = transfer(belz, "20000.00", "2025-03-10")
    transfer(belz, "9999.99", "2025-04-10")
    back = LINE | {"amount": "500.25", "transfer": first}
    belz.say("transfer.returned", back, effective="2025-05-10")
    said = {
        day: (row_of(belz, day)["transferred"], row_of(belz, day)["returned"])
        for day in ("2025-03-09", "2025-03-10", "2025-04-10", "2025-05-10")
    }
    assert said == {
        "2025-03-09": (None, None),
        "2025-03-10": ("20000.00", None),
        "2025-04-10": ("29999.99", None),
        "2025-05-10": ("29999.99", "500.25"),
    }


def test_a_corrected_transfer_counts_once_and_a_voided_one_not_at_all(belz: Adopted) -> None:
    first = transfer(belz, "20000.00", "2025-03-10")
    transfer(belz, "5.00", "2025-03-11")
    transfer(belz, "10000.00", "2025-03-10", corrects=first)
    assert row_of(belz, "2025-03-31")["transferred"] == "10005.00"
    transfer(belz, None, "2025-03-10", corrects=first)
    assert row_of(belz, "2025-03-31")["transferred"] == "5.00"
    assert row_of(belz, "2025-03-31", known=belz.town.position - 1)["transferred"] == "10005.00"


# What is reported: by period, or year-to-date.


def spend(adopted: Adopted, axes: Row, phase: str, period: str, mode: str, amount: str, **more: Any) -> str:
    line = axes | {"amount": amount}
    data = {"phase": phase, "period": period, "accumulation": mode, "lines": [line]}
    return adopted.say("spending.reported", data, **more).event


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("name", "axes"), [("belz", LINE), ("riverside", POSTS)], ids=["belz", "riverside"])
def test_periods_add_up_until_a_year_to_date_value_takes_their_place(
    phase: str, name: str, axes: Row, request: pytest.FixtureRequest
) -> None:
    adopted, year, column = request.getfixturevalue(name), axes["year"], PHASES[phase]
    spend(adopted, axes, phase, f"{year}-Q1", "period", "100.10")
    spend(adopted, axes, phase, f"{year}-Q2", "period", "200.20")
    spend(adopted, axes, phase, f"{year}-Q3", "ytd", "350.00")
    spend(adopted, axes, phase, f"{year}-Q4", "period", "1000.00")
    spend(adopted, axes, phase, f"{year}", "ytd", "1234.56")
    days = (f"{year}-03-30", f"{year}-03-31", f"{year}-06-30", f"{year}-09-30", f"{year}-12-31")
    known = [None] * 4 + [adopted.town.position - 1]
    said = [row_of(adopted, day, axes, k)[column] for day, k in zip(days, known, strict=True)]
    assert said == [None, "100.10", "300.30", "350.00", "350.00"]
    assert row_of(adopted, f"{year}-12-31", axes)[column] == "1234.56"
    others = [one for one in (*PHASES.values(), "payable") if one != column]
    assert [row_of(adopted, f"{year}-12-31", axes)[one] for one in others] == [None] * 3


def test_payables_are_a_balance_and_the_newest_one_stands(belz: Adopted) -> None:
    for quarter in ("Q1", "Q2", "Q3"):
        spend(belz, LINE, "payable", f"2025-{quarter}", "period", "10.00")
    assert row_of(belz, "2025-12-31")["payable"] == "10.00"
    spend(belz, LINE, "payable", "2025-Q4", "ytd", "7.00")
    spend(belz, LINE, "payable", "2025-12", "period", "0.00")
    days = ("2025-03-30", "2025-09-30", "2025-12-31")
    assert [row_of(belz, day)["payable"] for day in days] == [None, "10.00", "0.00"]
    assert row_of(belz, "2025-12-31", known=belz.town.position - 1)["payable"] == "7.00"


def test_a_year_to_date_payable_does_not_take_the_place_of_a_later_balance(belz: Adopted) -> None:
    spend(belz, LINE, "payable", "2025-Q3", "ytd", "9.00")
    spend(belz, LINE, "payable", "2025-Q4", "period", "4.00")
    spend(belz, LINE, "payable", "2025-Q1", "period", "1.00")
    assert row_of(belz, "2025-12-31")["payable"] == "4.00"


def test_balances_of_lines_add_up_and_those_of_a_lines_years_do_not(belz: Adopted) -> None:
    """What is owed at the end of 2026 stands in place of what was owed on the same line a year before."""
    other = LINE | {"measure": "3.3.4"}
    for axes, period, amount in [
        (LINE, "2025", "10.00"),
        (other, "2025", "5.00"),
        (LINE | {"year": 2026}, "2026", "4.00"),
    ]:
        spend(belz, axes, "payable", period, "period", amount)
        spend(belz, axes, "paid", period, "period", amount)
    sums = totals(rows_of(belz, "2026-12-31"))
    assert (sums["all"][0]["payable"], sums["all"][0]["paid"]) == ("9.00", "19.00")
    assert {row["year"]: row["payable"] for row in sums["by_year"]} == {2025: "15.00", 2026: "4.00"}
    assert {row["measure"]: row["payable"] for row in sums["by_measure"]} == {
        "3.3.2": "4.00",
        "3.3.4": "5.00",
    }


def test_the_deviation_is_what_was_paid_less_the_amended_plan(belz: Adopted) -> None:
    amended_to_45(belz)
    spend(belz, LINE, "paid", "2025-Q2", "ytd", "44000.00")
    spend(belz, LINE, "paid", "2025-Q3", "ytd", "45000.01")
    said = [row_of(belz, day)["variance"] for day in ("2025-06-01", "2025-06-30", "2025-09-30")]
    assert said == [None, "-1000.00", "0.01"]


def test_a_reports_corrections_replace_it_and_a_voided_one_was_never_reported(belz: Adopted) -> None:
    first = spend(belz, LINE, "paid", "2025-Q1", "period", "900.00")
    spend(belz, LINE, "paid", "2025-Q1", "period", "90.00", corrects=first)
    spend(belz, LINE, "paid", "2025-Q1", "period", "95.00", corrects=first)
    belz.say("spending.reported", None, corrects=first)
    head = belz.town.position
    said = [row_of(belz, "2025-04-01", known=known)["paid"] for known in range(head - 4, head + 1)]
    assert said == [None, "900.00", "90.00", "95.00", None]


def test_money_spent_where_none_was_planned_has_a_row(belz: Adopted) -> None:
    other = {"measure": "1.1.2", "year": 2026, "source": "state"}
    spend(belz, other, "paid", "2026-01", "period", "5.00")
    row = row_of(belz, "2026-01-31", other)
    assert (row["original"], row["amended"], row["paid"], row["variance"]) == (None, None, "5.00", None)
    assert row["event"] is None
    sums = totals(rows_of(belz, "2026-01-31"))
    assert {group["source"]: group["paid"] for group in sums["by_source"]} == {"local": None, "state": "5.00"}


# Axes.


def test_rows_keep_their_axes_and_come_by_year_and_code(riverside: Adopted) -> None:
    said = [
        (row["year"], row["measure"], row["source"], row["kekv"], row["fund"], row["unit"], row["amended"])
        for row in rows_of(riverside, "2030-01-01")
    ]
    assert said == [
        (2030, "w-a1x-lab", "grant-water", None, None, None, "1700000.00"),
        (2030, "w-a1x-posts", "local", "2240", "general", "env-dept", "300000.00"),
        (2030, "w-a1x-posts", "local", "3110", "development", "env-dept", "1250500.00"),
        (2031, "w-a1x-lab", "grant-water", None, None, None, "1300431.25"),
        (2031, "w-a1x-posts", "oblast", "3110", "special", None, "949500.00"),
        (2031, "w-a1y.3.10", "local", None, None, None, "1165000.00"),
        (2032, "w-b1x-left", "state", None, None, None, "2100000.00"),
        (2033, "w-b1x-left", "local", None, None, None, "0.00"),
        (2033, "w-b1x-right", "state", None, None, None, "-"),
        (2034, "w-b1x-right", "state", None, None, None, ""),
    ]


def test_totals_are_the_sums_of_the_annexes_and_blanks_add_nothing(riverside: Adopted) -> None:
    sums = totals(rows_of(riverside, "2030-01-01"))
    assert sums["all"][0]["amended"] == "8765431.25"
    by_year = {group["year"]: group["amended"] for group in sums["by_year"]}
    assert by_year == {
        2030: "3250500.00",
        2031: "3414931.25",
        2032: "2100000.00",
        2033: "0.00",
        2034: None,
    }
    by_source = {group["source"]: group["original"] for group in sums["by_source"]}
    assert by_source == {
        "grant-water": "3000431.25",
        "local": "2715500.00",
        "oblast": "949500.00",
        "state": "2100000.00",
    }
    by_measure = {group["measure"]: group["amended"] for group in sums["by_measure"]}
    assert by_measure["w-a1x-posts"] == "2500000.00"
    assert by_measure["w-b1x-right"] is None


def test_a_row_of_one_budget_line_takes_only_that_lines_reports(riverside: Adopted) -> None:
    spend(riverside, POSTS, "paid", "2030-Q1", "period", "10.00")
    bare = {"measure": "w-a1x-posts", "year": 2030, "source": "local"}
    spend(riverside, bare, "paid", "2030-Q1", "period", "1.00")
    general = POSTS | {"kekv": "2240", "fund": "general"}
    said = [row_of(riverside, "2030-03-31", axes)["paid"] for axes in (POSTS, bare, general)]
    assert said == ["10.00", "1.00", None]


def test_a_spending_unit_may_have_dots_in_its_id(riverside: Adopted) -> None:
    axes = {"measure": "w-b1x-left", "year": 2032, "source": "state", "unit": "fin.dept.2"}
    spend(riverside, axes, "paid", "2032-Q1", "period", "10.00")
    assert row_of(riverside, "2032-03-31", axes)["paid"] == "10.00"
