"""What a question is answered from: the ledger that a server has open, or a copy that nobody writes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from api.context import Identity
from ledger.clock import Clock
from ledger.directory import Directory
from ledger.store.base import LogReader
from ledger.world import World
from projections.findings.engine import Memory
from projections.reading import Reading


class Logged(Protocol):
    """The log, and where its files lie."""

    @property
    def directory(self) -> Directory: ...

    @property
    def reader(self) -> LogReader: ...

    def world_now(self, stream: str) -> World:
        """The world at the head with a stream and the root loaded."""


class Projected(Protocol):
    """The projections. position: up to which they are worked in."""

    @property
    def position(self) -> int: ...

    def newest(self, least: int = 0) -> int:
        """The newest position that can be read. least: what was waited for."""

    def reading(self, position: int | None = None) -> AbstractContextManager[Reading]:
        """A consistent view, at a position or at the newest."""


class Source(Protocol):
    """position: how many entries there are. api/context.py says what each of the rest is."""

    @property
    def clock(self) -> Clock: ...

    @property
    def position(self) -> int: ...

    @property
    def identity(self) -> Identity: ...

    @property
    def ledger(self) -> Logged: ...

    @property
    def follower(self) -> Projected: ...

    @property
    def findings(self) -> Memory: ...

    def checkpoint(self) -> tuple[int, str] | None: ...

    def checkpoint_over(self, index: int) -> tuple[int, str]: ...

    def today(self) -> str: ...

    def reaches(self, position: int) -> bool: ...

    def wait_for(self, position: int) -> None: ...
