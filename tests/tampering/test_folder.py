"""A published folder of which a file was changed or exchanged is not the log that it says it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import StorageError
from ledger.log import open_log
from ledger.note import Ed25519Verifier
from ledger.tlog.publishing import publish
from ledger.tlog.tiles import fetch_from
from ledger.verify.tiles import verify_folder
from tests.tampering.harness import finds_of
from tests.tampering.story import told

# What has to be told of a file that was changed, one of them at least.
_CHECKPOINT = {"checkpoint/note-malformed", "checkpoint/checkpoint-unsigned", "tree/tile-differs"}
_TILE = {"tree/tile-differs", "format/tile-differs", "format/tile-missing", "format/malformed-entry"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "log"
    copy = shutil.copyfile(told().database, tmp_path_factory.mktemp("read") / "ledger.db")
    log, reader = open_log(copy)
    try:
        verifiers = [Ed25519Verifier.parse(told().anchors.log_key)]
        publish(folder, fetch_from(reader), told().note, verifiers=verifiers)
    finally:
        log.close()
        reader.close()
    return folder


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


def _judged(folder: Path) -> tuple[str, frozenset[str]]:
    report = verify_folder(folder, told().anchors)
    return report.verdict, finds_of(report)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")


def test_the_untouched_folder_is_verified(copy: Path) -> None:
    assert _judged(copy) == ("verified", frozenset())


def test_no_file_can_be_changed_unseen(copy: Path) -> None:
    count = 0
    for path in _files(copy):
        raw = path.read_bytes()
        for changed in (raw[:-1] + bytes([raw[-1] ^ 1]), raw[:-1], b""):
            path.write_bytes(changed)
            verdict, finds = _judged(copy)
            assert verdict == "failed", path
            assert finds & (_CHECKPOINT if path.name == "checkpoint" else _TILE), (path, finds)
            count += 1
        path.write_bytes(raw)
    assert count >= 6
    print(f"{count} of {count} found out")


def test_the_files_of_a_tile_and_a_bundle_cannot_be_exchanged(copy: Path) -> None:
    tile, entries = sorted(path for path in _files(copy) if ".p" in str(path))[:2]
    raw = tile.read_bytes()
    tile.write_bytes(entries.read_bytes())
    entries.write_bytes(raw)
    verdict, finds = _judged(copy)
    assert verdict == "failed"
    assert finds & _TILE


def test_a_folder_without_the_newest_entries_fails(copy: Path) -> None:
    next(path for path in _files(copy) if "entries" in str(path)).unlink()
    assert _judged(copy) == ("failed", frozenset(["format/tile-missing"]))


def test_a_folder_without_a_checkpoint_cannot_be_read(copy: Path) -> None:
    (copy / "checkpoint").unlink()
    with pytest.raises(StorageError):
        verify_folder(copy, told().anchors)
