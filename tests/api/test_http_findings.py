"""Findings over HTTP: filters, pages, twins, and that a frozen question is answered the same for ever."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.models.findings import Findings
from tests.api.door import BASE, Door, open_door, problem_of
from tests.support.town import ACT, PROGRAMME, TestLedger, lines

ASKED = f"{BASE}/findings?as_of=2025-09-04"


@pytest.fixture(scope="module")
def told(storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(storied_town, tmp_path_factory.mktemp("findings") / "town") as opened:
        yield opened


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer["items"]]


def test_every_finding_has_the_documented_shape_and_says_that_attention_is_needed(told: Door) -> None:
    answer = told.json(ASKED)
    Findings.model_validate(answer)
    assert answer["items"]
    for row in answer["items"]:
        assert row["id"] == f"{row['code']}:{row['key']}"
        assert row["sentence"]["uk"]
        assert row["sentence"]["en"]
        assert "порушен" not in row["sentence"]["uk"].casefold()
        assert row["cells"] or row["events"] or row["quotes"]


def test_the_counts_are_of_all_that_is_found_whatever_is_asked_for(told: Door) -> None:
    whole, some = told.json(ASKED), told.json(f"{ASKED}&severity=note")
    assert whole["counts"] == some["counts"]
    assert whole["counts"]["all"] == len(whole["items"])
    assert sum(whole["counts"]["by_theme"].values()) == len(whole["items"])


@pytest.mark.parametrize("name", ["severity", "theme", "code", "status"])
def test_a_filter_keeps_what_it_names_and_the_parts_make_the_whole(told: Door, name: str) -> None:
    whole = told.json(ASKED)
    values = {row[name] for row in whole["items"]}
    parts = [one for value in sorted(values) for one in ids(told.json(f"{ASKED}&{name}={value}"))]
    assert sorted(parts) == sorted(ids(whole))


def test_pages_follow_each_other_without_gap_or_repetition(told: Door) -> None:
    whole, found = ids(told.json(ASKED)), list[str]()
    address: str | None = f"{ASKED}&limit=3"
    for _ in range(len(whole)):
        if address is None:
            break
        answer = told.json(address)
        found += ids(answer)
        address = answer["next"]
    assert found == whole


def test_the_csv_twin_has_the_same_findings(told: Door) -> None:
    answer = told.get(f"{ASKED}&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["id"] for row in rows] == ids(told.json(ASKED))


def test_an_unknown_word_is_refused(told: Door) -> None:
    problem_of(told.get(f"{ASKED}&severity=worst"), 400, "bad-parameter")
    problem_of(told.get(f"{ASKED}&theme=weather"), 400, "bad-parameter")
    problem_of(told.get(f"{ASKED}&code=NO-SUCH"), 400, "bad-parameter")
    problem_of(told.get("/v1/programmes/nobody/findings"), 404, "no-such-programme")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("severity=worst", "blocks, ask, note"),
        ("status=done", "open, answered, accepted"),
        ("theme=weather", "document, acts"),
        ("code=NO-SUCH", "FIN-OVER"),
    ],
)
def test_a_refusal_says_which_words_there_are(told: Door, query: str, wanted: str) -> None:
    problem = problem_of(told.get(f"{ASKED}&{query}"), 400, "bad-parameter")
    assert wanted in problem["message"]["uk"]
    assert wanted in problem["message"]["en"]


def test_a_frozen_question_is_answered_the_same_after_later_events(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        frozen = f"{ASKED}&known={door.town.position}"
        before = door.json(frozen)
        etag = door.get(frozen).headers["etag"]
        door.say(
            "financing.changed",
            PROGRAMME,
            lines("777.00"),
            act=ACT,
            effective="2025-08-01",
        )
        assert door.json(frozen) == before
        assert door.get(frozen, if_none_match=etag).status_code == 304
        newest = door.get(ASKED)
        assert newest.headers["etag"] != etag
        assert int(newest.headers["pledger-position"]) == door.town.position


def test_what_was_resolved_names_the_event_that_ended_it(told: Door) -> None:
    answer = told.json(f"{ASKED}&status=resolved")
    Findings.model_validate(answer)
    assert answer["looked_since"] is not None
    open_now = set(ids(told.json(ASKED)))
    for row in answer["items"]:
        assert row["status"] == "resolved"
        assert row["resolved"]["index"] < told.town.position
        assert row["id"] not in open_now
