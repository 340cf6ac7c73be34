"""Following the log: a thread that applies what was appended, and readers for questions.

Of several processes one leads and applies; the others look how far it is.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from ledger.errors import StorageError
from ledger.store.base import LogReader
from projections.reading import Reading, read_blocked
from projections.rebuild import rebuild_in
from projections.store.base import Connection, Drained, Generations, Readers
from projections.store.sqlite import FileGenerations
from projections.writer import Writer

log = logging.getLogger("pledger.projections")

BATCH_ENTRIES = 1000
POLL_SECONDS = 0.5
LOOK_SECONDS = 0.01  # for a reader whose generation is gone, until it sees the next one
SWITCH_SECONDS = 2.0
GATHER_SECONDS = 0.01  # under load several commits are applied as one batch


class Hints(Protocol):
    """What may tell sooner than the next look that the log has grown, or was applied."""

    def wait(self, seconds: float) -> bool:
        """Wait for a hint at most so long; whether one came."""

    def wake(self) -> None:
        """Let the one that waits go on."""

    def close(self) -> None: ...

    def released(self) -> None:
        """Whoever waited has ended."""


class Event:
    """Implements Hints within one process."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def wait(self, seconds: float) -> bool:
        came = self._event.wait(seconds)
        self._event.clear()
        return came

    def wake(self) -> None:
        self._event.set()

    def close(self) -> None:
        self._event.set()

    def released(self) -> None:
        """Nothing is held."""


