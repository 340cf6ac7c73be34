"""Programmes judged beside a part of the registry are judged as beside the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.verify.entry_file import EntryFile
from ledger.verify.programmes import Judged, judge_programme
from ledger.verify.regions import Region, council_of, judge_region, plan
from ledger.verify.registry import Registry, replay_registry
from ledger.verify.report import Check
from ledger.verify.whole import read_genesis
from tests.support.log import BOOKS, ROADS, found_small
from tests.tampering.rewriting import entries_of, find
from tests.tampering.story import told
from tests.tampering.test_around_the_door import FORGERIES, forged_town, put_in

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # the verifier reads ledger.db

FAR = 1 << 40


@contextmanager
def opened(path: Path) -> Iterator[tuple[EntryFile, Registry]]:
    """A ledger's entries, and its whole registry with the world after each of them."""
    file = EntryFile(path)
    genesis = read_genesis(Check("genesis"), file, None)
    assert genesis is not None
    yield file, replay_registry(file, genesis, FAR)
    file.close()


def both(path: Path) -> tuple[list[Judged], list[Judged]]:
    """Every programme judged beside the whole registry, and beside a part; but for what each loaded."""
    with opened(path) as (file, registry):
        streams = [stream for stream, _ in file.programmes(FAR)]
        whole = [judge_programme(file, registry, stream, FAR) for stream in streams]
        light = replay_registry(file, registry.genesis, FAR, keep=False)
        assert light.worlds == []
        part = judge_region((file, light, FAR), streams)
    for one in (*whole, *part):
        one.loaded = frozenset()
    return whole, part


def test_of_an_honest_ledger_both_say_the_same() -> None:
    """`make test-verified` asks this of every ledger that any test closes."""
    whole, part = both(told().database)
    assert sum(one.count for one in whole) > 10
    assert part == whole
    assert not any(one.faults for one in part)


@pytest.mark.parametrize("name", [name for name in FORGERIES if name != "an unknown programme"])
def test_what_was_put_in_around_the_door_is_told_by_both(name: str, tmp_path: Path) -> None:
    by, change, code = FORGERIES[name]
    entries = entries_of(told().database)
    put_in(entries, find(entries, "financing.changed"), by, change)
    whole, part = both(forged_town(tmp_path / "forged", entries).path / "ledger.db")
    assert part == whole
    assert [fault.code for one in part for fault in one.faults] == [code]


def test_a_council_is_judged_without_the_streams_of_another(tmp_path: Path) -> None:
    small = found_small(tmp_path / "ledger")
    with opened(small.path / "ledger.db") as (file, registry):
        assert {council_of(file, ROADS), council_of(file, BOOKS)} < set(registry.root.bodies)
        region = Region(file, registry.genesis, registry.names, FAR, registry.root.bodies)
        assert region.judge(ROADS).faults == []
        streams = {row.stream for row in file.registry(FAR)}
        assert f"body:{council_of(file, ROADS)}" in region.streams
        assert f"body:{council_of(file, BOOKS)}" in streams - region.streams


def test_a_name_is_unknown_before_its_place(tmp_path: Path) -> None:
    """Else an entry could rest on an office or act that was registered after it."""
    entries = entries_of(told().database)
    act = find(entries, "act.registered")
    with opened(told().database) as (file, registry):
        name = next(name for name, one in registry.names.items() if one.leaf == act)
        region = Region(file, registry.genesis, registry.names, FAR, registry.root.bodies)
        stream = registry.names[name].stream
        assert region.reader_at(act).names([name]) == {}
        assert region.reader_at(act + 1).names([name]) == {name: stream}
        assert entries[act]["stream"] == stream
        assert list(region.reader_at(act + 1).stream(stream)) == []
        assert region.lacks


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 1000)), max_size=40),
    st.integers(1, 8),
)
def test_each_programme_is_in_one_task_beside_those_of_its_council(
    given_: list[tuple[int, int]], processes: int
) -> None:
    streams = [(f"programme:p{n}", count) for n, (_, count) in enumerate(given_)]
    councils = {f"programme:p{n}": f"c{council}" for n, (council, _) in enumerate(given_)}
    counts = dict(streams)
    tasks = plan(streams, councils, processes)
    assert sorted(name for task in tasks for name in task) == sorted(counts)
    assert all(len({councils[name] for name in task}) == 1 for task in tasks)
    limit = sum(counts.values()) / processes
    assert all(sum(counts[name] for name in task[:-1]) < limit for task in tasks)
