"""Publishing into a folder: what is written, what is left alone, and what is refused."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.canonical import dumps
from ledger.checkpoint import format_checkpoint, open_checkpoint
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.note import Ed25519Verifier, NoteError, format_note, parse_note, sign_note
from ledger.service import Ledger
from ledger.tlog.paths import parse_path
from ledger.tlog.publishing import OtherLog, Published, UnfitFolder, check_folder, publish
from ledger.tlog.reading import Absent, TiledLog, fetch_folder
from ledger.tlog.stored import newest_stored, newest_witnessed
from ledger.tlog.tiles import TileError, fetch_from
from tests.support.log import Small
from tests.support.places import ON_POSTGRES
from tests.support.tiles import Files, MadeLog

LOG = MadeLog(700)
# In a file the checkpoint over a commit is stored by the next one; in a database others find it at once.
STORED_AT_ONCE = int(ON_POSTGRES)


def put(folder: Path, log: MadeLog = LOG, size: int | None = None, **more: Any) -> Published:
    """Publish what a log held when it had this size."""
    size = log.size if size is None else size
    fetch = more.pop("fetch", None) or Files(log.files(size))
    return publish(folder, fetch, more.pop("note", log.note(size)), verifiers=log.verifiers, **more)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def marks(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells a file that was written anew from one that was left alone."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            stat = path.stat()
            found[path.relative_to(folder).as_posix()] = (stat.st_ino, stat.st_mtime_ns)
    return found


def check_whole(folder: Path, log: MadeLog = LOG) -> int:
    """The folder is a valid log; its size."""
    checkpoint, _ = open_checkpoint((folder / "checkpoint").read_bytes(), log.verifiers)
    tiled = TiledLog(fetch_folder(folder), checkpoint)
    assert [*tiled.entries()] == log.entries[: checkpoint.size]
    return checkpoint.size


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 700])
def test_a_new_folder_holds_exactly_the_files_of_the_format(tmp_path: Path, size: int) -> None:
    done = put(tmp_path / "new" / "log", size=size)
    assert files_of(tmp_path / "new" / "log") == LOG.files(size) | {"checkpoint": LOG.note(size).encode()}
    assert (done.size, done.root, done.before) == (size, LOG.root(size), None)
    assert (done.written, done.kept, done.witnessed) == (len(LOG.files(size)), 0, None)


def test_publishing_again_writes_nothing(tmp_path: Path) -> None:
    put(tmp_path)
    before = marks(tmp_path)
    done = put(tmp_path)
    assert marks(tmp_path) == before
    assert (done.written, done.kept, done.before) == (0, len(LOG.files()), 700)


def test_a_log_that_grew_gets_the_new_files_and_nothing_else_is_touched(tmp_path: Path) -> None:
    put(tmp_path, size=300)
    before, old = marks(tmp_path), files_of(tmp_path)
    fetch = Files(LOG.files())
    done = put(tmp_path, fetch=fetch)
    after = marks(tmp_path)
    assert {path for path in before if after[path] != before[path]} == {"checkpoint"}
    new = {"tile/0/001", "tile/entries/001", "tile/0/002.p/188", "tile/entries/002.p/188", "tile/1/000.p/2"}
    assert after.keys() - before.keys() == new
    assert (done.written, done.before) == (5, 300)
    assert "tile/entries/000" not in fetch.asked, "what is published already is not read again"
    assert old.items() - files_of(tmp_path).items() == {("checkpoint", LOG.note(300).encode())}
    assert check_whole(tmp_path) == 700


def test_whoever_holds_an_older_checkpoint_still_finds_its_tiles(tmp_path: Path) -> None:
    for size in (3, 300, 512, 700):
        put(tmp_path, size=size)
    for size in (3, 300, 512, 700):
        tiled = TiledLog(fetch_folder(tmp_path), LOG.checkpoint(size))
        assert [*tiled.entries()] == LOG.entries[:size]


def test_a_file_that_was_lost_is_written_again(tmp_path: Path) -> None:
    put(tmp_path)
    for path in ("tile/0/001", "tile/entries/000"):
        (tmp_path / path).unlink()
    (tmp_path / "tile/1/000.p/2").write_bytes(b"torn")
    with pytest.raises(OtherLog, match=r"tile/1/000.p/2"):
        put(tmp_path)
    (tmp_path / "tile/1/000.p/2").unlink()
    assert put(tmp_path).written == 1  # the other two were put back before that was found
    assert check_whole(tmp_path) == 700


class Broken(Exception):
    """The machine stops."""


@pytest.mark.parametrize("renames", range(8))
def test_a_crash_at_any_rename_leaves_the_older_log_and_the_next_run_completes_it(
    tmp_path: Path, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, size=300)
    real, left = Path.replace, iter(range(renames))

    def replace(path: Path, target: Any) -> Path:
        if next(left, None) is None:
            raise Broken
        return real(path, target)

    with monkeypatch.context() as crashing:
        crashing.setattr(Path, "replace", replace)
        if renames < 6:  # five new files and the checkpoint
            with pytest.raises(Broken):
                put(tmp_path)
            assert check_whole(tmp_path) == 300
        else:
            put(tmp_path)
    done = put(tmp_path)
    assert check_whole(tmp_path) == 700
    assert not [path for path in files_of(tmp_path) if path.rpartition("/")[2].startswith(".")]
    assert (done.before, done.written) == ((300, 5 - renames) if renames < 6 else (700, 0))


def test_the_checkpoint_is_the_last_file_that_is_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, order, synced = Path.replace, list[str](), list[int]()

    def replace(path: Path, target: Any) -> Path:
        order.append(Path(target).relative_to(tmp_path).as_posix())
        assert path.stat().st_ino in synced, "renamed before its bytes were durable"
        return real(path, target)

    def fsync(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    put(tmp_path, size=300, witnessed=LOG.note(200))
    assert order[-2:] == ["checkpoint.witnessed", "checkpoint"]
    assert len(order) == len(set(order))
    assert {(tmp_path / path).parent.stat().st_ino for path in order} <= set(synced)


# -- what is refused --------------------------------------------------------------


def refused(folder: Path, error: type[Exception] = OtherLog, **how: Any) -> str:
    """Publishing must be refused, and leave the folder as it was."""
    before = marks(folder)
    with pytest.raises(error) as caught:
        put(folder, **how)
    assert marks(folder) == before
    return str(caught.value)


def test_a_folder_of_another_log_is_refused_and_both_heads_are_named(tmp_path: Path) -> None:
    other = MadeLog(300, origin="city.example/pledger")
    put(tmp_path, other)
    said = refused(tmp_path)
    for log, size in ((other, 300), (LOG, 700)):
        assert f"{log.origin}, {size} entries, root {log.root(size).hex()}" in said


def test_a_folder_with_a_longer_log_is_refused_and_both_heads_are_named(tmp_path: Path) -> None:
    put(tmp_path)
    said = refused(tmp_path, size=699)
    for size in (699, 700):
        assert f"{size} entries, root {LOG.root(size).hex()}" in said


@pytest.mark.parametrize("size", [300, 699, 700])
def test_a_folder_with_another_past_is_refused_and_both_heads_are_named(tmp_path: Path, size: int) -> None:
    other = MadeLog(700, "other ")
    put(tmp_path, other, size=size)
    said = refused(tmp_path)
    assert f"{size} entries, root {other.root(size).hex()}" in said
    assert f"700 entries, root {LOG.root(700).hex()}" in said


def test_a_checkpoint_by_another_key_or_over_other_tiles_is_not_published(tmp_path: Path) -> None:
    forged = sign_note(format_checkpoint(LOG.checkpoint()), [MadeLog(0, seed=2).signer])
    refused(tmp_path, NoteError, note=forged)
    refused(tmp_path, TileError, fetch=Files(MadeLog(700, "other ").files()))
    refused(tmp_path, Absent, fetch=Files({}))
    assert files_of(tmp_path) == {}


def test_one_bad_bundle_stops_it_before_the_checkpoint(tmp_path: Path) -> None:
    put(tmp_path, size=300)
    bad = LOG.files() | {"tile/entries/001": MadeLog(700, "other ").files()["tile/entries/001"]}
    with pytest.raises(TileError):
        put(tmp_path, fetch=Files(bad))
    assert check_whole(tmp_path) == 300


def test_what_is_no_checkpoint_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(b"something of mine")
    refused(tmp_path, StorageError)
    assert files_of(tmp_path) == {"checkpoint": b"something of mine"}


def test_files_of_somebody_else_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "tile/0").mkdir(parents=True)
    (tmp_path / "tile/0/001").write_bytes(bytes(8192))
    with pytest.raises(OtherLog, match="tile/0/001"):
        put(tmp_path)
    assert (tmp_path / "tile/0/001").read_bytes() == bytes(8192)
    assert not (tmp_path / "checkpoint").exists()


def test_a_folder_that_is_a_file_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        put(tmp_path / "file")
    with pytest.raises(StorageError):
        put(tmp_path / "file" / "below")


@pytest.mark.parametrize("name", ["ledger.db", "log-key.pem", "log-memory", "service-key.pem", "lock"])
@pytest.mark.parametrize("below", [".", "out", "deep/er"])
def test_nothing_is_published_into_or_below_a_ledgers_directory(
    tmp_path: Path, name: str, below: str
) -> None:
    """What is published is served to everybody: the log's key would be, too."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / name).write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "home")
    for home in ("home", "link"):
        with pytest.raises(UnfitFolder) as caught:
            put(tmp_path / home / below)
        assert (caught.value.reason, caught.value.there.name) == ("ledger", name)
    assert files_of(tmp_path / "home") == {name: b"secret"}
    assert [*(tmp_path / "home").iterdir()] == [tmp_path / "home" / name]


