"""The ledger at three sizes, and a counter of work."""

from __future__ import annotations

import pytest

from tests.growth.counting import Counter
from tests.growth.grown import Grown, grow


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Grown]:
    return grow(tmp_path_factory.mktemp("growth"))


@pytest.fixture
def counter(grown: dict[int, Grown], monkeypatch: pytest.MonkeyPatch) -> Counter:
    """After the ledgers are there: what is opened from now on is counted."""
    return Counter(monkeypatch)
