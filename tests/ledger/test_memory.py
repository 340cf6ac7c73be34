"""What the appender keeps in memory between commits has an end, and decides as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.append import memory
from projections import follower, writer
from tests.projections.feed import Feed
from tests.projections.following import caught_up, eventually, generation, whole
from tests.projections.tables import contents
from tests.projections.told import tell_many
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, lines


def test_an_appender_that_forgets_after_every_second_entry_decides_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "WORKED_IN_MAX", 2)
    with TestLedger.with_programme(tmp_path / "short") as town:
        seen = set()
        for number in range(8):
            town.submit("financing.changed", PROGRAMME, lines(f"{number}.00"), effective="2025-02-01")
            held = town.ledger.appender._memory
            seen.add(held.since)
            assert held.world.position - held.since <= 3
        assert len(seen) > 2, "it never forgot"
        assert town.refused("financing.changed", PROGRAMME, lines("1")).code == "not-money"
        forgetful = town.ledger.world_now(PROGRAMME).programmes[PROGRAMME_ID]
        town.reopen()
        assert town.ledger.world_now(PROGRAMME).programmes[PROGRAMME_ID] == forgetful


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
