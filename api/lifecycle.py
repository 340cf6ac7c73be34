"""How a server's process stands: whether it is stopping."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Lifecycle:
    """One for each application. The server (api/server.py) writes it; doors and /readyz read it.

    stopping: from the first signal on, before anything is turned away.
    """

    stopping: bool = False
