"""The threads that send: one for each webhook, so that no receiver holds up another one, or the ledger."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Final, Protocol

from api.webhooks.address import Reach
from api.webhooks.configuration import Hook
from api.webhooks.delivery import Delivery, Told
from api.webhooks.memory import State
from api.webhooks.posting import Post

log = logging.getLogger("pledger.webhooks")

LOOK_SECONDS: Final = 0.5  # for what came otherwise: an operator's command, another process's entries
UNSIGNED_SECONDS: Final = 0.05  # for the head of an entry that is in the log already
FAULT_SECONDS: Final = 30.0
JOIN_SECONDS_MAX: Final = 0.5  # for all threads together


class Follows(Protocol):
    """What tells that the log has grown, and whether this process is the one that sends."""

    @property
    def leads(self) -> bool: ...

    @property
    def position(self) -> int: ...

    def wait_for(self, position: int, timeout_seconds: float) -> bool: ...


class Sender:
    """Starts with the server and stops with it, within a second; what was under way is sent again later."""

    def __init__(self, hooks: Sequence[Hook], told: Told, follows: Follows, reach: Reach) -> None:
        self._told, self._follows = told, follows
        self._stopping = threading.Event()
        self._posts = [Post(reach) for hook in hooks if hook.enabled]
        enabled = [hook for hook in hooks if hook.enabled]
        self._threads = [
            threading.Thread(
                target=self._run,
                args=(Delivery(hook, told, post, self._stopping.is_set),),
                name=f"webhook {hook.id}",
                daemon=True,
            )
            for hook, post in zip(enabled, self._posts, strict=True)
        ]
        self._ids = [hook.id for hook in enabled]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """A thread that waits for the system's own looking-up of a name is left behind: it writes nothing."""
        self._stopping.set()
        for post in self._posts:
            post.cut()
        end = time.monotonic() + JOIN_SECONDS_MAX
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, end - time.monotonic()))
        self._told.memory.close()

    def standing(self) -> list[State]:
        """How the webhooks stand that are switched on; empty where another process sends."""
        if not self._follows.leads:
            return []
        return [one for one in self._told.memory.states() if one.id in self._ids]

    def _run(self, delivery: Delivery) -> None:
        while not self._stopping.is_set():
            try:
                self._wait(delivery, delivery.turn() if self._follows.leads else None)
            except Exception:
                # A thread left behind may find everything closed.
                if not self._stopping.is_set():
                    log.exception("webhook %s: a turn failed", delivery.hook.id)
                    self._stopping.wait(FAULT_SECONDS)

    def _wait(self, delivery: Delivery, seconds: float | None) -> None:
        """seconds: as a turn gives them. Whatever they are, it is looked again soon."""
        if seconds is not None:
            self._stopping.wait(min(seconds, LOOK_SECONDS))
        elif not self._follows.leads:
            self._stopping.wait(LOOK_SECONDS)
        elif self._follows.wait_for(delivery.position + 1, LOOK_SECONDS):
            # Its head is not signed yet: else the turn would have found it.
            self._stopping.wait(UNSIGNED_SECONDS)
