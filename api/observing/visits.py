"""One request from its head to the end of its answer: counted, timed, and a line in the log."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from api.limits.addresses import Address
from api.observing.logs import ACCESS, more
from api.observing.meters import NO_ROUTE, Meters

log = logging.getLogger(ACCESS)

_GIVEN: Final = b"x-request-id"
_GIVEN_FORM: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}")
_PROBLEM: Final = "pledger.problem"


@dataclass(slots=True)
class Visit:
    """What is known of one request. status: 0 until it is answered; size: bytes of the answer's body.

    given: the id that a trusted proxy gave it, "" without one.
    """

    method: str
    address: Address | None
    given: str
    begun: float
    status: int = 0
    size: int = 0


class Visits:
    """Counts and logs the requests of one application."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self.under_way = 0

    def begin(self, method: str, scope: Scope, address: Address | None, *, trusted: bool) -> Visit:
        """method: as it came. trusted: a proxy that is believed passed it on."""
        self.under_way += 1
        self._meters.under_way.set(self.under_way)
        return Visit(method, address, given_id(scope) if trusted else "", time.perf_counter())

    def end(self, scope: Scope, visit: Visit, route: str | None) -> None:
        """scope: as the application left it. route: where it was called directly."""
        self.under_way -= 1
        self._meters.under_way.set(self.under_way)
        seconds = time.perf_counter() - visit.begun
        named = route or route_of(scope)
        self._meters.answered(visit.method, named, visit.status, seconds, scope.get(_PROBLEM))
        if log.isEnabledFor(logging.INFO):
            _tell(scope, visit, named, seconds)


def given_id(scope: Scope) -> str:
    """The one X-Request-Id if it is of a plain form; else "": it is never put right."""
    given = [value for name, value in scope["headers"] if name.lower() == _GIVEN]
    return given[0].decode() if len(given) == 1 and _GIVEN_FORM.fullmatch(given[0]) else ""


def route_of(scope: Scope) -> str:
    """The route's template, never the path: a path may name a person, and there are without number."""
    template = getattr(scope.get("route"), "path_format", None)
    return template if isinstance(template, str) else NO_ROUTE


def _tell(scope: Scope, visit: Visit, route: str, seconds: float) -> None:
    """No path and no query: they say who is asked about. The proxy's own log may have them."""
    problem = scope.get(_PROBLEM)
    members: dict[str, object] = {
        "method": visit.method,
        "route": route,
        "status": visit.status,
        "bytes": visit.size,
        "milliseconds": round(seconds * 1000, 1),
        "client": str(visit.address) if visit.address is not None else None,
    }
    members |= {"problem": problem} if problem is not None else {}
    members |= {"given_request": visit.given} if visit.given else {}
    log.info("%s %s %d", visit.method, route, visit.status, extra=more(**members))
