"""The benchmarks of PostgreSQL run, and what judges their findings judges well. No figure is asked for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ledger.envelope import parse_envelope
from ledger.service import Ledger
from ledger.submission import read_submission
from tests.bench import postgres as bench
from tests.bench import soak
from tests.bench.appends import EVENTS_TARGET, MEDIA_TYPE
from tests.bench.clients import slope_of, undocumented
from tests.bench.failover import silence
from tests.bench.held import compare, payload_of
from tests.bench.load import request
from tests.bench.stage import Stage, submit_all
from tests.bench.workload import Scale, Workload

pytestmark = pytest.mark.thorough

EVENTS = 60


def _runs(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    bench.main(["--tiny", "--only", name])
    return capsys.readouterr().out


def test_appends_are_measured_on_both_stores(postgres: object, capsys: pytest.CaptureFixture[str]) -> None:
    """`postgres`: so that it is skipped where there is no server."""
    shown = _runs("databases", capsys)
    assert "HTTP append on PostgreSQL" in shown
    assert "PostgreSQL ÷ SQLite" in shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("processes", "HTTP append, 4 API processes"),
        ("clients", "undocumented errors (all that failed: none)"),
        ("replicas", "readers ÷ the same load without reading"),
        ("growth", "100 million events: disk"),
    ],
)
def test_each_part_runs(name: str, row: str, postgres: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert row in _runs(name, capsys)


@pytest.mark.slow
def test_a_failover_loses_nothing(postgres: object, capsys: pytest.CaptureFixture[str]) -> None:
    judged = [line for line in _runs("failover", capsys).splitlines() if "≤ 0.000" in line]
    assert len(judged) == 3
    assert all("reached" in line for line in judged)


@pytest.mark.slow
def test_a_soak_ends_with_a_verified_backup(
    postgres: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soak.run(2 / 3600, tmp_path, pace=10.0, round_seconds=2.0, events=500) == []
    shown = capsys.readouterr().out
    assert "pledger backup: exit 0" in shown
    assert "pledger verify: exit 0" in shown


# -- what judges --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("bench") / "ledger", EVENTS, Scale(councils=1, programmes=1, wide=2))


def _appended(stage: Stage) -> tuple[list[bytes], list[tuple[float, int, int]]]:
    """Requests of three events, and their acknowledgements as the clients note them."""
    fresh = stage.workload.fresh(3)
    start = stage.events
    with Ledger(stage.path) as ledger:
        submit_all(ledger, fresh)
    stage.events += len(fresh)
    posts = [request("POST", EVENTS_TARGET, raw, MEDIA_TYPE) for raw in fresh]
    return posts, [(0.0, place, start + place) for place in range(len(fresh))]


def test_what_is_where_its_receipt_says_is_found(stage: Stage) -> None:
    posts, told = _appended(stage)
    held = compare(stage.path / "ledger.db", posts, told)
    assert (held.acknowledged, held.found, held.lost, held.doubled, held.broken) == (3, 3, 0, 0, ())
    assert all(mark.reached for mark in held.marks())


def test_an_acknowledged_event_that_is_elsewhere_is_lost(stage: Stage) -> None:
    posts, told = _appended(stage)
    moved = [(when, place, index - 1) for when, place, index in told]
    held = compare(stage.path / "ledger.db", posts, moved)
    assert held.lost == 3
    assert [mark.reached for mark in held.marks()] == [False, True, True]


def test_an_event_that_was_never_appended_is_lost(stage: Stage) -> None:
    posts, told = _appended(stage)
    other = request("POST", EVENTS_TARGET, stage.workload.fresh(1)[0], MEDIA_TYPE)
    assert compare(stage.path / "ledger.db", [other, *posts[1:]], told).lost == 1


def test_a_missing_row_of_payloads_is_half_written(stage: Stage, tmp_path: Path) -> None:
    posts, told = _appended(stage)
    copied = tmp_path / "ledger.db"
    with sqlite3.connect(stage.path / "ledger.db") as source, sqlite3.connect(copied) as target:
        source.backup(target)
        target.execute("DELETE FROM payloads WHERE leaf_index = ?", (told[-1][2],))
    source.close()
    target.close()
    held = compare(copied, posts, told)
    assert held.lost == 0
    assert len(held.broken) == 1


def test_a_head_without_its_last_entry_is_half_written(stage: Stage, tmp_path: Path) -> None:
    posts, told = _appended(stage)
    copied = tmp_path / "ledger.db"
    with sqlite3.connect(stage.path / "ledger.db") as source, sqlite3.connect(copied) as target:
        source.backup(target)
        target.execute("DELETE FROM stored_events WHERE rowid = ?", (told[-1][2] + 1,))
    source.close()
    target.close()
    held = compare(copied, posts, told)
    assert held.lost == 1
    assert len(held.broken) == 2  # the size, and the root


def test_the_slope_is_of_the_second_half() -> None:
    warming = [(float(at), 100.0 + at) for at in range(60)]
    steady = [(float(60 + at), 160.0 + at / 30) for at in range(60)]
    assert slope_of(warming + steady) == pytest.approx(2.0)


def test_the_silence_is_the_longest_after_the_kill() -> None:
    told = [(when, 0, 0) for when in (1.0, 9.0, 10.0, 10.1, 14.5, 14.6)]
    assert silence(told, 10.05) == pytest.approx(4.45)


def test_no_acknowledgement_after_the_kill_is_no_silence_of_nothing() -> None:
    with pytest.raises(RuntimeError, match="nothing was acknowledged"):
        silence([(1.0, 0, 0)], 2.0)


def test_only_what_the_table_names_for_load_is_documented() -> None:
    failures = {"append: 503 busy": 3, "append: 429 too-many-requests": 2, "read: connection broken": 1}
    assert undocumented(failures) == 1
    assert undocumented(failures | {"append: 503 stopped": 4}) == 5


def test_a_request_names_its_payload() -> None:
    workload = Workload("log+00000000+" + "A" * 44, Scale(councils=1, programmes=1, wide=1))
    raw = next(workload.envelopes(1))
    payload_hash = read_submission(parse_envelope(raw)).payload_hash
    assert payload_of(request("POST", EVENTS_TARGET, raw, MEDIA_TYPE)) == payload_hash
