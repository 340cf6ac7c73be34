"""Which ledger this is, whether it is well, and the headers that every answer has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.door import Door, problem_of

ADDRESSES = ("/v1", "/v1/programmes", "/nope", "/", "/openapi.json", "/healthz", "/v1?x=1")


def context(door: Door) -> Any:
    return door.client.app.state.context  # type: ignore[attr-defined]


def test_the_service_names_its_ledger(storied: Door) -> None:
    service = storied.json("/v1")
    assert {"origin": service["origin"], "genesis": service["genesis"]} == storied.town.name
    assert service["log_key"] == storied.town.log_key
    assert service["position"] == storied.town.position
    assert service["zone"] == "Europe/Kyiv"


def test_its_links_lead_somewhere(storied: Door) -> None:
    for name, url in storied.json("/v1")["links"].items():
        answer = storied.get(url)
        assert answer.status_code in ((405,) if name == "drafts" else (200, 400)), url


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_is_guarded_and_names_its_request_and_position(storied: Door, path: str) -> None:
    headers = storied.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert int(headers["pledger-position"]) == storied.town.position
    assert headers["pledger-request"]
    assert "set-cookie" not in headers
    assert "server" not in headers


def test_requests_have_names_of_their_own(storied: Door) -> None:
    names = {storied.get("/v1").headers["pledger-request"] for _ in range(5)}
    assert len(names) == 5


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_is_get_without_a_body(storied: Door, path: str) -> None:
    got, headed = storied.get(path), storied.client.head(path)
    assert headed.status_code == got.status_code
    assert headed.content == b""
    same = ("content-length", "content-type")
    assert [headed.headers[name] for name in same if path != "/nope"] == [
        got.headers[name] for name in same if path != "/nope"
    ]


def test_a_method_that_is_not_there_names_those_that_are(storied: Door) -> None:
    answer = storied.client.put("/v1/events")
    document = problem_of(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert document["details"]["allowed"] == ["GET", "HEAD", "POST"]


@pytest.mark.parametrize("path", ["/nope", "/v1/", "/v1/programmes/", "/v1/programmes/a/b/c", "//v1", "/V1"])
def test_an_address_that_is_not_there_is_404(storied: Door, path: str) -> None:
    problem_of(storied.client.get("http://testserver" + path), 404, "not-found")


def test_alive_and_ready(storied: Door) -> None:
    assert storied.json("/healthz") == {"status": "ok"}
    position = storied.town.position
    assert storied.json("/readyz") == {
        "status": "ready",
        "position": position,
        "applied": position,
        "notes": [],
    }


@pytest.mark.parametrize(
    ("part", "name", "value", "word"),
    [
        ("ledger.appender", "stopped", "the machine's clock jumped", "clock jumped"),
        ("follower", "fault", "StorageError: entry 7", "entry 7"),
        ("follower", "position", -5000, "behind"),
    ],
)
def test_readiness_says_why_not(
    door: Door, monkeypatch: pytest.MonkeyPatch, part: str, name: str, value: object, word: str
) -> None:
    holder = context(door)
    for step in part.split("."):
        holder = getattr(holder, step)
    # A property: what runs in the background goes on writing, and is not heard.
    said = property(lambda _: value, lambda _, __: None)
    monkeypatch.setattr(type(holder), name, said, raising=False)
    answer = door.get("/readyz")
    document = problem_of(answer, 503, "not-ready")
    assert any(
        word in reason["message"]["en"] + reason.get("detail", "")
        for reason in document["details"]["reasons"]
    )
    assert answer.headers["retry-after"]
    assert door.json("/healthz") == {"status": "ok"}
