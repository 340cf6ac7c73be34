"""GET /v1/events with `wait`: held without a thread until something fits, and always with a cursor."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.api.door import problem_of
from tests.api.feed.served import Served
from tests.api.story import POSITIONS
from tests.support.town import COUNCIL_STREAM


@contextmanager
def asked(live: Served, path: str) -> Iterator[Future[Any]]:
    """A question that is under way, and held."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(live.json, path)
        live.until(lambda: live.hub.readers == 1 or future.done())
        yield future


def test_the_answer_says_where_to_go_on_from_always(live: Served) -> None:
    size = live.context.position
    assert live.json(f"/v1/events?after={size}") == {"items": [], "after": size, "next": None}
    page = live.json("/v1/events?limit=2")
    assert page["after"] == 2
    hidden = live.json("/v1/events?after=3&kind=key.revoked")
    assert (hidden["items"], hidden["after"]) == ([], size)
    story = live.json(f"/v1/events?after={POSITIONS['changed']}&kind=act.status_changed")
    assert [row["kind"] for row in story["items"]] == ["act.status_changed"]
    assert story["after"] == size


def test_it_is_held_until_something_is_recorded(live: Served) -> None:
    size = live.context.position
    with asked(live, f"/v1/events?after={size}&wait=30") as answer:
        assert not answer.done()
        receipt = live.say()
        assert [row["event"] for row in answer.result(10)["items"]] == [receipt.event]
        assert answer.result()["after"] == size + 1


def test_it_is_held_beyond_what_the_filter_hides(live: Served) -> None:
    size = live.context.position
    with asked(live, f"/v1/events?after={size}&wait=30&kind=act.status_changed") as answer:
        live.say("160.00")
        live.say("170.00")
        live.until(lambda: live.hub.position == size + 2)
        assert not answer.done()
        status = {
            "act": "town-2-2025-03-10",
            "status": "resumed",
            "date": "2025-06-01",
            "start": "2025-06-01",
        }
        receipt = live.town.submit("act.status_changed", COUNCIL_STREAM, status)
        assert [row["event"] for row in answer.result(10)["items"]] == [receipt.event]
        assert answer.result()["after"] == size + 3


def test_when_the_time_is_over_the_answer_is_empty_and_the_cursor_has_moved(live: Served) -> None:
    size = live.context.position
    begun = time.monotonic()
    with asked(live, f"/v1/events?after={size}&wait=1&kind=key.revoked") as answer:
        live.say()
        assert answer.result(10) == {"items": [], "after": size + 1, "next": None}
    assert time.monotonic() - begun >= 1


def test_what_is_there_already_is_not_waited_for(live: Served) -> None:
    page = live.json("/v1/events?after=0&limit=1&wait=30")
    assert len(page["items"]) == 1
    assert "wait" not in page["next"]


def test_sixty_that_wait_keep_no_thread_from_anybody(live: Served) -> None:
    size = live.context.position
    before = threading.active_count()
    with ThreadPoolExecutor(60) as pool:
        held = [pool.submit(live.json, f"/v1/events?after={size}&wait=30") for _ in range(60)]
        live.until(lambda: live.hub.readers == 60)
        # those of the test's own clients, and those that questions had before they were held
        assert threading.active_count() - before - 60 <= 45
        assert live.json("/v1/programmes")["items"]
        live.say()
        assert {len(one.result(20)["items"]) for one in held} == {1}


def test_whoever_does_not_wait_for_the_answer_is_let_go(live: Served) -> None:
    size = live.context.position
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{live.url}/v1/events?after={size}&wait=30", trust_env=False, timeout=0.3)
    live.until(lambda: live.hub.readers == 0)


def test_a_stop_ends_the_waiting_with_an_answer(live: Served) -> None:
    size = live.context.position
    with asked(live, f"/v1/events?after={size}&wait=30") as answer:
        live.stop()
        assert answer.result(5) == {"items": [], "after": size, "next": None}


@pytest.mark.parametrize("wait", ["31", "-1", "x", "1.5"])
def test_the_time_has_a_limit(live: Served, wait: str) -> None:
    document = problem_of(live.get(f"/v1/events?wait={wait}"), 400, "bad-parameter")
    assert document["errors"][0]["pointer"] == "/query/wait"
