"""A server that has its log witnessed: what it shows of it, and when it takes nothing any more."""

from __future__ import annotations

import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import api.witnessing
from api.app import create_app
from api.settings import Settings
from api.trust import guard
from api.trust.round import Outcome
from api.witnessing import largest_seen
from ledger.note import parse_note
from tests.api.door import Door, problem_of
from tests.api.watched import Watched, serviced_town, until, watched
from tests.support import service, tsa
from tests.support.certificates import root
from tests.support.town import PROGRAMME, TestLedger, lines

pytestmark = pytest.mark.thorough

SOON = 0.01
WAIT_SECONDS_MAX = 30.0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    """Witnesses and authority of a town that no process has open."""
    with watched(model, tmp_path) as made:
        made.town.close()
        yield made


@contextmanager
def serving(place: Watched, **settings: Any) -> Iterator[Door]:
    """The application over the watched town, as `pledger serve` starts it."""
    given = place.files() | {"trust_seconds": SOON} | settings
    app = create_app(Settings(data=place.town.path, **given), clock=place.clock)
    with TestClient(app, follow_redirects=False) as client:
        place.town.ledger = app.state.context.ledger
        yield Door(place.town, client)


def context(door: Door) -> Any:
    return door.client.app.state.context  # type: ignore[attr-defined]


def reasons(door: Door) -> list[Any]:
    """Why it is not ready."""
    found: list[Any] = problem_of(door.get("/readyz"), 503, "not-ready")["details"]["reasons"]
    return found


def is_settled(door: Door) -> bool:
    """Everything is witnessed and stamped, and its heads are stated."""
    standing, kinds = context(door).trust.standing, door.town.ledger.reader
    newest = [entry.stated().event.kind for entry in kinds.stream("trust")]
    return bool(
        standing.witnessed
        and standing.stamped
        and newest[-1:] == ["timestamp.anchored"]
        and context(door).position == standing.witnessed.size + 2
    )


def test_a_server_has_its_log_witnessed_and_shows_it(place: Watched) -> None:
    with serving(place) as door:
        until(lambda: is_settled(door))
        service = door.json("/v1")
        size = service["witnessed"]["size"]
        assert service["witnessed"] == {
            "size": size,
            "at": "2025-09-01T09:00:00.000000Z",
            "names": ["w1", "w2", "w3"],
            "needed": 2,
        }
        assert service["stamped"]["size"] == size
        assert service["stamped"]["at"] > "2025"
        assert door.get("/v1").headers["pledger-witnessed"] == str(size)
        assert door.get("/nope").headers["pledger-witnessed"] == str(size)
        assert context(door).witnessed() == (size, place.newest("checkpoint.witnessed").checkpoint)
        assert door.get("/log/checkpoint.witnessed").text == place.newest("checkpoint.witnessed").checkpoint
        assert door.json("/readyz")["status"] == "ready"


def test_what_comes_is_witnessed_and_then_the_log_is_quiet(place: Watched) -> None:
    with serving(place) as door:
        until(lambda: is_settled(door))
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        said = context(door).position
        until(lambda: context(door).trust.witnessed_size >= said)
        until(lambda: is_settled(door))
        position = context(door).position
        turns = []
        rounds = context(door).trust._rounds
        make = rounds.make

        def counted() -> Outcome:
            turns.append(1)
            outcome: Outcome = make()
            return outcome

        rounds.make = counted
        until(lambda: len(turns) >= 10)
        assert context(door).position == position


def test_a_restart_knows_what_was_witnessed(place: Watched) -> None:
    with serving(place) as door:
        until(lambda: is_settled(door))
        witnessed = door.json("/v1")["witnessed"]
    place.stop_all()
    with serving(place) as door:
        assert door.json("/v1")["witnessed"] == witnessed


def test_a_policy_that_asks_for_more_is_not_satisfied_by_what_there_is(place: Watched) -> None:
    """What counts is the policy of now; the newest that satisfies it may be an older one."""
    with serving(place) as door:
        until(lambda: is_settled(door))
        all_three = door.json("/v1")["witnessed"]["size"]
        place.watchers[2].stop()
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        said = context(door).position
        until(lambda: context(door).trust.witnessed_size >= said)
        until(lambda: is_settled(door))
    stricter = place.folder / "stricter.txt"
    stricter.write_text(place.policy_text("all"))
    with serving(place, witness_policy=stricter) as door:
        service = door.json("/v1")
        assert (service["witnessed"]["size"], service["witnessed"]["needed"]) == (all_three, 3)


def test_the_policy_in_the_ledgers_directory_is_taken_where_no_other_is_named(place: Watched) -> None:
    (place.town.path / "witnesses.policy").write_text(place.policy_text("all"))
    with serving(place, witness_policy=None) as door:
        until(lambda: is_settled(door))
        assert door.json("/v1")["witnessed"]["needed"] == 3


def test_without_a_policy_nothing_is_said_of_witnesses(place: Watched) -> None:
    with serving(place, witness_policy=None, tsa_url=None, tsa_certificates=None) as door:
        until(lambda: place.kinds() == ["ledger.heads"])
        service = door.json("/v1")
        assert (service["witnessed"], service["stamped"]) == (None, None)
        assert "pledger-witnessed" not in door.get("/v1").headers
        assert context(door).witnessed() is None
        assert door.json("/readyz")["status"] == "ready"


def test_with_a_policy_and_nothing_witnessed_every_answer_says_so(place: Watched) -> None:
    place.stop_all()
    with serving(place) as door:
        assert door.get("/v1").headers["pledger-witnessed"] == "0"
        assert door.json("/v1")["witnessed"] is None


