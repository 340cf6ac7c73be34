"""A source for bundles without a server: a copy of a ledger's file, with projections made anew from it.

Nothing of the ledger's directory is used but its entries, tree and documents, and nothing in it is touched;
it may be in use, or a copy that cannot be written. Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from api.context import Identity, behind
from ledger.clock import Clock, SystemClock, local_date
from ledger.directory import Directory
from ledger.errors import StorageError
from ledger.registry import Root
from ledger.sentence import Sentence
from ledger.store.base import LogReader
from ledger.store.picture import take_picture
from ledger.store.sqlite import SQLiteReader
from ledger.streams import load_stream
from ledger.tlog.stored import newest_stored
from ledger.world import World
from projections.findings.engine import Memory
from projections.follower import Follower
from projections.rebuild import rebuild

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CopiedLog:
    """directory: of the copy."""

    directory: Directory
    reader: LogReader

    def world_now(self, stream: str) -> World:
        size = self.reader.head().size
        return load_stream(replace(World(), position=size), stream, self.reader.at_position(size))


class Copied:
    """What a server's context gives, of a ledger's copy; nobody writes it, so that it is as far as it is."""

    def __init__(self, ledger: CopiedLog, follower: Follower, clock: Clock) -> None:
        self.ledger, self.follower, self.clock = ledger, follower, clock
        self.findings = Memory()
        self.position = ledger.reader.head().size
        root: Root = ledger.world_now("root").root
        self.identity = Identity(root.origin, root.genesis, ZoneInfo(root.zone))

    def checkpoint(self) -> tuple[int, str] | None:
        """The newest that is stored: what the signer signed since, its directory does not show."""
        return newest_stored(self.ledger.reader)

    def checkpoint_over(self, index: int) -> tuple[int, str]:
        """Raises StorageError."""
        found = self.ledger.reader.checkpoint_after(index)
        if found is None:
            raise StorageError(
                f"no checkpoint is stored yet that covers entry № {index + 1}: the next commit stores it,"
                " and so does closing the ledger; a running server has it at once (--server)"
            )
        return found

    def today(self) -> str:
        return local_date(self.clock.now(), self.identity.zone).isoformat()

    def reaches(self, position: int) -> bool:
        return position <= self.position

    def wait_for(self, position: int) -> None:
        """All is worked in from the beginning. Raises Problem behind."""
        if position > self.follower.position:
            raise behind(position, self.follower.position)


@contextmanager
def copied(data: Path, *, clock: Clock | None = None, progress: Progress | None = None) -> Iterator[Copied]:
    """Copy a ledger, and make its projections, into a temporary folder that goes afterwards.

    data: a ledger's directory, or its file alone. progress(applied, size): of the projections.
    Raises StorageError.
    """
    database = Directory(data).ledger_db if data.is_dir() else data
    if not database.is_file():
        if Directory(data).database is not None:
            raise StorageError(
                Sentence(
                    "the ledger of {path} is in a database: `pledger backup {path} FILE` first, then name"
                    " that file; or ask a server",
                    "bundle-of-database",
                    path=data,
                )
            )
        raise StorageError(f"{data} holds no ledger")
    with TemporaryDirectory(prefix="pledger-copy-") as folder, ExitStack() as opened:
        place = Directory(Path(folder))
        take_picture(database, place.ledger_db)
        if has_files(data):
            place.files.symlink_to(Directory(data).files.absolute())
        try:
            source = _open(place, clock or SystemClock(), progress, opened)
        except Exception as error:  # whatever somebody put into the file
            raise StorageError(f"{data} is damaged: `pledger verify` says where") from error
        if not source.position:
            raise StorageError(f"{data} holds no entries")
        yield source


def _open(place: Directory, clock: Clock, progress: Progress | None, opened: ExitStack) -> Copied:
    """What it opened is closed with `opened`."""
    reader = SQLiteReader(place.ledger_db)
    opened.callback(reader.close)
    rebuild(place.path, reader, progress)
    follower = Follower(place.path, reader)
    opened.callback(follower.close)
    return Copied(CopiedLog(place, reader), follower, clock)


def has_files(data: Path) -> bool:
    """Are the documents there too? Without them nobody can tell which of them were ever uploaded."""
    return data.is_dir() and Directory(data).files.is_dir()
