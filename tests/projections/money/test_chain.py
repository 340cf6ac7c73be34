"""The chain of money: each step beside the one before, with what it rests on, and never one word for all."""

from __future__ import annotations

from typing import Any

from projections.budget import read_budget
from projections.money.chain import STEPS, read_chain
from tests.projections.adopted import Adopted
from tests.projections.money.saying import LINE, decide, grant, line, schedule, spend, transfer

Row = dict[str, Any]
CODED = {"kpkvk": "0217520", "kekv": "2210", "fund": "general", "unit": "dept.1"}


def chain(adopted: Adopted, day: str, *by: str) -> list[Row]:
    return read_chain(adopted.reading(), adopted.programme, day, by=by)


def steps(row: Row) -> dict[str, tuple[str | None, str | None]]:
    """Step → (amount, deviation)."""
    return {one["step"]: (one["amount"], one["deviation"]) for one in row["steps"]}


def step(row: Row, name: str) -> Row:
    steps: list[Row] = row["steps"]
    (found,) = [one for one in steps if one["step"] == name]
    return found


def lived(adopted: Adopted) -> dict[str, list[str]]:
    """A line with every step of its year; returns the events by step."""
    said = {
        "need": [decide(adopted, "belz-512", "2025-05-29", line("45000.00"))],
        "appropriation": [grant(adopted, "belz-600", "2025-06-10", line("40000.00"))],
        "schedule": [schedule(adopted, "2025-06-20", line("38000.00"))],
        "transferred": [transfer(adopted, "12000.00", "2025-07-01")],
    }
    for phase, amount in (("commitment", "37000.00"), ("incurred", "36500.10"), ("payable", "500.10")):
        said[phase] = [spend(adopted, phase, "2025-Q3", amount)]
    said["paid"] = [spend(adopted, "paid", f"2025-Q{n}", "18000.00", "period") for n in (3, 4)]
    back = LINE | {"amount": "250.00", "transfer": said["transferred"][0]}
    said["returned"] = [adopted.say("transfer.returned", back, effective="2025-12-01").event]
    return said


def test_every_step_has_its_own_amount_and_its_deviation_from_the_one_before(belz: Adopted) -> None:
    said = lived(belz)
    (row,) = chain(belz, "2025-12-31")
    assert steps(row) == {
        "need": ("45000.00", None),
        "appropriation": ("40000.00", "-5000.00"),
        "schedule": ("38000.00", "-2000.00"),
        "commitment": ("37000.00", "-1000.00"),
        "paid": ("36000.00", "-1000.00"),
        "incurred": ("36500.10", "500.10"),
        "payable": ("500.10", "-36000.00"),
        "returned": ("250.00", "-250.10"),
    }
    assert (row["original"]["amount"], row["transferred"]["amount"]) == ("30000.00", "12000.00")
    assert {name: step(row, name)["events"] for name in STEPS} == {name: said[name] for name in STEPS}
    assert row["transferred"]["events"] == said["transferred"]
    assert len(row["original"]["events"]) == 1
    assert step(row, "paid")["cells"] == [f"/paid/3.3.2/2025/local/2025-Q{n}/period" for n in (3, 4)]
    assert step(row, "need")["cells"] == ["/financing/3.3.2/2025/local"]


def test_a_step_that_is_not_stated_is_null_and_so_are_the_deviations_on_either_side(belz: Adopted) -> None:
    grant(belz, "belz-600", "2025-06-10", line("40000.00"))
    spend(belz, "commitment", "2025-Q3", "37000.00")
    (row,) = chain(belz, "2025-12-31")
    assert steps(row)["schedule"] == (None, None)
    assert steps(row)["commitment"] == ("37000.00", None)
    assert steps(row)["paid"] == (None, None)
    assert step(row, "schedule")["empties"] == {"none": 1, "dash": 0, "blank": 0, "removed": 0}
    assert (step(row, "schedule")["cells"], step(row, "schedule")["events"]) == ([], [])


def test_a_dash_a_blank_and_a_removal_stay_what_they_are_and_deviate_from_nothing(belz: Adopted) -> None:
    others = {"-": "3.3.4", "": "1.1.1"}
    lines = [line(said, measure=measure) for said, measure in others.items()]
    grant(belz, "belz-600", "2025-06-10", *lines, line("1.00"))
    grant(belz, "belz-601", "2025-06-11", line(None, "unset"))
    rows = {row["key"]["measure"]: row for row in chain(belz, "2025-06-11")}
    said = {measure: steps(row)["appropriation"] for measure, row in rows.items()}
    assert said == {"3.3.4": ("-", None), "1.1.1": ("", None), "3.3.2": ("removed", None)}
    assert step(rows["3.3.2"], "appropriation")["empties"]["removed"] == 1
    (total,) = chain(belz, "2025-06-11", "year")
    figure = step(total, "appropriation")
    assert (figure["amount"], figure["stated"]) == (None, 0)
    assert figure["empties"] == {"none": 0, "dash": 1, "blank": 1, "removed": 1}


