"""Applying entries to a generation, a batch per transaction.

The rule of state lives in ledger/timeline.py; this stores its output. A world as of the
batch's position is carried along; streams that it lacks are loaded as of that position. Of programmes it
has no cells and no slots (projections/sparse.py), and of all streams no more than a bound lets.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import orjson
from eventsourcing.persistence import PersistenceError
from immutables import Map

from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.event import Common, Stated
from ledger.ids import split_stream
from ledger.merkle import Frontier, leaf_hash, read_frontier
from ledger.recent import Recent
from ledger.store.base import LogReader, Tail
from ledger.streams import load_for, load_stream
from ledger.timeline import Act, Life, Slot, changes
from ledger.world import World, evolve
from projections.cell_ids import CellIds
from projections.consent_records import may_be_judged_silently
from projections.doubts import Doubts, DoubtsKnown
from projections.forgetting import Streams, without
from projections.makers import records_of
from projections.reading import read_blocked
from projections.recording import Doc, Row, Told
from projections.search.indexing import INSERT_WORD, Words
from projections.signatures import OPEN
from projections.sparse import (
    Passing,
    Slots,
    corrected,
    is_whole,
    load_sparse,
    slot_at,
    sparse,
    with_act,
    with_programmes,
    with_slots,
)
from projections.store.base import Generation, Writing
from projections.store.sqlite import FileGeneration

log = logging.getLogger("pledger.projections")

KEPT_MAX = 80_000  # statements that stay in memory, some 1 kB each, and as many ids of cells

KNOWN_TO = 9  # its place in a row of lives

LifeKey = tuple[object, ...]  # cell, rank, counts_from; of a closed one also where it ended

INSERT_LIFE = "INSERT INTO lives VALUES (?,?,?,?,?,?,?,?,?,?,?)"
PUT_RECORD = (
    "INSERT INTO records VALUES (?,?,?,?,?) "
    "ON CONFLICT (space, id, known_from) DO UPDATE SET body=excluded.body, doc=excluded.doc"
)
INSERT_FILE = "INSERT INTO files VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
INSERT_CONCERN = "INSERT INTO concerns VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING"
INSERT_CITATION = "INSERT INTO citations VALUES (?,?) ON CONFLICT DO NOTHING"
CLOSE_LIFE = (
    "UPDATE lives SET known_to=? WHERE cell=? AND since=? AND act_date=? AND act_order=? AND slot=? "
    f"AND line=? AND counts_from=? AND known_to={OPEN}"
)


class Writer:
    """Writes one generation. Used by one thread."""

    def __init__(
        self, place: Path | Generation, log: LogReader, *, words: bool = True, kept_max: int | None = None
    ) -> None:
        """place: a generation, or the file of one. words: False if somebody else writes that table.

        kept_max: how much of the log stays in memory, in statements; as a rule KEPT_MAX. Raises StorageError
        if the generation is of another log.
        """
        self._log, self._with_words = log, words
        self._kept_max = kept_max if kept_max is not None else KEPT_MAX
        self._generation = FileGeneration(place) if isinstance(place, Path) else place
        try:
            self.position, self._frontier = self._check_root()
        except BaseException:
            self._generation.close()
            raise
        self._world, self._streams, self._known = self._nothing()
        with self._generation.transaction() as writing:
            self.blocked = read_blocked(writing)

    @property
    def name(self) -> str:
        """The generation's."""
        return self._generation.name

    def close(self) -> None:
        self._generation.close()

    def _check_root(self) -> tuple[int, Frontier]:
        """Our position, and the tree as of it; raises StorageError if the log is another one."""
        position, root = self._generation.newest() or (0, Frontier.empty().root())
        if position > self._log.head().size:
            raise StorageError("the projections are ahead of the log: rebuild them")
        frontier = read_frontier(self._log.nodes, position)
        if frontier.root() != root:
            raise StorageError("the projections were made from another log: rebuild them")
        return position, frontier

    def apply(self, entries: Sequence[Entry]) -> None:
        """Apply entries that follow our position, in one transaction.

        A programme of which an entry cannot be applied is blocked from there on, and the rest goes on.
        """
        while True:
            try:
                self._apply(entries)
            except Unapplied as fault:
                self._block(fault)
            except BaseException:
                self._forget()  # it knows rows that were rolled back
                raise
            else:
                return

    def _block(self, fault: Unapplied) -> None:
        """Note it for good, whatever becomes of the batch; what was remembered of the batch is forgotten."""
        log.critical(
            "programme %s: entry № %d cannot be applied (%s). It answers 503 from there on, and nothing else"
            " is touched. Mend the program, then `pledger rebuild`",
            fault.programme,
            fault.index + 1,
            fault.reason,
            exc_info=fault.__cause__,
        )
        self._forget()  # the world is loaded anew, without that programme
        with self._generation.transaction() as writing:
            writing.execute(
                "INSERT INTO blocked VALUES (?,?,?)", (fault.programme, fault.index, fault.reason)
            )
        self.blocked = {**self.blocked, fault.programme: fault.index}

    def _apply(self, entries: Sequence[Entry]) -> None:
        world, frontier, leaves = self._world, self._frontier, list[bytes]()
        with self._generation.transaction() as writing:
            batch = _Batch(writing, self._log, self._known)
            for entry in entries:
                if entry.index != world.position:
                    raise StorageError(f"entry {entry.index} does not follow position {world.position}")
                stated, leaf = entry.stated(), leaf_hash(entry.raw)
                world = self._apply_one(batch, world, stated)
                if self._with_words:
                    batch.words.take(entry.index, entry.payload, leaf.hex())
                leaves.append(leaf)
            batch.flush()
            frontier, _ = frontier.extend(leaves)
            self._generation.track(writing, world.position, frontier.root())
        self._world, self._frontier = self._streams.bounded(world), frontier
        self.position = world.position

    def _apply_one(self, batch: _Batch, world: World, stated: Stated) -> World:
        family, name = split_stream(stated.event.subject)
        if family != "programme":
            return self._work_in(batch, world, stated)
        if self._is_blocked(name, stated.index):
            return replace(world, position=stated.index + 1)
        with _OfProgramme(name, stated.index):
            return self._work_in(batch, world, stated)

    def _forget(self) -> None:
        """What is needed is loaded again."""
        self._world, self._streams, self._known = self._nothing()

    def _nothing(self) -> tuple[World, Streams, _Known]:
        world = replace(World(), position=self.position)
        return world, Streams(self._kept_max), _Known.empty(self._kept_max)

    def _is_blocked(self, programme: str, index: int) -> bool:
        return self.blocked.get(programme, index + 1) <= index

    def _work_in(self, batch: _Batch, world: World, stated: Stated) -> World:
        event, index = stated.event, stated.index
        family, name = split_stream(event.subject)
        if family == "programme":
            return self._work_in_programme(batch, world, name, stated)
        world = load_for(world, event, self._log.at_position(index))
        after = evolve(world, stated)
        if event.kind.startswith("act.") and not _is_new(event):
            act = _act_of(world, name, stated)
            old, new = world.bodies[name].acts.get(act), after.bodies[name].acts.get(act)
            for programme in batch.citing(act):
                if not self._is_blocked(programme, index):
                    with _OfProgramme(programme, index):
                        batch.act_changed(old, new, programme, act, index)
        return self._finish(batch, world, after, name, stated)

    def _work_in_programme(self, batch: _Batch, world: World, name: str, stated: Stated) -> World:
        tail = self._log.at_position(stated.index)
        world = self._with_programme(batch, world, name, stated, tail)
        after = evolve(world, stated)
        batch.programme(world, after, name, stated)
        followed = self._finish(batch, world, after, name, stated)
        if is_whole(world, name):
            return followed
        slim = followed.programmes.set(name, sparse(followed.programmes[name]))
        return with_programmes(followed, slim, world.citing)

    def _with_programme(self, batch: _Batch, world: World, name: str, stated: Stated, tail: Tail) -> World:
        """The world in which an entry can be worked in: the programme sparse, or whole where it must be."""
        event = stated.event
        world = load_sparse(world, name, tail)
        if is_whole(world, name):
            return load_for(world, event, tail)
        old = corrected(tail, name, stated) if event.relations.corrects is not None else None
        here = {} if old is None and event.relations.corrects is not None else {stated.slot: old}
        slots = Slots(name, tail, partial(batch.newest, name), here)
        world = load_for(with_slots(world, name, slots), event, tail)
        if may_be_judged_silently(world, event):
            return load_stream(without(world, [event.subject]), event.subject, tail)
        old = slots.get(stated.slot)
        return with_act(world, name, old.act, tail) if old is not None and old.act is not None else world

    def _finish(self, batch: _Batch, world: World, after: World, name: str, stated: Stated) -> World:
        """What an entry says of anything but cells."""
        batch.records(Told(world, after, name, stated, batch, self._log))
        batch.take_files(stated)
        followed = batch.doubt(world, after, stated)
        self._streams.used(followed, stated.event)
        return followed


