"""The demo's ledger, told once for all tests of a process, and copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api.demo.run import run_demo
from tests.support.ports import free_port

PROGRAMME = "belz-digital-2025"


@pytest.fixture(scope="session")
def demo_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed ledger, witnessed and stamped as the demo's is; its keys are in demo-keys/."""
    data = tmp_path_factory.mktemp("demo-model") / "data"
    assert run_demo(data, free_port(), check=True) == 0
    return data


def demo_copy(model: Path, data: Path) -> Path:
    shutil.copytree(model, data)
    return data
