"""Questions 1, 2, 7: changes of a year that is over, what was known then, times that lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.ids import TRUST
from projections.diff import Point
from tests.projections.findings.living import Life, row
from tests.projections.findings.raised import Record, claims
from tests.projections.questions.telling import apart, ask, decided, events, lacking
from tests.support import service
from tests.support.clock import utc
from tests.support.town import LINE_CELL

D = "2026-03-01"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        yield life


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


# -- 1 ----------------------------------------------------------------------------------


def test_1_an_act_of_february_2026_that_writes_into_2025_is_named_with_both_views(life: Life) -> None:
    life.on("2026-02-12")
    life.act("a-9", "2026-02-10", number="9")
    slot = life.plan(row("70.00"), act="a-9", since="2025-12-01")
    answer = ask(life, 1, D)
    (item,) = decided(answer)
    assert answer["verdict"] == "yes"
    assert (answer["figures"]["year"], answer["figures"]["acts_after"]) == (2025, 1)
    assert (item["act"], events(item), item["finding"]) == ("a-9", {slot}, f"ACT-AFTERYEAR:{slot}/2025")
    assert item["values"]["views"] == [{"path": LINE_CELL, "then": "100.00", "now": "70.00"}]
    assert item["values"]["act_date"] == "2026-02-10"


def test_1_what_was_recorded_after_the_day_is_not_later_for_it(life: Life) -> None:
    """The act of 10 January was recorded on 20 March: as known by now, the year was changed in January."""
    known = life.town.position
    life.on("2026-03-20")
    life.act("a-9", "2026-01-10")
    slot = life.plan(row("70.00"), act="a-9", since="2025-12-01")
    answer = ask(life, 1, "2026-01-10")
    assert (answer["verdict"], answer["figures"]["acts_after"]) == ("yes", 1)
    assert answer["figures"]["recorded_after_day"] == 1
    assert "2026-01-10: 1" in answer["sentence"]["uk"]
    (item,) = decided(answer)
    assert (events(item), item["values"]["recorded"]) == ({slot}, "2026-03-20")
    assert ask(life, 1, "2026-03-20")["figures"]["recorded_after_day"] == 0
    assert ask(life, 1, "2026-01-10", known=known)["verdict"] == "no"


def test_1_an_act_that_does_not_count_by_the_day_has_changed_nothing_yet(life: Life) -> None:
    life.on("2026-03-20")
    life.act("a-9", "2026-02-10")
    life.plan(row("70.00"), act="a-9", since="2026-02-10")
    assert ask(life, 1, "2026-02-09")["figures"]["acts_after"] == 0
    assert ask(life, 1, "2026-02-10")["verdict"] == "yes"


def test_1_an_act_of_2025_that_was_only_registered_late_is_listed_apart(life: Life) -> None:
    life.on("2026-01-20")
    life.act("a-8", "2025-12-18")
    slot = life.plan(row("70.00"), act="a-8", since="2025-12-18")
    answer = ask(life, 1, D)
    assert (answer["verdict"], decided(answer)) == ("no", [])
    (item,) = apart(answer)
    assert (item["act"], events(item), item["values"]["recorded"]) == ("a-8", {slot}, "2026-01-20")
    # Both views: on 31 December nobody knew of it.
    assert item["values"]["views"] == [{"path": LINE_CELL, "then": "100.00", "now": "70.00"}]


def test_1_what_was_corrected_after_the_year_under_an_act_of_the_year_is_listed_apart(life: Life) -> None:
    life.on("2025-06-01")
    life.act("a-5", "2025-05-30")
    slot = life.plan(row("70.00"), act="a-5", since="2025-05-30")
    life.on("2026-01-20")
    corrected = life.plan(row("75.00"), act="a-5", since="2025-05-30", corrects=slot)
    answer = ask(life, 1, D)
    assert (answer["verdict"], answer["figures"]["registered_late"]) == ("no", 1)
    (item,) = apart(answer)
    assert (events(item), item["values"]["correction"]) == ({corrected}, True)
    assert item["values"]["views"] == [{"path": LINE_CELL, "then": "70.00", "now": "75.00"}]
    assert "was corrected on 2026-01-20" in item["sentence"]["en"]


def test_1_an_act_of_the_last_day_of_the_year_is_of_the_year(life: Life) -> None:
    life.on("2026-01-20")
    life.act("a-8", "2025-12-31")
    life.plan(row("70.00"), act="a-8", since="2025-12-31")
    answer = ask(life, 1, D)
    assert (answer["verdict"], answer["figures"]["registered_late"]) == ("no", 1)


def test_1_an_act_of_2026_about_2026_is_no_change_of_2025(life: Life) -> None:
    life.on("2026-02-12")
    life.act("a-9", "2026-02-10")
    life.plan(row("70.00", year=2026), act="a-9", since="2026-02-10")
    answer = ask(life, 1, D)
    assert (answer["verdict"], answer["items"]) == ("no", [])
    assert answer["figures"]["looked_at"] == 1  # the adoption


def test_1_a_target_of_2025_is_a_figure_of_2025_too(life: Life) -> None:
    life.on("2026-02-12")
    life.act("a-9", "2026-02-10")
    life.target("i-1", "2025", "5", act="a-9", since="2026-02-10")
    (item,) = decided(ask(life, 1, D))
    assert item["values"]["views"] == [{"path": "/indicators/i-1/targets/2025", "then": "10", "now": "5"}]


def test_1_an_act_that_was_quashed_for_all_days_changes_nothing(life: Life) -> None:
    life.on("2026-02-12")
    life.act("a-9", "2026-02-10")
    life.plan(row("70.00"), act="a-9", since="2025-12-01")
    life.say_status("a-9", "quashed", "2026-02-10")
    assert ask(life, 1, D)["verdict"] == "no"


def test_1_a_year_that_is_not_over_has_no_answer_yet(life: Life) -> None:
    answer = ask(life, 1, "2025-12-31")
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"year-end"})
    assert ask(life, 1, "2026-01-01")["verdict"] == "no"


def test_1_of_a_year_of_which_nothing_is_on_record_nothing_is_said(life: Life) -> None:
    answer = ask(life, 1, D, year=2024)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"financing.changed"})


# -- 2 ----------------------------------------------------------------------------------


def test_2_two_states_and_what_differs_each_with_why(life: Life) -> None:
    """What took effect, what was decided and what was corrected since the first of February."""
    life.on("2025-01-20")
    life.act("a-2", "2025-01-18")
    first = life.plan(
        row("110.00"), row("60.00", measure="1.2", since="2025-03-01"), act="a-2", since="2025-01-18"
    )
    then = life.town.position
    life.on("2025-02-20")
    life.plan(
        row("115.00"),
        row("60.00", measure="1.2", since="2025-03-01"),
        act="a-2",
        since="2025-01-18",
        corrects=first,
    )
    answer = ask(life, 2, "2025-06-30")
    assert answer["verdict"] == "shown"
    assert answer["figures"]["from"] == {
        "as_of": "2025-02-01",
        "known": then,
        "cells": answer["figures"]["from"]["cells"],
    }
    assert answer["figures"]["to"]["known"] == life.town.position
    found = {item["cells"][0]["path"]: item["values"] for item in answer["items"]}
    line = found[LINE_CELL]
    assert (line["old"]["value"], line["new"]["value"], line["delta"]) == ("110.00", "115.00", "5.00")
    assert line["why"] == "corrected"
    other = found["/financing/1.2/2025/local"]
    assert (other["old"]["value"], other["new"]["value"]) == ("50.00", "60.00")


def test_2_what_only_took_effect_is_told_apart_from_what_was_decided(life: Life) -> None:
    life.on("2025-01-20")
    life.act("a-2", "2025-01-18")
    life.plan(row("110.00", since="2025-03-01"), act="a-2", since="2025-01-18")
    answer = ask(life, 2, "2025-06-30")
    assert answer["figures"]["by_why"] == {"took_effect": 1}


def test_2_what_was_recorded_on_the_day_itself_was_known_that_evening(life: Life) -> None:
    life.on("2025-02-01", "21:59:59")  # a second before midnight in Kyiv
    life.act("a-2", "2025-01-18")
    life.plan(row("110.00"), act="a-2", since="2025-01-18")
    answer = ask(life, 2, "2025-06-30")
    assert (answer["items"], answer["figures"]["from"]["known"]) == ([], life.town.position)


def test_2_nothing_was_decided_since_and_nothing_differs(life: Life) -> None:
    life.on("2025-03-01")
    life.act("a-2", "2025-03-01")  # an act that no figure rests on
    answer = ask(life, 2, "2025-06-30")
    assert (answer["verdict"], answer["items"], answer["figures"]["changes"]) == ("shown", [], 0)


def test_2_in_january_the_first_of_february_of_the_year_before_is_meant(life: Life) -> None:
    assert ask(life, 2, "2026-01-31")["figures"]["from"]["as_of"] == "2025-02-01"
    assert ask(life, 2, "2026-02-01")["figures"]["from"]["as_of"] == "2026-02-01"


def test_2_before_there_was_a_ledger_nothing_was_known(record: Record) -> None:
    """The town's ledger was opened in September 2025."""
    answer = ask(record, 2, "2025-12-01")
    assert answer["figures"]["from"] == {"as_of": "2025-02-01", "known": 0, "cells": 0}
    assert answer["figures"]["changes"] == answer["figures"]["to"]["cells"] > 0
    assert "реєстру ще не було" in answer["sentence"]["uk"]
    assert "no ledger yet" in answer["sentence"]["en"]


