"""The first witnessed and the first stamped checkpoint over an entry, as known at a position."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.doubt import doubts_of
from ledger.ids import TRUST
from ledger.statements import slots_of
from projections.anchoring import first_over, times_of
from projections.records import read_record
from tests.projections.following import SOON_SECONDS
from tests.projections.generations import follower_of
from tests.support import service
from tests.support.log_keys import log_key_in, note
from tests.support.people import MACHINE
from tests.support.town import PROGRAMME, TestLedger, lines

TEN, ELEVEN = "2025-09-01T10:00:00Z", "2025-09-01T11:00:00Z"
HOUR = 3600


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        service.enrol(town)
        yield town


class Read:
    """What the projections of a town say, once they have caught up."""

    def __init__(self, town: TestLedger) -> None:
        self.town = town
        self.follower = follower_of(town.path, town.ledger.reader)

    def __enter__(self) -> Read:
        return self

    def __exit__(self, *_: object) -> None:
        self.follower.close()

    def over(self, index: int, kind: Any, position: int | None = None) -> Any:
        assert self.follower.wait_for(self.town.position, SOON_SECONDS)
        with self.follower.reading(position) as reading:
            return first_over(reading, index, kind)

    def times(self, index: int) -> Any:
        assert self.follower.wait_for(self.town.position, SOON_SECONDS)
        with self.follower.reading() as reading:
            return times_of(reading, reading.entry(index))

    def key(self, kid: str) -> Any:
        assert self.follower.wait_for(self.town.position, SOON_SECONDS)
        with self.follower.reading() as reading:
            return read_record(reading, "key", kid)


def test_an_entry_has_its_four_times(town: TestLedger) -> None:
    receipt = town.submit("financing.changed", PROGRAMME, lines("150.00"))
    witnessed = town.submit("checkpoint.witnessed", TRUST, service.witnessed(town))
    stamped = town.submit("timestamp.anchored", TRUST, service.anchored(town))
    size = receipt.index + 1
    with Read(town) as read:
        times = read.times(receipt.index)
        (claim,) = times["claimed"]
        assert claim == {"kid": town.recorded[receipt.event].kids[0], "at": "2025-09-01T09:00:00Z"}
        assert times["recorded"] == receipt.recorded_at
        assert times["witnessed"] == {
            "size": size,
            "index": witnessed.index,
            "event": witnessed.event,
            "cosignatures": [{"name": "witness.example/w1", "at": TEN}],
            "doubt": None,
        }
        assert times["stamped"] == {
            "size": size + 1,
            "index": stamped.index,
            "event": stamped.event,
            "at": "2025-09-01T10:05:00.000000Z",
            "doubt": None,
        }


def test_the_first_checkpoint_that_covers_an_entry_counts_whatever_came_after(town: TestLedger) -> None:
    """A checkpoint of size n covers the leaf indexes below n, and no other."""
    first = town.position - 1
    sizes = (first, first + 1, first + 2)
    for place, size in enumerate(sizes):
        town.submit(
            "checkpoint.witnessed", TRUST, service.witnessed(town, size, service.WITNESSED_AT + place * HOUR)
        )
    with Read(town) as read:
        for index in range(town.position):
            covering = [size for size in sizes if size > index]
            found = read.over(index, "witnessed")
            assert (found["size"] if found else None) == min(covering, default=None), index
        assert read.over(first, "witnessed")["cosignatures"] == [{"name": "witness.example/w1", "at": ELEVEN}]
        assert read.over(0, "stamped") is None


def test_what_is_recorded_later_was_not_known_before(town: TestLedger) -> None:
    town.submit("checkpoint.witnessed", TRUST, service.witnessed(town))
    position = town.position
    with Read(town) as read:
        assert read.over(0, "witnessed", position - 1) is None
        assert read.over(0, "witnessed", position)["index"] == position - 1


def test_every_witness_is_named_with_its_own_time_and_other_lines_are_not(town: TestLedger) -> None:
    checkpoint = note([log_key_in(town.path)], town.position)
    for name, moment in (("w/1", service.WITNESSED_AT), ("w/2", service.WITNESSED_AT + HOUR)):
        checkpoint = service.cosigned(checkpoint, name, at=moment)
    checkpoint = service.cosigned(checkpoint, "w/short", cut=3)
    checkpoint = service.cosigned(checkpoint, "w/after-the-end-of-time", at=(1 << 64) - 1)
    town.submit("checkpoint.witnessed", TRUST, {"checkpoint": checkpoint})
    with Read(town) as read:
        found = read.over(0, "witnessed")["cosignatures"]
        assert found == [{"name": "w/1", "at": TEN}, {"name": "w/2", "at": ELEVEN}]


def test_a_suspect_service_key_marks_what_it_stated_and_nothing_more(town: TestLedger) -> None:
    money = town.submit("financing.changed", PROGRAMME, lines("150.00"))
    said = town.submit("checkpoint.witnessed", TRUST, service.witnessed(town))
    stolen = {"kid": MACHINE.key.public.kid, "cause": "stolen", "suspect_from": "2025-09-01"}
    town.submit("key.revoked", "root", stolen)
    after = town.submit("financing.changed", PROGRAMME, lines("160.00"))
    world = town.world(TRUST)
    assert doubts_of(world, TRUST, slots_of(world, TRUST)[said.event])
    with Read(town) as read:
        assert read.over(0, "witnessed")["doubt"] == "suspect"
        with read.follower.reading() as reading:
            rows = reading.rows("SELECT stream, leaf_index FROM doubts", [])
        assert [tuple(row) for row in rows] == [(TRUST, said.index)]
        assert money.index != after.index


def test_a_service_key_is_on_the_list_of_keys_with_its_revocation(town: TestLedger) -> None:
    kid = MACHINE.key.public.kid
    with Read(town) as read:
        key = read.key(kid)
        assert (key["person"], key["office"], key["status"]) == ("service", "service", "live")
        assert (key["jwk"], key["revoked"]) == (MACHINE.key.public.to_jwk(), None)
        said = town.submit("key.revoked", "root", {"kid": kid, "cause": "lost"})
        key = read.key(kid)
        assert (key["status"], key["revoked"]["event"], key["revoked"]["cause"]) == (
            "revoked",
            said.event,
            "lost",
        )