# What goes wrong with the machine, and is no fault of the entry.
_MACHINE = (StorageError, PersistenceError, OSError, MemoryError, sqlite3.Error)


class Unapplied(Exception):
    """An entry (leaf index) that cannot be worked into a programme. reason: in the machine's words."""

    def __init__(self, programme: str, index: int, reason: str) -> None:
        super().__init__(f"{programme}: № {index + 1}: {reason}")
        self.programme, self.index, self.reason = programme, index, reason


class _OfProgramme:
    """What goes wrong in a rule is this programme's; what goes wrong with the machine is not."""

    __slots__ = ("_index", "_programme")

    def __init__(self, programme: str, index: int) -> None:
        self._programme, self._index = programme, index

    def __enter__(self) -> None:
        """Nothing is opened: this is entered for each entry."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, (Unapplied, *_MACHINE)):
            reason = f"{type(error).__name__}: {error}"
            raise Unapplied(self._programme, self._index, reason) from error


def _is_new(event: Common) -> bool:
    """Does the event register an act, which therefore nobody can cite yet?"""
    return event.kind == "act.registered" and event.relations.corrects is None


def _act_of(world: World, body: str, stated: Stated) -> str:
    """The act that an act event is about, also when it is voided."""
    data = stated.event.data
    return str(data.act) if data is not None else world.bodies[body].kept[stated.slot].about


@dataclass(slots=True)
class _Known:
    """What is remembered of the tables from one transaction to the next, so that it need not be read.

    citing: by act, programmes that are known to cite it. stated: by act, the leaf indexes of all that was
    stated about it; only of acts that were registered meanwhile.
    """

    cells: CellIds
    citing: Recent[str, tuple[str, ...]]
    stated: Recent[str, tuple[int, ...]]
    doubts: DoubtsKnown

    @staticmethod
    def empty(kept_max: int) -> _Known:
        return _Known(CellIds(kept_max), Recent(kept_max), Recent(kept_max), DoubtsKnown({}))


class _Batch:
    """Rows gathered for one transaction."""

    def __init__(self, cursor: Writing, log: LogReader, known: _Known) -> None:
        self._cursor, self._log, self._known = cursor, log, known
        self._doubts = Doubts(cursor, log, known.doubts)
        self._opened: dict[LifeKey, list[object]] = {}
        self._closed: list[tuple[object, ...]] = []
        self._records: list[Row] = []
        self._concerns: list[tuple[str, int, int, int | None, str | None]] = []
        self._citations: list[tuple[str, str]] = []
        self._files: list[tuple[object, ...]] = []
        self.words = Words()

    def flush(self) -> None:
        self._known.cells.flush(self._cursor)
        # Rows of earlier batches are closed first: what is opened here may stand in their place.
        self._cursor.executemany(CLOSE_LIFE, self._closed)
        self._cursor.executemany(INSERT_LIFE, self._opened.values())
        self._flush_records()
        self._flush_citations()
        self._flush_concerns()
        self._doubts.flush()
        self._cursor.executemany(INSERT_FILE, self._files)
        self._cursor.executemany(INSERT_WORD, self.words.rows())
        self._known.citing.shrink()
        self._known.stated.shrink()

    def _flush_records(self) -> None:
        self._cursor.executemany(PUT_RECORD, self._records)
        self._records.clear()

    def _flush_citations(self) -> None:
        self._cursor.executemany(INSERT_CITATION, self._citations)
        self._citations.clear()

    def _flush_concerns(self) -> None:
        self._cursor.executemany(INSERT_CONCERN, self._concerns)
        self._concerns.clear()

    def doubt(self, before: World, after: World, stated: Stated) -> World:
        """An entry that changes the doubt of others concerns the programmes that those concern."""
        world, changed = self._doubts.take(before, after, stated)
        if changed - {stated.index}:
            self._flush_concerns()
            within, indexes = self._cursor.among(sorted(changed))
            query = f"SELECT DISTINCT programme FROM concerns WHERE leaf_index IN {within} ORDER BY programme"
            rows = self._cursor.execute(query, (indexes,)).fetchall()
            self._concerns += [(row[0], stated.index, stated.index + 1, None, None) for row in rows]
        return world

    def programme(self, before: World, after: World, name: str, stated: Stated) -> None:
        """The slot that a programme's event states, or states again."""
        new = after.programmes[name]
        slot = new.timeline.slots[stated.slot]
        old = before.programmes.get(name)
        known = old.timeline.slots.get(stated.slot) if old is not None else None
        rows = old.timeline.lives(known) if old is not None and known is not None else None
        self._change(name, rows, new.timeline.lives(slot), stated.index)
        self._concerns.append((name, stated.index, stated.index + 1, slot.index, slot.act))
        if slot.act is not None:
            self._cite(slot.act, name, stated.index)
        if stated.event.kind == "programme.adopted":
            self._originals(name, slot, stated.index)
            if known is None:
                self._adopted(name, new.body, stated.index)

    def _adopted(self, name: str, body: str, index: int) -> None:
        self._cursor.execute(
            "INSERT INTO programmes VALUES (?,?,?,?) "
            "ON CONFLICT (id) DO UPDATE SET adopted_to=excluded.adopted_to",
            (name, body, index, index),
        )

    def _originals(self, name: str, slot: Slot, index: int) -> None:
        """The plan rows of an adoption's part, or of its correction in their stead."""
        query = f"UPDATE originals SET known_to=? WHERE programme=? AND slot=? AND known_to={OPEN}"
        self._cursor.execute(query, (index + 1, name, slot.index))
        rows = [
            (name, write.path, slot.index, index + 1, OPEN, orjson.dumps(write.value).decode())
            for write in slot.writes
            if write.path.startswith("/financing/")
        ]
        self._cursor.executemany("INSERT INTO originals VALUES (?,?,?,?,?,?)", rows)

    def _cite(self, act: str, programme: str, index: int) -> None:
        """From the first citation on, the act's earlier entries concern the programme too."""
        known = self._known.citing.get(act) or ()
        if programme in known:
            return
        self._known.citing.put(act, (*known, programme), len(known) + 1)
        self._citations.append((act, programme))
        for earlier in self._stated(act):
            self._concerns.append((programme, earlier, index + 1, None, None))

    def _stated(self, act: str) -> Sequence[int]:
        """The leaf indexes of all that was stated about an act."""
        stated = self._known.stated.get(act)
        if stated is not None:
            return stated
        self._flush_records()
        query = "SELECT known_from FROM records WHERE space='act' AND id=?"
        return [row[0] - 1 for row in self._cursor.execute(query, (act,)).fetchall()]

    def act_changed(self, old: Act | None, new: Act | None, name: str, act: str, index: int) -> None:
        """An act of a programme's slots moved, began or ceased to count."""
        self._concerns.append((name, index, index + 1, None, None))
        if old is None or new is None or old is new:
            return
        before, after = (Passing(acts=Map({act: one})) for one in (old, new))
        for first, newest in self._citing_slots(name, act):
            slot = slot_at(self._log, name, first, newest)
            if slot is not None:
                self._change(name, before.lives(slot), after.lives(slot), index)

    def _citing_slots(self, programme: str, act: str) -> list[tuple[int, int]]:
        """Of each slot that cites an act, the leaf indexes of its first event and its statement in force."""
        self._flush_concerns()
        query = (
            "SELECT slot, MAX(leaf_index) FROM concerns WHERE programme=? AND leaf_index>? AND slot IN "
            "(SELECT slot FROM concerns WHERE programme=? AND leaf_index>? AND act=? AND slot=leaf_index) "
            "GROUP BY slot ORDER BY slot"
        )
        registered = min(self._stated(act), default=-1)  # nothing cites an act before that
        values = (programme, registered, programme, registered, act)
        return [(row[0], row[1]) for row in self._cursor.execute(query, values).fetchall()]

    def newest(self, programme: str, first: int) -> int | None:
        """Where the statement in force stands of the slot whose first event is at a leaf index."""
        self._flush_concerns()
        query = "SELECT MAX(leaf_index) FROM concerns WHERE programme=? AND leaf_index>=? AND slot=?"
        row = self._cursor.execute(query, (programme, first, first)).fetchone()
        return int(row[0]) if row[0] is not None else None

    def citing(self, act: str) -> list[str]:
        """The programmes that cite an act, in a stable order."""
        self._flush_citations()
        rows = self._cursor.execute("SELECT programme FROM citations WHERE act=? ORDER BY programme", (act,))
        return [row[0] for row in rows.fetchall()]

    def records(self, told: Told) -> None:
        rows = records_of(told)
        self._records += rows
        for space, act, known_from, *_ in rows if told.event.kind.startswith("act.") else ():
            if space == "act":
                known = () if _is_new(told.event) else self._known.stated.get(act)
                if known is not None:
                    self._known.stated.put(act, (*known, known_from - 1), len(known) + 1)

    def take_files(self, stated: Stated) -> None:
        self._files += [
            (file.sha256, stated.index, place, file.name, file.media_type, file.size, file.access)
            for place, file in enumerate(stated.event.files)
        ]

    def last(self, space: str, record: str) -> Doc | None:
        """A record's newest version, of this batch too."""
        self._flush_records()
        query = "SELECT doc FROM records WHERE space=? AND id=? ORDER BY known_from DESC LIMIT 1"
        row = self._cursor.execute(query, (space, record)).fetchone()
        return orjson.loads(row[0]) if row is not None else None

    def ids(self, space: str, prefix: str = "") -> list[str]:
        """The ids of a space that start so, sorted."""
        self._flush_records()
        query = "SELECT DISTINCT id FROM records WHERE space=? AND id>=? AND substr(id,1,?)=? ORDER BY id"
        rows = self._cursor.execute(query, (space, prefix, len(prefix), prefix)).fetchall()
        return [row[0] for row in rows]

    def _change(self, name: str, before: Iterable[Life] | None, after: Iterable[Life], index: int) -> None:
        """before: None of a slot that is new."""
        closed, opened = changes(before, after) if before is not None else ([], after)
        for life in closed:
            key = (self._cell(name, life.path), *life.rank, life.counts_from)
            row = self._opened.get(key)
            if row is None:
                self._closed.append((index + 1, *key))
            else:  # it was opened in this batch, and is known for a while within it
                row[KNOWN_TO] = index + 1
                self._opened[(*key, index)] = self._opened.pop(key)
        for life in opened:
            cell = self._cell(name, life.path)
            self._opened[(cell, *life.rank, life.counts_from)] = [
                cell,
                *life.rank,
                life.counts_from,
                index + 1,
                life.counts_to,
                OPEN,
                orjson.dumps((*life.rank, life.op, life.value, life.event, life.entry, life.act)).decode(),
            ]

    def _cell(self, programme: str, path: str) -> int:
        return self._known.cells.id_of(self._cursor, programme, path)
