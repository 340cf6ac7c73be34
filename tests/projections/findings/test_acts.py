"""Decisions and their days: each finding by a history that raises it, and one that nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.findings.acts import CELLS_MAX, RULES, year_of
from tests.projections.findings.raised import OPENED, Record, check_sentences, claims
from tests.support.council import MAYOR
from tests.support.people import SECRETARY
from tests.support.story import TRANSFER
from tests.support.town import LINE_CELL, PROGRAMME_DATA, line, lines

pytestmark = pytest.mark.thorough

ACT = "town-7-2025-10-15"
DATE = "2025-10-15"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


@pytest.fixture
def decided(record: Record) -> Record:
    """On the day after an act, which is registered."""
    record.on("2025-10-16")
    record.act(ACT, DATE)
    return record


def test_what_was_entered_when_the_council_started_raises_nothing(record: Record) -> None:
    """Acts of 2024, with figures from before and after them, a correction, a report, a transfer."""
    assert record.found(RULES) == {}


# -- retroactive ------------------------------------------------------------------------------


def test_a_decision_that_holds_from_before_its_date_is_retroactive(decided: Record) -> None:
    slot = decided.decide("200.00", act=ACT, effective="2025-10-14")
    hit = decided.one(RULES, "ACT-RETRO")
    assert (hit.key, hit.cells, hit.day) == (slot, (LINE_CELL,), "2025-10-14")
    assert hit.words == {"act": ACT, "act_date": DATE, "since": "2025-10-14", "count": 1}
    registered = decided.case().timeline.acts[ACT].changed_at
    assert hit.entries == (registered, *decided.index(slot))


def test_a_decision_that_holds_from_its_own_date_is_not(decided: Record) -> None:
    decided.decide("200.00", act=ACT, effective=DATE)
    assert decided.found(RULES) == {}


def test_a_line_that_holds_earlier_than_the_rest_makes_it_retroactive(decided: Record) -> None:
    early = line("2.00", measure="1.2", since="2025-10-01")
    decided.say("financing.changed", {"lines": [line("200.00"), early]}, act=ACT, effective=DATE)
    hit = decided.one(RULES, "ACT-RETRO")
    assert (hit.cells, hit.words["since"]) == (("/financing/1.2/2025/local",), "2025-10-01")


def test_registered_long_after_its_date_is_lag_and_nothing_else(decided: Record) -> None:
    decided.on("2025-12-20")
    decided.decide("200.00", act=ACT, effective=DATE)
    assert decided.found(RULES) == {}


@pytest.mark.parametrize("date", ["2025-08-31", OPENED])
def test_an_act_older_than_the_ledger_is_retroactive_all_the_same(record: Record, date: str) -> None:
    record.act("town-old", date)
    record.decide("200.00", act="town-old", effective="2025-05-01")
    assert len(record.found(RULES).get("ACT-RETRO", [])) == 1


def test_a_hit_names_no_more_cells_than_one_can_read_and_says_how_many(decided: Record) -> None:
    rows = [{"id": f"2.{n}", "level": "measure", "title": "Захід"} for n in range(CELLS_MAX)]
    data = {"title": "Нова назва", "tree": rows}
    slot = decided.say("programme.amended", data, act=ACT, effective="2025-01-01")
    hit = decided.one(RULES, "ACT-RETRO")
    assert (hit.key, len(hit.cells), hit.words["count"]) == (slot, CELLS_MAX, 2 * CELLS_MAX + 1)


def test_a_programme_adopted_in_autumn_whose_figures_hold_from_january_is_retroactive(tmp_path: Path) -> None:
    with Record(tmp_path) as record:
        record.on("2025-10-16")
        record.act(ACT, DATE)
        data = PROGRAMME_DATA | {"programme": "town-autumn"}
        adopted = record.town.submit(
            "programme.adopted", "programme:town-autumn", data, act=ACT, effective="2025-01-01"
        ).event
        case = record.case(programme="town-autumn")
        assert [hit.key for key in case.keys("slot") for hit in RULES[0].check(case, key)] == [adopted]


def test_a_correction_that_moves_it_to_its_date_resolves_it(decided: Record) -> None:
    slot = decided.decide("200.00", act=ACT, effective="2025-10-01")
    decided.on("2025-10-20")
    decided.decide("200.00", act=ACT, effective=DATE, corrects=slot)
    assert decided.found(RULES) == {}
    decided.on("2025-10-25")
    decided.decide("201.00", act=ACT, effective="2025-10-02", corrects=slot)
    assert decided.one(RULES, "ACT-RETRO").day == "2025-10-02", "since its newest unbroken run"


def test_a_correction_of_a_figure_leaves_the_day_since_when_it_is_so(decided: Record) -> None:
    slot = decided.decide("200.00", act=ACT, effective="2025-10-01")
    decided.on("2025-10-20")
    corrected = decided.decide("201.00", act=ACT, effective="2025-10-02", corrects=slot)
    hit = decided.one(RULES, "ACT-RETRO")
    assert (hit.day, hit.key, hit.entries[1:]) == ("2025-10-01", slot, decided.index(corrected))


def test_as_known_now_it_is_found_from_the_day_from_which_it_holds(decided: Record) -> None:
    decided.decide("200.00", act=ACT, effective="2025-10-01")
    assert decided.found(RULES, "2025-09-30") == {}
    assert set(decided.found(RULES, "2025-10-01")) == {"ACT-RETRO"}


def test_a_quashed_decision_is_no_longer_retroactive_and_a_restored_one_is(decided: Record) -> None:
    decided.decide("200.00", act=ACT, effective="2025-10-01")
    decided.status(ACT, "quashed", "2025-11-01", start=DATE)
    assert decided.found(RULES) == {}
    decided.status(ACT, "restored", "2025-11-10", start=DATE)
    assert set(decided.found(RULES)) == {"ACT-RETRO"}


def test_a_transfer_under_an_act_has_days_of_its_own(decided: Record) -> None:
    decided.say("transfer.made", TRANSFER, act=ACT, effective="2025-10-01")
    decided.say("transfer.made", TRANSFER, effective="2025-10-01")
    assert decided.found(RULES) == {}


# -- after the year's close -------------------------------------------------------------------


def close_of_year(record: Record, date: str) -> None:
    record.on("2026-02-10")
    record.act("town-1-2026", date)


@pytest.mark.parametrize(("date", "found"), [("2025-12-31", 0), ("2026-01-01", 1)])
def test_an_act_dated_after_the_year_that_changes_its_plan(record: Record, date: str, found: int) -> None:
    """The first is late registration: dated in the year, recorded in February of the next."""
    close_of_year(record, date)
    slot = record.decide("200.00", act="town-1-2026", effective=date)
    keys = record.found(RULES).get("ACT-AFTERYEAR", [])
    assert keys == [f"{slot}/2025"] * found


def test_it_names_the_cells_of_that_year_alone(record: Record) -> None:
    close_of_year(record, "2026-01-20")
    data = {"lines": [line("200.00"), line("1.00", year=2026)]}
    slot = record.say("financing.changed", data, act="town-1-2026", effective="2026-01-20")
    hit = record.one(RULES, "ACT-AFTERYEAR")
    assert (hit.cells, hit.words["year"], hit.day) == ((LINE_CELL,), "2025", "2026-01-20")
    assert record.index(slot)[0] in hit.entries


def test_a_figure_that_is_stated_as_it_stood_is_not_changed(record: Record) -> None:
    close_of_year(record, "2026-01-20")
    before = record.case().value(LINE_CELL, "2026-01-20")
    slot = record.decide(before, act="town-1-2026", effective="2026-01-20")
    assert record.found(RULES) == {}
    record.decide("200.00", act="town-1-2026", effective="2026-01-20", corrects=slot)
    assert record.found(RULES) == {"ACT-AFTERYEAR": [f"{slot}/2025"]}


def test_a_new_edition_changes_only_the_figures_that_differ_from_what_stood(record: Record) -> None:
    close_of_year(record, "2026-01-20")
    before = record.case().value(LINE_CELL, "2026-01-20")
    other = "/financing/1.1/2025/oblast"
    kept, more = line(before), line("5.00", source="oblast")
    told = [{"measure": one["measure"], "year": one["year"], "source": one["source"]} for one in (kept, more)]
    rows = [row | {"amount": one["amount"]} for row, one in zip(told, (kept, more), strict=True)]
    left = [path for path in record.case().under("/financing") if path not in (LINE_CELL, other)]
    data = {"financing": rows, "restated": [{"annex": "financing", "removals": sorted(left)}]}
    record.say("programme.amended", data, act="town-1-2026", effective="2026-01-20")
    hit = record.one(RULES, "ACT-AFTERYEAR")
    assert LINE_CELL not in hit.cells
    assert set(hit.cells) == {other, *(path for path in left if "/2025/" in path)}


def test_a_figure_that_is_removed_after_the_year_is_changed(record: Record) -> None:
    close_of_year(record, "2026-01-20")
    gone = line(None) | {"op": "unset"}
    slot = record.say("financing.changed", {"lines": [gone]}, act="town-1-2026", effective="2026-01-20")
    assert record.found(RULES) == {"ACT-AFTERYEAR": [f"{slot}/2025"]}


def test_what_such_an_act_says_of_its_own_year_is_ordinary(record: Record) -> None:
    close_of_year(record, "2026-01-20")
    record.decide("1.00", year=2026, act="town-1-2026", effective="2026-01-20")
    assert record.found(RULES) == {}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("appropriation.set", lines("300.00")),
        ("schedule.changed", lines("300.00")),
        (
            "programme.amended",
            {
                "indicators": [
                    {
                        "id": "i-1",
                        "measure": "1.1",
                        "name": "Кількість",
                        "kind": "flow",
                        "unit": "одиниць",
                        "targets": {"2025": "1"},
                    }
                ]
            },
        ),
    ],
)
def test_appropriation_schedule_and_targets_are_a_years_too(record: Record, kind: str, data: Any) -> None:
    close_of_year(record, "2026-01-20")
    slot = record.say(kind, data, act="town-1-2026", effective="2026-01-20")
    assert record.found(RULES) == {"ACT-AFTERYEAR": [f"{slot}/2025"]}


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("/financing/1.1/2025/local", "2025"),
        ("/indicators/i-1/targets/2026", "2026"),
        ("/indicators/i-1/base", None),
        ("/paid/1.1/2025/local/2025-03/period", None),
        ("/financing", None),
        ("/title", None),
    ],
)
def test_which_cells_are_a_years(path: str, year: str | None) -> None:
    assert year_of(path) == year


# -- suspended late ---------------------------------------------------------------------------


def suspend(record: Record, start: str, *, by: str = "mayor", **common: Any) -> str:
    data = {"act": ACT, "status": "suspended", "date": start, "start": start, "by": by}
    return record.town.submit("act.status_changed", "body:town-council", data, **common).event


def test_a_mayor_who_suspends_on_the_sixth_day_is_late(decided: Record) -> None:
    decided.decide("200.00", act=ACT, effective=DATE)
    decided.on("2025-10-22")
    slot = suspend(decided, "2025-10-21", by="mayor", acknowledges=["suspended-late"])
    hit = decided.one(RULES, "ACT-SUSPENDED")
    assert (hit.key, hit.day, hit.words["days"]) == (f"{ACT}/{slot}", "2025-10-21", 6)
    assert decided.index(slot)[0] in hit.entries
    decided.town.submit("act.status_changed", "body:town-council", None, corrects=slot)
    assert decided.found(RULES) == {}, "it was voided"


def test_on_the_fifth_day_the_mayor_is_in_time_and_a_court_is_bound_by_none(decided: Record) -> None:
    decided.decide("200.00", act=ACT, effective=DATE)
    decided.on("2025-10-22")
    suspend(decided, "2025-10-20")
    suspend(decided, "2025-10-30", by="court")
    assert decided.found(RULES) == {}


# -- how it is said ---------------------------------------------------------------------------


def test_every_sentence_is_whole_in_both_languages(record: Record) -> None:
    close_of_year(record, "2026-01-20")
    claims(record, "2026-02-08T09:00:00", act="town-1-2026", effective="2026-01-10", by=SECRETARY)
    suspension = {"act": "town-1-2026", "status": "suspended", "date": "2026-02-01", "start": "2026-02-01"}
    late = suspension | {"by": "mayor"}
    record.town.submit(
        "act.status_changed", "body:town-council", late, by=MAYOR, acknowledges=["suspended-late"]
    )
    hits = record.hits(RULES)
    assert {rule.code for rule, _ in hits} == {rule.code for rule in RULES}
    check_sentences(hits)
