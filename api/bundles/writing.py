"""The archive: a fixed order, fixed dates, nothing but names and bytes; never all of it in memory."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Final

import orjson

from api.bundles.files import Listed
from api.bundles.proofs import Nodes
from ledger.errors import StorageError
from ledger.verify.entry_file import EntryFile

DATE: Final = (1980, 1, 1, 0, 0, 0)  # the first that the format knows
_UNIX: Final = 3
_MODE: Final = 0o100644 << 16
COPIED_BYTES: Final = 1 << 20


class Writer:
    """Writes members one after another into an open file; use it in a `with`."""

    def __init__(self, target: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def member(self, name: str, content: bytes) -> None:
        self._archive.writestr(_info(name), content)

    def members(self, value: dict[str, Any], name: str) -> None:
        """A JSON document of its own."""
        self.member(name, orjson.dumps(value))

    def entries(self, file: EntryFile, indexes: Iterable[int]) -> None:
        """The exact bytes of each entry. Raises StorageError if one is not there."""
        for index in indexes:
            row = next(file.rows(index, index + 1), None)
            if row is None:
                raise StorageError(f"entry {index} is not in the log")
            self.member(f"entries/{index}.json", row.raw)

    def proofs(self, nodes: Nodes, indexes: Iterable[int], size: int) -> None:
        """proofs.json, entry by entry."""
        with self._archive.open(_info("proofs.json"), "w") as out:
            out.write(b'{"tree_size":%d,"proofs":{' % size)
            for place, index in enumerate(indexes):
                path = orjson.dumps(nodes.path(index, size))
                out.write(b'%s"%d":%s' % (b"," if place else b"", index, path))
            out.write(b"}}")

    def files(self, listed: Sequence[Listed]) -> None:
        """The bytes of those that are present, each once."""
        places: dict[str, Path] = {one.ref.sha256: one.path for one in listed if one.path is not None}
        for sha256, path in sorted(places.items()):
            with path.open("rb") as source, self._archive.open(_info(f"files/{sha256}"), "w") as out:
                shutil.copyfileobj(source, out, COPIED_BYTES)


def _info(name: str) -> zipfile.ZipInfo:
    """The same on every system: dates, rights and the system's number are not those of the machine."""
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _MODE
    return info
