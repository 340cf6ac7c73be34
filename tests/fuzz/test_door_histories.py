"""Whatever is signed, the door has three outcomes; and what it took can be followed, replayed and verified.

A recorded event that a later reader cannot take would stop the ledger, for no entry is ever removed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from immutables import Map

from ledger.canonical import dumps
from ledger.door import NeedsAcknowledgement
from ledger.envelope import IAT_MAX
from ledger.errors import Refusal
from ledger.kinds import KINDS
from tests.fuzz.reading import read_everything
from tests.fuzz.stating import NAMES, Speaker, event, told_town
from tests.projections.tables import Tables, contents
from tests.support.log import assert_same_world, replayed
from tests.support.town import TestLedger, key_named, sign_as
from tests.support.verifying import faults_of

pytestmark = pytest.mark.thorough

STATEMENTS = 16
HISTORIES, HISTORIES_SLOWLY = 6, 120
NOW = 1_756_717_200
SEEDS = st.integers(0, 1 << 32)
TIMES = st.sampled_from([NOW, NOW, NOW, 0, NOW - 86_400, IAT_MAX])
DAYS = st.sampled_from([0, 0, 0, 0, 0, 1, 40])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed town in which something of each kind was said."""
    return told_town(tmp_path_factory.mktemp("fuzz") / "town")


class History:
    """A copy of the town, what is said to it, and projections that follow each entry."""

    def __init__(self, model: TestLedger, folder: Path) -> None:
        self.folder = folder
        self.town = TestLedger.copy_of(model, folder / "town")
        self.tables = Tables(folder / "followed.db", self.town.ledger.reader)
        self.tables.catch_up()
        self.speaker = Speaker(self.town)
        self.recorded: Counter[str] = Counter()

    def close(self) -> None:
        self.tables.close()
        self.town.close()

    def say(self, payload: dict[str, Any], iat: int) -> str:
        """Submit an event, acknowledging what the door asks about; what came of it."""
        outcome = self._outcome(payload, iat)
        if isinstance(outcome, NeedsAcknowledgement):
            codes = sorted({one.code for one in outcome.found if not one.silent})
            outcome = self._outcome(payload | {"acknowledges": codes}, iat)
        if isinstance(outcome, list):
            assert self.tables.apply(2) == 1
            # One that cannot be worked in stops its programme alone, so that nothing is raised.
            assert self.tables.writer.blocked == {}
            self.recorded[payload["kind"]] += 1
            self.speaker.learn(payload)
            self.speaker.words.learn(self.town.recorded[outcome[0].event])
            return "recorded"
        return outcome.code if isinstance(outcome, Refusal) else "asked"

    def _outcome(self, payload: dict[str, Any], iat: int) -> Any:
        """As the town's, which lets nothing but refusals and questions pass."""
        keys = [key_named(signer["kid"]) for signer in payload["signers"]]
        try:
            envelope = sign_as(dumps(payload), [(key, key.alg) for key in keys], iat=iat)
        except Refusal as refusal:  # no JSON of a payload: nobody gets as far as the door
            return refusal
        return self.town.outcome([envelope])

    def check(self) -> int:
        """The appender's memory, a replay, both ways of projecting, the verifier and a server agree.

        Closes it. Returns how many questions the server was asked.
        """
        ledger = self.town.ledger
        whole = replayed(ledger.reader.entries(0, 10_000))
        for name in whole.programmes:
            known = ledger.world_now(f"programme:{name}")
            here = {body: at for body, at in known.bodies.items() if body in whole.root.bodies}
            assert_same_world(replace(known, bodies=Map(here)), whole)
        with Tables(self.folder / "at-once.db", ledger.reader) as at_once:
            at_once.catch_up()
        assert contents(self.folder / "at-once.db") == contents(self.tables.path)
        self.close()
        assert faults_of(ledger.directory.ledger_db) == []
        if self.recorded["log_key.rotated"]:  # a server with the old key would not start
            return 0
        return read_everything(self.town.path, self.town.clock)


def tell(model: TestLedger, histories: int) -> tuple[Counter[str], Counter[str], int]:
    """(outcomes, recorded by kind, questions) of so many histories."""
    outcomes: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    asked = 0

    # Shrinking a history takes minutes, and the sixteen statements that failed are printed anyhow.
    @settings(
        max_examples=histories,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(data=st.data())
    def one(data: st.DataObject) -> None:
        nonlocal asked
        with tempfile.TemporaryDirectory(prefix="pledger-fuzz-") as folder:
            history = History(model, Path(folder))
            try:
                for name in Random(data.draw(SEEDS)).choices(NAMES, k=STATEMENTS):
                    history.town.clock.advance(days=data.draw(DAYS))
                    said = data.draw(event(history.speaker, KINDS[name]))
                    outcomes[history.say(said, data.draw(TIMES))] += 1
                asked += history.check()
            finally:
                history.close()
            recorded.update(history.recorded)

    one()
    return outcomes, recorded, asked


def test_what_the_door_records_can_be_followed_replayed_verified_and_shown(model: TestLedger) -> None:
    outcomes, recorded, asked = tell(model, HISTORIES)
    assert sum(recorded.values()) == outcomes["recorded"] > HISTORIES
    assert len(outcomes) > 5
    assert asked > 100


@pytest.mark.slow
def test_long_after_too(model: TestLedger) -> None:
    outcomes, recorded, asked = tell(model, HISTORIES_SLOWLY)
    print(f"\n{sum(outcomes.values())} statements, {asked} questions; {outcomes.most_common()}")
    print(f"recorded: {recorded.most_common()}")
    # The town told something of each kind; of some the fuzzer seldom tells anything more that is right.
    assert len(recorded) > len(KINDS) * 2 // 3, sorted(set(KINDS) - set(recorded))
