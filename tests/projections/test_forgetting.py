"""What is kept in memory of the log has an end, and the tables are the same whatever is kept."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ledger.log import open_reader
from ledger.recent import Recent
from ledger.store.base import LogReader
from projections.forgetting import size_of
from projections.sparse import is_whole
from projections.writer import Writer
from tests.bench.stage import Stage
from tests.bench.workload import Scale
from tests.projections.feed import Feed
from tests.projections.tables import Rows, Tables, contents
from tests.projections.told import tell_many
from tests.support.council import MONEY, council_town, set_policy
from tests.support.town import PROGRAMME, PROGRAMME_ID, lines

EVENTS = 900
SCALE = Scale(councils=2, programmes=2, measures=2, wide=1, wide_measures=2, hot_versions=40)
ALL = 1 << 40


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Years of decisions with corrections, and acts suspended, resumed, quashed and restored."""
    return Stage(tmp_path_factory.mktemp("forgetting") / "data", EVENTS, SCALE).path


def written(path: Path, log: LogReader, *, kept_max: int, batch: int) -> Rows:
    """The tables as a writer makes them that keeps so many statements, and looks after so many entries."""
    with closing(Writer(path, log, kept_max=kept_max)) as writer:
        while entries := log.entries(writer.position, batch):
            writer.apply(entries)
            assert kept(writer) <= kept_max
    return contents(path)


def kept(writer: Writer) -> int:
    """Statements of bodies and programmes in memory."""
    world = writer._world
    return sum(size_of(world, one) for one in world.loaded if one.startswith(("body:", "programme:")))


@pytest.mark.parametrize("kept_max", [0, 60])
def test_a_writer_that_forgets_after_each_entry_writes_the_same_tables(
    ledger: Path, tmp_path: Path, kept_max: int
) -> None:
    with closing(open_reader(ledger / "ledger.db")) as log:
        forgetful = written(tmp_path / "forgetful.db", log, kept_max=kept_max, batch=1)
        assert forgetful == written(tmp_path / "whole.db", log, kept_max=ALL, batch=2000)


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_so_it_does_for_histories_that_no_council_would_sign(feed: Feed, tmp_path: Path, first: int) -> None:
    tell_many(feed, range(first, first + 6), copies=2)
    forgetful = written(tmp_path / "forgetful.db", feed.reader, kept_max=0, batch=1)
    assert forgetful == written(tmp_path / "whole.db", feed.reader, kept_max=ALL, batch=2000)


def test_so_it_does_where_a_policy_needs_programmes_whole(tmp_path: Path) -> None:
    """What a policy wants recorded in silence is found again, for which every cell is asked."""
    with council_town(tmp_path / "ledger") as town:
        set_policy(town, rules=[{"kinds": [MONEY], "forbidden": [], "silent": ["changed-since-seen"]}])
        amounts = ("160.00", "165.00", "170.00")
        for one in [town.envelope(MONEY, PROGRAMME, lines(amount)) for amount in amounts]:
            town.submit_all([one])
            town.clock.advance(days=1)
        log = town.ledger.reader
        whole = written(tmp_path / "whole.db", log, kept_max=ALL, batch=2000)
        assert whole == written(tmp_path / "forgetful.db", log, kept_max=0, batch=1)
        with closing(Writer(tmp_path / "again.db", log, kept_max=ALL)) as writer:
            writer.apply(log.entries(0, town.position))
            assert is_whole(writer._world, PROGRAMME_ID)
    assert any(row[0] == "consent" and "changed-since-seen" in row[4] for row in whole["records"])


def test_a_programme_keeps_none_of_what_was_stated_about_it(ledger: Path, tmp_path: Path) -> None:
    """Though nothing had to be forgotten."""
    with (
        closing(open_reader(ledger / "ledger.db")) as log,
        closing(Writer(tmp_path / "tables.db", log, kept_max=ALL)) as writer,
    ):
        writer.apply(log.entries(0, EVENTS))
        programmes = writer._world.programmes.values()
        assert len(programmes) > SCALE.councils * SCALE.programmes
        assert all(not one.timeline.slots and not one.timeline.cells for one in programmes)
        assert not writer._world.citing
        acts = sum(len(body.kept) for body in writer._world.bodies.values())
        assert kept(writer) <= acts + len(writer._world.loaded), "nothing but what bodies stated"


def test_after_a_rollback_nothing_is_taken_for_written(feed: Feed, tmp_path: Path) -> None:
    tell_many(feed, range(4))
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        tables.writer.apply(feed.reader.entries(0, 5))
        with pytest.raises(Exception, match="does not follow"):
            tables.writer.apply([*feed.reader.entries(5, 10), *feed.reader.entries(5, 1)])
        tables.catch_up()
    assert contents(tables.path) == written(tmp_path / "whole.db", feed.reader, kept_max=ALL, batch=2000)


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    recent: Recent[str, int] = Recent(8)
    for number, name in enumerate("abcd"):
        recent.put(name, number, 2)
    assert recent.shrink() == []
    assert recent.get("a") == 0
    recent.put("e", 4, 1)
    assert recent.shrink() == ["b", "c"], "down to three quarters of the bound"
    assert (recent.size, len(recent), "a" in recent, recent.get("b")) == (5, 3, True, None)


def test_what_has_grown_counts_once() -> None:
    recent: Recent[str, int] = Recent(10)
    recent.put("a", 1, 4)
    recent.put("a", 2, 6)
    assert (recent.size, recent.get("a")) == (6, 2)
