"""What a start costs: counted in modules, routes and models, never in seconds."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.app import FIRST, create_app
from api.late_route import LateRoute
from api.rest import Rest
from api.routers import ROUTERS
from api.settings import Settings
from tests.support.town import TestLedger

ROOT = Path(__file__).parents[2]
# What few requests, few servers or other commands need, and what takes long.
HEAVY = (
    "api.bundles", "api.exports", "api.importers", "api.print", "api.routers", "api.stamping",
    "api.webhooks.opening", "api.webhooks.sender", "cryptography.x509", "ctypes",
    "dateutil", "httpx", "icalendar", "jinja2", "ledger.backup",
    "ledger.restoring", "ledger.stamps", "ledger.verify.whole", "openpyxl", "projections.findings.rules",
    "projections.questions", "psycopg", "pyarrow", "pygments", "rfc3161_client", "rich", "segno",
    "standardwebhooks", "typst", "xlsxwriter", "yaml",
)  # fmt: skip
PAGES = {"api.pages", "api.pages.kept"}  # the shelf of drawn pages is there from the start
MODULES_MAX = 1000  # with those of FastAPI, uvicorn and the standard library, which are half of them
MODELS_MAX = 30  # what reading the root of a ledger takes; all together there are some 400
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the child says of its start."""
    path = tmp_path_factory.mktemp("starting") / "town"
    TestLedger.with_programme(path).close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.api.starting_child", path],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_a_server_that_is_ready_has_imported_nothing_that_few_requests_need(told: Any) -> None:
    assert told["status"] == 200
    modules = set(told["modules"])
    assert [name for name in HEAVY if name in modules] == []
    assert {name for name in modules if name.startswith("api.pages")} <= PAGES
    assert len(modules) <= MODULES_MAX


def test_a_server_that_is_ready_has_made_the_one_route_that_was_asked(told: Any) -> None:
    assert told["routes"] == ["/readyz"]


def test_a_server_that_is_ready_has_built_the_models_of_what_it_read_alone(told: Any) -> None:
    assert 0 < len(told["models"]) <= MODELS_MAX


@pytest.mark.parametrize(
    "arguments", [["--help"], ["verify", "--help"], ["verify", "nothing.here"], ["serve", "-h"]]
)
def test_a_command_that_is_no_server_imports_none(arguments: list[str], tmp_path: Path) -> None:
    script = (
        "import sys\nfrom api.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'fastapi', 'uvicorn', 'starlette'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_each_route_can_be_made_and_gives_a_response_of_its_own(route: APIRoute) -> None:
    """What a shape documents is neither checked nor written by the framework, which late routes rely on."""
    assert isinstance(route, LateRoute)
    assert route.served.response_field is None
    assert issubclass(get_type_hints(route.endpoint)["return"], Response)
    assert names_of(route.served) == names_of(route.described)


def names_of(route: APIRoute) -> list[str]:
    """Of its parameters."""
    return [field.alias for field in (*route.dependant.path_params, *route.dependant.query_params)]


def test_what_is_answered_first_stands_first() -> None:
    assert ROUTERS[: len(FIRST)] == FIRST


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return create_app(Settings(data=tmp_path))


def rest_of(app: FastAPI) -> list[Rest]:
    return [route for route in app.routes if isinstance(route, Rest)]


def test_the_rest_of_the_routes_comes_with_the_first_request_for_it(app: FastAPI) -> None:
    (rest,) = rest_of(app)
    client = TestClient(app)
    assert client.get("/healthz").status_code == 200
    assert rest_of(app) == [rest]
    assert client.get("/v1/schemas").status_code == 200
    assert list(app.routes) == [route for router in ROUTERS for route in router.routes]


def test_an_address_that_nothing_has_is_not_found_before_the_rest_is_there(app: FastAPI) -> None:
    assert TestClient(app).get("/v1/nowhere").json()["type"] == "urn:pledger:problem:not-found"


def test_a_method_that_an_address_lacks_is_told_of_all_routes(app: FastAPI) -> None:
    answer = TestClient(app).put("/v1/events")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_many_who_ask_at_once_get_one_table(app: FastAPI) -> None:
    (rest,) = rest_of(app)

    async def ask() -> None:
        await asyncio.gather(*(asyncio.to_thread(rest.load) for _ in range(8)))

    asyncio.run(ask())
    assert len(app.routes) == sum(len(router.routes) for router in ROUTERS)


def test_a_rest_that_cannot_be_imported_is_tried_again(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    (rest,) = rest_of(app)
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "api.routers", None)
        with pytest.raises(ImportError):
            rest.load()
    assert rest_of(app) == [rest]
    rest.load()
    assert rest_of(app) == []


FIRST_READS = """
import orjson
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from api.schemas import example_event
from ledger.errors import Refusal
from ledger.kinds import KINDS

THREADS = 8
met = Barrier(THREADS)

def read(kind, raw):
    met.wait()
    try:
        event = kind.parse(raw)
        return type(event), orjson.dumps(event.model_dump(mode="json"))
    except Refusal as refusal:
        return refusal.code, refusal.pointer

with ThreadPoolExecutor(THREADS) as pool:
    for kind in KINDS.values():
        event = example_event(kind)
        strange = {**event, "data": {**event["data"], "no_such_member": 1}}
        for given, wanted in ((strange, ("unknown-field", "/data/no_such_member")), (event, None)):
            raw = orjson.dumps(given)
            said = {one.result() for one in [pool.submit(read, kind, raw) for _ in range(THREADS)]}
            assert len(said) == 1, (kind.name, said)
            assert wanted is None or said == {wanted}, (kind.name, said)
            assert wanted is not None or said.pop()[0] is kind.model, kind.name
"""


def test_threads_that_read_the_first_event_of_a_kind_at_once_judge_it_alike() -> None:
    """Models are built when they are first used: none may be read by half of one."""
    subprocess.run([sys.executable, "-W", "error", "-c", FIRST_READS], cwd=ROOT, check=True, timeout=300)
