"""Waiting for what must come: asked again and again, for so long and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS_MAX = 30.0  # a machine with two cores may be busy
STEP_SECONDS = 0.005


def until(holds: Callable[[], object], what: str, *, seconds: float = SECONDS_MAX) -> None:
    """Wait until it holds. AssertionError: it did not within that time. what: "the standby follows"."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(STEP_SECONDS)
