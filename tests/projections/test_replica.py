"""Reading from a replica: it may lag, or go; what it lacks the primary answers, and nothing by halves."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ledger.directory import Directory
from ledger.errors import StorageError
from ledger.service import Ledger
from projections.budget import read_budget
from projections.follower import Follower
from projections.following import generations_beside, open_follower
from projections.reading import Reading
from projections.rebuild import rebuild_in
from projections.replica import ReplicaReading
from tests.faults.postgres_machines import Site, site_of
from tests.support.log import Small, found_small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_install import missing

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.sqlite,
]  # the model is a file, which goes into a database here
SOON = 30.0
SHORT = 0.2
DAY = "2025-12-31"


class Replicated:
    """A ledger on a primary, and a machine of it that reads from a replica."""

    def __init__(self, site: Site, replica: PostgresServer, ledger: Ledger, reading: ReplicaReading) -> None:
        self.site, self.replica, self.ledger, self.follower = site, replica, ledger, reading

    def submit(self, count: int = 1) -> int:
        """Append, and wait until the primary's projections hold it; the position."""
        for _ in range(count):
            self.site.small.submit(self.ledger, self.site.small.transfer())
        position = self.ledger.reader.head().size
        assert self.follower.follower.wait_for(position, SOON)
        return position

    def answers(self, position: int | None = None) -> tuple[int, object, bool]:
        """(position, the roads' budget there, whether the replica answered)."""
        with self.follower.reading(position) as reading:
            return reading.position, read_budget(reading, "roads", DAY), in_recovery(reading)


def in_recovery(reading: Reading) -> bool:
    return bool(reading.connection.execute("SELECT pg_is_in_recovery()").fetchone()[0])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return found_small(tmp_path_factory.mktemp("replica") / "model")


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A primary and an asynchronous replica, which gives way to replay at once."""
    if reason := missing():
        pytest.skip(reason)
    with PostgresServer.new() as primary:
        yield primary, primary.standby("replica", max_standby_streaming_delay="0")


@contextmanager
def reading_from(ledger: Ledger, conninfo: str) -> Iterator[ReplicaReading]:
    with closing(open_follower(ledger, conninfo)) as follower:
        assert isinstance(follower, ReplicaReading)
        yield follower


@pytest.fixture
def replicated(
    model: Small, servers: tuple[PostgresServer, PostgresServer], tmp_path: Path
) -> Iterator[Replicated]:
    primary, replica = servers
    shutil.copytree(model.path, tmp_path / "ledger")
    small = Small(tmp_path / "ledger", model.log_key, model.genesis)
    with site_of(small, primary) as site, site.machine() as ledger:
        primary.wait_replayed(replica)
        name = str(conninfo_to_dict(site.conninfo)["dbname"])
        with reading_from(ledger, replica.conninfo(name)) as follower:
            made = Replicated(site, replica, ledger, follower)
            until(lambda: follower.down is None and follower.lag == 0, "the replica is read from")
            yield made
            if not replica.running:
                replica.start()
            replica.resume_replay()


def test_a_replica_answers_what_it_has(replicated: Replicated) -> None:
    position = replicated.submit(3)
    assert replicated.follower.wait_for(position, SOON)
    assert replicated.follower.position >= position
    at, budget, replica = replicated.answers(position)
    assert (at, replica) == (position, True)
    with replicated.follower.follower.reading(position) as reading:
        assert not in_recovery(reading)
        assert read_budget(reading, "roads", DAY) == budget


def test_what_a_replica_lacks_is_answered_by_the_primary(replicated: Replicated) -> None:
    before = replicated.submit()
    assert replicated.follower.wait_for(before, SOON)
    replicated.replica.pause_replay()
    position, began = replicated.submit(3), time.monotonic()
    assert replicated.follower.wait_for(position, SHORT)
    assert time.monotonic() - began >= SHORT, "the replica was not waited for"
    at, budget, replica = replicated.answers(position)
    assert (at, replica) == (position, False)
    old, known, replica = replicated.answers()
    assert (old, replica) == (replicated.follower.position, True)
    assert before <= old < position, "what was not asked for is answered by the replica, as it was"
    assert replicated.follower.lag == position - old
    assert known == replicated.answers(old)[1]
    replicated.replica.resume_replay()
    until(lambda: replicated.follower.lag == 0, "the replica catches up")
    assert replicated.answers(position) == (position, budget, True)


def test_log_and_projections_of_an_answer_are_of_one_server(replicated: Replicated) -> None:
    """All that a lagging replica's projections tell of is in the log that is asked with them."""
    replicated.submit(2)
    replicated.replica.pause_replay()
    position = replicated.submit(2)
    with replicated.follower.reading() as reading:
        assert reading.position < position
        assert reading.entry(reading.position - 1).index == reading.position - 1
        assert reading.log.entries(position - 1, 1) == [], "its log is the primary's"
    with replicated.follower.reading(position) as reading:
        assert reading.entry(position - 1).index == position - 1


