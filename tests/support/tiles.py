"""Logs of tiles for tests, made by definition: hashes by RFC 6962's own words, files by C2SP tlog-tiles'."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.merkle import leaf_hash, tree_root
from ledger.note import Ed25519Signer, Ed25519Verifier, sign_note
from ledger.tlog.reading import Absent

ORIGIN = "town.example/pledger"


@dataclass(frozen=True)
class MadeLog:
    """A log of `size` small entries; name: makes them other entries than another's."""

    size: int
    name: str = ""
    origin: str = ORIGIN
    seed: int = 1

    @cached_property
    def entries(self) -> list[bytes]:
        return [f"{self.name}entry {index}".encode() * (1 + index % 3) for index in range(self.size)]

    @cached_property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    @property
    def signer(self) -> Ed25519Signer:
        return Ed25519Signer(self.origin, Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32))

    @property
    def verifiers(self) -> list[Any]:
        return [Ed25519Verifier(self.signer.key)]

    def root(self, size: int) -> bytes:
        return tree_root(self.leaves[:size])

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = self.size if size is None else size
        return Checkpoint(self.origin, size, self.root(size))

    def note(self, size: int | None = None) -> str:
        return sign_note(format_checkpoint(self.checkpoint(size)), [self.signer])

    def files(self, *sizes: int) -> dict[str, bytes]:
        """The files that trees of these sizes need; by default of the whole."""
        found: dict[str, bytes] = {}
        for size in sizes or (self.size,):
            for level in (None, 0, 1, 2):
                span = 256 ** (level or 0)
                count = size // span
                for index in range(-(-count // 256)):
                    width = min(256, count - 256 * index)
                    found[_path(level, index, width)] = self._content(level, index, width)
        return found

    def _content(self, level: int | None, index: int, width: int) -> bytes:
        places = range(256 * index, 256 * index + width)
        if level is None:
            return b"".join(len(self.entries[at]).to_bytes(2, "big") + self.entries[at] for at in places)
        span = 256**level
        return b"".join(tree_root(self.leaves[at * span : (at + 1) * span]) for at in places)


def _path(level: int | None, index: int, width: int) -> str:
    assert index < 1000  # no test needs more groups than one
    partial = "" if width == 256 else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{index:03}{partial}"


class Files:
    """A fetch over a dictionary that remembers what it was asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.asked = files, list[str]()

    def __call__(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise Absent(path)
        return self.files[path]
