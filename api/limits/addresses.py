"""Who a request comes from: the peer itself, or whom a trusted proxy names.

Only proxies that the operator named are believed, and of X-Forwarded-For only what they wrote: it is
read from its end, past the proxies. Everything else in it is the client's own claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from starlette.types import Scope

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
FORWARDED_FOR: Final = b"x-forwarded-for"
_V6_PREFIX: Final = 64  # what one subscriber has at least


def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks with commas between. Raises ValueError; also for `*`, which trusts everybody."""
    return tuple(ip_network(item.strip()) for item in text.split(",") if item.strip())


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """An address with or without a port, brackets as RFC 3986 has them; None for anything else."""
    host = text.strip()
    if host.startswith("["):
        host, _, port = host[1:].partition("]")
        if port and not (port[0] == ":" and port[1:].isdigit()):
            return None
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
        if not port.isdigit():
            return None
    try:
        found = ip_address(host)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def bucket_of(address: Address) -> str:
    """IPv4 by itself, IPv6 by its /64: whoever has one address of that has them all."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, _V6_PREFIX), strict=False))


class Proxies:
    """The proxies that are believed."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def client(self, scope: Scope) -> tuple[Address | None, bool]:
        """Whose request it is, None if that is no address; and whether a trusted proxy passed it on."""
        peer = parse_address(scope["client"][0]) if scope.get("client") else None
        if not self.trusts(peer):
            return peer, False
        given = [value.decode("latin1") for name, value in scope["headers"] if name.lower() == FORWARDED_FOR]
        found = peer
        for item in reversed(",".join(given).split(",")):
            named = parse_address(item)
            if named is None:  # what nobody can be: whoever passed it on answers for it
                break
            found = named
            if not self.trusts(named):
                break
        return found, True
