"""What the appender keeps in memory between commits has an end, and decides as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from ledger.append import memory
from ledger.envelope import parse_envelope
from ledger.ids import programme_stream, split_stream
from ledger.log import open_log
from ledger.programme import Programme
from ledger.recent import Recent
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from ledger.streams import load_stream
from ledger.world import World
from projections import follower, writer
from tests.bench.peers.workload_files import make_key
from tests.bench.workload import Scale, Workload
from tests.projections.feed import Feed
from tests.projections.following import caught_up, eventually, generation, whole
from tests.projections.tables import contents
from tests.projections.told import tell_many
from tests.support.town import PROGRAMME, TestLedger, lines

SMALL = Scale(councils=2, programmes=4, measures=2, wide=2, wide_measures=2, hot_versions=40)
KEPT = 120  # statements; a programme that was just adopted has some fifteen
FEW = 12  # events of a turn


class Forgetful:
    """A ledger under the benchmark's workload, whose appender keeps few statements."""

    def __init__(self, path: Path) -> None:
        make_key(path)
        with FileLogSigner(path / "log-key.pem", path / "log-memory") as signer:
            self.workload = Workload(signer.verifier_key, SMALL)
        log, reader = open_log(path / "ledger.db")
        log.close()
        reader.close()
        self.ledger = Ledger(path)

    def append(self, count: int) -> Iterator[World]:
        """The appender's world after each few events; each of them must be recorded."""
        envelopes = self.workload.envelopes(count)
        while few := [parse_envelope(raw) for raw in islice(envelopes, FEW)]:
            for waiting in [self.ledger.submit([envelope]) for envelope in few]:
                waiting.result()
            yield self.ledger.appender.world

    def as_logged(self, world: World, name: str) -> Programme:
        """A programme as of the world's position, from the log alone."""
        tail = self.ledger.reader.at_position(world.position)
        whole = load_stream(replace(World(), position=world.position), programme_stream(name), tail)
        return whole.programmes[name]


def test_an_appender_that_forgets_programmes_all_the_time_holds_the_others_as_the_log_tells_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "STATEMENTS_MAX", KEPT)
    forgetful = Forgetful(tmp_path / "ledger")
    held, ever = set[str](), set[str]()
    gone = 0
    for world in forgetful.append(400):
        now = {*world.programmes}
        gone += len(held - now)
        held, ever = now, ever | now
        sizes = [known.version + memory.OF_ANY for known in world.programmes.values()]
        assert sum(sizes) <= KEPT or len(sizes) == 1
        assert {split_stream(stream)[1] for stream in world.loaded if stream.startswith("programme:")} == now
        assert {name for names in world.citing.values() for name in names} <= now
        for name in now:
            assert world.programmes[name] == forgetful.as_logged(world, name)
    assert gone > 2 * len(ever) > 0, "it hardly forgot"
    forgetful.ledger.close()


def test_what_was_used_last_stays_however_large_it_is() -> None:
    recent: Recent[str, None] = Recent(10, least=1)
    recent.put("small", None, 3)
    recent.put("large", None, 30)
    assert recent.shrink() == ["small"]
    assert recent.shrink() == []
    recent.put("other", None, 1)
    assert recent.shrink() == ["large"]
    assert ("other" in recent, recent.size) == (True, 1)


def test_what_has_grown_is_counted_once() -> None:
    recent: Recent[str, None] = Recent(10)
    for size in (1, 4, 9):
        recent.put("one", None, size)
    assert (recent.size, len(recent), recent.shrink()) == (9, 1, [])


def test_names_that_nobody_introduced_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "NAMES_MAX", 60)
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        for number in range(80):
            refusal = town.refused("financing.changed", f"programme:no-{number}", lines("1.00"))
            assert refusal.code == "unknown-programme"
        held = town.ledger.appender.world
        assert len(held.loaded) + len(held.names) <= 60 + 10
        town.submit("financing.changed", PROGRAMME, lines("2.00"), effective="2025-02-01")


def test_a_follower_that_forgets_all_the_time_makes_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "KEPT_MAX", 3)
    feed = Feed(tmp_path / "feed")
    tell_many(feed, range(6), copies=2)
    following = follower.Follower(feed.directory, feed.reader)
    for seed in range(6, 12):
        tell_many(feed, [seed], copies=2)
        following.wake()
        assert caught_up(following, feed)
    eventually(lambda: following._writer is not None and not following._writer._world.bodies)
    following.close()
    assert contents(generation(feed)) == whole(feed)
    feed.close()
