"""«Чому план казначейства інший?»: both sides on the extract's day, through the signed allocation."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.ids import programme_stream
from ledger.streams import load_stream
from ledger.world import World
from projections.money.books import TableBooks, TimelineBooks
from projections.money.reconciliation import reconcile, reconcile_line
from projections.money.reconciling import read_reconciliation
from tests.projections.adopted import Adopted
from tests.projections.money.saying import (
    TREASURY_LINE,
    allocate,
    extract,
    grant,
    line,
    schedule,
    spend,
)
from tests.support.clock import utc

Row = dict[str, Any]
SAID = {"approved": "40000.00", "amended": "45000.00", "paid": "12000.00"}
OTHER_CODE = {"kekv": "3110"}
CODES = {"kpkvk": "0217520", "fund": "general"}
OTHER_LINE = "0217520.3110.general._"


def read(adopted: Adopted, day: str = "2025-12-31", year: int = 2025) -> Row:
    return read_reconciliation(adopted.reading(), adopted.programme, day, year)


def only(adopted: Adopted, day: str = "2025-12-31") -> Row:
    items: list[Row] = read(adopted, day)["items"]
    (item,) = items
    return item


def compared(item: Row) -> dict[str, tuple[str | None, str | None, str | None, str]]:
    """Name → (treasury, ledger, difference, status)."""
    return {
        one["name"]: (one["treasury"]["amount"], one["ledger"]["amount"], one["difference"], one["status"])
        for one in item["comparisons"]
    }


def comparison(item: Row, name: str) -> Row:
    compared: list[Row] = item["comparisons"]
    (found,) = [one for one in compared if one["name"] == name]
    return found


def told(item: Row, name: str) -> tuple[list[tuple[str, str, bool]], str | None]:
    """(act, delta, counted) of each explanation, and what no act explains."""
    found = comparison(item, name)
    by = [(one["act"]["id"], one["delta"], one["counted"]) for one in found["explained_by"]]
    return by, found["unexplained"]


def budgeted(adopted: Adopted) -> None:
    """40 000.00 from 1 January by the budget, 5 000.00 more from 1 May; 12 000.00 paid by the end of June."""
    grant(adopted, "budget-1", "2024-12-20", line("40000.00"), since="2025-02-21")
    grant(adopted, "budget-5", "2025-05-01", line("5000.00", "add"))
    spend(adopted, "paid", "2025-H1", "12000.00")
    allocate(adopted, {})


def test_without_an_extract_there_is_nothing_to_compare(belz: Adopted) -> None:
    budgeted(belz)
    assert read(belz) == {
        "year": 2025,
        "status": "not-imported",
        "extract": None,
        "items": [],
        "lines": [],
        "unmapped": [],
    }
    extract(belz, "2025-06-30", SAID)
    assert read(belz, "2025-06-29")["status"] == "not-imported"
    assert read(belz, year=2026)["status"] == "not-imported"


def test_what_is_the_same_on_both_sides_agrees_and_names_what_it_rests_on(belz: Adopted) -> None:
    budgeted(belz)
    event = extract(belz, "2025-06-30", SAID)
    answer = read(belz)
    assert answer["status"] == "agrees"
    assert answer["extract"] == {"day": "2025-06-30", "events": [event]}
    (item,) = answer["items"]
    assert compared(item) == {
        "approved": ("40000.00", "40000.00", "0.00", "agrees"),
        "amended": ("45000.00", "45000.00", "0.00", "agrees"),
        "paid": ("12000.00", "12000.00", "0.00", "agrees"),
    }
    paid = comparison(item, "paid")
    assert paid["treasury"]["cells"] == [f"/treasury/2025/{TREASURY_LINE}/paid"]
    assert paid["treasury"]["events"] == [event]
    assert paid["ledger"]["cells"] == ["/paid/3.3.2/2025/local/2025-H1/ytd"]
    assert paid["ledger"]["until"] == "2025-06-30"
    assert len(comparison(item, "amended")["ledger"]["events"]) == 2
    assert item["shares"][0]["cell"] == f"/allocation/2025/{TREASURY_LINE}/3.3.2/local"


def test_the_ledger_answers_for_the_extracts_day_and_not_for_the_day_asked(belz: Adopted) -> None:
    budgeted(belz)
    extract(belz, "2025-06-30", SAID)
    grant(belz, "budget-9", "2025-09-01", line("99000.00"))
    spend(belz, "paid", "2025", "44000.00")
    assert only(belz, "2025-12-31") == only(belz, "2025-06-30")
    assert compared(only(belz))["paid"][1] == "12000.00"


def test_an_act_that_the_treasury_has_not_booked_yet_explains_the_difference(belz: Adopted) -> None:
    budgeted(belz)
    extract(belz, "2025-06-30", SAID | {"amended": "40000.00"})
    item = only(belz)
    assert compared(item)["amended"] == ("40000.00", "45000.00", "-5000.00", "explained")
    assert told(item, "amended") == ([("budget-5", "5000.00", True)], "0.00")
    (by,) = comparison(item, "amended")["explained_by"]
    assert (by["act"]["number"], by["act"]["date"], len(by["events"])) == ("5", "2025-05-01", 1)
    assert item["status"] == read(belz)["status"] == "explained"


def test_an_act_that_takes_effect_later_in_the_ledger_explains_what_the_treasury_has_already(
    belz: Adopted,
) -> None:
    budgeted(belz)
    grant(belz, "budget-6", "2025-06-20", line("46000.50"), since="2025-07-01")
    extract(belz, "2025-06-30", SAID | {"amended": "46000.50"})
    assert told(only(belz), "amended") == ([("budget-6", "1000.50", False)], "0.00")


def test_an_act_that_was_made_after_the_extracts_day_does_not_explain_it(belz: Adopted) -> None:
    budgeted(belz)
    grant(belz, "budget-6", "2025-07-01", line("46000.50"))
    extract(belz, "2025-06-30", SAID | {"amended": "46000.50"})
    item = only(belz)
    assert compared(item)["amended"] == ("46000.50", "45000.00", "1000.50", "unexplained")
    assert told(item, "amended") == ([], "1000.50")


def test_a_kopiyka_that_no_act_accounts_for_leaves_the_whole_difference_unexplained(belz: Adopted) -> None:
    budgeted(belz)
    extract(belz, "2025-06-30", SAID | {"amended": "40000.01"})
    assert told(only(belz), "amended") == ([], "-4999.99")
    assert read(belz)["status"] == "unexplained"


def test_two_acts_that_would_do_equally_well_explain_nothing(belz: Adopted) -> None:
    budgeted(belz)
    grant(belz, "budget-6", "2025-05-10", line("5000.00", "add"))
    extract(belz, "2025-06-30", SAID)
    item = only(belz)
    assert compared(item)["amended"] == ("45000.00", "50000.00", "-5000.00", "ambiguous")
    assert told(item, "amended") == ([], "-5000.00")
    assert comparison(item, "amended")["fits"] == 2


def test_an_act_that_a_later_one_overwrote_explains_nothing(belz: Adopted) -> None:
    """Set to 150, then to 120: without the first of the two it is still 120, and no choice gives 70."""
    allocate(belz, {})
    for act, date, amount in (
        ("budget-1", "2025-02-21", "100.00"),
        ("budget-2", "2025-03-01", "150.00"),
        ("budget-3", "2025-05-02", "120.00"),
    ):
        grant(belz, act, date, line(amount))
    extract(belz, "2025-06-30", SAID | {"amended": "70.00"})
    assert told(only(belz), "amended") == ([], "-50.00")
    assert compared(only(belz))["amended"] == ("70.00", "120.00", "-50.00", "unexplained")
    extract(belz, "2025-07-31", SAID | {"amended": "150.00"})
    assert told(only(belz), "amended") == ([("budget-3", "-30.00", True)], "0.00")
    extract(belz, "2025-08-31", SAID | {"amended": "100.00"})
    by = [("budget-3", "-30.00", True), ("budget-2", "50.00", True)]
    assert told(only(belz), "amended") == (by, "0.00")


def test_a_suspended_act_that_a_later_one_overwrote_is_not_what_the_treasury_has_already(
    belz: Adopted,
) -> None:
    """Resumed or not, 150 lies below the 120 of May."""
    allocate(belz, {})
    for act, date, amount in (
        ("budget-1", "2025-02-21", "100.00"),
        ("budget-2", "2025-03-01", "150.00"),
        ("budget-3", "2025-05-02", "120.00"),
    ):
        grant(belz, act, date, line(amount))
    belz.change_status("budget-2", "suspended", "2025-03-10")
    extract(belz, "2025-06-30", SAID | {"amended": "170.00"})
    assert told(only(belz), "amended") == ([], "50.00")


def test_reports_are_explained_by_no_act(belz: Adopted) -> None:
    budgeted(belz)
    extract(belz, "2025-06-30", SAID | {"paid": "17000.00"})
    item = only(belz)
    assert compared(item)["paid"] == ("17000.00", "12000.00", "5000.00", "unexplained")
    assert told(item, "paid") == ([], "5000.00")


def test_what_was_paid_after_the_last_report_is_undetermined_and_less_than_reported_is_not(
    belz: Adopted,
) -> None:
    budgeted(belz)
    extract(belz, "2025-07-15", SAID | {"paid": "17000.00"})
    paid = comparison(only(belz), "paid")
    assert (paid["difference"], paid["status"], paid["why"]) == (
        "5000.00",
        "undetermined",
        "reports-end-earlier",
    )
    assert (paid["ledger"]["until"], paid["unexplained"]) == ("2025-06-30", None)
    extract(belz, "2025-07-31", SAID | {"paid": "11999.99"})
    assert compared(only(belz))["paid"] == ("11999.99", "12000.00", "-0.01", "unexplained")
    extract(belz, "2025-08-31", SAID)
    assert compared(only(belz))["paid"][3] == "agrees"


@pytest.mark.parametrize("rest", ["2025-Q1", None])
def test_reports_reach_no_further_than_those_of_the_line_that_is_furthest_behind(
    belz: Adopted, rest: str | None
) -> None:
    """A line with money and without a report is not known of at all."""
    allocate(belz, OTHER_CODE, {})
    first, second = {**CODES, "kekv": "2210"}, {**CODES, "kekv": "3110"}
    grant(belz, "budget-1", "2025-03-01", line("100.00", **first), line("100.00", **second))
    spend(belz, "paid", "2025-H1", "60.00", **first)
    if rest:
        spend(belz, "paid", rest, "30.00", **second)
    extract(belz, "2025-06-30", SAID | {"paid": "60.00"}, OTHER_CODE | {"paid": "35.00"})
    paid = comparison(only(belz), "paid")
    assert (paid["status"], paid["why"], paid["unexplained"]) == ("undetermined", "reports-end-earlier", None)
    assert paid["ledger"]["until"] == ("2025-03-31" if rest else None)
    spend(belz, "paid", "2025-H1", "30.00", **second)
    paid = comparison(only(belz), "paid")
    assert (paid["status"], paid["unexplained"]) == ("unexplained", "5.00")


def test_a_report_without_codes_speaks_of_the_money_that_was_granted_by_codes(belz: Adopted) -> None:
    allocate(belz, {})
    grant(belz, "budget-1", "2025-03-01", line("100.00", **CODES, kekv="2210"))
    spend(belz, "paid", "2025-H1", "60.00")
    extract(belz, "2025-06-30", SAID | {"paid": "65.00"})
    paid = comparison(only(belz), "paid")
    assert (paid["ledger"]["until"], paid["status"]) == ("2025-06-30", "unexplained")
    grant(belz, "budget-2", "2025-04-01", line("10.00"))
    extract(belz, "2025-06-30", SAID | {"paid": "65.00"})
    assert comparison(only(belz), "paid")["status"] == "undetermined"


def test_reports_of_the_whole_year_reach_an_extract_that_is_dated_after_it(belz: Adopted) -> None:
    budgeted(belz)
    belz.town.clock.set(utc("2026-01-20T09:00:00"))
    spend(belz, "paid", "2025", "60000.00")
    extract(belz, "2026-01-10", SAID | {"paid": "95000.00"})
    paid = comparison(only(belz, "2026-02-01"), "paid")
    assert (paid["status"], paid["why"], paid["unexplained"]) == ("unexplained", None, "35000.00")


def test_a_cumulative_extract_below_what_was_reported_before_it_is_unexplained(belz: Adopted) -> None:
    budgeted(belz)
    extract(belz, "2025-08-31", SAID | {"paid": "9000.00"})
    assert compared(only(belz))["paid"] == ("9000.00", "12000.00", "-3000.00", "unexplained")


def test_a_treasury_line_that_is_mapped_more_than_once_is_compared_with_nothing(belz: Adopted) -> None:
    """It would agree with each of the two alone."""
    other = {"measure": "3.3.4"}
    grant(belz, "budget-1", "2025-03-01", line("100.00"), line("100.00", **other))
    allocate(belz, {}, other)
    said = {"approved": "100.00", "amended": "100.00", "paid": "0.00"}
    extract(belz, "2025-06-30", said)
    answer = read(belz)
    found = {
        (one["why"], one["status"], one["difference"]) for i in answer["items"] for one in i["comparisons"]
    }
    assert found == {("shares-above-one", "undetermined", None)}
    assert (len(answer["items"]), answer["status"]) == (2, "undetermined")
    (row,) = answer["lines"]
    assert (row["mapped"], row["status"]) == ("2", "undetermined")
    allocate(belz, {"share": "0.5"}, other | {"share": "0.5"}, since="2025-02-01")
    assert compared(read(belz)["items"][0])["amended"] == ("50.00", "100.00", "-50.00", "unexplained")


def test_a_line_that_is_shared_out_whole_is_compared_though_another_one_is_not(belz: Adopted) -> None:
    allocate(belz, {}, OTHER_CODE, OTHER_CODE | {"measure": "3.3.4"})
    grant(belz, "budget-1", "2025-03-01", line("1.00", measure="1.1.1"))
    allocate(belz, {"kekv": "2240", "measure": "1.1.1"})
    extract(belz, "2025-06-30", {"kekv": "2240", "amended": "1.00"})
    items = {item["measure"]: comparison(item, "amended") for item in read(belz)["items"]}
    assert {name: one["why"] for name, one in items.items()} == {
        "1.1.1": None,
        "3.3.2": "shares-above-one",
        "3.3.4": "shares-above-one",
    }
    assert items["1.1.1"]["status"] == "agrees"


def test_half_a_kopiyka_that_a_share_makes_is_no_difference(belz: Adopted) -> None:
    """100.01 in halves is 50.005 each; the two measures hold 50.01 and 50.00 of it."""
    other = {"measure": "3.3.4"}
    grant(belz, "budget-1", "2025-03-01", line("50.01"), line("50.00", **other))
    allocate(belz, {"share": "0.5"}, other | {"share": "0.5"})
    extract(belz, "2025-06-30", {"amended": "100.01"})
    found = {item["measure"]: compared(item)["amended"] for item in read(belz)["items"]}
    assert found == {
        "3.3.2": ("50.01", "50.01", "0.00", "agrees"),
        "3.3.4": ("50.00", "50.00", "0.00", "agrees"),
    }
    grant(belz, "budget-2", "2025-04-01", line("49.99", **other), line("50.02"))
    extract(belz, "2025-06-30", {"amended": "100.01"})
    found = {item["measure"]: compared(item)["amended"] for item in read(belz)["items"]}
    assert [one[:3] for one in found.values()] == [("50.01", "50.02", "-0.01"), ("50.01", "49.99", "0.02")]


def test_the_approved_plan_is_what_the_first_act_granted_first(belz: Adopted) -> None:
    budgeted(belz)
    grant(belz, "budget-6", "2025-05-10", line("700.00", **OTHER_CODE))
    allocate(belz, OTHER_CODE)
    extract(belz, "2025-06-30", SAID, OTHER_CODE | {"approved": "0.00", "amended": "700.00", "paid": "0.00"})
    item = only(belz)
    assert compared(item)["approved"] == ("40000.00", "40000.00", "0.00", "agrees")
    assert compared(item)["amended"] == ("45700.00", "45700.00", "0.00", "agrees")
    extract(
        belz, "2025-07-31", SAID, OTHER_CODE | {"approved": "700.00", "amended": "700.00", "paid": "0.00"}
    )
    assert told(only(belz), "approved") == ([("budget-6", "700.00", False)], "0.00")


def test_a_schedule_is_compared_too_where_there_is_one(belz: Adopted) -> None:
    budgeted(belz)
    schedule(belz, "2025-06-01", line("44000.00"))
    extract(belz, "2025-06-30", SAID)
    assert compared(only(belz))["scheduled"] == ("45000.00", "44000.00", "1000.00", "unexplained")
    assert compared(only(belz))["amended"][3] == "agrees"


def test_where_there_is_a_schedule_the_amended_plan_is_judged_by_it_alone(belz: Adopted) -> None:
    budgeted(belz)
    schedule(belz, "2025-06-01", line("44000.00"))
    extract(belz, "2025-06-30", SAID | {"amended": "44000.00"})
    item = only(belz)
    assert compared(item)["amended"] == ("44000.00", "45000.00", "-1000.00", "unexplained")
    assert compared(item)["scheduled"][3] == item["status"] == read(belz)["status"] == "agrees"
    extract(belz, "2025-07-31", SAID)
    item = only(belz)
    assert compared(item)["amended"][3] == "agrees"
    assert compared(item)["scheduled"][3] == item["status"] == "unexplained"


@pytest.mark.parametrize(
    ("share", "part"), [("0.5", "22500.00"), ("0.333333", "14999.99"), (None, "45000.00")]
)
def test_a_share_is_the_part_of_the_treasurys_line_that_is_the_programmes(
    belz: Adopted, share: str | None, part: str
) -> None:
    budgeted(belz)
    allocate(belz, {"share": share} if share else {}, since="2025-02-01")
    extract(belz, "2025-06-30", SAID)
    assert compared(only(belz))["amended"][0] == part
    (row,) = read(belz)["lines"]
    assert row["mapped"] == (share or "1")


def test_two_measures_of_one_treasury_line_do_not_make_up_for_each_other(belz: Adopted) -> None:
    grant(belz, "budget-1", "2025-03-01", line("30000.00"), line("15000.00", measure="3.3.4"))
    allocate(belz, {"share": "0.5"}, {"share": "0.5", "measure": "3.3.4"})
    extract(belz, "2025-06-30", SAID)
    items = {item["measure"]: compared(item)["amended"] for item in read(belz)["items"]}
    assert items == {
        "3.3.2": ("22500.00", "30000.00", "-7500.00", "unexplained"),
        "3.3.4": ("22500.00", "15000.00", "7500.00", "unexplained"),
    }


def test_two_treasury_lines_pay_for_one_line_of_the_programme_together(belz: Adopted) -> None:
    budgeted(belz)
    allocate(belz, OTHER_CODE)
    amounts = {"approved": "10000.00", "amended": "15000.00", "paid": "2000.00"}
    rest = {"approved": "30000.00", "amended": "30000.00", "paid": "10000.00"}
    extract(belz, "2025-06-30", amounts, OTHER_CODE | rest)
    item = only(belz)
    assert item["status"] == "agrees"
    assert compared(item)["amended"][0] == "45000.00"
    assert sorted(share["line"] for share in item["shares"]) == [TREASURY_LINE, OTHER_LINE]


def test_a_line_that_the_newest_extract_leaves_out_is_undetermined_and_not_compared_as_it_was(
    belz: Adopted,
) -> None:
    budgeted(belz)
    extract(belz, "2025-06-30", SAID)
    extract(belz, "2025-07-31", OTHER_CODE | {"paid": "1.00"})
    answer = read(belz)
    assert answer["status"] == "undetermined"
    assert {one["why"] for one in answer["items"][0]["comparisons"]} == {"older-extract"}
    assert [(row["line"], row["day"], row["newest"]) for row in answer["lines"]] == [
        (TREASURY_LINE, "2025-06-30", False),
        (OTHER_LINE, "2025-07-31", True),
    ]


def test_what_either_side_does_not_state_is_undetermined_and_not_zero(belz: Adopted) -> None:
    allocate(belz, {})
    grant(belz, "budget-1", "2025-03-01", line("-"))
    extract(belz, "2025-06-30", {"amended": "0.00"})
    item = only(belz)
    assert {one["name"]: (one["why"], one["difference"]) for one in item["comparisons"]} == {
        "approved": ("not-in-extract", None),
        "amended": ("not-in-ledger", None),
        "paid": ("not-in-extract", None),
    }
    assert item["status"] == "undetermined"


def test_a_treasury_line_that_maps_nowhere_and_a_line_that_nothing_maps_to_are_undetermined(
    belz: Adopted,
) -> None:
    grant(belz, "budget-1", "2025-03-01", line("40000.00"), line("7.00", kpkvk="0217520", kekv="2240"))
    extract(belz, "2025-06-30", SAID)
    answer = read(belz)
    assert (answer["items"], answer["status"]) == ([], "undetermined")
    (row,) = answer["lines"]
    assert (row["line"], row["mapped"], row["status"], row["amended"]) == (
        TREASURY_LINE,
        None,
        "undetermined",
        "45000.00",
    )
    allocate(belz, {})
    answer = read(belz)
    (row,) = answer["unmapped"]
    assert (row["segment"], row["appropriated"], row["status"]) == (
        "local.0217520.2240._._",
        "7.00",
        "undetermined",
    )
    assert compared(answer["items"][0])["amended"][1] == "40000.00"


def test_an_allocation_that_begins_after_the_extract_maps_nothing_of_it(belz: Adopted) -> None:
    budgeted(belz)
    extract(belz, "2025-06-30", OTHER_CODE | SAID)
    allocate(belz, OTHER_CODE, since="2025-07-01")
    assert {row["status"] for row in read(belz)["lines"]} == {"undetermined"}


def test_the_extract_before_is_shown_beside(belz: Adopted) -> None:
    budgeted(belz)
    first = extract(belz, "2025-03-31", {"approved": "40000.00", "amended": "40000.00", "paid": "1.00"})
    extract(belz, "2025-06-30", SAID)
    (row,) = read(belz)["lines"]
    assert (row["day"], row["paid"]) == ("2025-06-30", "12000.00")
    previous = row["previous"]
    assert (previous["day"], previous["paid"], previous["events"]) == ("2025-03-31", "1.00", [first])
    (row,) = read(belz, "2025-05-01")["lines"]
    assert (row["day"], row["previous"]) == ("2025-03-31", None)


def test_it_was_known_otherwise_before(belz: Adopted) -> None:
    budgeted(belz)
    wrong = extract(belz, "2025-06-30", SAID | {"paid": "17000.00"})
    before = belz.town.position
    data = {
        "year": 2025,
        "day": "2025-06-30",
        "lines": [SAID | {"kpkvk": "0217520", "kekv": "2210", "fund": "general"}],
    }
    belz.say("treasury.imported", data, corrects=wrong)
    assert compared(only(belz))["paid"][3] == "agrees"
    then = read_reconciliation(belz.reading(before), belz.programme, "2025-12-31", 2025)
    assert compared(then["items"][0])["paid"][3] == "unexplained"


def test_the_tables_and_a_timeline_answer_alike(belz: Adopted) -> None:
    budgeted(belz)
    event = grant(belz, "budget-6", "2025-05-10", line("5000.00", "add"), line("7.00", **OTHER_CODE))
    belz.change_status("budget-5", "suspended", "2025-06-01")
    belz.pass_act("budget-7", "2025-06-02", in_force=None)
    belz.say("appropriation.set", {"lines": [line("1.00")]}, act="budget-7", effective="2025-06-02")
    belz.say(
        "appropriation.set",
        {"lines": [line("6000.00", "add")]},
        act="budget-6",
        effective="2025-05-10",
        corrects=event,
    )
    extract(belz, "2025-06-30", SAID, OTHER_CODE | {"paid": "3.00"})
    allocate(belz, OTHER_CODE)
    log = belz.town.ledger.reader
    world = load_stream(World(position=belz.town.position), programme_stream(belz.programme), log)
    tables, timeline = (
        TableBooks(belz.reading(), belz.programme),
        TimelineBooks(world.programmes[belz.programme].timeline),
    )
    for prefix in ("/financing", "/appropriation", "/paid", "/treasury/2025", "/allocation/2025"):
        assert [*tables.under(prefix)] == [*timeline.under(prefix)]
        for path in tables.under(prefix):
            assert [(one.placed._replace(slot=""), one.stretches) for one in timeline.writes(path)] == [
                (one.placed, one.stretches) for one in tables.writes(path)
            ]
    for day in ("2025-05-01", "2025-06-30", "2025-12-31"):
        assert reconcile(tables, 2025, day) == reconcile(timeline, 2025, day)
    assert reconcile_line(timeline, 2025, OTHER_LINE, "2025-12-31") == reconcile(tables, 2025, "2025-12-31")
    assert reconcile_line(timeline, 2025, "9999999._._._", "2025-12-31") == []
