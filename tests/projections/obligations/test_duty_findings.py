"""REP-LATE, REP-MISSING, REP-RETURNED: each with a history that raises it and near misses that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.findings.duties import RULES
from projections.findings.engine import judge
from projections.findings.rule import Hit
from projections.obligations.core import obligations, obligations_of
from tests.projections.obligations.telling import EXECUTORS, MONTHLY, Story, Telling
from tests.support.town import COUNCIL_STREAM, PROGRAMME
from tests.support.waiting import EXECUTOR, actual, set_policy

KEY = "actual.reported/i-1/2025-08"


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    built = Telling(tmp_path)
    yield built
    built.close()


def owe(telling: Telling, policy: str = "p", **more: Any) -> str:
    deadline = MONTHLY | {"kinds": ["actual.reported"]} | more
    return set_policy(telling.town, {"policy": policy, "executors": EXECUTORS, "deadlines": [deadline]})


def found(telling: Telling, day: str = "", position: int | None = None) -> dict[tuple[str, str], Hit]:
    """Code and key → hit; each is there once."""
    hits = [
        (code, hit) for (code, *_), some in judge(telling.case(day, position), RULES).items() for hit in some
    ]
    named = {(code, hit.key): hit for code, hit in hits}
    assert len(named) == len(hits)
    return named


def codes(telling: Telling, day: str = "", key: str = KEY, position: int | None = None) -> list[str]:
    return sorted(code for code, about in found(telling, day, position) if about == key)


# -- missing ------------------------------------------------------------------------------------------


def test_a_report_is_missing_from_the_day_after_its_due_day(telling: Telling) -> None:
    owe(telling)
    assert codes(telling, "2025-09-05") == []
    assert codes(telling, "2025-09-06") == ["REP-MISSING"]
    hit = found(telling, "2025-09-06")["REP-MISSING", KEY]
    assert hit.day == "2025-09-06"
    assert hit.cells == ("/actuals/i-1/2025-08/period",)
    policy = telling.town.position - 1
    assert hit.entries == (policy,)


def end(telling: Telling, policy: str = "p") -> None:
    data = {"policy": policy, "title": "Кінець", "start": telling.today}
    telling.town.submit("policy.set", COUNCIL_STREAM, data)


def test_without_a_policy_nothing_is_missing(telling: Telling) -> None:
    assert found(telling, "2025-12-31") == {}


def test_after_a_policys_end_what_had_come_due_stays_late_or_missing_and_nothing_more(
    telling: Telling,
) -> None:
    owe(telling)
    telling.wait_until("2025-09-10")
    actual(telling.town, "2025-08")
    before = found(telling)
    assert set(before) == {("REP-LATE", KEY), ("REP-MISSING", "actual.reported/i-2/2025-08")}
    end(telling)
    assert found(telling, "2026-12-31") == before


def test_what_had_come_due_stays_when_another_policy_takes_over(telling: Telling) -> None:
    owe(telling)
    telling.wait_until("2025-09-10")
    before = found(telling)
    end(telling)
    owe(telling, policy="q", day=20)
    assert found(telling) == before
    later = found(telling, "2025-10-21")
    assert {key: later[key] for key in before} == before
    assert later["REP-MISSING", "actual.reported/i-1/2025-09"].words["due"] == "2025-10-20"


def test_a_voided_report_is_missing_again(telling: Telling) -> None:
    owe(telling)
    report = actual(telling.town, "2025-08")
    assert codes(telling, "2025-09-06") == []
    telling.correct(report)
    assert codes(telling, "2025-09-06") == ["REP-MISSING"]


def test_what_the_finding_says_does_not_change_with_the_day(telling: Telling) -> None:
    owe(telling)
    one, other = (found(telling, day)["REP-MISSING", KEY] for day in ("2025-09-06", "2026-05-01"))
    assert one == other


# -- late ---------------------------------------------------------------------------------------------


def test_a_report_after_its_due_day_is_late_and_one_on_it_is_not(telling: Telling) -> None:
    owe(telling)
    telling.wait_until("2025-09-05")
    actual(telling.town, "2025-08")
    telling.wait_until("2025-09-06")
    late = actual(telling.town, "2025-08", indicator="i-2", value="Так")
    assert codes(telling) == []
    assert codes(telling, key="actual.reported/i-2/2025-08") == ["REP-LATE"]
    hit = found(telling)["REP-LATE", "actual.reported/i-2/2025-08"]
    assert telling.town.position - 1 in hit.entries
    assert (hit.words["due"], hit.words["recorded"], hit.day) == ("2025-09-05", "2025-09-06", "2025-09-06")
    assert telling.case().event_id(hit.entries[-1]) == late


def test_a_correction_after_the_due_day_is_not_lateness(telling: Telling) -> None:
    owe(telling)
    report = actual(telling.town, "2025-08")
    telling.wait_until("2025-09-20")
    telling.correct(report, value="4")
    assert codes(telling) == []


SPENT = {"measure": "1.1", "year": 2025, "source": "local", "amount": "10.00"}


@pytest.mark.parametrize(
    "other",
    [
        {"phase": "incurred"},
        {"accumulation": "ytd"},
        {"lines": [SPENT | {"kekv": "2210"}]},
        {"lines": [SPENT | {"source": "oblast"}]},
        {"lines": [SPENT | {"measure": "1.2"}, SPENT]},
    ],
)
def test_a_correction_of_what_is_said_of_the_period_is_no_lateness(telling: Telling, other: Any) -> None:
    """Another phase, code or source writes another cell, and is about the same measure and period."""
    owe(telling, kinds=["spending.reported"])
    data = {"phase": "paid", "period": "2025-08", "accumulation": "period", "lines": [SPENT]}
    report = telling.town.submit("spending.reported", PROGRAMME, data, by=EXECUTOR).event
    telling.wait_until("2025-09-20")
    telling.correct(report, **other)
    assert codes(telling, key="spending.reported/1.1/2025-08") == []
    one = next(one for one in obligations_of(telling.case(), "spending.reported", "1.1") if one.told)
    assert one.told is not None
    assert one.told.corrected is not None
    days = (one.told.first.day, one.told.corrected.day)
    assert (one.status, *days) == ("on_time", "2025-09-01", "2025-09-20")


def test_a_correction_to_another_measure_reports_that_one_late(telling: Telling) -> None:
    owe(telling, kinds=["progress.reported"])
    data = {"measure": "1.2", "period": "2025-08", "status": "done"}
    report = telling.town.submit("progress.reported", PROGRAMME, data, by=EXECUTOR).event
    telling.wait_until("2025-09-20")
    telling.correct(report, measure="1.1")
    assert codes(telling, key="progress.reported/1.1/2025-08") == ["REP-LATE"]
    assert codes(telling, key="progress.reported/1.2/2025-08") == ["REP-MISSING"]


def test_a_calendar_stated_anew_makes_nothing_late_and_nothing_timely(telling: Telling) -> None:
    """The due day is that of the calendar of the time: 6 September is a Saturday, the 8th a holiday."""
    off = {"policy": "days", "calendar": {"holidays": ["2025-09-08"], "working": []}}
    owe(telling, day=6)
    set_policy(telling.town, off)
    telling.wait_until("2025-09-09")
    actual(telling.town, "2025-08")
    telling.wait_until("2025-09-10")
    actual(telling.town, "2025-08", indicator="i-2", value="Так")
    before = found(telling)
    assert set(before) == {("REP-LATE", "actual.reported/i-2/2025-08")}
    set_policy(telling.town, off | {"calendar": {"holidays": ["2026-05-01"], "working": []}})
    assert found(telling) == before
    set_policy(telling.town, off | {"calendar": {"holidays": ["2025-09-08", "2025-09-09"], "working": []}})
    assert found(telling) == before


def test_who_takes_a_report_back_and_states_it_again_later_is_late(telling: Telling) -> None:
    owe(telling)
    report = actual(telling.town, "2025-08")
    telling.correct(report)
    telling.wait_until("2025-09-20")
    telling.correct(report, indicator="i-1", period="2025-08", accumulation="period", value="4")
    assert codes(telling) == ["REP-LATE"]


def test_a_second_report_in_time_does_not_hide_that_none_was_and_a_late_one_spoils_nothing(
    telling: Telling,
) -> None:
    owe(telling)
    actual(telling.town, "2025-08")
    telling.wait_until("2025-09-20")
    data = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "9"}
    telling.town.submit("actual.reported", PROGRAMME, data, by=EXECUTOR, reason="ще один")
    assert codes(telling) == []


# -- returned -----------------------------------------------------------------------------------------


def test_a_returned_report_needs_attention_until_it_is_corrected(telling: Telling) -> None:
    owe(telling)
    report = actual(telling.town, "2025-08")
    telling.judge(report, "report.returned", "Додайте документи")
    assert codes(telling) == ["REP-RETURNED"]
    hit = found(telling)["REP-RETURNED", KEY]
    assert (hit.words["note"], hit.words["returned"]) == ("Додайте документи", "2025-09-01")
    before = telling.town.position
    telling.correct(report, value="4")
    assert codes(telling) == []
    assert codes(telling, position=before) == ["REP-RETURNED"]


def test_an_accepted_report_is_not_returned(telling: Telling) -> None:
    owe(telling)
    report = actual(telling.town, "2025-08")
    telling.judge(report, "report.returned")
    telling.judge(report, "report.accepted")
    assert codes(telling) == []


def test_a_late_report_that_was_returned_is_both(telling: Telling) -> None:
    owe(telling)
    telling.wait_until("2025-09-10")
    telling.judge(actual(telling.town, "2025-08"), "report.returned")
    assert codes(telling) == ["REP-LATE", "REP-RETURNED"]


def test_nothing_needs_attention_before_the_day_from_which_it_does(telling: Telling) -> None:
    """At (D, K) the question is what was so on D: what is known at K of later days was not so yet."""
    owe(telling)
    telling.wait_until("2025-09-10")
    late = actual(telling.town, "2025-08")
    telling.wait_until("2025-09-12")
    telling.judge(late, "report.returned")
    assert codes(telling, "2025-09-05") == []
    assert codes(telling, "2025-09-06") == ["REP-LATE"]
    assert codes(telling, "2025-09-11") == ["REP-LATE"]
    assert codes(telling, "2025-09-12") == ["REP-LATE", "REP-RETURNED"]
    for day in ("2025-09-06", "2025-09-12", "2026-01-01"):
        assert all(hit.day <= day for hit in found(telling, day).values())


# -- both -----------------------------------------------------------------------------------------------


def test_an_indicator_and_a_measure_of_one_id_have_each_their_own(telling: Telling) -> None:
    """The source has indicator 3.3.2 and measure 3.3.2."""
    new = {"id": "1.1", "measure": "1.1", "name": "Тезка", "kind": "flow", "unit": "одиниць"}
    telling.town.submit("programme.amended", PROGRAMME, {"indicators": [new]}, effective="2025-03-01")
    owe(telling, kinds=["actual.reported", "progress.reported"])
    missing = {key for code, key in found(telling, "2025-09-06") if code == "REP-MISSING"}
    assert {"actual.reported/1.1/2025-08", "progress.reported/1.1/2025-08"} <= missing


@pytest.mark.parametrize("seed", range(20, 24))
def test_findings_say_what_the_obligations_say(telling: Telling, seed: int) -> None:
    story = Story(telling, seed)
    owe(telling)
    for _ in range(50):
        story.step()
    case = telling.case("2026-03-01")
    expected = set()
    for one in obligations(case):
        expected |= {("REP-MISSING", one.key)} if one.status == "missing" else set()
        expected |= {("REP-RETURNED", one.key)} if one.status == "returned" else set()
        expected |= {("REP-LATE", one.key)} if one.on_time is False else set()
    assert set(found(telling, "2026-03-01")) == expected
