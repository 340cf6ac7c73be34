"""Somebody else holds what a server needs: the lock to write, or the whole ledger."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.process import Forge
from tests.faults.stores import LOCK_SECONDS, SQLiteStore, Store
from tests.faults.table import breaks

pytestmark = pytest.mark.thorough

STORAGE = "503 storage-failed"


@breaks("locked")
def test_a_lock_that_somebody_holds_refuses_after_a_while_and_loses_nothing(
    store: Store, load: Load, reckoned: Reckoned
) -> None:
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(30, server)
        with store.locked():
            acknowledged, began = load.count, time.monotonic()
            assert server.ask("/v1/programmes").status == 200
            assert server.ask("/v1/events?limit=10").status == 200
            assert time.monotonic() - began < LOCK_SECONDS, "questions wait for the lock"
            load.wait_for_refusals(STORAGE, 1)
            assert load.count - acknowledged <= 6 * len(load.untold) + 24, "it appends past the lock"
            assert LOCK_SECONDS - 1 < time.monotonic() - began < 3 * LOCK_SECONDS
            acknowledged = load.count
            load.wait_for_refusals(STORAGE, 1)
            assert load.count == acknowledged
        load.wait_for(30, server)
    server.ready()
    load.settle(server)
    assert server.stop().code == 0
    assert set(load.refused) == {STORAGE}
    reckoned(at_least=60)
    assert store.check() >= load.count


# -- two servers on one file ---------------------------------------------------


def same(store: SQLiteStore, other: Path) -> Path:
    return store.path


def folder_link(store: SQLiteStore, other: Path) -> Path:
    other.symlink_to(store.path)
    return other


def file_link(store: SQLiteStore, other: Path) -> Path:
    """A folder with keys and memory of its own, and the database of the first."""
    _copied_without_database(store.path, other)
    (other / "ledger.db").symlink_to(store.database)
    return other


def hard_link(store: SQLiteStore, other: Path) -> Path:
    _copied_without_database(store.path, other)
    os.link(store.database, other / "ledger.db")
    return other


def _copied_without_database(path: Path, other: Path) -> None:
    shutil.copytree(
        path, other, ignore=shutil.ignore_patterns("ledger.db*", "projections*", "CURRENT", "lock")
    )


@pytest.mark.parametrize("by", [same, folder_link, file_link, hard_link])
@breaks("two-servers")
def test_a_second_server_on_the_same_file_is_refused_and_harms_nothing(
    store: SQLiteStore,
    load: Load,
    forge: Forge,
    by: Callable[[SQLiteStore, Path], Path],
    tmp_path: Path,
    reckoned: Reckoned,
) -> None:
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(30, server)
        named = by(store, tmp_path / "other")
        second = forge.serve("--data", named).refused()
        assert second.code == 3, second
        assert "in use" in second.errors or "hard links" in second.errors
        assert "Traceback" not in second.errors
        load.wait_for(30, server)
    server.ready()
    load.settle(server)
    assert server.stop().code == 0
    assert not load.refused
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("two-servers")
def test_a_file_of_two_names_is_not_served_by_either_until_one_is_gone(
    store: SQLiteStore, load: Load, forge: Forge, tmp_path: Path, reckoned: Reckoned
) -> None:
    """SQLite's log lies beside the name: after a kill the other name would lack what was acknowledged."""
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(30, server)
        server.kill()
    server.end()
    named = hard_link(store, tmp_path / "other")
    for folder in (named, store.path):
        ended = forge.serve("--data", folder).refused()
        assert ended.code == 3, ended
        assert "hard links" in ended.errors
    (named / "ledger.db").unlink()
    server = store.serve().ready()
    load.settle(server)
    assert server.stop().code == 0
    reckoned(at_least=30)
    assert store.check() >= load.count