def test_2_another_earlier_point_may_be_named(life: Life) -> None:
    life.on("2025-05-01")
    before = life.town.position
    life.act("a-2", "2025-05-01")
    life.plan(row("110.00"), act="a-2", since="2025-05-01")
    answer = ask(life, 2, "2025-06-30", start=Point("2025-06-30", before))
    (item,) = answer["items"]
    assert (item["act"], item["values"]["why"]) == ("a-2", "decided")


# -- 7 ----------------------------------------------------------------------------------


def test_7_a_claim_older_than_what_the_signer_had_seen_is_shown_with_all_times(record: Record) -> None:
    record.on("2025-10-16")
    record.act("a-7", "2025-10-15")
    slot = claims(record, "2025-10-14T09:00:00", act="a-7", effective="2025-10-15")
    answer = ask(record, 7, "2025-12-01")
    assert (answer["verdict"], answer["figures"]["found"]) == ("yes", 1)
    (item,) = answer["items"]
    assert slot in events(item)
    times = item["values"]["times"]
    assert times["claimed"][0]["at"] == "2025-10-14T09:00:00Z"
    assert times["recorded"].startswith("2025-10-16T09:00:00")
    assert (times["witnessed"], times["stamped"]) == (None, None)


def test_7_without_an_anchor_outside_the_recorded_time_is_the_ledgers_own_word(record: Record) -> None:
    answer = ask(record, 7, "2025-12-01")
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"checkpoint.witnessed"})
    assert answer["figures"]["anchored"] == 0


