"""The list of planted bugs keeps up with the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent.parent


def test_there_are_at_least_thirty_planted_bugs() -> None:
    assert len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.file}: {mutant.why}")
def test_a_planted_bug_changes_exactly_one_place(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf8")
    assert text.count(mutant.before) == 1
    assert mutant.before != mutant.after
