"""Judging entries anew as of one position, and keeping the verdicts that are other ones than before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace

import orjson
from immutables import Map

from ledger.doubt import Doubt, doubts_of, worst
from ledger.entry import Entry
from ledger.event import Signer, Stated
from ledger.ids import REGISTRAR, ROOT, SERVICE, body_stream, split_stream
from ledger.programme import Programme
from ledger.registry import Kept, keep
from ledger.store.base import Tail
from ledger.streams import load_offices, load_stream
from ledger.world import World
from projections.disturbed import resting_on
from projections.enactments import Enactments, endorsed_by
from projections.signatures import OPEN, REAFFIRMED, Signatures
from projections.store.base import Writing


@dataclass(frozen=True, slots=True)
class _Said:
    """Implements ledger.doubt.Statement for any entry, also one that was corrected since."""

    event: str
    event_index: int
    signers: tuple[Signer, ...]
    recorded_at: str


class Judge:
    """world: as of a position; what is needed is loaded into it."""

    def __init__(self, cursor: Writing, signatures: Signatures, tail: Tail, world: World) -> None:
        self._cursor, self._signatures, self._tail = cursor, signatures, tail
        self._enactments = Enactments(cursor)
        self.world = load_stream(world, ROOT, tail)
        self._whole = -1  # bodies in the world when it was last seen to hold all that re-affirmed there

    def judge(self, indexes: Iterable[int]) -> set[int]:
        """Judge entries, and what rests on those whose doubt is another now, which are returned."""
        waiting, judged, changed = deque(indexes), set[int](), set[int]()
        while waiting:
            index = waiting.popleft()
            if index in judged or index >= self.world.position:
                continue
            judged.add(index)
            entry = self._tail.entries(index, 1)[0]
            stated = entry.stated()
            if self._keep(entry, self._doubts(stated)):
                changed.add(index)
                waiting.extend(self._following(stated))
        return changed

    def _following(self, stated: Stated) -> Iterator[int]:
        """A re-affirmation in doubt lifts nothing; what rests on the suspect is suspect."""
        if stated.event.kind == REAFFIRMED:
            yield from self._tail.events(self._signatures.reaffirmed_by(stated.index)).values()
        yield from self._enactments.resting_on(stated)
        yield from resting_on(self.world, stated, self._signatures)

    def _doubts(self, stated: Stated) -> tuple[Doubt, ...]:
        event, stream = stated.event, stated.event.subject
        said = _Said(event.id, stated.index, event.signers, stated.recorded_at)
        stub = self._asked(stated)
        if split_stream(stream)[0] != "programme":
            return doubts_of(self.world, stream, said)
        return doubts_of(replace(self.world, programmes=Map({stub.id: stub})), stream, said)

    def _asked(self, stated: Stated) -> Programme:
        """All that is asked of a programme: it need not be loaded. Who signed what is asked about is."""
        stream = stated.event.subject
        endorsed = [self._tail.entries(index, 1)[0].stated() for index in self._enactments.endorsed(stated)]
        reaffirmed: dict[str, tuple[Kept, ...]] = {}
        for one in (stated, *endorsed):
            reaffirmed |= self._reaffirmed(stream, one.event.id)
            self._load(stream, one.event.signers)
        known = Programme(split_stream(stream)[1], reaffirmed=Map(reaffirmed))
        return endorsed_by(known, stated.event.id, endorsed) if endorsed else known

    def _reaffirmed(self, stream: str, event: str) -> dict[str, tuple[Kept, ...]]:
        """What re-affirms a statement, and what re-affirms that; whoever signed it is loaded."""
        found: dict[str, tuple[Kept, ...]] = {}
        waiting = [event]
        while waiting:
            named = waiting.pop()
            indexes = self._signatures.reaffirming(stream, named) if named not in found else []
            if not indexes:
                continue
            said = [self._tail.entries(index, 1)[0].stated() for index in indexes]
            found[named] = tuple(keep(one, "reaffirmed", None) for one in said)
            for one in said:
                self._load(stream, one.event.signers)
                waiting.append(one.event.id)
        return found

    def _load(self, stream: str, signers: Iterable[Signer]) -> None:
        """The registries by which signers of a stream are judged."""
        offices = [signer.office for signer in signers if signer.office not in (REGISTRAR, SERVICE)]
        self.world = load_offices(self.world, offices, self._tail)
        family, name = split_stream(stream)
        for body in (name, *self.world.root.lineage(name)) if family == "body" else ():
            self.world = load_stream(self.world, body_stream(body), self._tail)
        while self._whole != len(self.world.bodies):
            self._whole = len(self.world.bodies)
            self._load_reaffirming()

    def _load_reaffirming(self) -> None:
        """Whoever re-affirmed a statement of a registry may hold an office elsewhere."""
        for registry in (self.world.root, *self.world.bodies.values()):
            for kept in (kept for said in registry.reaffirmed.values() for kept in said):
                offices = [signer.office for signer in kept.signers if signer.office != REGISTRAR]
                self.world = load_offices(self.world, offices, self._tail)

    def _keep(self, entry: Entry, doubts: tuple[Doubt, ...]) -> bool:
        """Note from here on what stands against an entry. Returns whether it is another thing than before."""
        place, position = (entry.stream, entry.index), self.world.position
        query = f"SELECT causes FROM doubts WHERE stream=? AND leaf_index=? AND known_to={OPEN}"
        row = self._cursor.execute(query, place).fetchone()
        word, causes = worst(doubts), orjson.dumps([astuple(doubt) for doubt in doubts]).decode()
        if (row[0] if row is not None else "[]") == causes:
            return False
        if row is not None:
            query = f"UPDATE doubts SET known_to=? WHERE stream=? AND leaf_index=? AND known_to={OPEN}"
            self._cursor.execute(query, (position, *place))
        if word is not None:
            row = (*place, position, OPEN, word, causes, self._act_of(entry.stated()))
            self._cursor.execute("INSERT INTO doubts VALUES (?,?,?,?,?,?,?)", row)
        return True

    def _act_of(self, stated: Stated) -> str | None:
        """The act that an entry is about: what throws doubt on it throws doubt on what cites the act."""
        if not stated.event.kind.startswith("act."):
            return None
        return self.world.bodies[split_stream(stated.event.subject)[1]].kept[stated.slot].about