def test_readiness_names_who_did_not_answer_and_since_when(place: Watched) -> None:
    for watcher in place.watchers[1:]:
        watcher.stop()
    with serving(place, trust_late_seconds=3600) as door:
        until(lambda: context(door).trust._lateness._failing)
        assert door.json("/readyz")["status"] == "ready"  # it has not lasted
        place.clock.advance(minutes=61)
        (reason,) = reasons(door)
        assert reason["code"] == "not-witnessed"
        assert [(one["witness"], one["state"]) for one in reason["silent"]] == [
            ("w2", "unreachable"),
            ("w3", "unreachable"),
        ]
        assert "w2 does not answer (since 2025-09-01T09:00:00" in reason["message"]["en"]
        assert "w3 не відповідає (щонайменше з 2025-09-01T09:00:00" in reason["message"]["uk"]
        assert "w1" not in reason["message"]["en"]
        door.say("financing.changed", PROGRAMME, lines("150.00"))  # and it goes on taking entries


def test_an_unwitnessed_ledger_is_stamped_and_ready(place: Watched) -> None:
    with serving(place, witness_policy=None) as door:
        until(lambda: door.json("/v1")["stamped"])
        assert place.kinds() == ["ledger.heads", "timestamp.anchored"]


def test_an_authority_that_is_away_is_no_reason_not_to_be_ready(place: Watched) -> None:
    place.authority_down = True
    with serving(place, trust_late_seconds=0) as door:
        until(lambda: context(door).witnessed())
        assert door.json("/readyz")["status"] == "ready"
        assert door.json("/v1")["stamped"] is None


def test_what_the_service_key_states_of_witnesses_and_time_is_not_believed_unseen(place: Watched) -> None:
    """The form is right and the door takes it; no witness signed it, and no authority of ours."""
    place.town.reopen()
    signed = service.signed(place.town)
    names = [watcher.signer.name for watcher in place.watchers]
    place.town.submit("checkpoint.witnessed", "trust", {"checkpoint": service.cosigned(signed, *names)})
    stranger = tsa.Authority(place.folder / "stranger", top=root("Somebody else"))
    answer = b64encode(stranger.stamp(parse_note(signed).text.encode())).decode()
    place.town.submit("timestamp.anchored", "trust", {"checkpoint": signed, "response": answer})
    place.town.close()
    place.stop_all()
    place.authority_down = True
    with serving(place) as door:
        said = door.json("/v1")
        assert (said["witnessed"], said["stamped"]) == (None, None)
        assert door.get("/v1").headers["pledger-witnessed"] == "0"


def test_a_witness_that_never_answers_holds_neither_requests_nor_the_end_up(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.trust.runner.JOIN_SECONDS_MAX", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections and says nothing
        port = silent.getsockname()[1]
        policy = place.folder / "silent.txt"
        key = place.watchers[0].signer.key
        lines = [f"log {place.town.log_key}", f"witness w1 {key} http://127.0.0.1:{port}", "quorum w1", ""]
        policy.write_text("\n".join(lines))
        with serving(place, witness_policy=policy) as door:
            assert door.json("/healthz") == {"status": "ok"}
            assert door.get("/v1").headers["pledger-witnessed"] == "0"
            began = time.monotonic()
        assert time.monotonic() - began < api.witnessing.SECONDS_MAX / 2


# -- a restored backup ---------------------------------------------------------------


def restored(place: Watched) -> int:
    """Put yesterday's files in today's place; how much the witnesses have seen."""
    backup = TestLedger.copy_of(place.town, place.folder / "backup")
    backup.close()
    with serving(place) as door:
        until(lambda: is_settled(door))
    place.town.path = backup.path
    return max(watcher.seen() for watcher in place.watchers)


def test_a_restored_backup_is_noticed_and_takes_nothing(place: Watched) -> None:
    seen = restored(place)
    with serving(place) as door:
        until(lambda: "ALARM" in (context(door).ledger.appender.stopped or ""))
        position = context(door).position
        reason = reasons(door)[0]
        assert (reason["code"], reason["size"], reason["seen"]["w1"]) == ("witness-longer", position, seen)
        for told in (f"here: {position};", f"w1: {seen}"):
            assert told in reason["message"]["en"]
        envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
        problem_of(door.post(envelope), 503, "stopped")
        assert context(door).position == position
        assert place.kinds() == []
        assert door.json("/v1")["position"] == position  # it is read as before


def test_one_witness_that_has_seen_more_is_enough(place: Watched) -> None:
    restored(place)
    for watcher in place.watchers[1:]:
        watcher.stop()
    with serving(place) as door:
        until(lambda: "ALARM" in (context(door).ledger.appender.stopped or ""))


def test_nothing_is_taken_before_the_witnesses_were_asked(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly(*given: Any, **named: Any) -> Any:
        asked.set()
        assert go_on.wait(WAIT_SECONDS_MAX)
        return largest_seen(*given, **named)

    monkeypatch.setattr("api.trust.guard.largest_seen", slowly)
    with serving(place) as door:
        assert asked.wait(WAIT_SECONDS_MAX)
        envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
        problem_of(door.post(envelope), 503, "stopped")
        assert reasons(door)[0] == guard.ASKING.to_json()
        go_on.set()
        until(lambda: context(door).ledger.appender.stopped is None)
        assert door.post(envelope).status_code == 201


def test_witnesses_that_are_away_do_not_stop_a_ledger(
    place: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    place.stop_all()
    with serving(place) as door:
        until(lambda: context(door).ledger.appender.stopped is None)
        door.say("financing.changed", PROGRAMME, lines("150.00"))
    for name in ("w1", "w2", "w3"):
        assert f"witness {name} did not say" in caplog.text
