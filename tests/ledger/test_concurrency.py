"""Many writers at once: nothing is lost, nothing is there twice, every receipt holds."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from ledger.append.appender import Outcome
from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from ledger.merkle import check_consistency, prove_consistency
from ledger.service import Ledger
from tests.support.log import (
    BOOKS,
    COUNCIL_BODY,
    FOREIGN_BODY,
    ROADS,
    SCHOOLS,
    Audited,
    Small,
    altered,
    assert_same_world,
    audit,
    checkpoint_of,
    found_small,
    new_id,
    receipt_json,
    replayed,
)

pytestmark = pytest.mark.thorough

WRITERS = 32
SUBMISSIONS = 24
DEADLINE = 120.0


@dataclass
class Told:
    """What one writer was told. acknowledged: payload → receipt as JSON, batches by their payloads."""

    acknowledged: dict[bytes, bytes] = field(default_factory=dict)
    batches: list[list[bytes]] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)


class Writer:
    """Submits a mixture, half of the time without waiting for the answer to the last one."""

    def __init__(self, small: Small, ledger: Ledger, shared: list[bytes], seed: int) -> None:
        self._small, self._ledger, self._shared = small, ledger, shared
        self._random = random.Random(seed)
        self.told = Told()

    def run(self) -> Told:
        kinds: list[Callable[[], None]] = [
            self.single,
            self.single,
            self.batch,
            self.bad,
            self.spoilt,
            self.twice,
        ]
        for place in range(SUBMISSIONS):
            kinds[place % len(kinds)]()
            if self._random.random() < 0.3:
                self.common()
        return self.told

    def fresh(self) -> bytes:
        small, pick = self._small, self._random.randrange(6)
        if pick == 0:
            return small.person()
        if pick == 1:
            return small.act(self._random.choice((COUNCIL_BODY, FOREIGN_BODY)))
        return small.transfer(self._random.choice((ROADS, SCHOOLS, BOOKS)))

    def single(self) -> None:
        self.note([self.fresh()])

    def batch(self) -> None:
        payloads = [self.fresh() for _ in range(self._random.randint(2, 6))]
        self.told.batches.append(payloads)
        self.note(payloads)

    def common(self) -> None:
        """One of the payloads that all writers submit."""
        self.note([self._random.choice(self._shared)])

    def bad(self) -> None:
        self.refuse([self._small.transfer(measure="no-such")])

    def spoilt(self) -> None:
        batch = [self.fresh(), self._small.transfer(measure="no-such"), self.fresh()]
        self.refuse(self._random.sample(batch, 3))

    def twice(self) -> None:
        """The same payload waits in the queue twice, and another under its event id."""
        payload = self.fresh()
        one, two = (self._ledger.submit([self._small.sign(payload)]) for _ in range(2))
        other = self._ledger.submit([self._small.sign(altered(payload, reason="another"))])
        self.keep([payload], one.result(DEADLINE))
        self.keep([payload], two.result(DEADLINE))
        error = other.exception(DEADLINE)
        assert isinstance(error, Refusal)
        assert error.code == "event-id-used"

    def note(self, payloads: list[bytes]) -> None:
        envelopes = [self._small.sign(payload) for payload in payloads]
        self.keep(payloads, self._ledger.submit(envelopes).result(DEADLINE))

    def keep(self, payloads: list[bytes], receipts: Outcome) -> None:
        for payload, receipt in zip(payloads, receipts, strict=True):
            self._small.check(payload, receipt)
            said = receipt_json(receipt)
            assert self.told.acknowledged.setdefault(payload, said) == said

    def refuse(self, payloads: list[bytes]) -> None:
        with pytest.raises(Refusal, match="unknown-measure"):
            self._ledger.submit([self._small.sign(payload) for payload in payloads]).result(DEADLINE)
        self.told.refused.extend(payloads)


@dataclass(frozen=True)
class Crowd:
    small: Small
    told: list[Told]
    read: Audited
    founded: int
    commits: list[int]

    def acknowledged(self) -> dict[bytes, bytes]:
        """All writers' receipts; those who were told of one payload were told the same."""
        found: dict[bytes, bytes] = {}
        for told in self.told:
            for payload, receipt in told.acknowledged.items():
                assert found.setdefault(payload, receipt) == receipt
        return found


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    small = found_small(tmp_path_factory.mktemp("crowd"))
    founded = audit(small.path, small.log_key).size
    shared = [small.transfer(BOOKS) for _ in range(5)]
    commits: list[int] = []
    with Ledger(small.path, on_commit=commits.append) as ledger, ThreadPoolExecutor(WRITERS) as pool:
        start = threading.Barrier(WRITERS)

        def write(seed: int) -> Told:
            writer = Writer(small, ledger, shared, seed)
            start.wait(DEADLINE)
            return writer.run()

        told = [future.result(DEADLINE) for future in [pool.submit(write, seed) for seed in range(WRITERS)]]
        world = ledger.appender.world
        final = audit(small.path, small.log_key)
        assert_same_world(world, replayed(final.entries))
        assert set(world.loaded) >= {ROADS, SCHOOLS, BOOKS, COUNCIL_BODY, FOREIGN_BODY}
        nodes = ledger.reader.nodes
        for size, checkpoint in final.checkpoints.items():
            check_consistency(
                old_size=size,
                new_size=final.size,
                old_root=checkpoint.root,
                new_root=final.root_of(final.size),
                proof=prove_consistency(nodes, size, final.size),
            )
    return Crowd(small, told, final, founded, commits)


