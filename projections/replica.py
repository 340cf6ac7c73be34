"""Answering from a replica: a little behind, and never more than somebody asks for.

A question for a position that the replica does not hold in time goes to the primary.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Final

from ledger.errors import StorageError
from ledger.store.base import LogReader
from projections.follower import Follower
from projections.reading import Reading, read_blocked
from projections.store.base import Connection, Drained, Generations, Readers

POLL_SECONDS: Final = 0.05


class ReplicaReading:
    """What a Follower offers, from a replica where it can. follower: of the primary.

    position: of what the replica has; of the primary while the replica does not answer.
    lag: entries that the replica is behind the primary's projections. down: does the replica not answer?
    """

    def __init__(self, follower: Follower, generations: Generations, log: LogReader) -> None:
        self.follower, self._generations, self._log = follower, generations, log
        self._readers: Readers | None = None
        self._name = ""
        self._held = 0
        self.down: str | None = None
        self._advanced = threading.Condition()
        self._ended = threading.Event()
        self._try_look()
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._thread.start()

    @property
    def position(self) -> int:
        return self.follower.position if self.down is not None else self._held

    @property
    def lag(self) -> int:
        return max(0, self.follower.position - self._held)

    @property
    def fault(self) -> str | None:
        return self.follower.fault

    @property
    def leads(self) -> bool:
        return self.follower.leads

    @property
    def blocked(self) -> dict[str, int]:
        return self.follower.blocked

    def wake(self) -> None:
        self.follower.wake()

    def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Wait for the replica; what it does not have in time, the primary may have."""
        with self._advanced:
            self._advanced.wait_for(lambda: self._is_settled(position), timeout_seconds)
            if self._held >= position:
                return True
        return self.follower.wait_for(position, timeout_seconds if self.down is not None else 0)

    def _is_settled(self, position: int) -> bool:
        return self._held >= position or self.down is not None or self._ended.is_set()

    def newest(self, least: int = 0) -> int:
        """The newest position that can be read: of the primary, if the replica is not as far as was asked."""
        position = self.position
        return position if position >= least else self.follower.position

    @contextlib.contextmanager
    def reading(self, position: int | None = None) -> Iterator[Reading]:
        with contextlib.ExitStack() as opened:
            found = self._view(opened) if position is None or position <= self._held else None
            if found is None or (position or 0) > found[1]:
                yield opened.enter_context(self.follower.reading(position))
            else:
                connection, newest = found
                at = newest if position is None else position
                yield Reading(connection, connection.log or self._log, at, read_blocked(connection))

    def close(self) -> None:
        self._ended.set()
        with self._advanced:
            self._advanced.notify_all()
        self._thread.join()
        if self._readers is not None:
            self._readers.close()
        self._generations.close()
        self.follower.close()

    def _view(self, opened: contextlib.ExitStack) -> tuple[Connection, int] | None:
        """None where the replica does not answer: then the primary is asked."""
        if self._readers is None or self.down is not None:
            return None
        try:
            return opened.enter_context(self._readers.view())
        except (StorageError, Drained):
            return None

    # -- the thread ------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            self._try_look()

    def _try_look(self) -> None:
        try:
            self._look()
            self.down = None
        except Exception as error:  # noqa: BLE001 -- said in `down`, and tried again; the primary answers meanwhile
            self.down = f"{type(error).__name__}: {error}"
            with self._advanced:
                self._advanced.notify_all()

    def _look(self) -> None:
        name = self._generations.current()
        if name is None:
            raise StorageError("the replica has no projections yet")
        if self._readers is None or name != self._name:
            self._readers, self._name = self._generations.readers(name), name
        with self._readers.view() as (_, newest):
            held = newest
        with self._advanced:
            self._held = held
            self._advanced.notify_all()
