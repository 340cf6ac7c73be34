"""Ledgers for the tests of the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.service import Ledger
from tests.support.log import (
    HandClock,
    Small,
    found_small,
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A ledger that nobody opens: each test has its copy."""
    return found_small(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def small(founded: Small, tmp_path: Path) -> Small:
    return founded.copied(tmp_path / "small")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ledger(small: Small, clock: HandClock) -> Iterator[Ledger]:
    with Ledger(small.path, clock=clock) as opened:
        yield opened
