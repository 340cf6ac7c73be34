"""Metrics: true figures, of bounded number, on an address of their own, and nothing of a person in them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from api.observing.listener import AT_ONCE, metrics_served
from api.observing.meters import Meters
from api.version import VERSION
from ledger.clock import parse_instant
from ledger.errors import StorageError
from tests.api.door import Door, open_door, problem_of
from tests.api.running import running
from tests.support.town import PROGRAMME, TestLedger, lines

SECONDS = 10


@contextmanager
def scraped(registry: CollectorRegistry) -> Iterator[str]:
    """The address of a listener that shows these figures."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with metrics_served([listening], registry):
            yield f"http://127.0.0.1:{port}/metrics"


def registry_of(door: Door) -> CollectorRegistry:
    registry = door.client.app.state.metrics  # type: ignore[attr-defined]
    assert isinstance(registry, CollectorRegistry)
    return registry


def figure(door: Door, name: str, **labels: str) -> float | None:
    return registry_of(door).get_sample_value(f"pledger_{name}", labels)


def test_the_figures_are_the_ledgers(door: Door) -> None:
    before = door.town.position
    receipt = door.say("financing.changed", PROGRAMME, lines("5.00"))
    assert figure(door, "log_entries") == before + 1 == receipt["index"] + 1
    assert figure(door, "projections_entries") == before + 1
    assert figure(door, "projections_lag_entries") == 0
    assert figure(door, "checkpoint_entries") == before + 1
    recorded = parse_instant(receipt["recorded_at"]).timestamp()
    assert figure(door, "log_last_entry_timestamp_seconds") == pytest.approx(recorded, abs=1e-3)
    assert figure(door, "appending_stopped") == 0
    assert figure(door, "projections_at_fault") == 0
    assert figure(door, "queue_submissions") == 0
    assert figure(door, "queue_submissions_max") == 4096
    assert figure(door, "collect_failures") == 0
    assert registry_of(door).get_sample_value("pledger_build_info", {"version": VERSION}) == 1
    assert registry_of(door).get_sample_value("process_open_fds") is not None


def test_requests_are_counted_by_route_method_and_class_of_status(door: Door) -> None:
    for path in ("/v1/persons/p-secretary", "/v1/persons/p-nobody", "/v1/persons/p-secretary"):
        door.get(path)
    door.client.head("/v1")
    door.post_raw(b"{")
    route = "/v1/persons/{record}"
    assert figure(door, "http_requests_total", method="GET", route=route, status="2xx") == 2
    assert figure(door, "http_requests_total", method="GET", route=route, status="4xx") == 1
    assert figure(door, "http_requests_total", method="HEAD", route="/v1", status="2xx") == 1
    assert figure(door, "http_requests_total", method="POST", route="/v1/events", status="4xx") == 1
    assert figure(door, "http_request_seconds_count", method="GET", route=route) == 3
    assert figure(door, "http_problems_total", code="no-such-record") == 1
    assert figure(door, "http_problems_total", code="not-json") == 1
    assert figure(door, "http_requests_in_progress") == 0


def series(door: Door) -> int:
    return sum(len(family.samples) for family in registry_of(door).collect())


def test_no_client_can_make_a_new_series(door: Door) -> None:
    def knock(name: str) -> None:
        door.get(f"/v1/persons/{name}?as_of={name}")
        door.get(f"/nope/{name}")
        door.client.request(f"X{name.upper()}", "/v1")
        door.client.request("BREW", f"/{name}")

    knock("p-1")
    before = series(door)
    for number in range(2, 30):
        knock(f"p-{number}")
    assert series(door) == before
    shown = "".join(str(family.samples) for family in registry_of(door).collect())
    assert "p-1" not in shown
    assert figure(door, "http_requests_total", method="GET", route="unmatched", status="4xx") == 29


def test_nothing_of_a_person_is_in_them(door: Door) -> None:
    for path in ("/v1/persons/p-secretary", "/v1/inbox?person=p-secretary", "/v1/offices/council-secretary"):
        assert door.get(path).status_code == 200
    shown = "".join(str(family.samples) for family in registry_of(door).collect())
    assert "p-secretary" not in shown
    assert "council-secretary" not in shown
    assert "testclient" not in shown


