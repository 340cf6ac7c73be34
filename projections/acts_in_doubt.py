"""Whether an act counts on a day, where some of what was said about it stands in doubt.

Source: docs/authority.md, the doubt of a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from ledger.doubt import WORST, Name
from ledger.values import FOREVER
from projections.reading import Reading
from projections.recording import Doc

Causes = dict[int, Name]  # leaf index of an entry in doubt → its word
Place = tuple[str, int]  # of an act in the order of acts: its date, and its order in the day


class ActSaid(NamedTuple):
    """One statement about an act. counts: None starts and stops nothing, on no day."""

    entry: int
    doubt: Name | None
    counts: bool | None
    start: str
    end: str
    place: Place

    def has(self, day: str) -> bool:
        return self.counts is not None and self.start <= day < self.end


class Counting(NamedTuple):
    """counts: by what is in force; causes: what is in doubt and makes a difference."""

    counts: bool
    causes: Causes


def standing(statements: Sequence[ActSaid]) -> list[ActSaid]:
    """What might stand of a slot: its newest statement, and while in doubt those before it, to a sound one.

    statements: oldest first.
    """
    found: list[ActSaid] = []
    for one in reversed(statements):
        found.append(one)
        if one.doubt is None:
            break
    return found


@dataclass(frozen=True, slots=True)
class ActTold:
    """All that was said about an act: its registration and its statuses by slot, oldest first."""

    registered: Sequence[ActSaid]
    statuses: Sequence[Sequence[ActSaid]]

    def on(self, day: str) -> Counting:
        """Read from the newest slot to the first one that soundly decides the day."""
        answers: list[bool] = []
        causes: Causes = {}
        actual: bool | None = None
        for slot in reversed(self.statuses):
            might = standing(slot)
            says = [bool(one.counts) for one in might if one.has(day)]
            if actual is None and might[0].has(day):
                actual = bool(might[0].counts)
            if says and might[0].doubt is not None:
                causes[might[0].entry] = might[0].doubt
            answers += says
            if says and might[0].doubt is None:
                break
        else:
            might = standing(self.registered)
            answers += [one.has(day) for one in might]
            actual = might[0].has(day) if actual is None else actual
            if might[0].doubt is not None:
                causes[might[0].entry] = might[0].doubt
                answers += [False] * (might[-1].doubt is not None)  # without it there is no act
        return Counting(bool(actual), causes if len(set(answers)) > 1 else {})

    @property
    def doubt(self) -> Name | None:
        """The worst in which its registration or one of its statuses stands, voided ones too."""
        words = {slot[-1].doubt for slot in (self.registered, *self.statuses)}
        return next((word for word in WORST if word in words), None)

    @property
    def place(self) -> Place:
        return self.registered[-1].place

    @property
    def moved(self) -> Causes:
        """The correction of the registration in doubt that gave the act another place, if there is one."""
        newest = self.registered[-1]
        return {newest.entry: newest.doubt} if len(self.places) > 1 and newest.doubt is not None else {}

    @property
    def places(self) -> list[Place]:
        """The one in force first."""
        return list(dict.fromkeys(one.place for one in standing(self.registered)))


def read_acts_in_doubt(reading: Reading, programme: str) -> list[str]:
    """The acts that a programme cites and about which something is in doubt; nearly always none."""
    query = (
        "SELECT DISTINCT act FROM doubts WHERE act IS NOT NULL AND known_from<=? AND known_to>? "
        "AND EXISTS (SELECT 1 FROM citations WHERE act=doubts.act AND programme=?)"
    )
    return [row[0] for row in reading.rows(query, [reading.position, reading.position, programme])]


def mark_acts(reading: Reading, rows: Iterable[Doc]) -> None:
    """The doubt of each act is that of all that was said about it, not of its registration alone."""
    query = "SELECT DISTINCT act FROM doubts WHERE act IS NOT NULL AND known_from<=? AND known_to>?"
    doubtful = {row[0] for row in reading.rows(query, [reading.position, reading.position])}
    for row in rows:
        row["doubt"] = read_act_told(reading, row["id"]).doubt if row["id"] in doubtful else None


def read_act_told(reading: Reading, act: str) -> ActTold:
    """As known at the position, with the doubt in which each statement stands."""
    query = "SELECT leaf_index, doubt FROM doubts WHERE act=? AND known_from<=? AND known_to>?"
    doubts = dict(reading.rows(query, [act, reading.position, reading.position]))
    query = "SELECT doc FROM records WHERE space='act' AND id=? AND known_from<=? ORDER BY known_from"
    slots: dict[str, list[ActSaid]] = {}
    registered = ""
    for row in reading.rows(query, [act, reading.position]):
        doc = orjson.loads(row[0])
        slots.setdefault(doc["slot"], []).append(_said(doc, doubts))
        if doc["kind"] == "act.registered":
            registered = doc["slot"]
    return ActTold(slots.pop(registered), list(slots.values()))


def _said(doc: Mapping[str, object], doubts: Mapping[int, Name]) -> ActSaid:
    index = doc["index"]
    assert isinstance(index, int)  # as projections/act_records.py writes it
    doubt, data = doubts.get(index), doc["data"]
    if not isinstance(data, dict):  # a void says nothing
        return ActSaid(index, doubt, None, "", "", ("", 0))
    if doc["kind"] == "act.registered":
        since, place = data.get("in_force"), (data["date"], data.get("order") or 0)
        return ActSaid(index, doubt, None if since is None else True, since or "", FOREVER, place)
    counts = doc["counts"]
    assert counts is None or isinstance(counts, bool)
    return ActSaid(index, doubt, counts, data.get("start") or "", data.get("to") or FOREVER, ("", 0))
