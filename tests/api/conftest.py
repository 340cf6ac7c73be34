"""A town told once, and a copy of it behind the HTTP door for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.door import Door, open_door
from tests.api.story import tell_story
from tests.support.town import TestLedger


@pytest.fixture(scope="session")
def model_town(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed ledger with a programme, to be copied."""
    town = TestLedger.with_programme(tmp_path_factory.mktemp("model") / "town")
    town.close()
    return town


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    """The application over a town of its own."""
    with open_door(model_town, tmp_path / "town") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_door(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One application for tests that only read, or whose writing nobody else notices."""
    with open_door(model_town, tmp_path_factory.mktemp("shared") / "town") as opened:
        yield opened


@pytest.fixture(scope="session")
def storied_town(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed ledger in which a plan was changed, corrected and suspended on four days."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("storied") / "town")
    tell_story(town)
    town.close()
    return town


@pytest.fixture(scope="module")
def storied(storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One application over the story; its tests only read."""
    with open_door(storied_town, tmp_path_factory.mktemp("reading") / "town") as opened:
        yield opened
