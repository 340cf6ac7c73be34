"""Reading Server-Sent Events as the WHATWG standard says, with nothing of the server's own code."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Message:
    """One block. comment: it had comment lines only."""

    event: str
    id: str
    data: Any
    comment: bool = False


class Stream:
    """An open stream. next() waits for the next message; rest() for its end."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._blocks = self._read()

    def __iter__(self) -> Iterator[Message]:
        return self._blocks

    def next(self) -> Message:
        return next(self._blocks)

    def entries(self, count: int) -> list[Any]:
        """The data of so many entries, whatever stands between them."""
        found, limit = list[Any](), time.monotonic() + SECONDS_MAX
        while len(found) < count:
            assert time.monotonic() < limit, "it is kept alive, and nothing comes"
            message = self.next()
            if message.event == "entry" and not message.comment:
                assert message.id == str(message.data["position"]) == str(message.data["index"] + 1)
                found.append(message.data)
        return found

    def rest(self) -> list[Message]:
        return list(self._blocks)

    def _read(self) -> Iterator[Message]:
        event, identity, data, seen = "", "", list[str](), False
        for line in self.response.iter_lines():
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            seen = seen or bool(line)
            if line == "" and seen:
                text = "\n".join(data)
                yield Message(event, identity, json.loads(text) if text else None, not (event or data))
                event, data, seen = "", [], False
            elif name == "event":
                event = value
            elif name == "id":
                identity = value
            elif name == "data":
                data.append(value)


def plain_client(seconds: float) -> httpx.Client:
    """Without TLS, whose setting up takes longer than an answer of a server beside it."""
    return httpx.Client(trust_env=False, verify=False, timeout=seconds)  # noqa: S501 -- http alone is asked


@contextmanager
def following(url: str, query: str = "", **headers: str) -> Iterator[Stream]:
    """GET /v1/events/stream; it must be answered."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with (
        plain_client(SECONDS_MAX) as client,
        client.stream("GET", f"{url}/v1/events/stream{query}", headers=named) as response,
    ):
        if response.status_code != 200:
            response.read()
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)
