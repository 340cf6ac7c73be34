"""The OpenAPI document as the application makes it, without a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import model_town, storied, storied_town

__all__ = ["document", "model_town", "storied", "storied_town"]


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """As JSON gives it back: numbers and texts alone."""
    return orjson.loads(orjson.dumps(document_of(tmp_path_factory.mktemp("none"))))


def document_of(folder: Path) -> dict[str, Any]:
    return create_app(Settings(data=folder)).openapi()
