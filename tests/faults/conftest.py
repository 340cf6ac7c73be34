"""A ledger to break, the processes that serve it, and the table of what was found at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.account import COLUMNS, Account, reckon
from tests.faults.load import Load
from tests.faults.process import Forge, forging
from tests.faults.stores import SQLiteStore, Store
from tests.support.log import Small, found_small
from tests.support.postgres_install import missing

if TYPE_CHECKING:
    from tests.support.postgres import PostgresServer

Reckoned = Callable[..., Account]
TOLD = "faults: what was found"


@pytest.fixture(scope="session")
def smithy() -> Iterator[Path]:
    with forging() as place:
        yield place


@pytest.fixture
def forge(smithy: Path, tmp_path: Path) -> Iterator[Forge]:
    made = Forge(smithy, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A ledger that each test gets a copy of."""
    return found_small(tmp_path_factory.mktemp("faults") / "model")


@pytest.fixture
def small(model: Small, tmp_path: Path) -> Small:
    shutil.copytree(model.path, tmp_path / "ledger")
    return Small(tmp_path / "ledger", model.log_key, model.genesis)


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[PostgresServer]:
    """A server that syncs what it commits: on another one nothing is appended."""
    if reason := missing():
        pytest.skip(reason)
    from tests.support.postgres import PostgresServer

    with PostgresServer.new() as server:
        yield server


@pytest.fixture
def own_postgres(start_postgres: Callable[[], PostgresServer]) -> PostgresServer:
    """A server that a test may stop and kill."""
    return start_postgres()


@pytest.fixture
def store(request: pytest.FixtureRequest, small: Small, forge: Forge) -> Store:
    """The store that the row is about (table.breaks)."""
    if request.param == "sqlite":
        return SQLiteStore(small, forge)
    assert request.param == "postgres"
    from tests.faults.postgres import PostgresStore

    own = "own_postgres" in request.fixturenames
    server = request.getfixturevalue("own_postgres" if own else "durable_postgres")
    conninfo = server.fresh_database()
    return PostgresStore(small, forge, conninfo)


@pytest.fixture
def load(small: Small) -> Load:
    return Load(small)


@pytest.fixture
def reckoned(store: Store, load: Load, request: pytest.FixtureRequest) -> Reckoned:
    """Compare what was acknowledged with what is there, check it, and tell it at the end of the run.

    at_least: how many events have to be acknowledged, for the test to be about anything.
    """

    def compare(at_least: int, *, rounds: int = 1) -> Account:
        account = reckon(load, store.found())
        figures = {name: getattr(account, name) for name in COLUMNS}
        row = {"fault": request.function.fault, "store": store.name, "rounds": rounds, **figures}
        request.node.user_properties.append((TOLD, row))
        account.check(at_least)
        return account

    return compare


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Acknowledged against found, after each fault of this run."""
    reports = [one for found in terminalreporter.stats.values() for one in found]
    rows = [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == TOLD
    ]
    if not rows:
        return
    names = ["fault", "store", "rounds", *COLUMNS]
    widths = [max(len(name), *(len(str(row[name])) for row in rows)) for name in names]
    terminalreporter.section(TOLD)
    for line in [dict(zip(names, names, strict=True)), *rows]:
        cells = [str(line[name]) for name in names]
        terminalreporter.write_line(
            "  ".join(
                cell.ljust(width) if place < 2 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
        )
