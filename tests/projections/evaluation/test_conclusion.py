"""What a signed conclusion binds, and what it would rest on now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.evaluation.conclusion import read_evaluation
from projections.evaluation.figures import bare, figures_hash
from tests.projections.obligations.telling import Telling
from tests.support.town import PROGRAMME, Payload, line
from tests.support.waiting import EXECUTOR

SECTIONS = dict.fromkeys(("projects", "money", "results", "indicators"), "за рік (приклад)")


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    built = Telling(tmp_path)
    built.wait_until("2026-01-20")
    yield built
    built.close()


def evaluation(telling: Telling, day: str = "", position: int | None = None, year: int = 2025) -> Any:
    return read_evaluation(telling.case(day, position), year)


def conclude(telling: Telling, *, sha256: str = "", known: int = 0, **more: Any) -> str:
    """The year 2025, of the figures as they are now."""
    position = known or telling.town.position
    found = evaluation(telling, telling.today, telling.town.position)
    figures = {"as_of": telling.today, "known": position, "sha256": sha256 or found["sha256"]}
    data: Payload = {
        "year": 2025,
        "conclusion": "Виконано частково (приклад)",
        "rating": "partly",
        "sections": SECTIONS,
        "figures": figures,
    }
    common = {"effective": telling.today} | more
    return telling.town.submit("evaluation.concluded", PROGRAMME, data, **common).event


def spend(telling: Telling, amount: str, **common: Any) -> str:
    row = {"measure": "1.1", "year": 2025, "source": "local", "amount": amount}
    data = {"phase": "paid", "period": "2025-Q4", "accumulation": "ytd", "lines": [row]}
    return telling.town.submit("spending.reported", PROGRAMME, data, by=EXECUTOR, **common).event


def test_until_somebody_concludes_there_is_no_conclusion(telling: Telling) -> None:
    found = evaluation(telling)
    assert (found["year"], found["in_term"], found["conclusion"]) == (2025, True, None)
    assert evaluation(telling, year=2024)["in_term"] is False


def test_a_conclusion_binds_the_figures_that_it_looked_at(telling: Telling) -> None:
    spend(telling, "20.00")
    event = conclude(telling)
    said = evaluation(telling)["conclusion"]
    assert (said["event"], said["rating"], said["bound"]) == (event, "partly", True)
    assert (said["changed"], said["changed_total"]) == ([], 0)
    assert said["cells"] == ["/evaluation/2025/rating", "/evaluation/2025/figures"]
    assert evaluation(telling, position=telling.town.position - 1)["conclusion"] is None
    assert evaluation(telling, "2026-01-19")["conclusion"] is None  # it holds from its day on


def test_what_the_figures_are_now_stands_beside_it_with_each_difference(telling: Telling) -> None:
    report = spend(telling, "20.00")
    conclude(telling)
    telling.wait_until("2026-02-10")
    spend(telling, "25.00", corrects=report, reason="помилка")
    found = evaluation(telling)
    said = found["conclusion"]
    assert said["bound"] is True
    changed = {one["path"]: (one["concluded"], one["now"]) for one in said["changed"]}
    assert changed == {
        "/money/rows/1.1~1local/paid": ("20.00", "25.00"),
        "/money/rows/1.1~1local/paid_of_plan": ("0.2000", "0.2500"),
        "/money/by_source/local/paid": ("20.00", "25.00"),
        "/money/by_source/local/paid_of_plan": ("0.2000", "0.2500"),
        "/money/totals/paid": ("20.00", "25.00"),
        "/money/totals/paid_of_plan": ("0.2000", "0.2500"),
    }
    assert found["sha256"] != said["figures"]["sha256"]


def test_a_conclusion_over_other_figures_is_not_bound(telling: Telling) -> None:
    conclude(telling, sha256="5e" * 32)
    assert evaluation(telling)["conclusion"]["bound"] is False
    assert evaluation(telling)["conclusion"]["changed"] == []


def test_a_conclusion_that_looked_at_nothing_is_not_bound_and_has_nothing_to_compare(
    telling: Telling,
) -> None:
    """At position 1 there was no programme yet."""
    conclude(telling, known=1)
    said = evaluation(telling)["conclusion"]
    assert (said["bound"], said["changed"], said["changed_total"]) == (False, None, None)


def test_the_newest_conclusion_in_force_is_shown_and_a_voided_one_is_gone(telling: Telling) -> None:
    conclude(telling)
    telling.wait_until("2026-02-01")
    second = conclude(telling)
    assert evaluation(telling)["conclusion"]["event"] == second
    telling.town.submit("evaluation.concluded", PROGRAMME, None, corrects=second, reason="помилка")
    assert evaluation(telling)["conclusion"]["figures"]["as_of"] == "2026-01-20"


def test_who_named_a_measure_anew_changed_no_figure(telling: Telling) -> None:
    before = evaluation(telling)
    tree = [{"id": "1.1", "level": "measure", "parent": "1", "title": "Інша назва"}]
    telling.town.submit("programme.amended", PROGRAMME, {"tree": tree}, effective="2025-03-01")
    after = evaluation(telling)
    assert before["sections"] != after["sections"]
    assert before["sha256"] == after["sha256"]


def test_one_more_line_of_money_moves_no_other(telling: Telling) -> None:
    conclude(telling)
    more = {"lines": [line("10.00", source="oblast")]}
    telling.town.submit("financing.changed", PROGRAMME, more, effective="2025-06-01")
    paths = {one["path"] for one in evaluation(telling)["conclusion"]["changed"]}
    assert paths == {"/money/rows/1.1~1oblast", "/money/by_source/oblast", "/money/totals/amended"}


def test_the_hash_is_of_the_canonical_figures_and_of_nothing_beside_them() -> None:
    """Worked out by hand: whoever computes it elsewhere gets this."""
    import hashlib

    row = {"key": "1.1", "title": "Захід", "status": None, "cells": ["/a"], "events": ["e"], "doubt": None}
    section = {"rows": [row], "totals": {"measures": 1}}
    assert bare(section) == {"rows": {"1.1": {"status": None}}, "totals": {"measures": 1}}
    text = '{"figures":{"projects":{"rows":{"1.1":{"status":null}},"totals":{"measures":1}}},"year":2025}'
    assert figures_hash(2025, {"projects": section}) == hashlib.sha256(text.encode()).hexdigest()
