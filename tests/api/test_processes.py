"""Several processes on one database decide as one does: the same entries, the same refusals, the same worlds.

A process works in what others appended (ledger/append/memory.py) instead of loading everything anew. What
that gives is compared with one process alone on a file, with a replay of the log, and between the processes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from immutables import Map

from ledger.append.appender import Outcome
from ledger.canonical import dumps
from ledger.door import NeedsAcknowledgement
from ledger.entry import Entry
from ledger.errors import Refusal
from ledger.kinds import KINDS
from ledger.service import Ledger
from tests.faults.postgres_machines import Site, site_of
from tests.fuzz.stating import NAMES, Speaker, event, told_town
from tests.support.batches import batch_of
from tests.support.clock import FrozenClock
from tests.support.log import Small, altered, assert_same_world, found_small, replayed
from tests.support.postgres import PostgresServer
from tests.support.postgres_install import missing
from tests.support.town import TestLedger, key_named, sign_as

DEADLINE = 60.0
STATEMENTS = 20
HISTORIES, HISTORIES_SLOWLY = 3, 60
NOW = 1_756_717_200
# A rotation takes another key, and the opening is taken once.
KINDS_SAID = tuple(name for name in NAMES if name not in ("log_key.rotated", "ledger.opened"))


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    if reason := missing():
        pytest.skip(reason)
    with PostgresServer.new() as server:
        yield server


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed town in which something of each kind was said."""
    return told_town(tmp_path_factory.mktemp("processes") / "town")


@pytest.fixture
def site(server: PostgresServer, tmp_path: Path) -> Iterator[Site]:
    with site_of(found_small(tmp_path / "ledger"), server) as site:
        yield site


# -- as one process decides ---------------------------------------------------------------------


class Twins:
    """What is said is decided by a process alone on a file, and by one of several on a database."""

    def __init__(self, model: TestLedger, server: PostgresServer, folder: Path, machines: int) -> None:
        self._opened = ExitStack()
        shutil.copytree(model.path, folder / "shared")
        self.alone = self._opened.enter_context(TestLedger.copy_of(model, folder / "alone"))
        small = Small(folder / "shared", model.log_key, model.name["genesis"])
        self.site = self._opened.enter_context(site_of(small, server))
        self.machines = [
            self._opened.enter_context(self.site.machine(clock=self.alone.clock)) for _ in range(machines)
        ]
        self.speaker = Speaker(self.alone)

    def close(self) -> None:
        self._opened.close()

    def say(self, payload: dict[str, Any], machine: int) -> str:
        """The same outcome of both; what it was."""
        outcome = self._both(payload, machine)
        if isinstance(outcome, NeedsAcknowledgement):
            codes = sorted({one.code for one in outcome.found if not one.silent})
            outcome = self._both(payload | {"acknowledges": codes}, machine)
        if isinstance(outcome, list):
            self.speaker.learn(payload)
            self.speaker.words.learn(self.alone.recorded[outcome[0].event])
            return "recorded"
        return outcome.code if isinstance(outcome, Refusal) else "asked"

    def _both(self, payload: dict[str, Any], machine: int) -> Any:
        keys = [key_named(signer["kid"]) for signer in payload["signers"]]
        try:
            envelope = sign_as(dumps(payload), [(key, key.alg) for key in keys], iat=NOW)
        except Refusal as refusal:  # no JSON of a payload: nobody gets as far as the door
            return refusal
        expected = self.alone.outcome([envelope])
        found = came_of(lambda: self.machines[machine].submit([envelope]))
        assert told(found) == told(expected)
        return expected

    def check(self) -> None:
        """Logs, worlds that were carried along, and a replay are the same."""
        entries = self.alone.ledger.reader.entries(0, 10_000)
        assert self.site.found().torn == []
        assert [one.raw for one in self.site.found().entries] == [one.raw for one in entries]
        for machine in self.machines:
            check_worlds(machine, entries)


def came_of(submit: Callable[[], Future[Outcome]]) -> Any:
    try:
        return submit().result(DEADLINE)
    except (Refusal, NeedsAcknowledgement) as turned_down:
        return turned_down


def told(outcome: Any) -> Any:
    """What whoever submitted hears of it, but for the checkpoint."""
    if isinstance(outcome, list):
        return [(one.event, one.index, one.entry) for one in outcome]
    if isinstance(outcome, Refusal):
        return outcome.code, outcome.pointer, outcome.got, _lasting(outcome.details)
    return [(one.code, one.pointer, _lasting(one.details), one.silent) for one in outcome.found]


