"""Where servers of a test run live, and what ends them when the run is killed.

Each process that starts servers has one folder of its own, and one guard beside it: a shell that reads a
pipe on which it is told what to remove. The pipe ends when the process does, however it does. Then the
guard ends what still runs of the servers (their process ids lie in the folder) and removes the folder.

PLEDGER_TEST_SERVERS names the place for these folders, by default that of temporary files.
"""

from __future__ import annotations

import atexit
import os
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

# SIGQUIT is PostgreSQL's "at once"; who was stopped by SIGSTOP must go on to hear of it.
GUARD = """
trap '' INT TERM HUP
while read -r gone; do rm -rf "$1/$gone"; done
alive() { for pid in $(cat "$1"/*.pids); do kill -0 "$pid" && return; done; return 1; }
for signal in CONT QUIT; do for pid in $(cat "$1"/*.pids); do kill -$signal "$pid"; done; done
tries=0
while alive "$1" && [ $tries -lt 60 ]; do tries=$((tries + 1)); sleep 0.1; done
for pid in $(cat "$1"/*.pids); do kill -KILL "$pid"; done
tries=0
until rm -rf "$1" || [ $tries -ge 60 ]; do tries=$((tries + 1)); sleep 0.1; done
"""


class Home:
    """One process's folder of servers, and its guard."""

    def __init__(self, parent: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pledger-pg-", dir=parent))
        self.folder.chmod(0o711)  # the servers' account passes, and lists nothing
        self._owner = os.getpid()
        self._ends: list[Callable[[], None]] = []
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "sh", self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        atexit.register(self.close)

    def guard(self, name: str, *pids: int) -> None:
        """From now on these processes end with ours. name: of a server; a later call replaces them."""
        written = self.folder / f"{name}.new"
        written.write_text("".join(f"{pid}\n" for pid in pids), "utf-8")
        written.rename(self.folder / f"{name}.pids")

    def release(self, name: str) -> None:
        (self.folder / f"{name}.pids").unlink(missing_ok=True)

    @contextmanager
    def guarding(self, name: str, *pids: int) -> Iterator[None]:
        self.guard(name, *pids)
        try:
            yield
        finally:
            self.release(name)

    def remove(self, name: str) -> None:
        """Have a server's folder removed; nobody waits for it, and a disk may take a second."""
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{name}\n".encode())
        self._guard.stdin.flush()

    def at_end(self, end: Callable[[], None]) -> None:
        """Something to do before the folder goes; last come, first done."""
        self._ends.append(end)

    def close(self) -> None:
        """End everything and remove the folder; a process forked from the owner does nothing."""
        if os.getpid() != self._owner or self._guard.stdin is None or self._guard.stdin.closed:
            return
        while self._ends:
            self._ends.pop()()
        self._guard.stdin.close()
        self._guard.wait()


def home() -> Home:
    """This process's own."""
    return _home(os.getpid())


@cache
def _home(_pid: int) -> Home:
    chosen = Path(os.environ.get("PLEDGER_TEST_SERVERS") or tempfile.gettempdir())
    return Home(str(chosen if os.geteuid() != 0 or reachable(chosen) else "/tmp"))  # noqa: S108


def reachable(folder: Path) -> bool:
    """Whether every account may go there."""
    named, real = folder.absolute(), folder.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in {named, real, *named.parents, *real.parents})
