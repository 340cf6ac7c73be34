"""A backup: a ledger's log as one SQLite file, and its documents beside it, while the ledger is in use.

Whatever the ledger's store is. The copy is checked as a restore would check it before it gets its name, and
nothing that is there is ever overwritten. Keys, and what the log key has signed, are never in it.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.backup import check_copy, fold, remove_copy
from ledger.copying import Progress, copy_documents, copy_entries, copy_notes, quiet, read_source
from ledger.copying_ends import EMPTY, End, FileTarget, documents_beside
from ledger.copying_picture import open_picture
from ledger.documents_named import Compared, compare_documents, documents_named
from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.store.base import Head
from ledger.store.documents import Held
from ledger.store.documents_folder import FolderDocuments
from ledger.store.picture import take_picture
from ledger.store.place import Database

_COPY_SUFFIXES: Final = ("new", "new-wal", "new-shm", "new-journal")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that holds. root: 32 bytes; note: its newest checkpoint, None if none was stored yet.

    file, files: the log and the folder of documents. lost: documents that are damaged where they came from.
    named: those that the log names, against those that are in the backup.
    """

    file: Path
    files: Path
    origin: str
    genesis: str
    size: int
    root: bytes
    note: str | None
    documents: int
    lost: tuple[Held, ...]
    named: Compared


def back_up(source: End, target: Path, progress: Progress = quiet) -> BackedUp:
    """target: a file whose name ends with .db, or a folder, neither of which may be there.

    Raises StorageError, BackupError: then nothing with a backup's name is left, but perhaps documents.
    """
    file = target if target.suffix == ".db" else target / "ledger.db"
    files = documents_beside(file)
    remove_leftovers(file)
    _check_free(target, file, files)
    copy = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        try:
            file.parent.mkdir(exist_ok=True)
            _copy_log(source, copy, progress)
            checked = check_copy(copy)
            documents, lost = copy_documents(source.documents, FolderDocuments(files), progress)
            named = compare_documents(documents_named(copy), FolderDocuments(files))
            _name_durably(copy, file)
        finally:
            remove_copy(copy)
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be written: {why}", "file-unwritable", path=file, why=error)
        ) from error
    return BackedUp(
        file,
        files,
        checked.origin,
        checked.genesis,
        checked.size,
        checked.root,
        checked.note,
        documents,
        lost,
        named,
    )


def remove_leftovers(file: Path) -> None:
    """Take away what a process that was killed left beside a file; another's that still runs stays."""
    for left in file.parent.glob(f".{file.name}.*.new*"):
        number, _, suffix = left.name.removeprefix(f".{file.name}.").partition(".")
        if number.isdigit() and suffix in _COPY_SUFFIXES and not _runs(int(number)):
            left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Is there such a process? This one has left nothing yet."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _check_free(target: Path, file: Path, files: Path) -> None:
    """A folder may be there already if nothing is in it."""
    taken = [one for one in (file, files) if one.exists()]
    if target != file and target.exists() and (not target.is_dir() or any(target.iterdir())):
        taken.append(target)
    if taken:
        raise StorageError(
            Sentence(
                "{path} is there already, and no backup is ever overwritten: name another place",
                "backup-there",
                path=taken[0],
            )
        )


def _copy_log(source: End, copy: Path, progress: Progress) -> None:
    """The pages of a file, or the rows of one snapshot of a database."""
    if isinstance(source.place, Database):
        with open_picture(source.place) as picture, FileTarget(copy) as target:
            walked, *_ = read_source(picture, 0, progress)
            copy_entries(picture, target, EMPTY, walked.size, progress)
            copy_notes(picture, target, Head(walked.frontier, walked.recorded_at))
    else:
        take_picture(source.place, copy)
    fold(copy)


def _name_durably(copy: Path, file: Path) -> None:
    """A link fails where a rename would replace what somebody has put there meanwhile. Raises OSError."""
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    try:
        os.link(copy, file)
        copy.unlink()
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS) or file.exists():
            raise
        copy.rename(file)  # a disk that knows no links
    for folder in (file.parent, file.parent.parent):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
