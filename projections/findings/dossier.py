"""A programme's dossier: every entry that concerns it, in order, and the world as they leave it.

Immutable, and grown entry by entry: a dossier at a position gives the one at a later position, which shares
what did not change. Nothing in it is stored; it can always be read again from the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from immutables import Map

from ledger.clock import local_date, parse_instant
from ledger.entry import Entry
from ledger.event import Stated
from ledger.ids import ROOT, programme_stream, split_stream
from ledger.kinds import kind_of
from ledger.streams import load_for, load_stream
from ledger.timeline import Write
from ledger.world import World, evolve
from projections.findings.rule import Topic
from projections.findings.topics import Key, of_relations, of_writes
from projections.governing import governing_world
from projections.reading import Reading

RUN_ENTRIES = 500  # read at once
NEAR_ENTRIES = 4  # passing so few costs less than another question
GROW_ENTRIES_MAX = 2_000  # of the whole log; beyond that it is read anew


@dataclass(frozen=True, slots=True)
class Said:
    """One entry that concerns a programme. day: local day on which it was recorded; writes: of its cells.

    own: is it of the programme's own stream? An act's, or one that throws or lifts doubt, is not.
    """

    stated: Stated
    day: str
    writes: tuple[Write, ...]
    own: bool

    @property
    def index(self) -> int:
        return self.stated.index

    @property
    def kind(self) -> str:
        return self.stated.event.kind


_NO_KEYS: Map[str, tuple[int, ...]] = Map()


@dataclass(frozen=True, slots=True)
class Dossier:
    """said: leaf index → entry; slots: first event → leaf indexes of its statements, oldest first;
    kinds: kind → its slots, in order; topics: topic → key → leaf indexes of what touched it; acts: act → leaf
    indexes of its own entries.

    governing: the bodies and every policy; opened: local day on which the ledger was opened: what is older
    was entered when the council started.
    """

    programme: str
    position: int
    world: World
    governing: World
    zone: ZoneInfo
    opened: str
    said: Map[int, Said] = Map()
    slots: Map[str, tuple[int, ...]] = Map()
    kinds: Map[str, tuple[str, ...]] = Map()
    topics: Map[Topic, Map[str, tuple[int, ...]]] = Map()
    acts: Map[str, tuple[int, ...]] = Map()

    def local_day(self, recorded_at: str) -> str:
        """The calendar date of an instant in the ledger's time zone."""
        return _day(recorded_at, self.zone)

    def keys(self, topic: Topic) -> Iterable[str]:
        return self.topics.get(topic, _NO_KEYS)

    def touching(self, topic: Topic, key: str) -> tuple[int, ...]:
        """The leaf indexes of the entries that touch a key, in order."""
        return self.topics.get(topic, _NO_KEYS).get(key, ())


@dataclass(frozen=True, slots=True)
class Growth:
    """What new entries touched. anew: who may do what, a policy or a doubt changed: judge all again."""

    touched: frozenset[Key]
    anew: bool


def read_dossier(reading: Reading, programme: str) -> Dossier:
    """As of the reading's position. Raises Blocked.

    Cost: every entry of the programme, of its acts' bodies and of the root is read and parsed.
    """
    reading.check(programme)
    log = reading.log.at_position(reading.position)
    world = load_stream(World(position=reading.position), programme_stream(programme), log)
    zone = ZoneInfo(world.root.zone)
    opened = _day(reading.entry(0).recorded_at, zone)
    empty = Dossier(programme, reading.position, world, governing_world(reading), zone, opened)
    return _with_entries(empty, reading, _concerning(reading, programme, 0))[0]


