"""The indicators of both programmes: targets then and now, actuals, dynamics, standing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from projections.indicators import number, plain, read_indicators
from tests.projections.adopted import RIVERSIDE, Adopted

Row = dict[str, Any]
FILE = {"media_type": "application/pdf", "size": 10, "access": "public"}


def rows_of(adopted: Adopted, day: str, known: int | None = None) -> list[Row]:
    return read_indicators(adopted.reading(known), adopted.programme, day)


def row_of(adopted: Adopted, indicator: str, year: int, day: str, known: int | None = None) -> Row:
    rows = rows_of(adopted, day, known)
    (row,) = [row for row in rows if (row["indicator"], row["year"]) == (indicator, year)]
    return row


def report(
    adopted: Adopted, indicator: str, period: str, value: str | None, mode: str = "period", **common: Any
) -> str:
    """Report an actual, or void a report; returns the event."""
    data = {"indicator": indicator, "period": period, "accumulation": mode, "value": value}
    return adopted.say("actual.reported", data if value is not None else None, **common).event


def amend(adopted: Adopted, act: str, since: str, data: Row) -> str:
    adopted.pass_act(act, since)
    return adopted.say("programme.amended", data, act=act, effective=since).event


def restate(adopted: Adopted, indicator: str, targets: dict[str, str], **members: str) -> Row:
    """Data of an amendment that gives an indicator other targets."""
    row = row_of(adopted, indicator, int(min(targets)), f"{min(targets)}-06-01")
    said = {name: row[name] for name in ("name", "kind", "unit")} | members
    return {"indicators": [{"id": indicator, **said, "targets": targets}]}


def removal(adopted: Adopted, indicator: str) -> Row:
    """Data of an amendment that takes an indicator out."""
    cells = adopted.town.programme(adopted.programme).timeline.cells
    return {"removed": sorted(path for path in cells if path.startswith(f"/indicators/{indicator}/"))}


# Dynamics.

SUM, DIFFERENCE, NONE = "sum", "end-minus-base", None
PRINTED = {
    "1.1.1": ("-", None, NONE),
    "1.1.2": ("+10", "10", SUM),
    "2.1.1": ("+20", "20", DIFFERENCE),
    "2.1.2": ("+4", "4", SUM),
    "3.1.1": ("+11", "11", SUM),
    "3.1.2": ("+16%", "16", DIFFERENCE),
    "3.3.1": ("+30%", "30", DIFFERENCE),
    "3.3.2": ("-", None, NONE),
    "3.3.3": ("-", None, NONE),
    "3.3.4": ("+100", "100", DIFFERENCE),
    "3.3.5": ("-", None, NONE),
    "3.3.6": ("-", None, NONE),
    "3.4.1": ("+30%", "30", DIFFERENCE),
    "3.4.2": ("-", None, NONE),
    "3.5.1": ("-", None, NONE),
    "3.5.2": ("-", None, NONE),
    "3.6.1": ("-", None, NONE),
    "3.6.2": ("-", None, NONE),
    "4.1.1": ("+40%", "40", DIFFERENCE),
    "4.2.1": ("+7", "7", SUM),
    "4.2.2": ("+12", "12", SUM),
}


def test_the_computed_dynamics_stand_beside_the_printed_ones_of_all_21_indicators(belz: Adopted) -> None:
    said = {row["indicator"]: tuple(row["dynamics"].values()) for row in rows_of(belz, "2025-06-01")}
    assert said == PRINTED
    assert list(said) == sorted(PRINTED)


def test_every_indicator_has_a_row_for_each_year_of_its_targets(belz: Adopted) -> None:
    rows = rows_of(belz, "2025-06-01")
    assert [(row["indicator"], row["year"]) for row in rows] == [
        (indicator, year) for indicator in PRINTED for year in (2025, 2026, 2027)
    ]
    assert all(row["target_then"] == row["target_now"] for row in rows)
    assert rows_of(belz, "2025-02-20") == []


def test_blank_and_dashed_targets_stay_as_printed_and_make_no_sum(riverside: Adopted) -> None:
    rows = [row for row in rows_of(riverside, "2030-06-01") if row["indicator"] == "i-posts"]
    assert [(row["year"], row["target_now"]) for row in rows] == [
        (2030, "4"),
        (2031, "6"),
        (2032, "0"),
        (2033, "-"),
        (2034, ""),
    ]
    assert rows[0]["dynamics"] == {"printed": "+10", "computed": None, "rule": None}
    assert rows[0]["base_date"] == "2029-12-31"


def test_a_stock_with_gaps_between_its_targets_changes_by_its_last_one(riverside: Adopted) -> None:
    rows = [row for row in rows_of(riverside, "2030-06-01") if row["indicator"] == "i-clean"]
    assert [row["year"] for row in rows] == [2030, 2032, 2034]
    assert rows[0]["dynamics"] == {"printed": None, "computed": "58.5", "rule": DIFFERENCE}


def test_the_dynamics_follow_the_targets_in_force(belz: Adopted) -> None:
    amend(belz, "a-2", "2025-05-01", restate(belz, "1.1.2", {"2027": "5"}))
    amend(belz, "a-3", "2025-05-01", restate(belz, "3.3.4", {"2027": "90"}))
    assert row_of(belz, "1.1.2", 2025, "2025-05-01")["dynamics"]["computed"] == "11"
    assert row_of(belz, "3.3.4", 2025, "2025-05-01")["dynamics"]["computed"] == "90"
    assert row_of(belz, "1.1.2", 2025, "2025-04-30")["dynamics"]["computed"] == "10"


# Actuals.


@pytest.mark.parametrize(
    ("name", "indicator", "year"), [("belz", "1.1.2", 2025), ("riverside", "i-posts", 2031)], ids=str
)
def test_a_flow_adds_its_periods_up_until_a_year_to_date_value_takes_their_place(
    name: str, indicator: str, year: int, request: pytest.FixtureRequest
) -> None:
    adopted = request.getfixturevalue(name)
    report(adopted, indicator, f"{year}-Q1", "1")
    report(adopted, indicator, f"{year}-Q2", "0.5")
    report(adopted, indicator, f"{year}-Q3", "2", "ytd")
    report(adopted, indicator, f"{year}-Q4", "9")
    days = (f"{year}-03-30", f"{year}-03-31", f"{year}-06-30", f"{year}-09-30", f"{year}-12-31")
    rows = [row_of(adopted, indicator, year, day) for day in days]
    assert [row["actual"] for row in rows] == [None, "1", "1.5", "2", "2"]
    latest = [row["latest"] for row in rows]
    assert latest == [
        None,
        {"period": f"{year}-Q1", "value": "1"},
        {"period": f"{year}-Q2", "value": "0.5"},
        {"period": f"{year}-Q3", "value": "2"},
        {"period": f"{year}-Q4", "value": "9"},
    ]
    assert row_of(adopted, indicator, year + 1, days[-1])["actual"] is None


@pytest.mark.parametrize(
    ("name", "indicator", "year"), [("belz", "2.1.1", 2025), ("riverside", "i-clean", 2032)], ids=str
)
def test_a_stock_stands_as_last_reported(
    name: str, indicator: str, year: int, request: pytest.FixtureRequest
) -> None:
    adopted = request.getfixturevalue(name)
    report(adopted, indicator, f"{year}-Q3", "70")
    report(adopted, indicator, f"{year}-Q1", "60.50")
    report(adopted, indicator, f"{year}-11", "100")
    days = (f"{year}-03-31", f"{year}-09-30", f"{year}-11-30")
    assert [row_of(adopted, indicator, year, day)["actual"] for day in days] == ["60.5", "70", "100"]


def test_a_yes_or_a_no_is_met_or_not_however_the_paper_spells_it(belz: Adopted, tmp_path: Path) -> None:
    report(belz, "1.1.1", "2025-Q1", "Ні")
    report(belz, "1.1.1", "2025-Q2", "Так")
    said = [row_of(belz, "1.1.1", 2025, day) for day in ("2025-03-31", "2025-06-30")]
    assert [(row["actual"], row["achievement"]) for row in said] == [("Ні", "0.0000"), ("Так", "1.0000")]
    with Adopted(tmp_path / "riverside", RIVERSIDE) as riverside:  # its target is printed «так»
        report(riverside, "i-portal", "2031", "Так")
        assert row_of(riverside, "i-portal", 2031, "2031-12-31")["achievement"] == "1.0000"


def test_a_yes_against_a_printed_dash_is_neither_met_nor_missed(belz: Adopted) -> None:
    amend(belz, "a-2", "2025-05-01", restate(belz, "1.1.1", {"2025": "-"}))
    report(belz, "1.1.1", "2025-Q2", "Так")
    row = row_of(belz, "1.1.1", 2025, "2025-06-30")
    assert (row["target_now"], row["actual"], row["achievement"]) == ("-", "Так", None)


@pytest.mark.parametrize(
    ("indicator", "year", "value", "achievement"),
    [
        ("i-posts", 2030, "3", "0.7500"),
        ("i-posts", 2031, "8", "1.3333"),
        ("i-posts", 2031, "0", "0.0000"),
        ("i-posts", 2032, "1", None),
        ("i-posts", 2033, "1", None),
        ("i-posts", 2034, "1", None),
        ("i-clean", 2031, "60", None),
    ],
    ids=["below", "above", "nothing done", "target zero", "target a dash", "target blank", "no target"],
)
def test_achievement_is_a_ratio_or_nothing(
    riverside: Adopted, indicator: str, year: int, value: str, achievement: str | None
) -> None:
    report(riverside, indicator, f"{year}", value)
    row = row_of(riverside, indicator, year, f"{year}-12-31")
    assert (row["actual"], row["achievement"]) == (value, achievement)


def test_a_percentage_is_measured_against_a_target_printed_with_its_sign(belz: Adopted) -> None:
    report(belz, "2.1.1", "2025", "42.5")
    row = row_of(belz, "2.1.1", 2025, "2025-12-31")
    assert (row["target_now"], row["achievement"]) == ("85%", "0.5000")


def test_a_corrected_report_counts_once_and_a_voided_one_not_at_all(belz: Adopted) -> None:
    first = report(belz, "1.1.2", "2025-Q1", "90")
    report(belz, "1.1.2", "2025-Q2", "1")
    report(belz, "1.1.2", "2025-Q1", "9", corrects=first)
    report(belz, "1.1.2", "2025-Q1", None, corrects=first)
    head = belz.town.position
    said = [row_of(belz, "1.1.2", 2025, "2025-06-30", known)["actual"] for known in range(head - 4, head + 1)]
    assert said == [None, "90", "91", "10", "1"]


# Targets then and now.


def test_a_target_lowered_after_the_year_stands_beside_the_one_that_was_in_force(belz: Adopted) -> None:
    report(belz, "1.1.2", "2025", "1", "ytd")
    event = amend(belz, "late", "2026-02-01", restate(belz, "1.1.2", {"2025": "1"}))
    row = row_of(belz, "1.1.2", 2025, "2026-02-01")
    assert (row["target_then"], row["target_now"], row["achievement"]) == ("2", "1", "1.0000")
    assert row["event"] == event
    before = row_of(belz, "1.1.2", 2025, "2026-01-31")
    assert (before["target_then"], before["target_now"], before["achievement"]) == ("2", "2", "0.5000")


def test_within_the_year_the_target_then_is_the_one_of_the_day(belz: Adopted) -> None:
    amend(belz, "may", "2025-05-01", restate(belz, "1.1.2", {"2025": "3"}))
    amend(belz, "september", "2025-09-01", restate(belz, "1.1.2", {"2025": "4"}))
    days = ("2025-04-30", "2025-05-01", "2025-10-01", "2026-10-01")
    said = [row_of(belz, "1.1.2", 2025, day) for day in days]
    assert [(row["target_then"], row["target_now"]) for row in said] == [
        ("2", "2"),
        ("3", "3"),
        ("4", "4"),
        ("4", "4"),
    ]


@pytest.mark.parametrize(("indicator", "value"), [("1.1.2", "1"), ("1.1.1", "Так"), ("2.1.1", "81.5")])
def test_an_indicator_that_was_removed_keeps_its_rows_and_its_actuals(
    belz: Adopted, indicator: str, value: str
) -> None:
    kept = row_of(belz, indicator, 2025, "2025-12-31")
    report(belz, indicator, "2025-Q1", value)
    event = amend(belz, "gone", "2026-02-01", removal(belz, indicator))
    row = row_of(belz, indicator, 2025, "2026-02-01")
    assert (row["target_then"], row["target_now"]) == (kept["target_now"], "removed")
    assert (row["kind"], row["actual"], row["achievement"]) == (kept["kind"], value, None)
    assert row["event"] == event
    assert row["dynamics"] == {"printed": None, "computed": None, "rule": None}


def test_a_removed_flow_still_adds_its_periods_up(belz: Adopted) -> None:
    for quarter in (1, 2, 3):
        report(belz, "1.1.2", f"2025-Q{quarter}", "1")
    amend(belz, "gone", "2025-11-01", removal(belz, "1.1.2"))
    assert row_of(belz, "1.1.2", 2025, "2025-12-31")["actual"] == "3"


def test_an_indicator_whose_kind_was_changed_shows_old_words_as_they_were_said(belz: Adopted) -> None:
    report(belz, "1.1.1", "2025-Q1", "Так")
    amend(belz, "other", "2025-05-01", restate(belz, "1.1.1", {"2025": "40"}, kind="stock", unit="%"))
    row = row_of(belz, "1.1.1", 2025, "2025-05-01")
    assert (row["kind"], row["actual"], row["achievement"]) == ("stock", "Так", None)
    report(belz, "1.1.1", "2025-Q3", "20")
    assert row_of(belz, "1.1.1", 2025, "2025-09-30")["actual"] == "20"


# What became of a report.


def test_a_report_is_submitted_then_returned_then_accepted(belz: Adopted) -> None:
    none = row_of(belz, "1.1.2", 2025, "2025-03-31")
    assert (none["status"], none["evidence"], none["report"]) == (None, None, None)
    slot = report(belz, "1.1.2", "2025-Q1", "1")
    belz.say("report.returned", {"report": slot, "note": "Додайте документи"}, effective="2025-04-10")
    accepted = belz.say("report.accepted", {"report": slot, "note": ""}, effective="2025-04-20").event
    days = ("2025-04-09", "2025-04-10", "2025-04-20")
    rows = [row_of(belz, "1.1.2", 2025, day) for day in days]
    assert [row["status"] for row in rows] == ["submitted", "returned", "accepted"]
    assert {row["report"] for row in rows} == {slot}
    belz.say("report.accepted", None, corrects=accepted, effective="2025-04-20")
    assert row_of(belz, "1.1.2", 2025, "2025-04-20")["status"] == "returned"


def test_a_correction_keeps_the_reports_place_and_brings_its_own_documents(belz: Adopted) -> None:
    files = [FILE | {"name": f"акт-{n}.pdf", "sha256": f"{n}" * 64} for n in (1, 2)]
    slot = report(belz, "1.1.2", "2025-Q1", "1", files=files)
    assert row_of(belz, "1.1.2", 2025, "2025-03-31")["evidence"] == 2
    report(belz, "1.1.2", "2025-Q1", "2", corrects=slot, files=files[:1])
    row = row_of(belz, "1.1.2", 2025, "2025-03-31")
    assert (row["report"], row["evidence"], row["actual"]) == (slot, 1, "2")
    report(belz, "1.1.2", "2025-Q2", "1")
    assert row_of(belz, "1.1.2", 2025, "2025-06-30")["evidence"] == 0


# Numbers as printed.


@pytest.mark.parametrize(
    ("text", "value"),
    [("40", "40"), ("85%", "85"), ("1,5", "1.5"), (" 7 % ", "7"), ("-3", "-3"), ("1\u00a0000", "1000")],
)
def test_a_printed_number_is_read(text: str, value: str) -> None:
    read = number(text)
    assert read is not None
    assert plain(read) == value


@pytest.mark.parametrize("text", [None, "", "-", "Так", "%", "NaN", "Infinity", "20__", "1e9", "1 2", "٣"])
def test_what_is_no_number_is_none(text: str | None) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("value", "text"), [("100", "100"), ("1.50", "1.5"), ("0.00", "0"), ("-0", "0"), ("1E+2", "100")]
)
def test_a_value_is_written_without_exponent_and_trailing_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_what_was_accepted_before_a_correction_says_nothing_of_the_corrected_report(belz: Adopted) -> None:
    slot = report(belz, "1.1.2", "2025-Q1", "1")
    belz.say("report.accepted", {"report": slot, "note": ""}, effective="2025-04-20")
    report(belz, "1.1.2", "2025-Q1", "9", corrects=slot)
    row = row_of(belz, "1.1.2", 2025, "2025-04-30")
    assert (row["actual"], row["status"]) == ("9", "submitted")
    belz.say("report.accepted", {"report": slot, "note": ""}, effective="2025-04-25")
    assert row_of(belz, "1.1.2", 2025, "2025-04-30")["status"] == "accepted"


def test_of_two_reports_that_end_on_one_day_the_row_and_its_latest_report_agree(belz: Adopted) -> None:
    report(belz, "2.1.1", "2025-12", "83")
    report(belz, "2.1.1", "2025", "84")
    row = row_of(belz, "2.1.1", 2025, "2025-12-31")
    assert (row["actual"], row["latest"]) == ("84", {"period": "2025", "value": "84"})
