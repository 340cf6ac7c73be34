"""What `pledger serve` is told about watching over it: taken, or refused in words before anything starts."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from tests.api.test_cli_serving import data, refused
from tests.api.test_shutdown import filed, served
from tests.support.ports import free_port
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

__all__ = ["data", "filed"]  # fixtures


@pytest.mark.parametrize(("language", "word"), [("uk", "потрібно"), ("en", "is needed")])
@pytest.mark.parametrize("given", ["9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "h:x"])
def test_metrics_at_no_address_stop_the_start(data: Path, given: str, language: str, word: str) -> None:
    said = refused(data, 2, "--metrics", given, PLEDGER_LANG=language)
    assert given in said
    assert word in said
    assert word in refused(data, 2, PLEDGER_METRICS=given, PLEDGER_LANG=language)


@pytest.mark.parametrize(("language", "word"), [("uk", "потрібні адреси"), ("en", "addresses or networks")])
@pytest.mark.parametrize("given", ["*", "everybody", "10.0.0.1/8"])
def test_nobody_can_trust_everybody(data: Path, given: str, language: str, word: str) -> None:
    assert word in refused(data, 2, "--forwarded-allow-ips", given, PLEDGER_LANG=language)


def test_a_port_of_the_metrics_that_is_taken_stops_the_start(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        assert place in refused(data, 3, "--metrics", place)


def test_a_server_shows_its_metrics_where_it_was_told_and_nowhere_else(
    filed: TestLedger, tmp_path: Path
) -> None:
    place = f"127.0.0.1:{free_port()}"
    with served(filed, tmp_path, PLEDGER_METRICS=place) as one:
        shown = httpx.get(f"http://{place}/metrics", trust_env=False, timeout=60)
        assert f"pledger_log_entries {float(one.ask('/v1').json()['position'])}" in shown.text
        assert one.ask("/metrics").status_code == 404
        one.stop()
        assert one.end() == 0
        assert one.said() == ""
