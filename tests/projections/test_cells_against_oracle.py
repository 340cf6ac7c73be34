"""Stored cells against the independent oracle, over random histories told to a real log."""

# ruff: noqa: N803, N806 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from ledger.timeline import Answer, Placed, Rank
from projections.cells import cell_id, read_below, read_cell, read_cells, read_chain
from projections.chains import read_written
from projections.reading import Reading
from tests.oracle import state as oracle
from tests.oracle.histories import dates_of, random_dates
from tests.oracle.model import Event
from tests.projections.feed import Feed
from tests.projections.tables import Tables
from tests.projections.told import Told, cell_path, iso, tell_many

FAST, SLOW = 400, 4000
TOGETHER = 50  # histories that share a log

Step = tuple[str, str, str | None]


class Said(NamedTuple):
    """A cell's answer in words that both sides have. chain: from the last set or unset on."""

    value: str | None
    removed: bool
    event: str
    entry: int
    chain: tuple[Step, ...]


class Seen(NamedTuple):
    """One programme of a told history, and the tables that hold it."""

    told: Told
    copy: int
    tables: Tables

    @property
    def programme(self) -> str:
        return self.told.programmes[self.copy]

    def expected(self, answer: oracle.Answer | None) -> Said | None:
        if answer is None:
            return None
        index = self.told.index(answer.index, self.copy)
        chain = self.steps(answer.standing)
        return Said(answer.value, answer.removed, self.event(answer.event), index, chain)

    def steps(self, chain: Sequence[oracle.Link]) -> tuple[Step, ...]:
        return tuple((self.event(link.event), link.op, link.value) for link in chain)

    def event(self, name: str) -> str:
        return self.told.event(name, self.copy)


def said(answer: Answer | None) -> Said | None:
    if answer is None:
        return None
    last = answer.last
    return Said(answer.value, answer.removed, last.event, last.entry, said_steps(answer.chain))


def said_steps(chain: Sequence[Placed]) -> tuple[Step, ...]:
    return tuple((placed.event, placed.op, placed.value) for placed in chain)


def check_state(seen: Seen, reading: Reading, D: dt.date, K: int) -> None:
    """Every cell, and those that hold nothing, is what the oracle says."""
    told = oracle.state(seen.told.entries, D, K)
    expected = {cell_path(cell): seen.expected(answer) for cell, answer in told.items()}
    found = {path: said(answer) for path, answer in read_cells(reading, seen.programme, D.isoformat())}
    assert found == expected, f"{seen.programme} on {D} known at {K}"
    for path, answer in expected.items():
        assert said(read_cell(reading, seen.programme, path, D.isoformat())) == answer


def check_chains(seen: Seen, reading: Reading, D: dt.date, K: int) -> None:
    """The whole chain of each cell, also when it is read in pages of two."""
    for cell, answer in oracle.state(seen.told.entries, D, K).items():
        number = cell_id(reading, seen.programme, cell_path(cell))
        assert number is not None
        whole = read_chain(reading, number, D.isoformat(), below=None, limit=1000)
        assert said_steps(whole[::-1]) == seen.steps(answer.chain)
        assert list(paged(reading, number, D.isoformat())) == whole
        path = cell_path(cell)
        for limit, below in ((1, None), (2, None), (2, whole[0].rank)):
            page = read_written(reading, number, D.isoformat(), below=below, limit=limit)
            assert [one.placed for one in page] == (whole if below is None else whole[1:])[:limit]
            ranks = [one.placed.rank for one in page]
            assert [one.found for one in page] == [
                read_below(reading, seen.programme, path, rank) for rank in ranks
            ]


def paged(reading: Reading, cell: int, day: str) -> Iterator[Placed]:
    below: Rank | None = None
    while page := read_chain(reading, cell, day, below=below, limit=2):
        yield from page
        below = page[-1].rank


