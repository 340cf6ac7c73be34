"""Documents beside events: one contract for a folder and for a database (docs/operations.md)."""

from __future__ import annotations

import hashlib
import os
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.directory import Directory
from ledger.errors import Stopped, StorageError
from ledger.store.documents import (
    PIECE_BYTES,
    Documents,
    Held,
    WrongHash,
    WrongSize,
    copy_document,
    documents_of,
)
from ledger.store.documents_database import DatabaseDocuments
from ledger.store.documents_folder import FolderDocuments
from ledger.store.place import Database
from ledger.store.postgres.migrating import migrate

pytestmark = pytest.mark.thorough

CONTENT = b"a document\n"
LARGE = os.urandom(PIECE_BYTES * 2 + 17)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def bring(documents: Documents, content: bytes, *, restricted: bool = False) -> Held:
    digest = digest_of(content)
    with documents.receive(digest, frozenset([len(content)]), restricted=restricted) as incoming:
        for start in range(0, len(content), PIECE_BYTES):
            incoming.write(content[start : start + PIECE_BYTES])
        incoming.keep()
    return Held(digest, len(content), restricted)


def content_of(documents: Documents, held: Held) -> bytes:
    return b"".join(documents.pieces(held))


class DocumentsContract:
    documents: Documents

    def other(self) -> Documents:
        """The same ones, as another process has them."""
        raise NotImplementedError

    def is_empty(self) -> bool:
        """Is nothing left, under no name at all?"""
        raise NotImplementedError

    @pytest.mark.parametrize("content", [CONTENT, b"", LARGE, LARGE[: PIECE_BYTES * 2]])
    def test_what_was_kept_is_found_by_every_process(self, content: bytes) -> None:
        held = bring(self.documents, content)
        assert self.other().find(held.sha256, restricted=False) == held
        assert content_of(self.other(), held) == content

    def test_what_is_restricted_lies_apart(self) -> None:
        held = bring(self.documents, CONTENT, restricted=True)
        assert self.documents.find(held.sha256, restricted=False) is None
        assert self.documents.find(held.sha256, restricted=True) == held
        public = bring(self.documents, CONTENT)
        assert list(self.documents.everything()) == [public, held]

    def test_nothing_is_seen_before_all_of_it_is_kept(self) -> None:
        digest = digest_of(CONTENT)
        with self.documents.receive(digest, frozenset([len(CONTENT)]), restricted=False) as incoming:
            incoming.write(CONTENT)
            assert self.other().find(digest, restricted=False) is None
            assert list(self.other().everything()) == []
            incoming.keep()
            assert self.other().find(digest, restricted=False) is not None

    def test_what_breaks_off_leaves_nothing(self) -> None:
        with self.documents.receive(digest_of(LARGE), frozenset([len(LARGE)]), restricted=False) as incoming:
            incoming.write(LARGE[:PIECE_BYTES])
        assert self.is_empty()

    def test_other_bytes_and_other_sizes_leave_nothing(self) -> None:
        size = frozenset([len(CONTENT)])
        with self.documents.receive(digest_of(CONTENT), size, restricted=False) as incoming:
            incoming.write(CONTENT[::-1])
            with pytest.raises(WrongHash):
                incoming.keep()
        with self.documents.receive(digest_of(CONTENT), size, restricted=False) as incoming:
            incoming.write(CONTENT[:-1])
            with pytest.raises(WrongSize):
                incoming.keep()
        with (
            self.documents.receive(digest_of(CONTENT), size, restricted=False) as incoming,
            pytest.raises(WrongSize),
        ):
            incoming.write(CONTENT + b"!")
        assert self.is_empty()

    def test_the_same_bytes_may_come_twice_at_once(self) -> None:
        digest, size = digest_of(LARGE), frozenset([len(LARGE)])
        together, failed = threading.Barrier(4), list[Exception]()

        def upload(documents: Documents) -> None:
            try:
                with documents.receive(digest, size, restricted=False) as incoming:
                    incoming.write(LARGE)
                    together.wait(30)
                    incoming.keep()
            except Exception as error:  # noqa: BLE001 -- told to the test
                failed.append(error)

        threads = [threading.Thread(target=upload, args=(self.other(),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        (held,) = self.documents.everything()
        assert content_of(self.documents, held) == LARGE

    def test_everything_is_listed_by_hash(self) -> None:
        brought = [bring(self.documents, b"%d" % number) for number in range(20)]
        assert list(self.documents.everything()) == sorted(brought)

    def test_a_large_one_is_never_in_memory_as_a_whole(self) -> None:
        count, digest = 24, hashlib.sha256()
        piece = os.urandom(PIECE_BYTES)
        for _ in range(count):
            digest.update(piece)
        size = count * PIECE_BYTES
        tracemalloc.start()
        try:
            with self.documents.receive(digest.hexdigest(), frozenset([size]), restricted=False) as incoming:
                for _ in range(count):
                    incoming.write(piece)
                incoming.keep()
            read = sum(len(one) for one in self.other().pieces(Held(digest.hexdigest(), size, False)))
            assert read == size
            assert tracemalloc.get_traced_memory()[1] < size // 2
        finally:
            tracemalloc.stop()

    def test_one_is_copied_once(self, tmp_path: Path) -> None:
        held, other = bring(self.documents, LARGE), FolderDocuments(tmp_path / "other")
        assert copy_document(held, self.documents, other)
        assert not copy_document(held, self.documents, other)
        assert content_of(other, held) == LARGE


class TestFolderDocuments(DocumentsContract):
    @pytest.fixture(autouse=True)
    def _documents(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "files"
        self.documents = FolderDocuments(self.folder)

    def other(self) -> Documents:
        return FolderDocuments(self.folder)

    def is_empty(self) -> bool:
        return not any(path.is_file() for path in self.folder.rglob("*"))

    def test_what_is_never_served_lies_in_a_folder_that_is_closed_to_others(self) -> None:
        held = bring(self.documents, CONTENT, restricted=True)
        apart = self.folder / "restricted"
        assert FolderDocuments(self.folder).path(held).is_relative_to(apart)
        assert apart.stat().st_mode & 0o777 == 0o700

    def test_damaged_bytes_are_not_copied(self, tmp_path: Path) -> None:
        held, other = bring(self.documents, CONTENT), FolderDocuments(tmp_path / "other")
        FolderDocuments(self.folder).path(held).write_bytes(CONTENT[::-1])
        with pytest.raises(WrongHash):
            copy_document(held, self.documents, other)
        assert list(other.everything()) == []

    def test_a_directory_without_a_database_keeps_them_itself(self, tmp_path: Path) -> None:
        held = bring(documents_of(Directory(tmp_path)), CONTENT)
        assert (tmp_path / "files" / held.sha256[:2] / held.sha256).read_bytes() == CONTENT


class TestDatabaseDocuments(DocumentsContract):
    @pytest.fixture(autouse=True)
    def _documents(self, postgres_database: str, tmp_path: Path) -> None:
        self.database = Database(postgres_database, unsafe=True)
        migrate(self.database)
        self.spool = tmp_path / "spool"
        self.documents = DatabaseDocuments(self.database, self.spool)

    def other(self) -> Documents:
        return DatabaseDocuments(self.database, self.spool)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database.conninfo) as connection:
            return connection.execute(query.encode()).fetchall()

    def is_empty(self) -> bool:
        counts = self.rows(
            "SELECT (SELECT COUNT(*) FROM pledger.documents), (SELECT COUNT(*) FROM pledger.document_pieces)"
        )
        return counts == [(0, 0)] and not list(self.spool.iterdir())

    def test_nothing_lies_on_the_machine_that_took_it(self) -> None:
        bring(self.documents, LARGE)
        assert [path for path in self.spool.rglob("*") if path.is_file()] == []

    def test_no_row_holds_more_than_a_piece(self) -> None:
        bring(self.documents, LARGE)
        sizes = self.rows("SELECT octet_length(piece) FROM pledger.document_pieces ORDER BY place")
        assert sizes == [(PIECE_BYTES,), (PIECE_BYTES,), (17,)]

    def test_a_connection_that_is_cut_between_rows_leaves_nothing(self) -> None:
        held = Held(digest_of(LARGE), len(LARGE), False)

        class Cut:
            """Gives one piece, and then the disk fails."""

            def __init__(self) -> None:
                self.pieces: Iterator[bytes] = iter([LARGE[:PIECE_BYTES]])

            def read(self, _: int) -> bytes:
                try:
                    return next(self.pieces)
                except StopIteration:
                    raise OSError(5, "the disk fails") from None

        with pytest.raises(OSError, match="the disk fails"):
            DatabaseDocuments(self.database, self.spool).insert(held, Cut())  # type: ignore[arg-type]
        assert self.rows("SELECT COUNT(*) FROM pledger.document_pieces") == [(0,)]
        assert self.documents.find(held.sha256, restricted=False) is None

    def test_a_document_of_which_pieces_are_missing_is_not_given_as_whole(self) -> None:
        held = bring(self.documents, LARGE)
        self.rows("DELETE FROM pledger.document_pieces WHERE place = 1 RETURNING 1")
        with pytest.raises(StorageError, match="missing"):
            content_of(self.documents, held)

    def test_a_database_that_does_not_sync_takes_none(self) -> None:
        careful = DatabaseDocuments(Database(self.database.conninfo), self.spool)
        with pytest.raises(Stopped, match="does not sync"):
            bring(careful, CONTENT)
        assert list(self.documents.everything()) == []

    def test_many_are_listed_page_by_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ledger.store.documents_database.LISTED", 3)
        brought = [bring(self.documents, b"%d" % number) for number in range(7)]
        brought.append(bring(self.documents, b"8", restricted=True))
        assert list(self.documents.everything()) == sorted(brought, key=lambda held: (held[2], held[0]))

    def test_a_directory_with_a_database_keeps_them_there(self, tmp_path: Path) -> None:
        directory = Directory(tmp_path, self.database)
        held = bring(documents_of(directory), CONTENT)
        assert self.documents.find(held.sha256, restricted=False) == held
