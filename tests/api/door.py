"""The HTTP door over a town's ledger: what a client sends, and what it gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.envelope import Envelope, envelope_json
from ledger.receipt import read_receipt
from tests.support.town import PROGRAMME_ID, TestLedger

JOSE = {"Content-Type": "application/jose+json"}
BASE = f"/v1/programmes/{PROGRAMME_ID}"
Answer = Any  # httpx2's Response; its types are the test client's own business


class Door:
    """A town whose ledger is open behind the application, and a client of it."""

    def __init__(self, town: TestLedger, client: TestClient) -> None:
        self.town, self.client = town, client

    def get(self, path: str, **headers: str) -> Answer:
        return self.client.get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})

    def json(self, path: str) -> Any:
        """The answer to a question that must succeed."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, *envelopes: Envelope) -> Answer:
        """One envelope, or several as a batch."""
        shown = [envelope_json(envelope) for envelope in envelopes]
        body = shown[0] if len(shown) == 1 else {"envelopes": shown}
        return self.post_raw(orjson.dumps(body))

    def post_raw(self, body: bytes, **headers: str) -> Answer:
        return self.client.post("/v1/events", content=body, headers=JOSE | headers)

    def say(self, kind: str, subject: str, data: Any, **common: Any) -> Any:
        """Submit one event that must be recorded, and wait until it can be read."""
        envelope = self.town.envelope(kind, subject, data, **common)
        answer = self.post(envelope)
        assert answer.status_code == 201, answer.text
        self.town._check(envelope, read_receipt(answer.json()))
        self.settle()
        return answer.json()

    def settle(self) -> None:
        """Let the projections catch up."""
        context = self.client.app.state.context  # type: ignore[attr-defined]
        context.wait_for(context.position)

    def draft(self, payload: Any, **headers: str) -> Answer:
        return self.client.post("/v1/drafts", json={"payload": payload}, headers=headers)

    def drafts(self, payloads: Sequence[Any]) -> Answer:
        return self.client.post("/v1/drafts", json={"payloads": list(payloads)})


@contextmanager
def open_door(model: TestLedger, path: Path, **settings: Any) -> Iterator[Door]:
    """A copy of a closed town behind the application."""
    town = TestLedger.copy_of(model, path)
    town.close()
    app = create_app(Settings(data=path, **settings), clock=town.clock)
    with TestClient(app, follow_redirects=False) as client:
        town.ledger = app.state.context.ledger
        door = Door(town, client)
        door.settle()
        yield door


def problem_of(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The problem document, which must have this code and the one shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"urn:pledger:problem:{code}", document
    assert document["status"] == status
    assert document["instance"] == f"urn:request:{answer.headers['pledger-request']}"
    assert set(document["message"]) == {"uk", "en"}
    assert document["title"]
    return document


def pointers(document: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in document["errors"]]


__all__ = ["BASE", "JOSE", "Door", "open_door", "pointers", "problem_of"]
