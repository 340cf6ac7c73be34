"""The towns of the HTTP tests, and the demo's ledger behind the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import door, model_town, shared_door, storied, storied_town
from tests.support.demo import demo_copy, demo_model

__all__ = ["demo_model", "demo_site", "door", "model_town", "shared_door", "storied", "storied_town"]


@pytest.fixture(scope="module")
def demo_site(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the application over the real programme, as the demo tells it. Its tests only read."""
    data = demo_copy(demo_model, tmp_path_factory.mktemp("demo") / "data")
    with TestClient(create_app(Settings(data=data, demo=True)), follow_redirects=False) as client:
        yield client


@pytest.fixture(autouse=True)
def drawn_anew(request: pytest.FixtureRequest) -> None:
    """No test sees a page that another one had drawn, perhaps with something put in another's place."""
    for name in ("demo_site", "storied", "shared_door"):
        if name in request.fixturenames:
            found = request.getfixturevalue(name)
            getattr(found, "client", found).app.state.kept_pages.clear()
