"""How a server's process stands: whether it is stopping, and how many connections it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def _none() -> int:
    return 0


@dataclass(slots=True)
class Lifecycle:
    """One for each application. The server (api/server.py) writes it; doors and /readyz read it.

    stopping: from the first signal on, before anything is turned away. connections: how many are open.
    """

    stopping: bool = False
    connections: Callable[[], int] = field(default=_none)