def grow(dossier: Dossier, reading: Reading) -> tuple[Dossier, Growth]:
    """The dossier as of a later position, and what has been touched since. Raises Blocked."""
    reading.check(dossier.programme)
    since = dossier.position
    if reading.position - since > GROW_ENTRIES_MAX:
        return read_dossier(reading, dossier.programme), Growth(frozenset(), anew=True)
    world, ruled = _evolved(dossier, reading)
    governing = governing_world(reading) if ruled else replace(dossier.governing, position=reading.position)
    grown = replace(dossier, position=reading.position, world=world, governing=governing)
    grown, growth = _with_entries(grown, reading, _concerning(reading, dossier.programme, since))
    return grown, replace(growth, anew=growth.anew or ruled or _is_doubt_changed(reading, grown, since))


def _is_doubt_changed(reading: Reading, dossier: Dossier, since: int) -> bool:
    """Did an entry since throw or lift doubt on entries of the programme?"""
    query = (
        "SELECT 1 FROM doubts WHERE stream=? AND "
        "((known_from>? AND known_from<=?) OR (known_to>? AND known_to<=?)) LIMIT 1"
    )
    window = (since, reading.position)
    return bool(reading.rows(query, [programme_stream(dossier.programme), *window, *window]))


def _evolved(dossier: Dossier, reading: Reading) -> tuple[World, bool]:
    """The world with the entries since, and whether one of them said who may do what, or set a policy."""
    world, ruled = dossier.world, False
    own = programme_stream(dossier.programme)
    for entry in reading.log.entries(dossier.position, reading.position - dossier.position):
        family, _ = split_stream(entry.stream)
        if entry.stream == own:
            stated = entry.stated()
            world = evolve(load_for(world, stated.event, reading.log.at_position(entry.index)), stated)
        elif family in (ROOT, "body"):
            stated = entry.stated()
            ruled = ruled or not stated.event.kind.startswith("act.")
            if entry.stream in world.loaded:
                world = evolve(world, stated)
        world = replace(world, position=entry.index + 1)
    return world, ruled


def _concerning(reading: Reading, programme: str, since: int) -> list[int]:
    """The leaf indexes of the entries that came to concern the programme after a position."""
    query = (
        "SELECT leaf_index FROM concerns WHERE programme=? AND known_from>? AND known_from<=? "
        "ORDER BY leaf_index"
    )
    return [row[0] for row in reading.rows(query, [programme, since, reading.position])]


def _with_entries(dossier: Dossier, reading: Reading, indexes: Sequence[int]) -> tuple[Dossier, Growth]:
    taking = _Taking(dossier)
    for entry in _read(reading, indexes):
        taking.take(entry)
    return taking.dossier(), Growth(frozenset(taking.touched), taking.anew)


def _read(reading: Reading, indexes: Sequence[int]) -> Iterator[Entry]:
    """The entries at these leaf indexes, in order; those that stand near each other are read at once."""
    wanted, start = set(indexes), 0
    for place, index in enumerate(indexes):
        following = indexes[place + 1] if place + 1 < len(indexes) else None
        if following is None or following - index > NEAR_ENTRIES or place + 1 - start == RUN_ENTRIES:
            run = reading.log.entries(indexes[start], index - indexes[start] + 1)
            yield from (entry for entry in run if entry.index in wanted)
            start = place + 1


def _day(recorded_at: str, zone: ZoneInfo) -> str:
    return local_date(parse_instant(recorded_at), zone).isoformat()


