"""A generated council with planted irregularities: each is found, and hardly anything else.

Source: issue "The auditor's twenty questions", Shown by.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from projections.findings.rules import CODES, THEMES
from tests.projections.findings.council.count import PLANTINGS, Count, hold, sown, sown_densely
from tests.projections.findings.council.hall import YEARS

pytestmark = pytest.mark.thorough

EXTRA_MAX = 1 / 1000  # of all events


def check(count: Count, least: int) -> None:
    """least: how often each code is planted."""
    print(count.table())
    assert count.missed == [], count.table()
    assert set(count.planted) == set(PLANTINGS)
    assert min(count.planted.values()) >= least
    assert len(count.extra) <= count.events * EXTRA_MAX, "\n".join(
        f"{name}: {sentence}" for name, sentence in count.extra.items()
    )


def test_every_lifetime_rule_has_a_planting() -> None:
    assert {*PLANTINGS} == CODES - {rule.code for rule in THEMES["document"]}


def test_a_few_programmes_show_every_planted_irregularity_and_nothing_else(tmp_path: Path) -> None:
    count = hold(tmp_path, 11, YEARS[:2], 1, sown_densely(range(10), YEARS[:2]))
    check(count, 1)
    assert count.extra == {}


@pytest.mark.slow
def test_fifty_programmes_in_three_years_raise_one_false_alarm_in_a_thousand_events_at_most(
    tmp_path: Path,
) -> None:
    count = hold(tmp_path, 50, YEARS, 2, sown(50, YEARS))
    check(count, 3)
    assert count.events > 50 * 3 * 60
