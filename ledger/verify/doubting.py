"""Which doubt the entries throw on a value, an event or an act, as known at a position."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.doubt import WORST, Statement, doubts_of, offices_behind, worst
from ledger.event import Signer, Stated
from ledger.ids import body_stream, split_stream
from ledger.registry import Kept
from ledger.streams import load_offices, load_stream
from ledger.timeline import Answer
from ledger.verify.entry_file import EntryFile
from ledger.verify.judging import Nothing
from ledger.world import World


@dataclass(frozen=True, slots=True)
class Said:
    """Implements ledger.doubt.Statement for any entry, also one that was corrected since."""

    event: str
    event_index: int
    signers: tuple[Signer, ...]
    recorded_at: str

    @classmethod
    def of(cls, stated: Stated) -> Said:
        return cls(stated.event.id, stated.index, stated.event.signers, stated.recorded_at)


class Doubts:
    """world: as of a position, with the stream's programme in it if it is one."""

    def __init__(self, world: World, file: EntryFile, position: int, stream: str) -> None:
        self._world, self._stream = world, stream
        self._reader = Nothing(file, position)
        self._known: dict[str, str | None] = {}

    def of(self, found: Answer) -> str | None:
        """The word on a value: the worst on any write of its chain."""
        slots = self._world.programmes[split_stream(self._stream)[1]].timeline.slots
        return self.worst(slots[placed.slot] for placed in found.chain)

    def worst(self, statements: Iterable[Statement | Kept]) -> str | None:
        """The worst word on any of the statements."""
        words = {self._word(one) for one in statements}
        return next((word for word in WORST if word in words), None)

    def _word(self, statement: Statement | Kept) -> str | None:
        """Raises StorageError if what judges it is not here."""
        if statement.event not in self._known:
            self._load(statement)
            self._known[statement.event] = worst(doubts_of(self._world, self._stream, statement))
        return self._known[statement.event]

    def _load(self, statement: Statement | Kept) -> None:
        """What was replayed is in the world; bodies of which nothing is said are founded in it."""
        family, name = split_stream(self._stream)
        offices = list(offices_behind(self._world, self._stream, statement))
        self._world = load_offices(self._world, offices, self._reader)
        for body in (name, *self._world.root.lineage(name)) if family == "body" else ():
            self._world = load_stream(self._world, body_stream(body), self._reader)
