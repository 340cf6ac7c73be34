"""The council's town, told once; each story opens a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.api.door import open_door
from tests.api.stories.story import Begin, Story
from tests.support.council import council_town
from tests.support.town import TestLedger


@pytest.fixture(scope="package")
def council(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed ledger: officials, a programme, and no policy."""
    town = council_town(tmp_path_factory.mktemp("council") / "town")
    town.close()
    return town


@pytest.fixture(scope="module")
def begin(council: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    """Starts a story: on the first of September 2025, at noon in Kyiv."""
    with ExitStack() as open_doors:

        def start() -> Story:
            path = tmp_path_factory.mktemp("story") / "town"
            door = open_doors.enter_context(open_door(council, path))
            return Story(door.town, door.client)

        yield start