def test_a_folder_that_was_published_before_the_ledger_came_is_refused_too(tmp_path: Path) -> None:
    put(tmp_path, size=300)
    (tmp_path / "log-key.pem").write_bytes(b"secret")
    refused(tmp_path, UnfitFolder)


def test_nothing_is_published_above_the_ledger(tmp_path: Path) -> None:
    put(tmp_path, size=300)
    (tmp_path / "a" / "ledger").mkdir(parents=True)
    for data in (tmp_path, tmp_path / "a" / "ledger"):
        with pytest.raises(UnfitFolder):
            check_folder(tmp_path, data)
    check_folder(tmp_path, tmp_path.parent)
    check_folder(tmp_path / "b", tmp_path / "a")


def test_a_folder_with_other_files_and_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_bytes(b"mine")
    with pytest.raises(UnfitFolder) as caught:
        put(tmp_path)
    assert (caught.value.reason, str(caught.value.there)) == ("not-empty", "letters.txt")
    assert files_of(tmp_path) == {"letters.txt": b"mine"}
    with pytest.raises(UnfitFolder):
        put(tmp_path.parent)


def test_a_first_run_that_broke_off_is_gone_on_with(tmp_path: Path) -> None:
    put(tmp_path, size=300)
    (tmp_path / "checkpoint").rename(tmp_path / ".checkpoint.new")
    put(tmp_path, size=300)
    assert check_whole(tmp_path) == 300


