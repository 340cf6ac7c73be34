"""When rounds are taken, whom they ask, and since when they are late."""

from __future__ import annotations

import itertools
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from api.settings import Settings
from api.trust.fitting import UnfitPolicy, check_policy
from api.trust.lateness import Lateness
from api.trust.outside import needed, outside
from api.trust.round import Outcome
from api.trust.runner import Runner
from api.witness.outcomes import State
from ledger.directory import Directory
from ledger.errors import StorageError
from ledger.witness.policy import parse_policy
from tests.api.watched import until
from tests.support.clock import START
from tests.support.town import TestLedger
from tests.support.witnessing import cosigner

SOON = 0.01
WAIT_SECONDS_MAX = 30.0


def test_a_turn_is_taken_when_something_comes_and_after_a_while_anyway() -> None:
    turns = []

    def turn() -> bool:
        turns.append(1)
        return True

    runner = Runner(turn, SOON)
    runner.start()
    until(lambda: len(turns) >= 3)
    runner.close()
    count = len(turns)
    runner.wake()
    assert len(turns) == count


def test_being_woken_takes_a_turn_at_once_when_the_last_is_long_ago() -> None:
    taken = threading.Semaphore(0)

    def turn() -> bool:
        taken.release()
        return True

    runner = Runner(turn, 0.05)
    runner.start()
    for _ in range(3):
        assert taken.acquire(timeout=WAIT_SECONDS_MAX)
        runner.wake()
    runner.close()


def test_turns_that_fail_come_more_rarely_however_often_it_is_woken() -> None:
    """Each pause is twice the one before: 20 ms, 40 ms, … so in 300 ms there are four of them."""
    turns = []

    def fails() -> bool:
        turns.append(time.monotonic())
        return False

    runner = Runner(fails, SOON)
    runner.start()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        runner.wake()
    runner.close()
    assert len(turns) <= 6
    gaps = [late - early for early, late in itertools.pairwise(turns)]
    assert all(gap >= SOON * 2 ** (number + 1) * 0.9 for number, gap in enumerate(gaps))


def test_a_turn_that_breaks_is_taken_again(caplog: pytest.LogCaptureFixture) -> None:
    turns = []

    def breaks() -> bool:
        turns.append(1)
        raise RuntimeError("planted")

    runner = Runner(breaks, SOON)
    runner.start()
    until(lambda: len(turns) >= 2)
    runner.close()
    assert "planted" in caplog.text


def test_closing_does_not_wait_for_a_pause() -> None:
    runner = Runner(lambda: True, 3600.0)
    runner.start()
    began = time.monotonic()
    runner.close()
    assert time.monotonic() - began < 1.5


# -- settings ------------------------------------------------------------------------


def test_settings_that_cannot_be_used_are_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("quorum nobody\n")
    for given, said in (
        ({"witness_policy": tmp_path / "absent"}, "cannot be read"),
        ({"witness_policy": tmp_path / "odd"}, "line 1"),
        ({"tsa_url": "http://tsa.example/"}, "--tsa-certificates"),
        ({"tsa_url": "http://tsa.example/", "tsa_certificates": tmp_path / "odd"}, "PEM"),
    ):
        with pytest.raises(StorageError, match=said):
            outside(Settings(data=tmp_path, **given))


def test_a_policy_that_asks_for_nobody_is_none(tmp_path: Path) -> None:
    (tmp_path / "witnesses.policy").write_text("quorum none\n")
    assert outside(Settings(data=tmp_path)).policy is None


def test_a_policy_that_can_be_met_without_those_who_have_no_address_will_do(model_town: TestLedger) -> None:
    one, two = (f"witness {name} {cosigner(f'{name}.example').key}" for name in ("a", "b"))
    text = f"log {model_town.log_key}\n{one} http://h\n{two}\ngroup g any a b\nquorum g\n"
    check_policy(parse_policy(text), Path("policy.txt"), Directory(model_town.path))
    all_of_them = parse_policy(text.replace("any", "all"))
    with pytest.raises(UnfitPolicy, match="b, without an address"):
        check_policy(all_of_them, Path("policy.txt"), Directory(model_town.path))


def test_before_the_opening_no_key_of_the_log_is_known(tmp_path: Path) -> None:
    (tmp_path / "witnesses.policy").write_text(f"witness a {cosigner('a.example').key} http://h\nquorum a\n")
    assert outside(Settings(data=tmp_path)).policy is not None


@pytest.mark.parametrize(
    ("groups", "least"),
    [
        ("quorum a", 1),
        ("group g all a b c\nquorum g", 3),
        ("group g 2 a b c\nquorum g", 2),
        ("group g any a b c\nquorum g", 1),
        ("group g all a b\ngroup h any g c\nquorum h", 1),
        ("group g 2 a b\ngroup h all g c\nquorum h", 3),
    ],
)
def test_how_many_have_to_cosign_at_least(groups: str, least: int) -> None:
    names = "\n".join(f"witness {name} {cosigner(f'{name}.example').key}" for name in "abc")
    assert needed(parse_policy(f"{names}\n{groups}\n")) == least


# -- lateness --------------------------------------------------------------------------


def told(late: Lateness, now: datetime, size: int = 5) -> str:
    """The reason in English, "" for none."""
    since = late.late_since(now)
    return late.reason(since, size).message("en") if since is not None else ""


def test_lateness_counts_from_the_first_entry_that_is_not_witnessed_and_ends_with_a_good_round() -> None:
    late = Lateness(timedelta(minutes=10))
    late.known(START - timedelta(minutes=4))
    short = Outcome("short", "too few", {"w2": "unreachable"})
    late.note(short, START)
    late.note(short, START + timedelta(minutes=5))
    assert told(late, START + timedelta(minutes=5)) == ""
    reason = told(late, START + timedelta(minutes=6))
    assert "not witnessed since 2025-09-01T08:56:00" in reason
    assert "w2 does not answer (since 2025-09-01T09:00:00" in reason
    late.note(Outcome("recorded", "", {"w2": "refused"}), START + timedelta(minutes=20))
    assert told(late, START + timedelta(hours=9)) == ""
    late.note(short, START + timedelta(hours=10))
    # Who is silent is silent since the first time, though the rounds between were good.
    assert "w2 does not answer (since 2025-09-01T09:00:00" in told(late, START + timedelta(hours=11))
    late.known(None)
    assert told(late, START + timedelta(hours=11)) == ""


def test_before_the_first_round_a_restart_hides_nothing() -> None:
    late = Lateness(timedelta(minutes=10))
    late.known(START - timedelta(days=7))
    assert "since 2025-08-25T09:00:00" in told(late, START)


def test_a_round_that_lacks_a_stamp_alone_is_not_late() -> None:
    late = Lateness(timedelta())
    late.known(START)
    late.note(Outcome("partly", "no stamp"), START)
    assert told(late, START + timedelta(days=1)) == ""


def test_every_answer_of_a_witness_has_words_in_both_languages() -> None:
    late = Lateness(timedelta())
    states = [state for state in get_args(State) if state != "cosigned"]
    late.note(Outcome("short", "", {f"w-{state}": state for state in states}), START)
    reason = late.reason(START, 0)
    for language, latin in (("uk", False), ("en", True)):
        for one in reason.message(language).split(". ")[1].split("; "):  # type: ignore[arg-type]
            said = one.partition("(")[0].split(" ", 1)[1]
            assert said.isascii() is latin, one
