"""How a server's process stands: whether it is stopping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Lifecycle:
    """One for each application. The server (api/server.py) writes it; doors and /readyz read it.

    stopping: from the first signal on, before anything is turned away. on_end: called in the loop's
    thread when nothing new is taken any more, for what would go on for ever.
    """

    stopping: bool = False
    on_end: list[Callable[[], None]] = field(default_factory=list)

    def end(self) -> None:
        """Nothing new is taken from here on."""
        for told in self.on_end:
            told()