def test_two_at_once_do_not_publish_into_one_folder(tmp_path: Path) -> None:
    inner: list[str] = []

    def meanwhile(done: int, total: int) -> None:
        if not inner:
            with pytest.raises(StorageError) as caught:
                put(tmp_path)
            inner.append(str(caught.value))

    put(tmp_path, progress=meanwhile)
    assert "another process" in inner[0]
    assert check_whole(tmp_path) == 700


def test_progress_tells_of_every_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    put(tmp_path, progress=lambda done, total: told.append((done, total)))
    total = len(LOG.files())
    assert told == [(done, total) for done in range(total + 1)]


# -- the witnessed checkpoint -----------------------------------------------------


def test_the_witnessed_checkpoint_is_published_with_the_tiles_of_its_size(tmp_path: Path) -> None:
    fetch = Files(LOG.files())
    done = put(tmp_path, fetch=fetch, witnessed=LOG.note(300))
    assert done.witnessed == 300
    assert (tmp_path / "checkpoint.witnessed").read_bytes() == LOG.note(300).encode()
    for path in LOG.files(300):
        assert (tmp_path / path).read_bytes() == LOG.files(300)[path], (
            "C2SP: served for every checkpoint made"
        )


def test_an_older_witnessed_checkpoint_does_not_take_a_newer_ones_place(tmp_path: Path) -> None:
    put(tmp_path, witnessed=LOG.note(300))
    assert put(tmp_path, witnessed=LOG.note(200)).witnessed is None
    put(tmp_path)
    assert (tmp_path / "checkpoint.witnessed").read_bytes() == LOG.note(300).encode()
    assert put(tmp_path, witnessed=LOG.note(700)).witnessed == 700


