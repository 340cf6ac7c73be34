"""Observations and proposals of a programme that cannot be kept up: never as if nothing came since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.api.blocking import blocked_door
from tests.api.door import BASE, Door, problem_of
from tests.support.council import CHAIR, MAYOR, agreed, asks, council_town, propose, set_policy
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, PROGRAMME_DATA, PROGRAMME_ID, TestLedger, lines

OTHER = "town-other-2025"
ABOUT = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "Чому?", "to": MAYOR.office}
OFFICES = (MAYOR.office, CHAIR.office, SECRETARY.office, "finance-head")


@dataclass(frozen=True, slots=True)
class Said:
    """What is open. of, about: the blocked programme's; elsewhere: another one's."""

    door: Door
    index: int
    proposals: tuple[str, str]
    observations: tuple[str, str]

    def ids(self, path: str) -> list[str]:
        return [row["id"] for row in self.door.json(path)["items"]]


def say(town: TestLedger, subject: str) -> tuple[str, str]:
    """An open proposal and an open observation in a stream."""
    proposal = propose(town, lines("150.00"), kind="appropriation.set", subject=subject)
    return proposal, town.submit("observation.made", subject, ABOUT, by=CHAIR).event


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    folder = tmp_path_factory.mktemp("records")
    with council_town(folder / "model") as town:
        town.submit("programme.adopted", f"programme:{OTHER}", PROGRAMME_DATA | {"programme": OTHER})
        set_policy(town, rules=[asks(MAYOR, CHAIR, kinds=("appropriation.set",))])
        of, about = say(town, PROGRAMME)
        elsewhere, there = say(town, f"programme:{OTHER}")
    with blocked_door(town, folder / "town") as (door, index):
        yield Said(door, index, (of, elsewhere), (about, there))


@pytest.mark.parametrize("list_of", ["proposals", "observations"])
def test_an_open_one_is_refused_and_shown_as_it_was_known_before(said: Said, list_of: str) -> None:
    mine, other = getattr(said, list_of)
    problem_of(said.door.get(f"/v1/{list_of}/{mine}"), 503, "programme-blocked")
    before = said.door.json(f"/v1/{list_of}/{mine}?known={said.index}")["item"]
    assert before["id"] == mine
    assert said.door.json(f"/v1/{list_of}/{other}")["item"]["id"] == other


@pytest.mark.parametrize("list_of", ["proposals", "observations"])
def test_lists_tell_of_other_programmes_and_refuse_its_own(said: Said, list_of: str) -> None:
    mine, other = getattr(said, list_of)
    path = f"/v1/{list_of}"
    assert said.ids(path) == [other]
    assert said.ids(f"{path}?known={said.index}") == [mine, other]
    assert said.ids(f"{path}?programme={OTHER}") == [other]
    problem_of(said.door.get(f"{path}?programme={PROGRAMME_ID}"), 503, "programme-blocked")
    assert said.ids(f"{path}?programme={PROGRAMME_ID}&known={said.index}") == [mine]


@pytest.mark.parametrize("office", OFFICES)
def test_every_inbox_answers_without_what_is_asked_there(said: Said, office: str) -> None:
    path = f"/v1/inbox?office={office}"
    now, before = said.door.json(path), said.door.json(f"{path}&known={said.index}")
    for one in (said.proposals[0], said.observations[0]):
        assert one not in str(now["items"]), "it may be done with by what could not be worked in"
    others = [item for item in before["items"] if PROGRAMME_ID not in str(item)]
    assert [item["task"] for item in now["items"]] == [item["task"] for item in others]


def test_the_mayor_is_asked_about_both_programmes_while_all_is_well(said: Said) -> None:
    """Else the tests above would hold of an empty inbox."""
    shown = str(said.door.json(f"/v1/inbox?office={MAYOR.office}&known={said.index}")["items"])
    now = str(said.door.json(f"/v1/inbox?office={MAYOR.office}")["items"])
    assert all(one in shown for one in (*said.proposals, *said.observations))
    assert all(one in now for one in (said.proposals[1], said.observations[1]))


def test_a_draft_of_what_would_change_it_is_refused(said: Said) -> None:
    town = said.door.town
    endorsed = town.payload("change.endorsed", PROGRAMME, agreed(town, said.proposals[0]), by=MAYOR)
    answer = {"observation": said.observations[0], "text": "Бо так", "outcome": "explained"}
    answered = town.payload("observation.answered", PROGRAMME, answer, by=MAYOR)
    for payload in (endorsed, answered):
        problem_of(said.door.draft(payload), 503, "programme-blocked")


def test_what_is_set_for_it_by_its_body_is_known_all_the_same(said: Said) -> None:
    """A policy is the council's: nothing of the programme's own stream can change it."""
    assert len(said.ids(f"/v1/policies?programme={PROGRAMME_ID}")) == 1
    assert said.door.get(f"{BASE}/reports").status_code == 503
