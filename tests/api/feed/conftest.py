"""Servers for the feed's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.feed.served import Served, served
from tests.support.town import TestLedger


@pytest.fixture
def live(storied_town: TestLedger, tmp_path: Path) -> Iterator[Served]:
    """A server over the story, of its own."""
    with served(storied_town, tmp_path / "town") as one:
        yield one
