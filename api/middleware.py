"""Around every answer: its id, limits, security headers, HEAD, metrics, and a problem for the unforeseen."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.context import Context
from api.limits.addresses import Proxies
from api.limits.gate import Gate
from api.observing.logs import REQUEST
from api.observing.visits import Visit, Visits
from api.problems import Problem, problem_of
from api.responses import problem_answer, unchanged
from api.strict_route import check_query
from api.validators import OPEN, Validators
from ledger.errors import LedgerError

log = logging.getLogger("pledger.api")

CSP = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", PERMISSIONS.encode()),
)
_CSP = (b"content-security-policy", CSP.encode())
_FRAMED = b"frame-ancestors *"
_NOT_FRAMED = (b"x-frame-options", b"cross-origin-resource-policy")
_CACHE = b"cache-control"
_POSITION = b"pledger-position"
_WITNESSED = b"pledger-witnessed"


Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Watch:
    """What watches over the door: who is let in, and what is counted."""

    proxies: Proxies
    gate: Gate
    visits: Visits


class Doors:
    """The outermost layer. A client never sees a traceback, and every answer names its request.

    direct: endpoints by (method, path) that are called from here. The framework's own way to
    them costs as much as checking a signature, and the submission of events is the one path
    where that counts; the routes that document them stay.
    watch: None limits and counts nothing.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        demo: bool,
        direct: Mapping[tuple[str, str], Endpoint],
        watch: Watch | None = None,
    ) -> None:
        self._app, self._direct, self._watch = app, dict(direct), watch
        self._validators = Validators()
        self._names = itertools.count(1)
        self._prefix = secrets.token_hex(8)
        self._always = (*_SECURITY, *(((b"pledger-demo", b"1"),) if demo else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["pledger.request"] = request_id = f"{self._prefix}-{next(self._names)}"
        answer = _Answer(scope, send, (*self._always, (b"pledger-request", request_id.encode())))
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET", "pledger.head": True}
        before = REQUEST.set(request_id)
        try:
            await self._watched(scope, receive, answer)
        finally:
            REQUEST.reset(before)

    async def _watched(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        """Let it in if there is room, and count it either way."""
        endpoint = self._direct.get((scope["method"], scope["path"]))
        if self._watch is None:
            await self._guarded(endpoint, scope, receive, answer)
            return
        address, trusted = self._watch.proxies.client(scope)
        visits = self._watch.visits
        problem = self._watch.gate.refusal(scope, address, visits.under_way)
        visit = answer.visit = visits.begin(answer.method, scope, address, trusted=trusted)
        try:
            if problem is not None:
                await problem_answer(Request(scope), problem)(scope, receive, answer.send)
            else:
                with self._watch.gate.holding(scope, address):
                    await self._guarded(endpoint, scope, receive, answer)
        finally:
            visits.end(scope, visit, scope["path"] if endpoint is not None else None)

    async def _guarded(
        self, endpoint: Endpoint | None, scope: Scope, receive: Receive, answer: _Answer
    ) -> None:
        """Answer, whatever happens: the unforeseen too, and what a server that stops cuts short."""
        try:
            if endpoint is None:
                await self._answer(scope, receive, answer)
            else:
                await _call(endpoint, scope, receive, answer.send)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            log.warning("request %s was cut short: the server stops", scope["pledger.request"])
            if not answer.started:
                headers = {"Retry-After": "5", "Connection": "close"}
                with contextlib.suppress(asyncio.CancelledError):
                    await _refuse(Problem("shutting-down", headers=headers), scope, receive, answer)
        except Exception:
            log.exception("request %s failed", scope["pledger.request"])
            if not answer.started:
                await _refuse(Problem("internal"), scope, receive, answer)

    async def _answer(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        """By the application; what it answered before and still holds is not asked of it again."""
        context = answer.context()
        is_open = scope["method"] == "GET" and scope["path"].startswith(OPEN)
        moment = context.moment() if context is not None and is_open else None
        if moment is None:
            await self._app(scope, receive, answer.send)
            return
        valid = self._validators.find(scope, moment)
        if valid is not None:
            scope["route"] = valid.route
            await unchanged(valid.etag, valid.position)(scope, receive, answer.send)
            return
        await self._app(scope, receive, answer.send)
        if answer.status in (200, 304):
            self._validators.keep(scope, moment)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, answer: _Answer) -> None:
    await problem_answer(Request(scope), problem)(scope, receive, answer.send)


async def _call(endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """An endpoint that reads the raw request, without the framework around it."""
    request = Request(scope, receive)
    try:
        if scope["query_string"]:
            check_query(request, frozenset())
        response = await endpoint(request)
    except LedgerError as error:
        response = problem_answer(request, problem_of(error))
    await response(scope, receive, send)


def _is_framed(headers: Any) -> bool:
    """Does the answer say itself that other sites may show it in a frame?"""
    return any(name.lower() == _CSP[0] and _FRAMED in value for name, value in headers)


def _is_for_ever(headers: Any) -> bool:
    """An answer that never changes must not carry what does: a cache would repeat it for a year."""
    return any(name.lower() == _CACHE and b"immutable" in value for name, value in headers)


class _Answer:
    """Sends one answer on, with the headers that all have."""

    def __init__(self, scope: Scope, send: Send, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self.method: str = scope["method"]
        self._app: Any = scope.get("app")
        self._scope, self._send, self._headers = scope, send, headers
        self.started = False
        self.status = 0
        self.visit: Visit | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            message = {**message, "headers": self._with_headers(message["headers"], message["status"])}
            if self.visit is not None:
                self.visit.status = message["status"]
        elif message["type"] == "http.response.body":
            if self.method == "HEAD":
                message = {**message, "body": b""}
            if self.visit is not None:
                self.visit.size += len(message.get("body", b""))
        await self._send(message)

    def _with_headers(self, own: Any, status: int) -> list[tuple[bytes, bytes]]:
        headers = [*own, *self._headers]
        if _is_framed(own):
            headers = [one for one in headers if one[0].lower() not in _NOT_FRAMED]
            headers.append((b"cross-origin-resource-policy", b"cross-origin"))
        names = {name.lower() for name, _ in own}
        if b"content-security-policy" not in names:
            headers.append(_CSP)
        if _CACHE not in names:
            headers.append((_CACHE, b"no-store" if status >= 400 else b"no-cache"))
        context = self.context()
        if context is None or _is_for_ever(own):
            return headers
        if _POSITION not in names:
            headers.append((_POSITION, str(context.position).encode()))
        witnessed = context.trust.witnessed_size
        if witnessed is not None:
            headers.append((_WITNESSED, str(witnessed).encode()))
        return headers

    def context(self) -> Context | None:
        app = self._scope.get("app")
        context = getattr(app.state, "context", None) if app is not None else None
        return context if isinstance(context, Context) else None
