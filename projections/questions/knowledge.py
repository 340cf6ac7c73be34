"""What was known then, and what is known now, as two states and what differs."""

from __future__ import annotations

from datetime import date
from typing import Any

from ledger.ids import LeafIndex
from projections.cells import read_cells
from projections.diff import Point, read_diff
from projections.findings.case import Case
from projections.questions.question import Answer, Asked, Item, Pair, Question
from projections.state import is_known

CHANGES_MAX = 500
_WHY: dict[str, Pair] = {
    "took_effect": ("настав день", "the day came"),
    "decided": ("вирішено", "decided"),
    "corrected": ("виправлено", "corrected"),
    "status": ("змінився статус акта", "the act's status changed"),
}


def first_of_february(case: Case) -> str:
    """The newest one that is not after D; before the first of all the first day that there is."""
    year = int(case.day[:4])
    day = date(year, 2, 1).isoformat()
    if day <= case.day:
        return day
    return date(year - 1, 2, 1).isoformat() if year > date.min.year else date.min.isoformat()


def known_then(asked: Asked) -> Answer:
    """The state on the first of February as known that evening, beside the state at (D, K)."""
    case = asked.case
    start = asked.start or default_start(case)
    end = Point(case.day, case.position)
    changes = read_diff(case.reading, case.programme, start, end, limit=CHANGES_MAX + 1)
    more = len(changes) > CHANGES_MAX
    del changes[CHANGES_MAX:]
    by_why: dict[str, int] = {}
    for change in changes:
        by_why[change["why"]] = by_why.get(change["why"], 0) + 1
    figures = {
        "from": {"as_of": start.as_of, "known": start.position, "cells": _cells(case, start)},
        "to": {"as_of": end.as_of, "known": end.position, "cells": _cells(case, end)},
        "changes": len(changes),
        "more": more,
        "by_why": dict(sorted(by_why.items())),
    }
    how = [f"{_WHY[why][0]}: {count}" for why, count in sorted(by_why.items())]
    how_en = [f"{_WHY[why][1]}: {count}" for why, count in sorted(by_why.items())]
    least = ("щонайменше ", "at least ") if more else ("", "")
    then = _then(case, start)
    sentence = (
        (
            f"{then[0]}; станом на {end.as_of} за даними до № {end.position}: відмінностей "
            f"{least[0]}{len(changes)}{_of(how)}"
        ),
        (
            f"{then[1]}; as of {end.as_of} up to № {end.position}: {least[1]}{len(changes)} cells "
            f"differ{_of(how_en)}"
        ),
    )
    return Answer("shown", sentence, tuple(map(_item, changes)), figures=figures)


def _then(case: Case, start: Point) -> Pair:
    """What there was to know. Before the first entry there was no ledger, and that is no empty state."""
    day = start.as_of
    if not start.position:
        return f"На {day} реєстру ще не було", f"On {day} there was no ledger yet"
    if not is_known(case.reading.at(start.position), case.programme):
        return f"На {day} програми в реєстрі ще не було", f"On {day} the programme was not on the record yet"
    return (
        f"Станом на {day} за даними до № {start.position}",
        f"As of {day} by what was recorded up to № {start.position}",
    )


def _of(how: list[str]) -> str:
    return f" ({'; '.join(how)})" if how else ""


def default_start(case: Case) -> Point:
    """The newest first of February, as it was known when that day ended."""
    return point_on(case, first_of_february(case))


def point_on(case: Case, day: str) -> Point:
    """A day, as it was known when it ended: after the last entry of the whole log until then."""
    low, high = 0, case.position
    while low < high:
        middle = (low + high) // 2
        if case.dossier.local_day(case.reading.entry(LeafIndex(middle)).recorded_at) <= day:
            low = middle + 1
        else:
            high = middle
    return Point(day, low)


def _cells(case: Case, point: Point) -> int:
    """How many cells hold something; nothing did before the first entry."""
    if not point.position:
        return 0
    return sum(1 for _ in read_cells(case.reading.at(point.position), case.programme, point.as_of))


def _item(change: dict[str, Any]) -> Item:
    cause = change["causes"][0] if change["causes"] else None
    old, new = _side(change["old"]), _side(change["new"])
    why = _WHY[change["why"]]
    values = {
        "old": change["old"],
        "new": change["new"],
        "unit": change["unit"],
        "delta": change["delta"],
        "why": change["why"],
    }
    return Item(
        (
            f"{change['path']}: {old[0]} → {new[0]} ({why[0]})",
            f"{change['path']}: {old[1]} → {new[1]} ({why[1]})",
        ),
        (change["path"],),
        (cause["index"],) if cause is not None else (),
        (cause["act"] or {}).get("id") if cause is not None else None,
        values=values,
    )


def _side(side: dict[str, Any] | None) -> Pair:
    if side is None:
        return ("не встановлено", "not set")
    if side["removed"]:
        return ("вилучено", "removed")
    text = str(side["value"])
    return (text, text) if text else ("порожньо", "blank")


QUESTIONS = (
    Question(
        2,
        "Що знали 1 лютого, а що знаємо тепер?",
        "What was known on 1 February, and what is known now?",
        (),
        known_then,
    ),
)
