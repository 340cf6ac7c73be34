"""Why a server is not ready: in both languages, whole, and after a restart as before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from api.readiness import WORDS, Reason
from api.trust.guard import ask_for_longer
from ledger.errors import StorageError
from tests.api.door import Door, open_door, problem_of
from tests.api.test_trust_serving import context, is_settled, reasons, serving
from tests.api.watched import Watched, serviced_town, until, watched, write_service_key
from tests.support.people import MACHINE
from tests.support.places import put_back
from tests.support.town import PROGRAMME, TestLedger, lines

LATIN = re.compile(r"[A-Za-z]{2,}")
COMMAND = re.compile(r"`[^`]*`")
NAMES = ("service-key.pem", "detail")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    with watched(model, tmp_path) as made:
        made.town.close()
        yield made


# -- words ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(WORDS))
def test_a_reason_says_the_same_in_both_languages(code: str) -> None:
    forms = WORDS[code]
    assert set(forms) == {"uk", "en"}
    named = [sorted(name for _, name, _, _ in Formatter().parse(form) if name) for form in forms.values()]
    assert named[0] == named[1]
    plain = COMMAND.sub("", re.sub(r"\{[a-z]+\}", "", forms["uk"]))
    for name in NAMES:
        plain = plain.replace(name, "")
    assert LATIN.findall(plain) == [], "the Ukrainian words are Ukrainian"
    assert COMMAND.findall(forms["uk"]) == COMMAND.findall(forms["en"])


def test_no_word_of_a_reason_is_cut_however_many_there_are() -> None:
    seen = {f"witness-{number}.example": number for number in range(64)}
    reason = Reason("witness-longer", {"size": 5, "seen": seen}, detail="x" * 9000)
    for message in reason.to_json()["message"].values():
        assert "…" not in message
        assert "witness-63.example: 63" in message
    assert reason.to_json()["detail"] == "x" * 9000


def test_what_others_wrote_is_made_printable() -> None:
    said = Reason("witness-longer", {"size": 5, "seen": {"w\u202e1": 7}}).message("uk")
    assert "w<U+202E>1: 7" in said


# -- /readyz -------------------------------------------------------------------------


def whole(door: Door) -> dict[str, Any]:
    """The problem document; its message holds every reason's, whole, in each language."""
    document = problem_of(door.get("/readyz"), 503, "not-ready")
    for reason in document["details"]["reasons"]:
        for language in ("uk", "en"):
            assert reason["message"][language] in document["message"][language]
            assert "…" not in document["message"][language]
    return document


def codes(door: Door) -> list[str]:
    return [reason["code"] for reason in whole(door)["details"]["reasons"]]