@pytest.mark.parametrize(
    "witnessed", [MadeLog(300, "other ").note(), MadeLog(701).note(), MadeLog(3, origin="x").note()]
)
def test_a_witnessed_checkpoint_of_no_past_of_this_log_is_refused(tmp_path: Path, witnessed: str) -> None:
    refused(tmp_path, (OtherLog, NoteError), witnessed=witnessed)  # type: ignore[arg-type]
    assert files_of(tmp_path) == {}


# -- a ledger's own log -----------------------------------------------------------


def test_a_ledger_is_published_up_to_its_newest_stored_checkpoint(
    ledger: Ledger, small: Small, tmp_path: Path
) -> None:
    for _ in range(4):
        (receipt,) = small.submit(ledger, small.transfer())
    stored = newest_stored(ledger.reader)
    assert stored is not None
    assert stored[0] == receipt.index + STORED_AT_ONCE
    ledger.keep_checkpoint()
    newest = newest_stored(ledger.reader)
    assert newest == ledger.appender.checkpoint
    assert newest is not None
    keys = [Ed25519Verifier.parse(small.log_key)]
    done = publish(tmp_path / "out", fetch_from(ledger.reader), newest[1], verifiers=keys)
    assert done.size == receipt.index + 1
    checkpoint, _ = open_checkpoint((tmp_path / "out" / "checkpoint").read_bytes(), keys)
    read = [*TiledLog(fetch_folder(tmp_path / "out"), checkpoint).entries()]
    assert read == [entry.raw for entry in ledger.reader.entries(0, done.size)]
    assert all(
        str(parse_path(path)) == path for path in files_of(tmp_path / "out") if path.startswith("tile")
    )


def test_the_newest_stored_checkpoint_is_found_among_any_number(ledger: Ledger, small: Small) -> None:
    for _ in range(9):
        small.submit(ledger, small.transfer())
        size, stored = ledger.reader.head().size, newest_stored(ledger.reader)
        assert stored == ledger.reader.checkpoint_after(size - 2 + STORED_AT_ONCE)
        assert newest_witnessed(ledger.reader) is None


def test_the_newest_witnessed_note_is_the_last_that_the_stream_trust_holds() -> None:
    told = [
        ("checkpoint.witnessed", {"checkpoint": "older"}),
        ("ledger.heads", {"size": 5}),
        ("checkpoint.witnessed", {"checkpoint": "newest"}),
        ("timestamp.anchored", {"checkpoint": "stamped", "response": ""}),
    ]

    class Trust:
        """The one stream of a reader."""

        def stream(self, name: str) -> Iterator[Entry]:
            assert name == "trust"
            for at, (kind, data) in enumerate(told):
                yield Entry(at, name, at + 1, "", {}, dumps({"kind": kind, "data": data}), b"")

    reader: Any = Trust()
    assert newest_witnessed(reader) == "newest"


@pytest.mark.sqlite
def test_a_ledger_file_in_which_an_entry_was_changed_is_not_published(
    ledger: Ledger, small: Small, tmp_path: Path
) -> None:
    small.submit(ledger, small.transfer())
    ledger.keep_checkpoint()
    newest = newest_stored(ledger.reader)
    assert newest is not None
    database = sqlite3.connect(small.path / "ledger.db")
    with database:
        changed = database.execute(
            "UPDATE stored_events SET state=CAST(replace(CAST(state AS TEXT), '\"v\":1', '\"v\":1 ') AS BLOB)"
            " WHERE rowid=3"
        ).rowcount
    database.close()
    assert changed == 1
    with pytest.raises(TileError, match="another entry"):
        publish(
            tmp_path / "out",
            fetch_from(ledger.reader),
            newest[1],
            verifiers=[Ed25519Verifier.parse(small.log_key)],
        )
    assert not (tmp_path / "out" / "checkpoint").exists()


def test_a_note_with_more_signatures_over_the_same_tree_takes_the_place_of_the_old(tmp_path: Path) -> None:
    put(tmp_path, size=3)
    parsed = parse_note(LOG.note(3))
    overlap = sign_note(parsed.text, [LOG.signer, MadeLog(0, seed=2).signer])
    assert format_note(parsed.text, parsed.signatures) == LOG.note(3)
    assert put(tmp_path, size=3, note=overlap).written == 0
    assert (tmp_path / "checkpoint").read_bytes() == overlap.encode()
