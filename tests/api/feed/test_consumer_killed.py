"""A reader that is killed again and again ends with exactly what the server has, nothing more or less."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest

from tests.api.feed import consumer
from tests.api.feed.served import Served, served
from tests.api.feed.writing import RandomWriter
from tests.conftest import ROOT
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

KILLED_WITHIN_SECONDS = 0.12  # after it has begun: a few pages


def begin(live: Served, file: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.api.feed.consumer", live.url, str(file), *more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def kill_often(live: Served, file: Path, kills: int, rng: Random) -> int:
    """How many were killed at work, and did not end by themselves."""
    killed = 0
    for _ in range(kills):
        process = begin(live, file)
        try:
            process.wait(rng.random() * KILLED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        assert process.wait() == -9, "it found a hash that is not its own, or an entry twice"
        assert process.stdout is not None
        process.stdout.close()
    return killed


def test_killed_twenty_times_it_has_what_the_server_has(model_town: TestLedger, tmp_path: Path) -> None:
    check(model_town, tmp_path, kills=20, seed=1)


@pytest.mark.slow
def test_killed_two_hundred_times_it_has_what_the_server_has(model_town: TestLedger, tmp_path: Path) -> None:
    check(model_town, tmp_path, kills=200, seed=2)


def check(model: TestLedger, folder: Path, *, kills: int, seed: int) -> None:
    file, done = folder / "copy.db", Event()
    with served(model, folder / "town") as live:
        writer = RandomWriter(live.town, seed)

        def write() -> None:
            while not done.is_set():
                writer.write()
                done.wait(0.01)

        thread = Thread(target=write)
        thread.start()
        try:
            killed = kill_often(live, file, kills, Random(seed))
        finally:
            done.set()
            thread.join()
        assert killed == kills
        assert {"change", "correct", "status", "day"} <= writer.counts.keys(), writer.counts
        last = begin(live, file, "--until", str(live.context.position))
        assert last.wait(120) == 0
        assert last.stdout is not None
        last.stdout.close()
        compare(live, file)


def compare(live: Served, file: Path) -> None:
    """Cell by cell with the event and doubt of each, and by the hash; and every entry."""
    with sqlite3.connect(file) as db:
        listed = live.json("/v1/programmes?limit=500")["items"]
        for one in listed:
            state = live.json(f"/v1/programmes/{one['id']}")
            assert consumer.kept(db, one["id"]) == state["state_hash"], one["id"]
            query = "SELECT path, event, doubt FROM cells WHERE programme=? AND value IS NOT NULL"
            rows = {path: (event, doubt) for path, event, doubt in db.execute(query, (one["id"],))}
            assert rows == {path: (cell["event"], cell["doubt"]) for path, cell in state["cells"].items()}
        held = {row[0] for row in db.execute("SELECT DISTINCT programme FROM cells WHERE value IS NOT NULL")}
        assert held <= {one["id"] for one in listed}
        entries = db.execute("SELECT number, event FROM entries ORDER BY number").fetchall()
    db.close()
    log = live.context.ledger.reader.entries(0, len(entries) + 1)
    assert entries == [(entry.index, entry.event_id()) for entry in log]
