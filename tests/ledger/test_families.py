"""Which kinds may write the same cells, held against what each kind really writes."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.families import WRITES, uncovered
from ledger.kinds import KINDS
from ledger.kinds.base import Kind
from tests.support.town import Payload

REPORT = {"report": "01890a5d-ac96-774b-bcce-b302099a8057", "note": "Ні"}
SPENT = {"measure": "1", "year": 2025, "source": "local", "amount": "1.00"}
SPENDING = {"period": "2025-Q1", "accumulation": "period", "lines": [SPENT]}
# All that an adopting or amending act may state.
ANNEXES: Payload = {
    "title": "Програма",
    "term": {"from": 2025, "to": 2027},
    "passport": {"goal": "Мета"},
    "sources": [{"id": "local", "name": "місцевий бюджет"}],
    "tree": [{"id": "1", "level": "measure", "title": "Захід"}],
    "indicators": [{"id": "i", "name": "Індикатор", "kind": "flow", "unit": "од."}],
    "financing": [SPENT],
    "endorsements": [{"id": "e", "office": "Голова", "person": "", "date": ""}],
    "printed": [{"id": "p", "at": "с. 1", "field": "сума", "text": "10"}],
    "source_texts": [{"file": "a.docx", "sha256": "00" * 32}],
}
FULL: dict[str, list[Payload]] = {
    "programme.adopted": [
        ANNEXES
        | {"programme": "p", "body": "b", "currency": "UAH", "totals": {"total": "1.00"}}
        | {"predecessor": {"title": "Попередня"}}
    ],
    "programme.amended": [
        ANNEXES
        | {"removed": ["/tree/1/title"]}
        | {"restated": [{"annex": "financing", "removals": ["/financing/1/2025/local"]}]}
    ],
    "spending.reported": [
        SPENDING | {"phase": phase} for phase in ("commitment", "paid", "incurred", "payable")
    ],
    "report.accepted": [REPORT],
    "report.returned": [REPORT],
}
WRITERS = [kind for kind in KINDS.values() if kind.writes.__name__ != "_no_writes"]


@pytest.mark.parametrize("kind", WRITERS, ids=lambda kind: kind.name)
def test_the_table_has_the_families_of_cells_that_a_kind_writes(kind: Kind) -> None:
    found: set[str] = set()
    for said in FULL.get(kind.name, [kind.example]):
        data: Any = kind.data.model_validate(said, strict=False)
        found |= {write.path.split("/")[1] for write in kind.writes(data, "2025-01-01", "slot")}
    assert found == WRITES[kind.name]


@pytest.mark.parametrize("name", ["programme.adopted", "programme.amended"])
def test_what_is_said_here_is_all_that_the_kind_can_say(name: str) -> None:
    (said,) = FULL[name]
    assert set(KINDS[name].data.model_fields) - {"part"} == set(said)


def test_the_table_has_every_kind_that_writes_and_no_other() -> None:
    assert set(WRITES) == {kind.name for kind in WRITERS}


@pytest.mark.parametrize(
    ("kinds", "asked", "left"),
    [
        (["financing.changed"], [], ["programme.adopted", "programme.amended"]),
        (["financing.changed"], ["programme.amended"], ["programme.adopted"]),
        (["financing.changed"], ["programme.amended", "programme.adopted"], []),
        (["programme.amended"], [], ["financing.changed", "programme.adopted"]),
        (["appropriation.set", "programme.closed"], [], []),
        (["transfer.made"], [], []),
    ],
)
def test_a_kind_is_uncovered_that_writes_the_same_cells_and_is_not_asked(
    kinds: list[str], asked: list[str], left: list[str]
) -> None:
    assert uncovered(kinds, [*kinds, *asked]) == left
