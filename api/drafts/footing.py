"""What cells stand on: rows of the tree, indicators, sources and years, and since when those are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.drafts.days import Days, counting, differing, union
from ledger.timeline import Stretch, Timeline
from ledger.values import FOREVER

# The member of a row that puts it on the record. Source: ledger/programme.py.
_MEMBER = {"tree": "title", "indicators": "name", "sources": "name"}
_TERM = ("/term/from", "/term/to")
Reference = tuple[str, str]  # collection and id; ("years", "2025") for a year


def references(path: str) -> Iterator[Reference]:
    """What a cell speaks of: `/financing/3.3.2/2025/local` of a measure, a year and a source."""
    family, *rest = path.split("/")[1:]
    if family in _MEMBER:
        yield family, rest[0]
    elif family == "actuals":
        yield "indicators", rest[0]
        yield "years", rest[1][:4]
    elif family == "progress":
        yield "tree", rest[0]
        yield "years", rest[1][:4]
    elif len(rest) >= 3 and len(rest[1]) == 4 and rest[1].isdigit():  # money of every phase
        yield "tree", rest[0]
        yield "years", rest[1]
        yield "sources", rest[2].partition(".")[0]


def footing(before: Timeline, after: Timeline, paths: Iterable[str]) -> dict[Reference, Days]:
    """The rows and years that some of these cells put on the record, where they are there on other days.

    Each with the days of the difference.
    """
    found: dict[Reference, Days] = {}
    for path in paths:
        family, _, rest = path[1:].partition("/")
        row, _, member = rest.rpartition("/")
        if _MEMBER.get(family) == member and row:
            found[family, row] = differing(_row_days(before, path), _row_days(after, path))
        elif path in _TERM:
            found |= _years(before, after)
    return {reference: days for reference, days in found.items() if days}


def _row_days(timeline: Timeline, path: str) -> Days:
    """The days on which some write puts the row on the record; a row that was removed had its years."""
    row = timeline.cells.get(path, ())
    return union(*(counting(timeline, placed.act, placed.rank[0]) for placed in row if placed.op == "set"))


def _years(before: Timeline, after: Timeline) -> dict[Reference, Days]:
    """Every year of some term → the days on which just one of the timelines has it."""
    terms = [_terms(timeline) for timeline in (before, after)]
    years = {str(year) for term in terms for _, span in term for year in span}
    old, new = ({year: _days_with(term, year) for year in years} for term in terms)
    return {("years", year): differing(old[year], new[year]) for year in years}


def _terms(timeline: Timeline) -> list[tuple[Stretch, range]]:
    """Stretches of days, each with the years of the term as it then stands."""
    placed = [placed for path in _TERM for placed in timeline.cells.get(path, ())]
    edges = {edge for one in placed for days in counting(timeline, one.act, one.rank[0]) for edge in days}
    starts = sorted(edges - {FOREVER})
    found = []
    for start, end in zip(starts, [*starts[1:], FOREVER], strict=True):
        first, last = (timeline.answer(path, start) for path in _TERM)
        if first is not None and last is not None:
            found.append((Stretch(start, end), range(int(first.value), int(last.value) + 1)))
    return found


def _days_with(terms: Iterable[tuple[Stretch, range]], year: str) -> Days:
    return union(stretch for stretch, span in terms if int(year) in span)
