"""The two programmes at hand, and a small one to be spoilt in one place at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.importers.errors import ImportFileError, Problem
from api.importers.programme import ProgrammeFile, read_programme

ROOT = Path(__file__).resolve().parents[2]
BELZ_FILE = ROOT / "api" / "demo" / "belz-digital-2025.yaml"
RIVERSIDE_FILE = ROOT / "tests" / "data" / "riverside-2030.yaml"

GOOD = """\
format: pledger-programme/1
programme: small-2030
title: Мала програма
body: {id: small-council, name: Мала рада}
currency: UAH
amounts_in: uah
act: {id: small-1, kind: decision, number: "1", date: 2030-01-15, title: Рішення, points: ["1"]}
source_texts:
  - {file: small.txt, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
term: {from: 2030, to: 2031}
passport:
  initiator: Рада
  totals: {total: 100, 2030: 100, "source:local": 100}
sources:
  - {id: local, name: місцевий бюджет}
  - {id: grant, name: грант}
tree:
  - {id: "3", level: task, title: Завдання}
  - {id: 3.10, level: measure, parent: "3", title: Захід}
indicators:
  - {id: i-1, measure: 3.10, name: Показник, kind: flow, unit: одиниць, targets: {2030: "1"}}
financing:
  - {measure: 3.10, year: 2030, source: local, amount: 60}
  - {measure: 3.10, year: 2030, source: grant, amount: 40.00}
endorsements:
  - {office: Комісія, person: "", date: ""}
printed:
  - {at: розділ 1, field: "expected:i-1", text: один показник}
"""


def read_text(folder: Path, text: str | bytes) -> ProgrammeFile:
    path = folder / "programme.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_programme(path)


def problems_of(folder: Path, text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(ImportFileError) as caught:
        read_text(folder, text)
    return caught.value.problems


def places(problems: tuple[Problem, ...]) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in problems]
