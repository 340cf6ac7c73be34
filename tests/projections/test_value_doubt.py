"""The doubt beside values, and of values that are gone, against the oracle, over random histories.

Some are told with chosen doubts, so that every situation is met often; in the others keys and mandates are
taken from officials in passing. What stands against an entry is the ledger's own verdict in both.
"""

# ruff: noqa: N803, N806 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from ledger.doubt import doubts_of, worst
from ledger.event import Signer
from ledger.kinds import kind_of
from ledger.store.base import LogReader
from ledger.world import World, evolve
from projections.cells import read_cells
from projections.doubtful import read_doubtful
from projections.reading import Reading
from projections.state import read_state
from tests.oracle.doubtful_cases import CASES, cases_met, doubtful_history
from tests.oracle.histories import dates_of
from tests.oracle.model import Entry
from tests.oracle.value_doubt import Known, gone, shown
from tests.projections.contested import Abstract, Contested
from tests.projections.doubted import Doubted
from tests.projections.feed import Feed
from tests.projections.tables import Tables, contents
from tests.projections.told import cell_path

pytestmark = pytest.mark.thorough

PROGRAMMES = ("one", "two")
Marks = dict[str, str | None]

STEPS, MORE_STEPS = 45, 90
SIZE, MORE, DOUBTS = 16, 24, 7
CONTESTED, DOUBTED = range(10), range(80)
SLOW, SLOW_DOUBTED = range(1000, 1200, 20), range(1000, 5000, 400)
SOME_DAYS = 5


@dataclass(frozen=True)
class Statement:
    """What ledger.doubt judges."""

    event: str
    event_index: int
    signers: tuple[Signer, ...]
    recorded_at: str


class Replayed:
    """A log's worlds at every position, and each of its programmes as the oracle reads logs."""

    def __init__(self, reader: LogReader, programmes: Iterable[str]) -> None:
        self.worlds = [World()]
        self.told = {programme: Abstract(programme) for programme in programmes}
        self._entries = reader.entries(0, 10_000)
        for entry in self._entries:
            stated = entry.stated()
            self.worlds.append(evolve(self.worlds[-1], stated))
            writes = kind_of(stated.event.kind).writes_of(stated.event, stated.slot)
            for told in self.told.values():
                told.take(entry.index, stated.slot, stated.event, writes)

    @property
    def size(self) -> int:
        return len(self._entries)

    def known(self, programme: str, K: int) -> Known:
        """What the oracle is given at a position."""
        told = self.told[programme]
        end = bisect_left(told.leaves, K)
        words = {index: self._word(leaf, K) for index, leaf in enumerate(told.leaves[:end])}
        doubts = {index: word for index, word in words.items() if word is not None}
        return Known(told.entries[:end], end, doubts)

    def _word(self, leaf: int, K: int) -> str | None:
        entry = self._entries[leaf]
        event = entry.stated().event
        said = Statement(event.id, leaf, event.signers, entry.recorded_at)
        return worst(doubts_of(self.worlds[K], entry.stream, said))


def contested(path: Path, seed: int, steps: int) -> Contested:
    told = Contested(path, Random(seed))
    for _ in range(steps):
        told.step()
    told.feed.keep()
    return told


def days_of(entries: Iterable[Entry]) -> list[dt.date]:
    """Every day on which something may change, and the day before it."""
    named = dates_of([*entries])
    return sorted(named | {day - dt.timedelta(days=1) for day in named})


def check_state(reading: Reading, programme: str, D: dt.date, marks: Marks, lost: Marks) -> None:
    """marks: the word beside each cell; lost: of those that are gone."""
    day, where = D.isoformat(), f"{programme} on {D} known at {reading.position}"
    state = read_state(reading, programme, day)
    assert {path: cell["doubt"] for path, cell in state["cells"].items()} == marks, where
    listed = [{"path": path, "doubt": lost[path]} for path in sorted(lost)]
    assert state["gone"] == listed, where
    for prefix in ("/financing", *sorted(lost)[:1]):
        below = [{"path": path, "doubt": lost[path]} for path in sorted(lost) if is_below(path, prefix)]
        assert read_state(reading, programme, day, prefix)["gone"] == below, where


def is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def check_cells(reading: Reading, programme: str, D: dt.date, marks: Marks, lost: Marks) -> None:
    """The same is said of a single cell."""
    doubtful, day = read_doubtful(reading, programme), D.isoformat()
    cells = [*read_cells(reading, programme, day)]
    assert {path: doubtful.of(path, day, answer) for path, answer in cells} == marks
    assert doubtful.gone(day, {path for path, _ in cells}) == lost


