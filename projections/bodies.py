"""Which bodies a question means: by id or by registry code, with those before and after them."""

from __future__ import annotations

from collections.abc import Iterable

from projections.reading import Reading
from projections.recording import Doc
from projections.records import scan_records


def bodies_meant(reading: Reading, text: str) -> set[str]:
    """The bodies with this id or EDRPOU code, all that they succeeded, and all that succeeded them.

    So what is a body's is found by the old body's code and by the new one's, whatever the day.
    """
    rows = _bodies(reading)
    return _related(rows, (name for name, row in rows.items() if text in (name, row["edrpou"])))


def bodies_coded(reading: Reading, code: str) -> set[str]:
    """As bodies_meant, by the code alone."""
    rows = _bodies(reading)
    return _related(rows, (name for name, row in rows.items() if row["edrpou"] == code))


def _bodies(reading: Reading) -> dict[str, Doc]:
    return {row["id"]: row for row in scan_records(reading, "body")}


def _related(rows: dict[str, Doc], named: Iterable[str]) -> set[str]:
    """Upwards and downwards apart: who shares a successor is no relation."""
    named = set(named)
    found = set(named)
    for before in (True, False):
        waiting = list(named)
        while waiting:
            row = rows[waiting.pop()]
            after = [row["successor"]["body"]] if row["successor"] is not None else []
            following = [one for one in (row["predecessors"] if before else after) if one in rows]
            waiting.extend(one for one in following if one not in found)
            found.update(following)
    return found
