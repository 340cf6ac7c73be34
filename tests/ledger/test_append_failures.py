"""Appending: one process, the signer's memory, failures, checkpoints."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ledger import door
from ledger.errors import LedgerError, Stopped, StorageError
from ledger.service import Ledger
from ledger.signer import FileLogSigner
from tests.support.appending import (
    DEADLINE,
    bad,
    position,
    refused,
    stopped,
    together,
)
from tests.support.log import (
    BOOKS,
    HandClock,
    Small,
    audit,
    failing_commit,
    writer_pragma,
)

# -- one process ---------------------------------------------------------------


@pytest.mark.sqlite
def test_a_directory_is_served_once_at_a_time(ledger: Ledger, small: Small) -> None:
    with pytest.raises(StorageError, match="in use by another process"):
        Ledger(small.path)
    opening = "import sys, pathlib, ledger.service as s; s.Ledger(pathlib.Path(sys.argv[1]))"
    tried = subprocess.run(
        [sys.executable, "-c", opening, str(small.path)],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert tried.returncode == 1
    assert "StorageError" in tried.stderr
    assert "in use by another process" in tried.stderr
    small.submit(ledger, small.transfer())
    ledger.close()
    with Ledger(small.path, clock=HandClock()) as following:
        small.submit(following, small.transfer())


def test_a_directory_without_a_ledger_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pledger init"):
        Ledger(tmp_path)
    assert list(tmp_path.iterdir()) == []


# -- the signer's memory -------------------------------------------------------


def test_a_ledger_without_its_signers_memory_does_not_open_and_says_what_to_do(small: Small) -> None:
    memory = small.path / "log-memory"
    memory.rename(small.path / "away")
    with pytest.raises(Stopped, match="ask every witness"):
        Ledger(small.path)
    (small.path / "away").rename(memory)
    with Ledger(small.path, clock=HandClock()) as ledger:  # nothing stayed locked
        small.submit(ledger, small.transfer())


@pytest.mark.sqlite
def test_a_ledger_file_that_cannot_be_read_leaves_nothing_locked(small: Small) -> None:
    database = small.path / "ledger.db"
    (small.path / "ledger.db-wal").unlink(missing_ok=True)
    kept = database.read_bytes()
    database.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="not a database"):
        Ledger(small.path)
    database.write_bytes(kept)
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())


def test_a_log_shorter_than_what_was_signed_is_read_but_not_appended_to(small: Small, tmp_path: Path) -> None:
    backup = small.copied(tmp_path / "backup")
    with Ledger(small.path, clock=HandClock()) as ledger:
        for _ in range(3):
            small.submit(ledger, small.transfer())
    shutil.copy2(small.path / "log-memory", backup.path / "log-memory")
    with Ledger(backup.path, clock=HandClock()) as restored:
        assert restored.appender.checkpoint is None
        said = stopped(restored, small)
        assert "were signed" in said
        assert str(position(restored)) in said


def test_a_log_of_another_past_than_what_was_signed_is_not_appended_to(small: Small, tmp_path: Path) -> None:
    fork = small.copied(tmp_path / "fork")
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
    with Ledger(fork.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
        small.submit(ledger, small.transfer())
    shutil.copy2(small.path / "log-memory", fork.path / "log-memory")
    with Ledger(fork.path, clock=HandClock()) as forked:
        assert "signs no tree" in stopped(forked, small)


# -- failures ------------------------------------------------------------------


def test_a_commit_that_fails_records_nothing_and_the_next_one_is_taken(ledger: Ledger, small: Small) -> None:
    small.submit(ledger, small.transfer())
    head, payload = ledger.reader.head(), small.transfer()
    with failing_commit(after=False), pytest.raises(StorageError, match="planted"):
        ledger.submit([small.sign(payload)]).result(DEADLINE)
    assert ledger.reader.head() == head
    assert not ledger.appender.world.loaded, "the overlay is dropped"
    (receipt,) = small.submit(ledger, payload)
    assert receipt.index == head.size
    assert receipt.version == 3
    audit(small.path, small.log_key)


def test_a_commit_that_fails_after_the_fact_is_acknowledged(ledger: Ledger, small: Small) -> None:
    old = small.transfer()
    (before,) = small.submit(ledger, old)
    payloads = [small.transfer(), small.transfer(BOOKS)]
    with failing_commit(after=True):
        receipts = small.submit(ledger, *payloads)
        assert small.submit(ledger, old) == [before]
    assert [receipt.index for receipt in receipts] == [before.index + 1, before.index + 2]
    small.submit(ledger, small.transfer())
    assert small.submit(ledger, *payloads) == receipts
    audit(small.path, small.log_key)


def test_a_listener_hears_of_a_commit_that_failed_after_the_fact(small: Small) -> None:
    heard: list[int] = []
    with Ledger(small.path, clock=HandClock(), on_commit=heard.append) as ledger:
        small.submit(ledger, small.transfer())
        with failing_commit(after=True):
            small.submit(ledger, small.transfer())
        refused(ledger, small.sign(bad(small)))
        assert heard == [position(ledger) - 1, position(ledger)]


TRIGGERS = {
    "a node": "BEFORE INSERT ON nodes",
    "the last table": "BEFORE UPDATE ON head",
    "a payload": "BEFORE INSERT ON payloads",
    "an entry": "AFTER INSERT ON stored_events",
}


@pytest.mark.sqlite
@pytest.mark.parametrize("action", ["ABORT", "ROLLBACK", "FAIL"])
@pytest.mark.parametrize("event", TRIGGERS.values(), ids=TRIGGERS)
def test_a_statement_that_fails_leaves_nothing_of_its_group(
    event: str, action: str, ledger: Ledger, small: Small
) -> None:
    head = ledger.reader.head()
    batch = [small.transfer(), small.person()]
    with closing(sqlite3.connect(small.path / "ledger.db")) as other:
        other.execute(f"CREATE TRIGGER planted {event} BEGIN SELECT RAISE({action}, 'planted'); END")
        other.commit()
        with pytest.raises(StorageError, match="planted"):
            ledger.submit([small.sign(payload) for payload in batch]).result(DEADLINE)
        other.execute("DROP TRIGGER planted")
        other.commit()
    assert ledger.reader.head() == head
    assert small.submit(ledger, *batch)[0].index == head.size
    audit(small.path, small.log_key)


@pytest.mark.sqlite
def test_a_full_disk_stops_nothing_for_good(ledger: Ledger, small: Small) -> None:
    size = position(ledger)
    (pages,) = writer_pragma(ledger, "page_count")
    writer_pragma(ledger, f"max_page_count={pages}")
    big = [small.transfer(reason="x" * 3000) for _ in range(20)]
    with pytest.raises(StorageError, match="full"):
        ledger.submit([small.sign(payload) for payload in big]).result(DEADLINE)
    assert position(ledger) == size
    writer_pragma(ledger, "max_page_count=1000000")
    assert small.submit(ledger, *big)[0].index == size
    audit(small.path, small.log_key)


def test_an_error_in_a_rule_is_an_error_of_its_submission_alone(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(world: Any, stated: Any, today: str, *, batch_start: int) -> Any:
        if stated.event.reason == "planted":
            raise KeyError("a bug in a rule")
        return door.decide(world, stated, today, batch_start=batch_start)

    monkeypatch.setattr("ledger.append.group.decide", decide)
    good = [small.transfer(), small.transfer()]
    planted = small.transfer(reason="planted")
    futures = together(small, [[small.sign(one)] for one in (good[0], planted, good[1])])
    small.check(good[0], futures[0].result(0)[0])
    assert isinstance(futures[1].exception(0), LedgerError)
    small.check(good[1], futures[2].result(0)[0])


def test_an_entry_whose_head_cannot_be_signed_is_acknowledged_when_it_can(small: Small) -> None:
    payload = small.transfer()
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
        with patch.object(FileLogSigner, "sign", side_effect=Stopped("the token is gone (planted)")):
            assert "planted" in str(ledger.submit([small.sign(payload)]).exception(DEADLINE))
            size = position(ledger)
            more = small.transfer()
            assert "planted" in str(ledger.submit([small.sign(more)]).exception(DEADLINE))
            assert position(ledger) == size, "nothing is appended to a head that is not signed"
            assert "planted" in str(ledger.appender.stopped)
        (receipt,) = small.submit(ledger, payload)
        assert receipt.index == size - 1
        assert small.submit(ledger, more)[0].index == size
        assert ledger.appender.stopped is None
    audit(small.path, small.log_key)


# -- checkpoints ---------------------------------------------------------------


def test_every_checkpoint_is_stored_with_the_commit_after_it(ledger: Ledger, small: Small) -> None:
    receipts = [small.submit(ledger, small.transfer())[0] for _ in range(5)]
    read = audit(small.path, small.log_key)
    sizes = [receipt.index + 1 for receipt in receipts]
    assert set(sizes[:-1]) <= set(read.checkpoints)
    assert ledger.appender.checkpoint == (sizes[-1], receipts[-1].checkpoint)
    for receipt in receipts[:-1]:
        assert ledger.reader.checkpoint_after(receipt.index) == (receipt.index + 1, receipt.checkpoint)


def test_a_restart_signs_the_same_head_alike(small: Small, tmp_path: Path) -> None:
    with Ledger(small.path, clock=HandClock()) as ledger:
        small.submit(ledger, small.transfer())
        signed = ledger.appender.checkpoint
        crashed = small.copied(tmp_path / "crashed")
    for path in (small.path, crashed.path):
        with Ledger(path, clock=HandClock()) as ledger:
            assert ledger.appender.checkpoint == signed
            refused(ledger, small.sign(bad(small)))
            assert ledger.appender.checkpoint == signed


def test_a_crash_between_commit_and_signature_is_made_good_at_the_next_start(
    small: Small, tmp_path: Path
) -> None:
    before = small.copied(tmp_path / "before")
    payload = small.transfer()
    with Ledger(small.path, clock=HandClock()) as ledger:
        (receipt,) = small.submit(ledger, payload)
        crashed = small.copied(tmp_path / "crashed")
    shutil.copy2(before.path / "log-memory", crashed.path / "log-memory")
    with Ledger(crashed.path, clock=HandClock()) as ledger:
        assert small.submit(ledger, payload) == [receipt]
