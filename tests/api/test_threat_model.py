"""docs/threat-model.md names checks, codes and tests: each of them is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.texts.catalogue import DISCREPANCIES, PROBLEMS
from api.texts.checks import FAULTS
from ledger.verify.report import CHECKS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf8")
WORD = re.compile(r"`([^`]+)`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
CODES = {*CHECKS, *FAULTS, *PROBLEMS, *DISCREPANCIES}


def tables() -> Iterator[list[list[str]]]:
    """Rows of each table, without its head: cells."""
    for found in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        yield [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()[2:]]


ANSWERS, FINDERS = tables()


def test_every_threat_has_what_finds_it_and_a_test_that_shows_it() -> None:
    assert [row[0] for row in FINDERS] == [row[0] for row in ANSWERS]
    for threat, found, shown in FINDERS:
        assert found, threat
        assert WORD.findall(shown), threat


@pytest.mark.parametrize("row", FINDERS, ids=lambda row: row[0])
def test_every_check_and_code_that_it_names_exists(row: list[str]) -> None:
    named = {word for word in WORD.findall(row[1]) if CODE.fullmatch(word)}
    assert named <= CODES


def test_every_test_that_it_names_exists() -> None:
    written = [path.read_text(encoding="utf8") for path in (ROOT / "tests").rglob("test_*.py")]
    there = {
        name for text in written for name in re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE)
    }
    there |= {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    named = {word for row in FINDERS for word in WORD.findall(row[2])}
    assert all(word.startswith("test_") for word in named)
    assert named <= there, named - there


def test_every_document_that_it_points_to_exists() -> None:
    for place in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / place).is_file(), place
