"""History: what happened, newest first, each with who, by which act, and what it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ledger.attachments import note_on
from ledger.entry import Entry
from ledger.event import Stated
from ledger.ids import split_stream
from ledger.kinds import kind_of
from ledger.timeline import Act, Slot, Write, rank_of
from projections.cells import read_below
from projections.consents import read_consent
from projections.doubtful import read_doubt, read_doubtful
from projections.history_sought import Sought, moved_by, of_act, signed_by
from projections.reading import Reading
from projections.recording import signers_of
from projections.records import read_act

Row = dict[str, Any]
WRITES_MAX = 50
_ALL: Final = 1 << 53  # more entries than a ledger has


class Found(NamedTuple):
    """rows: newest first; below: the leaf index below which to look on, None if nothing is left."""

    rows: list[Row]
    below: int | None


def read_history(
    reading: Reading,
    programme: str,
    *,
    before: int | None,
    limit: int,
    kind: str | None = None,
    prefix: str = "",
) -> list[Row]:
    """Entries that concern a programme, newest first, below a leaf index.

    prefix: only those that wrote a cell at or below this path, or changed how one counts.
    """
    sought = Sought(kind=kind, path=prefix)
    return find_in_programme(reading, programme, sought, before=before, limit=limit, scanned=_ALL).rows


def find_in_programme(
    reading: Reading, programme: str, sought: Sought, *, before: int | None, limit: int, scanned: int
) -> Found:
    """Entries that concern a programme. scanned: how many are looked at, at most. Raises Blocked."""
    indexes = indexes_of(reading, programme, sought, before=before)
    moved = moved_by(reading, programme, sought)
    return _find(reading, indexes, sought, moved, programme, limit, scanned)


def find_in_log(reading: Reading, sought: Sought, *, before: int | None, limit: int, scanned: int) -> Found:
    """Entries of the whole ledger; of cells nothing is looked for."""
    indexes = indexes_of(reading, None, sought, before=before)
    return _find(reading, indexes, sought, frozenset(), None, limit, scanned)


def indexes_of(
    reading: Reading, programme: str | None, sought: Sought, *, before: int | None = None
) -> Iterator[int]:
    """The leaf indexes among which the entries sought are, newest first: by programme, office and act.

    programme: whose entries, None for the whole log. What else is sought, `Sought.takes` says of each entry.
    """
    if programme is not None:
        return _only(reading, sought, _concerns(reading, programme, before))
    below = _below(reading, before)
    if sought.act is not None:
        indexes: Iterator[int] = iter(of_act(reading, sought.act, below))
        if sought.office is not None:
            signed = frozenset(signed_by(reading, sought.office, below))
            indexes = (index for index in indexes if index in signed)
        return indexes
    if sought.office is not None:
        return iter(signed_by(reading, sought.office, below))
    return iter(range(below - 1, -1, -1))


def _only(reading: Reading, sought: Sought, indexes: Iterator[int]) -> Iterator[int]:
    """Those that the office signed, and that the act is cited by."""
    for name, find in ((sought.office, signed_by), (sought.act, of_act)):
        if name is not None:
            kept = frozenset(find(reading, name, reading.position))
            indexes = filter(kept.__contains__, indexes)
    return indexes


def _find(
    reading: Reading,
    indexes: Iterator[int],
    sought: Sought,
    moved: frozenset[int],
    programme: str | None,
    limit: int,
    scanned: int,
) -> Found:
    rows: list[Row] = []
    last = 0
    for seen, index in enumerate(indexes):
        if seen == scanned:
            return Found(rows, last)
        entry = reading.entry(index)
        if sought.takes(entry, moved):
            if len(rows) == limit:
                return Found(rows, rows[-1]["index"])
            rows.append(row_of(reading, entry, programme))
        last = index
    return Found(rows, None)


def _below(reading: Reading, before: int | None) -> int:
    return min(before if before is not None else reading.position, reading.position)


def _concerns(reading: Reading, programme: str, before: int | None) -> Iterator[int]:
    reading.check(programme)
    query = (
        "SELECT leaf_index FROM concerns WHERE programme=? AND leaf_index<? AND known_from<=? "
        "ORDER BY leaf_index DESC"
    )
    where = (programme, _below(reading, before), reading.position)
    for row in reading.connection.execute(query, where):
        yield row[0]


def row_of(reading: Reading, entry: Entry, programme: str | None = None, *, all_writes: bool = False) -> Row:
    """One entry as a history row. reading.position must be after the entry.

    `old` is the fold just below the write's rank at its `from`, as known when the entry
    was recorded; doubts are as known at the position.
    """
    stated = entry.stated()
    event, kind = stated.event, kind_of(stated.event.kind)
    family, name = split_stream(event.subject)
    if family == "programme" and reading.is_blocked(name):
        return _unavailable(entry, stated)
    writes = _writes(reading, stated) if family == "programme" else []
    olds = {write["path"]: _word(write["old"]) for write in writes}
    corrects = event.relations.corrects
    return {
        "index": entry.index,
        "event": event.id,
        "kind": event.kind,
        "stream": entry.stream,
        "version": entry.version,
        "recorded_at": entry.recorded_at,
        "effective": kind.from_day(event) or None,
        "act": act_of(reading, stated),
        "signers": signers_of(stated),
        "reason": event.reason,
        "example": event.example,
        "acknowledges": list(event.acknowledges),
        "doubt": read_doubt(reading, entry.stream, entry.index),
        "consent": read_consent(reading, stated),
        "corrects": corrects.event if corrects is not None else None,
        "title": {"uk": kind.title("uk"), "en": kind.title("en")},
        "sentence": {"uk": kind.sentence(event, "uk", olds), "en": kind.sentence(event, "en", olds)},
        "files": [file.model_dump() | {"note": note_on(file.name, file.media_type)} for file in event.files],
        "writes": writes if all_writes else writes[:WRITES_MAX],
        "writes_total": len(writes),
    }


def _unavailable(entry: Entry, stated: Stated) -> Row:
    """What the entry itself says: what it found, and what stands against it now, is not worked out."""
    event, kind = stated.event, kind_of(stated.event.kind)
    corrects = event.relations.corrects
    return {
        "index": entry.index,
        "event": event.id,
        "kind": event.kind,
        "stream": entry.stream,
        "version": entry.version,
        "recorded_at": entry.recorded_at,
        "effective": kind.from_day(event) or None,
        "act": None,
        "signers": signers_of(stated),
        "reason": event.reason,
        "example": event.example,
        "acknowledges": list(event.acknowledges),
        "doubt": "undetermined",
        "consent": None,
        "corrects": corrects.event if corrects is not None else None,
        "title": {"uk": kind.title("uk"), "en": kind.title("en")},
        "sentence": {"uk": kind.sentence(event, "uk", {}), "en": kind.sentence(event, "en", {})},
        "files": [file.model_dump() | {"note": note_on(file.name, file.media_type)} for file in event.files],
        "writes": [],
        "writes_total": 0,
        "unavailable": True,
    }


def _word(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)


def act_of(reading: Reading, stated: Stated) -> Row | None:
    """The act that an event cites or is about, with number and date as known when it was recorded."""
    cited = stated.event.act
    name = cited.id if cited is not None else _own_act(reading, stated)
    if name is None:
        return None
    return cited_act(reading, name, cited.point if cited is not None else None, stated.index)


def cited_act(reading: Reading, name: str, point: str | None, index: int) -> Row:
    """An act as it was known when an entry (leaf index) was recorded that cites it."""
    act = read_act(reading.at(index + 1), name)
    return {"id": act["id"], "number": act.get("number", ""), "date": act["date"], "point": point}


def _own_act(reading: Reading, stated: Stated) -> str | None:
    """The act that an act's own event is about; a voided statement is about its slot's."""
    event = stated.event
    if not event.kind.startswith("act."):
        return None
    if event.data is None:
        event = reading.entry(reading.log.events([stated.slot])[stated.slot]).stated().event
    return str(event.data.act)


def _writes(reading: Reading, stated: Stated) -> list[Row]:
    """What the statement writes, each with the value that it found."""
    event = stated.event
    name = split_stream(event.subject)[1]
    slot = slot_of(reading, stated)
    act = ordering_act(reading, stated)
    doubtful = read_doubtful(reading, name)
    rows = []
    for line, write in enumerate(slot.writes):
        if write.op == "restate":
            continue
        answer = read_below(reading.at(stated.index + 1), name, write.path, rank_of(slot, write, line, act))
        old = None if answer is None else ("removed" if answer.removed else answer.value)
        rows.append(
            {
                "path": write.path,
                "from": write.since,
                "op": write.op,
                "old": old,
                "old_doubt": doubtful.below(answer, write.since),
                "new": _new(write),
            }
        )
    return rows


def _new(write: Write) -> Any:
    return "removed" if write.op == "unset" else write.value


def slot_of(reading: Reading, stated: Stated) -> Slot:
    """The statement in its slot's place; a correction takes the first event's index."""
    event = stated.event
    corrects = event.relations.corrects
    index = stated.index
    if corrects is not None:
        index = reading.log.events([corrects.event])[corrects.event]
    writes = kind_of(event.kind).writes_of(event, stated.slot)
    act = event.act.id if event.act is not None else None
    return Slot(stated.slot, index, event.kind, act, event.id, stated.index, stated.payload_hash, writes)


def ordering_act(reading: Reading, stated: Stated) -> Act | None:
    if stated.event.act is None:
        return None
    act = read_act(reading.at(stated.index + 1), stated.event.act.id)
    return Act(act["id"], act["date"], act.get("order") or 0, act.get("in_force"))