class Follower:
    """Keeps the current generation up to date with the log. Start, wake, wait, close.

    place: where the generations are, or a ledger's directory. on_growth(size): as soon as it is seen that
    the log has grown. fault: why nothing is applied any more, None while all is well. blocked: programmes
    that cannot be kept up, each with the entry (leaf index) that could not be applied.
    """

    def __init__(
        self,
        place: Path | Generations,
        log: LogReader,
        *,
        hints: Hints | None = None,
        on_growth: Callable[[int], None] | None = None,
    ) -> None:
        self._generations = FileGenerations(place) if isinstance(place, Path) else place
        self._log, self._hints, self._on_growth = log, hints or Event(), on_growth
        self._ended = threading.Event()
        self._looked = float("-inf")  # when it was last asked which generation is current
        self._advanced = threading.Condition()
        self._closing = False
        self.fault: str | None = None
        self.blocked: dict[str, int] = {}
        self.position = 0
        self._writer: Writer | None = None
        self._readers: Readers | None = None
        self._name = ""
        self._term = 0
        if self._generations.lead():
            self._take_up(self._open())
        else:
            self._look_first()
        self._thread = threading.Thread(target=self._run, name="projections", daemon=True)
        self._thread.start()

    def _look_first(self) -> None:
        """The process that leads may be making the first generation just now."""
        try:
            self._look()
        except StorageError as error:
            self.fault = str(error)

    @property
    def generation(self) -> str:
        """The name of the tables that are read."""
        return self._name

    @property
    def leads(self) -> bool:
        """Does this process apply entries?"""
        return self._writer is not None

    def _open(self) -> Writer:
        """The current generation; a new one if there is none or it cannot be used."""
        name = self._generations.current()
        if name is not None and self._generations.is_usable(name):
            with contextlib.suppress(Exception):  # whatever is wrong with it, a new one can be made
                return Writer(self._generations.open(name), self._log)
        fresh = rebuild_in(self._generations, self._log)
        if name is not None:
            self._generations.remove(name)
        return Writer(self._generations.open(fresh), self._log)

    def wake(self) -> None:
        """Say that the log has grown."""
        self._hints.wake()

    def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Wait until a position is applied; False if it was not in time."""
        with self._advanced:
            return (
                self._advanced.wait_for(lambda: self.position >= position or self._closing, timeout_seconds)
                and self.position >= position
            )

    def newest(self, least: int = 0) -> int:
        """The newest position that can be read here. least: what was waited for."""
        return self.position

    def close(self) -> None:
        self._closing = True
        self._ended.set()
        self._hints.close()
        with self._advanced:
            self._advanced.notify_all()
        self._thread.join()
        self._hints.released()
        if self._writer is not None:
            self._writer.close()
        if self._readers is not None:
            self._readers.close()
        self._generations.close()

    @contextlib.contextmanager
    def reading(self, position: int | None = None) -> Iterator[Reading]:
        """A consistent view of the current generation, at a position or at its newest.

        Raises StorageError once the follower is closed, or while there is no generation.
        """
        with contextlib.ExitStack() as opened:
            connection, newest = self._enter(opened)
            at = newest if position is None else min(position, newest)
            yield Reading(connection, connection.log or self._log, at, read_blocked(connection))

    def _enter(self, opened: contextlib.ExitStack) -> tuple[Connection, int]:
        until = time.monotonic() + SWITCH_SECONDS
        while True:
            readers = self._readers
            if readers is None:
                raise StorageError("the projections are not made yet: wait for the process that leads")
            try:
                return opened.enter_context(readers.view())
            except Drained:
                # A rebuild has just put other readers in their place, or there will be none.
                if self._closing:
                    raise StorageError("the projections are closed") from None
                if readers is self._readers and self._ended.wait(LOOK_SECONDS):
                    continue
                if time.monotonic() > until:
                    raise StorageError("the projections were removed: they are made anew") from None

    def _run(self) -> None:
        while not self._closing:
            try:
                self._turn()
                self.fault = None
            except Exception as error:  # noqa: BLE001 -- said in `fault`, and tried again
                self.fault = f"{type(error).__name__}: {error}"
                self._reopen()
            if self._hints.wait(POLL_SECONDS):
                self._ended.wait(GATHER_SECONDS)

    def _turn(self) -> None:
        if not self._generations.lead():
            self._give_up()
            self._look()
            return
        if self._writer is None or self._generations.term != self._term:
            self._take_up(self._open())
        self._follow()

    def _follow(self) -> None:
        assert self._writer is not None
        if time.monotonic() - self._looked >= POLL_SECONDS:
            named = self._generations.current()
            if self._readers is not None and self._readers.damaged:
                self._begin_anew()
            elif named not in (None, self._name) or not self._generations.is_usable(self._name):
                self._switch()
            self._looked = time.monotonic()
        self._catch_up(self._writer, self._advance)

    def _look(self) -> None:
        """How far is the process that leads?"""
        name = self._generations.current()
        if name is None:
            raise StorageError("the projections are not made yet: wait for the process that leads")
        if name != self._name:
            if not self._generations.is_usable(name):
                raise StorageError(f"the projections {name} were made by another version of the program")
            self._read_from(name)
        assert self._readers is not None
        with self._readers.view() as (connection, newest):
            position, self.blocked = newest, read_blocked(connection)
        self._grown(self._log.head().size)
        self._advance(position)

    def _catch_up(self, writer: Writer, applied: Callable[[int], None]) -> None:
        """Apply what the log has beyond a writer's position. applied(position): after each batch."""
        while not self._closing:
            entries = self._log.entries(writer.position, BATCH_ENTRIES)
            if not entries:
                return
            self._grown(entries[-1].index + 1)
            writer.apply(entries)
            self.blocked = writer.blocked
            applied(writer.position)

    def _grown(self, size: int) -> None:
        if self._on_growth is not None:
            self._on_growth(size)

    def _advance(self, position: int) -> None:
        with self._advanced:
            self.position = position
            self._advanced.notify_all()

    def _switch(self) -> None:
        """Take the generation that a rebuild has made current, once it is not behind the old one."""
        writer = self._open()
        try:
            self._catch_up(writer, lambda position: None)
        except BaseException:
            writer.close()
            raise
        self._take_up(writer)

    def _begin_anew(self) -> None:
        """The tables are rotten: another set is made from the log, and the old one is removed."""
        log.error("the projections %s are damaged: they are made anew from the log", self._name)
        self._take_up(Writer(self._generations.open(rebuild_in(self._generations, self._log)), self._log))

    def _reopen(self) -> None:
        """After a failed batch the writer's memory is worth nothing: read it anew."""
        with contextlib.suppress(Exception):
            if self._writer is not None:
                self._writer.close()
                if self._generations.lead():
                    self._take_up(self._open())
                else:
                    self._writer = None

    def _give_up(self) -> None:
        """Another process leads now."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _take_up(self, writer: Writer) -> None:
        """Go on with another writer; of another generation, the old one's readers drain."""
        self._term = self._generations.term
        old, name = self._writer, self._name
        self._writer, self.blocked = writer, writer.blocked
        if writer.name != name:
            self._read_from(writer.name)
        self._advance(writer.position)
        if old is not None:
            old.close()
            if old.name != writer.name:
                self._generations.remove(old.name)

    def _read_from(self, name: str) -> None:
        old = self._readers
        self._readers, self._name = self._generations.readers(name), name
        if old is not None:
            old.close()
