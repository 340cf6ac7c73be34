"""The one place of wiring: settings in, an application out.

The lifespan opens the ledger and the projections that follow it, and closes them again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request, Response

from api.context import Context
from api.feed.hub import Hub
from api.handlers import add_handlers
from api.lifecycle import Lifecycle
from api.limits.addresses import Proxies, parse_networks
from api.limits.gate import Gate
from api.limits.keys import KeyRates
from api.middleware import Doors, Watch
from api.observing.meters import Meters
from api.observing.standing import Standing
from api.observing.visits import Visits
from api.openapi import add_openapi
from api.pages.kept import Kept
from api.problems import Problem
from api.rest import Rest
from api.routes import service, submissions
from api.settings import Settings
from ledger.clock import Clock

# What a server answers from its first moment on, the hottest route first: routes are matched in order.
FIRST = (submissions.router, service.router)
REST_SECONDS: Final = 0.25  # before the import of all others takes its share of the processor


def create_app(settings: Settings, *, clock: Clock | None = None, opened: Context | None = None) -> FastAPI:
    """The application over one ledger's directory; it is opened when the server starts, if not before.

    opened: the ledger, if it is open already; it is closed when the server stops.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        context = opened if opened is not None else await asyncio.to_thread(Context, settings, clock)
        app.state.context = context
        context.listen_to_commits(meters.watch_commits())
        app.state.hub = hub = Hub(context)
        app.state.lifecycle.on_end.append(hub.end)
        asyncio.get_running_loop().call_later(REST_SECONDS, rest.begin)
        try:
            yield
        finally:
            await hub.close()
            await asyncio.to_thread(context.close)

    app = FastAPI(
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_url=None,  # api/routes/described.py
    )
    for router in FIRST:
        # Included routers would be matched and wrapped once more on every request.
        app.router.routes.extend(router.routes)
    rest = Rest(app.router)
    app.router.routes.append(rest)
    add_handlers(app)
    add_openapi(app, rest)
    meters = _prepare(app, settings)
    proxies = Proxies(parse_networks(settings.forwarded_allow_ips))
    watch = Watch(proxies, Gate(settings), Visits(meters))
    direct = {("POST", "/v1/events"): submissions.submit_events}
    app.add_middleware(Doors, demo=settings.demo, direct=direct, watch=watch)
    return app


def _prepare(app: FastAPI, settings: Settings) -> Meters:
    """What the application has before its ledger is open: app.state.lifecycle, .keys and .metrics."""
    app.state.lifecycle = Lifecycle()
    app.state.keys = KeyRates(settings.key_per_second, settings.key_burst)
    meters = Meters()
    meters.registry.register(Standing(lambda: getattr(app.state, "context", None)))
    app.state.metrics = meters.registry
    app.state.draw_problem = _draw_problem
    app.state.kept_pages = Kept()
    return meters


def _draw_problem(request: Request, problem: Problem) -> Response:
    from api.pages.routing import draw_problem  # noqa: PLC0415 -- pages are not imported at a start

    return draw_problem(request, problem)
