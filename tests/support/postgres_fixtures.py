"""Fixtures with real PostgreSQL servers, and the servers' logs beside a failure.

Where the wheel is not installed they skip (which PLEDGER_NO_SKIP=1 makes a failure).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.postgres_install import missing

if TYPE_CHECKING:
    from tests.support.postgres import PostgresServer

_LOG_SIZES = pytest.StashKey[dict["PostgresServer", int]]()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two durable servers: commits of the primary wait until the standby has written them down."""

    primary: PostgresServer
    standby: PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A primary for all tests of a process that only ask for a database: quick, and with fsync off.

    Do not stop, pause or configure it: start_postgres gives a test one of its own.
    """
    _needed()
    from tests.support.postgres import PostgresServer
    from tests.support.postgres_template import HASTY

    with PostgresServer.new(**HASTY) as server:
        yield server


@pytest.fixture
def postgres_database(postgres: PostgresServer) -> Iterator[str]:
    """How to connect to an empty database, which is removed after the test."""
    assert postgres.running, "an earlier test ended the server that all share"
    conninfo = postgres.fresh_database()
    yield conninfo
    postgres.drop_database(dbname_of(conninfo))


@pytest.fixture
def start_postgres() -> Iterator[Callable[..., PostgresServer]]:
    """start_postgres(**settings): PostgresServer.new, ended after the test."""
    _needed()
    from tests.support.postgres import PostgresServer

    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(PostgresServer.new(**settings))


@pytest.fixture
def postgres_pair(start_postgres: Callable[..., PostgresServer]) -> Pair:
    """A durable primary and its synchronous hot standby, of this test alone."""
    primary = start_postgres()
    return Pair(primary, primary.standby("standby", synchronous=True))


def dbname_of(conninfo: str) -> str:
    """The database that a connection string names."""
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(conninfo)["dbname"])


def _needed() -> None:
    if reason := missing():
        pytest.skip(reason)


def _servers() -> list[PostgresServer]:
    """All that were started; who started none has not loaded the driver."""
    module = sys.modules.get("tests.support.postgres")
    return list(module.SERVERS) if module else []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember where each server's log ends."""
    sizes = {one: one.log_file.stat().st_size for one in _servers() if one.log_file.exists()}
    item.stash[_LOG_SIZES] = sizes


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the servers logged during a test that failed."""
    report = yield
    if report.failed:
        sizes = item.stash.get(_LOG_SIZES, {})
        logs = {one.folder.name: one.log(sizes.get(one, 0)) for one in _servers()}
        report.sections += [(f"PostgreSQL {name}", log) for name, log in logs.items() if log]
    return report
