"""The table is whole: each row has a test for each of its stores, and docs/faults.md shows it as it is."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.row import Row
from tests.faults.table import NAMES, ROWS, shown

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"


def own_tests() -> Iterator[Any]:
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.faults.{file.stem}")
        yield from (one for name, one in vars(module).items() if name.startswith("test_"))


def test_every_row_has_a_test_here_or_elsewhere() -> None:
    tested = {getattr(one, "fault", None) for one in own_tests()}
    assert {row.name for row in ROWS} - tested == {row.name for row in ROWS if not row.stores}
    assert all(row.elsewhere for row in ROWS if not row.stores)


def test_every_store_of_the_table_has_a_name_for_people() -> None:
    assert {store for row in ROWS for store in row.stores} == set(NAMES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_tested_elsewhere_is_there(row: Row) -> None:
    for place in row.elsewhere:
        file, _, name = place.partition("::")
        text = (ROOT / file).read_text(encoding="utf8")
        assert f"def {name}(" in text if name else "def test_" in text, place


def test_the_page_shows_the_table_as_it_is() -> None:
    assert shown() in PAGE.read_text(encoding="utf8"), f"put this into {PAGE.name}:\n{shown()}"
