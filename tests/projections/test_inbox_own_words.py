"""What an office said on a proposal waits, in doubt, for that office alone: docs/authority.md, doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.errors import Refusal
from projections.inbox import read_office_inbox
from tests.projections.tables import Tables
from tests.support.people import SECRETARY, Official, key_of
from tests.support.town import PROGRAMME, Payload, TestLedger, remember
from tests.support.waiting import CHAIR, DEPUTY, EXECUTOR, LAWYER, local_day, propose, speak, waiting_town

OFFICIALS = (SECRETARY, CHAIR, LAWYER, EXECUTOR, DEPUTY)
Say = Callable[[TestLedger], str]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with waiting_town(tmp_path / "ledger") as town:
        yield town


@pytest.fixture
def tables(town: TestLedger, tmp_path: Path) -> Iterator[Tables]:
    tables = Tables(tmp_path / "tables.db", town.ledger.reader)
    yield tables
    tables.close()


def waiting(town: TestLedger, tables: Tables, slot: str) -> set[str]:
    """The offices for which a re-affirmation of it waits."""
    found = set()
    for office in (one.office for one in OFFICIALS):
        inbox = read_office_inbox(tables.reading(), local_day(town), office)
        assert inbox is not None
        if any(one["task"] == "reaffirm" and one["about"]["event"] == slot for one in inbox["items"]):
            found.add(office)
    return found


def stolen(town: TestLedger, official: Official) -> Official:
    """The key is suspect from today on, and gives way to another."""
    new = official.using(remember(key_of(f"{official.office} after {official.key.public.kid}")))
    town.submit("key.enrolled", f"body:{official.body}", town.key_data(new))
    data = {"kid": official.key.public.kid, "cause": "stolen", "suspect_from": local_day(town)}
    town.submit("key.revoked", f"body:{official.body}", data)
    return new


def entries(town: TestLedger, slot: str) -> Payload:
    return {"entries": [{"event": slot, "payload": town.statements[slot]}]}


def may(town: TestLedger, slot: str, official: Official) -> bool:
    """Does the door let the office re-affirm it? The last that may is the one that does."""
    outcome = town.outcome([town.envelope("entry.reaffirmed", PROGRAMME, entries(town, slot), by=official)])
    return not isinstance(outcome, Refusal)


WORDS: dict[str, tuple[Official, Say]] = {
    "endorsement": (LAWYER, lambda town: speak(town, propose(town, "5.00"), LAWYER)),
    "refusal": (LAWYER, lambda town: speak(town, propose(town, "5.00"), LAWYER, refuses="Ні")),
    "proposal": (SECRETARY, lambda town: propose(town, "5.00")),
    "withdrawal": (
        SECRETARY,
        lambda town: town.submit("change.withdrawn", PROGRAMME, {"proposal": propose(town, "5.00")}).event,
    ),
}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_in_doubt_waits_for_the_office_that_said_it_as_the_door_has_it(
    town: TestLedger, tables: Tables, word: str
) -> None:
    author, say = WORDS[word]
    slot = say(town)
    new = stolen(town, author)
    assert waiting(town, tables, slot) == {author.office}
    others = [one for one in OFFICIALS if one.office != author.office]
    assert [may(town, slot, one) for one in others] == [False] * len(others)
    assert may(town, slot, new)
    assert waiting(town, tables, slot) == set()


def test_a_word_reaffirmed_by_a_stolen_key_waits_for_the_same_office_twice(
    town: TestLedger, tables: Tables
) -> None:
    slot = speak(town, propose(town, "5.00"), LAWYER)
    second = stolen(town, LAWYER)
    said = town.submit("entry.reaffirmed", PROGRAMME, entries(town, slot), by=second).event
    third = stolen(town, second)
    assert waiting(town, tables, slot) == waiting(town, tables, said) == {LAWYER.office}
    assert not may(town, said, CHAIR)
    assert may(town, said, third)
    assert waiting(town, tables, slot) == waiting(town, tables, said) == set()


def test_a_word_of_two_offices_waits_for_both(town: TestLedger, tables: Tables) -> None:
    proposal = propose(town, "5.00")
    data = {"proposal": proposal, "content": town.programme().proposals[proposal].content}
    slot = town.submit("change.endorsed", PROGRAMME, data, by=[LAWYER, CHAIR]).event
    stolen(town, LAWYER)
    assert waiting(town, tables, slot) == {LAWYER.office, CHAIR.office}
    assert may(town, slot, CHAIR)
