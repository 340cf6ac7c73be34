"""Words that are asked for are not blank: spaces say nothing. What has no width the reader refuses before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Refusal
from tests.support.council import CHAIR, MAYOR, agreed, council_town, policy, propose
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, TestLedger, lines

BLANKS = {
    "none": "",
    "a space": " ",
    "two empty lines": "\n \n",
    "a space that does not break": "\u00a0\u202f",
    "spaces of other widths": "\u2003 \u2009\u3000",
}
SHORT = {"a dash": "–", "a mark between spaces": " ? ", "a letter": "є"}
Say = Callable[[TestLedger, str], tuple[str, str, Any, Any]]


def observed(town: TestLedger, words: str) -> tuple[str, str, Any, Any]:
    return "observation.made", PROGRAMME, {"about": {"cell": LINE_CELL}, "text": words}, CHAIR


def answered(town: TestLedger, words: str) -> tuple[str, str, Any, Any]:
    slot = town.submit(*observed(town, "Чому?")[:3], by=CHAIR).event
    data = {"observation": slot, "text": words, "outcome": "explained"}
    return "observation.answered", PROGRAMME, data, MAYOR


def refused(town: TestLedger, words: str) -> tuple[str, str, Any, Any]:
    data = agreed(town, propose(town, lines("1.00"))) | {"reason": words}
    return "change.refused", PROGRAMME, data, MAYOR


def returned(town: TestLedger, words: str) -> tuple[str, str, Any, Any]:
    return "report.returned", PROGRAMME, {"report": town.ids["actual"], "note": words}, MAYOR


def named(town: TestLedger, words: str) -> tuple[str, str, Any, Any]:
    return "person.registered", "root", {"person": "p-new", "name": words}, None


def titled(town: TestLedger, words: str) -> tuple[str, str, Any, Any]:
    return "policy.set", COUNCIL_STREAM, policy(lapse_days=3) | {"title": words}, None


# What is said, and the member that asks for words.
ASKED: dict[str, tuple[Say, str]] = {
    "an observation": (observed, "text"),
    "an answer": (answered, "text"),
    "a refusal's reason": (refused, "reason"),
    "a returned report's note": (returned, "note"),
    "a person's name": (named, "name"),
    "a policy's title": (titled, "title"),
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("what", ASKED)
def test_words_that_are_asked_for_are_not_blank(town: TestLedger, what: str, blank: str) -> None:
    say, member = ASKED[what]
    kind, subject, data, by = say(town, BLANKS[blank])
    refusal: Refusal = town.refused(kind, subject, data, by=by)
    assert (refusal.code, refusal.pointer) == ("malformed", f"/data/{member}")


@pytest.mark.parametrize("short", SHORT)
@pytest.mark.parametrize("what", ASKED)
def test_words_may_be_few_and_stand_as_they_were_written(town: TestLedger, what: str, short: str) -> None:
    say, member = ASKED[what]
    kind, subject, data, by = say(town, SHORT[short])
    receipt = town.submit(kind, subject, data, by=by)
    (entry,) = town.ledger.reader.entries(receipt.index, 1)
    assert getattr(entry.stated().event.data, member) == SHORT[short]


def test_a_note_that_nobody_asks_for_may_be_blank(town: TestLedger) -> None:
    proposal = propose(town, lines("1.00"))
    town.submit("change.endorsed", PROGRAMME, agreed(town, proposal) | {"note": " "}, by=MAYOR)
