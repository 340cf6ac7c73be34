"""Observations and their answers: on events, cells and bodies, by whom, and until when they are open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.oversight import Observation
from tests.support.council import CHAIR, MAYOR, MEMBER, TREASURER, council_town, set_policy
from tests.support.people import SECRETARY
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
    return [slot for slot, one in all_of(town, subject).items() if not one.answers]


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
    town.submit("observation.made", PROGRAMME, data, by=CHAIR, corrects=slot)
    refusal = town.refused("observation.answered", PROGRAMME, ANSWER | {"observation": slot}, by=MAYOR)
    assert refusal.code == "self-answer"


def test_an_observer_does_not_take_the_answer_back(town: TestLedger) -> None:
    """Voiding an answer would open the observation again, by the word of who observed."""
    slot = observe(town)
    given = answer(town, slot)
    refusal = town.refused("observation.answered", PROGRAMME, None, by=CHAIR, corrects=given)
    assert refusal.code == "self-answer"


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
