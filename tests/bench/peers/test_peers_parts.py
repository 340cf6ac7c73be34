"""The parts of the comparison that need no tool: what is kept, what is generated, what is written of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.marks import Mark
from tests.bench.peers import chart, docs
from tests.bench.peers.figures import Figures
from tests.bench.peers.kept import Kept, Unfit
from tests.bench.peers.reading import KINDS
from tests.bench.peers.run import Outcome
from tests.bench.peers.workload_files import NAME, SEED, Files
from tests.bench.workload import Workload

EVENTS = 1000
WHERE = {
    "date": "2026-11-23T10:00:00Z",
    "commit": "abc1234",
    "machine": "An invented processor",
    "cores": 2,
    "memory_mb": 2048,
    "system": "Linux",
    "stolen_cpu": 0.01,
    "others_cores": 0.05,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kept, Files]:
    scratch = tmp_path_factory.mktemp("files")
    kept = Kept(scratch / "kept")
    return kept, Files(kept, scratch, EVENTS)


def lines_of(path: str) -> list[bytes]:
    return Path(path).read_bytes().splitlines()


def test_changes_are_found_again_and_go_on_as_if_they_had_just_been_generated(
    files: tuple[Kept, Files], tmp_path: Path
) -> None:
    kept, first = files
    found = Files(kept, tmp_path, EVENTS)
    whole = Workload(kept.stamp(NAME)["log_key"], found.scale, seed=SEED)
    envelopes = list(whole.envelopes(EVENTS))
    assert lines_of(found.log.envelopes) == envelopes
    assert lines_of(found.appended(40).envelopes) == whole.fresh(40)
    assert found.resumed_workload().position == EVENTS
    assert (found.sha256, found.shares) == (first.sha256, first.shares)


def test_changes_of_another_number_are_refused(files: tuple[Kept, Files], tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="other events"):
        Files(files[0], tmp_path, EVENTS + 1)


def test_changes_of_another_generator_are_refused(files: tuple[Kept, Files], tmp_path: Path) -> None:
    copied = Kept(tmp_path / "kept")
    files[0].copy(NAME, tmp_path / "kept")
    copied.seal(NAME, files[0].stamp(NAME) | {"log_key": "log+00000000+" + "A" * 44})
    with pytest.raises(Unfit, match="another generator"):
        Files(copied, tmp_path, EVENTS)


def test_a_folder_without_a_stamp_was_not_finished_and_is_removed(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.folder("git").mkdir()
    assert not kept.holds("git", changes="a")
    assert not kept.folder("git").exists()


def test_a_kept_store_of_other_changes_or_versions_is_refused(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.folder("git").mkdir()
    kept.seal("git", {"changes": "a", "versions": {"git": "2"}})
    assert kept.holds("git", changes="a")
    with pytest.raises(Unfit, match="other changes"):
        kept.holds("git", changes="b")
    with pytest.raises(Unfit, match="other versions"):
        kept.check("git", versions={"git": "3"})


def test_what_is_appended_to_a_copy_is_not_in_what_is_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    kept.folder("git").mkdir()
    (kept.folder("git") / "log").write_text("one", encoding="utf8")
    (kept.copy("git", tmp_path) / "log").write_text("two", encoding="utf8")
    assert (kept.copy("git", tmp_path) / "log").read_text(encoding="utf8") == "one"


def test_only_what_stands_between_its_own_comments_is_written(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    (begin, end), (other, last) = docs.comments(20), docs.comments(1000)
    file.write_text(f"# A\n\n{begin}\nold\n{end}\n\n{other}\nkept\n{last}\n", encoding="utf8")
    docs.write(file, 20, "new")
    assert file.read_text(encoding="utf8") == f"# A\n\n{begin}\nnew\n{end}\n\n{other}\nkept\n{last}\n"
    assert docs.has_place(file, 1000)
    assert not docs.has_place(file, 30)
    assert not docs.has_place(tmp_path / "none.md", 20)


def outcome() -> Outcome:
    figures = {"pledger": Figures([1.0, 2.0], [100.0], [0.9], [2]), "git": Figures([3.0, 9.0], [5.0], [2.0])}
    found = Outcome(
        answers=dict.fromkeys((*KINDS, "state"), figures),
        appends=figures | {"pledger following": figures["pledger"]},
    )
    found.alone.append(Mark("start-up", "s", 2.0, target=1.0, least=False))
    found.sizes, found.memory = {"pledger": 4000}, {"pledger": 90}
    found.versions = {"pledger": {"python": "3.11", "settings": {"synchronous": 2}}}
    return found


def test_the_docs_say_machine_versions_date_and_every_mark(tmp_path: Path) -> None:
    said = docs.section(outcome(), WHERE, 20, chart=tmp_path / "peers.svg")
    for words in (
        "**20 changes**, 2026-11-23, commit abc1234: An invented processor, 2 cores, 2 GB, Linux.",
        "![20 changes: medians and p99](peers.svg)",
        "| ratio |",
        "≤ 1.00 s",
        "Bytes on disk a change, with what answers are read from: Pledger 200.",
        "- Pledger: python 3.11, settings synchronous 2",
    ):
        assert words in said


@pytest.mark.parametrize(("stolen", "others"), [(0.2, 0.0), (0.0, 1.3), (None, 0.0), (0.0, None)])
def test_a_machine_that_others_used_is_not_called_quiet(stolen: float | None, others: float | None) -> None:
    assert "not a quiet machine" not in docs.quiet(WHERE)
    assert "not a quiet machine" in docs.quiet(WHERE | {"stolen_cpu": stolen, "others_cores": others})


def test_the_chart_has_a_group_for_appends_and_colours_for_dark_screens() -> None:
    found = outcome()
    drawn = chart.draw(found.answers, found.appends, title="A & B", under="today")
    assert drawn.startswith("<svg")
    assert "A &amp; B" in drawn
    assert "prefers-color-scheme: dark" in drawn
    assert drawn.count("<rect") == 3 * 2 * 2 + 3 * 2
