"""Publishing again: whatever tile or bundle is in the folder is read, and compared with the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.checkpoint import open_checkpoint
from ledger.tlog.publishing import Altered
from tests.ledger.test_publishing import LOG, check_whole, put
from tests.support.tiles import Files, MadeLog


def flip(path: Path, place: int = -1) -> bytes:
    """One bit of a file changes, and its length does not; gives what it held."""
    held = path.read_bytes()
    raw = bytearray(held)
    raw[place] ^= 1
    path.write_bytes(raw)
    return held


@pytest.mark.parametrize("path", sorted(LOG.files()))
@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_published_file_with_a_changed_bit_is_found_and_named(
    tmp_path: Path, path: str, place: int
) -> None:
    put(tmp_path)
    flip(tmp_path / path, min(place, 31))
    with pytest.raises(Altered) as caught:
        put(tmp_path)
    assert caught.value.path == tmp_path / path
    assert str(tmp_path / path) in str(caught.value)
    (tmp_path / path).unlink()
    assert put(tmp_path).written == 1, "moved away, it is written again"
    assert check_whole(tmp_path) == 700


@pytest.mark.parametrize("path", sorted(LOG.files(300)))
def test_it_is_found_too_when_the_log_has_grown_and_in_partial_tiles_of_before(
    tmp_path: Path, path: str
) -> None:
    put(tmp_path, size=300)
    flip(tmp_path / path)
    with pytest.raises(Altered) as caught:
        put(tmp_path)
    assert caught.value.path == tmp_path / path
    open_checkpoint((tmp_path / "checkpoint").read_bytes(), LOG.verifiers)
    assert (tmp_path / "checkpoint").read_text() == LOG.note(300), "the checkpoint comes last"


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"])
def test_a_partial_tile_that_no_newer_checkpoint_needs_is_compared_as_well(tmp_path: Path, path: str) -> None:
    """Whoever holds the older checkpoint still asks for it."""
    put(tmp_path, size=300)
    put(tmp_path)
    flip(tmp_path / path)
    with pytest.raises(Altered) as caught:
        put(tmp_path)
    assert caught.value.path == tmp_path / path


def test_a_hash_and_the_entry_below_it_changed_together_are_found(tmp_path: Path) -> None:
    put(tmp_path)
    other = MadeLog(700, "other ").files()
    for path in ("tile/entries/000", "tile/0/000"):
        (tmp_path / path).write_bytes(other[path])
    with pytest.raises(Altered):
        put(tmp_path)


def test_what_is_there_and_whole_is_compared_without_asking_the_source_for_it(tmp_path: Path) -> None:
    put(tmp_path)
    fetch = Files(LOG.files())
    put(tmp_path, fetch=fetch)
    assert {path for path in fetch.asked if not path.endswith((".p/188", ".p/2"))} == set()