def _lasting(details: Mapping[str, Any]) -> dict[str, Any]:
    """Who could do it instead is told of the bodies that happen to be loaded (ledger/remedy.py)."""
    return {name: one for name, one in details.items() if name != "instead"}


def check_worlds(machine: Ledger, entries: list[Entry]) -> None:
    """What it carries along is what a replay up to there gives; what it would load now, of all there is."""
    known = machine.appender.world
    then, whole = replayed(entries[: known.position]), replayed(entries)
    here = {body: at for body, at in known.bodies.items() if body in then.bodies}  # or asked for in vain
    assert_same_world(replace(known, bodies=Map(here)), then)
    for name in whole.programmes:
        assert machine.world_now(f"programme:{name}").programmes[name] == whole.programmes[name]
    assert machine.world_now().root == whole.root


def tell(model: TestLedger, server: PostgresServer, histories: int) -> Counter[str]:
    """Outcomes of so many histories, each told to two or three processes in turn or by chance."""
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=histories,
        database=None,
        suppress_health_check=[*HealthCheck],
        phases=[Phase.generate],  # a smaller history would take minutes to find
    )
    @given(data=st.data(), seed=st.integers(0, 1 << 32), machines=st.sampled_from([2, 2, 3]))
    def one(data: st.DataObject, seed: int, machines: int) -> None:
        rng = Random(seed)
        with tempfile.TemporaryDirectory(prefix="pledger-processes-") as folder:
            twins = Twins(model, server, Path(folder), machines)
            try:
                for turn, name in enumerate(rng.choices(KINDS_SAID, k=STATEMENTS)):
                    twins.alone.clock.advance(days=data.draw(st.sampled_from([0, 0, 0, 0, 1, 40])))
                    said = data.draw(event(twins.speaker, KINDS[name]))
                    machine = turn % machines if rng.random() < 0.7 else rng.randrange(machines)
                    outcomes[twins.say(said, machine)] += 1
                twins.check()
            finally:
                twins.close()

    one()
    return outcomes


def test_processes_in_turn_decide_as_one_alone(model: TestLedger, server: PostgresServer) -> None:
    outcomes = tell(model, server, HISTORIES)
    assert outcomes["recorded"] >= HISTORIES
    assert len(outcomes) > 3


@pytest.mark.slow
def test_processes_in_turn_decide_as_one_alone_for_long(model: TestLedger, server: PostgresServer) -> None:
    outcomes = tell(model, server, HISTORIES_SLOWLY)
    print(f"\n{sum(outcomes.values())} statements: {outcomes.most_common()}")
    assert outcomes["recorded"] >= 3 * HISTORIES_SLOWLY


# -- the same to several, at once or later ------------------------------------------------------


def test_the_same_payload_to_two_processes_at_once_is_one_entry_with_one_receipt(site: Site) -> None:
    small, clock = site.small, FrozenClock()
    with site.machine(clock=clock) as one, site.machine(clock=clock) as other:
        for turn in range(12):
            batch = batch_of(small, Random(turn))
            futures = [site.ask(machine, *batch) for machine in (one, other, one, other)]
            receipts = [future.result(DEADLINE) for future in futures]
            for payload, *copies in zip(batch, *receipts, strict=True):
                assert len({(copy.index, copy.entry) for copy in copies}) == 1
                for receipt in copies:
                    small.check(payload, receipt)
                assert site.times(payload) == 1
    assert site.found().torn == []


def test_a_receipt_that_is_asked_for_again_of_another_process_is_the_first(site: Site) -> None:
    small = site.small
    with site.machine() as one, site.machine() as other:
        machines = (one, other)
        kept: list[tuple[list[bytes], Outcome]] = []
        for turn in range(12):
            batch = batch_of(small, Random(turn))
            kept.append((batch, site.ask(machines[turn % 2], *batch).result(DEADLINE)))
        for batch, receipts in kept:
            for machine in (one, other, one):
                again = site.ask(machine, *batch).result(DEADLINE)
                assert [told([receipt]) for receipt in again] == [told([receipt]) for receipt in receipts]
                for payload, receipt in zip(batch, again, strict=True):
                    small.check(payload, receipt)
        with site.machine() as third:
            for batch, receipts in kept[:-1]:
                assert site.ask(third, *batch).result(DEADLINE) == receipts
    assert site.found().torn == []


def test_an_event_id_that_another_process_took_is_taken(site: Site) -> None:
    payload = site.small.transfer()
    with site.machine() as one, site.machine() as other:
        site.ask(one, payload).result(DEADLINE)
        error = site.ask(other, altered(payload, reason="another")).exception(DEADLINE)
        assert isinstance(error, Refusal)
        assert error.code == "event-id-used"
