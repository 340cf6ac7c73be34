"""A folder with the files of a log, to be served by anything that serves files.

Nothing is written that the checkpoint's root does not vouch for, nothing that is there is touched
but the checkpoints, and they come last: whatever breaks, the folder holds the log it held before, with
some files more. Every tile and bundle that is there is read and compared each time. Partial tiles stay
when a full one takes their place (C2SP tlog-tiles lets them go, but whoever holds an older checkpoint
asks for them).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import StorageError, VerificationError
from ledger.note import NoteError, Verifier, parse_note
from ledger.sentence import Sentence
from ledger.tlog.paths import CHECKPOINT, WITNESSED, TilePath, tiles_of
from ledger.tlog.placing import holds, is_intact, left_behind, make_folder, replace
from ledger.tlog.reading import Fetch, TiledLog, fetch_folder

# Files of a ledger's and of a witness's directory.
_SECRET: Final = (
    *("ledger.db", "log-key.pem", "log-key.next.pem", "log-memory", "service-key.pem", "lock"),
    *("witness-key.pem", "witness-state.db"),
)
# What a run that broke off before the checkpoint leaves.
_OURS: Final = frozenset(["tile", WITNESSED, f".{WITNESSED}.new", f".{CHECKPOINT}.new"])

Progress = Callable[[int, int], None]
"""Called with how many files were seen to, and of how many."""


class OtherLog(VerificationError):
    """The folder holds another log, a longer one, or another past than what is to be published."""


class Altered(OtherLog):
    """A file of the folder holds other bytes than the log has. path: the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Sentence(
                "{path} is there with other bytes than this log has: nothing was replaced. Find out who"
                " changed it, and move it away, as evidence; publish again, and it is written anew",
                "other-bytes-there",
                path=path,
            )
        )
        self.path = path


class UnfitFolder(VerificationError):
    """Nothing may be published there. reason: "ledger" or "not-empty"; there: the path that says so."""

    def __init__(self, reason: Literal["ledger", "not-empty"], folder: Path, there: Path) -> None:
        super().__init__(f"{folder} will not do for a published log: {there} is there ({reason})")
        self.reason: Literal["ledger", "not-empty"] = reason
        self.there = there


@dataclass(frozen=True, slots=True)
class Published:
    """What the folder holds now. written, kept: files of tiles and bundles, new and found there."""

    origin: str
    size: int
    root: bytes
    before: int | None
    written: int
    kept: int
    witnessed: int | None

    def to_json(self) -> dict[str, object]:
        """before: the size that was published before, null in a new folder; witnessed: likewise."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": self.root.hex(),
            "before": self.before,
            "written": self.written,
            "kept": self.kept,
            "witnessed": self.witnessed,
        }


def publish(
    folder: Path,
    fetch: Fetch,
    note: str,
    *,
    verifiers: Sequence[Verifier],
    witnessed: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Published:
    """Write or refresh a folder.

    fetch: tiles and bundles of the log; note: its newest signed checkpoint; verifiers: the log's keys;
    witnessed: the newest note with cosignatures, if there is one. Raises NoteError, TileError, OtherLog and
    UnfitFolder for what must not be published, StorageError for what cannot be read or written.
    """
    check_folder(folder)
    checkpoint, _ = open_checkpoint(note, verifiers)
    log = TiledLog(fetch, checkpoint)
    log.root_at(checkpoint.size)  # the log is there, before a folder is made
    with _locked(folder):
        before = _check_place(folder / CHECKPOINT, log)
        cosigned = _check_witnessed(folder, witnessed, log, verifiers)
        tiles = _wanted(checkpoint.size, cosigned)
        written = _write_tiles(folder, log, tiles, before, progress)
        if cosigned is not None and witnessed is not None:
            replace(folder / WITNESSED, witnessed.encode())
        replace(folder / CHECKPOINT, note.encode())
        return Published(
            origin=checkpoint.origin,
            size=checkpoint.size,
            root=checkpoint.root,
            before=before.size if before else None,
            written=written,
            kept=len(tiles) - written,
            witnessed=cosigned.size if cosigned else None,
        )


def check_folder(folder: Path, data: Path | None = None) -> None:
    """What is published is served to everybody: no keys may lie there, nor files of somebody else.

    data: the ledger's directory, which must not lie below either. What a first run left that broke off
    is ours. Raises UnfitFolder, StorageError.
    """
    try:
        place = folder.resolve()
        for above in (place, *place.parents):
            for name in _SECRET:
                if (above / name).is_file():
                    raise UnfitFolder("ledger", folder, above / name)
        if data is not None and data.resolve().is_relative_to(place):
            raise UnfitFolder("ledger", folder, data)
        names = {path.name for path in place.iterdir()} if place.is_dir() else set[str]()
    except OSError as error:
        raise StorageError(
            Sentence("{folder} cannot be used: {why}", "folder-unusable", folder=folder, why=error)
        ) from error
    if names and CHECKPOINT not in names and (others := sorted(names - _OURS)):
        raise UnfitFolder("not-empty", folder, Path(others[0]))


def head_of(checkpoint: Checkpoint) -> Sentence:
    """A head in words: whose log, how long, which root."""
    return Sentence(
        "{origin}, {size} entries, root {root}",
        "head",
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One publisher at a time in a folder, which is made if it is not there. Raises StorageError."""
    try:
        make_folder(folder)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise StorageError(
            Sentence("{folder} cannot be used: {why}", "folder-unusable", folder=folder, why=error)
        ) from error
    try:
        _lock(folder, handle)
        yield
    finally:
        os.close(handle)


