"""The sockets that a server listens on, made before it starts: what is wrong with them is told in words."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.errors import LedgerError
from ledger.sentence import Sentence


class NotListening(LedgerError):
    """Nobody can be served at this address."""


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """One bound socket for each address of the host, closed afterwards. port: 0 for any.

    Raises NotListening.
    """
    made = _made(host, port)
    try:
        yield made
    finally:
        for one in made:
            one.close()


def _made(host: str, port: int) -> list[socket.socket]:
    made: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in dict.fromkeys(found):
            made.append(_bound(socket.socket(family, kind, protocol), address))
    except OSError as error:
        for one in made:
            one.close()
        raise NotListening(
            Sentence(
                "cannot listen on {address}: {why}", "cannot-listen", address=f"{host}:{port}", why=error
            )
        ) from error
    return made


def _bound(made: socket.socket, address: object) -> socket.socket:
    try:
        if sys.platform != "win32":  # there, it would let two servers have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)  # type: ignore[arg-type]  # as getaddrinfo gave it
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
