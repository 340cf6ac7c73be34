"""Every problem of the table occurs over HTTP, and what else is asked is answered as documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.texts.catalogue import PROBLEMS
from tests.api.door import Door, open_door
from tests.api.problem_types import PREFIX, Asked, explore
from tests.api.provoking import ENVELOPES, NOT_OVER_HTTP, REQUESTS, TROUBLE
from tests.fuzz.stating import told_town
from tests.ledger.refusals.row import Row
from tests.ledger.test_door import ROWS
from tests.support.council import council_town
from tests.support.story import town_with_history
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

PROVOKED = {**ENVELOPES, **REQUESTS, **TROUBLE}
# Said of an opening by the rule; over HTTP nobody gets as far.
OPENING = {"already-open": "open-by-init"}
EXAMPLES, EXAMPLES_SLOWLY = 2, 100


def refuse(door: Door, asked: Asked, rows: list[Row]) -> None:
    """Every refusal of the door's table, signed as it is there."""
    for row in rows:
        answer = asked.post(door, row.make(door.town))
        got = answer.json().get("type", "").removeprefix(PREFIX)
        assert got == OPENING.get(row.code, row.code), row.story


def provoke(door: Door, asked: Asked) -> None:
    """Each of the directed requests, and it says what it is said to."""
    for code, request in PROVOKED.items():
        answer = asked.look(request(door))
        shown = answer.json()
        assert shown.get("refusal", shown).get("type") == PREFIX + code, answer.text


def ask_all(folder: Path, examples: int) -> Asked:
    """Ask three servers: about all refusals in two towns, and anything at all in a third."""
    asked = Asked()
    unopened = [row for row in ROWS if row.unopened and row.code == "not-open"]
    town = [row for row in ROWS if not row.unopened and not row.council]
    council = [row for row in ROWS if row.council]
    for name, make, rows in (
        ("unopened", TestLedger, unopened),
        ("town", town_with_history, town),
        ("council", council_town, council),
    ):
        with make(folder / f"model-{name}") as model:
            pass
        with open_door(model, folder / name) as door:
            refuse(door, asked, rows)
            if name == "town":
                provoke(door, asked)
    with open_door(told_town(folder / "model-told"), folder / "told") as door:
        explore(door, asked, examples=examples)
    return asked


def check(asked: Asked) -> None:
    """Nothing of the table is missing but with a reason, and no answer is a failure or undocumented."""
    assert asked.faults == []
    assert set(PROBLEMS) - set(asked.codes) == set(NOT_OVER_HTTP), "it occurred after all, or did not"
    assert set(asked.codes) - set(PROBLEMS) == set()
    server = {code: count for code, count in asked.codes.items() if PROBLEMS[code].status >= 500}
    assert server == {code: 1 for code in TROUBLE if PROBLEMS[code].status >= 500}, "a failure of its own"
    assert asked.statuses[200] > 50
    assert asked.statuses[201] > 0


def test_every_problem_type_occurs_over_http_and_no_failure_but_those_provoked(tmp_path: Path) -> None:
    check(ask_all(tmp_path, EXAMPLES))


@pytest.mark.slow
def test_none_of_many_thousand_questions_fails_the_server(tmp_path: Path) -> None:
    asked = ask_all(tmp_path, EXAMPLES_SLOWLY)
    check(asked)
    print(f"\n{sum(asked.statuses.values())} requests; by status: {dict(sorted(asked.statuses.items()))}")
