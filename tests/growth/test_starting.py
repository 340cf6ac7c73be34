"""A start reads the registry and the head, and nothing of what the projections have applied already."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from ledger.envelope import parse_envelope
from ledger.log import open_reader
from ledger.service import Ledger
from projections.follower import Follower
from tests.growth.comparing import assert_flat, assert_logarithmic
from tests.growth.counting import Counter, Work
from tests.growth.grown import PATIENCE_SECONDS, Grown

pytestmark = pytest.mark.sqlite  # its instructions are counted

Sizes = Mapping[int, Grown]


def test_opening_a_ledger_reads_the_registry_and_no_other_entry(
    grown: Sizes, counter: Counter, tmp_path: Path
) -> None:
    works: dict[int, Work] = {}
    for size, one in grown.items():
        with one.reading() as reading:
            registry = len(list(reading.log.stream("root")))
        place = one.copied(tmp_path / str(size))
        with counter.counting() as works[size]:
            ledger = Ledger(place)
        ledger.close()
        assert works[size].streams == ["root"]
        assert works[size].entries == registry
        assert_logarithmic(max(works[size].hashes, works[size].nodes), size, each=2)
        works[size].steps -= 10 * registry  # of the rows of the registry, which grows with the bodies
        works[size].entries = works[size].hashes = works[size].nodes = 0
    assert_flat(works)


def test_projections_that_are_up_to_date_read_no_entry_at_a_start(
    grown: Sizes, counter: Counter, tmp_path: Path
) -> None:
    works: dict[int, Work] = {}
    for size, one in grown.items():
        place = one.copied(tmp_path / str(size))
        with (
            closing(open_reader(place / "ledger.db")) as reader,
            counter.counting() as works[size],
            closing(Follower(place, reader)) as follower,
        ):
            assert follower.wait_for(size, PATIENCE_SECONDS)
        assert works[size].entries == 0
        assert_logarithmic(max(works[size].hashes, works[size].nodes), size)
        works[size].hashes = works[size].nodes = 0
    assert_flat(works)


def test_projections_that_are_behind_read_what_they_lack_and_the_streams_that_it_is_about(
    grown: Sizes, counter: Counter, tmp_path: Path
) -> None:
    works: dict[int, Work] = {}
    for size, one in grown.items():
        place = one.copied(tmp_path / str(size))
        with Ledger(place) as ledger:
            for raw in one.fresh[:8]:
                ledger.submit([parse_envelope(raw)]).result()
        with closing(open_reader(place / "ledger.db")) as reader:
            registry, body = (len(list(reader.stream(name))) for name in ("root", "body:wide"))
            programme = len(list(reader.stream("programme:wide-p0")))
            with counter.counting() as works[size], closing(Follower(place, reader)) as follower:
                assert follower.wait_for(size + 8, PATIENCE_SECONDS)
        assert set(works[size].streams) == {"root", "body:wide", "programme:wide-p0"}
        assert works[size].entries <= 8 + registry + body + programme
