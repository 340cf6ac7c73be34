"""No row of checks.toml is left that no code tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.texts.checks import CHECKS, FAULTS, NOTES, REASONS, VERDICTS
from tests.conftest import ROOT


def _words(path: Path) -> Iterator[str]:
    """Every literal text in a file, and the names of what is handed on by name: facts are."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg is not None:
            yield node.arg


@pytest.fixture(scope="module")
def said() -> frozenset[str]:
    folders = ("ledger", "api")
    return frozenset(
        word for folder in folders for path in (ROOT / folder).rglob("*.py") for word in _words(path)
    )


@pytest.mark.parametrize(
    "table", [REASONS, FAULTS, NOTES, VERDICTS], ids=["reasons", "faults", "notes", "verdicts"]
)
def test_every_row_is_told_by_some_code(table: dict[str, dict[str, str]], said: frozenset[str]) -> None:
    assert {name for name in table if name.rpartition(".")[2] not in said} == set()


@pytest.mark.parametrize("table", [REASONS, FAULTS, NOTES], ids=["reasons", "faults", "notes"])
def test_words_of_one_check_alone_name_a_check_that_there_is(table: dict[str, dict[str, str]]) -> None:
    """`checkpoint.no-anchors` is the reason `no-anchors` where the check `checkpoint` gives it."""
    assert {name for name in table if "." in name and name.partition(".")[0] not in CHECKS} == set()