def test_all_kinds_of_reasons_are_told_at_once_and_whole(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.stop_all()
    with serving(place, trust_late_seconds=0) as door:
        until(lambda: context(door).ledger.appender.stopped is None)
        until(lambda: context(door).trust._lateness._failing)
        follower = type(context(door).follower)
        for name, value in (("fault", "StorageError: " + "entry 7 " * 99), ("position", -5000)):
            said = property(lambda _, value=value: value, lambda _, __: None)  # type: ignore[misc]
            monkeypatch.setattr(follower, name, said, raising=False)
        place.clock.advance(days=-2)
        assert codes(door) == [
            "clock-wrong",
            "projections-at-fault",
            "projections-behind",
        ], "by a clock that stands before the entries nobody is late"
        place.clock.advance(days=2)
        assert codes(door) == ["projections-at-fault", "projections-behind", "not-witnessed"]
        message = whole(door)["message"]["uk"]
        assert "StorageError" not in message
        assert "w1 не відповідає" in message


def test_a_log_shorter_than_what_its_key_signed_names_both_sizes(model: TestLedger, tmp_path: Path) -> None:
    with TestLedger.copy_of(model, tmp_path / "grown") as town:
        town.submit("financing.changed", PROGRAMME, lines("150.00"))
        size = town.position
    put_back(model.path, town.path)
    with open_door(town, tmp_path / "town") as door:
        (reason,) = whole(door)["details"]["reasons"]
    assert (reason["code"], reason["size"], reason["signed"]) == ("log-shorter", size - 1, size)
    assert "pledger restore" in reason["message"]["uk"]


def test_a_signer_that_fails_is_told_without_english_in_the_ukrainian(
    model_town: TestLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        monkeypatch.setattr(context(door).ledger.appender, "_unsigned", "No space left on device")
        (reason,) = whole(door)["details"]["reasons"]
    assert (reason["code"], reason["detail"]) == ("appending-stopped", "No space left on device")
    assert "space" not in reason["message"]["uk"]


def test_witnesses_that_cannot_be_asked_are_a_reason_of_their_own(
    place: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> Any:
        raise StorageError("planted")

    monkeypatch.setattr("api.trust.guard.largest_seen", breaks)
    place.town.reopen()
    reason = ask_for_longer(place.town.ledger, place.policy(), place.clock)
    assert reason is not None
    assert (reason.code, "planted" in reason.detail) == ("witnesses-not-asked", True)


# -- what a restart must not hide ------------------------------------------------------


def test_a_restart_does_not_hide_since_when_the_log_is_not_witnessed(place: Watched) -> None:
    with serving(place) as door:
        until(lambda: is_settled(door))
        place.stop_all()
        place.clock.advance(hours=1)
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        covered = context(door).trust.witnessed_size
    place.clock.advance(days=7)
    with serving(place) as door:
        until(lambda: context(door).ledger.appender.stopped is None)
        (reason,) = reasons(door)
    assert (reason["code"], reason["size"]) == ("not-witnessed", covered)
    assert reason["since"].startswith("2025-09-01T10:00:00")


def test_what_only_the_service_key_stated_is_not_waited_for(place: Watched) -> None:
    """After the newest witnessed checkpoint come trust entries alone: the log is witnessed."""
    with serving(place, trust_late_seconds=0) as door:
        until(lambda: is_settled(door))
    place.stop_all()
    place.clock.advance(days=7)
    with serving(place, trust_late_seconds=0) as door:
        until(lambda: context(door).ledger.appender.stopped is None)
        assert door.json("/readyz")["status"] == "ready"


# -- the service key -------------------------------------------------------------------


def test_a_revoked_service_key_is_told_as_that_with_what_to_do(place: Watched) -> None:
    kid = MACHINE.key.public.kid
    with serving(place, trust_late_seconds=3600) as door:
        until(lambda: is_settled(door))
        door.say("key.revoked", "root", {"kid": kid, "cause": "lost"})
        place.clock.advance(minutes=61)
        (reason,) = reasons(door)
    assert (reason["code"], reason["kid"]) == ("service-key-revoked", kid)
    assert reason["since"].startswith("2025-09-01T09:00:00")
    for language, word in (("uk", "відкликано"), ("en", "is revoked")):
        assert word in reason["message"][language]
        assert "pledger service prepare DIR --registrar P --out service.json" in reason["message"][language]


def test_a_service_key_that_is_not_enrolled_or_not_there_is_told_as_that(
    model_town: TestLedger, tmp_path: Path
) -> None:
    town = TestLedger.copy_of(model_town, tmp_path / "town")
    with watched(model_town, tmp_path / "around") as around:
        around.town.close()
        town.close()
        around.town = town
        with serving(around, trust_late_seconds=0) as door:
            until(lambda: context(door).ledger.appender.stopped is None)
            assert codes(door) == ["service-key-missing"]
            write_service_key(town.path)
            assert codes(door) == ["service-key-not-enrolled"]
        with serving(around, trust_late_seconds=0) as door:
            until(lambda: context(door).ledger.appender.stopped is None)
            (reason,) = reasons(door)
    assert (reason["code"], reason["kid"]) == ("service-key-not-enrolled", MACHINE.key.public.kid)


# -- another policy --------------------------------------------------------------------


def without_the_third(place: Watched) -> tuple[int, Path]:
    """The newest entries are cosigned by two of three; the log's length, and a policy that asks for all."""
    with serving(place) as door:
        until(lambda: is_settled(door))
        before = context(door).position
        place.watchers[2].stop()
        door.say("financing.changed", PROGRAMME, lines("150.00"))
        until(lambda: context(door).trust.witnessed_size > before)
        until(lambda: is_settled(door))
        position = context(door).position
    stricter = place.folder / "stricter.txt"
    stricter.write_text(place.policy_text("all"))
    return position, stricter


def test_a_quiet_log_is_witnessed_once_more_when_what_is_recorded_satisfies_the_policy_no_longer(
    place: Watched,
) -> None:
    position, stricter = without_the_third(place)
    place.watchers[2].start()
    for _ in range(3):
        with serving(place, witness_policy=stricter) as door:
            until(lambda: context(door).trust.witnessed_size >= position)
            until(lambda: is_settled(door))
            assert door.json("/v1")["witnessed"]["names"] == ["w1", "w2", "w3"]
            assert context(door).position == position + 3, "heads, cosignatures, stamp: once"


def test_a_new_policy_that_nobody_satisfies_makes_a_quiet_log_grow_by_heads_alone_and_once(
    place: Watched,
) -> None:
    position, stricter = without_the_third(place)
    for _ in range(3):
        with serving(place, witness_policy=stricter) as door:
            until(lambda: context(door).trust._lateness._failing)
            assert context(door).position == position + 1
    assert place.kinds()[-1] == "ledger.heads"


def test_heads_that_waited_for_witnesses_are_witnessed_after_a_restart_and_no_others_are_made(
    place: Watched,
) -> None:
    place.stop_all()
    with serving(place) as door:
        until(lambda: context(door).trust._lateness._failing)
    for watcher in place.watchers:
        watcher.start()
    with serving(place) as door:
        until(lambda: is_settled(door))
        turns, rounds = list[int](), context(door).trust._rounds
        make = rounds.make

        def counted() -> Any:
            turns.append(1)
            return make()

        rounds.make = counted
        until(lambda: len(turns) >= 5)
        assert place.kinds() == ["ledger.heads", "checkpoint.witnessed", "timestamp.anchored"]
