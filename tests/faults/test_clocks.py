"""A clock that somebody sets: by a day back, by a year ahead, while a server runs or before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load
from tests.faults.planted import CLOCK
from tests.faults.process import Server
from tests.faults.stores import Store
from tests.faults.table import breaks

pytestmark = pytest.mark.thorough

DAY, YEAR = 86_400, 365 * 86_400
STOPPED = "503 stopped"


class Clock:
    """The wall clock of all servers of a test."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.environment = {CLOCK: str(file)}
        self.wrong_by(0)

    def wrong_by(self, seconds: int) -> None:
        whole = self._file.with_suffix(".new")
        whole.write_text(str(seconds), encoding="ascii")
        whole.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


def says_why(server: Server) -> None:
    """Not ready, for the clock alone; questions are answered."""
    ready = server.wait_until("/readyz", 503)
    assert [reason["code"] for reason in ready.body["details"]["reasons"]] == ["clock-wrong"]
    for target in ("/healthz", "/v1", "/v1/programmes"):
        assert server.ask(target).status == 200


def stops_while_wrong(store: Store, load: Load, clock: Clock, seconds: int) -> None:
    server = store.serve(**clock.environment).ready()
    with load.on(server):
        load.wait_for(30, server)
        clock.wrong_by(seconds)
        load.wait_for_refusals(STOPPED, 10)
        acknowledged = load.count
        says_why(server)
        load.wait_for_refusals(STOPPED, 10)
        assert load.count == acknowledged
        clock.wrong_by(0)
        load.wait_for(30, server)
    server.ready()
    load.settle(server)
    assert server.stop().code == 0


@breaks("clock-back")
def test_a_clock_that_goes_back_stops_appending_until_it_is_right(
    store: Store, load: Load, clock: Clock, reckoned: Reckoned
) -> None:
    stops_while_wrong(store, load, clock, -DAY)
    assert set(load.refused) == {STOPPED}
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("clock-ahead")
def test_a_clock_that_goes_ahead_stops_appending_until_it_is_right(
    store: Store, load: Load, clock: Clock, reckoned: Reckoned
) -> None:
    stops_while_wrong(store, load, clock, YEAR)
    assert set(load.refused) == {STOPPED}
    reckoned(at_least=60)
    assert not [one for one in store.found().entries if one.recorded_at > "2100"]
    assert store.check() >= load.count


@breaks("clock-back")
def test_a_server_that_starts_with_a_clock_behind_its_last_entry_appends_nothing(
    store: Store, load: Load, clock: Clock, reckoned: Reckoned
) -> None:
    with_some(store, load, clock)
    acknowledged = load.count
    clock.wrong_by(-DAY)
    server = store.serve(**clock.environment)
    says_why(server)
    with load.on(server):
        load.wait_for_refusals(STOPPED, 10)
        assert load.count == acknowledged
        clock.wrong_by(0)
        load.wait_for_refusals(STOPPED, 1)  # for this process the clock has jumped
    server.stop()
    with_some(store, load, clock)
    reckoned(at_least=60)
    assert store.check() >= load.count


@breaks("clock-ahead-at-start")
def test_a_server_that_starts_a_year_ahead_dates_what_it_takes_and_stops_when_the_clock_is_right(
    store: Store, load: Load, clock: Clock, reckoned: Reckoned
) -> None:
    """Known and not mended: nothing that the server sees contradicts the clock."""
    clock.wrong_by(YEAR)
    with_some(store, load, clock)
    acknowledged = load.count
    clock.wrong_by(0)
    server = store.serve(**clock.environment)
    says_why(server)
    with load.on(server):
        load.wait_for_refusals(STOPPED, 10)
    assert server.stop().code == 0
    assert load.count == acknowledged
    reckoned(at_least=30)
    assert store.check() >= load.count


def with_some(store: Store, load: Load, clock: Clock) -> None:
    server = store.serve(**clock.environment).ready()
    with load.on(server):
        load.wait_for(30, server)
    load.settle(server)
    assert server.stop().code == 0
