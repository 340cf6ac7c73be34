"""The processes of one PostgreSQL server: all of them, stopped, resumed or killed together.

Each backend is a session of its own, so no signal reaches them all: they are found as the children of
the first, which is stopped meanwhile so that none is added.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from tests.support.polling import until


def family(first: int) -> list[int]:
    """The first process and its descendants, the first first; [] where it is gone."""
    import psutil  # type: ignore[import-untyped]  # it comes with the wheel, as the servers do

    try:
        return [first, *(one.pid for one in psutil.Process(first).children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def alive(pid: int) -> bool:
    """Whether it runs; one that ended and that nobody has asked for its end does not."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _stopped(pid: int) -> bool:
    import psutil

    try:
        return psutil.Process(pid).status() in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}
    except psutil.NoSuchProcess:
        return True


def freeze(first: int) -> list[int]:
    """Stop them all where they stand; their ids."""
    _send(first, signal.SIGSTOP)
    until(lambda: _stopped(first), "the first process stops")
    pids = family(first)
    for pid in pids[1:]:
        _send(pid, signal.SIGSTOP)
    return pids


def thaw(pids: list[int]) -> None:
    for pid in reversed(pids):
        _send(pid, signal.SIGCONT)


def kill(first: int) -> list[int]:
    """SIGKILL to them all, at one moment as seen from outside; their ids."""
    pids = freeze(first)
    for pid in pids:
        _send(pid, signal.SIGKILL)
    return pids


def wait_gone(pids: list[int]) -> None:
    until(lambda: not any(alive(pid) for pid in pids), "the server's processes end")


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
