"""Asking a time-stamping authority over HTTP.

What it answers is checked before it is handed on: nonce, imprint, signature and chain.
Source: RFC 3161 §3.4.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import httpx

from api.stamp_authority import Authority, NoStamp
from ledger.errors import VerificationError
from ledger.stamps import RESPONSE_BYTES_MAX, Stamp, check_stamp, request_for

SECONDS_MAX: Final = 15.0

_HEADERS: Final = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True, slots=True)
class Stamped:
    """response: DER TimeStampResp as it came; stamp: what it says."""

    response: bytes
    stamp: Stamp


def ask_for_stamp(
    text: bytes,
    authority: Authority,
    *,
    seconds_max: float = SECONDS_MAX,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Stamped:
    """Have a text stamped; it takes about seconds_max at most. Call it outside an event loop.

    Raises NoStamp if there is no answer, or none that holds by the authority's roots.
    """
    request = request_for(text)
    response = asyncio.run(_in_time(authority.url, request.der, seconds_max, transport))
    try:
        stamp = check_stamp(response, text, authority.roots)
    except VerificationError as error:
        raise NoStamp(f"{authority.url}: {error}") from error
    if stamp.nonce != request.nonce:
        raise NoStamp(f"{authority.url} answered another request: its nonce is not ours")
    return Stamped(response, stamp)


async def _in_time(
    url: str, query: bytes, seconds_max: float, transport: httpx.AsyncBaseTransport | None
) -> bytes:
    try:
        async with asyncio.timeout(seconds_max):
            return await _post(url, query, seconds_max, transport)
    except TimeoutError as error:
        raise NoStamp(f"{url} gave no answer within {seconds_max:g} s") from error
    except httpx.HTTPError as error:
        raise NoStamp(f"{url}: {str(error) or type(error).__name__}") from error


async def _post(
    url: str, query: bytes, seconds_max: float, transport: httpx.AsyncBaseTransport | None
) -> bytes:
    # A proxy of the environment must not be asked for this machine.
    local = _host(url) in ("localhost", "127.0.0.1", "::1")
    async with (
        httpx.AsyncClient(transport=transport, timeout=seconds_max, trust_env=not local) as client,
        client.stream("POST", url, content=query, headers=_HEADERS) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise NoStamp(f"{url} answered {answer.status_code}")
        received = bytearray()
        async for chunk in answer.aiter_raw():
            received += chunk
            if len(received) > RESPONSE_BYTES_MAX:
                raise NoStamp(f"{url} answered more than {RESPONSE_BYTES_MAX} bytes")
        return bytes(received)


def _host(url: str) -> str:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise NoStamp(f"{url} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.host:
        raise NoStamp(f"{url} is no http or https address")
    return parts.host
