"""A programme in time: its entries on two lanes, the sessions that decided on it, and its years."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ledger.doubt import Name
from ledger.entry import Entry
from ledger.kinds import kind_of
from projections.cells import read_cell
from projections.doubtful import read_doubt, read_words
from projections.reading import Reading
from projections.records import read_act, read_registrations

Row = dict[str, Any]
SESSIONS_MAX: Final = 20
ACTS_MAX: Final = 100  # of those that the programme cited last
SESSION_KINDS: Final = ("decision",)  # acts of a council in session
_KNOWN: Final = "programme=? AND leaf_index<? AND known_from<=?"


class Lanes(NamedTuple):
    """rows: newest first; more: are there older ones."""

    rows: list[Row]
    more: bool


def count_entries(reading: Reading, programme: str) -> int:
    """How many entries concern a programme."""
    query = f"SELECT COUNT(*) FROM concerns WHERE {_KNOWN}"
    return int(reading.rows(query, [programme, reading.position, reading.position])[0][0])


def read_lanes(reading: Reading, programme: str, *, before: int | None, limit: int) -> Lanes:
    """Entries that concern a programme, below a leaf index. Raises Blocked."""
    reading.check(programme)
    below = min(before if before is not None else reading.position, reading.position)
    query = f"SELECT leaf_index FROM concerns WHERE {_KNOWN} ORDER BY leaf_index DESC LIMIT ?"
    found = reading.rows(query, [programme, below, reading.position, limit + 1])
    entries = [reading.entry(index) for (index,) in found[:limit]]
    doubts = read_words(reading, {entry.stream for entry in entries})
    return Lanes([_passed(entry, doubts.get(entry.index)) for entry in entries], len(found) > limit)


def _passed(entry: Entry, doubt: Name | None) -> Row:
    """effective: the day from which the entry counts; null where its kind has none."""
    event = entry.stated().event
    kind = kind_of(event.kind)
    return {
        "index": entry.index,
        "event": event.id,
        "kind": event.kind,
        "title": {"uk": kind.title("uk"), "en": kind.title("en")},
        "effective": kind.from_day(event) or None,
        "recorded_at": entry.recorded_at,
        "example": event.example,
        "doubt": doubt,
    }


def read_sessions(reading: Reading, programme: str) -> list[Row]:
    """Days of the council's decisions that the programme cites, newest first, with the acts of each.

    Of the acts cited last; the newest days.
    """
    query = (
        f"SELECT act, MAX(leaf_index) AS last FROM concerns WHERE {_KNOWN} AND act IS NOT NULL "
        "GROUP BY act ORDER BY last DESC LIMIT ?"
    )
    cited = reading.rows(query, [programme, reading.position, reading.position, ACTS_MAX])
    days: dict[str, list[Row]] = {}
    for name, act in read_registrations(reading, [name for name, _ in cited]).items():
        if act["kind"] in SESSION_KINDS:
            said = {
                "id": name,
                "number": act.get("number", ""),
                "project_number": act.get("project_number", ""),
            }
            days.setdefault(act["date"], []).append({**said, "title": act["title"]})
    newest = sorted(days, reverse=True)[:SESSIONS_MAX]
    return [{"date": day, "acts": sorted(days[day], key=lambda act: act["id"])} for day in newest]


def read_adoption(reading: Reading, programme: str) -> Row:
    """The last part of the adoption: the state after it, on its own day, is the programme as adopted."""
    query = "SELECT adopted_to FROM programmes WHERE id=?"
    index = int(reading.rows(query, [programme])[0][0])
    entry = reading.entry(min(index, reading.position - 1))
    event = entry.stated().event
    cited = event.act
    return {
        "index": entry.index,
        "event": event.id,
        "effective": kind_of(event.kind).from_day(event) or None,
        "recorded_at": entry.recorded_at,
        "act": _act(reading, cited.id, cited.point) if cited is not None else None,
        "example": event.example,
        "doubt": read_doubt(reading, entry.stream, entry.index),
    }


def _act(reading: Reading, name: str, point: str | None) -> Row:
    """An act as known: what a page says of the decision behind a programme."""
    act = read_act(reading, name)
    members = ("kind", "number", "project_number", "date", "title", "in_force", "body")
    return {"id": name, "point": point, **{member: act.get(member) for member in members}}


def read_years(reading: Reading, programme: str, as_of: str) -> list[str]:
    """The last days of the years of the programme's term, as of a day; none where it is not stated."""
    ends = [read_cell(reading, programme, f"/term/{name}", as_of) for name in ("from", "to")]
    values = [end.value for end in ends if end is not None and not end.removed]
    if len(values) != len(ends):
        return []
    return [f"{year}-12-31" for year in range(int(values[0]), int(values[1]) + 1)]
