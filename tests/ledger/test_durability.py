"""Every group commit is on the disk before it is signed, and signed durably before anyone is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.service import Ledger
from ledger.store.sqlite import SQLiteReader
from tests.support.log import HandClock, Small, found_small, writer_pragma

pytestmark = pytest.mark.sqlite  # syncs of ledger.db are counted

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = Path(__file__).with_name("sync_count.c")
COMMITS = 40
NO_TOOL = "no C compiler here"
# A new log syncs its directory too; after a commit SQLite may move its log into the database.
IN_ORDER = re.compile("[wo]*wd*m")


@dataclass(frozen=True)
class Told:
    """letters: for each commit. total: syncs of SQLite's log."""

    singles: list[str]
    batches: list[str]
    total: int
    disk: str = ""
    memory: str = ""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("durability")
    small = found_small(folder / "small")
    if not shutil.which("cc"):
        pytest.skip(NO_TOOL)
    return counted_by_library(small, folder)


def child(small: Small) -> list[str]:
    module = [sys.executable, "-m", "tests.ledger.sync_child"]
    return [*module, str(small.path), small.log_key, small.genesis, str(COMMITS)]


def counted_by_library(small: Small, folder: Path) -> Told:
    library = folder / "sync_count.so"
    run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"])
    said = json.loads(run(child(small), LD_PRELOAD=str(library)))
    total = "".join(said["singles"] + said["batches"]).count("w")
    return Told(said["singles"], said["batches"], total, said["disk"], said["memory"])


def run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_commit_is_synced_at_least_once_before_its_receipt(told: Told) -> None:
    assert len(told.singles) == len(told.batches) == COMMITS
    assert told.total >= 2 * COMMITS
    for letters in [*told.singles, *told.batches]:
        assert letters.count("w") >= 1


def test_the_log_is_synced_before_the_signer_remembers_and_both_before_the_receipt(told: Told) -> None:
    for letters in [*told.singles, *told.batches]:
        assert IN_ORDER.fullmatch(letters), letters


def test_a_batch_costs_no_more_syncs_than_a_single_submission(told: Told) -> None:
    assert sum(map(len, told.batches)) <= sum(map(len, told.singles)) + 4


def test_what_a_disk_could_not_sync_is_not_acknowledged(told: Told) -> None:
    assert told.disk == "StorageError, NoneType"


def test_what_the_signer_could_not_remember_is_not_acknowledged(told: Told) -> None:
    """Whether the disk holds its memory is unknown from then on: it signs nothing until a restart."""
    assert told.memory == "Stopped, Stopped"


def test_the_appenders_own_connection_commits_durably(tmp_path: Path) -> None:
    small = found_small(tmp_path / "small")
    with Ledger(small.path, clock=HandClock()) as ledger:
        for _ in range(2):
            assert writer_pragma(ledger, "synchronous") == (2,)  # FULL
            assert writer_pragma(ledger, "journal_mode") == ("wal",)
            small.submit(ledger, small.transfer())


def test_a_readers_connection_cannot_write(tmp_path: Path) -> None:
    small = found_small(tmp_path / "small")
    with Ledger(small.path, clock=HandClock()) as ledger:
        assert isinstance(ledger.reader, SQLiteReader)
        for statement in ("DELETE FROM stored_events", "UPDATE head SET size=0", "DROP TABLE nodes"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                ledger.reader._cursor().execute(statement)
