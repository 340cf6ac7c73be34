"""Reading a log of tiles: a real published log, awkward sizes, and every file of them corrupted."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import StorageError
from ledger.merkle import (
    ConsistencyProofError,
    InclusionProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
)
from ledger.note import Ed25519Verifier
from ledger.tlog.paths import TilePath, parse_path
from ledger.tlog.reading import KEPT_TILES, Absent, TiledLog, fetch_folder
from ledger.tlog.tiles import FILE_BYTES_MAX, TileError
from tests.support.tiles import Files, MadeLog

SIZES = (1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 700)


def read_all(files: dict[str, bytes], checkpoint: Checkpoint) -> list[bytes]:
    return [*TiledLog(Files(files), checkpoint).entries()]


# -- a real log -------------------------------------------------------------------


class Real(NamedTuple):
    """The published log of 15 entries: its folder, and the key that signs it."""

    folder: Path
    key: Ed25519Verifier

    def opened(self, size: int) -> TiledLog:
        note = (self.folder / f"checkpoint.{size}").read_bytes()
        return TiledLog(fetch_folder(self.folder), open_checkpoint(note, [self.key])[0])


@pytest.fixture(scope="session")
def real(vectors: Path) -> Real:
    folder = vectors / "tessera-log"
    key = (folder / "SOURCE").read_text().split("vkey ")[1].split()[0]
    return Real(folder / "testdata" / "log", Ed25519Verifier.parse(key))


def bundled(raw: bytes) -> list[bytes]:
    """The entries of a bundle, read by the words of the format."""
    entries = []
    while raw:
        length = int.from_bytes(raw[:2], "big")
        entries.append(raw[2 : 2 + length])
        raw = raw[2 + length :]
    return entries


def test_every_size_of_a_real_log_is_read_and_verified(real: Real) -> None:
    sizes = sorted(int(path.suffix[1:]) for path in real.folder.glob("checkpoint.*"))
    assert sizes == [*range(16)]
    newest = bundled((real.folder / "tile/entries/000.p/15").read_bytes())
    for size in sizes:
        log = real.opened(size)
        assert log.size == size
        assert [*log.entries()] == newest[:size]
        for start in range(size + 1):
            assert [*log.entries(start)] == newest[start:size]


def test_the_newest_checkpoint_of_a_real_log_is_that_of_its_size(real: Real) -> None:
    newest, _ = open_checkpoint((real.folder / "checkpoint").read_bytes(), [real.key])
    assert newest == real.opened(newest.size).checkpoint


def test_every_tile_and_bundle_of_a_real_log_is_handed_out_as_it_is(real: Real) -> None:
    log, paths = real.opened(15), [*real.folder.rglob("*.p/*")]
    assert len(paths) == 30
    for path in paths:
        tile = parse_path(path.relative_to(real.folder).as_posix())
        assert log.content(tile) == path.read_bytes()


def test_a_real_log_proves_each_leaf_and_each_older_size_by_its_tiles(real: Real) -> None:
    entries = [*real.opened(15).entries()]
    for size in range(1, 16):
        log = real.opened(size)
        root = log.checkpoint.root
        for index in range(size):
            leaf, proof = leaf_hash(entries[index]), log.prove_inclusion(index)
            check_inclusion(leaf_hash=leaf, leaf_index=index, tree_size=size, proof=proof, root_hash=root)
        for old in range(size + 1):
            old_root, proof = real.opened(old).checkpoint.root, log.prove_consistency(old)
            assert log.root_at(old) == old_root
            check_consistency(old_size=old, new_size=size, old_root=old_root, new_root=root, proof=proof)


def test_any_byte_of_a_real_tile_or_bundle_changed_is_refused(real: Real) -> None:
    folder = real.folder
    files = {
        f"tile/{kind}/000.p/15": (folder / f"tile/{kind}/000.p/15").read_bytes() for kind in ("0", "entries")
    }
    checkpoint = real.opened(15).checkpoint
    for path, raw in files.items():
        for at in range(len(raw)):
            changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            with pytest.raises(TileError):
                read_all({**files, path: changed}, checkpoint)


# -- made logs --------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, *SIZES])
def test_a_log_is_read_by_exactly_the_files_of_its_size(size: int) -> None:
    log = MadeLog(size)
    fetch = Files(log.files())
    assert [*TiledLog(fetch, log.checkpoint()).entries()] == log.entries
    assert len(fetch.asked) == len(set(fetch.asked)), "a file was asked for twice"
    assert set(fetch.asked) <= fetch.files.keys(), "a file was asked for that no tree of this size has"


@pytest.mark.parametrize("start", [0, 1, 255, 256, 257, 511, 512, 700])
def test_reading_starts_anywhere_and_fetches_no_bundle_before(start: int) -> None:
    log = MadeLog(700)
    fetch = Files(log.files())
    assert [*TiledLog(fetch, log.checkpoint()).entries(start)] == log.entries[start:]
    bundles = [path for path in fetch.asked if "entries" in path]
    assert len(bundles) == (-(-700 // 256) - start // 256 if start < 700 else 1)


def test_reading_starts_nowhere_else() -> None:
    log = MadeLog(10)
    for start in (-1, 11):
        with pytest.raises(TileError):
            next(TiledLog(Files(log.files()), log.checkpoint()).entries(start))


def test_a_partial_tile_that_was_let_go_is_read_from_the_full_one() -> None:
    log, old = MadeLog(600), 300
    files = log.files() | {"tile/1/000.p/1": log.files(old)["tile/1/000.p/1"]}
    fetch = Files(files)
    assert [*TiledLog(fetch, log.checkpoint(old)).entries()] == log.entries[:old]
    assert "tile/0/001.p/44" in fetch.asked
    assert "tile/0/001" in fetch.asked
    del files["tile/entries/001"]
    with pytest.raises(Absent, match=r"tile/entries/001.p/44"):
        read_all(files, log.checkpoint(old))


def test_every_proof_and_old_root_is_that_of_the_definition() -> None:
    log = MadeLog(700)
    tiled = TiledLog(Files(log.files()), log.checkpoint())
    for index in range(0, 700, 7):
        proof = tiled.prove_inclusion(index)
        check_inclusion(
            leaf_hash=log.leaves[index], leaf_index=index, tree_size=700, proof=proof, root_hash=log.root(700)
        )
    for old in range(0, 701, 7):
        assert tiled.root_at(old) == log.root(old)
        proof = tiled.prove_consistency(old)
        check_consistency(
            old_size=old, new_size=700, old_root=log.root(old), new_root=log.root(700), proof=proof
        )


def test_what_the_tree_does_not_have_is_not_proved() -> None:
    log = MadeLog(300)
    tiled = TiledLog(Files(log.files()), log.checkpoint())
    with pytest.raises(InclusionProofError):
        tiled.prove_inclusion(300)
    with pytest.raises(ConsistencyProofError):
        tiled.prove_consistency(301)
    for level, index in ((0, 300), (8, 1), (9, 0), (0, -1), (63, 0)):
        with pytest.raises(TileError):
            tiled.nodes([(level, index)])
    for size in (-1, 301):
        with pytest.raises(TileError):
            tiled.root_at(size)
    for path in (TilePath(0, 1, 45), TilePath(None, 1), TilePath(1, 0, 2), TilePath(2, 0, 1)):
        with pytest.raises(TileError):
            tiled.content(path)


def test_only_so_many_tiles_are_kept_and_all_are_still_right(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEPT_TILES >= 8  # a path through the tree needs one of each level
    monkeypatch.setattr("ledger.tlog.reading.KEPT_TILES", 1)
    log = MadeLog(700)
    tiled = TiledLog(Files(log.files()), log.checkpoint())
    assert [*tiled.entries()] == log.entries
    assert len(tiled._kept) == 1
    assert tiled.nodes([(0, 3), (0, 300), (0, 3)]) == [log.leaves[3], log.leaves[300], log.leaves[3]]


# -- lies -------------------------------------------------------------------------


def flipped(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


LIES: dict[str, Callable[[bytes], bytes]] = {
    "its first bit": lambda raw: bytes([raw[0] ^ 0x80]) + raw[1:],
    "a bit in the middle": lambda raw: (
        raw[: len(raw) // 2] + flipped(raw[len(raw) // 2 :][:1]) + raw[len(raw) // 2 + 1 :]
    ),
    "its last bit": flipped,
    "a byte short": lambda raw: raw[:-1],
    "a byte long": lambda raw: raw + b"\x00",
    "a hash short": lambda raw: raw[:-32],
    "a hash long": lambda raw: raw + raw[-32:],
    "nothing": lambda raw: b"",
    "zeros": lambda raw: bytes(len(raw)),
    "two hashes changed places": lambda raw: (
        raw[32:64] + raw[:32] + raw[64:] if len(raw) > 64 else flipped(raw)
    ),
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("size", [1, 3, 256, 300, 513])
def test_a_corrupted_file_of_any_kind_is_refused(size: int, lie: str) -> None:
    log = MadeLog(size)
    files = log.files()
    for path, raw in files.items():
        changed = LIES[lie](raw)
        assert changed != raw
        with pytest.raises(TileError):
            read_all({**files, path: changed}, log.checkpoint())


def test_nothing_of_a_bundle_is_handed_out_before_all_of_it_is_checked() -> None:
    log = MadeLog(300)
    files = log.files()
    bad = {**files, "tile/entries/001.p/44": flipped(files["tile/entries/001.p/44"])}
    given: list[bytes] = []
    tiled = TiledLog(Files(bad), log.checkpoint())
    with pytest.raises(TileError):
        given.extend(tiled.entries())
    assert given == log.entries[:256]


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_of_another_log_is_refused_under_this_checkpoint(size: int) -> None:
    with pytest.raises(TileError):
        read_all(MadeLog(size, "other ").files(), MadeLog(size).checkpoint())


@pytest.mark.parametrize(
    ("size", "claimed"), [(300, 299), (300, 256), (512, 256), (256, 255), (3, 2), (3, 0)]
)
def test_a_checkpoint_of_another_size_over_the_same_root_is_refused(size: int, claimed: int) -> None:
    log = MadeLog(size)
    lie = Checkpoint(log.origin, claimed, log.root(size))
    with pytest.raises(TileError):
        read_all(log.files(size, claimed), lie)


def test_the_checkpoint_of_an_empty_log_has_the_root_of_nothing() -> None:
    assert read_all({}, MadeLog(0).checkpoint()) == []
    with pytest.raises(TileError):
        read_all({}, Checkpoint("x", 0, bytes(32)))


def test_a_hash_of_the_upper_level_is_never_taken_for_a_leaf() -> None:
    log = MadeLog(512)
    files = log.files()
    tiled = TiledLog(Files(files), log.checkpoint())
    assert tiled.nodes([(8, 0), (8, 1)]) == [files["tile/1/000.p/2"][:32], files["tile/1/000.p/2"][32:]]
    with pytest.raises(TileError):
        read_all({**files, "tile/0/000": files["tile/0/001"]}, log.checkpoint())


def test_a_bundle_of_other_entries_with_true_tiles_is_refused() -> None:
    log, other = MadeLog(300), MadeLog(300, "other ")
    for path in ("tile/entries/000", "tile/entries/001.p/44"):
        with pytest.raises(TileError, match="another entry"):
            read_all({**log.files(), path: other.files()[path]}, log.checkpoint())


@pytest.mark.parametrize(("size", "width"), [(600, 256), (300, 256), (300, 44), (44, 44)])
def test_a_tile_and_a_bundle_that_agree_with_each_other_and_not_with_the_root_are_refused(
    size: int, width: int
) -> None:
    log, other = MadeLog(size), MadeLog(size, "other ")
    files, forged = log.files(), other.files()
    chosen = [path for path in files if path.endswith("/000" if width == 256 else f".p/{width}")]
    assert sorted(path.split("/")[1] for path in chosen) == ["0", "entries"]
    lie = files | {path: forged[path] for path in chosen}
    with pytest.raises(TileError, match=r"root|not of the tree"):
        read_all(lie, log.checkpoint())
    index = 0 if width == 256 else size - 1
    tiled = TiledLog(Files(lie), log.checkpoint())
    with pytest.raises(TileError):
        tiled.nodes([(0, index)])
    with pytest.raises(TileError):
        tiled.prove_inclusion(index ^ 1)


# -- folders ----------------------------------------------------------------------


def test_a_folder_is_read_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    (tmp_path / "tile").mkdir()
    (tmp_path / "tile" / "a").write_bytes(b"x")
    fetch = fetch_folder(tmp_path)
    assert fetch("tile/a") == b"x"
    for path in ("tile/b", "tile/a/b", "nothing/at/all"):
        with pytest.raises(Absent):
            fetch(path)
    with pytest.raises(StorageError):
        fetch("tile")


def test_a_file_larger_than_any_of_a_log_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    with pytest.raises(TileError):
        fetch_folder(tmp_path)("huge")


def test_the_root_of_a_real_checkpoint_is_read_from_its_third_line(real: Real) -> None:
    for size in (1, 8, 15):
        line = (real.folder / f"checkpoint.{size}").read_text().split("\n")[2]
        assert real.opened(size).root_at(size) == b64decode(line)
