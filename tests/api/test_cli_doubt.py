"""Doubt at the prompt: a mark beside each value that rests on it, and below what the marks mean."""

from __future__ import annotations

from typing import Any

import pytest

from api.models.consent import Proposals
from api.models.events import ROW
from api.models.oversight import Reports
from api.models.programmes import BUDGET_ROW, Blame, Diff, Indicators, State
from api.models.registry import Acts
from api.texts.doubts import DOUBTS, MARKS
from tests.api.cli_runner import Prompt, prompt
from tests.api.fake_api import fake_api

__all__ = ["prompt"]
KNOWN = {"position": 7, "recorded_at": "2026-01-01T00:00:00.000000Z"}
DATED = {"as_of": "2025-12-31", "known": KNOWN}
CELL = "/financing/2.1.4/2025/local"
SUSPECT, UNDETERMINED, LATE = (DOUBTS[word].mark for word in ("suspect", "undetermined", "ended-late"))
BASE = "/v1/programmes/p"


def example_of(shape: Any) -> Any:
    return shape.model_config["json_schema_extra"]["example"]


def shown(prompt: Prompt, answers: dict[str, Any], *words: object, lang: str = "en") -> str:
    served = {("GET", path): (200, answer) for path, answer in answers.items()}
    with fake_api(served) as url:
        out: str = prompt.ok(*words, "--server", url, "--lang", lang).out
    return out.replace("\u00a0", " ")


def budget(**doubtful: str) -> Any:
    row = BUDGET_ROW | {"paid": "9.00", "doubtful": doubtful, "doubt": next(iter(doubtful.values()), None)}
    return {"items": [row], "totals": {"by_year": [], "all": [row]}, "next": None, **DATED}


def test_the_budget_marks_the_columns_in_doubt_and_their_totals(prompt: Prompt) -> None:
    out = shown(prompt, {f"{BASE}/budget": budget(amended="suspect", paid="ended-late")}, "budget", "p")
    assert out.count(f"45 000,00 {SUSPECT}") == 2
    assert out.count(f"9,00 {LATE}") == 2
    assert f"30 000,00 {SUSPECT}" not in out
    assert f"{SUSPECT} suspect: " in out
    assert f"{LATE} the mandate had ended: " in out
    assert f"{UNDETERMINED} undetermined" not in out


def test_without_doubt_there_is_neither_mark_nor_legend(prompt: Prompt) -> None:
    out = shown(prompt, {f"{BASE}/budget": budget()}, "budget", "p")
    assert not any(mark in out for mark in MARKS)


@pytest.mark.parametrize("word", DOUBTS)
def test_the_legend_is_in_both_languages(prompt: Prompt, word: str) -> None:
    doubt = DOUBTS[word]
    for lang, name, why in (("uk", *(x["uk"] for x in doubt[1:])), ("en", *(x["en"] for x in doubt[1:]))):
        out = shown(prompt, {f"{BASE}/budget": budget(paid=word)}, "budget", "p", lang=lang)
        assert f"{doubt.mark} {name}: {why}" in " ".join(out.split())


def test_indicators_mark_their_columns(prompt: Prompt) -> None:
    answer = example_of(Indicators)
    doubtful = {"actual": "suspect", "dynamics": "suspect"}
    answer = {**answer, "items": [answer["items"][0] | {"doubtful": doubtful, "doubt": "suspect"}]}
    out = shown(prompt, {f"{BASE}/indicators": answer}, "indicators", "p")
    assert f"Actual: 3 {SUSPECT}" in out or f"3 {SUSPECT}" in out
    assert f"+10 {SUSPECT}" in out
    assert f"2 {SUSPECT}" not in out


def test_the_state_marks_cells(prompt: Prompt) -> None:
    answer = example_of(State)
    answer = {**answer, "cells": {CELL: answer["cells"][CELL] | {"doubt": "undetermined"}}}
    out = shown(prompt, {BASE: answer}, "show", "p")
    assert f"45 000,00 {UNDETERMINED}" in out
    assert f"{UNDETERMINED} undetermined until re-affirmed" in out


def test_a_list_of_programmes_marks_titles(prompt: Prompt) -> None:
    item: dict[str, Any] = {"id": "p", "title": "Назва", "body": "b", "term": {"from": "2025", "to": "2027"}}
    item |= {"status": "in-force", "last_index": 6, "doubt": "suspect"}
    out = shown(prompt, {"/v1/programmes": {"items": [item], "next": None, **DATED}}, "programmes")
    assert f"Назва {SUSPECT}" in out


def listed(prompt: Prompt, shape: Any, path: str, *words: str, **more: Any) -> str:
    """A list of one row, as its example has it but for `more`."""
    answer = example_of(shape)
    return shown(prompt, {path: {**answer, "items": [answer["items"][0] | more]}}, *words)


def test_a_report_marks_its_status_by_who_judged_it_and_its_value_by_who_reported(prompt: Prompt) -> None:
    out = listed(prompt, Reports, f"{BASE}/reports", "reports", "p", review_doubt="suspect")
    assert f"returned {SUSPECT}" in out
    assert out.count(SUSPECT) == 2  # and the legend
    out = listed(prompt, Reports, f"{BASE}/reports", "reports", "p", doubt="suspect")
    assert f"returned {SUSPECT}" not in out


