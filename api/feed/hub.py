"""One for each server's process: it reads what was appended, and wakes those who wait for it.

A thread waits with the projections, so that an entry is told only when it can be read; everything else
happens in the loop's thread. While nobody reads the feed, nothing is read for it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import Scope

from api.context import Context
from api.feed.items import Wanted, tell
from api.feed.ring import Frame, Part, Ring
from api.limits.gate import streaming
from api.problems import Problem
from ledger.errors import StorageError
from ledger.sentence import Sentence

log = logging.getLogger("pledger.feed")

FRAME_ENTRIES: Final = 512
POLL_SECONDS: Final = 0.5
AGAIN_SECONDS: Final = 1.0  # after a failure of the store
# Each reader costs some tenth of a millisecond a message: the more there are, the longer is gathered.
GATHER_SECONDS_EACH: Final = 0.005
GATHER_SECONDS_MAX: Final = 1.0
PAGES_KEPT: Final = 8


class Hub:
    """Made and used in the loop's thread; `end` it when the server stops taking requests, then `close` it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._grown: asyncio.Future[None] = self._loop.create_future()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._paging = asyncio.Lock()
        self._pages: OrderedDict[int, Frame] = OrderedDict()
        self._ring = Ring(0)
        self.readers = 0
        self.ending = False

    # -- readers, in the loop's thread ---------------------------------------------------

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[None]:
        """While one more follows. Raises Problem too-many-requests or overloaded."""
        if self.ending:
            raise Problem("shutting-down", headers={"Retry-After": "5", "Connection": "close"})
        if self.readers >= self._context.settings.streams_max:
            raise Problem("overloaded", headers={"Retry-After": "5"})
        with streaming(scope):
            self.readers += 1
            try:
                self._start()
                yield
            finally:
                self.readers -= 1

    @property
    def position(self) -> int:
        """Up to where everything was told."""
        return self._ring.end

    def is_old(self, position: int) -> bool:
        """Has what follows to be read from the log?"""
        return position < self._ring.start

    def frame(self, position: int) -> Frame | None:
        """What follows, if it is among the newest."""
        return self._ring.holding(position)

    async def part(self, position: int, wanted: Wanted) -> Part | None:
        """What follows a position, as far as one message goes; None if nothing does yet."""
        frame = await self._page(position) if self.is_old(position) else self.frame(position)
        return frame.part(position, wanted) if frame is not None else None

    async def grown(self, seconds: float, *, unless: asyncio.Future[None] | None = None) -> bool:
        """Wait for more entries or for the end, at most so long. unless: what else ends the waiting."""
        waited = [self._grown, *([unless] if unless is not None else ())]
        done, _ = await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    def end(self) -> None:
        """The server stops: everybody is let go."""
        self.ending = True
        self._ended.set()
        self._wake()

    async def close(self) -> None:
        self.end()
        thread = self._thread
        if thread is not None:
            await asyncio.to_thread(thread.join)

    def _wake(self) -> None:
        grown, self._grown = self._grown, self._loop.create_future()
        if not grown.done():
            grown.set_result(None)

    # -- what is no longer among the newest ----------------------------------------------

    async def _page(self, position: int) -> Frame:
        """A whole frame around a position, which several readers may share; one is read at a time."""
        start = position - position % FRAME_ENTRIES
        async with self._paging:
            kept = self._pages.get(start)
            if kept is None or kept.end <= position:
                end = min(start + FRAME_ENTRIES, self._ring.end)
                kept = self._pages[start] = await run_in_threadpool(self._read, start, end)
                while len(self._pages) > PAGES_KEPT:
                    self._pages.popitem(last=False)
            self._pages.move_to_end(start)
            return kept

    def _read(self, start: int, end: int) -> Frame:
        """Entries from a leaf index on that the projections hold. Raises StorageError."""
        with self._context.follower.reading(end) as reading:
            entries = reading.log.entries(start, min(end, reading.position) - start)
        if not entries:
            raise StorageError(
                Sentence("№ {number} is missing, or stands elsewhere", "entry-missing", number=start + 1)
            )
        return Frame(start, tuple(map(tell, entries)))

    # -- the thread ----------------------------------------------------------------------

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            self._ring = Ring(self._context.follower.position)
            self._thread = threading.Thread(
                target=self._run, args=(self._ring.start,), name="feed", daemon=True
            )
            self._thread.start()

    def _run(self, position: int) -> None:
        follower, failed = self._context.follower, False
        while not self._ended.is_set():
            try:
                if follower.wait_for(position + 1, POLL_SECONDS):
                    self._ended.wait(min(GATHER_SECONDS_MAX, self.readers * GATHER_SECONDS_EACH))
                    position = self._read_on(position, follower.newest(position + 1))
                elif self._is_idle():
                    return
                failed = False
            except Exception as error:  # noqa: BLE001 -- said once, and tried again
                if not failed:
                    log.warning("the feed cannot read № %d: %s; it is tried again", position + 1, error)
                failed = True
                self._ended.wait(AGAIN_SECONDS)

    def _read_on(self, position: int, end: int) -> int:
        while position < end and not self._ended.is_set():
            frame = self._read(position, min(end, position + FRAME_ENTRIES))
            with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                self._loop.call_soon_threadsafe(self._take, frame)
            position = frame.end
        return position

    def _is_idle(self) -> bool:
        """Does nobody read? Then the thread ends; whoever comes next starts another one."""
        with self._lock:
            if self.readers:
                return False
            self._thread = None
            return True

    def _take(self, frame: Frame) -> None:
        if frame.start != self._ring.end:
            return  # of a thread that has ended since
        frame.whole  # noqa: B018 -- joined once, before many ask for it
        self._ring.add(frame)
        self._wake()


def hub_of(request: Request) -> Hub:
    """The hub that the application was started with."""
    hub = request.app.state.hub
    assert isinstance(hub, Hub)
    return hub
