"""Which ledger this is, whether it is well, and the headers that every answer has."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from api.middleware import CSP, Doors
from api.readiness import CHECKS, WORDS
from api.routers import ROUTERS
from ledger.errors import Stopped, StorageError
from tests.api.door import Door, problem_of
from tests.support.town import PROGRAMME_ID

CHECKED = (
    "database", "migrations", "log", "projections", "signer", "witnesses", "stamps", "clock", "shutdown",
)  # fmt: skip
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
        "checks": {name: {"ok": True, "reasons": []} for name in CHECKED},
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


# -- headers, over every route ----------------------------------------------------------------

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FILLED = {
    "programme": PROGRAMME_ID, "event": "01890a5d-ac96-774b-bcce-b302099a8057", "record": "town-council",
    "kind": "financing.changed", "sha256": "ab" * 32, "level": "0", "place": "000",
    "question": "6",
}  # fmt: skip
ROUTES = sorted(
    {
        (method, route.path_format)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in (*(route.methods or ()), "HEAD", "DELETE")
    }
)


def guarded(answer: Any) -> None:
    """What every answer has, whatever it says."""
    headers = answer.headers
    policy = headers["content-security-policy"]
    # "Not modified" repeats the policy of what was not, and has no type.
    is_page = headers.get("content-type", "").startswith("text/html") or (
        answer.status_code == 304 and policy != CSP
    )
    framed = is_page and "frame-ancestors *" in policy
    for name, value in ALWAYS.items():
        if not (framed and name in ("x-frame-options", "cross-origin-resource-policy")):
            assert headers[name] == value, name
    assert "default-src 'none'" in policy
    assert framed or "frame-ancestors 'none'" in policy
    # A page's own scripts, and nothing else; what is no page runs none.
    scripts = [part.strip() for part in policy.split(";") if "script" in part]
    assert scripts == (["script-src 'self'"] if is_page and not framed else [])
    assert "unsafe" not in policy
    for feature in ("camera", "geolocation", "microphone"):
        assert f"{feature}=()" in headers["permissions-policy"]
    assert headers["pledger-request"]
    assert headers["cache-control"]
    if answer.status_code >= 400:
        assert headers["cache-control"] == "no-store"
        assert is_page or headers["content-type"] == "application/problem+json"
    assert headers.get_list("cache-control") == [headers["cache-control"]]
    for never in ("server", "set-cookie", "x-powered-by", "access-control-allow-origin"):
        assert never not in headers


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_of_every_route_is_guarded(storied: Door, method: str, path: str) -> None:
    if (method, path) == ("GET", "/v1/events/stream"):
        guarded(storied.get(path + "?unknown=1"))  # the answer itself has no end; HEAD tells its headers
        return
    for name, value in FILLED.items():
        path = path.replace("{" + name + "}", value).replace("{" + name + ":path}", value)
    guarded(storied.client.request(method, path))
    guarded(storied.client.request(method, path + "?unknown=1"))
    guarded(storied.client.request(method, path, headers={"If-None-Match": "*"}))


@pytest.mark.parametrize("path", ["/openapi.json", "/nope", "/log/checkpoint", "/log/tile/entries/000.p/5"])
def test_so_is_what_is_no_route_of_the_document(storied: Door, path: str) -> None:
    guarded(storied.get(path))
    guarded(storied.client.head(path))
    guarded(storied.client.options(path))


def test_a_failure_that_nobody_foresaw_is_guarded_too(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(type(context(door)), "today", broken)
    answer = door.get("/")
    assert answer.status_code == 500
    guarded(answer)
    assert "secret" not in answer.text


@pytest.mark.parametrize(("status", "kept"), [(200, "no-cache"), (404, "no-store"), (503, "no-store")])
def test_what_says_nothing_of_caches_is_kept_by_none_unasked(status: int, kept: str) -> None:
    async def plain(request: Request) -> Response:
        return PlainTextResponse("x", status)

    app = Doors(Starlette(routes=[Route("/", plain)]), demo=False, direct={})
    assert TestClient(app).get("/").headers["cache-control"] == kept


# -- readiness, by what is checked --------------------------------------------------------------


def test_every_reason_that_has_words_belongs_to_one_check() -> None:
    owned = [code for codes in CHECKS.values() for code in codes]
    assert sorted(owned) == sorted(WORDS)
    assert tuple(CHECKS) == CHECKED


@pytest.mark.parametrize(
    ("code", "details", "check"),
    [
        ("database-unreachable", {}, "database"),
        ("migrations-due", {"have": 3, "want": 5}, "migrations"),
        ("standby-missing", {}, "database"),
        ("standby-unsynchronised", {}, "database"),
        ("replica-behind", {"lag": 120}, "database"),
    ],
)
def test_what_the_store_says_of_itself_is_told(
    door: Door, monkeypatch: pytest.MonkeyPatch, code: str, details: dict[str, Any], check: str
) -> None:
    monkeypatch.setattr(type(context(door).ledger), "log_state", lambda _: [(code, details)], raising=False)
    document = problem_of(door.get("/readyz"), 503, "not-ready")
    (reason,) = document["details"]["reasons"]
    assert reason["code"] == code
    assert details.items() <= reason.items()
    assert document["details"]["checks"][check] == {"ok": False, "reasons": [code]}
    others = [row["ok"] for name, row in document["details"]["checks"].items() if name != check]
    assert all(others)
    for value in details.values():
        shown = value if isinstance(value, list) else [value]
        assert all(str(one) in reason["message"]["en"] for one in shown)


def test_programmes_that_cannot_be_answered_about_are_an_alarm_that_sends_nobody_away(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context(door).follower, "blocked", {"b-1": 7, "a-1": 9})
    answer = door.json("/readyz")
    (note,) = answer["notes"]
    assert (note["code"], note["programmes"], note["count"]) == ("programme-blocked", ["a-1", "b-1"], 2)
    assert "a-1, b-1" in note["message"]["uk"]
    assert answer["checks"]["projections"] == {"ok": False, "reasons": ["programme-blocked"]}
    registry = door.client.app.state.metrics  # type: ignore[attr-defined]
    assert registry.get_sample_value("pledger_programmes_blocked") == 2


def test_a_database_that_does_not_answer_is_a_reason_and_no_failure(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StorageError("the disk is gone")

    monkeypatch.setattr(type(context(door).ledger.reader), "head", broken)
    document = problem_of(door.get("/readyz"), 503, "not-ready")
    assert [reason["code"] for reason in document["details"]["reasons"]] == ["database-unreachable"]
    assert "the disk is gone" in document["details"]["reasons"][0]["detail"]


def test_a_signer_that_does_not_answer_is_the_reason_and_not_the_database(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise Stopped("nobody listens at unix:/run/x")

    said = property(lambda _: "no checkpoint", lambda _, __: None)
    monkeypatch.setattr(type(context(door).ledger.appender), "stopped", said)
    monkeypatch.setattr(type(context(door).ledger.signer), "last", broken)
    document = problem_of(door.get("/readyz"), 503, "not-ready")
    assert [reason["code"] for reason in document["details"]["reasons"]] == ["signer-unreachable"]
    assert document["details"]["checks"]["signer"]["ok"] is False
