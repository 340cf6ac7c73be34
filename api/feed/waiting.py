"""Long-polling: a request is held, without a thread, until something that it asks for was recorded."""

from __future__ import annotations

import asyncio

from fastapi import Request

from api.feed.hub import Hub
from api.feed.items import Wanted


async def wait_beyond(request: Request, hub: Hub, at: int, wanted: Wanted, seconds: float) -> int:
    """The position up to which nothing fits: where something follows, or the time is over.

    Raises Problem too-many-requests or overloaded.
    """
    now = asyncio.get_running_loop().time
    until = now() + seconds
    with hub.reading(request.scope):
        gone = asyncio.ensure_future(_gone(request))
        try:
            while not (hub.ending or gone.done() or hub.is_old(at) or now() >= until):
                frame = hub.frame(at)
                if frame is None:
                    await hub.grown(until - now(), unless=gone)
                elif frame.fits(at, wanted):
                    break
                else:
                    at = frame.end
        finally:
            gone.cancel()
    return at


async def _gone(request: Request) -> None:
    """Until the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
