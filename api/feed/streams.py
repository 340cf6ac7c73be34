"""One reader's stream of Server-Sent Events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse
from starlette.types import Receive, Scope, Send

from api.feed.hub import Hub
from api.feed.items import RETRY_MILLISECONDS, Wanted, tell_position

KEEP_ALIVE_SECONDS: Final = 15.0
HIDDEN_MAX: Final = 1000  # entries that were not wanted; then the reader is told how far it is
# Proxies that gather answers (nginx) would hold back what is told now.
_HEADERS: Final = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class Stream(EventSourceResponse):
    """What follows a position, until the reader or the server goes.

    The framework's own way to it (a generator as the endpoint) runs two tasks and a queue for each reader and
    encodes every message once for each: here all readers share the bytes.
    """

    def __init__(self, hub: Hub, position: int, wanted: Wanted) -> None:
        super().__init__(_messages(hub, position, wanted), headers=_HEADERS)
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Problem before anything is sent, if there is no room for one more."""
        with self._hub.reading(scope):
            if scope.get("pledger.head"):  # it asks for the head of an answer that has no end
                self.body_iterator = _nothing()
            await super().__call__(scope, receive, send)


async def _nothing() -> AsyncIterator[bytes]:
    no_bytes: tuple[bytes, ...] = ()
    for one in no_bytes:
        yield one


async def _messages(hub: Hub, at: int, wanted: Wanted) -> AsyncIterator[bytes]:
    """The first message says where it begins, so that nothing is lost between it and the next connection."""
    now = asyncio.get_running_loop().time
    yield tell_position(at, retry=RETRY_MILLISECONDS)
    known, due = (
        at,
        now() + KEEP_ALIVE_SECONDS,
    )  # what the reader knows of where it is; when it must hear again
    while not hub.ending:
        part = await hub.part(at, wanted)
        if part is None:
            await hub.grown(due - now())
            content = b""
        else:
            content, at, shown = part
            known = max(known, shown) if content else known
        if at - known >= HIDDEN_MAX or (not content and at > known and now() >= due):
            content, known = content + tell_position(at), at
        elif not content and now() >= due:
            content = KEEPALIVE_COMMENT
        if content:
            yield content
            due = now() + KEEP_ALIVE_SECONDS
    if at > known:
        yield tell_position(at)
