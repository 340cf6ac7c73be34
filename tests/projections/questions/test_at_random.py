"""Whatever officials report, in whatever order: every answer keeps its word, and names every finding."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from projections.questions.catalogue import QUESTIONS
from tests.projections.obligations.telling import Story, Telling
from tests.projections.questions.telling import ask, ask_all

STEPS = 80
DAYS = ("2025-09-10", "2025-11-30", "2026-06-30")


@pytest.mark.parametrize("seed", range(3))
def test_every_answer_to_a_random_history_is_a_whole_one(tmp_path: Path, seed: int) -> None:
    with closing(Telling(tmp_path)) as telling:
        story = Story(telling, seed)
        for _ in range(STEPS):
            story.step()
        middle = telling.town.position - STEPS // 2
        seen = set()
        for day in DAYS:
            for number in QUESTIONS:
                seen.add((number, ask(telling, number, day)["verdict"]))
        assert {number for number, verdict in seen if verdict == "yes"} >= {10, 19}, "the histories are dull"
        for row in ask_all(telling, DAYS[-1]):
            again = ask(telling, row["question"], DAYS[-1], known=middle)
            assert again == ask(telling, row["question"], DAYS[-1], known=middle)
