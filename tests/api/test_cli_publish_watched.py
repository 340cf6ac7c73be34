"""publish and verify URL: a server is held against the heads seen before, and first of all."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from api.settings import Settings
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.api.test_cli_rollback import Reader, grown, head_of, remember, says_both
from tests.support.places import put_back
from tests.support.town import TestLedger

__all__ = ["prompt"]


@pytest.fixture
def reader(prompt: Prompt, model_town: TestLedger) -> Reader:
    made = Reader(prompt.home)
    made.trust(model_town)
    return made


@pytest.fixture(scope="module")
def old_and_fork(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two logs of one key that part after the model's last entry."""
    folder = tmp_path_factory.mktemp("parted")
    return grown(model_town, folder / "seen", "150.00"), grown(model_town, folder / "fork", "1.00", "2.00")


def publish(reader: Reader, source: Path, **env: str) -> Ran:
    return reader.ask(source, "publish", reader.home / "out", **env)


def test_a_forked_server_is_not_published(reader: Reader, old_and_fork: tuple[Path, Path]) -> None:
    seen, fork = old_and_fork
    remember(reader, seen)
    says_both(publish(reader, fork), head_of(seen), head_of(fork))
    assert not (reader.home / "out").exists()
    assert len(reader.evidence) == 1
    assert reader.remembered == head_of(seen)[0]


@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_server_that_was_rolled_back_is_not_published(
    reader: Reader, model_town: TestLedger, tmp_path: Path, language: str
) -> None:
    new, old = grown(model_town, tmp_path / "new", "150.00"), grown(model_town, tmp_path / "old")
    remember(reader, new)
    ran = publish(reader, old, PLEDGER_LANG=language)
    says_both(ran, head_of(new), head_of(old))
    assert ("ТРИВОГА" if language == "uk" else "ALARM") in ran.err
    assert not (reader.home / "out").exists()


def test_a_folder_that_was_published_stays_as_it_was(reader: Reader, old_and_fork: tuple[Path, Path]) -> None:
    seen, fork = old_and_fork
    assert publish(reader, seen).code == 0
    out = reader.home / "out"
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert publish(reader, fork).code == 1
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_was_published_is_remembered_and_a_log_that_grew_goes_on(
    reader: Reader, model_town: TestLedger, tmp_path: Path
) -> None:
    old, new = grown(model_town, tmp_path / "old"), grown(model_town, tmp_path / "new", "150.00")
    for folder in (old, old, new):
        assert publish(reader, folder).code == 0
        assert reader.remembered == head_of(folder)[0]
    says_both(reader.read(old), head_of(new), head_of(old))


def test_a_mirror_of_files_is_held_against_the_memory_too(
    reader: Reader, old_and_fork: tuple[Path, Path]
) -> None:
    """It has no /v1: what the files show must do."""
    seen, fork = old_and_fork
    remember(reader, seen)
    for source, code in ((seen, 0), (fork, 1)):
        size = head_of(source)[0]
        paths = ["checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"]
        with running(Settings(data=source)) as url:
            files = {
                ("GET", f"/log/{path}"): (200, httpx.get(f"{url}/log/{path}", trust_env=False).content)
                for path in paths
            }
        with fake_api(files) as url:
            ran = reader.run("publish", reader.home / f"out-{code}", "--server", url)
        assert ran.code == code, ran
    assert "ALARM" in ran.err
    assert not (reader.home / "out-1").exists()


@pytest.mark.parametrize("command", ["verify", "publish"])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_server_without_a_signed_head_raises_the_alarm_with_the_remembered_one(
    reader: Reader, model_town: TestLedger, tmp_path: Path, command: str, language: str
) -> None:
    """An old ledger.db under a key that remembers more signs nothing: 503 at /log/checkpoint."""
    new = grown(model_town, tmp_path / "new", "150.00")
    remember(reader, new)
    put_back(model_town.path, new)
    with running(Settings(data=new)) as url:
        assert httpx.get(f"{url}/log/checkpoint", trust_env=False).status_code == 503
        given = [url] if command == "verify" else [reader.home / "out", "--server", url]
        ran = reader.run(command, *given, PLEDGER_LANG=language)
    assert (ran.code, ran.out) == (1, ""), ran
    kept = json.loads(reader.memory.read_bytes())
    words = ("ТРИВОГА", "записів", "корінь") if language == "uk" else ("ALARM", "entries", "root")
    assert words[0] in ran.err
    assert f"{words[1]} {kept['size']}, {words[2]} {kept['root']}" in ran.err
    assert not (reader.home / "out").exists()


@pytest.mark.parametrize(("language", "word"), [("uk", "Нічого не записано"), ("en", "Nothing was written")])
@pytest.mark.parametrize("where", [".", "public", "..", "other"])
def test_a_folder_with_a_ledger_or_with_other_files_is_refused_in_words(
    reader: Reader, model_town: TestLedger, tmp_path: Path, where: str, language: str, word: str
) -> None:
    ledger = grown(model_town, tmp_path / "town" / "ledger")
    other = tmp_path / "other"
    other.mkdir()
    (other / "letters.txt").write_text("mine")
    folder = other if where == "other" else ledger / where
    files = {path for path in tmp_path.rglob("*") if path.parent != reader.home}
    ran = reader.run("publish", folder, "--data", ledger, "--lang", language)
    assert (ran.code, ran.out) == (1, ""), ran
    assert word in ran.err
    assert {path for path in tmp_path.rglob("*") if path.parent != reader.home} == files
