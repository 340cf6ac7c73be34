"""The first thing that a request meets, before a byte of its body is read: is there room for it?

The order is that of the threat model: address, size, known key, cryptography, and then the rate of a key
(api/limits/keys.py).
"""

from __future__ import annotations

import logging
from typing import Final

from starlette.types import Scope

from api.lifecycle import Lifecycle
from api.limits.addresses import FORWARDED_FOR, Address, Proxies, bucket_of
from api.limits.buckets import Buckets
from api.problems import Problem
from api.settings import Settings

log = logging.getLogger("pledger.api")

# Whoever watches over the server is told at any time how it is.
ALWAYS: Final = frozenset(["/healthz", "/readyz"])
_READING: Final = frozenset(["GET", "HEAD", "OPTIONS"])


class Gate:
    """Buckets by address, and how much is under way. Used by the loop's thread alone."""

    def __init__(self, settings: Settings, lifecycle: Lifecycle, proxies: Proxies) -> None:
        self._settings, self._lifecycle, self._proxies = settings, lifecycle, proxies
        self._writes = Buckets(settings.writes_per_second, settings.writes_burst)
        self._reads = Buckets(settings.reads_per_second, settings.reads_burst)
        self._warned = False

    def refusal(self, scope: Scope, address: Address | None, under_way: int) -> Problem | None:
        """Why this request is not taken; None if it is. under_way: how many are, without this one."""
        if scope["path"] in ALWAYS:
            return None
        wait = self._wait(scope, address)
        if wait:
            return too_many(wait, "address")
        if under_way >= self._settings.requests_at_once or self._is_full():
            return Problem("overloaded", headers={"Retry-After": "1", "Connection": "close"})
        return None

    def _is_full(self) -> bool:
        return self._lifecycle.connections() > self._settings.connections_max

    def _wait(self, scope: Scope, address: Address | None) -> int:
        """Seconds that this address has to wait. This machine's own waits for nothing."""
        if address is None or address.is_loopback:
            self._look_for_a_proxy(scope)
            return 0
        buckets = self._writes if is_dear(scope) else self._reads
        return buckets.take(bucket_of(address))

    def _look_for_a_proxy(self, scope: Scope) -> None:
        """A proxy of this machine that nobody named hides who floods: say so once."""
        if self._warned or not any(name.lower() == FORWARDED_FOR for name, _ in scope["headers"]):
            return
        self._warned = True
        log.warning("a proxy of this machine is not trusted, so that no address is limited: %s", _ADVICE)


_ADVICE: Final = "name it with --forwarded-allow-ips"


def is_dear(scope: Scope) -> bool:
    """Does it cost more than reading does? Whatever writes or judges, and bundles."""
    return scope["method"] not in _READING or scope["path"].endswith("/bundle")


def too_many(wait: int, of: str) -> Problem:
    """wait: seconds. of: what was limited, address or key."""
    headers = {"Retry-After": str(wait)}
    if of == "address":  # its body was not read
        headers["Connection"] = "close"
    return Problem("too-many-requests", headers=headers, seconds=wait, of=of)
