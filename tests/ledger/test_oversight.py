"""Observations and their answers: on events, cells and bodies, by whom, and until when they are open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.ids import body_stream
from ledger.oversight import Observation
from tests.support.clock import utc
from tests.support.council import CHAIR, MAYOR, MEMBER, NEWCOMER, TREASURER, council_town, set_policy
from tests.support.people import SECRETARY, Official
from tests.support.story import OTHER_PROGRAMME
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, TestLedger

ANSWER = {"text": "Тому що", "outcome": "explained"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def observe(
    town: TestLedger, about: Any = None, *, subject: str = PROGRAMME, by: Any = CHAIR, **more: Any
) -> str:
    data = {"about": about or {"cell": LINE_CELL}, "text": "Чому так?", **more}
    return town.submit("observation.made", subject, data, by=by).event


def answer(
    town: TestLedger, observation: str, by: Any = MAYOR, *, subject: str = PROGRAMME, **more: Any
) -> str:
    data = ANSWER | {"observation": observation} | more
    return town.submit("observation.answered", subject, data, by=by).event


def open_ones(town: TestLedger, subject: str = PROGRAMME) -> list[str]:
    return [slot for slot, one in all_of(town, subject).items() if not one.answers and not one.void]


def all_of(town: TestLedger, subject: str = PROGRAMME) -> dict[str, Observation]:
    world = town.world(subject)
    family, _, name = subject.partition(":")
    known = world.bodies[name] if family == "body" else world.programmes[name]
    return dict(known.observations)


def test_an_observation_is_about_an_event_or_a_cell_of_a_programme(town: TestLedger) -> None:
    first = observe(town, {"event": town.ids["financing"]})
    second = observe(town, {"cell": LINE_CELL})
    third = observe(town, {"cell": LINE_CELL, "as_of": "2025-06-30"}, to="treasurer", due="2025-10-01")
    assert sorted(open_ones(town)) == sorted([first, second, third])
    assert (all_of(town)[third].to, all_of(town)[third].due) == ("treasurer", "2025-10-01")


def test_an_observation_is_about_an_event_of_a_body(town: TestLedger) -> None:
    slot = observe(town, {"event": town.ids["act"]}, subject=COUNCIL_STREAM, by=SECRETARY)
    assert open_ones(town, COUNCIL_STREAM) == [slot]
    answer(town, slot, subject=COUNCIL_STREAM)
    assert open_ones(town, COUNCIL_STREAM) == []
    town.reopen()
    assert open_ones(town, COUNCIL_STREAM) == []


def test_an_observation_changes_no_cell(town: TestLedger) -> None:
    before = town.timeline().cells
    answer(town, observe(town))
    assert town.timeline().cells == before


def test_an_observation_is_open_until_its_first_answer(town: TestLedger) -> None:
    slot = observe(town)
    assert open_ones(town) == [slot]
    answer(town, slot)
    assert open_ones(town) == []


def test_a_second_answer_is_possible_and_both_are_kept(town: TestLedger) -> None:
    slot = observe(town)
    given = (answer(town, slot), answer(town, slot, TREASURER, outcome="corrected"))
    assert all_of(town)[slot].answers == given


def test_only_the_office_that_was_asked_answers_and_the_others_are_told_which(town: TestLedger) -> None:
    slot = observe(town, to="treasurer")
    refusal = town.refused("observation.answered", PROGRAMME, ANSWER | {"observation": slot}, by=MAYOR)
    assert (refusal.code, refusal.pointer) == ("not-asked", "/signers/0/office")
    assert refusal.details["instead"] == [{"office": "treasurer", "persons": ["p-treasurer"]}]
    answer(town, slot, TREASURER)


def test_where_nobody_is_asked_any_office_that_may_answers(town: TestLedger) -> None:
    answer(town, observe(town), TREASURER)


def test_nobody_answers_an_observation_of_their_own_in_whatever_office(town: TestLedger) -> None:
    slot = observe(town, by=MAYOR)
    for by in (MAYOR, MEMBER, [TREASURER, MEMBER]):
        refusal = town.refused("observation.answered", PROGRAMME, ANSWER | {"observation": slot}, by=by)
        assert (refusal.code, refusal.got) == ("self-answer", "p-mayor")
    answer(town, slot, TREASURER)


def test_nobody_answers_an_observation_of_their_own_that_another_corrected(town: TestLedger) -> None:
    slot = observe(town, by=MAYOR)
    data = {"about": {"cell": LINE_CELL}, "text": "Чому саме так?"}
    town.submit("observation.made", PROGRAMME, data, by=joined(town, MAYOR, NEWCOMER), corrects=slot)
    refusal = town.refused("observation.answered", PROGRAMME, ANSWER | {"observation": slot}, by=MAYOR)
    assert refusal.code == "self-answer"


def test_an_observer_does_not_take_the_answer_back(town: TestLedger) -> None:
    """Voiding an answer would open the observation again, by the word of who observed."""
    slot = observe(town)
    given = answer(town, slot)
    refusal = town.refused("observation.answered", PROGRAMME, None, by=CHAIR, corrects=given)
    assert refusal.code == "self-answer"


# -- whose words they are --------------------------------------------------------------------------


def joined(town: TestLedger, official: Official, other: Official) -> Official:
    """Another person, who holds the same office from now on, too."""
    stream = body_stream(official.body)
    heir = Official(other.person, official.office, official.body, other.key)
    granted = {"person": heir.person, "office": heir.office, "start": "2025-01-01"}
    town.submit("mandate.granted", stream, granted)
    town.submit("key.enrolled", stream, town.key_data(heir))
    return heir


def not_the_author(town: TestLedger, kind: str, data: Any, slot: str, by: Any, at: int = 0) -> Any:
    """Who could do it, as the refusal tells."""
    refusal = town.refused(kind, PROGRAMME, data, by=by, corrects=slot)
    assert (refusal.code, refusal.pointer) == ("not-the-author", f"/signers/{at}/office")
    return refusal.details["instead"]


RESTATED = {"about": {"cell": LINE_CELL}, "text": "Чому саме так?"}


@pytest.mark.parametrize("data", [RESTATED, None], ids=["corrected", "voided"])
def test_an_observation_is_corrected_and_voided_by_no_other_office(town: TestLedger, data: Any) -> None:
    slot = observe(town, to="treasurer")
    mine = [{"office": "budget-chair", "persons": ["p-chair"]}]
    for by in (MAYOR, TREASURER, MEMBER):
        assert not_the_author(town, "observation.made", data, slot, by) == mine
    assert not_the_author(town, "observation.made", data, slot, [CHAIR, MEMBER], at=1) == mine
    town.submit("observation.made", PROGRAMME, data, by=joined(town, CHAIR, NEWCOMER), corrects=slot)


def test_of_offices_that_observed_together_each_corrects_also_what_the_other_has_corrected(
    town: TestLedger,
) -> None:
    slot = observe(town, by=[CHAIR, TREASURER])
    town.submit("observation.made", PROGRAMME, RESTATED, by=TREASURER, corrects=slot)
    instead = not_the_author(town, "observation.made", None, slot, MAYOR)
    assert [one["office"] for one in instead] == ["budget-chair", "treasurer"]
    town.submit("observation.made", PROGRAMME, None, by=CHAIR, corrects=slot)


def test_a_voided_observation_is_stated_again_by_no_other_office(town: TestLedger) -> None:
    slot = observe(town)
    town.submit("observation.made", PROGRAMME, None, by=CHAIR, corrects=slot)
    town.reopen()
    not_the_author(town, "observation.made", RESTATED, slot, MAYOR)
    town.submit("observation.made", PROGRAMME, RESTATED, by=CHAIR, corrects=slot)
    assert open_ones(town) == [slot]


def test_an_observation_that_is_stated_again_keeps_its_answers_and_its_observers(town: TestLedger) -> None:
    slot = observe(town)
    given = answer(town, slot)
    town.submit("observation.made", PROGRAMME, None, by=CHAIR, corrects=slot)
    heir = joined(town, CHAIR, NEWCOMER)
    town.submit("observation.made", PROGRAMME, RESTATED, by=heir, corrects=slot)
    assert all_of(town)[slot].answers == (given,)
    refusal = town.refused("observation.answered", PROGRAMME, ANSWER | {"observation": slot}, by=CHAIR)
    assert refusal.code == "self-answer"


@pytest.mark.parametrize("void", [False, True], ids=["corrected", "voided"])
def test_an_answer_is_corrected_and_voided_by_no_other_office(town: TestLedger, void: bool) -> None:
    slot = observe(town)
    given = answer(town, slot)
    data = None if void else ANSWER | {"observation": slot, "outcome": "rejected"}
    mine = [{"office": "mayor", "persons": ["p-mayor"]}]
    for by in (TREASURER, SECRETARY, MEMBER):
        assert not_the_author(town, "observation.answered", data, given, by) == mine
    assert not_the_author(town, "observation.answered", data, given, [MAYOR, TREASURER], at=1) == mine
    town.submit("observation.answered", PROGRAMME, data, by=joined(town, MAYOR, NEWCOMER), corrects=given)


def test_of_offices_that_answered_together_each_takes_back_also_what_the_other_has_corrected(
    town: TestLedger,
) -> None:
    slot = observe(town)
    given = answer(town, slot, [MAYOR, TREASURER])
    corrected = ANSWER | {"observation": slot, "outcome": "corrected"}
    town.submit("observation.answered", PROGRAMME, corrected, by=TREASURER, corrects=given)
    instead = not_the_author(town, "observation.answered", None, given, SECRETARY)
    assert [one["office"] for one in instead] == ["mayor", "treasurer"]
    town.submit("observation.answered", PROGRAMME, None, by=MAYOR, corrects=given)
    assert open_ones(town) == [slot]


def test_a_voided_answer_is_given_again_by_no_other_office_and_to_no_other_observation(
    town: TestLedger,
) -> None:
    slot, other = observe(town), observe(town)
    given = answer(town, slot)
    town.submit("observation.answered", PROGRAMME, None, by=MAYOR, corrects=given)
    again = ANSWER | {"observation": slot}
    town.reopen()
    not_the_author(town, "observation.answered", again, given, TREASURER)
    moved = town.refused(
        "observation.answered", PROGRAMME, ANSWER | {"observation": other}, by=MAYOR, corrects=given
    )
    assert moved.code == "correction-changes-id"
    town.submit("observation.answered", PROGRAMME, again, by=MAYOR, corrects=given)
    assert open_ones(town) == [other]


def test_an_answer_to_a_voided_observation_is_taken_back_by_no_other_office(town: TestLedger) -> None:
    slot = observe(town)
    given = answer(town, slot)
    town.submit("observation.made", PROGRAMME, None, by=CHAIR, corrects=slot)
    not_the_author(town, "observation.answered", None, given, TREASURER)
    town.submit("observation.answered", PROGRAMME, None, by=MAYOR, corrects=given)


def test_an_answer_stays_its_offices_own_also_where_another_one_is_asked_by_now(town: TestLedger) -> None:
    slot = observe(town, to="treasurer")
    given = answer(town, slot, TREASURER)
    town.submit("observation.made", PROGRAMME, RESTATED | {"to": "mayor"}, by=CHAIR, corrects=slot)
    corrected = ANSWER | {"observation": slot, "outcome": "corrected"}
    not_the_author(town, "observation.answered", corrected, given, MAYOR)
    town.submit("observation.answered", PROGRAMME, corrected, by=TREASURER, corrects=given)


def test_an_observation_and_an_answer_of_a_body_are_their_offices_own_too(town: TestLedger) -> None:
    slot = observe(town, {"event": town.ids["act"]}, subject=COUNCIL_STREAM, by=SECRETARY)
    given = answer(town, slot, subject=COUNCIL_STREAM)
    for kind, of, by in (("observation.made", slot, MAYOR), ("observation.answered", given, TREASURER)):
        refusal = town.refused(kind, COUNCIL_STREAM, None, by=by, corrects=of)
        assert refusal.code == "not-the-author"
    town.submit("observation.answered", COUNCIL_STREAM, None, by=MAYOR, corrects=given)
    town.submit("observation.made", COUNCIL_STREAM, None, by=SECRETARY, corrects=slot)


# -- who can be asked ------------------------------------------------------------------------------


def asking(town: TestLedger, office: str, subject: str = PROGRAMME) -> Any:
    """The refusal of an observation for an office that could never answer it."""
    about = {"cell": LINE_CELL} if subject == PROGRAMME else {"event": town.ids["act"]}
    data = {"about": about, "text": "Чому?", "to": office}
    refusal = town.refused("observation.made", subject, data, by=CHAIR if subject == PROGRAMME else SECRETARY)
    assert (refusal.code, refusal.pointer) == ("foreign-body", "/data/to")
    return refusal


@pytest.mark.parametrize("subject", [PROGRAMME, COUNCIL_STREAM])
def test_an_office_of_a_foreign_body_is_not_asked_and_those_who_can_be_are_named(
    town: TestLedger, subject: str
) -> None:
    details = asking(town, "other-secretary", subject).details
    assert details["owner"] == "town-council"
    named = {one["office"]: one["persons"] for one in details["instead"]}
    assert named["mayor"] == ["p-mayor"]
    assert "other-secretary" not in named


def test_an_office_of_a_body_that_other_registrars_manage_is_not_asked(town: TestLedger) -> None:
    """The district lies below the council, and has registrars of its own."""
    assert asking(town, "reeve").got == "district"


def test_an_office_of_a_body_that_was_succeeded_is_not_asked(town: TestLedger) -> None:
    succeeded = {"body": "budget-commission", "successor": "finance-department", "start": "2025-09-02"}
    town.submit("body.succeeded", "root", succeeded)
    observe(town, to="budget-member", by=TREASURER)
    town.clock.set(utc("2025-09-02T09:00:00"))
    data = {"about": {"cell": LINE_CELL}, "text": "Чому?", "to": "budget-member"}
    assert town.refused("observation.made", PROGRAMME, data, by=TREASURER).code == "foreign-body"
    observe(town, to="treasurer", by=MAYOR)


def test_an_observation_is_not_corrected_to_ask_an_office_of_a_foreign_body(town: TestLedger) -> None:
    slot = observe(town)
    data = RESTATED | {"to": "other-secretary"}
    assert town.refused("observation.made", PROGRAMME, data, by=CHAIR, corrects=slot).code == "foreign-body"


def test_an_answer_is_corrected_in_its_place_and_a_void_opens_the_observation_again(town: TestLedger) -> None:
    slot = observe(town)
    given = answer(town, slot)
    corrected = ANSWER | {"observation": slot, "outcome": "rejected"}
    town.submit("observation.answered", PROGRAMME, corrected, by=MAYOR, corrects=given)
    assert all_of(town)[slot].answers == (given,)
    town.submit("observation.answered", PROGRAMME, None, by=MAYOR, corrects=given)
    assert open_ones(town) == [slot]


def test_a_voided_observation_takes_no_answers(town: TestLedger) -> None:
    slot = observe(town)
    town.submit("observation.made", PROGRAMME, None, by=CHAIR, corrects=slot)
    refusal = town.refused("observation.answered", PROGRAMME, ANSWER | {"observation": slot}, by=MAYOR)
    assert refusal.code == "unknown-observation"


def test_a_corrected_observation_keeps_its_answers_and_may_ask_another_office(town: TestLedger) -> None:
    slot = observe(town, to="treasurer")
    given = answer(town, slot, TREASURER)
    data = {"about": {"cell": LINE_CELL}, "text": "Чому?", "to": "mayor"}
    town.submit("observation.made", PROGRAMME, data, by=CHAIR, corrects=slot)
    assert (all_of(town)[slot].to, all_of(town)[slot].answers) == ("mayor", (given,))
    answer(town, slot, MAYOR)


def test_a_policy_says_who_observes(town: TestLedger) -> None:
    set_policy(town, rules=[{"kinds": ["observation.made"], "offices": ["budget-chair"]}])
    data = {"about": {"cell": LINE_CELL}, "text": "Чому?"}
    assert town.refused("observation.made", PROGRAMME, data).code == "policy-office"
    observe(town)
    assert town.refused("observation.made", OTHER_PROGRAMME, data, by=MAYOR).code == "policy-office"
