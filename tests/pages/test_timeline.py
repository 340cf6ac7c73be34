"""The door's timeline, held against what its other answers say of the same entries and acts."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.demo import PROGRAMME

TWIN = f"/v1/programmes/{PROGRAMME}"


def answered(site: TestClient, path: str) -> Any:
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def newest(demo_site: TestClient) -> int:
    return int(answered(demo_site, f"{TWIN}/timeline?limit=1")["known"]["position"])


def test_its_entries_are_those_of_the_history_with_the_same_marks_of_doubt(
    demo_site: TestClient, newest: int
) -> None:
    members = ("index", "event", "kind", "recorded_at", "doubt", "example")
    for known in (newest, newest - 3, newest // 2):
        lanes = answered(demo_site, f"{TWIN}/timeline?limit=500&known={known}")
        rows = answered(demo_site, f"{TWIN}/history?limit=500&known={known}")["items"]
        assert lanes["total"] == len(rows) > 10
        assert [[one[member] for member in members] for one in lanes["items"]] == [
            [row[member] for member in members] for row in rows
        ]


def test_its_days_of_sessions_are_those_of_the_decisions_that_the_programme_cites(
    demo_site: TestClient, newest: int
) -> None:
    for known in (newest, newest // 2):
        rows = answered(demo_site, f"{TWIN}/history?limit=500&known={known}")["items"]
        cited = {row["act"]["id"] for row in rows if row["act"]}
        acts = answered(demo_site, f"/v1/acts?limit=500&known={known}")["items"]
        expected: dict[str, list[list[Any]]] = {}
        for act in sorted(acts, key=lambda act: str(act["id"])):
            if act["id"] in cited and act["kind"] == "decision":
                said = [act["id"], act.get("number") or "", act.get("project_number") or "", act["title"]]
                expected.setdefault(act["date"], []).append(said)
        told = {
            one["date"]: [
                [act[name] for name in ("id", "number", "project_number", "title")] for act in one["acts"]
            ]
            for one in answered(demo_site, f"{TWIN}/timeline?known={known}")["sessions"]
        }
        assert told == expected
        assert list(told) == sorted(told, reverse=True)
        assert told
