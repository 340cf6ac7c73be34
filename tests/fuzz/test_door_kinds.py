"""Any data that a kind's schema lets in is judged: refused, asked about, or taken into the next world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.canonical import dumps
from ledger.door import NeedsAcknowledgement, decide
from ledger.errors import Refusal
from ledger.event import Claims, Stated
from ledger.families import WRITES
from ledger.kinds import KINDS
from ledger.submission import read_payload
from ledger.world import World
from tests.fuzz.stating import NAMES, Speaker, event, told_town
from tests.support.council import TODAY, world_of
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

RECORDED_AT = "2025-09-01T09:00:00.500000Z"
FUZZ = settings(max_examples=25, suppress_health_check=[*HealthCheck])
CLAIMS = Claims(signed=lambda kid: TODAY, seen=lambda: TODAY)


@dataclass(frozen=True)
class Hall:
    """A town's world with every stream loaded, and somebody who makes events for it."""

    world: World
    speaker: Speaker


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    model = told_town(tmp_path_factory.mktemp("kinds") / "model")
    with TestLedger.copy_of(model, tmp_path_factory.mktemp("kinds") / "town") as town:
        yield Hall(world_of(town), Speaker(town))


@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(data=st.data())
def test_any_data_of_a_kind_is_refused_asked_about_or_taken(
    hall: Hall, name: str, data: st.DataObject
) -> None:
    payload = data.draw(event(hall.speaker, KINDS[name]))
    try:
        raw = dumps(payload)
        read = read_payload(raw)
        stated = Stated(read, sha256(raw).hexdigest(), hall.world.position, RECORDED_AT, CLAIMS)
        after = decide(hall.world, stated, TODAY, batch_start=hall.world.position).world
    except (Refusal, NeedsAcknowledgement):
        return
    assert after.position == hall.world.position + 1
    kind = KINDS[read.kind]
    writes = kind.writes_of(read, stated.slot)
    assert {write.path.split("/")[1] for write in writes} <= WRITES.get(kind.name, frozenset())
    olds = {write.path: "1.00" for write in writes}
    assert all(kind.sentence(read, language, olds).strip() for language in ("uk", "en"))
