"""Which acts, and in which order: by the text of their registration as known at a position."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import orjson

from projections.reading import Reading
from projections.recording import Doc
from projections.records import Bodies, of_bodies, read_act, read_records

Order = Literal["id", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """bodies: whose acts; year: of the act's date; ids: only of these; None: any."""

    bodies: Bodies = None
    year: int | None = None
    ids: Collection[str] | None = None
    order: Order = "id"


def read_acts(reading: Reading, wanted: Wanted, *, after: str, limit: int) -> tuple[list[Doc], int]:
    """Acts after an id in the order, and how many there are in all. After an unknown id: all."""
    if wanted.order == "id" and wanted.year is None and wanted.ids is None:
        return _by_id(reading, wanted.bodies, after, limit)
    ids = read_ids(reading, wanted)
    start = ids.index(after) + 1 if after in ids else 0
    if wanted.order == "id":
        start = next((place for place, one in enumerate(ids) if one > after), len(ids))
    return [read_act(reading, act) for act in ids[start : start + limit]], len(ids)


def _by_id(reading: Reading, bodies: Bodies, after: str, limit: int) -> tuple[list[Doc], int]:
    """As read_acts: in this order no act has to be looked at that is not on the page."""
    where, words = of_bodies(bodies)
    query = f"SELECT COUNT(DISTINCT id) FROM records WHERE space='act' AND known_from<=? {where}"
    total = int(reading.rows(query, [reading.position, *words])[0][0])
    return read_records(reading, "act", bodies=bodies, after=after, limit=limit), total


def read_ids(reading: Reading, wanted: Wanted) -> list[str]:
    """All of them, by id; or by date, and by id within a day."""
    days = _days(reading, wanted.bodies, wanted.ids)
    year = f"{wanted.year:04}-" if wanted.year is not None else ""
    ids = sorted(act for act, day in days.items() if day.startswith(year))
    if wanted.order != "id":
        ids.sort(key=lambda act: days[act], reverse=wanted.order == "newest")
    return ids


def _days(reading: Reading, bodies: Bodies, ids: Collection[str] | None) -> dict[str, str]:
    """Each act's date, as corrected."""
    where, words = of_bodies(bodies)
    query = f"SELECT id, doc FROM records WHERE space='act' AND known_from<=? {where}"
    asked = [reading.position, *words]
    if ids is None:
        rows = reading.rows(f"{query}ORDER BY id, known_from", asked)
    else:
        narrow = f"{query}AND id=? ORDER BY known_from"
        rows = [row for one in ids for row in reading.rows(narrow, [*asked, one])]
    days = {}
    for act, doc in rows:
        said = orjson.loads(doc)
        if said["kind"] == "act.registered" and said["data"] is not None:
            days[act] = said["data"]["date"]
    return days
