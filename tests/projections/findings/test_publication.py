"""Publication in time, of acts and of data sets: histories that raise it, and near misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.calendar import Calendar
from ledger.policy import Within
from projections.findings.publication import RULES, last_day
from tests.projections.findings.raised import Record, check_sentences
from tests.support.council import CHAIR, set_policy
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, LINE_CELL, lines

ACT = "town-7-2025-09-10"
DATE = "2025-09-10"  # a Wednesday: five working days end on the 17th
TEXT = lines("200.00")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


# -- acts -------------------------------------------------------------------------------------


def asked(record: Record, within: Any = None, **settings: Any) -> str:
    """A policy that asks for acts to be published within five working days unless it says otherwise."""
    publication = {"acts": {"days": 5} if within is None else within}
    return set_policy(record.town, publication=publication, **settings)


def decide(record: Record, **act: Any) -> str:
    """On the day after the act's date; returns the act's registration."""
    record.on("2025-09-11")
    registered = record.act(ACT, DATE, **act)
    record.decide("200.00", act=ACT, effective=DATE)
    return registered


def test_an_act_of_which_no_publication_is_on_the_record(record: Record) -> None:
    policy = asked(record)
    registered = decide(record)
    hit = record.one(RULES, "ACT-UNPUBLISHED")
    assert (hit.key, hit.day) == (ACT, "2025-09-18")
    assert hit.entries == record.index(policy, registered)
    assert hit.words["due"] == "2025-09-17"
    assert record.found(RULES, "2025-09-17") == {}


@pytest.mark.parametrize(("day", "found"), [("2025-09-17", 0), ("2025-09-18", 1)])
def test_published_on_the_last_day_is_in_time_and_on_the_next_is_not(
    record: Record, day: str, found: int
) -> None:
    """Whenever it is registered: that is lag."""
    asked(record)
    decide(record)
    record.on("2025-12-01")
    status = record.status(ACT, "published", day)
    assert record.found(RULES) == ({"ACT-UNPUBLISHED": [ACT]} if found else {})
    if found:
        hit = record.one(RULES, "ACT-UNPUBLISHED")
        assert hit.words["published"] == ("оприлюднено 2025-09-18", "published on 2025-09-18")
        assert record.index(status)[0] in hit.entries


def test_without_a_policy_nobody_knows_when_it_was_due(record: Record) -> None:
    decide(record)
    record.on("2025-09-20")
    asked(record, start="2025-09-20")
    set_policy(record.town, name="other", start="2025-09-20", publication={"datasets": {"days": 1}})
    assert record.found(RULES) == {}, "not in force on the act's date"


def test_what_the_policy_says_of_days_and_holidays_counts(record: Record) -> None:
    asked(record, calendar={"holidays": ["2025-09-12"]})
    decide(record)
    assert record.one(RULES, "ACT-UNPUBLISHED").words["due"] == "2025-09-18"


def test_calendar_days_are_counted_where_the_policy_says_so(record: Record) -> None:
    asked(record, {"days": 5, "working": False})
    decide(record)
    assert record.one(RULES, "ACT-UNPUBLISHED").words["due"] == "2025-09-15"


@pytest.mark.parametrize(
    ("act", "statuses", "found"),
    [
        ({"kind": "court-decision"}, (), 0),
        ({"in_force": None}, ("draft", "adopted-as-basis"), 0),
        ({"in_force": None}, ("draft", "adopted"), 1),
        ({"in_force": None}, (), 1),
    ],
)
def test_drafts_and_others_acts_are_not_the_councils_to_publish(
    record: Record, act: Any, statuses: tuple[str, ...], found: int
) -> None:
    asked(record)
    decide(record, **act)
    for status in statuses:
        record.status(ACT, status, DATE)
    assert len(record.found(RULES)) == found


def test_a_publication_that_was_voided_is_none(record: Record) -> None:
    asked(record)
    decide(record)
    status = record.status(ACT, "published", "2025-09-12")
    assert record.found(RULES) == {}
    record.town.submit("act.status_changed", COUNCIL_STREAM, None, corrects=status)
    assert record.found(RULES) == {"ACT-UNPUBLISHED": [ACT]}


# -- data sets --------------------------------------------------------------------------------


def publish(record: Record, day: str, dataset: str = "programs", position: int | None = None) -> str:
    """On a day, by default the state as it is then."""
    record.on(day)
    shown = record.town.position if position is None else position
    data = {"dataset": dataset, "position": shown, "url": "https://data.example/programs.csv"}
    return record.say("dataset.published", data, effective=day)


def changed(record: Record, day: str = "2025-09-11") -> str:
    """A Thursday, unless another day is said: three working days end on Tuesday the 16th."""
    record.on(day)
    return record.say("financing.changed", TEXT)


def test_a_set_that_was_not_published_anew_within_three_working_days_of_a_change(record: Record) -> None:
    published = publish(record, "2025-09-10")
    change = changed(record)
    hit = record.one(RULES, "OPEN-STALE")
    assert (hit.key, hit.day) == (f"programs/{change}", "2025-09-17")
    assert hit.entries == record.index(published, change)
    assert hit.cells == ("/datasets/programs/day", "/datasets/programs/position")
    assert (hit.words["changed"], hit.words["due"]) == ("2025-09-11", "2025-09-16")
    assert "835" in hit.words["by"][0]


@pytest.mark.parametrize(("day", "found"), [("2025-09-16", 0), ("2025-09-17", 1)])
def test_it_is_late_from_the_day_after_the_last_one(record: Record, day: str, found: int) -> None:
    publish(record, "2025-09-10")
    changed(record)
    assert len(record.found(RULES, day)) == found


def test_a_set_that_was_never_published_is_not_asked_for(record: Record) -> None:
    changed(record)
    assert record.found(RULES) == {}


def test_published_in_time_and_again_after_the_next_change_it_is_never_late(record: Record) -> None:
    publish(record, "2025-09-10")
    changed(record)
    publish(record, "2025-09-16")
    changed(record, "2025-09-18")
    publish(record, "2025-09-18")
    assert record.found(RULES) == {}


def test_published_late_it_was_late_until_then(record: Record) -> None:
    publish(record, "2025-09-10")
    change = changed(record)
    publish(record, "2025-09-20")
    assert record.found(RULES, "2025-09-19") == {"OPEN-STALE": [f"programs/{change}"]}
    assert record.found(RULES, "2025-09-20") == {}


def test_a_publication_is_not_older_than_the_last_entry_of_the_state_that_it_shows(record: Record) -> None:
    """It is dated 12 September, and shows what was recorded on the 18th: late until then."""
    publish(record, "2025-09-10")
    change = changed(record)
    record.on("2025-09-18")
    record.say("observation.made", {"about": {"cell": LINE_CELL}, "text": "Чому?"}, by=CHAIR)
    shown = record.town.position
    record.on("2025-09-20")
    data = {"dataset": "programs", "position": shown, "url": "https://data.example/programs.csv"}
    record.say("dataset.published", data, effective="2025-09-12")
    assert record.found(RULES, "2025-09-17") == {"OPEN-STALE": [f"programs/{change}"]}
    assert record.found(RULES, "2025-09-18") == {}


def test_published_anew_with_an_older_state_it_is_still_late(record: Record) -> None:
    shown = record.town.position
    publish(record, "2025-09-10")
    change = changed(record)
    publish(record, "2025-09-12", position=shown)
    assert record.found(RULES) == {"OPEN-STALE": [f"programs/{change}"]}


def test_each_set_is_asked_for_by_itself_and_the_first_change_names_it(record: Record) -> None:
    publish(record, "2025-09-10", "programs")
    publish(record, "2025-09-10", "reports")
    first = changed(record)
    publish(record, "2025-09-12", "reports")
    second = changed(record, "2025-09-15")
    found = record.found(RULES)
    assert sorted(found["OPEN-STALE"]) == [f"programs/{first}", f"reports/{second}"]


def test_what_changes_no_cell_of_the_programme_asks_for_nothing(record: Record) -> None:
    publish(record, "2025-09-10")
    record.on("2025-09-11")
    record.say("observation.made", {"about": {"cell": LINE_CELL}, "text": "Чому?"}, by=CHAIR)
    record.act("town-uncited", "2025-09-11")
    record.status("town-1-2024-12-20", "published", "2025-09-11")
    extract = {"kpkvk": "0110180", "approved": "1.00", "amended": "1.00", "paid": "0.00"}
    record.say("treasury.imported", {"year": 2025, "day": "2025-09-10", "lines": [extract]})
    publish(record, "2025-09-11", "reports", 1)
    assert "programs" not in str(record.found(RULES))


def test_reports_and_statuses_that_start_or_stop_an_act_do(record: Record) -> None:
    publish(record, "2025-09-10")
    record.on("2025-09-11")
    status = record.status("town-1-2024-12-20", "suspended", "2025-09-11", start="2025-09-11", by="court")
    assert record.found(RULES) == {"OPEN-STALE": [f"programs/{status}"]}
    publish(record, "2025-09-11")
    report = record.say("actual.reported", ACTUAL | {"period": "2025-Q2"})
    assert record.found(RULES) == {"OPEN-STALE": [f"programs/{report}"]}
    publish(record, "2025-09-11")
    voided = record.say("actual.reported", None, corrects=report)
    assert record.found(RULES) == {"OPEN-STALE": [f"programs/{voided}"]}


def test_an_acts_earlier_status_changes_nothing_until_the_act_is_cited(record: Record) -> None:
    publish(record, "2025-09-10")
    record.on("2025-09-11")
    record.act(ACT, DATE, in_force=None)
    record.status(ACT, "in-force", "2025-09-11", start="2025-09-11")
    assert record.found(RULES) == {}
    record.on("2025-10-01")
    slot = record.decide("200.00", act=ACT, effective="2025-09-11")
    assert record.found(RULES) == {"OPEN-STALE": [f"programs/{slot}"]}


def test_a_change_behind_many_entries_that_change_nothing_is_found(record: Record) -> None:
    publish(record, "2025-09-10")
    record.on("2025-09-11")
    for number in range(70):
        said = {"about": {"cell": LINE_CELL}, "text": f"Питання {number}"}
        record.say("observation.made", said, by=CHAIR)
    assert record.found(RULES) == {}
    change = changed(record)
    assert record.found(RULES) == {"OPEN-STALE": [f"programs/{change}"]}


def test_a_policy_in_force_on_the_day_of_the_change_says_otherwise(record: Record) -> None:
    policy = set_policy(record.town, publication={"datasets": {"days": 10, "working": False}})
    publish(record, "2025-09-10")
    changed(record)
    hit = record.one(RULES, "OPEN-STALE")
    assert (hit.words["due"], hit.day) == ("2025-09-21", "2025-09-22")
    assert record.index(policy)[0] in hit.entries
    assert hit.words["by"] == ("правило «Правило»", "policy “Правило”")


# -- days -------------------------------------------------------------------------------------


def test_where_no_calendar_can_say_the_last_day_there_is_none() -> None:
    assert last_day("9999-12-30", Within(days=5), Calendar()) is None
    assert last_day("9999-12-30", Within(days=5, working=False), Calendar()) is None
    assert last_day("2025-09-12", Within(days=1), Calendar()) == "2025-09-15"
    assert last_day("2025-09-12", Within(days=1, working=False), Calendar()) == "2025-09-13"


def test_every_sentence_is_whole_in_both_languages(record: Record) -> None:
    asked(record)
    publish(record, "2025-09-10")
    decide(record)
    hits = record.hits(RULES)
    assert {rule.code for rule, _ in hits} == {rule.code for rule in RULES}
    check_sentences(hits)
