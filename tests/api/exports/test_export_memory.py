"""Eight times the ledger takes no more memory to export: measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.exports.tables import TABLES
from tests.bench.stage import Stage
from tests.bench.workload import Scale

pytestmark = pytest.mark.slow

SMALL, LARGE = 1000, 8000  # entries
MORE_BYTES_MAX = 16 << 20  # what the larger one may take more: pages that the store keeps, and no rows
MORE_HELD_MAX = 2 << 20
SCALES = {
    SMALL: Scale(councils=3, programmes=5, wide=1, hot_versions=10),
    LARGE: Scale(councils=6, programmes=20, wide=1, hot_versions=10),
}


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("memory")
    return {count: Stage(folder / str(count), count, scale).path for count, scale in SCALES.items()}


def measured(folder: Path, table: str, form: str) -> Any:
    command = [sys.executable, "-m", "tests.api.exports.memory_child", str(folder), table, form]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=600).stdout)


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("table", sorted(TABLES))
def test_memory_does_not_grow_with_the_ledger(ledgers: dict[int, Path], table: str, form: str) -> None:
    small, large = (measured(ledgers[count], table, form) for count in (SMALL, LARGE))
    print(table, form, small, large)
    assert large["bytes"] > small["bytes"] * (2 if form == "parquet" else 4)
    assert large["grown"] - small["grown"] < MORE_BYTES_MAX
    assert large["held"] - small["held"] < MORE_HELD_MAX