def test_nothing_is_lost_and_nothing_is_there_twice(crowd: Crowd) -> None:
    """The audit of the fixture has found versions contiguous, indexes gapless, and the root true."""
    recorded = Counter(entry.payload for entry in crowd.read.entries[crowd.founded :])
    assert recorded == Counter(crowd.acknowledged().keys())
    assert len(recorded) >= WRITERS * SUBMISSIONS // 2


def test_nothing_that_was_refused_is_there(crowd: Crowd) -> None:
    recorded = crowd.read.by_payload()
    refused = [payload for told in crowd.told for payload in told.refused]
    assert len(refused) >= WRITERS
    assert not [payload for payload in refused if payload in recorded]


def test_every_receipt_is_of_its_entry_and_of_a_tree_that_became_the_last_one(crowd: Crowd) -> None:
    found = crowd.read.by_payload()
    for payload, said in crowd.acknowledged().items():
        receipt, entry = orjson.loads(said), found[payload]
        assert (receipt["index"], receipt["version"], receipt["stream"]) == (
            entry.index,
            entry.version,
            entry.stream,
        )
        checkpoint = checkpoint_of(receipt["checkpoint"], crowd.small.log_key)
        assert entry.index < checkpoint.size <= crowd.read.size
        assert checkpoint.root == crowd.read.root_of(checkpoint.size)


def test_batches_stand_together_under_one_instant_and_singles_alone(crowd: Crowd) -> None:
    found = crowd.read.by_payload()
    counted = Counter(entry.recorded_at for entry in crowd.read.entries)
    in_batch = set()
    for batch in (batch for told in crowd.told for batch in told.batches):
        entries = [found[payload] for payload in batch]
        first = entries[0].index
        assert [entry.index for entry in entries] == list(range(first, first + len(batch)))
        (instant,) = {entry.recorded_at for entry in entries}
        assert counted[instant] == len(batch)
        in_batch.update(batch)
    for entry in crowd.read.entries[crowd.founded :]:
        assert entry.payload in in_batch or counted[entry.recorded_at] == 1


def test_waiting_submissions_share_commits(crowd: Crowd) -> None:
    assert crowd.commits == sorted(set(crowd.commits))
    assert crowd.commits[-1] == crowd.read.size
    assert len(crowd.commits) < len(crowd.acknowledged()) / 2


def test_of_many_who_write_one_cell_at_once_the_first_is_taken_and_the_others_are_asked(
    tmp_path: Path,
) -> None:
    small = found_small(tmp_path / "small")
    with Ledger(small.path) as ledger, ThreadPoolExecutor(16) as pool:
        seen = ledger.reader.head().size
        data = {"measure": "1.1", "period": "2025-01", "status": "done"}
        payloads = [small.payload("progress.reported", ROADS, data, seen=seen) for _ in range(16)]
        futures = list(pool.map(lambda payload: ledger.submit([small.sign(payload)]), payloads))
        errors = [future.exception(DEADLINE) for future in futures]
        assert errors.count(None) == 1
        asked = [error for error in errors if isinstance(error, NeedsAcknowledgement)]
        assert len(asked) == 15
        (taken,) = (payload for payload, error in zip(payloads, errors, strict=True) if error is None)
        again = altered(taken, id=new_id(), acknowledges=["changed-since-seen"])
        small.submit(ledger, again)
    assert audit(small.path, small.log_key).size == seen + 2