def test_a_proposal_marks_its_state_by_what_closed_it(prompt: Prompt) -> None:
    members = {"state": "withdrawn", "closed": "withdrawn", "closed_by": "e", "closed_doubt": "suspect"}
    assert f"withdrawn {SUSPECT}" in listed(prompt, Proposals, "/v1/proposals", "proposals", **members)
    out = listed(prompt, Proposals, "/v1/proposals", "proposals", **members, doubt="ended-late")
    assert f"withdrawn {LATE} {SUSPECT}" in out
    out = listed(prompt, Proposals, "/v1/proposals", "proposals", **members, doubt="suspect")
    assert out.count(SUSPECT) == 2  # once for both, and the legend


def test_an_act_marks_the_days_on_which_it_counts(prompt: Prompt) -> None:
    out = listed(prompt, Acts, "/v1/acts", "acts", doubt="undetermined")
    assert f"2025-05-29 – … {UNDETERMINED}" in out
    assert f"{UNDETERMINED} undetermined until re-affirmed" in out


def test_the_history_marks_entries(prompt: Prompt) -> None:
    rows = [ROW | {"doubt": "ended-late"}, ROW | {"index": 11}]
    out = shown(prompt, {f"{BASE}/history": {"items": rows, "next": None, "known": KNOWN}}, "history", "p")
    assert f"financing.changed {LATE}" in out
    assert out.count(LATE) == 2  # and the legend
    assert "doubt: the mandate had ended" in out


def test_an_event_says_whose_signature_is_doubted(prompt: Prompt) -> None:
    thrown = {"doubt": "suspect", "kid": "a-kid", "person": "p-7", "office": "o", "because": "the-event"}
    write = ROW["writes"][0] | {"old_doubt": "ended-late"}
    answer = ROW | {"doubt": "suspect", "doubts": [thrown], "writes": [write]}
    out = shown(prompt, {"/v1/events/e": answer}, "event", "e")
    assert "suspect: p-7 (o), a-kid ← the-event" in out
    assert f"30 000,00 {LATE}" in out
    assert f"45 000,00 {SUSPECT}" in out


def test_the_diff_marks_sides_and_causes(prompt: Prompt) -> None:
    answer = example_of(Diff)
    (change,) = answer["changes"]
    cause = change["causes"][0] | {"doubt": "undetermined"}
    change = {**change, "old": change["old"] | {"doubt": "suspect"}, "causes": [cause]}
    out = shown(
        prompt, {f"{BASE}/diff": {**answer, "changes": [change]}}, "diff", "p", "--from-as-of", "2025-01-01"
    )
    assert f"30 000,00 {SUSPECT}" in out
    assert f"№ 13 {UNDETERMINED}" in out
    assert f"45 000,00 {SUSPECT}" not in out


def test_blame_marks_the_value_each_write_and_what_it_found(prompt: Prompt) -> None:
    answer = example_of(Blame)
    row = answer["items"][0] | {"doubt": "suspect", "old_doubt": "ended-late"}
    answer = {**answer, "items": [row], "value": answer["value"] | {"doubt": "suspect"}}
    out = shown(prompt, {f"{BASE}/blame": answer}, "blame", "p", CELL)
    assert f"in force: 45 000,00 {SUSPECT}" in out
    assert out.count(f"45 000,00 {SUSPECT}") == 2
    assert f"30 000,00 {LATE}" in out


def test_blame_names_the_entry_in_doubt_that_decides_by_its_number(prompt: Prompt) -> None:
    doubter = {
        "event": "e-1",
        "index": 106,
        "stream": "body:b",
        "kind": "act.status_changed",
        "doubt": "suspect",
    }
    answer = {**example_of(Blame), "value": None, "doubt": "suspect", "doubted_by": [doubter], "items": []}
    out = shown(prompt, {f"{BASE}/blame": answer}, "blame", "p", CELL)
    assert f"in force: not set {SUSPECT}" in out
    assert "an entry in doubt decides: № 107 act.status_changed e-1" in out


def test_a_state_shows_the_cells_that_are_gone_by_what_is_in_doubt(prompt: Prompt) -> None:
    answer = {**example_of(State), "gone": [{"path": "/financing/9/2025/local", "doubt": "suspect"}]}
    out = shown(prompt, {BASE: answer}, "show", "p")
    (row,) = [line for line in out.splitlines() if "/financing/9/2025/local" in line]
    assert SUSPECT in row


def test_a_diff_marks_a_side_that_is_none_by_what_is_in_doubt(prompt: Prompt) -> None:
    answer = example_of(Diff)
    change = answer["changes"][0] | {"new": None, "new_doubt": "suspect"}
    out = shown(
        prompt, {f"{BASE}/diff": {**answer, "changes": [change]}}, "diff", "p", "--from-as-of", "2025-01-01"
    )
    assert SUSPECT in out
    assert f"{SUSPECT} suspect: " in out


def test_a_text_that_ends_like_a_mark_is_quoted(prompt: Prompt) -> None:
    answer = example_of(State)
    answer = {**answer, "state": {"title": f"Назва {SUSPECT}"}, "cells": {}}
    assert f"«Назва {SUSPECT}»" in shown(prompt, {BASE: answer}, "show", "p")