def test_7_where_every_entry_is_anchored_and_the_times_fit_nothing_is_back_dated(record: Record) -> None:
    service.enrol(record.town)
    record.town.submit("checkpoint.witnessed", TRUST, service.witnessed(record.town))
    answer = ask(record, 7, "2025-12-01")
    assert answer["verdict"] == "no"
    assert answer["figures"]["anchored"] == answer["figures"]["entries"] > 0
    record.decide("201.00")  # one more, that nobody outside has seen
    answer = ask(record, 7, "2025-12-01")
    assert answer["verdict"] == "undetermined"
    assert answer["figures"]["entries"] - answer["figures"]["anchored"] == 1


def test_7_a_day_and_more_without_an_anchor_leaves_it_open_and_the_gap_is_shown(record: Record) -> None:
    """An anchor shows only that it was there by then, not that it had come long before."""
    service.enrol(record.town)
    record.on("2025-09-05", "10:00:00")
    slot = record.decide("201.00")
    witnessed = service.witnessed(record.town, at=int(utc("2025-10-16T10:00:00").timestamp()))
    record.town.submit("checkpoint.witnessed", TRUST, witnessed)
    answer = ask(record, 7, "2025-12-01")
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"checkpoint.witnessed"})
    figures = answer["figures"]
    assert (figures["late_anchored"], figures["entries"]) == (figures["anchored"], figures["anchored"])
    item = next(item for item in answer["items"] if slot in events(item))
    assert item["values"]["gap_hours"] == "984.0"  # 41 days
    assert item["values"]["anchored"] == "2025-10-16T10:00:00Z"
    assert f"{figures['largest_gap_hours']} h" in answer["sentence"]["en"]


@pytest.mark.parametrize(("at", "verdict"), [("10:00:00", "no"), ("10:00:01", "undetermined")])
def test_7_an_anchor_within_a_day_is_in_time(life: Life, at: str, verdict: str) -> None:
    """The ledger was opened, and the programme adopted, at nine: the first of them waited longest."""
    service.enrol(life.town)
    early = service.witnessed(life.town, at=int(utc("2024-12-23T10:00:00").timestamp()))
    life.town.submit("checkpoint.witnessed", TRUST, early)
    life.on("2025-02-05", "10:00:00")
    life.act("a-2", "2025-02-04")
    life.plan(row("70.00"), act="a-2", since="2025-02-04")
    late = service.witnessed(life.town, at=int(utc(f"2025-02-06T{at}").timestamp()))
    life.town.submit("checkpoint.witnessed", TRUST, late)
    answer = ask(life, 7, "2025-12-01")
    assert answer["verdict"] == verdict
    assert answer["figures"]["late_anchored"] == (0 if verdict == "no" else 1)
    assert answer["figures"]["largest_gap_hours"] == "24.0"
