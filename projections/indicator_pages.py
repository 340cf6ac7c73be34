"""A programme's indicators, some at a time: by their codes, of hundreds only those that are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from projections.doubtful import worst_of
from projections.indicators import Row, by_code, read_indicators
from projections.reading import Reading


def read_indicator_page(
    reading: Reading, programme: str, as_of: str, *, after: str = "", limit: int
) -> tuple[list[Row], bool]:
    """The rows of at most `limit` indicators after one, and whether more follow. Order: by code."""
    ids = [one for one in _ids(reading, programme) if not after or by_code(one) > by_code(after)]
    rows: list[Row] = []
    shown: set[str] = set()
    while ids and len(shown) <= limit:
        some, ids = ids[: limit + 1 - len(shown)], ids[limit + 1 - len(shown) :]
        rows += read_indicators(reading, programme, as_of, only=some)
        shown = {row["indicator"] for row in rows}
    kept = sorted(shown, key=by_code)[:limit]
    return [row for row in rows if row["indicator"] in kept], len(shown) > limit


def sum_indicators(rows: Sequence[Row]) -> list[Row]:
    """How the rows stand, by year: how many there are, were reported, returned, and reached their target."""
    years = sorted({row["year"] for row in rows if row["year"] is not None})
    return [_year(year, [row for row in rows if row["year"] == year]) for year in years]


def _year(year: int, rows: Sequence[Row]) -> Row:
    verdicts = Counter(row["reached"] for row in rows)
    return {
        "year": year,
        "indicators": len(rows),
        "reported": sum(row["actual"] is not None for row in rows),
        "missing": sum(row["actual"] is None for row in rows),
        "returned": sum(row["status"] == "returned" for row in rows),
        "reached": {name: verdicts[name] for name in ("yes", "no", "undetermined")},
        "doubt": worst_of(row["doubt"] for row in rows),
    }


def _ids(reading: Reading, programme: str) -> list[str]:
    """Of all indicators that the generation has ever seen, by code; some may be unknown at the position."""
    reading.check(programme)
    query = "SELECT path FROM cells WHERE programme=? AND path>'/indicators/' AND path<'/indicators0'"
    return sorted({path.split("/")[2] for (path,) in reading.rows(query, [programme])}, key=by_code)
