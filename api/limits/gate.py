"""The first thing that a request meets, before a byte of its body is read: is there room for it?

The order is that of the threat model: address, size, known key, cryptography, and then the rate of a key
(api/limits/keys.py).
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from starlette.types import Scope

from api.limits.addresses import FORWARDED_FOR, Address, bucket_of
from api.limits.buckets import Buckets
from api.limits.shares import Shares
from api.problems import Problem
from api.settings import Settings

log = logging.getLogger("pledger.api")

# Whoever watches over the server is told at any time how it is.
ALWAYS: Final = frozenset(["/healthz", "/readyz"])
_READING: Final = frozenset(["GET", "HEAD", "OPTIONS"])


class Gate:
    """Buckets by address, and how much is under way. Used by the loop's thread alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writes = Buckets(settings.writes_per_second, settings.writes_burst)
        self._reads = Buckets(settings.reads_per_second, settings.reads_burst)
        self._requests = Shares(settings.requests_per_address)
        self._uploads = Shares(max(settings.uploads_at_once // 2, 1))
        self._streams = Shares(settings.streams_per_address)
        self._warned = False

    def refusal(self, scope: Scope, address: Address | None, under_way: int) -> Problem | None:
        """Why this request is not taken; None if it is. under_way: how many are, without this one."""
        if scope["path"] in ALWAYS:
            return None
        wait = self._wait(scope, address)
        if wait:
            return too_many(wait, "address")
        if self._requests.is_full(limited(address)):
            return too_many(1, "address")
        if under_way >= self._settings.requests_at_once:
            return Problem("overloaded", headers={"Retry-After": "1", "Connection": "close"})
        return None

    def holding(self, scope: Scope, address: Address | None) -> AbstractContextManager[None]:
        """While a request that was taken is under way. What it may upload is asked for with `uploading`."""
        scope[_UPLOADS] = (self._uploads, limited(address))
        scope[_STREAMS] = (self._streams, limited(address))
        return self._requests.holding(None if scope["path"] in ALWAYS else limited(address))

    def _wait(self, scope: Scope, address: Address | None) -> int:
        """Seconds that this address has to wait. This machine's own waits for nothing."""
        name = limited(address)
        if name is None:
            self._look_for_a_proxy(scope)
            return 0
        buckets = self._writes if is_dear(scope) else self._reads
        return buckets.take(name)

    def _look_for_a_proxy(self, scope: Scope) -> None:
        """A proxy of this machine that nobody named hides who floods: say so once."""
        if self._warned or not any(name.lower() == FORWARDED_FOR for name, _ in scope["headers"]):
            return
        self._warned = True
        log.warning("a proxy of this machine is not trusted, so that no address is limited: %s", _ADVICE)


_ADVICE: Final = "name it with --forwarded-allow-ips"
_UPLOADS: Final = "pledger.uploads"
_STREAMS: Final = "pledger.streams"


def limited(address: Address | None) -> str | None:
    """The name under which an address is counted; None for this machine's own, which is not limited."""
    return None if address is None or address.is_loopback else bucket_of(address)


def uploading(scope: Scope) -> AbstractContextManager[None]:
    """While a file comes in. Raises Problem busy if its address has as many under way as one may."""
    if _UPLOADS not in scope:  # nobody watches this door
        return nullcontext()
    shares, name = scope[_UPLOADS]
    if shares.is_full(name):
        raise busy()
    held: AbstractContextManager[None] = shares.holding(name)
    return held


def streaming(scope: Scope) -> AbstractContextManager[None]:
    """While the feed is followed. Raises Problem too-many-requests if its address has as many as one may."""
    if _STREAMS not in scope:  # nobody watches this door
        return nullcontext()
    shares, name = scope[_STREAMS]
    if shares.is_full(name):
        raise too_many(5, "address")
    held: AbstractContextManager[None] = shares.holding(name)
    return held


def busy() -> Problem:
    """Too many files are on their way in. The body was not read."""
    return Problem("busy", headers={"Retry-After": "5", "Connection": "close"})


def is_dear(scope: Scope) -> bool:
    """Does it cost more than reading does? Whatever writes or judges, bundles, exports, what is printed."""
    path = scope["path"]
    if scope["method"] not in _READING or path.startswith("/v1/exports/"):
        return True
    return path.endswith("/bundle") or "/print/" in path


def too_many(wait: int, of: str) -> Problem:
    """wait: seconds. of: what was limited, address or key."""
    headers = {"Retry-After": str(wait)}
    if of == "address":  # its body was not read
        headers["Connection"] = "close"
    return Problem("too-many-requests", headers=headers, seconds=wait, of=of)
