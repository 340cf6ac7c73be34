"""Files that are compared with a programme's state, as readers of the family."""

from __future__ import annotations

from collections import Counter
from typing import Final

from api.importers import edition
from api.importers.comparison import Compared, Mismatch, read_comparison
from api.importers.edition import Edition, read_edition
from api.importers.errors import Problem as FileProblem
from api.importers.rows import Asked, Changes, Known, Made, Moved, Taken, Total

MISMATCH: Final = "old-mismatch"
_BLANK: Final = "____"


def take_comparison(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """Raises ImportFileError. known: the state of asked says more."""
    found = read_comparison(raw, asked, asked.state, asked.cites)
    taken = found.taken
    return Taken(
        taken.made,
        taken.rows,
        taken.skipped,
        taken.totals,
        asked.seen,
        Changes(*_counted(found), found.unchanged),
        Moved(found.more, found.less),
        tuple(_noticed(one) for one in found.mismatches),
    )


def _counted(found: Compared) -> tuple[int, int, int]:
    """Changed, added, removed: a line that states no old amount may fill a cell, a blank or a dash."""
    lines = [line for made in found.taken.made for line in made.event.data["lines"]]
    removed = sum(line["op"] == "unset" for line in lines)
    added = sum(line["op"] != "unset" and "stated_old" not in line for line in lines)
    return len(lines) - removed - added, added, removed


def _noticed(one: Mismatch) -> FileProblem:
    uk = f"у таблиці чинне {_said(one.stated, 'нічого')}, за записами {_said(one.in_force, 'нічого')}"
    en = f"the table says {_said(one.stated, 'nothing')}, the record {_said(one.in_force, 'nothing')}"
    return FileProblem(one.line, one.place, MISMATCH, uk, en)


def _said(value: str | None, nothing: str) -> str:
    return nothing if value is None else value or _BLANK


def take_edition(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """Raises ImportFileError. known: the state of asked says more."""
    wanted = edition.Asked(asked.programme, asked.annexes, asked.cites, asked.effective)
    found = read_edition(raw, wanted, asked.state)
    return Taken(
        tuple(Made(event, ()) for event in found.events),
        _rows(found),
        totals=tuple(Total(one.key, one.printed, one.computed or "0.00") for one in found.totals),
        seen=asked.seen,
        changes=_changes(found),
    )


def _rows(found: Edition) -> int:
    return sum(len(event.data.get(annex, ())) for event in found.events for annex in edition.ANNEXES)


def _changes(found: Edition) -> Changes:
    ops = Counter(one.op for one in found.changes)
    return Changes(ops["changed"], ops["added"], ops["removed"], found.equal)
