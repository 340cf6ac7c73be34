"""Documents beside events, at the door: which are restricted, and what a refused upload is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from api.problems import Problem
from ledger.attachments import holds_private_key, is_container
from ledger.event import FileRef
from ledger.store.documents import PIECE_BYTES, Documents, Held, Incoming, WrongHash, WrongSize
from ledger.store.documents_folder import FolderDocuments, path_of
from projections.files import FileNamed

CHUNK_BYTES = PIECE_BYTES


def is_restricted(named: Sequence[FileNamed | FileRef]) -> bool:
    """One event that restricts a file is enough; a container of a signature is, whatever an event says."""
    return any(
        one.access != "public"
        or is_container(one.name, one.media_type)
        or holds_private_key(one.name, one.media_type)
        for one in named
    )


def find_kept(documents: Documents, sha256: str, *, restricted: bool) -> Held | None:
    """Are the bytes here? What was public once is not asked for again when an event restricts it."""
    found = documents.find(sha256, restricted=False)
    if found is None and restricted:
        found = documents.find(sha256, restricted=True)
    return found


class Upload:
    """Bytes on their way to their place; use it in a `with`. What does not fit leaves nothing.

    place: the ledger's documents, or the folder of them.
    """

    def __init__(
        self, place: Documents | Path, sha256: str, sizes: frozenset[int], *, restricted: bool = False
    ) -> None:
        documents = FolderDocuments(place) if isinstance(place, Path) else place
        self.sizes = sizes
        self._opened: AbstractContextManager[Incoming] = documents.receive(
            sha256, sizes, restricted=restricted
        )
        self._incoming: Incoming | None = None

    def __enter__(self) -> Upload:
        self._incoming = self._opened.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.__exit__(None, None, None)

    @property
    def size(self) -> int:
        return self._incoming.size if self._incoming is not None else 0

    def write(self, chunk: bytes) -> None:
        """Raises Problem file-size as soon as there are too many bytes."""
        assert self._incoming is not None  # inside the `with`
        with self._telling():
            self._incoming.write(chunk)

    def keep(self) -> None:
        """Check, make durable, and put in place. Raises Problem file-size, file-hash."""
        assert self._incoming is not None  # inside the `with`
        with self._telling():
            self._incoming.keep()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except WrongSize as error:
            raise wrong_size(error.got, self.sizes) from error
        except WrongHash as error:
            raise Problem("file-hash", "", error.got) from error


def store_bytes(folder: Path, content: bytes) -> str:
    """Put bytes in their place, durably; returns their SHA-256. For those who run the ledger."""
    digest = hashlib.sha256(content).hexdigest()
    if not path_of(folder, digest).exists():
        with Upload(folder, digest, frozenset([len(content)])) as upload:
            upload.write(content)
            upload.keep()
    return digest


def wrong_size(got: int, sizes: frozenset[int]) -> Problem:
    headers = {"Connection": "close"}
    return Problem("file-size", "", got, headers=headers, expected=sorted(sizes))