class _Taking:
    """A dossier while entries are put into it. touched, anew: as Growth."""

    def __init__(self, base: Dossier) -> None:
        self._base = base
        self._own = programme_stream(base.programme)
        self._said = dict[int, Said]()
        self._slots = dict[str, tuple[int, ...]]()
        self._kinds = dict[str, tuple[str, ...]]()
        self._acts = dict[str, tuple[int, ...]]()
        self._topics = dict[Key, tuple[int, ...]]()
        self._treasuries = set(base.keys("treasury"))
        self.touched: set[Key] = set()
        self.anew = False

    def dossier(self) -> Dossier:
        by_topic: dict[Topic, dict[str, tuple[int, ...]]] = {}
        for (topic, key), indexes in self._topics.items():
            by_topic.setdefault(topic, {})[key] = indexes
        topics = self._base.topics
        for topic, keys in by_topic.items():
            topics = topics.set(topic, topics.get(topic, _NO_KEYS).update(keys))
        return replace(
            self._base,
            said=self._base.said.update(self._said),
            slots=self._base.slots.update(self._slots),
            kinds=self._base.kinds.update(self._kinds),
            acts=self._base.acts.update(self._acts),
            topics=topics,
        )

    def take(self, entry: Entry) -> None:
        stated, own = entry.stated(), entry.stream == self._own
        writes = kind_of(stated.event.kind).writes_of(stated.event, stated.slot) if own else ()
        self._said[stated.index] = Said(stated, _day(stated.recorded_at, self._base.zone), writes, own)
        if own:
            known = _either(self._slots, self._base.slots, stated.slot)
            if not known:
                kind = stated.event.kind
                self._kinds[kind] = (*_either(self._kinds, self._base.kinds, kind), stated.slot)
            self._slots[stated.slot] = _insert(known, stated.index)
            self._touch(stated.index, {*of_relations(stated), *of_writes(writes)})
            self.anew = self.anew or _reshapes(stated.event.kind)
        elif stated.event.kind.startswith("act."):
            self._take_act(stated)
        else:  # it throws or lifts doubt
            self.anew = True

    def _take_act(self, stated: Stated) -> None:
        body = self._base.world.bodies[split_stream(stated.event.subject)[1]]
        act = body.kept[stated.slot].about
        known = _either(self._acts, self._base.acts, act)
        self._acts[act] = _insert(known, stated.index)
        timeline = self._base.world.programmes[self._base.programme].timeline
        cited: tuple[str, ...] = timeline.citing.get(act, ())
        self.anew = self.anew or any(_reshapes(timeline.slots[slot].kind) for slot in cited)
        self._touch(stated.index, {("act", act), *(("slot", slot) for slot in cited)})

    def _touch(self, index: int, keys: set[Key]) -> None:
        """With what the slots concerned wrote, and the treasury's lines of a line's year."""
        for topic, key in list(keys):
            if topic == "slot":
                for statement in _either(self._slots, self._base.slots, key):
                    keys.update(of_writes(self._of(statement).writes))
        self._treasuries.update(key for topic, key in keys if topic == "treasury")
        years = {key.split("/")[1] for topic, key in keys if topic == "line"}
        years |= {key.split("/")[0] for topic, key in keys if topic == "treasury"}
        for year in years:
            keys.update(self._treasury(year))
        for topic, key in keys:
            known = self._topics.get((topic, key)) or self._base.touching(topic, key)
            self._topics[topic, key] = _insert(known, index)
        self.touched |= keys

    def _of(self, index: int) -> Said:
        found = self._said.get(index)
        return found if found is not None else self._base.said[index]

    def _treasury(self, year: str) -> Iterator[Key]:
        """The known lines of treasury extracts of a year: what is compared with them may have moved."""
        for key in self._treasuries:
            if key.startswith(f"{year}/"):
                yield "treasury", key


def _reshapes(kind: str) -> bool:
    """Who stands below what, the sources, the term: whatever is grouped by them may be so no more."""
    return kind.startswith("programme.")


_T = TypeVar("_T")


def _either(
    new: Mapping[str, tuple[_T, ...]], base: Mapping[str, tuple[_T, ...]], key: str
) -> tuple[_T, ...]:
    """What was put in since, else what the dossier had."""
    found = new.get(key)
    return found if found is not None else base.get(key, ())


def _insert(known: tuple[int, ...], index: int) -> tuple[int, ...]:
    """In order, each once: an act's entries may come to concern a programme late."""
    if not known or known[-1] < index:
        return (*known, index)
    return tuple(sorted({*known, index}))
