"""The server's log: one line for one thing, with the request that it belongs to; nobody can forge a line."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.observing.logs import REQUEST, JsonLines, LogFormat, OfRequest, TextLines, log_config
from tests.api.door import Door, open_door
from tests.support.town import TestLedger

RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@contextmanager
def logged(form: LogFormat = "json", name: str = "pledger") -> Iterator[io.StringIO]:
    """What a logger and all below it write in a form."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter({"json": JsonLines, "text": TextLines}[form]())
    handler.addFilter(OfRequest())
    logger = logging.getLogger(name)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def rows(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def access(stream: io.StringIO) -> list[dict[str, Any]]:
    return [row for row in rows(stream) if row["logger"] == "pledger.access"]


def test_each_request_is_a_line_with_its_own_name(storied: Door) -> None:
    with logged() as stream:
        answers = [storied.get("/v1/persons/p-secretary?min_position=1"), storied.get("/nope/p-secretary")]
    first, second = access(stream)
    assert set(first) == {
        "time", "level", "logger", "message", "request",
        "method", "route", "status", "bytes", "milliseconds", "client",
    }  # fmt: skip
    assert RFC3339.fullmatch(first["time"])
    assert (first["level"], first["method"], first["status"]) == ("info", "GET", 200)
    assert first["route"] == "/v1/persons/{record}"
    assert first["bytes"] == len(answers[0].content)
    assert first["milliseconds"] >= 0
    assert (second["route"], second["status"], second["problem"]) == ("unmatched", 404, "not-found")
    named = [answer.headers["pledger-request"] for answer in answers]
    assert [first["request"], second["request"]] == named


def test_no_line_says_who_was_asked_about(storied: Door) -> None:
    with logged() as stream:
        for path in ("/v1/persons/p-secretary", "/v1/inbox?person=p-secretary", "/nope/p-secretary"):
            storied.get(path)
    assert len(access(stream)) == 3
    assert "p-secretary" not in stream.getvalue()


def test_what_fails_is_logged_with_the_name_that_the_client_was_told(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("told\nby a client {}")

    context: Any = door.client.app.state.context  # type: ignore[attr-defined]
    monkeypatch.setattr(type(context), "today", broken)
    with logged() as stream:
        answer = door.get("/")
    assert answer.status_code == 500
    (failure,) = [row for row in rows(stream) if row["level"] == "error"]
    assert failure["request"] == answer.headers["pledger-request"]
    assert failure["exception"].startswith("Traceback")
    assert "told\nby a client" in failure["exception"]


def test_a_line_of_a_thread_that_works_for_a_request_names_it_too(
    storied: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.routes import service

    before = service.service

    def telling(context: Any) -> Any:
        logging.getLogger("pledger.elsewhere").warning("from a thread")
        return before(context)

    monkeypatch.setattr(service, "service", telling)
    with logged() as stream:
        answer = storied.get("/v1")
    (said,) = [row for row in rows(stream) if row["logger"] == "pledger.elsewhere"]
    assert said["request"] == answer.headers["pledger-request"]
    assert REQUEST.get() == ""


@pytest.fixture
def behind(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    """A door that believes a proxy at 10.0.0.1; its client is that proxy."""
    with open_door(model_town, tmp_path / "town", forwarded_allow_ips="10.0.0.1") as door:
        yield Door(door.town, TestClient(door.client.app, client=("10.0.0.1", 1)))


def test_a_trusted_proxys_own_id_stands_beside_ours(behind: Door) -> None:
    with logged() as stream:
        answer = behind.get("/v1", x_request_id="abc-123", x_forwarded_for="203.0.113.5")
    (row,) = access(stream)
    assert row["given_request"] == "abc-123"
    assert row["request"] == answer.headers["pledger-request"] != "abc-123"
    assert row["client"] == str(ip_address("203.0.113.5"))


@pytest.mark.parametrize("given", ["", " ", "a b", "a" * 129, "-x", 'x"y', "x{y}", "é"])
def test_an_id_of_another_form_is_not_taken_at_all(behind: Door, given: str) -> None:
    with logged() as stream:
        behind.client.get("/v1", headers={b"X-Request-Id": given.encode()})
        behind.client.get("/v1", headers=[("X-Request-Id", "a"), ("X-Request-Id", "b")])
    assert all("given_request" not in row for row in access(stream))


def test_a_clients_own_id_is_not_believed(storied: Door) -> None:
    with logged() as stream:
        storied.get("/v1", x_request_id="abc-123")
    assert "abc-123" not in stream.getvalue()


@given(st.text())
def test_whatever_is_logged_is_one_line_that_says_it_again(text: str) -> None:
    with logged(name="pledger.tests") as stream:
        logging.getLogger("pledger.tests").warning("said: %s", text)
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert written.isascii()
    assert json.loads(written)["message"] == f"said: {text}"


@given(st.text())
def test_a_text_line_is_one_line_too_and_moves_no_cursor(text: str) -> None:
    with logged("text", "pledger.tests") as stream:
        logging.getLogger("pledger.tests").warning("said: %s", text)
    line = stream.getvalue().removesuffix("\n")
    assert line.isprintable()


def test_a_traceback_in_text_cannot_be_taken_for_a_line_of_the_log() -> None:
    forged = "x\n2026-01-01T00:00:00.000000Z WARNING pledger.api all is well\x1b[2J"
    with logged("text", "pledger.tests") as stream:
        try:
            raise ValueError(forged)
        except ValueError:
            logging.getLogger("pledger.tests").exception("failed")
    first, *below = stream.getvalue().splitlines()
    assert first.endswith("ERROR pledger.tests failed")
    assert len(below) > 3
    assert all(line.startswith("  | ") for line in below)
    assert "\x1b" not in stream.getvalue()


def test_json_has_a_line_for_each_request_and_text_only_what_is_wrong() -> None:
    assert log_config("json")["loggers"]["pledger"]["level"] == "INFO"
    assert log_config("text")["loggers"]["pledger"]["level"] == "WARNING"
    for made in (log_config("json"), log_config("text")):
        assert made["handlers"]["stderr"]["stream"] == "ext://sys.stderr"
        assert made["root"]["level"] == "WARNING"
