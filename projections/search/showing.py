"""What was found, in words: each hit with what it is called now and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ledger.kinds import kind_of
from projections.cells import read_cell
from projections.files import read_named
from projections.history import row_of
from projections.reading import Reading
from projections.records import read_record
from projections.search.finding import Found, Hit

Row = dict[str, Any]
Words = dict[str, str] | None


def show(reading: Reading, found: Found, as_of: str, *, after: int, limit: int) -> list[Row]:
    """One page of what was found, in its order."""
    things = found.things[after : after + limit]
    skipped = max(0, after - len(found.things))
    entries = found.entries[skipped : skipped + limit - len(things)]
    hits = [*things, *(Hit("entry", str(index), index) for index in entries)]
    return [_row(reading, hit, as_of) for hit in hits]


def _row(reading: Reading, hit: Hit, as_of: str) -> Row:
    programme, _, name = hit.id.rpartition("/") if hit.what in _CELLS else ("", "", hit.id)
    if hit.what == "programme":
        programme = name
    row: Row = {
        "what": hit.what,
        "id": name,
        "programme": programme or None,
        "title": None,
        "snippet": None,
        "event": None,
        "index": hit.index,
        "recorded_at": None,
        "example": None,
        "exact": hit.exact,
        "doubt": None,
    }
    if hit.index is not None:
        entry = reading.entry(hit.index)
        row |= {"event": entry.event_id(), "recorded_at": entry.recorded_at}
        row["example"] = entry.stated().event.example
    return row | _SHOWN[hit.what](reading, hit, as_of)


def _entry(reading: Reading, hit: Hit, _: str) -> Row:
    assert hit.index is not None
    row = row_of(reading, reading.entry(hit.index))
    return {
        "id": row["event"],
        "programme": row["stream"].partition(":")[2] if row["stream"].startswith("programme:") else None,
        "title": row["title"],
        "snippet": row["sentence"],
    }


def _of_cell(reading: Reading, hit: Hit, as_of: str) -> Row:
    """By what the programme calls it on the day; no title where it has none then, or does not answer."""
    programme, _, name = hit.id.rpartition("/")
    programme = programme or name
    if reading.is_blocked(programme):
        return {}
    answer = read_cell(reading, programme, _CELLS[hit.what].format(name), as_of)
    return {"title": _same(answer.value if answer is not None else None)}


def _record(reading: Reading, hit: Hit, _: str) -> Row:
    record = read_record(reading, hit.what, hit.id)
    if record is None:
        return {}
    title, snippet = record.get("title") or record.get("name"), None
    if hit.what == "act":
        number = record.get("number")
        snippet = _same(f"№ {number}, {record['date']}" if number else record["date"])
    elif hit.what == "office":
        snippet = _name_of(reading, "body", record["body"])
    return {"title": _same(title), "snippet": snippet}


def _key(reading: Reading, hit: Hit, _: str) -> Row:
    record = read_record(reading, "key", hit.id)
    if record is None:
        return {}
    body = record.get("body")
    return {
        "title": _name_of(reading, "person", record["person"]) or _same(record["person"]),
        "snippet": _name_of(reading, "body", body) if body else None,
    }


def _file(reading: Reading, hit: Hit, _: str) -> Row:
    named = read_named(reading, hit.id)
    return {"title": _same(named[0].name if named else None)}


def _kind(_: Reading, hit: Hit, __: str) -> Row:
    kind = kind_of(hit.id)
    return {"title": {"uk": kind.title("uk"), "en": kind.title("en")}}


def _name_of(reading: Reading, space: str, record: str) -> Words:
    found = read_record(reading, space, record)
    return _same(found["name"]) if found is not None else None


def _same(text: str | None) -> Words:
    """Words of the record are in the language of the record."""
    return {"uk": text, "en": text} if text else None


_CELLS: Final = {"programme": "/title", "measure": "/tree/{}/title", "indicator": "/indicators/{}/name"}
_SHOWN: Final[dict[str, Callable[[Reading, Hit, str], Row]]] = {
    "entry": _entry,
    "programme": _of_cell,
    "measure": _of_cell,
    "indicator": _of_cell,
    "act": _record,
    "office": _record,
    "person": _record,
    "body": _record,
    "key": _key,
    "file": _file,
    "kind": _kind,
}
