"""Where messages may go: https, and public addresses alone.

Source: the IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890), as of 2025.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from api.webhooks.refused import NotTaken
from ledger.sentence import Sentence

URL_LENGTH_MAX: Final = 2000
HTTPS_PORT: Final = 443
_URL: Final = re.compile(
    r"https://([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?([/?][!$-;=?-Z_a-z~%]*)?", re.IGNORECASE
)
# Python's own is_global is another one in each of its versions, and counts multicast in.
_NOT_PUBLIC_V4: Final = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Of IPv6 only what is handed out as global unicast. Mapped, compatible, translated (NAT64), local and
# multicast addresses lie outside of it; tunnels that hold an IPv4 address (Teredo, 6to4) within.
_GLOBAL_V6: Final = ip_network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    ip_network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


def is_https_url(text: str) -> bool:
    """https, a name or an address, a port that there can be; no user, no fragment."""
    if len(text) > URL_LENGTH_MAX or not _URL.fullmatch(text):
        return False
    try:
        place_of(text)
    except ValueError:
        return False
    return True


def place_of(url: str) -> tuple[str, int]:
    """Host, without brackets, and port of a URL. Raises ValueError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", HTTPS_PORT if parts.port is None else parts.port
    if port == 0 or not host.strip(".") or ".." in host or host.startswith((".", "-")):
        raise ValueError(f"{host}:{port} is no place")
    if ":" in host:
        IPv6Address(host)
    return host, port


def is_public(address: str) -> bool:
    """May a message be sent to it? address: IPv4 or IPv6, as getaddrinfo writes it."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC_V4)
    if found.scope_id is not None or found not in _GLOBAL_V6:
        return False
    return not any(found in network for network in _NOT_PUBLIC_V6)


def system_addresses(host: str, port: int) -> list[str]:
    """Every address of a name, as the system resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _tls() -> ssl.SSLContext:
    """Which certificates are believed, as certifi has them."""
    import httpx  # noqa: PLC0415 -- a large library, for those who send

    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Reach:
    """How names become addresses, which of these may be connected to, and which certificates are believed.

    Only a program can pass another one than this: no setting opens the way to inner addresses.
    """

    resolve: Callable[[str, int], Sequence[str]] = system_addresses
    admits: Callable[[str], bool] = is_public
    tls: Callable[[], ssl.SSLContext] = _tls

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect to: what is checked here is what is connected to. Raises NotTaken.

        One inner address among them is enough to refuse the name: somebody plays with it.
        """
        try:
            found = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise NotTaken(Sentence("the network knows no name {host}", "webhook-no-name", host=host))
        for address in found:
            if not self.admits(address):
                raise NotTaken(
                    Sentence(
                        "{host} leads to {address}, which is no public address: nothing was sent there",
                        "webhook-not-public",
                        host=host,
                        address=address,
                    )
                )
        return found