def check_contested(path: Path, seed: int, *, positions: int = 3, steps: int = STEPS) -> None:
    told, rng = contested(path / "ledger", seed, steps), Random(seed)
    replayed = Replayed(told.feed.reader, PROGRAMMES)
    with Tables(path / "whole.db", told.feed.reader) as tables:
        tables.catch_up()
        for K in {replayed.size, *rng.sample(range(replayed.size), k=positions)}:
            for programme in PROGRAMMES:
                known = replayed.known(programme, K)
                days = days_of(known.entries)
                if replayed.size != K:
                    days = rng.sample(days, k=min(len(days), SOME_DAYS))
                for D in days:
                    check_state(tables.reading(K), programme, D, shown(known, D), {**gone(known, D)})
        whole = contents(tables.path)
    with Tables(path / "parts.db", told.feed.reader) as tables:
        while tables.apply(rng.choice((1, 1, 2, 5, 9))):
            if rng.random() < 0.2:
                tables.restart()
        assert contents(tables.path) == whole
    told.feed.close()


def check_doubted(path: Path, entries: list[Entry], doubts: dict[int, str]) -> None:
    feed = Feed(path / "ledger")
    programme = Doubted(feed, entries, doubts).programme
    replayed = Replayed(feed.reader, [programme])
    judged = replayed.known(programme, replayed.size)
    assert judged.doubts == doubts, "the ledger sees another doubt than the one that was meant"
    with Tables(path / "tables.db", feed.reader) as tables:
        reading = tables.reading()
        for D in days_of(entries):
            known = Known(entries, len(entries), doubts)
            marks, lost = at_paths(shown(known, D)), at_paths(gone(known, D))
            check_state(reading, programme, D, marks, lost)
            check_cells(reading, programme, D, marks, lost)
    feed.close()


def at_paths(words: Mapping[str, str | None]) -> Marks:
    return {cell_path(cell): word for cell, word in words.items()}


@pytest.mark.parametrize("first", DOUBTED[::20])
def test_whatever_stands_in_doubt_the_values_are_marked_as_the_document_says(
    first: int, tmp_path: Path
) -> None:
    for seed in range(first, first + 20):
        check_doubted(tmp_path / str(seed), *doubtful_history(seed, size=SIZE, doubts=DOUBTS))


@pytest.mark.parametrize("seed", CONTESTED)
def test_known_at_any_position_the_values_are_marked_as_the_document_says(seed: int, tmp_path: Path) -> None:
    check_contested(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", SLOW_DOUBTED)
def test_many_more_doubts_are_shown_as_the_document_says(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + SLOW_DOUBTED.step):
        check_doubted(tmp_path / str(seed), *doubtful_history(seed, size=MORE, doubts=DOUBTS))


@pytest.mark.slow
@pytest.mark.parametrize("first", SLOW)
def test_many_more_positions_are_shown_as_the_document_says(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + SLOW.step):
        check_contested(tmp_path / str(seed), seed, positions=10, steps=MORE_STEPS)


def met(known: Known) -> Counter[str]:
    """On how many days each situation occurs."""
    return Counter(case for D in days_of(known.entries) for case in cases_met(known, D))


def test_every_situation_of_the_document_occurs_in_the_histories(tmp_path: Path) -> None:
    """Else the comparisons above would compare nothing with nothing."""
    found = Counter[str]()
    for seed in DOUBTED:
        entries, doubts = doubtful_history(seed, size=SIZE, doubts=DOUBTS)
        found += met(Known(entries, len(entries), doubts))
    assert {case for case, times in found.items() if times >= 4} == CASES, found
    found = sum((known_in_the_end(tmp_path / str(seed), seed) for seed in CONTESTED), Counter[str]())
    assert found.keys() == CASES | {"lifted"}, CASES - found.keys()


def known_in_the_end(path: Path, seed: int) -> Counter[str]:
    """The situations at the head of the log, and how often an entry was `lifted` out of its doubt."""
    told = contested(path, seed, STEPS)
    replayed = Replayed(told.feed.reader, PROGRAMMES)
    told.feed.close()
    found = sum((met(replayed.known(one, replayed.size)) for one in PROGRAMMES), Counter[str]())
    past = (replayed.known("one", K).doubts.keys() for K in range(40, replayed.size + 1, 4))
    return found + Counter("lifted" for before, after in pairwise(past) for _ in before - after)
