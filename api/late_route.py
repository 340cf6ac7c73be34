"""Routes of which FastAPI makes something only when they are asked, so that a server starts at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, Final

from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

# Every endpoint gives a Response: what FastAPI would check and write by these is written already.
_UNDOCUMENTED: Final[dict[str, Any]] = {"response_model": None, "responses": None}


class LateRoute(APIRoute):
    """A route that knows its address and methods at once; parameters are read when it is first asked.

    FastAPI builds models of each parameter and each documented answer of a route when it is declared: half a
    second of each start, for routes that most processes are never asked. Attributes that a route has beside
    these few (dependant, response_model, …) are those of `described`.
    """

    serving: ClassVar[type[APIRoute]] = APIRoute  # what answers

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        """given: as for APIRoute."""
        Route.__init__(
            self,
            path,
            endpoint,
            name=given.get("name"),
            include_in_schema=given.get("include_in_schema", True),
        )
        self.methods = set(given.get("methods") or ("GET",))  # HEAD is answered by api/middleware.py
        self.app = self._answer
        self._given = given

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there."""
        if name == "_given":  # of a copy that is not filled yet
            raise AttributeError(name)
        return getattr(self.described, name)

    @cached_property
    def described(self) -> APIRoute:
        """With the models of its documented answers: for the OpenAPI document."""
        return APIRoute(self.path, self.endpoint, **self._given)

    @cached_property
    def served(self) -> APIRoute:
        """Without them: a Response is sent as it is."""
        return self.serving(self.path, self.endpoint, **self._given | _UNDOCUMENTED)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.served.app(scope, receive, send)
