"""Ids of the tables of No. 835 as the record grew: number-date where it is one row's alone, or our own.

They are told on the record and not on the day, so that a row's id does not change with the days on which
another one counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import orjson

from projections.reading import Reading

Kind = Literal["program", "amendment"]
Key = tuple[Kind, str]  # and the id of our own
_STATEMENTS: Final = (
    "SELECT id, known_from, doc FROM records WHERE space='act' AND known_from<=? ORDER BY known_from"
)


def official_uid(act: Mapping[str, Any]) -> str | None:
    """number-date; None where the number is blank on paper."""
    return f"{act['number']}-{act['date']}" if act.get("number") else None


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that would stand under an act's number-date. cited: by which entries (leaf index, act)."""

    kind: Kind
    own: str
    cited: tuple[tuple[int, str], ...]


class Change(NamedTuple):
    """An id in whose place another one stands since an entry."""

    kind: str
    old: str
    new: str
    entry: int  # its leaf index


@dataclass(slots=True)
class Uids:
    """shown: the id of each row. taken: rows that have number-date, but not for themselves alone."""

    shown: dict[Key, str] = field(default_factory=dict)
    taken: set[Key] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)


def read_uids(reading: Reading, claims: Iterable[Claim]) -> Uids:
    """By the position of the reading, with all changes up to it."""
    known = list(claims)
    steps: list[tuple[int, str, Key | None, str | None]]
    steps = [(index, act, key_of(claim), None) for claim in known for index, act in claim.cited]
    steps += [(index, act, None, uid) for act, index, uid in _numbers(reading)]
    replay = _Replay({key_of(claim) for claim in known})
    for index, act, key, uid in sorted(steps, key=lambda step: step[0]):
        if key is not None:
            replay.cite(index, key, act)
        else:
            replay.number(index, act, uid)
    replay.uids.changes.sort()
    return replay.uids


def key_of(claim: Claim) -> Key:
    return claim.kind, claim.own


def _numbers(reading: Reading) -> Iterator[tuple[str, int, str | None]]:
    """(act, leaf index, number-date) of each registration of an act, and of each correction of one."""
    for act, known_from, doc in reading.connection.execute(_STATEMENTS, [reading.position]):
        said = orjson.loads(doc)
        if said["kind"] == "act.registered" and said["data"] is not None:
            yield act, known_from - 1, official_uid(said["data"])


class _Replay:
    def __init__(self, keys: set[Key]) -> None:
        self.uids = Uids()
        self._keys = keys
        self._numbers: dict[str, str | None] = {}
        self._citing: defaultdict[str, set[Key]] = defaultdict(set)
        self._cited: dict[Key, str] = {}
        self._wanted: dict[Key, str | None] = {}
        self._groups: defaultdict[tuple[str, str], set[Key]] = defaultdict(set)

    def cite(self, index: int, key: Key, act: str) -> None:
        self._citing[self._cited.get(key, act)].discard(key)
        self._citing[act].add(key)
        self._cited[key] = act
        self._settle(index, self._move(key, self._numbers.get(act)))

    def number(self, index: int, act: str, uid: str | None) -> None:
        if act in self._numbers and self._numbers[act] != uid:
            self.uids.changes.append(Change("act", self._numbers[act] or act, uid or act, index))
        self._numbers[act] = uid
        moved = [self._move(key, uid) for key in sorted(self._citing[act])]
        self._settle(index, set().union(*moved))

    def _move(self, key: Key, uid: str | None) -> set[Key]:
        """Those that it leaves, and those that it joins."""
        before, touched = self._wanted.get(key), {key}
        if before is not None:
            self._groups[key[0], before].discard(key)
            touched |= self._groups[key[0], before]
        if uid is not None:
            touched |= self._groups[key[0], uid]
            self._groups[key[0], uid].add(key)
        self._wanted[key] = uid
        return touched

    def _settle(self, index: int, keys: Iterable[Key]) -> None:
        for key in sorted(keys):
            uid, before = self._uid(key), self.uids.shown.get(key)
            if before is not None and before != uid:
                self.uids.changes.append(Change(key[0], before, uid, index))
            self.uids.shown[key] = uid

    def _uid(self, key: Key) -> str:
        kind, own = key
        uid = self._wanted[key]
        if uid is None:
            return own
        is_taken = len(self._groups[kind, uid]) > 1 or (uid != own and (kind, uid) in self._keys)
        (self.uids.taken.add if is_taken else self.uids.taken.discard)(key)
        return own if is_taken else uid
