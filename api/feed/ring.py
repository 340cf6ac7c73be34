"""The newest entries as they are sent, encoded once for all readers, and no more of them than have room."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from api.feed.items import Told, Wanted

ENTRIES_MAX: Final = 20_000
BYTES_MAX: Final = 16 * 1024 * 1024


class Part(NamedTuple):
    """content: what is to be sent, b"" where nothing is; at: how far it goes; shown: up to the last sent."""

    content: bytes
    at: int
    shown: int


@dataclass(frozen=True)
class Frame:
    """Entries from a position on, sent as one piece. Never changed."""

    start: int
    told: Sequence[Told]

    @property
    def end(self) -> int:
        return self.start + len(self.told)

    @cached_property
    def whole(self) -> bytes:
        """For all who take everything: one and the same bytes."""
        return b"".join(one.message for one in self.told)

    @cached_property
    def size(self) -> int:
        return sum(len(one.message) for one in self.told)

    def part(self, at: int, wanted: Wanted) -> Part:
        """What a reader who has got as far as a position within gets of it."""
        if wanted.everything:
            whole = at == self.start
            content = self.whole if whole else b"".join(one.message for one in self.told[at - self.start :])
            return Part(content, self.end, self.end)
        pieces, shown = [], at
        for position, one in enumerate(self.told[at - self.start :], at + 1):
            if wanted.takes(one):
                pieces.append(one.message)
                shown = position
        return Part(b"".join(pieces), self.end, shown)

    def fits(self, at: int, wanted: Wanted) -> bool:
        """Is something of it after a position wanted?"""
        return any(wanted.takes(one) for one in self.told[at - self.start :])


@dataclass
class Ring:
    """Frames that follow one another, up to `end`; what came before `start` is read from the log."""

    start: int
    end: int = field(init=False)

    def __post_init__(self) -> None:
        self.end = self.start
        self._frames: deque[Frame] = deque()
        self._size = 0

    def add(self, frame: Frame) -> None:
        assert frame.start == self.end
        self._frames.append(frame)
        self.end, self._size = frame.end, self._size + frame.size
        while len(self._frames) > 1 and (self.end - self.start > ENTRIES_MAX or self._size > BYTES_MAX):
            gone = self._frames.popleft()
            self.start, self._size = gone.end, self._size - gone.size

    def holding(self, position: int) -> Frame | None:
        """The frame with the entry at a leaf index; None before the ring and at its end."""
        if not self.start <= position < self.end:
            return None
        return next(frame for frame in reversed(self._frames) if frame.start <= position)
