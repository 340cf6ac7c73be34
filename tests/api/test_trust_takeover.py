"""A process takes the rounds over from another one, which had stated heads and was ended before it asked.

It has a checkpoint of its own, from before: no witness cosigns an older one than it has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.append.appender import Appender
from tests.api.watched import Watched, serviced_town, size_of, watched
from tests.support.town import TestLedger


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    with watched(model, tmp_path) as made:
        yield made


@pytest.fixture
def left(place: Watched, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """The first round was recorded; of a second one only heads, and our own checkpoint is older."""
    assert place.round().state == "recorded"
    ours = place.town.ledger.appender.checkpoint
    place.say()
    place.stop_all()
    assert place.round().state == "short"
    for watcher in place.watchers:
        watcher.start()
    monkeypatch.setattr(Appender, "checkpoint", property(lambda _: ours))
    return place


def test_the_checkpoint_that_the_other_process_left_is_witnessed(left: Watched) -> None:
    left.say()  # what comes next keeps the checkpoint before it
    before = left.kinds()
    assert left.round().state == "recorded"
    assert left.kinds() == [*before, "checkpoint.witnessed", "timestamp.anchored"]
    heads = [one for one in left.stated() if one.event.kind == "ledger.heads"][-1]
    assert size_of(left.newest("checkpoint.witnessed").checkpoint) > heads.index


def test_where_none_was_left_heads_are_stated_anew(left: Watched) -> None:
    assert left.town.ledger.reader.checkpoint_after(left.stated()[-1].index) is None, "it proves nothing else"
    before = left.kinds()
    assert left.round().state == "recorded"
    assert left.kinds() == [*before, "ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]
    heads = [one for one in left.stated() if one.event.kind == "ledger.heads"][-1]
    assert size_of(left.newest("checkpoint.witnessed").checkpoint) > heads.index