def test_what_the_primary_lacks_too_is_waited_for_in_vain(replicated: Replicated) -> None:
    """Somebody holds up the projections: a position that is in the log alone is not answered."""
    position = replicated.submit()
    assert replicated.follower.wait_for(position, SOON)
    database = replicated.ledger.directory.database
    assert database is not None
    with psycopg.connect(database.conninfo) as other:
        with closing(generations_beside(Directory(replicated.site.small.path, database))) as generations:
            name = generations.current()
        other.execute(f"LOCK TABLE {name}.batches IN EXCLUSIVE MODE".encode())
        replicated.site.small.submit(replicated.ledger, replicated.site.small.transfer())
        assert not replicated.follower.wait_for(position + 1, SHORT)
        assert replicated.answers()[0] == position
        other.rollback()
    assert replicated.follower.follower.wait_for(position + 1, SOON)


def test_while_a_replica_is_gone_the_primary_answers(replicated: Replicated) -> None:
    follower = replicated.follower
    assert follower.wait_for(replicated.submit(), SOON)
    replicated.replica.stop("kill")
    until(lambda: follower.down is not None, "it is seen")
    position, began = replicated.submit(2), time.monotonic()
    assert follower.wait_for(position, SOON)
    assert time.monotonic() - began < SOON / 2, "a replica that is gone is waited for"
    assert follower.position == position
    assert replicated.answers()[::2] == (position, False)
    replicated.replica.start()
    until(lambda: follower.down is None and follower.lag == 0, "it is read from again")
    assert replicated.answers(position)[::2] == (position, True)


def test_a_question_that_replay_cancels_gives_no_half_answer(replicated: Replicated) -> None:
    """The generation that is read from is dropped on the primary: replay does not wait for who reads it."""
    position = replicated.submit()
    follower, database = replicated.follower, replicated.ledger.directory.database
    assert follower.wait_for(position, SOON)
    expected = replicated.answers(position)[1]
    with follower.reading(position) as reading:
        assert in_recovery(reading)
        with closing(generations_beside(Directory(replicated.site.small.path, database))) as generations:
            rebuild_in(generations, replicated.ledger.reader)
        with pytest.raises(StorageError):
            until(lambda: not read_budget(reading, "roads", DAY), "it is cancelled")
    until(lambda: answered(replicated, position) == expected, "the next generation is read from")


def answered(replicated: Replicated, position: int) -> object:
    """The same figures, or a refusal; never others."""
    try:
        _, budget, _ = replicated.answers(position)
    except StorageError:
        return None
    return budget


def test_followers_of_a_machine_without_a_replica_read_from_the_primary(replicated: Replicated) -> None:
    with closing(open_follower(replicated.ledger)) as follower:
        assert isinstance(follower, Follower)
        assert follower.wait_for(replicated.submit(), SOON)
