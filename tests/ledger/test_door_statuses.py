"""Who changed an act's status: a mayor suspends in time, a council overrides by two thirds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.canonical import dumps
from ledger.kinds import KINDS
from tests.support.council import MAYOR, TREASURER, council_town
from tests.support.people import SECRETARY
from tests.support.town import ACT, COUNCIL_STREAM, TestLedger

KIND = "act.status_changed"
DATE = "2024-12-20"  # of the act
BY_MAYOR = {"act": ACT, "status": "suspended", "date": "2024-12-24", "start": "2024-12-24", "by": "mayor"}
OVERRIDE = {"act": ACT, "status": "resumed", "date": "2025-01-08", "start": "2025-01-08", "by": "council"}
ENOUGH = {"for": 26, "against": 1, "abstained": 0, "of": 38}  # 26 is the first that is two thirds of 38
SHORT = ENOUGH | {"for": 25}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        yield town


@pytest.fixture
def council(tmp_path: Path) -> Iterator[TestLedger]:
    """Where the mayor has an office that may state statuses, besides the secretary."""
    with council_town(tmp_path / "council") as council:
        yield council


def said(**members: Any) -> dict[str, Any]:
    return OVERRIDE | members


def stripped(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def counts(town: TestLedger, day: str) -> bool:
    return town.timeline().counts(ACT, day)


def test_a_mayor_suspends_within_five_days_and_the_council_overrides(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR | {"start": "2024-12-25"})
    assert not counts(town, "2025-01-07")
    town.submit(KIND, COUNCIL_STREAM, said(votes=ENOUGH))
    assert counts(town, "2025-01-08")
    assert [one.by for one in town.world().bodies["town-council"].acts[ACT].statuses] == ["mayor", "council"]


def test_a_suspension_on_the_sixth_day_is_late_and_recorded_once_acknowledged(town: TestLedger) -> None:
    late = BY_MAYOR | {"start": "2024-12-26"}
    (found,) = town.asked_about(KIND, COUNCIL_STREAM, late)
    assert (found.code, found.pointer) == ("suspended-late", "/data/start")
    assert found.details == {"act_date": DATE, "start": "2024-12-26", "days": 6, "within": 5}
    town.submit(KIND, COUNCIL_STREAM, late, acknowledges=["suspended-late"])
    assert not counts(town, "2024-12-26")


@pytest.mark.parametrize("by", [None, "court", "higher-body", "council", "own-body"])
def test_only_a_mayors_suspension_can_be_late(town: TestLedger, by: str | None) -> None:
    data = {name: value for name, value in BY_MAYOR.items() if name != "by"} | {"start": "2025-03-01"}
    town.submit(KIND, COUNCIL_STREAM, data | ({"by": by} if by else {}))


@pytest.mark.parametrize(
    ("status", "more"),
    [
        ("resumed", {}), ("quashed", {"start": DATE}), ("restored", {}), ("in-force", {}),
        ("repealed", {"stops": True}),
    ],
)  # fmt: skip
def test_a_mayor_can_only_suspend(town: TestLedger, status: str, more: dict[str, Any]) -> None:
    refusal = town.refused(KIND, COUNCIL_STREAM, said(status=status, by="mayor", **more))
    assert (refusal.code, refusal.pointer, refusal.got) == ("status-not-by-mayor", "/data/by", "mayor")


def test_an_override_says_its_votes(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    refusal = town.refused(KIND, COUNCIL_STREAM, said())
    assert (refusal.code, refusal.pointer) == ("missing-field", "/data/votes")


def test_an_override_short_of_two_thirds_is_recorded_once_acknowledged(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    (found,) = town.asked_about(KIND, COUNCIL_STREAM, said(votes=SHORT))
    assert (found.code, found.pointer) == ("override-short", "/data/votes")
    assert found.details == {"for": 25, "of": 38, "needed": 26}
    town.submit(KIND, COUNCIL_STREAM, said(votes=SHORT), acknowledges=["override-short"])
    assert counts(town, "2025-01-08")


def test_exactly_two_thirds_override(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    town.submit(KIND, COUNCIL_STREAM, said(votes=ENOUGH | {"of": 39}))


@pytest.mark.parametrize(
    "resumed",
    [
        {"start": "2024-12-24"},  # from the suspension's own day
        {"start": "2024-12-22", "to": "2024-12-25"},  # begins before it and ends inside it
    ],
)
def test_whatever_days_of_a_mayors_suspension_are_resumed_it_is_an_override(
    town: TestLedger, resumed: dict[str, str]
) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    assert town.refused(KIND, COUNCIL_STREAM, said(**resumed)).pointer == "/data/votes"


def test_a_mayors_suspension_below_a_newer_one_that_ends_is_overridden_too(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    court = BY_MAYOR | {"start": "2025-01-02", "to": "2025-02-01", "by": "court"}
    town.submit(KIND, COUNCIL_STREAM, court)
    assert town.refused(KIND, COUNCIL_STREAM, said()).pointer == "/data/votes"
    town.submit(KIND, COUNCIL_STREAM, said(to="2025-02-01"))


@pytest.mark.parametrize(
    ("before", "resumed"),
    [
        (BY_MAYOR | {"by": "court", "start": "2025-01-02"}, {}),  # not the mayor's
        (BY_MAYOR | {"to": "2025-01-08"}, {}),  # over by then
        (BY_MAYOR, {"by": "court"}),  # not the council's
        (BY_MAYOR, {"by": "higher-body", "status": "restored"}),
        (BY_MAYOR, {"by": "court", "status": "in-force"}),
        (BY_MAYOR, {"by": "council", "status": "quashed", "start": DATE}),  # it does not count again
        (BY_MAYOR | {"by": None}, {"by": None}),  # nobody says that it was the mayor
        (BY_MAYOR | {"to": "2025-01-08"}, {"start": "2025-01-08", "to": "2025-02-01"}),
    ],
)
def test_what_overrides_no_mayor_needs_no_votes(
    town: TestLedger, before: dict[str, Any], resumed: dict[str, Any]
) -> None:
    town.submit(KIND, COUNCIL_STREAM, stripped(before))
    town.submit(KIND, COUNCIL_STREAM, stripped(said(**resumed)))


def test_a_suspension_that_was_voided_or_overridden_already_is_not_overridden(town: TestLedger) -> None:
    slot = town.submit(KIND, COUNCIL_STREAM, BY_MAYOR).event
    town.submit(KIND, COUNCIL_STREAM, said(votes=ENOUGH))
    town.submit(KIND, COUNCIL_STREAM, said(start="2025-02-01"))
    town.submit(KIND, COUNCIL_STREAM, None, corrects=slot)
    town.submit(KIND, COUNCIL_STREAM, said(start="2024-12-24"), acknowledges=["later-status"])


AGAIN = ("resumed", "in-force", "restored")


@pytest.mark.parametrize("status", AGAIN)
@pytest.mark.parametrize("by", ["council", "own-body"])
def test_whatever_makes_the_act_count_again_overrides_the_mayor(
    town: TestLedger, status: str, by: str
) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    refusal = town.refused(KIND, COUNCIL_STREAM, said(status=status, by=by))
    assert (refusal.code, refusal.pointer) == ("missing-field", "/data/votes")
    assert "override-short" in town.asked(KIND, COUNCIL_STREAM, said(status=status, by=by, votes=SHORT))
    town.submit(KIND, COUNCIL_STREAM, said(status=status, by=by, votes=ENOUGH))
    assert counts(town, "2025-01-08")


@pytest.mark.parametrize("status", AGAIN)
@pytest.mark.parametrize("votes", [{}, {"votes": ENOUGH}])
def test_who_makes_an_act_count_that_the_mayor_suspended_is_said(
    town: TestLedger, status: str, votes: dict[str, Any]
) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    data = {name: value for name, value in said(status=status, **votes).items() if name != "by"}
    refusal = town.refused(KIND, COUNCIL_STREAM, data)
    assert (refusal.code, refusal.pointer) == ("missing-field", "/data/by")
    assert not counts(town, "2025-01-08")


@pytest.mark.parametrize("by", [None, "council", "own-body"])
def test_another_stop_on_top_of_the_mayors_does_not_hide_it(town: TestLedger, by: str | None) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    town.submit(KIND, COUNCIL_STREAM, stripped(BY_MAYOR | {"start": "2025-01-02", "by": by}))
    assert town.refused(KIND, COUNCIL_STREAM, said()).pointer == "/data/votes"


@pytest.mark.parametrize("data", [None, BY_MAYOR | {"by": "council"}, BY_MAYOR | {"to": "2024-12-26"}])
def test_only_an_office_that_stated_it_takes_a_mayors_suspension_back(
    council: TestLedger, data: dict[str, Any] | None
) -> None:
    slot = council.submit(KIND, COUNCIL_STREAM, BY_MAYOR, by=MAYOR).event
    council.reopen()
    refusal = council.refused(KIND, COUNCIL_STREAM, data, by=SECRETARY, corrects=slot)
    assert (refusal.code, refusal.pointer) == ("not-the-author", "/signers/0/office")
    assert refusal.details["instead"] == [{"office": MAYOR.office, "persons": [MAYOR.person]}]
    both = council.refused(KIND, COUNCIL_STREAM, data, by=(MAYOR, SECRETARY), corrects=slot)
    assert (both.code, both.pointer) == ("not-the-author", "/signers/1/office")
    council.submit(KIND, COUNCIL_STREAM, data, by=MAYOR, corrects=slot)


def test_what_is_said_to_be_the_councils_any_office_corrects(council: TestLedger) -> None:
    slot = council.submit(KIND, COUNCIL_STREAM, BY_MAYOR | {"by": "council"}, by=MAYOR).event
    council.submit(KIND, COUNCIL_STREAM, BY_MAYOR, by=SECRETARY, corrects=slot)
    assert council.refused(KIND, COUNCIL_STREAM, None, by=MAYOR, corrects=slot).code == "not-the-author"
    council.submit(KIND, COUNCIL_STREAM, None, by=SECRETARY, corrects=slot)


def test_other_statuses_of_an_act_that_a_mayor_suspended_any_office_corrects(council: TestLedger) -> None:
    published = {"act": ACT, "status": "published", "date": "2024-12-23"}
    slot = council.submit(KIND, COUNCIL_STREAM, published, by=SECRETARY).event
    council.submit(KIND, COUNCIL_STREAM, BY_MAYOR, by=MAYOR)
    council.submit(KIND, COUNCIL_STREAM, published | {"date": "2024-12-24"}, by=TREASURER, corrects=slot)


def test_a_corrected_override_is_asked_again(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    slot = town.submit(KIND, COUNCIL_STREAM, said(votes=ENOUGH)).event
    assert town.asked(KIND, COUNCIL_STREAM, said(votes=SHORT), corrects=slot) == {"override-short"}
    assert town.refused(KIND, COUNCIL_STREAM, said(), corrects=slot).pointer == "/data/votes"


def test_votes_of_everybody_add_up(town: TestLedger) -> None:
    town.submit(KIND, COUNCIL_STREAM, BY_MAYOR)
    all_voted = {"for": 26, "against": 10, "abstained": 2, "of": 38}
    refusal = town.refused(KIND, COUNCIL_STREAM, said(votes=all_voted | {"abstained": 3}))
    assert (refusal.code, refusal.pointer, refusal.got) == ("votes-too-many", "/data/votes", 39)
    town.submit(KIND, COUNCIL_STREAM, said(votes=all_voted))


@pytest.mark.parametrize(
    ("data", "uk", "en"),
    [
        (
            BY_MAYOR,
            "зупинено з 2024-12-24 (голова громади)",
            "suspended from 2024-12-24 (by the mayor)",
        ),
        (
            OVERRIDE | {"votes": ENOUGH},
            "дію поновлено з 2025-01-08 (рада, за 26 із 38)",
            "resumed from 2025-01-08 (by the council, 26 of 38 for)",
        ),
        (
            BY_MAYOR | {"status": "quashed", "by": "court"},
            "скасовано з 2024-12-24 (суд)",
            "quashed from 2024-12-24 (by a court)",
        ),
        (BY_MAYOR | {"by": None}, "зупинено з 2024-12-24", "suspended from 2024-12-24"),
    ],
)
def test_the_sentence_says_who_did_it(town: TestLedger, data: dict[str, Any], uk: str, en: str) -> None:
    stated = {name: value for name, value in data.items() if value is not None}
    event = KINDS[KIND].parse(dumps(town.payload(KIND, COUNCIL_STREAM, stated)))
    assert KINDS[KIND].sentence(event, "uk", {}) == f"Акт {ACT}: {uk}"
    assert KINDS[KIND].sentence(event, "en", {}) == f"Act {ACT}: {en}"
