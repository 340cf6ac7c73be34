"""Source texts at hand: each is the one that was named, and says on which line a quote stands."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ledger.errors import LedgerError
from ledger.sentence import Sentence


class NotThatText(LedgerError):
    """A text at hand is not one that the adoption names, or not byte for byte."""


class Place(NamedTuple):
    """line: 1-based, where the quote starts."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class FlatText:
    """A text with runs of spaces and line ends as one space, and each line's start in it.

    A word that is hyphenated over a line's end is whole again: so are quotes, by the same function.
    """

    file: str
    flat: str
    starts: tuple[int, ...]

    def find(self, quote: str) -> Place | None:
        """Where a quote stands first. Cost: one search of the text."""
        flat = flattened(quote)
        offset = self.flat.find(flat) if flat else -1
        return Place(self.file, bisect_right(self.starts, offset)) if offset >= 0 else None


def flattened(text: str) -> str:
    return " ".join(text.split()).replace("- ", "-")


def read_texts(texts: Mapping[str, str], named: Mapping[str, str]) -> tuple[FlatText, ...]:
    """The texts, ready to be searched.

    texts: file name → text with its line ends as they are; named: file name → SHA-256 as the adoption
    names it. Raises NotThatText.
    """
    for file, text in sorted(texts.items()):
        got = hashlib.sha256(text.encode()).hexdigest()
        if named.get(file) != got:
            wanted = named.get(file, "–")
            raise NotThatText(
                Sentence(
                    "{file} is not the text that was named: its SHA-256 is {got}, the named one is {wanted}",
                    "not-that-text",
                    file=file,
                    got=got,
                    wanted=wanted,
                )
            )
    return tuple(_flat(file, text) for file, text in sorted(texts.items()))


def _flat(file: str, text: str) -> FlatText:
    flat, starts = "", []
    for line in text.split("\n"):
        words = flattened(line)
        joint = " " if flat and words and not flat.endswith("-") else ""
        starts.append(len(flat) + len(joint))
        flat += joint + words
    return FlatText(file, flat, tuple(starts))
