"""Witnessed and stamped checkpoints as the stream `trust` records them, and the four times of an entry.

The times are what cosignatures and stamps state. Nothing of it is verified here: that is done by
whoever reads, by a policy and authorities of their own. Source: docs/proof.md, Pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from ledger import canonical
from ledger.clock import format_instant
from ledger.entry import Entry
from ledger.errors import VerificationError
from ledger.kinds.checkpoint_witnessed import stated_times
from ledger.kinds.checkpoints import size_in
from ledger.note import parse_note
from projections.doubtful import read_doubt
from projections.reading import Reading
from projections.recording import Doc, Row, Told

Kind = Literal["witnessed", "stamped"]
_DIGITS = 16  # ids of these records sort by size


def witnessed(told: Told) -> Iterator[Row]:
    note = parse_note(told.data.checkpoint)
    said = stated_times(note, note.text.split("\n", 1)[0])
    cosignatures = [{"name": one.name, "at": _seconds(one.time)} for one in said]
    yield _row(told, "witnessed", {"cosignatures": cosignatures})


def stamped(told: Told) -> Iterator[Row]:
    """at: the response's genTime; null should it not be readable any more."""
    try:
        at = format_instant(told.data.stamp().gen_time)
    except VerificationError:  # the door read it, perhaps by an older library
        at = None
    yield _row(told, "stamped", {"at": at})


def _row(told: Told, kind: Kind, said: Doc) -> Row:
    size = size_in(told.data.checkpoint)
    doc = {"size": size, "index": told.stated.index, "event": told.event.id, **said}
    return told.row(kind, _id(size), "", doc)


def _id(size: int) -> str:
    return f"{size:0{_DIGITS}d}"


def first_over(reading: Reading, index: int, kind: Kind) -> Doc | None:
    """The first recorded checkpoint of a kind whose tree holds a leaf index, as known; None without.

    {size, index, event, doubt, …}: of the trust entry that holds it; cosignatures: [{name, at}] of a
    witnessed one, at: of a stamped one. Of one kind each is larger than the one recorded before.
    """
    query = "SELECT doc FROM records WHERE space=? AND id>? AND known_from<=? ORDER BY id LIMIT 1"
    rows = reading.rows(query, [kind, _id(index), reading.position])
    if not rows:
        return None
    doc: Doc = orjson.loads(rows[0][0])
    return {**doc, "doubt": read_doubt(reading, "trust", doc["index"])}


def times_of(reading: Reading, entry: Entry) -> dict[str, Any]:
    """Claimed by each signer, recorded by the ledger, witnessed by others, stamped by an authority."""
    return {
        "claimed": [_claim(one["protected"]) for one in entry.envelope["signatures"]],
        "recorded": entry.recorded_at,
        "witnessed": first_over(reading, entry.index, "witnessed"),
        "stamped": first_over(reading, entry.index, "stamped"),
    }


def _claim(protected: str) -> Doc:
    header = orjson.loads(canonical.decode_base64url(protected))
    return {"kid": header["kid"], "at": _seconds(header["iat"])}


def _seconds(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
