"""A thread that takes turns: when it is woken and at an interval, more rarely while they fail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

log = logging.getLogger("pledger.trust")

PAUSE_SECONDS_MAX: Final = 900.0
JOIN_SECONDS_MAX: Final = 2.0


class Runner:
    """Takes turns until it is closed.

    turn: True when nothing is left to do until it is woken. seconds: the least time between two
    turns; without being woken it takes one after twice that. A turn that fails is taken again after
    twice the time, up to a quarter of an hour, however often the runner is woken.
    """

    def __init__(self, turn: Callable[[], bool], seconds: float) -> None:
        self._turn, self._seconds = turn, seconds
        self._woken, self._closing = threading.Event(), threading.Event()
        self._pause = seconds
        self._thread = threading.Thread(target=self._run, name="trust", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something came: costs nothing, from any thread."""
        self._woken.set()

    def stopping(self) -> bool:
        return self._closing.is_set()

    def close(self) -> None:
        """Take no more turns. One that waits for somebody outside is left behind: it writes nothing."""
        self._closing.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS_MAX)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._woken.clear()
            settled = self._took_turn()
            self._pause = self._seconds if settled else min(self._pause * 2, self._pause_max)
            self._closing.wait(self._pause)
            if settled:
                self._woken.wait(self._seconds)

    @property
    def _pause_max(self) -> float:
        return max(PAUSE_SECONDS_MAX, self._seconds)

    def _took_turn(self) -> bool:
        try:
            return self._turn()
        except Exception:
            # A turn left behind may find the ledger closed.
            if not self._closing.is_set():
                log.exception("a round failed")
            return False
