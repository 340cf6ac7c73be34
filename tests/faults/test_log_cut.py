"""After a SIGKILL the disk has lost what it had synced: SQLite's log is cut, or rotten at a random place."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.signer import read_memory
from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.process import Forge
from tests.faults.stores import SQLiteStore
from tests.faults.table import breaks

pytestmark = pytest.mark.thorough

STOPPED = "503 stopped"


def cut(log: Path, place: int) -> None:
    with log.open("r+b") as file:
        file.truncate(place)


def rot(log: Path, place: int) -> None:
    with log.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 0x10]))


def killed_with_a_log(store: SQLiteStore, load: Load) -> Path:
    """A server that was killed: its folder, with SQLite's log beside the database."""
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(60, server)
        server.kill()
    server.end()
    log = store.path / "ledger.db-wal"
    assert log.stat().st_size > 100_000
    return log


def judged(store: SQLiteStore, load: Load) -> str:
    """What a server makes of a ledger whose log was damaged: `whole`, or `noticed`."""
    before = load.count
    server = store.serve()
    server.wait_until("/healthz", 200)
    size, signed = len(store.found().entries), read_memory(store.path / "log-memory")
    assert signed is not None
    if size >= signed[1]:  # only what nobody had been told of is gone
        server.ready()
        server.stop()
        return "whole"
    ready = server.wait_until("/readyz", 503)
    (reason,) = (one for one in ready.body["details"]["reasons"] if one["code"] == "log-shorter")
    assert (reason["size"], reason["signed"]) == (size, signed[1])
    assert server.ask("/v1").body.get("checkpoint") is None, "a head is shown that is too short"
    with load.on(server):
        load.wait_for_refusals(STOPPED, 10)
    assert server.stop().code == 0
    assert load.count == before
    assert len(store.found().entries) == size, "something was written over what is missing"
    return "noticed"


def damage_repeatedly(store: SQLiteStore, load: Load, forge: Forge, rounds: int) -> Counter[str]:
    """Damage copies of what a kill left, each at another place."""
    log, chance, came = killed_with_a_log(store, load), random.Random(), Counter[str]()
    for turn in range(rounds):
        copy = store.path.parent / f"copy-{turn}"
        shutil.copytree(store.path, copy, ignore=shutil.ignore_patterns("ledger.db-shm"))
        # Places of a quarter each, so that a few rounds damage the beginning, the end, and between.
        place = int((turn % 4 + chance.random()) / 4 * log.stat().st_size)
        (rot if turn % 3 == 2 else cut)(copy / log.name, place)
        came[judged(SQLiteStore(replace(store.small, path=copy), forge), load)] += 1
        shutil.rmtree(copy)
    return came


def nothing_is_lost_with_the_whole_log(store: SQLiteStore, load: Load) -> None:
    server = store.serve().ready()
    load.settle(server)
    assert server.stop().code == 0
    assert set(load.refused) == {STOPPED}


@breaks("log-cut")
def test_a_log_that_lost_its_end_is_noticed_and_not_written_over(
    store: SQLiteStore, load: Load, forge: Forge, reckoned: Reckoned
) -> None:
    came = damage_repeatedly(store, load, forge, 6)
    assert came["noticed"] >= 3
    nothing_is_lost_with_the_whole_log(store, load)
    reckoned(at_least=60, rounds=6)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("log-cut")
def test_forty_logs_that_lost_their_end_are_noticed(
    store: SQLiteStore, load: Load, forge: Forge, reckoned: Reckoned
) -> None:
    came = damage_repeatedly(store, load, forge, 40)
    assert came["noticed"] >= 20
    nothing_is_lost_with_the_whole_log(store, load)
    reckoned(at_least=60, rounds=40)
    assert store.check() >= load.count