def _lock(folder: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StorageError(
            Sentence("{folder} is being published to by another process", "folder-in-use", folder=folder)
        ) from error


def _check_place(path: Path, log: TiledLog) -> Checkpoint | None:
    """The head that a file of the folder holds, None for no file; the log must extend it."""
    try:
        held = parse_checkpoint(parse_note(path.read_bytes()).text)
    except FileNotFoundError:
        return None
    except (OSError, NoteError) as error:
        raise StorageError(
            Sentence(
                "{path} is no checkpoint, so that what the folder holds is unknown: {why}",
                "no-checkpoint",
                path=path,
                why=error,
            )
        ) from error
    said = Sentence(
        "the folder holds {held}; to be published is {head}",
        "held-and-head",
        held=head_of(held),
        head=head_of(log.checkpoint),
    )
    if held.origin != log.checkpoint.origin:
        raise OtherLog(Sentence("{path}: another log. {said}", "folder-other-log", path=path, said=said))
    if held.size > log.size:
        raise OtherLog(Sentence("{path}: a longer log. {said}", "folder-longer-log", path=path, said=said))
    if log.root_at(held.size) != held.root:
        raise OtherLog(
            Sentence(
                "{path}: another past, the one does not extend the other. {said}",
                "folder-other-past",
                path=path,
                said=said,
            )
        )
    return held


def _check_witnessed(
    folder: Path, note: str | None, log: TiledLog, verifiers: Sequence[Verifier]
) -> Checkpoint | None:
    """The witnessed head to be published; None if there is none, or the folder's is as new."""
    held = _check_place(folder / WITNESSED, log)
    if note is None:
        return None
    checkpoint, _ = open_checkpoint(note, verifiers)
    if checkpoint.origin != log.checkpoint.origin or checkpoint.size > log.size:
        raise OtherLog(
            Sentence(
                "witnessed is {witnessed}; to be published is {head}",
                "witnessed-too-new",
                witnessed=head_of(checkpoint),
                head=head_of(log.checkpoint),
            )
        )
    if log.root_at(checkpoint.size) != checkpoint.root:
        raise OtherLog(
            Sentence(
                "witnessed is {witnessed}, which is no past of {head}",
                "witnessed-other-past",
                witnessed=head_of(checkpoint),
                head=head_of(log.checkpoint),
            )
        )
    return checkpoint if held is None or checkpoint.size >= held.size else None


def _wanted(size: int, witnessed: Checkpoint | None) -> list[TilePath]:
    """The files that both checkpoints need; those of the smaller one are mostly the larger one's."""
    wanted = dict.fromkeys(tiles_of(size))
    return list(wanted | dict.fromkeys(tiles_of(witnessed.size) if witnessed else ()))


def _write_tiles(
    folder: Path, log: TiledLog, tiles: list[TilePath], before: Checkpoint | None, progress: Progress
) -> int:
    """Write what is missing, and compare what is there. before: the folder's head, vouched for by the log."""
    held = TiledLog(fetch_folder(folder), before) if before is not None else None
    every = [*tiles, *left_behind(folder, log.size, set(tiles))]
    written = 0
    for done, tile in enumerate(every):
        progress(done, len(every))
        path = folder / str(tile)
        if held is not None and is_intact(path, tile, held):
            continue
        content = log.content(tile)
        if path.exists():
            _check_same(path, content)
            continue
        replace(path, content)
        written += 1
    progress(len(every), len(every))
    return written


def _check_same(path: Path, content: bytes) -> None:
    """A file that was not published yet is of a run that broke off, or of somebody else."""
    if not holds(path, content):
        raise Altered(path)
