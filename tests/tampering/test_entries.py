"""Entries replaced, stripped, left out, moved or made up by somebody who has the whole database in hand."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.report import Report
from ledger.verify.tables import newest_note
from tests.support.log_keys import log_key_in
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.tampering.forgeries import FORGERIES, Change, said_twice
from tests.tampering.harness import finds_of, judged
from tests.tampering.rewriting import entries_of, rewrite
from tests.tampering.story import told


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copy(told().database, tmp_path))


@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_a_forger_without_the_log_key_does_not_get_the_signed_root(change: Change, copy: Path) -> None:
    entries = entries_of(copy)
    change(entries)
    rewrite(copy, entries)
    verdict, finds = judged(copy, told().anchors)
    assert verdict == "failed"
    assert FORGERIES[change][0] in finds


@pytest.fixture(scope="module")
def resigned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Change], Path]:
    """The database after a change by somebody who has the log's key too: made once, and only read."""

    @cache
    def make(change: Change) -> Path:
        made = Path(shutil.copy(told().database, tmp_path_factory.mktemp("resigned")))
        entries = entries_of(made)
        change(entries)
        rewrite(made, entries, log_key=log_key_in(told().town.path))
        return made

    return make


@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_a_forger_with_the_log_key_has_another_past_than_was_seen(
    change: Change, resigned: Callable[[Change], Path]
) -> None:
    verdict, finds = judged(resigned(change), told().anchors)
    assert verdict == "failed"
    if change is said_twice:  # the log goes on from what was seen: here the rules tell
        assert "rules/recorded-twice" in finds
    else:
        assert finds & {"remembered/other-root", "remembered/log-shorter"}


@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_what_a_forger_with_the_log_key_shows_to_a_newcomer(
    change: Change, resigned: Callable[[Change], Path]
) -> None:
    verdict, finds = judged(resigned(change), told().forgetful)
    expected = FORGERIES[change][1]
    if expected is None:  # nothing in the log speaks of it yet: witnesses or a remembered head are needed
        assert (verdict, finds) == ("verified", frozenset())
    else:
        assert verdict == "failed"
        assert expected in finds


# -- whole ledgers -----------------------------------------------------------------------


def test_a_ledger_of_ones_own_with_the_same_origin_is_another_ledger(tmp_path: Path) -> None:
    with TestLedger(tmp_path / "own") as own:
        own.opening["nonce"] = "77" * 32
        own.submit_all([own.signed(own.payload("ledger.opened", "root", own.opening)), *own._registry()])
        own.ledger.keep_checkpoint()
    verdict, finds = judged(own.path / "ledger.db", told().forgetful)
    assert verdict == "failed"
    assert {"genesis/other-ledger", "checkpoint/other-log-key"} <= finds


def test_without_anchors_no_ledger_is_called_authenticated() -> None:
    report = verify_ledger_file(told().database, None)
    assert report.verdict == "self-consistent"
    assert {name for name, check in report.checks.items() if check.status == "warning"} >= {
        "genesis",
        "checkpoint",
    }


def test_an_old_backup_is_shorter_than_what_was_seen() -> None:
    assert judged(told().earlier.path / "ledger.db", told().anchors) == (
        "failed",
        frozenset(["remembered/log-shorter"]),
    )


def test_nothing_but_a_remembered_checkpoint_tells_an_old_backup() -> None:
    assert judged(told().earlier.path / "ledger.db", told().forgetful) == ("verified", frozenset())


def _diverged(tmp_path: Path, *, entries: int) -> tuple[Path, Report]:
    """A second machine with the same log key went on from an old copy; each of its entries is valid."""
    with TestLedger.copy_of(told().earlier, tmp_path / "second") as second:
        second.clock.advance(minutes=30)
        for number in range(entries):
            second.submit("financing.changed", PROGRAMME, lines(f"{300 + number}.00"), by=SECRETARY)
        second.ledger.keep_checkpoint()
    database = second.path / "ledger.db"
    return database, verify_ledger_file(database, told().forgetful)


@pytest.mark.parametrize(("entries", "find_"), [(12, "remembered/other-root"), (2, "remembered/log-shorter")])
def test_two_signers_whose_databases_diverged_are_a_fork(tmp_path: Path, entries: int, find_: str) -> None:
    database, alone = _diverged(tmp_path, entries=entries)
    assert alone.verdict == "verified"  # by itself it is a valid log: only what was seen elsewhere tells
    assert judged(database, told().anchors) == ("failed", frozenset([find_]))


def test_a_split_view_is_told_whichever_side_was_seen_first(tmp_path: Path) -> None:
    """Server A and server B show two ends of one beginning, each validly signed."""
    database, alone = _diverged(tmp_path, entries=3)
    with closing(sqlite3.connect(database)) as connection:
        found = newest_note(connection)
    assert alone.verdict == "verified"
    assert found is not None
    assert found[0] < told().size
    report = verify_ledger_file(told().database, replace(told().anchors, remembered=(found[1],)))
    assert report.verdict == "failed"
    assert finds_of(report) == {"remembered/other-root"}
