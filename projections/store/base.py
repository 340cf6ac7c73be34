"""What a store does for the projections.

A question is one text for all stores: SQLite's, with `?` or `:name` where values stand
(projections/store/dialect.py says it in PostgreSQL's words). A *generation* is one set of the tables; one
of them is current, and each can be made anew from the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ledger.store.base import Tail

Values = Sequence[Any] | Mapping[str, Any]


class Rows(Protocol):
    """What a question gave."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One view of one generation. log: the log in the same view; None where it is another file."""

    @property
    def log(self) -> Tail | None: ...

    def execute(self, query: str, values: Values = (), /) -> Rows: ...

    def among(self, values: Sequence[int] | Sequence[str], /) -> tuple[str, Any]:
        """What to write after IN for one of these values, with one `?`, and the value that stands there."""


class Writing(Connection, Protocol):
    """A transaction that writes a generation."""

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Generation(Protocol):
    """A generation that one writer has open. name: for people."""

    @property
    def name(self) -> str: ...

    def newest(self) -> tuple[int, bytes] | None:
        """Position and root of the last batch; None before the first. Raises StorageError."""

    def transaction(self) -> AbstractContextManager[Writing]:
        """Everything written within is there at once, or none of it."""

    def track(self, writing: Writing, position: int, root: bytes) -> None:
        """Note a batch's position and root in the transaction that applies it."""

    def close(self) -> None: ...


class Drained(Exception):
    """These readers were closed: others have taken their place."""


class Readers(Protocol):
    """Views of one generation, for many threads. damaged: did a view show that the tables are rotten?"""

    damaged: bool

    def view(self) -> AbstractContextManager[tuple[Connection, int]]:
        """A consistent view, and its position. Raises Drained before anything is read, StorageError."""

    def close(self) -> None:
        """No more views; those that are open go on."""


class Generations(Protocol):
    """All generations of one ledger's projections. Names sort as they were made, within a store."""

    term: int  # another one each time that the lead was taken: what was written before may be lost

    def lead(self) -> bool:
        """Is it this process that writes? Asked again and again: another one may have taken it up."""

    def current(self) -> str | None:
        """The generation in use; None before the first, or if there is none that can be."""

    def is_usable(self, name: str) -> bool:
        """Can it be opened, and was it written under these rules?"""

    def create(self) -> Generation:
        """The next one, empty."""

    def open(self, name: str) -> Generation:
        """For writing. Raises StorageError."""

    def readers(self, name: str) -> Readers: ...

    def make_current(self, name: str) -> None:
        """At once for everybody: nobody sees a part."""

    def remove(self, name: str) -> None:
        """Readers that still have it open may go on reading, or be told to ask again."""

    def close(self) -> None: ...
