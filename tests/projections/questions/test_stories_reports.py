"""Questions 3, 10, 19: corrected after the due day, without evidence, submitted twice or by two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projections.findings.living import Life
from tests.projections.questions.telling import ask, decided, events, lacking
from tests.support.people import COMMISSIONER

D = "2026-03-01"
BY_20: dict[str, Any] = {
    "kinds": ["actual.reported"], "period": "quarter", "months": 1, "day": 20, "shift": "none",
}  # fmt: skip
FACT = "/actuals/i-1/2025-Q1/period"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """Reports of a quarter are due by the 20th of the month after it."""
    with Life(tmp_path) as life:
        life.on("2025-01-02")
        life.rule(start="2025-01-02", deadlines=[BY_20])
        life.on("2025-04-10")
        yield life


@pytest.fixture
def unruled(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        life.on("2025-04-10")
        yield life


# -- 3 ----------------------------------------------------------------------------------


def test_3_a_correction_after_the_due_day_shows_the_original_the_reason_and_the_signer(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "900")
    life.on("2025-04-21")
    life.report("i-1", "2025-Q1", "90", corrects=first, reason="зайвий нуль")
    answer = ask(life, 3, D)
    assert (answer["verdict"], answer["figures"]["after_due"]) == ("yes", 1)
    (item,) = answer["items"]
    values = item["values"]
    assert (values["due"], values["recorded"], values["reason"]) == (
        "2025-04-20",
        "2025-04-21",
        "зайвий нуль",
    )
    assert values["original"]["event"] == first
    assert values["original"]["values"] == [{"path": FACT, "value": "900"}]
    assert values["after"]["values"] == [{"path": FACT, "value": "90"}]
    assert values["signers"][0]["person"] == "p-secretary"
    assert first in events(item)
    assert item["finding"].startswith("REP-CORRECTED:")
    # The report itself was on time: a correction is not lateness.
    assert "не запізнення" in answer["sentence"]["uk"]


def test_3_a_correction_on_the_due_day_is_in_time(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "900")
    life.on("2025-04-20")
    life.report("i-1", "2025-Q1", "90", corrects=first, reason="зайвий нуль")
    answer = ask(life, 3, D)
    assert (answer["verdict"], answer["figures"]["corrections"]) == ("no", 1)
    assert decided(answer)[0]["values"]["after_due"] is False


def test_3_a_late_report_that_was_never_corrected_is_no_correction(life: Life) -> None:
    life.on("2025-06-01")
    life.report("i-1", "2025-Q1", "9")
    answer = ask(life, 3, D)
    assert (answer["verdict"], answer["items"]) == ("no", [])


def test_3_a_report_taken_back_after_the_due_day_is_corrected_too(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "9")
    life.on("2025-05-01")
    life.say("actual.reported", None, corrects=first, reason="не те")
    answer = ask(life, 3, D)
    assert answer["verdict"] == "yes"
    assert answer["items"][0]["values"]["after"]["voided"] is True


def test_3_without_a_due_day_it_is_not_configured(unruled: Life) -> None:
    first = unruled.report("i-1", "2025-Q1", "900")
    unruled.report("i-1", "2025-Q1", "90", corrects=first)
    answer = ask(unruled, 3, D)
    assert (answer["verdict"], lacking(answer)) == ("not-configured", {"policy.deadlines"})
    assert answer["items"][0]["values"]["due"] is None  # the correction is shown all the same


def test_3_a_corrected_report_of_which_no_policy_speaks_is_undetermined(life: Life) -> None:
    """The policy is about quarters."""
    first = life.report("i-1", "2025-03", "900")
    life.report("i-1", "2025-03", "90", corrects=first)
    answer = ask(life, 3, D)
    assert (answer["verdict"], answer["figures"]["without_due_day"]) == ("undetermined", 1)


def test_3_before_the_correction_it_is_not_known(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "900")
    life.on("2025-04-21")
    known = life.town.position
    life.report("i-1", "2025-Q1", "90", corrects=first)
    assert ask(life, 3, D, known=known)["verdict"] == "no"
    assert ask(life, 3, "2025-04-20")["verdict"] == "no"


# -- 10 ---------------------------------------------------------------------------------


def test_10_an_actual_without_a_document_is_listed_as_unconfirmed(life: Life) -> None:
    bare = life.report("i-1", "2025-Q1", "2", files=[])
    life.report("i-3", "2025-Q1", "40")
    answer = ask(life, 10, D)
    assert answer["verdict"] == "yes"
    assert (answer["figures"]["reports"], answer["figures"]["without_evidence"]) == (2, 1)
    (item,) = answer["items"]
    assert (events(item), [cell["path"] for cell in item["cells"]]) == ({bare}, [FACT])
    assert "не підтверджен" in answer["sentence"]["uk"]


def test_10_actuals_with_documents_leave_none(life: Life) -> None:
    life.report("i-1", "2025-Q1", "2")
    assert ask(life, 10, D)["verdict"] == "no"


def test_10_without_any_actual_nothing_is_said(life: Life) -> None:
    answer = ask(life, 10, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"actual.reported"})


def test_10_an_actual_holds_from_its_periods_end_whenever_it_was_recorded(life: Life) -> None:
    """What was so on the last of March, as is known by now; on the day before there was no actual."""
    life.report("i-1", "2025-Q1", "2", files=[])
    assert ask(life, 10, "2025-03-31")["verdict"] == "yes"
    assert ask(life, 10, "2025-03-30")["verdict"] == "undetermined"


# -- 19 ---------------------------------------------------------------------------------


def test_19_two_reports_by_two_persons_are_both_kept_and_the_current_one_is_named(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "2")
    second = life.report("i-1", "2025-Q1", "3", by=COMMISSIONER)
    answer = ask(life, 19, D)
    assert answer["verdict"] == "yes"
    (item,) = answer["items"]
    assert item["values"]["persons"] == ["p-commissioner", "p-secretary"]
    shown = {report["event"]: report["current"] for report in item["values"]["reports"]}
    assert shown == {first: False, second: True}
    assert item["cells"][0]["value"] == "3"


def test_19_a_correction_is_no_second_report(life: Life) -> None:
    first = life.report("i-1", "2025-Q1", "2")
    life.report("i-1", "2025-Q1", "3", corrects=first)
    assert ask(life, 19, D)["verdict"] == "no"


def test_19_a_quarter_beside_the_year_to_date_overlaps(life: Life) -> None:
    life.report("i-1", "2025-Q1", "2")
    life.report("i-1", "2025-H1", "5", mode="ytd")
    answer = ask(life, 19, D)
    assert (answer["verdict"], answer["items"][0]["finding"].split(":")[0]) == ("yes", "REP-OVERLAP")


def test_19_reports_about_different_periods_are_not_one_thing(life: Life) -> None:
    life.report("i-1", "2025-Q1", "2")
    life.on("2025-07-10")
    life.report("i-1", "2025-Q2", "2", by=COMMISSIONER)
    assert ask(life, 19, D)["verdict"] == "no"


def test_19_without_any_report_nothing_is_said(life: Life) -> None:
    assert ask(life, 19, D)["verdict"] == "undetermined"


def progress(life: Life, status: str, **common: Any) -> str:
    data = {"measure": "1.1", "period": "2025-Q1", "status": status}
    return life.say("progress.reported", data, **common)


def test_19_two_reports_of_progress_that_contradict_are_named_with_their_signers(life: Life) -> None:
    first = progress(life, "in-progress")
    second = progress(life, "stopped", by=COMMISSIONER)
    answer = ask(life, 19, D)
    assert (answer["verdict"], answer["figures"]) == ("yes", {"reports": 2, "found": 1})
    (item,) = answer["items"]
    assert (events(item), item["finding"]) == ({first, second}, None)
    assert [cell["path"] for cell in item["cells"]] == ["/progress/1.1/2025-Q1"]
    assert item["values"]["values"] == ["in-progress", "stopped"]
    assert item["values"]["persons"] == ["p-commissioner", "p-secretary"]
    shown = {report["event"]: report["current"] for report in item["values"]["reports"]}
    assert shown == {first: False, second: True}


def test_19_one_report_of_progress_and_its_correction_are_one_report(life: Life) -> None:
    first = progress(life, "in-progress")
    assert ask(life, 19, D)["verdict"] == "no"
    progress(life, "done", corrects=first)
    answer = ask(life, 19, D)
    assert (answer["verdict"], answer["figures"]["reports"]) == ("no", 1)


def test_19_reports_of_progress_whose_period_is_not_over_by_the_day_are_not_told_yet(life: Life) -> None:
    progress(life, "in-progress")
    progress(life, "stopped", by=COMMISSIONER)
    assert ask(life, 19, "2025-03-30")["verdict"] == "undetermined"
