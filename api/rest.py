"""The routes that a server learns while it already answers."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send


class Rest(BaseRoute):
    """The last in a table of routes: it stands for all that are not imported yet, then makes room for them.

    A request for one of them waits until they are there, which is no longer than if nobody had been answered
    before; what the table has already is answered meanwhile.
    """

    def __init__(self, router: Router) -> None:
        """router: the application's, which holds this one."""
        self._router = router
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Import them in a thread, if they are not there."""
        threading.Thread(target=self.load, name="routes").start()

    def load(self) -> None:
        """Import them, or wait until that is done; afterwards this costs nothing."""
        with self._lock:
            if self in self._router.routes:
                from api.routers import ROUTERS  # noqa: PLC0415 -- the very imports that are put off

                here = self._router.routes[:-1]
                self._router.routes[-1:] = [
                    route for router in ROUTERS for route in router.routes if route not in here
                ]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL, {}) if scope["type"] == "http" else (Match.NONE, {})

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        self.load()
        return self._router.url_path_for(name, **path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(self.load)
        await self._router(scope, receive, send)
