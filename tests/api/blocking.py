"""A door whose programme is blocked: one of its entries is in the log, and cannot be worked in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

from ledger.event import Stated
from projections.writer import _Batch
from tests.api.door import Door, open_door
from tests.support.town import PROGRAMME, TestLedger, lines


@contextmanager
def blocked_door(model: TestLedger, path: Path) -> Iterator[tuple[Door, int]]:
    """(door, leaf index): of the newest entry, which was recorded all the same."""
    real, poisoned = _Batch.programme, set[str]()

    def programme(batch: _Batch, before: Any, after: Any, name: str, stated: Stated) -> None:
        real(batch, before, after, name, stated)
        if stated.event.id in poisoned:
            raise KeyError("planted")

    with patch.object(_Batch, "programme", programme), open_door(model, path) as door:
        envelope = door.town.envelope("financing.changed", PROGRAMME, lines("175.00"), effective="2026-02-01")
        poisoned.add(orjson.loads(envelope.payload)["id"])
        answer = door.post(envelope)
        assert answer.status_code == 201, answer.text
        door.settle()
        yield door, answer.json()["index"]
