"""What became of a key: the entries that accepted, replaced or revoked it."""

from __future__ import annotations

import orjson

from projections.reading import Reading
from projections.recording import Doc


def read_life(reading: Reading, key: str) -> list[Doc]:
    """Each entry by which the key's status changed, or its revocation was said anew, oldest first."""
    query = "SELECT doc FROM records WHERE space='key' AND id=? AND known_from<=? ORDER BY known_from"
    moments: list[Doc] = []
    for (text,) in reading.rows(query, [key, reading.position]):
        doc = orjson.loads(text)
        moments.append(
            {
                "status": doc["status"],
                "event": doc["event"],
                "index": doc["index"],
                "recorded_at": reading.entry(doc["index"]).recorded_at,
            }
        )
    return moments
