"""Disks that are full, and files that may only be read."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import NO_MOUNT
from tests.faults.conftest import Reckoned
from tests.faults.disks import Disk, LimitedFiles, SmallDisk, mounted, punch
from tests.faults.load import Load
from tests.faults.planted import PLAIN
from tests.faults.process import Server
from tests.faults.stores import SQLiteStore
from tests.faults.table import breaks
from tests.support.log import Small

pytestmark = pytest.mark.thorough

STORAGE, STOPPED = "503 storage-failed", "503 stopped"
AS_ANYBODY = {PLAIN: "1"}


@pytest.fixture
def disk(tmp_path: Path, model: Small) -> Iterator[tuple[Disk, Path]]:
    """A disk that can be filled, and the ledger's folder on it."""
    place = tmp_path / "disk"
    with mounted(place) as own:
        folder = place / "ledger"
        shutil.copytree(model.path, folder)
        yield SmallDisk(place) if own else LimitedFiles(folder), folder


@pytest.fixture
def small(request: pytest.FixtureRequest, model: Small, tmp_path: Path) -> Small:
    """On the small disk, where a test asks for one."""
    if "disk" in request.fixturenames:
        return replace(model, path=request.getfixturevalue("disk")[1])
    shutil.copytree(model.path, tmp_path / "ledger")
    return replace(model, path=tmp_path / "ledger")


def codes(server: Server) -> list[str]:
    """Why it is not ready."""
    return [reason["code"] for reason in server.ask("/readyz").body.get("details", {}).get("reasons", [])]


def answers_questions(server: Server) -> None:
    for target in ("/healthz", "/v1", "/v1/programmes", "/v1/events?limit=10"):
        assert server.ask(target).status == 200, target


@breaks("disk-full")
def test_a_full_disk_refuses_and_loses_nothing(
    store: SQLiteStore, load: Load, disk: tuple[Disk, Path], reckoned: Reckoned
) -> None:
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(30, server)
        disk[0].fill(server.pid)
        load.wait_for_refusals(STORAGE, 10)
        answers_questions(server)
        disk[0].empty(server.pid)
        load.wait_for(30, server)
    server.ready()
    load.settle(server)
    assert server.stop().code == 0
    assert set(load.refused) == {STORAGE}
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("disk-full")
def test_a_kill_on_a_full_disk_loses_nothing(
    store: SQLiteStore, load: Load, disk: tuple[Disk, Path], reckoned: Reckoned
) -> None:
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(30, server)
        disk[0].fill(server.pid)
        load.wait_for_refusals(STORAGE, 10)
        server.kill()
    assert server.end().code is None
    disk[0].empty(0)
    server = store.serve().ready()
    load.settle(server)
    server.stop()
    reckoned(at_least=30)
    assert store.check() >= load.count


@breaks("memory-full")
def test_a_signer_that_cannot_remember_signs_nothing_until_a_restart(
    store: SQLiteStore, load: Load, tmp_path: Path, reckoned: Reckoned
) -> None:
    memory = store.path / "log-memory"
    with mounted(tmp_path / "small", "64k") as own:
        if not own:
            pytest.skip(NO_MOUNT)
        there, disk = tmp_path / "small" / "memory", SmallDisk(tmp_path / "small")
        shutil.move(memory, there)
        memory.symlink_to(there)
        server = store.serve().ready()
        with load.on(server):
            load.wait_for(30, server)
            content = lose_the_place_of(there, disk, server)
            load.wait_for_refusals(STOPPED, 10)
            acknowledged = load.count
            answers_questions(server)
            assert codes(server)
            disk.empty()
            load.wait_for_refusals(STOPPED, 10)
            assert load.count == acknowledged, "it signs with a memory that failed"
        assert server.stop().code == 0
        there.write_bytes(content)
        with_some(store, load)
        assert set(load.refused) == {STOPPED}
        reckoned(at_least=60)
        assert store.check() >= load.count


def lose_the_place_of(memory: Path, disk: SmallDisk, server: Server) -> bytes:
    """As on a disk that writes each block anew: the room that a file has does not do to overwrite it.

    Returns what the file held, and still holds on such a disk.
    """
    os.kill(server.pid, signal.SIGSTOP)
    content = memory.read_bytes()
    punch(memory)
    disk.fill()
    os.kill(server.pid, signal.SIGCONT)
    return content


@breaks("file-read-only")
def test_a_file_that_may_only_be_read_acknowledges_nothing(
    store: SQLiteStore, load: Load, reckoned: Reckoned
) -> None:
    with_some(store, load)
    store.database.chmod(0o444)
    before = load.count
    server = store.serve(**AS_ANYBODY)
    server.wait_until("/healthz", 200)
    with load.on(server):
        load.wait_for_refusals(STORAGE, 10)
    answers_questions(server)
    assert server.stop().code == 0
    assert load.count == before
    for file in store.path.glob("ledger.db*"):
        file.chmod(0o644)
    with_some(store, load, **AS_ANYBODY)
    assert set(load.refused) == {STORAGE}
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("folder-read-only")
def test_a_folder_that_may_only_be_read_is_not_served(
    store: SQLiteStore, load: Load, reckoned: Reckoned
) -> None:
    with_some(store, load)
    store.path.chmod(0o555)
    ended = store.refused(**AS_ANYBODY)
    store.path.chmod(0o755)
    assert ended.code == 3, ended
    assert "Traceback" not in ended.errors
    with_some(store, load, **AS_ANYBODY)
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("memory-read-only")
def test_a_memory_that_may_only_be_read_is_not_signed_with(
    store: SQLiteStore, load: Load, reckoned: Reckoned
) -> None:
    with_some(store, load)
    memory = store.path / "log-memory"
    memory.chmod(0o400)
    ended = store.refused(**AS_ANYBODY)
    memory.chmod(0o600)
    assert ended.code == 3, ended
    assert str(memory) in ended.errors
    with_some(store, load, **AS_ANYBODY)
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("file-read-only")
def test_a_server_that_can_append_nothing_is_not_ready(store: SQLiteStore, load: Load) -> None:
    store.database.chmod(0o444)
    server = store.serve(**AS_ANYBODY)
    server.wait_until("/healthz", 200)
    with load.on(server):
        load.wait_for_refusals(STORAGE, 10)
    assert server.ask("/readyz").status == 503


def with_some(store: SQLiteStore, load: Load, **environment: str) -> None:
    """A server that takes some events, and stops in order."""
    server = store.serve(**environment).ready()
    with load.on(server):
        load.wait_for(30, server)
    load.settle(server)
    assert server.stop().code == 0
