"""The OpenAPI document as it is served, and as the prompt prints it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.version import VERSION
from tests.api.cli_runner import Prompt
from tests.api.door import Door

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def served(storied: Door) -> TestClient:
    return storied.client


def test_it_is_served_with_a_strong_validator(served: TestClient, document: Any) -> None:
    answer = served.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer.json() == document
    assert answer.json()["info"]["version"] == VERSION


def test_who_has_it_is_not_sent_it_again(served: TestClient) -> None:
    etag = served.get("/openapi.json").headers["etag"]
    again = served.get("/openapi.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = served.get("/openapi.json", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_an_unknown_parameter_is_refused_here_too(served: TestClient) -> None:
    assert served.get("/openapi.json?version=1").json()["type"] == "urn:pledger:problem:unknown-parameter"


def test_every_process_of_a_version_serves_the_same_bytes(served: TestClient) -> None:
    """Behind a balancer a validator must hold for whichever answers."""
    script = (
        "from pathlib import Path; from api.app import create_app; from api.settings import Settings;"
        "from api.routes.described import described;"
        "print(described(create_app(Settings(data=Path('none'))))[1])"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == served.get("/openapi.json").headers["etag"]


def test_the_prompt_prints_it_without_a_server(served: TestClient, tmp_path: Path) -> None:
    prompt = Prompt(tmp_path)
    printed = prompt.ok("openapi").out
    assert json.loads(printed) == served.get("/openapi.json").json()
    prompt.ok("openapi", "--out", tmp_path / "openapi.json")
    assert (tmp_path / "openapi.json").read_text(encoding="utf8") == printed
