"""A process that starts a server: `python -m tests.support.postgres_child MODE [PROGRAMS]`.

wait: start one, tell its processes and folder, and wait for a line that never comes. paused: the same with
a paused server. leave: start one and end without a word to it. plain: as an account that is not root,
with the programs in that folder, start a server and use it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import tests.support.postgres_install as install
from tests.support.postgres import PostgresServer
from tests.support.postgres_processes import family
from tests.support.postgres_template import HASTY

PLAIN = 65_534  # `nobody`


def main(mode: str, programs: str = "") -> None:
    if mode == "plain":
        _become_plain(Path(programs))
    server = PostgresServer.new(**HASTY)
    told: dict[str, object] = {"pids": family(server.pid), "folder": str(server.folder.parent)}
    if mode == "plain":
        told |= {"uid": os.geteuid(), "answer": _used(server)}
    if mode == "paused":
        server.pause()
    print(json.dumps(told), flush=True)
    if mode in {"wait", "paused"}:
        sys.stdin.readline()


def _become_plain(programs: Path) -> None:
    """Stop being root, where we are; the interpreter may be out of reach afterwards."""
    import psutil  # type: ignore[import-untyped]  # noqa: F401  # while it can be found
    import psycopg.pq

    assert psycopg.pq.__impl__
    install._programs = lambda _place: programs  # type: ignore[assignment]
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(PLAIN)
        os.setuid(PLAIN)
    os.environ["HOME"] = "/"


def _used(server: PostgresServer) -> list[object]:
    """A standby, a power cut and a promotion, as any test would do them."""
    server.execute("CREATE TABLE said (word text)")
    standby = server.standby("b", synchronous=True)
    server.execute("INSERT INTO said VALUES ('так')")
    server.stop("kill")
    standby.promote()
    return [word for (word,) in standby.execute("SELECT word FROM said")]


if __name__ == "__main__":
    main(*sys.argv[1:])
