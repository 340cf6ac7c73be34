"""What every door needs: the open ledger, the projections that follow it, and the clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fastapi import Request

from api.opendata.publisher import FOLDER, Publisher
from api.problems import Problem
from api.settings import Settings
from api.source_texts import read_source_texts
from api.trust.keeper import TrustKeeper
from api.trust.outside import outside
from api.validators import Moment
from api.webhooks.configured import configuration_of
from ledger.clock import Clock, SystemClock, local_date
from ledger.directory import Directory
from ledger.errors import LedgerError, Stopped
from ledger.restored import read_restored
from ledger.service import Ledger
from ledger.store.place import Database
from ledger.tlog.stored import newest_stored
from ledger.world import World
from projections.follower import Follower
from projections.following import open_follower
from projections.reading import Reading
from projections.replica import ReplicaReading

if TYPE_CHECKING:
    from api.webhooks.address import Reach
    from api.webhooks.sender import Sender
    from projections.findings.engine import Memory

CHECKPOINT_TRIES = 50
IMPORTS_AT_ONCE = 2  # each reads up to 20,000 rows and judges up to 256 drafts


@dataclass(frozen=True, slots=True)
class Identity:
    """Which ledger this is; genesis "" while it is not open."""

    origin: str
    genesis: str
    zone: ZoneInfo


class Context:
    """One ledger's directory, open. Made when the server starts, closed when it stops."""

    def __init__(self, settings: Settings, clock: Clock | None = None, *, reach: Reach | None = None) -> None:
        """reach: where webhooks may be sent to, everywhere if not said."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self.uploads = asyncio.Semaphore(settings.uploads_at_once)
        self.bundles = asyncio.Semaphore(settings.bundles_at_once)
        self.imports = asyncio.Semaphore(IMPORTS_AT_ONCE)
        self.exports = asyncio.Semaphore(settings.exports_at_once)
        self._source_texts = read_source_texts(settings.source_texts)
        self._follower: Follower | ReplicaReading | None = None
        self._size = 0
        self._identity: Identity | None = None
        self._checkpoint: tuple[int, str] | None = None
        self._world = World()
        self._trust: TrustKeeper | None = None
        self.webhooks: Sender | None = None
        asked = outside(settings)
        restores = read_restored(settings.data)
        self.restored = restores[-1] if restores else None
        self.ledger = Ledger(
            settings.data,
            clock=self.clock,
            on_commit=self._committed,
            database=database_of(settings),
            signer=settings.signer,
            signer_token=settings.signer_token,
        )
        try:
            self._size = self.ledger.reader.head().size
            self.follower = self._follower = open_follower(
                self.ledger, settings.replica, on_growth=self._committed
            )
            self.opendata = Publisher(
                self,
                settings.data / FOLDER,
                licence=settings.opendata_licence,
                public=settings.public_url,
                every=settings.opendata_seconds,
                keep=settings.opendata_keep,
            )
            self.webhooks = self._open_webhooks(reach)
            self.trust = self._trust = TrustKeeper(
                self.ledger,
                asked,
                self.clock,
                seconds=settings.trust_seconds,
                late=timedelta(seconds=settings.trust_late_seconds),
                leads=lambda: self.follower.leads,
            )
            self.trust.start()
            if self.webhooks is not None:
                self.webhooks.start()
        except BaseException:
            if self.webhooks is not None:
                self.webhooks.close()
            if self._follower is not None:
                self._follower.close()
            self.ledger.close()
            raise

    def _open_webhooks(self, reach: Reach | None) -> Sender | None:
        """None where none is configured."""
        if configuration_of(self.settings) is None:
            return None
        from api.webhooks.opening import EVERYWHERE, open_webhooks  # noqa: PLC0415 -- for those who have any

        return open_webhooks(
            self.settings,
            self.ledger,
            self.follower,
            self.checkpoint,
            self.clock,
            reach=reach or EVERYWHERE,
        )

    @cached_property
    def findings(self) -> Memory:
        """What was judged of programmes; the rules are imported when somebody asks."""
        from projections.findings.engine import Memory  # noqa: PLC0415 -- forty files

        return Memory(self._source_texts)

    def close(self) -> None:
        """Take what is under way, then let go of everything."""
        if self.webhooks is not None:
            self.webhooks.close()
        self.trust.close()
        self.opendata.close()
        self.ledger.appender.close()
        self.follower.close()
        self.ledger.close()

    def listen_to_commits(self, on_group: Callable[[int, float], None]) -> None:
        """on_group(entries, seconds): after each commit of this process."""
        self.ledger.appender.listen(on_group)

    @property
    def position(self) -> int:
        """How many entries there are, as far as was seen here; on a replica how many it shows."""
        if isinstance(self._follower, ReplicaReading):
            return self._follower.position
        return self._size

    def newest_position(self) -> int:
        """How many entries there are by now, whatever a replica shows."""
        return max(self._size, self.ledger.reader.head().size)

    def _committed(self, size: int) -> None:
        if size <= self._size:
            return
        self._size = size
        if self._follower is not None:
            self._follower.wake()
        if self._trust is not None:
            self._trust.wake()

    @property
    def identity(self) -> Identity:
        """Fixed once the ledger is open, so it is read once."""
        if self._identity is None:
            root = self.ledger.world_now().root
            if not root.opened:
                return Identity(self.ledger.signer.origin, "", ZoneInfo("UTC"))
            self._identity = Identity(root.origin, root.genesis, ZoneInfo(root.zone))
        return self._identity

    @property
    def log_key(self) -> str:
        """The verifier key in force; the signer's first one while the ledger is not open."""
        return self.world().root.log_key or self.ledger.signer.verifier_key

    def checkpoint(self) -> tuple[int, str] | None:
        """The newest signed checkpoint: (size, note). None if none could be signed so far."""
        own = self.ledger.appender.checkpoint
        if self.ledger.database is None or (own is not None and own[0] >= self._size):
            return own
        if own is None and self._is_cut():
            return None
        shared = newest_stored(self.ledger.reader)  # of another process, perhaps
        return shared if own is None or (shared is not None and shared[0] > own[0]) else own

    def _is_cut(self) -> bool:
        """Is the log shorter than what its key has signed? Then no head of it is the newest."""
        with suppress(LedgerError):  # whoever cannot ask the signer does not know
            signed = self.ledger.signer.last()[0]
            return signed > self.ledger.reader.head().size
        return False

    def witnessed(self) -> tuple[int, str] | None:
        """The newest checkpoint that satisfies the policy: (size, note). None without one, or a policy."""
        newest = self.trust.standing.witnessed
        return (newest.size, newest.note) if newest is not None else None

    def checkpoint_over(self, index: int) -> tuple[int, str]:
        """The first checkpoint that covers a leaf. Raises Stopped."""
        for _ in range(CHECKPOINT_TRIES):
            found = self.ledger.reader.checkpoint_after(index) or self.checkpoint()
            if found is not None and found[0] > index:
                return found
            time.sleep(0.02)
        raise Stopped("the log's head is not signed")

    def world(self) -> World:
        """The world at the head, with what was loaded for drafts at the same head."""
        if self._world.position != self.ledger.reader.head().size or not self._world.loaded:
            self._world = self.ledger.world_now()
        return self._world

    def keep(self, world: World) -> None:
        """Let the next draft start with what this one had to load. world: without the draft."""
        if world.position == self._world.position:
            self._world = world

    def today(self) -> str:
        """The calendar date in the ledger's time zone."""
        return local_date(self.clock.now(), self.identity.zone).isoformat()

    def moment(self) -> Moment | None:
        """What an answer about a programme is made from; None where another server tells how far it is."""
        follower = self._follower
        if not isinstance(follower, Follower):
            return None
        return (follower.generation, follower.position, self._size, self.today())

    def reaches(self, position: int) -> bool:
        """Are there so many entries? A commit can be read a moment before it is announced: look again."""
        return position <= self.position or position <= self.ledger.reader.head().size

    @contextmanager
    def reading(self, least: int) -> Iterator[Reading]:
        """The newest view that holds a position; waits for it. Raises Problem behind."""
        self.wait_for(least)
        with self.follower.reading(self.follower.newest(least)) as reading:
            if reading.position < least:
                raise behind(least, reading.position)
            yield reading

    def wait_for(self, position: int) -> None:
        """Wait until the projections hold a position. Raises Problem behind."""
        if self.follower.position >= position:
            return
        if not self.follower.wait_for(position, self.settings.wait_seconds):
            raise behind(position, self.follower.position)


def database_of(settings: Settings) -> Database | None:
    """What the settings say of a database; None where the directory says it, or there is none."""
    named = settings.database
    if named is None:
        file = Directory(settings.data).database
        if file is None:
            return None
        named = file.conninfo
    return Database(named, settings.standbys, settings.database_unsafe)


def behind(wanted: int, position: int) -> Problem:
    return Problem("behind", "", wanted, headers={"Retry-After": "1"}, errors=[], position=position)


def public_address(request: Request) -> str:
    """Of this server as its readers know it, without a slash at the end: as set, else as it was asked."""
    return (context_of(request).settings.public_url or str(request.base_url)).rstrip("/")


def context_of(request: Request) -> Context:
    """The context that the application was started with."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context
