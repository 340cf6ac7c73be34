"""When findings came and went: the programme judged again after each of its last entries, as on its day.

Source: docs/findings.md, Life.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from projections.findings.case import Case
from projections.findings.dossier import Dossier, grow, read_dossier
from projections.findings.engine import Hits, Place, judge, judge_again
from projections.findings.findings import rows_of
from projections.findings.life import finding_id
from projections.findings.rules import RULES
from projections.reading import Reading
from projections.recording import Doc

STEPS_MAX = 400  # entries of the programme that are looked at, the newest ones


@dataclass(frozen=True, slots=True)
class Step:
    """After an entry, on the local day of its recording (or D, if that is earlier). index: None for (D, K)
    itself, which is looked at last: what only a day has ended is gone by then."""

    index: int | None
    case: Case
    hits: Hits


@dataclass(frozen=True, slots=True)
class Told:
    """resolved: those that are gone, each as it was last found, with the entry that ended it.

    since: position from which on it was looked.
    """

    since: int
    resolved: list[Doc]


def read_told(reading: Reading, programme: str, day: str, *, steps_max: int = STEPS_MAX) -> Told:
    """Raises Blocked. Cost: one judging of what each entry touches, and of all where the day has changed."""
    gone: dict[str, Doc] = {}
    last: dict[str, Doc] = {}
    places: dict[str, Place] = {}
    steps: list[Step] = []
    for step in _steps(reading, programme, day, steps_max):
        steps.append(step)
        now = {row["id"]: row for row in rows_of(step.case, step.hits)}
        for name in now:
            gone.pop(name, None)
        for name in last.keys() - now.keys():
            ended = _ended(steps, places[name], name)
            gone[name] = last[name] | {"status": "resolved", "resolved": ended}
        places |= _places(step.hits)
        last = now
    since = steps[0].case.position if steps else reading.position
    return Told(since, sorted(gone.values(), key=_order))


def _order(row: Doc) -> tuple[int, str]:
    index = row["resolved"]["index"]
    return (index if index is not None else -1, row["id"])


def _places(hits: Hits) -> dict[str, Place]:
    return {finding_id(place[0], hit): place for place, some in hits.items() for hit in some}


def _ended(steps: list[Step], place: Place, name: str) -> Doc:
    """The entry after which it was found no more on the day on which that was noticed.

    It may have been recorded long before its day came. None where no entry did it, but the day alone.
    """
    day = steps[-1].case.day
    for before, after in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        if _is_found(before.case, place, name, day):
            event = after.case.event_id(after.index) if after.index is not None else None
            return {"event": event, "index": after.index, "day": day}
    return {"event": None, "index": None, "day": day}


def _is_found(then: Case, place: Place, name: str, day: str) -> bool:
    """Is a finding there on another day, by what was known then?"""
    code, topic, key = place
    case = Case(then.dossier, then.reading, day)
    rules = (rule for rule in RULES if (rule.code, rule.topic) == (code, topic))
    hits = (hit for rule in rules for hit in rule.check(case, key) if hit.day <= day)
    return any(finding_id(code, hit) == name for hit in hits)


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
    if dossier is not None:
        case = Case(grow(dossier, reading)[0], reading, day)
        yield Step(None, case, judge(case))


def _last(reading: Reading, programme: str, steps_max: int) -> list[int]:
    query = (
        "SELECT leaf_index FROM concerns WHERE programme=? AND leaf_index<? AND leaf_index>="
        "(SELECT adopted_to FROM programmes WHERE id=?) ORDER BY leaf_index DESC LIMIT ?"
    )
    rows = reading.rows(query, [programme, reading.position, programme, steps_max])
    return [row[0] for row in reversed(rows)]
