"""No cell of a ledger file can be changed unseen, and what is said of it is the right thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.verify.tables import TABLES
from tests.tampering.cells import Column, changes, columns_of, tables_of
from tests.tampering.harness import attack_all
from tests.tampering.story import told

pytestmark = pytest.mark.thorough

_ROW, _HEAD = {"tables/row-differs"}, {"tables/head-differs"}
_ENTRY = {"entries/malformed-entry", "genesis/no-opening"}

# What has to be told of a change there, one of them at least. A column that is not here fails the test.
FINDS: dict[str, set[str]] = {
    "checkpoints.size": _ROW,
    "checkpoints.note": {"tables/row-differs", "tables/note-unsigned", "checkpoint/checkpoint-unsigned",
                         "format/no-checkpoint"},
    "events.event": _ROW,
    "events.leaf_index": _ROW,
    "head.id": _HEAD,
    "head.size": _HEAD,
    "head.frontier": _HEAD,
    "head.recorded_at": _HEAD,
    "names.name": _ROW,
    "names.stream": _ROW,
    "names.leaf_index": _ROW,
    "nodes.level": _ROW,
    "nodes.node_index": _ROW,
    "nodes.hash": _ROW,
    "payloads.payload": _ROW,
    "payloads.leaf_index": _ROW,
    "stored_events.rowid": {*_ENTRY, "format/entries-missing"},
    "stored_events.originator_id": _ENTRY,
    "stored_events.originator_version": _ENTRY,
    "stored_events.topic": {"entries/unknown-topic"},
    "stored_events.state": {*_ENTRY, "tree/other-root"},
}  # fmt: skip

# SQLite itself refuses the same key twice, or no key; an INTEGER PRIMARY KEY takes no other type.
UNIQUE = {
    "checkpoints.size", "events.event", "head.id", "names.name", "nodes.level", "nodes.node_index",
    "payloads.payload", "stored_events.rowid", "stored_events.originator_id",
    "stored_events.originator_version",
}  # fmt: skip


def _columns() -> list[Column]:
    return columns_of(told().database)


def test_every_table_and_column_of_the_database_is_attacked() -> None:
    assert {str(column) for column in _columns()} == set(FINDS)
    assert set(tables_of(told().database)) == set(TABLES)


@pytest.mark.parametrize("name", FINDS)
def test_no_cell_can_be_changed_unseen(name: str, tmp_path: Path) -> None:
    _attack(name, tmp_path, every=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", FINDS)
def test_no_cell_of_any_row_can_be_changed_unseen_in_any_way(name: str, tmp_path: Path) -> None:
    _attack(name, tmp_path, every=True)


def _attack(name: str, tmp_path: Path, *, every: bool) -> None:
    story = told()
    column = next(one for one in _columns() if str(one) == name)
    attacks = changes(story.database, column, frozenset(FINDS[name]), every=every)
    tally = attack_all(story.database, story.anchors, attacks, tmp_path)
    print(f"{name}: {tally}")
    assert tally.count
    assert not tally.refused or name in UNIQUE
    assert tally.missed == []
