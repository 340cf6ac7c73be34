"""docs/webhooks.md: what it tells a receiver to do is done here, as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from api.webhooks.configuration import read_hooks
from api.webhooks.schedule import DELAYS_SECONDS
from api.webhooks.wanted import COUNT_MAX, READERS
from tests.api.webhooks.conftest import Wired
from tests.api.webhooks.receiver import Request
from tests.support.polling import until
from tests.support.ports import free_port

pytestmark = pytest.mark.thorough
TEXT = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text(encoding="utf8")


def block(language: str, holding: str) -> str:
    (found,) = [one for one in re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL) if holding in one]
    return str(found)


def message(wired: Wired) -> Request:
    wired.say("150.00")
    wired.run()
    return wired.receiver.requests[-1]


def test_the_receiver_of_the_document_takes_a_message_once_and_no_forged_one(
    wired: Wired, tmp_path: Path
) -> None:
    port = free_port()
    code = block("python", "do_POST").replace("whsec_…", wired.secret).replace("8080", str(port))
    sent = message(wired)
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-c", code], stdout=out, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:

            def post(body: bytes) -> int:
                headers = {name: sent.headers[name] for name in sent.headers if name.startswith("webhook-")}
                return client.post("/", content=body, headers=headers).status_code

            def answers() -> bool:
                try:
                    client.get("/")
                except httpx.TransportError:
                    return False
                return True

            until(answers, "the receiver listens")
            assert [post(sent.body), post(sent.body)] == [204, 204]
            assert post(sent.body.replace(b"p-", b"q-")) == 400
    finally:
        process.kill()
        process.wait()
    data = sent.json["data"]
    shown = (tmp_path / "out").read_text(encoding="utf8")
    assert shown == f"entry.recorded {data['position']} {data['event']}\n"


def test_openssl_alone_tells_a_genuine_message_from_a_forged_one(wired: Wired, tmp_path: Path) -> None:
    sent = message(wired)
    values = {name: sent.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")}
    shown = []
    for body in (sent.body, sent.body.replace(b"2026", b"2027")):
        (tmp_path / "body.json").write_bytes(body)
        environment = {**os.environ, **values, "secret": wired.secret}
        script = block("sh", "hexkey")
        ran = subprocess.run(
            ["sh", "-euc", script], cwd=tmp_path, env=environment, capture_output=True, check=True
        )
        shown.append(ran.stdout.strip())
    assert shown == [b"genuine", b"forged"]


def test_the_documents_configuration_is_fit_and_names_every_key(tmp_path: Path) -> None:
    text = block("toml", "[[webhook]]")
    (tmp_path / "webhooks.toml").write_text(text, encoding="utf8")
    assert len(read_hooks(tmp_path / "webhooks.toml")) == 1
    assert tomllib.loads(text)["webhook"][0].keys() == READERS.keys()


def test_the_document_says_the_schedule_and_the_bounds_that_hold() -> None:
    assert list(DELAYS_SECONDS) == [5, 30, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600]
    assert "5 s, 30 s, 5 min, 30 min, 2 h, 5 h and 10 h" in TEXT
    assert f"At most {COUNT_MAX} webhooks" in TEXT


def test_the_documents_message_has_the_members_of_a_real_one(wired: Wired) -> None:
    shown = json.loads(block("json", "entry.recorded"))
    sent = message(wired).json
    assert shown.keys() == sent.keys()
    assert shown["data"].keys() == sent["data"].keys()
    assert shown["data"]["links"].keys() == sent["data"]["links"].keys()
