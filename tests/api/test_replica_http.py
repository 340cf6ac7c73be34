"""Behind the door a replica lags or hangs: answers are of the position that was asked for, or `behind`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.envelope import Envelope
from ledger.store.place import SCHEMA
from ledger.store.postgres.reader import PostgresReader
from projections.replica import ReplicaReading
from projections.store import postgres
from tests.api.door import BASE, Door
from tests.faults.postgres_machines import Site, site_of
from tests.support.log import Small
from tests.support.polling import until
from tests.support.postgres import PostgresServer
from tests.support.postgres_install import missing
from tests.support.town import ACT_DATA, COUNCIL_STREAM, LINE_CELL, PROGRAMME, TestLedger, lines

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.sqlite,
]  # the model is a file, which goes into a database here
DOCUMENT = b"a file that a fresh event names"
SHA256 = hashlib.sha256(DOCUMENT).hexdigest()
NAMED = {"name": "a.txt", "media_type": "text/plain", "size": len(DOCUMENT), "sha256": SHA256}


class Lagging:
    """A door that reads from replicas. replay(False): they show nothing new from now on."""

    def __init__(
        self, door: Door, reading: ReplicaReading, replicas: list[PostgresServer], site: Site
    ) -> None:
        self.door, self.reading, self.replicas, self.site = door, reading, replicas, site

    def _stated(self, **common: Any) -> Envelope:
        common = {"effective": "2025-03-01", "data": lines("150.00")} | common
        return self.door.town.envelope("financing.changed", PROGRAMME, common.pop("data"), **common)

    def say(self, **common: Any) -> dict[str, Any]:
        """A statement of money, worked in by the primary."""
        envelope = self._stated(**common)
        answer = self.door.post(envelope)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        self.door.town.statements[told["event"]] = hashlib.sha256(envelope.payload).hexdigest()
        assert self.reading.follower.wait_for(told["index"] + 1, 30)
        return told

    def say_elsewhere(self, **common: Any) -> str:
        """The same by way of another machine: this one has nothing of it in memory. The event."""
        with self.site.machine(clock=self.door.town.clock) as other:
            (receipt,) = other.submit([self._stated(**common)]).result(30)
        assert self.reading.follower.wait_for(receipt.index + 1, 30)
        return receipt.event

    def caught_up(self) -> None:
        until(lambda: self.reading.down is None and self.reading.lag == 0, "the replica is as far")

    def pause(self) -> None:
        self.caught_up()
        for one in self.replicas:
            one.pause_replay()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgresServer, list[PostgresServer]]]:
    """A primary and two asynchronous replicas."""
    if reason := missing():
        pytest.skip(reason)
    with PostgresServer.new() as primary:
        yield primary, [primary.standby("one"), primary.standby("two")]


Opened = Callable[..., Lagging]


@pytest.fixture
def lagging(
    model_town: TestLedger, servers: tuple[PostgresServer, list[PostgresServer]], tmp_path: Path
) -> Iterator[Opened]:
    """lagging(2): a door that may read from so many replicas."""
    with ExitStack() as stack:
        yield lambda count=1: stack.enter_context(_opened(model_town, servers, tmp_path, count))


@contextmanager
def _opened(
    model: TestLedger, servers: tuple[PostgresServer, list[PostgresServer]], folder: Path, count: int
) -> Iterator[Lagging]:
    primary, replicas = servers[0], servers[1][:count]
    town = TestLedger.copy_of(model, folder / "town")
    town.close()
    small = Small(town.path, model.log_key, model.name["genesis"])
    with site_of(small, primary) as site:
        for one in replicas:
            primary.wait_replayed(one)
        there = conninfo_to_dict(site.conninfo) | {
            "host": ",".join("127.0.0.1" for _ in replicas),
            "port": ",".join(str(one.port) for one in replicas),
        }
        settings = Settings(
            data=town.path, signer=site.signer.address, replica=make_conninfo("", **there), wait_seconds=0.5
        )
        app = create_app(settings, clock=town.clock)
        with TestClient(app, follow_redirects=False) as client:
            town.ledger = app.state.context.ledger
            made = Lagging(Door(town, client), app.state.context.follower, replicas, site)
            made.caught_up()
            try:
                yield made
            finally:
                for one in replicas:
                    one.resume()
                    one.resume_replay()


def test_a_fresh_event_is_shown_whole(lagging: Opened) -> None:
    lag = lagging()
    lag.pause()
    said = lag.say()
    for query in ("", f"?min_position={said['index'] + 1}"):
        shown = lag.door.json(f"/v1/events/{said['event']}{query}")
        assert shown["writes"], "as if it had changed nothing"
        assert shown["in_force"]["event"] == said["event"]
    feed = lag.door.json(f"/v1/events?after={said['index']}&min_position={said['index'] + 1}")
    assert [row["event"] for row in feed["items"]] == [said["event"]]


def test_a_correction_is_known_where_its_position_is_asked_for(lagging: Opened) -> None:
    lag = lagging()
    first = lag.say()
    lag.pause()
    second = lag.say(data=lines("7.00"), corrects=first["event"])
    shown = lag.door.json(f"/v1/events/{first['event']}?min_position={second['index'] + 1}")
    assert shown["in_force"]["event"] == second["event"]
    assert [one["event"] for one in shown["corrections"]] == [second["event"]]


def test_a_file_that_a_fresh_event_names_is_taken(lagging: Opened) -> None:
    lag = lagging()
    lag.pause()
    lag.say(files=[NAMED | {"access": "public"}])
    answer = lag.door.client.put(
        f"/v1/files/{SHA256}", content=DOCUMENT, headers={"content-type": "application/octet-stream"}
    )
    assert answer.status_code in (200, 201, 204), answer.text
    assert lag.door.get(f"/v1/files/{SHA256}").content == DOCUMENT


def test_a_draft_about_an_act_knows_who_cited_it_lately(lagging: Opened) -> None:
    lag = lagging()
    day = "2025-01-01"
    act = ACT_DATA | {"act": f"town-2-{day}", "number": "2", "date": day, "in_force": day}
    lag.door.town.submit("act.registered", COUNCIL_STREAM, act)
    lag.pause()
    said = lag.say_elsewhere(act=act["act"])
    quashed = {"act": act["act"], "status": "quashed", "date": "2025-08-01", "start": "2025-08-01"}
    draft = lag.door.draft(lag.door.town.payload("act.status_changed", COUNCIL_STREAM, quashed))
    assert draft.status_code == 200, draft.text
    assert [one["event"] for one in draft.json()["rests"]] == [said]
    assert {one["path"] for one in draft.json()["diff"]} == {LINE_CELL}, "as if nothing came of it"


def test_two_replicas_one_behind_give_answers_of_one_of_them(lagging: Opened) -> None:
    """One connection string of both: what is asked of the log may reach the other one than the tables."""
    lag = lagging(2)
    ahead, late = lag.replicas
    before = lag.say()["index"]
    lag.pause()
    ahead.resume_replay()
    last = [lag.say() for _ in range(3)][-1]["index"]
    lag.caught_up()
    name = str(conninfo_to_dict(lag.site.conninfo)["dbname"])
    with closing(PostgresReader(late.conninfo(name), SCHEMA, replica=True)) as there:
        assert there.head().size == before + 1
        with patch.object(lag.reading, "_log", there):
            feed = lag.door.json(f"/v1/events?after={before}")
            history = lag.door.json(f"{BASE}/history")
    assert [row["index"] for row in feed["items"]] == [before, *range(last - 2, last + 1)]
    assert history["items"][0]["index"] == last


def test_while_the_replica_that_is_ahead_restarts_all_that_is_asked_is_answered(lagging: Opened) -> None:
    lag = lagging(2)
    ahead = lag.replicas[0]
    lag.pause()
    ahead.resume_replay()
    last = [lag.say() for _ in range(3)][-1]["index"]
    lag.caught_up()
    whole = f"/v1/events?after={last}&min_position={last + 1}"
    ahead.stop("fast")  # who asks goes to the other one, which is behind
    for path in (f"{BASE}/history", f"{BASE}/budget", "/v1/events", whole):
        assert lag.door.get(path).status_code == 200, path
    assert [row["index"] for row in lag.door.json(whole)["items"]] == [last]
    ahead.start()
    assert [row["index"] for row in lag.door.json(whole)["items"]] == [last]


def test_a_replica_that_hangs_is_given_up_and_the_primary_answers(
    lagging: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "REPLICA_SECONDS", 0.3)
    lag = lagging()
    lag.replicas[0].pause()
    said = lag.say()
    until(lambda: lag.reading.down is not None, "it is seen that the replica hangs")
    shown = lag.door.json(f"/v1/events/{said['event']}")
    assert shown["writes"]
    assert lag.door.get(f"{BASE}/budget").status_code == 200
    lag.replicas[0].resume()
    lag.caught_up()
