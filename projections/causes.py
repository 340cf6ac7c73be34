"""Who did it, by which act, and why: of the many entries that a page names, read together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson

from ledger.doubt import Name
from ledger.entry import Entry
from ledger.errors import StorageError
from projections.history import act_of
from projections.reading import Reading
from projections.recording import Doc

Row = dict[str, Any]


def cause(reading: Reading, index: int) -> Row:
    return read_causes(reading, [index])[0]


def read_causes(reading: Reading, indexes: Sequence[int]) -> list[Row]:
    """In the order of the leaf indexes. Doubt is as known at the reading's position."""
    if not indexes:
        return []
    # As plain JSON: it was checked before it got into the log.
    told = [(entry, orjson.loads(entry.payload)) for entry in reading.entries(indexes)]
    acts = _Acts(reading, {said["act"]["id"] for _, said in told if said.get("act") is not None})
    doubts = _doubts(reading, [entry for entry, _ in told])
    return [
        {
            "event": said["id"],
            "index": entry.index,
            "kind": said["kind"],
            "act": _act(reading, entry, said, acts),
            "reason": said.get("reason", ""),
            "example": said.get("example"),
            "recorded_at": entry.recorded_at,
            "signers": [
                {"person": one["person"], "office": one["office"], "kid": one["kid"]}
                for one in said["signers"]
            ],
            "doubt": doubts.get(entry.index),
            "proof": f"/v1/proofs/inclusion?event={said['id']}",
        }
        for entry, said in told
    ]


def _act(reading: Reading, entry: Entry, said: Doc, acts: _Acts) -> Row | None:
    cited = said.get("act")
    if cited is not None:
        return acts.cited(cited["id"], cited.get("point"), entry.index)
    return act_of(reading, entry.stated()) if said["kind"].startswith("act.") else None


def _doubts(reading: Reading, entries: Iterable[Entry]) -> dict[int, Name]:
    """The word beside each of some entries at the position; nearly always none."""
    names, numbers = {entry.stream for entry in entries}, {entry.index for entry in entries}
    within, streams = reading.connection.among(sorted(names))
    among, indexes = reading.connection.among(sorted(numbers))
    query = (
        f"SELECT leaf_index, doubt FROM doubts WHERE stream IN {within} AND leaf_index IN {among} "
        "AND known_from<=? AND known_to>?"
    )
    return dict(reading.rows(query, [streams, indexes, reading.position, reading.position]))


class _Acts:
    """The registrations of acts, each as it was known when an entry was recorded that cites it."""

    def __init__(self, reading: Reading, acts: Collection[str]) -> None:
        self._registered: dict[str, list[tuple[int, Doc]]] = {act: [] for act in acts}
        for act, known_from, doc in _read_acts(reading, acts) if acts else ():
            statement = orjson.loads(doc)
            if statement["kind"] == "act.registered":
                self._registered[act].append((known_from, statement["data"]))

    def cited(self, act: str, point: str | None, index: int) -> Row:
        """As projections.history.cited_act."""
        for known_from, data in reversed(self._registered[act]):
            if known_from <= index + 1:
                return {"id": act, "number": data.get("number", ""), "date": data["date"], "point": point}
        raise StorageError(f"act {act} is cited by № {index + 1} and was not on the record")


def _read_acts(reading: Reading, acts: Collection[str]) -> list[tuple[str, int, str]]:
    """What was ever stated about each act, oldest first: id, known_from, doc."""
    within, named = reading.connection.among(sorted(acts))
    query = (
        f"SELECT id, known_from, doc FROM records WHERE space='act' AND id IN {within} "
        "ORDER BY id, known_from"
    )
    return reading.rows(query, [named])
