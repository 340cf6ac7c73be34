"""The comparison runs, its workload is what it says, and a peer that answers otherwise is found out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ledger.envelope import parse_envelope
from ledger.log import open_log
from tests.bench.peers import __main__ as bench
from tests.bench.peers.changes import Neutral
from tests.bench.peers.docs import comments
from tests.bench.peers.protocol import Change, format_change, parse_change
from tests.bench.peers.reading import Disagreement, agree
from tests.bench.stage import Stage
from tests.bench.workload import Scale, Workload

pytestmark = pytest.mark.thorough

SMALL = Scale(councils=2, programmes=2, wide=1, hot_versions=400)
EVENTS = 3000


@pytest.fixture(scope="module")
def neutral() -> tuple[Neutral, list[Change]]:
    workload = Workload("log+00000000+" + "A" * 44, SMALL)
    known = Neutral(workload.day_of)
    return known, [known.of(envelope) for envelope in workload.envelopes(EVENTS)]


def test_the_shares_of_the_workload_are_what_it_promises(neutral: tuple[Neutral, list[Change]]) -> None:
    shares = dict(neutral[0].shares())
    assert shares["late, of changes"] == pytest.approx(0.10, abs=0.02)
    assert shares["future-dated, of changes"] == pytest.approx(0.10, abs=0.02)
    assert shares["corrections, of events"] == pytest.approx(0.05, abs=0.01)
    assert shares["suspended or quashed and the reverse, of events"] == pytest.approx(0.01, abs=0.005)
    assert all(
        shares[f"{status}, of events"] > 0 for status in ("suspended", "resumed", "quashed", "restored")
    )


def test_every_change_writes_something_and_each_cell_once(neutral: tuple[Neutral, list[Change]]) -> None:
    for n, change in enumerate(neutral[1]):
        paths = [path for path, _ in change.writes]
        assert change.n == n
        assert paths
        assert len(set(paths)) == len(paths)


def test_no_write_repeats_the_value_that_the_cell_has(neutral: tuple[Neutral, list[Change]]) -> None:
    last: dict[tuple[str, str], str | None] = {}
    for change in neutral[1]:
        for path, value in change.writes:
            assert last.get((change.subject, path)) != value
            last[change.subject, path] = value


def test_a_change_survives_its_line(neutral: tuple[Neutral, list[Change]]) -> None:
    assert all(parse_change(format_change(change)) == change for change in neutral[1][:500])


def test_the_door_takes_every_event_of_the_workload(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "ledger", EVENTS, SMALL)
    log, reader = open_log(stage.path / "ledger.db")
    try:
        entries = [entry for at in range(0, EVENTS, 500) for entry in reader.entries(at, 500)]
    finally:
        reader.close()
        log.close()
    events = [entry.stated().event for entry in entries]
    said = Counter(event.data.status for event in events if event.kind == "act.status_changed")
    assert set(said) == {"suspended", "resumed", "quashed", "restored"}


def test_the_workload_is_the_same_in_every_run() -> None:
    one, other = (Workload("log+00000000+" + "A" * 44, SMALL) for _ in range(2))
    hashes = [[parse_envelope(raw).payload_hash for raw in each.envelopes(800)] for each in (one, other)]
    assert hashes[0] == hashes[1]


def test_peers_that_answer_otherwise_are_found_out() -> None:
    one = {"digests": ["a", "b"], "newest": ["x", "y"]}
    assert agree("as_of", {"continuum": one, "history": dict(one)}) == 4
    with pytest.raises(Disagreement, match="as_of: continuum, history"):
        agree("as_of", {"continuum": one, "history": one | {"digests": ["a", "c"]}})


def test_a_blame_of_gits_is_held_to_its_one_row() -> None:
    one = {"digests": ["a"], "newest": ["x"]}
    assert agree("blame", {"git": one | {"digests": ["z"]}, "history": one}) == 2
    with pytest.raises(Disagreement):
        agree("blame", {"git": one | {"newest": ["z"]}, "history": one})


SHORT = ("--events", "1000", "--rounds", "1", "--questions", "6", "--seconds", "0.3")


@pytest.mark.slow
def test_git_runs_beside_pledger_and_a_second_run_goes_on_with_what_the_first_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn, page = tmp_path / "chart.svg", tmp_path / "performance.md"
    page.write_text("\n".join(comments(1000)), encoding="utf8")
    keep = ("--only", "git", "--keep", str(tmp_path / "kept"))
    for _ in range(2):
        bench.main([*SHORT, *keep, "--chart", str(drawn), "--docs", str(page)])
        shown = capsys.readouterr()
        assert "git, signed commits: bulk path = natural path" in shown.out
        assert "the same in Pledger and git" in shown.out
    assert "pledger: is filled" in shown.err
    assert "git: is filled" in shown.err
    assert drawn.read_text(encoding="utf8").startswith("<svg")
    assert "git, signed commits" in page.read_text(encoding="utf8")


@pytest.mark.slow
def test_every_mark_without_a_peer_is_measured_on_the_same_ledger(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bench.main([*SHORT, "--only", "none"])
    shown = capsys.readouterr().out
    for mark in (
        "HTTP as-of (1 reader",
        "HTTP as-of again, by its ETag",
        "storage as-of",
        "one cell (10,000 versions)",
        "blame with signers",
        "diff with all causes",
        "start-up",
        "memory of a server",
        "ledger.db",
        "verify: signatures",
        "rebuild",
        "HTTP append ÷ bare",
        "HTTP append, p99",
    ):
        assert mark in shown


@pytest.mark.slow
@pytest.mark.skipif(not bench.PYTHON.exists(), reason="build/peers is not there: make build/peers/.installed")
def test_all_peers_run_and_agree(capsys: pytest.CaptureFixture[str]) -> None:
    bench.main([*SHORT])
    shown = capsys.readouterr().out
    assert shown.count("bulk path = natural path") == 4
    assert "as_of: 24 answers of 4 peers agree" in shown
