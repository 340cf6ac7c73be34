"""Proposals as known at a position, and what has become of each by a day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ledger.consent import Proposal
from ledger.doubt import Name
from ledger.kinds.proposals import last_day
from ledger.programme import Programme
from ledger.world import World
from projections.doubtful import read_doubt
from projections.governing import governing_world
from projections.programmes import body_of
from projections.reading import Reading
from projections.recording import Doc
from projections.records import read_record, scan_records
from projections.unavailable import check_stream, told

STATES = ("open", "refused", "lapsed", "withdrawn", "enacted")


def read_proposals(
    reading: Reading, as_of: str, *, programme: str | None, state: str | None, after: str, limit: int
) -> list[Doc]:
    """By id, which is by time, after an id. state: as state_of says it on a day."""
    streams = None if programme is None else [f"programme:{programme}"]
    if programme is not None:
        reading.check(programme)
    world = governing_world(reading)
    found = told(reading, scan_records(reading, "proposal", bodies=streams, after=after), "subject")
    rows = (_shown(reading, world, row, as_of) for row in found)
    return list(islice(_in_state(rows, state), limit))


def _in_state(rows: Iterator[Doc], state: str | None) -> Iterator[Doc]:
    return (row for row in rows if state is None or row["state"] == state)


def read_proposal(reading: Reading, as_of: str, proposal: str) -> Doc | None:
    found = read_record(reading, "proposal", proposal)
    check_stream(reading, found["subject"] if found is not None else None)
    return _shown(reading, governing_world(reading), found, as_of) if found is not None else None


def _shown(reading: Reading, world: World, doc: Doc, as_of: str) -> Doc:
    """With the day on which it lapses, its state, and which voice of an office is the newest."""
    newest = {voice["office"]: voice["event"] for voice in doc["voices"]}
    voices = [voice | {"newest": newest[voice["office"]] == voice["event"]} for voice in doc["voices"]]
    lapses = _lapses(reading, world, doc)
    shown = {**doc, "closed_doubt": _closed_doubt(reading, doc), "voices": voices, "lapses": lapses}
    return shown | {"state": state_of(shown, as_of)}


def _closed_doubt(reading: Reading, doc: Doc) -> Name | None:
    """In which the event stands that withdrew it or enacted it."""
    if doc["closed_by"] is None:
        return None
    (index,) = reading.log.events([doc["closed_by"]]).values()
    return read_doubt(reading, doc["subject"], index)


def _lapses(reading: Reading, world: World, doc: Doc) -> Doc | None:
    """The last day on which it stands, by the policies in force when it was recorded."""
    programme = Programme(doc["programme"], body_of(reading, doc["programme"]))
    proposal = Proposal(doc["id"], doc["index"], doc["recorded_at"], (), doc["content"], {}, ())
    found = last_day(world, programme, proposal)
    return {"day": found[1], "policy": found[0].event} if found is not None else None


def state_of(shown: Doc, day: str) -> str:
    """refused: an office's newest word is a refusal; it still stands, as an open one does."""
    if shown["closed"] is not None:
        return str(shown["closed"])
    if shown["lapses"] is not None and day > shown["lapses"]["day"]:
        return "lapsed"
    if any(voice["newest"] and not voice["endorses"] for voice in shown["voices"]):
        return "refused"
    return "open"
