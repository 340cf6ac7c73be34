"""Two JSON values compared exactly: nothing missing, nothing more, and true is not 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.doubt import WORST

ABSENT: Final = object()
WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of a word of doubt. word: what the entries give; exact: no other word may stand there.

    Where acts in doubt decide a value too, which is not computed here, its word may be a worse one.
    """

    word: str | None
    exact: bool = False

    def allows(self, told: Any) -> bool:
        if told is not None and (not isinstance(told, str) or told not in WORST):
            return False
        return told == self.word if self.exact else _badness(told) >= _badness(self.word)


def _badness(word: str | None) -> int:
    return len(WORST) - WORST.index(word) if word in WORST else 0


@dataclass(frozen=True, slots=True)
class Difference:
    """at: the members that lead there; told: in the answer; mine: as the entries give it, or a Mark."""

    at: tuple[str, ...]
    told: Any
    mine: Any

    @property
    def words(self) -> str:
        mine = self.mine.word if isinstance(self.mine, Mark) else self.mine
        return f"{_word(self.told)}; {_word(mine)}"

    @property
    def pointer(self) -> str:
        return "".join(f"/{name}" for name in self.at)


def _word(value: Any) -> str:
    return "none" if value is ABSENT else repr(value)[:WORDS_MAX]


def differences(told: Any, mine: Any, at: tuple[str, ...] = ()) -> Iterator[Difference]:
    """mine: JSON without tuples, with Marks in it; told: JSON of a bounded depth."""
    if isinstance(mine, Mark):
        if told is ABSENT or not mine.allows(told):
            yield Difference(at, told, mine)
    elif isinstance(mine, dict) and isinstance(told, dict):
        for name in sorted(mine.keys() | told.keys()):
            yield from differences(told.get(name, ABSENT), mine.get(name, ABSENT), (*at, name))
    elif isinstance(mine, list) and isinstance(told, list) and len(mine) == len(told):
        for place, (one, other) in enumerate(zip(told, mine, strict=True)):
            yield from differences(one, other, (*at, str(place)))
    elif type(told) is not type(mine) or told != mine:
        yield Difference(at, told, mine)


def marks_in(value: Any) -> Iterator[Mark]:
    """Every place of a word of doubt."""
    if isinstance(value, Mark):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from marks_in(one)