def histories(tmp_path: Path, first: int, *, copies: int = 1) -> Iterator[Seen]:
    """Told histories with everything applied, so that every earlier position is a past one."""
    feed = Feed(tmp_path)
    told = tell_many(feed, range(first, first + TOGETHER), copies=copies)
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        tables.catch_up()
        for one in told:
            for copy in range(copies):
                yield Seen(one, copy, tables)
    feed.close()


def check_history(seen: Seen, rng: Random, *, days: int) -> None:
    entries = seen.told.entries
    for K in range(len(entries) + 1):
        reading = seen.tables.reading(rng.choice(seen.told.knowing(K)))
        for D in random_dates(rng, entries, count=days):
            check_state(seen, reading, D, K)
            check_chains(seen, reading, D, K)
    for D in sorted(dates_of(entries)):
        check_state(seen, seen.tables.reading(), D, len(entries))


@pytest.mark.parametrize("first", range(0, FAST, TOGETHER))
def test_every_cell_and_chain_on_any_day_known_at_any_position_is_the_oracles(
    first: int, tmp_path: Path
) -> None:
    rng = Random(first)
    for seen in histories(tmp_path, first):
        check_history(seen, rng, days=2)


def test_an_act_that_several_programmes_cite_changes_each_of_them_alike(tmp_path: Path) -> None:
    rng = Random(7)
    for seen in histories(tmp_path, FAST, copies=2):
        check_history(seen, rng, days=1)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FAST, FAST + SLOW, TOGETHER))
def test_many_more_histories_agree_with_the_oracle(first: int, tmp_path: Path) -> None:
    rng = Random(first)
    for seen in histories(tmp_path, first, copies=1 + first % 3):
        check_history(seen, rng, days=6)


def test_the_value_that_a_write_found_is_the_fold_just_below_its_rank(tmp_path: Path) -> None:
    rng, found = Random(11), 0
    for seen in histories(tmp_path, FAST + TOGETHER):
        entries = seen.told.entries
        for K in {len(entries), rng.randint(2, len(entries))}:
            reading = seen.tables.reading(seen.told.positions[K])
            for placed in (placed for placed in oracle.all_writes(entries, K)):
                below = oracle.fold_below(entries, K, placed.slot.index, placed.line)
                path = cell_path(placed.write.cell)
                got = said(read_below(reading, seen.programme, path, rank_of(seen, placed)))
                assert got == seen.expected(below)
                found += below is not None
    assert found > 300


def rank_of(seen: Seen, placed: oracle.Placed) -> Rank:
    since, act_date, act_order, slot, line = placed.rank
    assert isinstance(seen.told.entries[slot], Event)
    return (since.isoformat(), act_date.isoformat(), act_order, seen.told.index(slot, seen.copy), line)


def test_a_path_limits_the_cells_to_itself_and_what_lies_below_it(tmp_path: Path) -> None:
    asked = 0
    for seen in histories(tmp_path, FAST + TOGETHER):
        day = iso(max(dates_of(seen.told.entries))) or ""
        reading = seen.tables.reading()
        cells = list(read_cells(reading, seen.programme, day))
        for prefix in ("/financing/a", "/financing/a/2025/local", "/financing", "/fin", "/financing/a/"):
            below = [cell for cell in cells if cell.path == prefix or cell.path.startswith(prefix + "/")]
            assert list(read_cells(reading, seen.programme, day, prefix)) == below
            asked += bool(below)
    assert asked > 50


def test_readings_that_share_tell_what_they_would_alone_whatever_was_asked_before(tmp_path: Path) -> None:
    told = 0
    for seen in histories(tmp_path, FAST + TOGETHER):
        reading, shared = seen.tables.reading(), dict[object, Any]()
        days = [iso(day) or "" for day in sorted(set(dates_of(seen.told.entries)))]
        for position in (reading.position, reading.position - 1):
            for day in days[-2:]:
                alone = reading.at(position)
                for prefix in ("/financing/a", "", "/financing", "/fin", "/financing/a/", ""):
                    one = list(read_cells(alone, seen.programme, day, prefix))
                    assert list(read_cells(alone.sharing(shared), seen.programme, day, prefix)) == one
                    told += bool(one)
    assert told > 200
