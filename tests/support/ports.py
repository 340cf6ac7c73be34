"""Ports of the loopback for servers that a test starts.

Whoever asks the system for a free port and closes it again may find it given to somebody else meanwhile: a
connection, or a test beside this one. So ports are taken from below those that systems give, and each
process of a test run has its own share.
"""

from __future__ import annotations

import os
import socket
from itertools import count

FIRST, SHARES = 20_000, 20
SHARE = 600  # ports of one process; systems give ports from 32,768 on
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_next = count(os.getpid() * 101)  # so that two runs beside each other rarely go in step


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, another one each time."""
    for _ in range(SHARE):
        port = FIRST + _WORKER % SHARES * SHARE + next(_next) % SHARE
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")
