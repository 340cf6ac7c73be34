"""The papers that rules about documents are asked about, and edits of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import pytest

from api.importers.programme import read_programme
from ledger.kinds.programme_adopted import ProgrammeAdopted, writes
from projections.findings.case import Case
from projections.findings.document import RULES
from projections.findings.paper import Paper, paper_of
from projections.findings.rule import Hit, Rule
from tests.api.small_programme import BELZ_FILE, ROOT

NO_BELZ = "source texts not here: set PLEDGER_BELZ"
CLEAN_FILE = Path(__file__).parent / "clean.yaml"

# A path → its value; None takes it away. `act/…` is of the act's record, all others are cells.
Edits = dict[str, Any]
Finding = tuple[str, str]  # code and key


class Document(NamedTuple):
    """named: file name → SHA-256, as the adoption names its source texts."""

    cells: dict[str, Any]
    act: dict[str, Any]
    named: Mapping[str, str]


@cache
def document(path: Path) -> Document:
    """The cells that a file's adoption sets, and its act, as the import makes them."""
    file = read_programme(path)
    data = ProgrammeAdopted.model_validate_json(json.dumps(dict(file.adopted)))
    cells = {write.path: write.value for write in writes(data, file.act["date"], "slot")}
    named = {row["file"]: row["sha256"] for row in file.adopted["source_texts"]}
    return Document(cells, {"index": 7, **file.act}, named)


def real() -> Document:
    return document(BELZ_FILE)


def clean() -> Document:
    return document(CLEAN_FILE)


def edited(source: Document, edits: Edits) -> Document:
    cells, act = dict(source.cells), dict(source.act)
    for path, value in edits.items():
        into, name = (act, path.removeprefix("act/")) if path.startswith("act/") else (cells, path)
        if value is None:
            del into[name]
        else:
            into[name] = value
    return Document(cells, act, source.named)


def particular(id_: str, field: str, text: str, at: str = "розділ 9") -> dict[str, str]:
    """Edits that print one more particular."""
    return {f"/printed/{id_}/at": at, f"/printed/{id_}/field": field, f"/printed/{id_}/text": text}


def paper(source: Document, texts: Mapping[str, str] | None = None) -> Paper:
    return paper_of(source.cells, source.act, texts, named=source.named)


def hits(of: Paper, rules: tuple[Rule, ...] = RULES) -> Iterator[tuple[Rule, Hit]]:
    case = cast(Case, SimpleNamespace(paper=of))
    for rule in rules:
        for hit in rule.check(case, ""):
            yield rule, hit


def findings(source: Document) -> list[Finding]:
    return [(rule.code, hit.key) for rule, hit in hits(paper(source))]


def belz_texts() -> dict[str, str]:
    """The real source texts; the test is skipped where they are not."""
    named = os.environ.get("PLEDGER_BELZ")
    folder = Path(named) if named else ROOT.parent / "shared" / "belz"
    if not folder.is_dir():
        pytest.skip(NO_BELZ)
    return {name: (folder / name).read_bytes().decode() for name in real().named}
