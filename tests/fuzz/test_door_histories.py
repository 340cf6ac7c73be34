"""Whatever is signed, the door has three outcomes; and what it took can be followed, replayed and verified.

A recorded event that a later reader cannot take would stop the ledger, for no entry is ever removed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from ledger.kinds import KINDS
from tests.fuzz.reading import read_everything
from tests.fuzz.stating import NAMES, Speaker, event, told_town
from tests.projections.tables import Tables, contents
from tests.support.log import assert_same_world, replayed
from tests.support.town import TestLedger
from tests.support.verifying import _verify

STATEMENTS = 16
SEEDS = st.integers(0, 1 << 32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed town with history and a service key."""
    return told_town(tmp_path_factory.mktemp("fuzz") / "town")


class History:
    """A copy of the town, what is said to it, and projections that follow each entry."""

    def __init__(self, model: TestLedger, folder: Path) -> None:
        self.town = TestLedger.copy_of(model, folder / "town")
        self.tables = Tables(folder / "followed.db", self.town.ledger.reader)
        self.tables.catch_up()
        self.speaker = Speaker(self.town)
        self.folder = folder
        self.recorded: Counter[str] = Counter()

    def say(self, payload: dict[str, Any]) -> str:
        """Submit an event, acknowledging what the door asks about; what came of it."""
        outcome = self._outcome(payload)
        if isinstance(outcome, NeedsAcknowledgement):
            codes = sorted({one.code for one in outcome.found if not one.silent})
            outcome = self._outcome(payload | {"acknowledges": codes})
        if isinstance(outcome, list):
            assert self.tables.apply(10) == 1
            self.recorded[payload["kind"]] += 1
            self.speaker.learn(payload)
            self.speaker.words.learn(self.town.recorded[outcome[0].event])
            return "recorded"
        return outcome.code if isinstance(outcome, Refusal) else "asked"

    def _outcome(self, payload: dict[str, Any]) -> Any:
        try:
            envelope = self.town.signed(payload)
        except Refusal as refusal:
            return refusal
        return self.town.outcome([envelope])

    def check(self) -> None:
        """The appender's memory, a replay, both ways of projecting and the verifier agree."""
        ledger = self.town.ledger
        whole = replayed(ledger.reader.entries(0, 10_000))
        for name in whole.programmes:
            known = ledger.world_now(f"programme:{name}")
            here = {body: at for body, at in known.bodies.items() if body in whole.root.bodies}
            assert_same_world(replace(known, bodies=Map(here)), whole)
        with Tables(self.folder / "at-once.db", ledger.reader) as at_once:
            at_once.catch_up()
        assert contents(self.folder / "at-once.db") == contents(self.tables.path)
        self.tables.close()
        self.town.close()
        assert [*_verify(self.town.ledger.directory.ledger_db)] == []
        if "log_key.rotated" not in self.recorded:  # a server with the old key would not start
            READ["n"] += read_everything(self.town.path, self.town.clock)

    def close(self) -> None:
        self.tables.close()
        self.town.close()


OUTCOMES: Counter[tuple[str, bool]] = Counter()


@settings(max_examples=60, phases=[__import__("hypothesis").Phase.generate], database=None)
@given(data=st.data())
def test_what_the_door_records_can_be_followed_replayed_and_verified(
    model: TestLedger, data: st.DataObject
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="pledger-fuzz-"))
    history = History(model, folder)
    try:
        for name in Random(data.draw(SEEDS)).choices(NAMES, k=STATEMENTS):
            kind = KINDS[name]
            said = history.say(data.draw(event(history.speaker, kind)))
            OUTCOMES[kind.name, said == "recorded"] += 1
            REFUSED[said] += 1
        history.check()
    finally:
        history.close()
        shutil.rmtree(folder)


READ: Counter[str] = Counter()
REFUSED: Counter[str] = Counter()


def test_print():
    for n in NAMES:
        print(n, OUTCOMES[n, True], OUTCOMES[n, False])
    print(REFUSED, READ)
