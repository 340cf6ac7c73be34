"""SIGKILL at any moment: what was acknowledged is there and proves itself, nothing is there by half."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import pytest

from ledger.merkle import check_consistency, prove_consistency
from ledger.receipt import read_receipt
from ledger.service import Ledger
from tests.ledger.kill_child import POINTS, START_POINTS
from tests.support.batches import batches_in, check_batches
from tests.support.log import (
    Audited,
    Small,
    assert_same_world,
    audit,
    checkpoint_of,
    found_small,
    receipt_json,
    replayed,
)
from tests.support.places import wait_alone

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE = 60.0


class Child:
    """A child process and what it has said. A line that the kill cut short counts as unsaid.

    acknowledged: payload → receipt as JSON.
    """

    def __init__(self, small: Small, *points: str) -> None:
        self.opened = False
        self.acknowledged: dict[bytes, bytes] = {}
        child = [sys.executable, "-m", "tests.ledger.kill_child"]
        self._process = subprocess.Popen(
            [*child, str(small.path), small.log_key, small.genesis, *points],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith(b"\n"):
                self._hear(orjson.loads(line))

    def _hear(self, said: object) -> None:
        if isinstance(said, dict):
            payload = b64decode(said["payload"])
            assert payload not in self.acknowledged
            self.acknowledged[payload] = orjson.dumps(said["receipt"])
        else:
            self.opened = True

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Poll until something holds or the child is dead."""
        end = time.monotonic() + DEADLINE
        while self.alive and not holds():
            assert time.monotonic() < end, "the child does not get on"
            time.sleep(0.001)

    def wait_for_receipts(self, count: int) -> None:
        self.wait_until(lambda: len(self.acknowledged) >= count)

    def live_on(self, seconds: float) -> None:
        """Let it live for a while, unless it dies by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(DEADLINE)

    def bury(self) -> None:
        """Hear the rest of what it said; fail if it died of anything but SIGKILL."""
        self._process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        errors = self._process.stderr.read().decode()
        self._process.stdout.close()
        self._process.stderr.close()
        assert self._process.returncode == -signal.SIGKILL, errors


@contextmanager
def running(small: Small, *points: str) -> Iterator[Child]:
    child = Child(small, *points)
    try:
        yield child
    finally:
        child.kill()
        child.bury()
        wait_alone(small.path)


def kill_repeatedly(small: Small, kills: int) -> tuple[dict[bytes, bytes], Counter[str]]:
    """Kill children at random moments, two of each five while they start.

    Returns what was acknowledged (payload → receipt as JSON), and how far each child came.
    """
    chance = random.Random()
    acknowledged: dict[bytes, bytes] = {}
    came = Counter[str]()
    start_seconds = 1.0
    for turn in range(kills):
        began = time.monotonic()
        with running(small) as child:
            if turn % 5 in (1, 3):
                # Nearly all of a start is Python's own; the ledger is opened at its end.
                child.live_on(start_seconds * chance.uniform(0.85, 1.02))
            else:
                child.wait_until(lambda: child.opened)
                start_seconds = time.monotonic() - began
                child.wait_for_receipts(chance.randint(180, 350))
                child.live_on(chance.uniform(0, 0.01))
            assert child.alive
        came["wrote" if child.acknowledged else "opened" if child.opened else "started"] += 1
        assert not acknowledged.keys() & child.acknowledged.keys()
        acknowledged.update(child.acknowledged)
        # Each life leaves a whole log; what the reader changes on opening is the next start's.
        check_batches(audit(small.path, small.log_key).entries)
    return acknowledged, came


def check_after_kills(small: Small, acknowledged: dict[bytes, bytes]) -> Audited:
    """Reopen: everything that was acknowledged is there and provable, and nothing by half."""
    with Ledger(small.path) as ledger:
        read = audit(small.path, small.log_key)
        check_batches(read.entries)
        found = read.by_payload()
        for payload, said in acknowledged.items():
            receipt = read_receipt(orjson.loads(said))
            assert small.check(payload, receipt) == found.get(payload), "an acknowledged event is lost"
            checkpoint = checkpoint_of(receipt.checkpoint, small.log_key)
            assert checkpoint.root == read.root_of(checkpoint.size), "a checkpoint is of another past"
        check_checkpoints(ledger, read, small)
        for payload, said in list(acknowledged.items())[::7]:
            (again,) = small.submit(ledger, payload)
            assert receipt_json(again) == said, "the same payload got another receipt"
        (following,) = small.submit(ledger, small.transfer())
        assert following.index == read.size
        assert_same_world(ledger.appender.world, replayed(audit(small.path, small.log_key).entries))
    return read


def check_checkpoints(ledger: Ledger, read: Audited, small: Small) -> None:
    """All stored checkpoints, and the one signed at the start, are of one history."""
    assert ledger.appender.checkpoint is not None
    size, note = ledger.appender.checkpoint
    newest = checkpoint_of(note, small.log_key)
    assert (size, newest.root) == (read.size, read.root_of(read.size))
    for old in read.checkpoints.values():
        proof = prove_consistency(ledger.reader.nodes, old.size, size)
        check_consistency(
            old_size=old.size, new_size=size, old_root=old.root, new_root=newest.root, proof=proof
        )


def test_five_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    small = found_small(tmp_path / "small")
    acknowledged, came = kill_repeatedly(small, 5)
    assert came["wrote"] >= 3
    assert len(acknowledged) >= 500
    read = check_after_kills(small, acknowledged)
    assert batches_in(read.entries)


@pytest.mark.slow
def test_thirty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    small = found_small(tmp_path / "small")
    acknowledged, came = kill_repeatedly(small, 30)
    assert came["wrote"] >= 18
    assert sum(came.values()) == 30
    assert len(acknowledged) >= 2500
    check_after_kills(small, acknowledged)


def killed_at(small: Small, point: str) -> Child:
    """A child that has killed itself at a point."""
    with running(small, point) as child:
        child.wait_until(lambda: False)
        assert not child.alive
    return child


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_this_point_of_a_commit_loses_nothing_that_was_acknowledged(
    point: str, tmp_path: Path
) -> None:
    small = found_small(tmp_path / "small")
    child = killed_at(small, point)
    assert child.opened
    assert child.acknowledged
    check_after_kills(small, child.acknowledged)


def test_a_start_that_is_killed_again_and_again_is_made_good_by_the_next(tmp_path: Path) -> None:
    """The log holds an entry that nobody has signed yet: each start begins by signing it."""
    small = found_small(tmp_path / "small")
    child = killed_at(small, "after COMMIT")
    for point in START_POINTS:
        assert not killed_at(small, point).opened
    read = check_after_kills(small, child.acknowledged)
    assert read.by_payload().keys() > child.acknowledged.keys(), "the unsigned entry stays"
