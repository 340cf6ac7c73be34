"""The releases of a running server: a new one when it is asked for and the newest is older than the state."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from api.opendata.point import VERSION, Point, Readings
from api.opendata.shelf import Shelf
from ledger.errors import LedgerError, StorageError
from ledger.merkle import leaf_hash
from ledger.store.base import LogReader
from projections.generation import RULES_VERSION
from projections.positions import at_position

if TYPE_CHECKING:
    from api.opendata.making import Manifest

log = logging.getLogger("pledger.opendata")

FOLDER: Final = "opendata"
FIRST_SECONDS: Final = 20.0  # for the first release of all
WAIT_SECONDS: Final = 2.0  # for a release that is being made, where an older one can be shown
CLOSE_SECONDS: Final = 10.0


class NotMade(LedgerError):
    """The first release is being made. size: how many entries it will show."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"the first release of open data, of {size} entries, is being made")


class Logged(Protocol):
    @property
    def reader(self) -> LogReader: ...


class Projected(Readings, Protocol):
    def newest(self, least: int = 0) -> int: ...


class Place(Protocol):
    """What of a ledger's context a release needs: a server's, or a copy's."""

    @property
    def identity(self) -> Any: ...

    @property
    def ledger(self) -> Logged: ...

    @property
    def follower(self) -> Projected: ...

    def today(self) -> str: ...


def point_of(place: Place, *, licence: str, public: str | None) -> Point | None:
    """The newest state; None while there is no ledger."""
    reader = place.ledger.reader
    known = at_position(reader, place.follower.newest())
    identity = place.identity
    if known.position == 0 or not identity.genesis:
        return None
    last = leaf_hash(reader.entries(known.position - 1, 1)[0].raw).hex()
    return Point(
        identity.origin,
        identity.genesis,
        identity.zone,
        place.today(),
        known,
        last,
        licence,
        public.rstrip("/") if public else None,
    )


def is_of(manifest: Manifest, reader: LogReader) -> bool:
    """Does a release show this log, and this past of it? A restored backup may have another."""
    position = manifest["position"]
    if position > reader.head().size:
        return False
    return bool(leaf_hash(reader.entries(position - 1, 1)[0].raw).hex() == manifest["last"])


class Publisher:
    """One for a process; safe between threads.

    every: seconds between two releases, at least. clock: seconds that only grow.
    """

    def __init__(
        self,
        place: Place,
        folder: Path,
        *,
        licence: str,
        public: str | None,
        every: float,
        keep: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shelf = Shelf(folder)
        self._place, self._licence, self._public = place, licence, public
        self._every, self._keep, self._clock = every, keep, clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._made_at: float | None = None
        self._ending = False
        self._failure: LedgerError | None = None

    def latest(self) -> Manifest | None:
        """The newest release, made first if it is time; None while there is no ledger.

        Whoever asks waits a moment for one that is being made, and gets the one before if it takes longer.
        Raises StorageError where there is none at all and none could be made.
        """
        point = point_of(self._place, licence=self._licence, public=self._public)
        if point is None:
            return None
        made, newest = self.shelf.manifest(point.name), self.newest()
        if made is not None or (newest is not None and not self._is_time()):
            return made or newest
        thread = self._start(point, newest)
        thread.join(WAIT_SECONDS if newest is not None else FIRST_SECONDS)
        found = self.shelf.manifest(point.name) or self.newest()
        if found is None:
            raise self._failure or NotMade(point.known.position)
        return found

    def newest(self) -> Manifest | None:
        """The newest release of this log that is there; of several of one state that of these settings."""
        those = self._those_of_this_log()
        first = next(those, None)
        if first is None:
            return None
        same = takewhile(lambda one: one["release"][:-16] == first["release"][:-16], those)
        return next((one for one in (first, *same) if self._is_set(one)), first)

    def _is_set(self, manifest: Manifest) -> bool:
        told = (manifest["licence"], manifest["public_url"], manifest["version"], manifest["rules"])
        public = self._public.rstrip("/") if self._public else None
        return bool(told == (self._licence, public, VERSION, RULES_VERSION))

    def releases(self) -> list[Manifest]:
        """All of this log, newest first."""
        return list(self._those_of_this_log())

    def _those_of_this_log(self) -> Iterator[Manifest]:
        for name in reversed(self.shelf.names()):
            found = self.shelf.manifest(name)
            if found is not None and is_of(found, self._place.ledger.reader):
                yield found

    def close(self) -> None:
        """What is under way ends at the next programme, and leaves nothing."""
        self._ending = True
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(CLOSE_SECONDS)

    def _is_time(self) -> bool:
        with self._lock:
            is_idle = self._thread is None or not self._thread.is_alive()
            return not is_idle or self._made_at is None or self._clock() - self._made_at >= self._every

    def _start(self, point: Point, before: Manifest | None) -> threading.Thread:
        """The thread that makes a release: one at a time."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._make, args=(point, before), name="opendata", daemon=True
                )
                self._thread.start()
            return self._thread

    def _make(self, point: Point, before: Manifest | None) -> None:
        # All tables of all themes: imported when the first release is asked for.
        from api.opendata.making import Unwanted, make  # noqa: PLC0415

        try:
            made = make(
                self.shelf,
                self._place.follower,
                point,
                before=before,
                go_on=lambda: not self._ending,
            )
            self._failure = None
            self.shelf.trim(self._keep, made["signed"])
        except Unwanted:
            return
        except LedgerError as error:
            log.warning("a release of open data was not made: %s", error)
            self._failure = error
        except Exception as error:  # whatever it is, the release before stands, and it is tried again
            log.exception("a release of open data was not made")
            self._failure = StorageError(f"the release could not be made: {type(error).__name__}")
        finally:
            self._made_at = self._clock()
