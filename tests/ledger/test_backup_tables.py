"""A backup whose tables say otherwise than its entries, or that brings objects along, is not restored."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.backup import check_copy, copy_source
from ledger.walking import BackupError
from tests.tampering.harness import sql
from tests.tampering.story import told

pytestmark = pytest.mark.sqlite  # a backup is a file

# What is changed → the table or object that has to be named.
CHANGES = {
    "UPDATE names SET stream = 'body:x' WHERE leaf_index = (SELECT MAX(leaf_index) FROM names)": "names",
    "DELETE FROM names WHERE leaf_index = (SELECT MAX(leaf_index) FROM names)": "names",
    "UPDATE payloads SET leaf_index = 2 WHERE leaf_index = 5": "payloads",
    "DELETE FROM payloads WHERE leaf_index = 5": "payloads",
    "UPDATE events SET leaf_index = 2 WHERE leaf_index = 5": "events",
    "UPDATE nodes SET hash = zeroblob(32) WHERE level = 0 AND node_index = 4": "nodes",
    "UPDATE head SET recorded_at = '2025-01-01T00:00:00.000000Z'": "head",
    "CREATE TRIGGER quiet AFTER INSERT ON stored_events BEGIN DELETE FROM names; END": "trigger quiet",
    "CREATE VIEW everything AS SELECT * FROM stored_events": "view everything",
    "CREATE TABLE notes (text TEXT)": "table notes",
    "ALTER TABLE names ADD COLUMN more TEXT": "names",
}


def test_an_untouched_copy_is_taken(tmp_path: Path) -> None:
    copy_source(told().database, tmp_path / "copy.db")
    assert check_copy(tmp_path / "copy.db").size == told().size


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_server_would_answer_by_is_compared_with_the_entries(change: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy_source(told().database, copy)
    sql(copy, change)
    with pytest.raises(BackupError, match=CHANGES[change]):
        check_copy(copy)
