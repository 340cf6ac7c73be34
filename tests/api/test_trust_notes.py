"""An authority that gives no stamps is no reason not to be ready: it is a note, and says since when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from api.trust.fitting import UnfitAuthority
from api.trust.outside import outside
from tests.api.door import Door, problem_of
from tests.api.test_trust_serving import context, is_settled, serving
from tests.api.watched import Watched, serviced_town, until, watched
from tests.support.town import PROGRAMME, TestLedger, lines


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    with watched(model, tmp_path) as made:
        made.town.close()
        yield made


def notes(door: Door) -> list[dict[str, Any]]:
    """What is to be known of a server that is ready."""
    answer = door.json("/readyz")
    assert answer["status"] == "ready"
    found: list[dict[str, Any]] = answer["notes"]
    return found


@pytest.mark.parametrize("url", ["ftp://tsa.example", "tsa.example", "http://"])
def test_an_authority_that_can_never_be_asked_is_refused_at_the_start(place: Watched, url: str) -> None:
    with pytest.raises(UnfitAuthority):
        outside(Settings(data=place.town.path, **place.files() | {"tsa_url": url}))


def say(door: Door) -> tuple[str, int]:
    """Something is recorded, once witnesses were asked: when, and how many entries the log then has.

    Others may follow at once: what the service states of it is not waited for.
    """
    until(lambda: context(door).ledger.appender.stopped is None)
    receipt = door.say("financing.changed", PROGRAMME, lines("150.00"))
    return str(receipt["recorded_at"]), int(receipt["index"]) + 1


def test_while_all_is_stamped_there_is_nothing_to_note(place: Watched) -> None:
    with serving(place, trust_late_seconds=0) as door:
        until(lambda: is_settled(door))
        assert notes(door) == []


def test_an_authority_that_does_not_answer_is_noted_with_since_when_in_both_languages(place: Watched) -> None:
    with serving(place) as door:
        until(lambda: is_settled(door))
        stamped = door.json("/v1")["stamped"]["size"]
        place.authority_down = True
        asked = place.asked_for_stamps
        since, _ = say(door)
        until(lambda: context(door).trust.witnessed_size > stamped)
        until(lambda: place.asked_for_stamps > asked)
        until(lambda: context(door).trust._reader.unstamped is not None)
        assert notes(door) == [], "it has not lasted"
        place.clock.advance(minutes=31)
        (note,) = notes(door)
        assert (note["code"], note["since"], note["size"]) == ("not-stamped", since, stamped)
        assert set(note["message"]) == {"uk", "en"}
        for message in note["message"].values():
            assert since in message
            assert f"{stamped}" in message
            assert place.tsa_url not in message, "an address may hold what is nobody's business"
        place.authority_down = False
        until(lambda: context(door).trust._reader.unstamped is None)
        assert notes(door) == []


def test_while_the_authority_is_away_whatever_comes_is_witnessed(place: Watched) -> None:
    place.authority_down = True
    with serving(place) as door:
        for _ in range(3):
            _, said = say(door)
            until(lambda said=said: context(door).trust.witnessed_size >= said)  # type: ignore[misc] # bound at once


def test_a_restart_does_not_hide_since_when_nothing_is_stamped(place: Watched) -> None:
    place.authority_down = True
    with serving(place) as door:
        since, said = say(door)
        until(lambda: context(door).trust.witnessed_size >= said)
    place.clock.advance(hours=5)
    with serving(place) as door:
        until(lambda: context(door).ledger.appender.stopped is None)
        until(lambda: context(door).trust._reader.unwitnessed is None)
        (note,) = notes(door)
        assert (note["since"] <= since, note["size"]) == (True, 0)


def test_without_an_authority_nothing_is_noted(place: Watched) -> None:
    with serving(place, tsa_url=None, tsa_certificates=None) as door:
        _, said = say(door)
        until(lambda: context(door).trust.witnessed_size >= said)
        until(lambda: context(door).trust._reader.unwitnessed is None)
        place.clock.advance(hours=5)
        assert notes(door) == []


def test_what_is_not_ready_says_its_reasons_and_keeps_the_note_beside_them(place: Watched) -> None:
    place.authority_down = True
    place.stop_all()
    with serving(place) as door:
        say(door)
        until(lambda: context(door).trust._lateness._failing)
        place.clock.advance(hours=5)
        details = problem_of(door.get("/readyz"), 503, "not-ready")["details"]
        assert [one["code"] for one in details["reasons"]] == ["not-witnessed"]
        assert [one["code"] for one in details["notes"]] == ["not-stamped"]
