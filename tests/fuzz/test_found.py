"""What fuzzing found, each as a test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.witness.hints import SizeHints
from ledger.canonical import dumps
from ledger.envelope import IAT_MAX
from ledger.errors import Refusal, StorageError
from ledger.keys import PublicKey
from ledger.restored import read_restored, record_path
from tests.support.story import FORMER, town_with_history
from tests.support.town import PROGRAMME, lines, sign_as

DEEP = "[" * 100_000


@pytest.mark.parametrize("iat", [0, IAT_MAX - 7200, IAT_MAX])
def test_a_signature_of_the_last_day_there_is_comes_after_a_mandates_end(tmp_path: Path, iat: int) -> None:
    with town_with_history(tmp_path / "town") as town:
        payload = town.payload("financing.changed", PROGRAMME, lines("170.00"), by=FORMER, seen=town.position)
        envelope = sign_as(dumps(payload), [(FORMER.key, FORMER.key.alg)], iat=iat)
        assert town.refused_all([envelope]).code == "no-mandate"


def test_a_key_that_is_nested_deeper_than_python_can_write_is_refused_like_any_other() -> None:
    deep: object = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(Refusal, match="key-malformed at /jwk: a list that is nested too deep"):
        PublicKey.from_jwk(deep, "/jwk")


def test_a_nested_record_of_restores_is_damaged(tmp_path: Path) -> None:
    record_path(tmp_path).write_text(DEEP)
    with pytest.raises(StorageError, match="damaged"):
        read_restored(tmp_path)


def test_a_nested_file_of_hints_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "sizes.json").write_text(DEEP)
    assert SizeHints(tmp_path / "sizes.json").get("key", "origin") == 0
