"""The coverage-guided harnesses without their guide, the table that they make, and a bug that they find."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.fuzz.__main__ import Row, row_of, run, table
from tests.fuzz.harness import NAMES, target_of
from tests.fuzz.mutating import TOKENS, near
from tests.fuzz.seeds import seeds_of

SAID = """\
#2\tINITED cov: 61 ft: 62 corp: 1/1b exec/s: 0 rss: 40Mb
#4096\tDONE   cov: 117 ft: 330 corp: 12/1Kb exec/s: 2048 rss: 41Mb
stat::number_of_executed_units: 4096
stat::average_exec_per_sec:     2048
stat::new_units_added:          11
stat::peak_rss_mb:              41
"""

every_harness = pytest.mark.parametrize("name", NAMES)


@every_harness
def test_a_harness_takes_its_seeds_and_what_parsers_trip_over(name: str) -> None:
    target = target_of(name)
    seeds = seeds_of(name)
    assert seeds
    for seed in (*seeds, *TOKENS, *(seeds[0][:40] + token for token in TOKENS)):
        target.try_bytes(seed)


@every_harness
@settings(max_examples=30, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_a_harness_takes_what_is_nearly_good(name: str, data: st.DataObject) -> None:
    target_of(name).try_bytes(data.draw(near(seeds_of(name))))


def test_every_harness_has_a_file_of_its_own() -> None:
    files = {path.stem.removeprefix("harness_") for path in (ROOT / "tests/fuzz").glob("harness_*.py")}
    assert files == {*NAMES, "planted"}


def test_atheris_is_imported_by_a_harness_that_runs_and_by_nothing_else() -> None:
    asking = re.compile(r"^( *)(?:import|from|\w.*import_module\(.) ?atheris\b", re.MULTILINE)
    found = {path.name: asking.findall(path.read_text("utf-8")) for path in (ROOT / "tests").rglob("*.py")}
    said = {name: places for name, places in found.items() if places}
    assert said == {"harness.py": ["    "]}, "inside a function: other systems have none"


def test_the_figures_are_read_out_of_what_libfuzzer_says() -> None:
    assert row_of("note", SAID, (), "") == Row("note", 4096, 2048, 117, 11, ())
    assert not row_of("note", SAID, (), "").failed
    assert row_of("note", SAID, (Path("crash-1"),), "").failed
    assert row_of("note", "", (), "").failed, "a harness that said nothing did nothing"


def test_a_crash_is_told_with_its_path() -> None:
    shown = table(
        [row_of("note", SAID, (Path("build/fuzz/note/crashes/crash-1"),), "exit code 77, see log.txt")]
    )
    assert "crash of note: build/fuzz/note/crashes/crash-1" in shown
    assert "exit code 77" in shown
    assert "2048" in shown


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="atheris is for Linux alone")
def test_a_planted_bug_is_found_and_its_input_kept(tmp_path: Path) -> None:
    row = run("planted", 60, tmp_path)
    assert row.failed
    (crash,) = row.crashes
    assert crash.read_bytes()[:4] == b"Pldg"
