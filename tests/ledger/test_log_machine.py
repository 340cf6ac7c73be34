"""A log under everything that may happen to it, checked as a whole after every step."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.append.appender import Appender, Outcome
from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal, Stopped, StorageError
from ledger.merkle import check_consistency, prove_consistency
from ledger.receipt import read_receipt
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from ledger.streams import load_stream
from ledger.world import World
from tests.support.commits import failing
from tests.support.log import (
    BOOKS,
    COUNCIL_BODY,
    FOREIGN_BODY,
    ROADS,
    SCHOOLS,
    Audited,
    HandClock,
    Small,
    altered,
    assert_same_world,
    audit,
    checkpoint_of,
    corrects,
    failing_commit,
    found_small,
    new_id,
    receipt_json,
    replayed,
)
from tests.support.places import ON_POSTGRES, forget_below
from tests.support.town import line

pytestmark = pytest.mark.thorough

# What a disk does to syncs is tests/ledger/test_durability.py's matter: here memory will do.
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- a folder of our own in it
BODY_OF = {ROADS: COUNCIL_BODY, SCHOOLS: COUNCIL_BODY, BOOKS: FOREIGN_BODY}
MOMENTS = ("before", "after") if ON_POSTGRES else ("before", "after", "torn")
DAYS = ("2025-02-01", "2025-03-01", "2025-07-01")

programmes = st.sampled_from(sorted(BODY_OF))
days = st.sampled_from(DAYS)
amounts = st.integers(0, 999).map(lambda whole: f"{whole}.00")
money_lines = st.lists(
    st.builds(line, amounts, op=st.sampled_from(["set", "add"]), measure=st.sampled_from(["1.1", "1.2"])),
    min_size=1,
    max_size=2,
    unique_by=lambda said: said["measure"],
)
changes = st.tuples(st.just("change"), programmes, days, money_lines)
statements = st.one_of(
    changes,
    changes,
    st.tuples(st.just("correct"), st.integers(0, 99), days, st.none() | money_lines),
    st.tuples(st.just("transfer"), programmes),
    st.tuples(
        st.just("status"), programmes, days, st.sampled_from(["suspended", "resumed", "quashed", "restored"])
    ),
    st.tuples(st.just("act"), st.sampled_from([COUNCIL_BODY, FOREIGN_BODY])),
    st.tuples(st.just("person")),
)


@cache
def founded() -> Small:
    """One ledger that every example copies; the folder goes when the process does."""
    folder = tempfile.TemporaryDirectory(dir=FAST)
    _FOLDERS.append(folder)
    return found_small(Path(folder.name) / "founded")


_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []


class LogMachine(RuleBasedStateMachine):
    """acknowledged: payload → receipt as JSON. loose: in the log or not, nobody was told."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=FAST)
        self.lives = 0
        self.clock = HandClock()
        self.small = founded().copied(self.next_place())
        self.ledger = Ledger(self.small.path, clock=self.clock)
        self.beginning = set(audit(self.small.path, self.small.log_key).by_payload())
        self.acknowledged: dict[bytes, bytes] = {}
        self.loose: set[bytes] = set()
        self.in_force: dict[str, bytes] = {}  # slot → the statement in force, of financing.changed
        self.signed: dict[int, bytes] = {}  # tree size → root
        self.read = self.audited()

    def next_place(self) -> Path:
        self.lives += 1
        return Path(self.folder.name) / str(self.lives)

    def teardown(self) -> None:
        self.ledger.close()
        forget_below(Path(self.folder.name))
        self.folder.cleanup()

    def audited(self) -> Audited:
        return audit(self.small.path, self.small.log_key)

    # -- what is said ---------------------------------------------------------

    def payload(self, said: tuple[Any, ...]) -> bytes:
        small, seen = self.small, self.ledger.reader.head().size
        match said:
            case ("change", programme, day, lines):
                more = {"effective": day, "act": {"id": f"{programme.removeprefix('programme:')}-1"}}
                return small.payload("financing.changed", programme, {"lines": lines}, seen=seen, more=more)
            case ("correct", number, day, lines):
                return self.correction(number, day, lines)
            case ("status", programme, day, status):
                act = f"{programme.removeprefix('programme:')}-1"
                data = {"act": act, "status": status, "date": day, "start": day}
                return small.payload("act.status_changed", BODY_OF[programme], data, seen=seen)
            case ("act", body):
                return small.act(body)
            case ("transfer", programme):
                return small.transfer(programme)
        return small.person()

    def correction(self, number: int, day: str, lines: list[dict[str, Any]] | None) -> bytes:
        """Restate or void (lines None) one of the changes on record."""
        if not self.in_force:
            return self.small.person()
        slot = sorted(self.in_force)[number % len(self.in_force)]
        old = self.in_force[slot]
        relations = corrects(old)
        relations["corrects"]["event"] = slot
        data = {"lines": lines} if lines is not None else None
        seen = self.ledger.reader.head().size
        said = altered(old, id=new_id(), effective=day, data=data, relations=relations, seen=seen)
        return altered(said, acknowledges=[])

    def insist(self, payloads: list[bytes]) -> tuple[list[bytes], Outcome]:
        """Submit a batch, acknowledging what the door asks; returns what was signed at last."""
        for _ in range(2 * len(payloads)):
            try:
                return payloads, self.small.submit(self.ledger, *payloads)
            except NeedsAcknowledgement as asked:
                pointer, codes = asked.found[0].pointer, sorted({found.code for found in asked.found})
                place = int(pointer.split("/")[2]) if len(payloads) > 1 else 0
                again = altered(payloads[place], id=new_id(), acknowledges=codes)
                payloads = [*payloads[:place], again, *payloads[place + 1 :]]
        raise AssertionError("the door asks for ever")

    def note(self, payloads: list[bytes], receipts: Outcome) -> None:
        for payload, receipt in zip(payloads, receipts, strict=True):
            said = receipt_json(receipt)
            assert self.acknowledged.setdefault(payload, said) == said
            self.loose.discard(payload)
            checkpoint = checkpoint_of(receipt.checkpoint, self.small.log_key)
            assert self.signed.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root
            self.stand(payload)

    def stand(self, payload: bytes) -> None:
        members = json.loads(payload)
        if members["kind"] == "financing.changed":
            slot = members.get("relations", {}).get("corrects", {}).get("event", members["id"])
            self.in_force[slot] = payload

    # -- what happens -----------------------------------------------------------

    @rule(said=statements)
    def append(self, said: tuple[Any, ...]) -> None:
        self.note(*self.insist([self.payload(said)]))

    @rule(batch=st.lists(statements.filter(lambda said: said[0] != "correct"), min_size=2, max_size=5))
    def append_batch(self, batch: list[tuple[Any, ...]]) -> None:
        self.note(*self.insist([self.payload(said) for said in batch]))

    @rule(said=statements, place=st.integers(0, 2), alone=st.booleans())
    def refuse(self, said: tuple[Any, ...], place: int, alone: bool) -> None:
        payloads = [] if alone else [self.small.transfer(), self.small.person()]
        payloads.insert(place, self.small.transfer(measure="no-such"))
        with pytest.raises(Refusal, match="unknown-measure"):
            self.small.submit(self.ledger, *payloads)

    @precondition(lambda self: self.acknowledged)
    @rule(number=st.integers(0, 999), count=st.integers(1, 3))
    def submit_again(self, number: int, count: int) -> None:
        known = sorted(self.acknowledged)
        payloads = [known[(number + step) % len(known)] for step in range(min(count, len(known)))]
        self.note(payloads, self.small.submit(self.ledger, *payloads))

    @precondition(lambda self: self.loose)
    @rule(number=st.integers(0, 99))
    def ask_what_became_of_it(self, number: int) -> None:
        """A signer who got no answer submits the same payload again."""
        payload = sorted(self.loose)[number % len(self.loose)]
        self.note([payload], self.small.submit(self.ledger, payload))

    @rule(seconds=st.sampled_from([0, 1, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @rule()
    def reload(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.small.path, clock=self.clock)

    @rule()
    def crash(self) -> None:
        self.continue_from(self.small.copied(self.next_place()))

    def continue_from(self, image: Small) -> None:
        """Go on with a copy of the files, as after a crash; what was in memory is gone."""
        self.ledger.close()
        forget_below(self.small.path)
        shutil.rmtree(self.small.path)
        self.small = image
        self.ledger = Ledger(image.path, clock=self.clock)

    @rule(said=st.sampled_from(["transfer", "person"]), stale=st.booleans())
    def fail_to_commit(self, said: str, stale: bool) -> None:
        payload = self.payload((said, ROADS))
        with failing_commit(after=False), pytest.raises(StorageError, match="planted"):
            self.small.submit(self.ledger, payload)
        if not stale:
            self.note([payload], self.small.submit(self.ledger, payload))

    @rule(count=st.integers(1, 3))
    def fail_after_the_commit(self, count: int) -> None:
        payloads = [self.small.transfer(SCHOOLS) for _ in range(count)]
        with failing_commit(after=True):
            self.note(payloads, self.small.submit(self.ledger, *payloads))

    @rule()
    def fail_to_sign(self) -> None:
        payload = self.small.transfer(BOOKS)
        with (
            patch.object(FileLogSigner, "sign", side_effect=Stopped("planted")),
            pytest.raises(Stopped, match="planted"),
        ):
            self.small.submit(self.ledger, payload)
        self.loose.add(payload)

    @rule(moment=st.sampled_from(MOMENTS), part=st.floats(0, 1), count=st.integers(1, 3))
    def crash_in_a_commit(self, moment: str, part: float, count: int) -> None:
        """The files as they are just before or after COMMIT, or with half of its bytes on disk."""
        payloads = [self.small.transfer(reason=f"{uuid4()}" * 20) for _ in range(count)]
        with (
            image_in_commit(self.small, self.next_place(), moment, part) as taken,
            pytest.raises(StorageError, match="planted"),
        ):
            self.small.submit(self.ledger, *payloads)
        self.continue_from(taken())
        found = [payload in self.audited().by_payload() for payload in payloads]
        assert len(set(found)) == 1, "a batch is on disk in part"
        assert moment == "torn" or found[0] == (moment == "after")
        self.note(payloads, self.small.submit(self.ledger, *payloads))

    # -- what holds ---------------------------------------------------------------

    @invariant()
    def the_log_is_whole(self) -> None:
        self.read = self.audited()
        self.nothing_is_lost_and_nothing_is_made_up()
        self.every_receipt_still_holds()
        self.every_older_tree_is_a_prefix_of_the_newest()
        self.every_world_is_a_replay_of_the_log()

    def nothing_is_lost_and_nothing_is_made_up(self) -> None:
        found = set(self.read.by_payload())
        assert self.beginning | set(self.acknowledged) <= found
        assert found <= self.beginning | set(self.acknowledged) | self.loose

    def every_receipt_still_holds(self) -> None:
        found = self.read.by_payload()
        for payload, said in self.acknowledged.items():
            entry = self.small.check(payload, read_receipt(json.loads(said)))
            assert found[payload] == entry

    def every_older_tree_is_a_prefix_of_the_newest(self) -> None:
        newest = self.ledger.appender.checkpoint
        assert newest is not None or self.loose
        for size, root in self.signed.items():
            assert self.read.root_of(size) == root
            check_consistency(
                old_size=size,
                new_size=self.read.size,
                old_root=root,
                new_root=self.read.root_of(self.read.size),
                proof=prove_consistency(self.ledger.reader.nodes, size, self.read.size),
            )
        if newest is not None:
            assert newest[0] == self.read.size or (self.loose and newest[0] < self.read.size)
            assert checkpoint_of(newest[1], self.small.log_key).root == self.read.root_of(newest[0])

    def every_world_is_a_replay_of_the_log(self) -> None:
        """The appender's, grown step by step, and one that is loaded anew."""
        whole = replayed(self.read.entries)
        if self.ledger.appender.world.loaded:
            assert_same_world(self.ledger.appender.world, whole)
        anew = replace(World(), position=self.read.size)
        for programme in BODY_OF:
            anew = load_stream(anew, programme, self.ledger.reader)
        assert_same_world(anew, whole)


@contextmanager
def image_in_commit(small: Small, to: Path, moment: str, part: float) -> Iterator[Callable[[], Small]]:
    """The next COMMIT takes an image of the files, and then fails. Gives the image.

    torn: the log of SQLite is cut somewhere in what this commit wrote, as when the machine
    went down before the disk had it all.
    """
    images: list[Small] = []
    wal = small.path / "ledger.db-wal"

    def take(commit: Callable[[], object]) -> None:
        before = wal.stat().st_size if wal.exists() else 0
        if moment != "before":
            commit()
        image = small.copied(to)
        after = wal.stat().st_size if wal.exists() else 0
        if moment == "torn" and after > before:
            with (image.path / wal.name).open("r+b") as cut:
                cut.truncate(before + int(part * (after - before)))
        images.append(image)

    # The appender looks up the outcome of a commit that failed: here it must not find it.
    blind = patch.object(Appender, "_looked_up", return_value=(None, {}))
    with failing(take), blind:
        yield lambda: images[0]


QUICK = settings(
    max_examples=16, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_log_stays_whole_whatever_happens_to_it() -> None:
    run_state_machine_as_test(LogMachine, settings=QUICK)


@pytest.mark.slow
def test_a_log_stays_whole_however_long_it_goes_on() -> None:
    run_state_machine_as_test(LogMachine, settings=settings(QUICK, max_examples=60, stateful_step_count=50))
