"""What is told of cells since any position and day, put onto the state then, gives the state now.

Random histories of several programmes that share their acts; the state is what reading it whole says.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from api.feed.cells import Span, read_cells_page
from projections.cells import read_cells
from projections.changed import programmes_moved
from projections.diff import Point
from projections.reading import Reading
from projections.state import hash_of, nest
from tests.oracle.histories import dates_of
from tests.projections.feed import Feed
from tests.projections.tables import Tables
from tests.projections.told import Told, iso, tell_many
from tests.support.town import PROGRAMME_DATA, without

HISTORIES, COPIES, WALKS = 20, 2, 30

Cells = dict[tuple[str, str], dict[str, Any]]


def told_in(folder: Path, seeds: range) -> tuple[list[Told], Feed]:
    feed = Feed(folder)
    for seed in seeds:
        for copy in range(COPIES):
            data = without(PROGRAMME_DATA, "financing", "tree", "indicators") | {
                "programme": f"h{seed}-{copy}"
            }
            data |= {"tree": [], "indicators": [], "financing": []}
            feed.say("programme.adopted", f"programme:h{seed}-{copy}", data, effective="2024-12-01")
    return tell_many(feed, seeds, copies=COPIES), feed


def walk(
    reading: Reading, start: Point, end: Point, limit: int
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """All pages of one walk."""
    items, states, past = list[dict[str, Any]](), dict[str, str](), ""
    while True:
        page = read_cells_page(reading, Span(start, end, None, past), limit)
        assert len(page.items) <= limit
        assert not page.states.keys() & states.keys()
        items += page.items
        states |= page.states
        if page.past is None:
            return items, states
        assert page.past != past
        past = page.past


def put(cells: Cells, items: list[dict[str, Any]]) -> Cells:
    """As a reader keeps them: what is none, and not even in doubt, is not there."""
    kept = dict(cells)
    for item in items:
        kept[item["programme"], item["path"]] = item
        if item["cell"] == "none" and item["doubt"] is None:
            del kept[item["programme"], item["path"]]
    return kept


def hashes(cells: Cells) -> dict[str, str]:
    by_programme: dict[str, dict[str, Any]] = {}
    for (programme, path), item in cells.items():
        if item["cell"] != "none":
            by_programme.setdefault(programme, {})[path] = item["value"]
    return {programme: hash_of(nested(paths)) for programme, paths in by_programme.items()}


def nested(paths: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for path, value in paths.items():
        *parents, last = path.split("/")[1:]
        node = state
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    return state


def whole(reading: Reading, programmes: list[str], point: Point) -> dict[str, str]:
    states = {one: nest(read_cells(reading.at(point.position), one, point.as_of)) for one in programmes}
    return {one: hash_of(state) for one, state in states.items() if state}


def test_what_is_told_since_any_point_leads_from_the_state_then_to_the_state_now(tmp_path: Path) -> None:
    rng, moved = Random(7), 0
    told, feed = told_in(tmp_path / "ledger", range(HISTORIES))
    programmes = [name for one in told for name in one.programmes]
    days = sorted({iso(day) or "" for one in told for day in dates_of(one.entries)})
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        now = tables.reading()
        for _ in range(WALKS):
            positions = sorted(rng.choices(range(1, now.position + 1), k=2))
            first, second = rng.choice(days), rng.choice(days)
            start = Point(first, positions[0])
            end = Point(first if rng.random() < 0.4 else second, positions[1])
            reading = now.at(end.position)
            before, _ = walk(now.at(start.position), Point(first, 0), start, 500)
            held = put({}, before)
            assert hashes(held) == whole(now, programmes, start)
            items, states = walk(reading, start, end, rng.choice((1, 3, 50, 500)))
            assert all(held.get((one["programme"], one["path"])) != one for one in items)
            after = put(held, items)
            assert hashes(after) == whole(now, programmes, end)
            assert put(after, items) == after  # to take it twice changes nothing
            anew, _ = walk(reading, Point(end.as_of, 0), end, 500)
            assert after == put({}, anew)
            assert {one: states[one] for one in states.keys() & hashes(after).keys()}.items() <= hashes(
                after
            ).items()
            moved += len(items)
    feed.close()
    assert moved > 1000


def test_of_few_entries_the_same_programmes_are_told_as_if_each_were_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, told = Random(5), 0
    _, feed = told_in(tmp_path / "ledger", range(HISTORIES))
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        reading = tables.reading()
        for _ in range(10 * WALKS):
            first = rng.randint(0, reading.position)
            start = Point("2025-06-01", first)
            end = Point("2025-06-01", min(first + 9, reading.position))
            few = list(programmes_moved(reading, start, end))
            with monkeypatch.context() as patch:
                patch.setattr("projections.changed.FEW_ENTRIES", -1)
                assert few == list(programmes_moved(reading, start, end))
            told += len(few)
    feed.close()
    assert told > 300
