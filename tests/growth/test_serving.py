"""What the HTTP door does for an answer does not grow with the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.growth.comparing import assert_flat
from tests.growth.counting import Counter, Work
from tests.growth.grown import DAY, ORDINARY, Grown

pytestmark = pytest.mark.sqlite  # its instructions are counted

Sizes = Mapping[int, Grown]
Question = Callable[[TestClient, Grown], Any]
PAGE_READ = 200  # entries that are read at once
STATE = f"/v1/programmes/{ORDINARY}?as_of={DAY}"


def serve(counter: Counter, grown: Sizes, tmp_path: Path, *questions: Question) -> list[dict[int, Work]]:
    """The work of each question at each size."""
    found: list[dict[int, Work]] = [{} for _ in questions]
    for size, one in grown.items():
        app = create_app(Settings(data=one.copied(tmp_path / str(size))))
        with TestClient(app) as client:
            for works, question in zip(found, questions, strict=True):
                with counter.counting() as works[size]:
                    question(client, one)
    return found


def get(path: str) -> Question:
    def ask(client: TestClient, _: Grown) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text

    return ask


def test_a_page_of_events_or_programmes_or_a_state_costs_what_is_on_it(
    grown: Sizes, counter: Counter, tmp_path: Path
) -> None:
    paths = (
        STATE,
        f"/v1/programmes/{ORDINARY}/budget?as_of={DAY}",
        "/v1/events?after=50&limit=50",
        "/v1/programmes?limit=10",
        "/v1/proofs/inclusion?index=100",
        "/log/tile/0/000",
    )
    for path, works in zip(paths, serve(counter, grown, tmp_path, *map(get, paths)), strict=True):
        assert max(work.entries for work in works.values()) <= PAGE_READ, path
        assert_flat(works, slack=1.2)


def test_a_state_that_is_asked_for_again_is_not_read_again(
    grown: Sizes, counter: Counter, tmp_path: Path
) -> None:
    def again(client: TestClient, _: Grown) -> None:
        assert client.get(STATE, headers={"If-None-Match": tags[-1]}).status_code == 304

    def first(client: TestClient, _: Grown) -> None:
        tags.append(client.get(STATE).headers["ETag"])

    tags: list[str] = []
    read, unread = serve(counter, grown, tmp_path, first, again)
    assert all(work.touches("lives") for work in read.values())
    assert not any(work.touches("lives") for work in unread.values())
    assert_flat(unread)


def test_a_server_that_starts_reads_the_registry_and_no_other_entry(
    grown: Sizes, counter: Counter, tmp_path: Path
) -> None:
    for size, one in grown.items():
        with one.reading() as reading:
            registry = len(list(reading.log.stream("root")))
        app = create_app(Settings(data=one.copied(tmp_path / str(size))))
        with counter.counting() as work, TestClient(app) as client:
            assert client.get("/readyz").status_code == 200
        assert set(work.streams) <= {"root", "trust"}
        assert work.entries <= 2 * registry  # once for the log key in force, once for what the pages show
