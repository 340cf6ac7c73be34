"""A rebuild: in two processes the tables are the same; whatever stops it, nothing of it is left."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import StorageError
from projections import rebuild as module
from projections.search import aside
from projections.search.aside import Aside
from tests.projections.feed import Feed
from tests.projections.following import generation, whole
from tests.projections.generations import rebuilt
from tests.projections.tables import contents
from tests.projections.told import tell_many

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]

PLANTED_EXIT = "import sys; sys.stdin.buffer.read(9); sys.exit(3)"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Aside]]:
    """Every rebuild has a process for the words; at the end none of them runs."""
    processes: list[Aside] = []

    def start(path: Path) -> Aside:
        processes.append(Aside(path))
        return processes[-1]

    monkeypatch.setattr(module, "ASIDE_ENTRIES_MIN", 0)
    monkeypatch.setattr(module, "BATCH_ENTRIES", 25)
    monkeypatch.setattr(module, "cores", lambda: 2)
    monkeypatch.setattr(module, "Aside", start)
    yield processes
    assert all(one._child.poll() is not None for one in processes)


def test_tables_that_two_processes_made_are_those_that_one_makes(feed: Feed, started: list[Aside]) -> None:
    tell_many(feed, range(30), copies=2)
    made = rebuilt(feed.directory, feed.reader)
    assert contents(made) == whole(feed)
    assert contents(made)["words"]
    assert len(started) == 1
    assert generation(feed) == made
    assert not [*feed.directory.glob("*-words*")]


@pytest.mark.parametrize("why", ["there is one core", "no process may be started", "there is little to do"])
def test_one_process_is_enough(
    why: str, feed: Feed, started: list[Aside], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> Aside:
        raise OSError("Resource temporarily unavailable (planted)")

    tell_many(feed, range(5))
    if why == "there is one core":
        monkeypatch.setattr(module, "cores", lambda: 1)
    elif why == "no process may be started":
        monkeypatch.setattr(module, "Aside", refused)
    else:
        monkeypatch.setattr(module, "ASIDE_ENTRIES_MIN", feed.size + 1)
    assert contents(rebuilt(feed.directory, feed.reader)) == whole(feed)
    assert not started


@pytest.mark.parametrize("planted", [PLANTED_EXIT, "raise SystemExit(3)"], ids=["soon", "at once"])
def test_a_process_that_ends_too_early_fails_the_rebuild_and_the_old_tables_stay(
    planted: str, feed: Feed, started: list[Aside], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_many(feed, range(10))
    old = rebuilt(feed.directory, feed.reader)
    before = sorted(feed.directory.iterdir())
    monkeypatch.setattr(aside, "_CHILD", planted)
    with pytest.raises(StorageError, match="ended with 3"):
        rebuilt(feed.directory, feed.reader)
    assert sorted(feed.directory.iterdir()) == before
    assert generation(feed) == old


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("planted")], ids=["Ctrl+C", "an error"])
def test_a_rebuild_that_is_stopped_takes_its_process_along(
    error: BaseException, feed: Feed, started: list[Aside]
) -> None:
    tell_many(feed, range(10))
    before = sorted(feed.directory.iterdir())

    def stop(applied: int, size: int) -> None:
        raise error

    with pytest.raises(type(error)):
        rebuilt(feed.directory, feed.reader, stop)
    assert len(started) == 1
    assert sorted(feed.directory.iterdir()) == before


def test_a_rebuild_that_fails_before_its_tables_are_whole_leaves_the_old_ones(
    feed: Feed, started: list[Aside], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are there and not taken over yet: nobody may see tables without them."""
    tell_many(feed, range(10))
    old = rebuilt(feed.directory, feed.reader)
    before = sorted(feed.directory.iterdir())

    def fail(self: object, path: Path) -> None:
        raise sqlite3.OperationalError("disk I/O error (planted)")

    monkeypatch.setattr("projections.store.sqlite.FileGeneration.take_words", fail)
    with pytest.raises(sqlite3.OperationalError, match="planted"):
        rebuilt(feed.directory, feed.reader)
    assert sorted(feed.directory.iterdir()) == before
    assert generation(feed) == old


def test_a_process_whose_parent_is_gone_ends_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "projections-1.db-words"
    command = [sys.executable, "-I", "-c", aside._CHILD, str(aside._ROOT), str(path)]
    for sent in (b"", bytes(4), aside._SIZE.pack(1000) + bytes(10)):
        ended = subprocess.run(command, input=sent, check=False)
        assert ended.returncode == 1
        assert not path.exists()


def test_words_that_are_written_part_by_part_are_the_same(
    feed: Feed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_many(feed, range(20))
    sent = io.BytesIO()
    for start in range(0, feed.size, 10):
        batch = aside._packed(feed.reader.entries(start, 10))
        sent.write(aside._SIZE.pack(len(batch)) + batch)
    sent.write(aside._SIZE.pack(0))
    sent.seek(0)
    monkeypatch.setattr(aside, "ROWS_MIN", 50)
    aside._write(tmp_path / "words.db", sent)
    with closing(sqlite3.connect(tmp_path / "words.db")) as file:
        rows = file.execute("SELECT * FROM words").fetchall()
    assert sorted(rows, key=repr) == whole(feed)["words"]


def test_tables_are_on_the_disk_before_they_are_current(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then they are written without waiting for the disk, and without a write-ahead log."""
    steps: list[tuple[str, str]] = []
    sync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        steps.append(("synced", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def replaced(self: Path, target: Path) -> Path:
        steps.append(("named", target.name))
        return replace(self, target)

    def mode(made: Path) -> str:
        with closing(sqlite3.connect(made)) as file:
            return str(file.execute("PRAGMA journal_mode").fetchone()[0])

    def look(applied: int, size: int) -> None:
        (made,) = feed.directory.glob("projections-*.db*")
        steps.append((mode(made), made.name))

    tell_many(feed, range(10))
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    made = rebuilt(feed.directory, feed.reader, look)
    assert isinstance(made, Path)
    expected = [
        ("delete", made.name),
        ("synced", made.name),
        ("synced", "CURRENT.new"),
        ("named", "CURRENT"),
        ("synced", feed.directory.name),
    ]
    assert (steps, mode(made)) == (expected, "wal")
