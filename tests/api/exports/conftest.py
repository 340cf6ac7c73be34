"""Two councils with a few programmes each, generated, behind the HTTP door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.exports.asking import Exports
from tests.bench.stage import Stage
from tests.bench.workload import Scale
from tests.support.clock import FrozenClock

EVENTS = 250
SCALE = Scale(councils=2, programmes=2, measures=3, wide=1, wide_measures=4, hot_versions=10)
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed ledger: only to be read, or copied."""
    return Stage(tmp_path_factory.mktemp("nation") / "data", EVENTS, SCALE).path


@pytest.fixture(scope="module")
def exports(nation: Path) -> Iterator[Exports]:
    """The door over it; its tests only read."""
    from api.app import create_app
    from api.settings import Settings

    app = create_app(Settings(data=nation), clock=FrozenClock(NOW))
    with TestClient(app, follow_redirects=False) as client:
        context = app.state.context
        context.wait_for(context.position)
        yield Exports(client)