def test_a_year_to_date_report_rests_on_itself_alone(belz: Adopted) -> None:
    spend(belz, "paid", "2025-Q1", "100.00", "period")
    event = spend(belz, "paid", "2025-Q2", "150.00", "ytd")
    (row,) = chain(belz, "2025-12-31")
    figure = step(row, "paid")
    assert (figure["amount"], figure["events"]) == ("150.00", [event])
    assert figure["cells"] == ["/paid/3.3.2/2025/local/2025-Q2/ytd"]


def test_a_payable_is_the_newest_balance_and_rests_on_its_report_alone(belz: Adopted) -> None:
    for quarter in ("Q1", "Q2"):
        spend(belz, "payable", f"2025-{quarter}", "10.00", "period")
    event = spend(belz, "payable", "2025-Q3", "10.00", "period")
    (row,) = chain(belz, "2025-12-31")
    figure = step(row, "payable")
    assert (figure["amount"], figure["events"]) == ("10.00", [event])
    assert figure["cells"] == ["/payable/3.3.2/2025/local/2025-Q3/period"]


def test_a_groups_payable_rests_on_the_newest_year_of_each_line(belz: Adopted) -> None:
    spend(belz, "payable", "2025", "10.00")
    newer = spend(belz, "payable", "2026", "4.00", year=2026)
    (row,) = chain(belz, "2026-12-31", "source")
    figure = step(row, "payable")
    assert (figure["amount"], figure["events"]) == ("4.00", [newer])
    assert figure["cells"] == ["/payable/3.3.2/2026/local/2026/ytd"]


def test_an_amount_that_was_added_to_rests_on_both_events(belz: Adopted) -> None:
    first = grant(belz, "belz-600", "2025-06-10", line("40000.00"))
    second = grant(belz, "belz-601", "2025-07-10", line("500.00", "add"))
    (row,) = chain(belz, "2025-12-31")
    assert (step(row, "appropriation")["amount"], step(row, "appropriation")["events"]) == (
        "40500.00",
        [first, second],
    )


def test_need_without_codes_meets_the_appropriation_with_codes_in_their_common_source(belz: Adopted) -> None:
    grant(belz, "belz-600", "2025-06-10", line("40000.00", **CODED))
    assert [steps(row)["appropriation"] for row in chain(belz, "2025-12-31")] == [
        (None, None),
        ("40000.00", None),
    ]
    (row,) = chain(belz, "2025-12-31", "source")
    assert steps(row)["appropriation"] == ("40000.00", "10000.00")
    assert (row["key"], row["lines"], step(row, "need")["stated"]) == ({"source": "local"}, 2, 1)
    by_code = {row["key"]["kpkvk"]: steps(row) for row in chain(belz, "2025-12-31", "kpkvk")}
    assert by_code["0217520"]["appropriation"] == ("40000.00", None)
    assert by_code[None]["need"] == ("30000.00", None)


def test_groups_by_several_axes_and_by_the_tree_of_sources(riverside: Adopted) -> None:
    by_both = {
        (row["key"]["fund"], row["key"]["unit"]): steps(row)["need"][0]
        for row in chain(riverside, "2030-01-01", "fund", "unit")
    }
    assert by_both == {
        ("general", "env-dept"): "300000.00",
        ("development", "env-dept"): "1250500.00",
        ("special", None): "949500.00",
        (None, None): "6265431.25",
    }
    tree = {
        row["key"]["source-tree"]: steps(row)["need"][0]
        for row in chain(riverside, "2030-01-01", "source-tree")
    }
    assert tree == {
        "local": "2715500.00",
        "grant-water": "3000431.25",
        "grant": "3000431.25",
        "oblast": "949500.00",
        "state": "2100000.00",
        "other": "6049931.25",
    }


def test_the_chain_and_the_budget_never_differ(belz: Adopted) -> None:
    lived(belz)
    for day in ("2025-05-01", "2025-06-15", "2025-09-30", "2025-12-31"):
        rows = read_budget(belz.reading(), belz.programme, day)
        found = chain(belz, day)
        assert [{one["step"]: one["amount"] for one in row["steps"]} for row in found] == [
            {name: row[column] for name, column in STEPS.items()} for row in rows
        ]