@pytest.mark.parametrize(
    ("accept", "kind", "parse"),
    [
        ("", "text/plain", parse_text),
        ("text/plain", "text/plain", parse_text),
        ("application/openmetrics-text;version=1.0.0", "application/openmetrics-text", parse_openmetrics),
    ],
)
def test_they_are_told_in_the_form_that_is_asked_for(door: Door, accept: str, kind: str, parse: Any) -> None:
    door.get("/v1")
    with scraped(registry_of(door)) as url:
        answer = httpx.get(url, headers={"Accept": accept}, timeout=SECONDS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["cache-control"] == "no-store"
    names = {family.name for family in parse(answer.text)}
    assert {"pledger_http_requests", "pledger_log_entries", "process_cpu_seconds"} <= names | {
        name.removesuffix("_total") for name in names
    }


def test_the_public_door_never_shows_them(model_town: TestLedger, tmp_path: Path) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        problem_of(door.get("/metrics"), 404, "not-found")
        with scraped(registry_of(door)) as url:
            assert httpx.get(url.replace("/metrics", "/v1"), timeout=SECONDS).status_code == 404
            assert httpx.post(url, timeout=SECONDS).status_code == 501


def test_a_real_server_answers_nobody_with_metrics_on_its_own_door(
    model_town: TestLedger, tmp_path: Path
) -> None:
    from api.settings import Settings

    town = TestLedger.copy_of(model_town, tmp_path / "town")
    town.close()
    with running(Settings(data=town.path)) as url:
        assert httpx.get(f"{url}/metrics", timeout=SECONDS).status_code == 404


def test_a_slow_scraper_keeps_nobody_else_out_until_there_are_too_many() -> None:
    with scraped(Meters().registry) as url:
        host, port = url.removeprefix("http://").removesuffix("/metrics").split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(AT_ONCE - 1)]
        assert httpx.get(url, timeout=SECONDS).status_code == 200
        for one in idle:
            one.close()


def test_what_cannot_be_looked_up_is_left_out_and_said(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StorageError("no database")

    context = door.client.app.state.context  # type: ignore[attr-defined]
    monkeypatch.setattr(context, "checkpoint", broken)
    assert figure(door, "checkpoint_entries") is None
    assert figure(door, "collect_failures") == 1
    assert figure(door, "log_entries") == door.town.position


@pytest.mark.parametrize(
    ("part", "name", "value", "shown"),
    [
        ("ledger.appender", "stopped", "the machine's clock jumped", "appending_stopped"),
        ("follower", "fault", "StorageError: entry 7", "projections_at_fault"),
    ],
)
def test_what_stands_still_is_a_figure_too(
    door: Door, monkeypatch: pytest.MonkeyPatch, part: str, name: str, value: object, shown: str
) -> None:
    holder: Any = door.client.app.state.context  # type: ignore[attr-defined]
    for step in part.split("."):
        holder = getattr(holder, step)
    said = property(lambda _: value, lambda _, __: None)
    monkeypatch.setattr(type(holder), name, said, raising=False)
    assert figure(door, shown) == 1


def test_projections_that_lag_say_by_how_many_entries(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    context: Any = door.client.app.state.context  # type: ignore[attr-defined]
    monkeypatch.setattr(type(context.follower), "position", property(lambda _: 5), raising=False)
    assert figure(door, "projections_lag_entries") == door.town.position - 5


def test_commits_of_this_process_are_counted_with_their_entries_and_seconds(door: Door) -> None:
    one = door.town.envelope("financing.changed", PROGRAMME, lines("5.00"))
    assert door.post(one).status_code == 201
    assert door.post(one).status_code == 201, "the same again appends nothing"
    assert figure(door, "appended_entries_total") == 1
    assert figure(door, "commit_entries_count") == figure(door, "commit_seconds_count") == 1
    assert (figure(door, "commit_seconds_sum") or 0) > 0


def test_commits_are_counted_once_somebody_tells_of_them() -> None:
    meters = Meters()
    assert meters.registry.get_sample_value("pledger_appended_entries_total") is None
    committed = meters.watch_commits()
    committed(3, 0.002)
    committed(200, 0.2)
    assert meters.registry.get_sample_value("pledger_appended_entries_total") == 203
    assert meters.registry.get_sample_value("pledger_commit_entries_bucket", {"le": "4.0"}) == 1
    assert meters.registry.get_sample_value("pledger_commit_seconds_count") == 2


def test_two_applications_count_apart(door: Door, storied: Door) -> None:
    labels = {"method": "GET", "route": "/healthz", "status": "2xx"}
    before = figure(storied, "http_requests_total", **labels)
    door.get("/healthz")
    assert figure(door, "http_requests_total", **labels) == 1
    assert figure(storied, "http_requests_total", **labels) == before


def names_of(door: Door) -> set[str]:
    """Every metric that is the program's own, as Prometheus names it."""
    found = set()
    for family in registry_of(door).collect():
        if family.name.startswith("pledger_"):
            found.add(family.name + {"counter": "_total", "info": "_info"}.get(family.type, ""))
    return found


def test_names_are_as_prometheus_asks(door: Door) -> None:
    door.get("/v1")
    for family in registry_of(door).collect():
        if family.name.startswith("pledger_"):
            assert re.fullmatch(r"[a-z_]+", family.name)
            assert family.documentation.endswith(".")
            assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|percent)(_|$)", family.name)
