"""Addresses of servers, as a person gives them: http or https, and nothing that would lead elsewhere."""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from api.cli.usage import Misused
from api.cli.words import Pair

Fault = Literal["scheme", "host", "query", "dots"]
_SCHEME: Final = re.compile("([A-Za-z][A-Za-z0-9+.-]*)://")
_WORDS: Final[dict[Fault, Pair]] = {
    "scheme": (
        "{url}: читаються лише адреси http і https",
        "{url}: only addresses of http and https are read",
    ),
    "host": ("{url}: в адресі немає назви сервера", "{url}: the address names no server"),
    "query": (
        "{url}: дайте адресу сервера без «?» і «#»",
        "{url}: give the server's address without “?” and “#”",
    ),
    "dots": (
        "{url}: дайте адресу сервера без частин «.» і «..»",
        "{url}: give the server's address without the parts “.” and “..”",
    ),
}


def is_address(target: str) -> bool:
    """Is it an address, of whatever kind, rather than a path?"""
    return _SCHEME.match(target) is not None


def fault_of(url: str) -> Fault | None:
    """What keeps an address from being that of a server, below which its routes stand; None if nothing."""
    scheme = _SCHEME.match(url)
    if scheme is None or scheme[1].lower() not in ("http", "https"):
        return "scheme"
    if "?" in url or "#" in url:
        return "query"
    try:
        parts = urlsplit(url)
        if not parts.hostname:
            return "host"
    except ValueError:  # of brackets that are no address
        return "host"
    segments = (unquote(one) for one in parts.path.replace("\\", "/").split("/"))
    return "dots" if any(one in (".", "..") for one in segments) else None


def check_address(url: str, hint: str | None = None) -> None:
    """hint: of which option. Raises Misused, before anybody is asked."""
    fault = fault_of(url)
    if fault is not None:
        uk, en = _WORDS[fault]
        raise Misused((uk.replace("{url}", url), en.replace("{url}", url)), hint)
