"""Bit rot: of the ledger's file, table by table, and of the signer's memory."""

from __future__ import annotations

import random
import shutil
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import VerificationError
from ledger.receipt import read_receipt
from ledger.signer import SLOT_OFFSETS
from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.pages import flip, pages_of, settle_wal, tables_of, wipe
from tests.faults.process import Forge, Server
from tests.faults.stores import SQLiteStore
from tests.faults.table import breaks

pytestmark = pytest.mark.thorough

TABLES = {"checkpoints", "events", "head", "names", "nodes", "payloads", "stored_events"}
WRITE_SECONDS = 0.5


def questions(position: int) -> list[str]:
    """Answers that no later entry changes."""
    budgets = [f"/v1/programmes/{name}/budget?known={position}" for name in ("roads", "schools", "books")]
    pages = [f"/v1/events?after={after}&limit=20" for after in range(0, position - 20, 20)]
    return [*budgets, *pages]


def answers(server: Server, position: int) -> dict[str, Any]:
    """What is answered with 200; everything else has to be a 503."""
    found = {}
    for target in questions(position):
        answer = server.ask(target)
        assert answer.status in (200, 503), (target, answer)
        if answer.status == 200:
            found[target] = answer.body
    return found


def settled(store: SQLiteStore, load: Load) -> tuple[int, dict[str, Any]]:
    """A ledger with some events, all in one file, and what it answers: (position, target → answer)."""
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(150, server)
    load.settle(server)
    position = int(server.ready().ask("/v1").body["position"])
    healthy = answers(server, position)
    assert len(healthy) == len(questions(position))
    assert server.stop().code == 0
    settle_wal(store.database)
    return position, healthy


def rotten(store: SQLiteStore, forge: Forge, seed: int) -> Iterator[tuple[str, SQLiteStore]]:
    """Copies in which a page of each table is rotten, or lost."""
    chance = random.Random(seed)
    assert set(tables_of(store.database)) >= TABLES
    for table in sorted(TABLES):
        for how in (flip, wipe):
            folder = store.path.parent / "rotten"
            shutil.copytree(store.path, folder)
            database = folder / "ledger.db"
            pages = pages_of(database, table)
            page = chance.choice(pages[1:] or pages)
            flip(database, page, chance) if how is flip else wipe(database, page)
            yield f"{table} {how.__name__}", SQLiteStore(replace(store.small, path=folder), forge)
            shutil.rmtree(folder)


def never_wrong(store: SQLiteStore, position: int, healthy: dict[str, Any]) -> str:
    """`refused`, or `served`: then each answer is the one of before, and each receipt that holds is kept."""
    load, server = Load(store.small), store.serve()
    try:
        server.wait_until("/healthz", 200)
    except AssertionError:
        ended = server.end()
        assert ended.code == 3, ended
        assert "Traceback" not in ended.errors
        return "refused"
    for target, answer in answers(server, position).items():
        assert answer == healthy[target], target
    with load.on(server):
        server.ended_within(WRITE_SECONDS)
    server.kill()
    server.end()
    for payload, receipt in load.acknowledged.items():
        if _proves(store, payload, receipt):
            assert _row(store.database, receipt["index"]) == b64decode(receipt["entry"])
    return "served"


def _proves(store: SQLiteStore, payload: bytes, receipt: Any) -> bool:
    """Would its signer say that it is recorded?"""
    try:
        store.small.check(payload, read_receipt(receipt))
    except VerificationError:
        return False
    return True


def _row(database: Path, index: int) -> bytes:
    with closing(sqlite3.connect(database)) as opened:
        (raw,) = opened.execute("SELECT state FROM stored_events WHERE rowid=?", (index + 1,)).fetchone()
        return bytes(raw)


def rot_everywhere(store: SQLiteStore, load: Load, forge: Forge, seeds: range) -> int:
    position, healthy = settled(store, load)
    rounds = 0
    for seed in seeds:
        for name, copy in rotten(store, forge, seed):
            ended = copy.verified()
            assert ended.code in (1, 3), (name, seed, ended)
            never_wrong(copy, position, healthy)
            rounds += 1
    return rounds


@breaks("page-rotten")
def test_a_rotten_page_of_any_table_is_found_and_answers_nothing_wrong(
    store: SQLiteStore, load: Load, forge: Forge, reckoned: Reckoned
) -> None:
    rounds = rot_everywhere(store, load, forge, range(1))
    assert rounds == 2 * len(TABLES)
    reckoned(at_least=150, rounds=rounds)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("page-rotten")
def test_many_rotten_pages_are_found_and_answer_nothing_wrong(
    store: SQLiteStore, load: Load, forge: Forge, reckoned: Reckoned
) -> None:
    rounds = rot_everywhere(store, load, forge, range(1, 9))
    reckoned(at_least=150, rounds=rounds)
    assert store.check() >= load.count


# -- the signer's memory -------------------------------------------------------


def rot_slots(memory: Path, *offsets: int) -> None:
    content = bytearray(memory.read_bytes())
    for offset in offsets:
        content[offset + 20] ^= 1  # of its size
    memory.write_bytes(content)


@breaks("memory-rotten")
def test_of_two_slots_one_may_rot(store: SQLiteStore, load: Load, reckoned: Reckoned) -> None:
    for offset in SLOT_OFFSETS:
        with_some(store, load)
        rot_slots(store.path / "log-memory", offset)
    with_some(store, load)
    reckoned(at_least=90, rounds=2)
    assert store.check() >= load.count


@breaks("memory-rotten")
def test_a_memory_that_is_rotten_signs_nothing(store: SQLiteStore, load: Load, reckoned: Reckoned) -> None:
    with_some(store, load)
    memory = store.path / "log-memory"
    kept = memory.read_bytes()
    rot_slots(memory, *SLOT_OFFSETS)
    ended = store.refused()
    assert ended.code == 3, ended
    assert str(memory) in ended.errors
    assert "--new-memory" in ended.errors
    memory.write_bytes(kept)
    with_some(store, load)
    reckoned(at_least=60)
    assert store.check() >= load.count


def with_some(store: SQLiteStore, load: Load) -> None:
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(30, server)
    load.settle(server)
    assert server.stop().code == 0
