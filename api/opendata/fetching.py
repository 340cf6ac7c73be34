"""A release taken from a server, which is not believed: each file must have the hash that is its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, Protocol, cast

from pydantic import ValidationError

from api.client import Client, Unreachable
from api.models.opendata import Release
from api.opendata.folder import is_sound, parts_of
from api.opendata.making import Manifest
from api.opendata.shelf import Incoming, Shelf
from ledger.sentence import Sentence


class Told(Protocol):
    def __call__(self, done: int, total: int) -> object: ...


def fetch_release(client: Client, shelf: Shelf, fits: Callable[[Manifest], object], told: Told) -> Manifest:
    """The server's newest release, whole on the shelf, its manifest last.

    fits: raises where this manifest has no place here. Raises Unreachable, StorageError.
    """
    manifest = client.get("/opendata/releases/latest").members
    strange = Sentence("{url} gives no release of open data", "opendata-strange", url=client.url)
    try:
        Release.model_validate(manifest)
        is_ours = is_sound(manifest)
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise Unreachable(strange) from error
    if not is_ours:
        raise Unreachable(strange)
    fits(manifest)
    wanted = {part["file"]: part for part in parts_of(manifest)}
    for done, (name, part) in enumerate(sorted(wanted.items()), start=1):
        if not shelf.is_whole(name):
            _fetch(client, shelf, name, part)
        told(done, len(wanted))
    shelf.put_manifest(manifest)
    return manifest


def _fetch(client: Client, shelf: Shelf, name: str, part: Any) -> None:
    with shelf.receive() as incoming:
        client.open_data(name, cast("IO[bytes]", _Bounded(incoming, part["bytes"], name)))
        if incoming.sha256 != part["sha256"]:
            raise Unreachable(
                Sentence("{name} has another content than its name says", "opendata-other-bytes", name=name)
            )
        incoming.keep(name.rpartition(".")[2], part["rows"])


class _Bounded:
    """A file of a known size: a server may send without end."""

    def __init__(self, incoming: Incoming, size: int, name: str) -> None:
        self._incoming, self._size, self._name = incoming, size, name

    def write(self, piece: bytes) -> int:
        if self._incoming.size + len(piece) > self._size:
            raise Unreachable(
                Sentence(
                    "{name} has another content than its name says", "opendata-other-bytes", name=self._name
                )
            )
        self._incoming.write(piece)
        return len(piece)
