"""When findings came and went: the programme judged again after each of its last entries, as on its day.

Source: docs/findings.md, Life.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from projections.findings.case import Case
from projections.findings.dossier import Dossier, grow, read_dossier
from projections.findings.engine import Hits, judge, judge_again
from projections.findings.findings import rows_of
from projections.reading import Reading
from projections.recording import Doc

STEPS_MAX = 400  # entries of the programme that are looked at, the newest ones


@dataclass(frozen=True, slots=True)
class Step:
    """After the entry at a leaf index, on the local day of its recording (or D, if that is earlier)."""

    index: int
    case: Case
    hits: Hits


@dataclass(frozen=True, slots=True)
class Told:
    """came: finding → the leaf index after which it was first found since `since`; None if it was there then.

    resolved: those that are gone, each as it was last found, with the entry after which it was gone.
    since: position from which on it was looked.
    """

    since: int
    came: dict[str, int | None]
    resolved: list[Doc]


def read_told(reading: Reading, programme: str, day: str, *, steps_max: int = STEPS_MAX) -> Told:
    """Raises Blocked. Cost: one judging of what each entry touches, and of all where the day has changed."""
    came: dict[str, int | None] = {}
    gone: dict[str, Doc] = {}
    last: dict[str, Doc] = {}
    since = 0
    for place, step in enumerate(_steps(reading, programme, day, steps_max)):
        since = since or step.index + 1
        now = {row["id"]: row for row in rows_of(step.case, step.hits)}
        for name in now.keys() - last.keys():
            came[name] = step.index if place else None
            gone.pop(name, None)
        for name in last.keys() - now.keys():
            gone[name] = last[name] | {"status": "resolved", "resolved": _entry(step)}
        last = now
    return Told(since, came, sorted(gone.values(), key=lambda row: (row["resolved"]["index"], row["id"])))


def _entry(step: Step) -> Doc:
    return {"event": step.case.event_id(step.index), "index": step.index}


def _steps(reading: Reading, programme: str, day: str, steps_max: int) -> Iterator[Step]:
    dossier: Dossier | None = None
    hits: Hits = {}
    then = ""
    for index in _last(reading, programme, steps_max):
        at = reading.at(index + 1)
        touched = None
        if dossier is None:
            dossier = read_dossier(at, programme)
        else:
            dossier, growth = grow(dossier, at)
            touched = None if growth.anew else growth.touched
        today = min(day, dossier.local_day(at.entry(index).recorded_at))
        case = Case(dossier, at, today)
        hits = judge(case) if touched is None or today != then else judge_again(case, hits, touched)
        then = today
        yield Step(index, case, hits)


def _last(reading: Reading, programme: str, steps_max: int) -> list[int]:
    query = (
        "SELECT leaf_index FROM concerns WHERE programme=? AND leaf_index<? AND leaf_index>="
        "(SELECT adopted_to FROM programmes WHERE id=?) ORDER BY leaf_index DESC LIMIT ?"
    )
    rows = reading.rows(query, [programme, reading.position, programme, steps_max])
    return [row[0] for row in reversed(rows)]
