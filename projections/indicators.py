"""Indicators: base, targets then and now, actuals, dynamics as printed and as computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ledger.doubt import Name
from ledger.ids import LeafIndex
from ledger.periods import PeriodKey, counted, flow_year, last_of, stock_year
from ledger.timeline import Answer
from projections.cells import Cell, read_below, read_cells
from projections.doubtful import Doubtful, read_doubtful, worst_of
from projections.reaching import Verdict, is_reached, is_surely_whole, number, plain
from projections.reading import Reading
from projections.state import nest, nest_paths

__all__ = ["by_code", "number", "plain", "read_indicators"]

Row = dict[str, Any]
State = dict[str, Any]
Cells = dict[str, Cell]
Words = Mapping[str, Name]  # of the cells in doubt on the day, also of those that are gone by it

FAMILIES = ("/indicators", "/actuals", "/reports")


def _cells(reading: Reading, programme: str, day: str, families: Sequence[str]) -> Iterator[Cell]:
    for family in families:
        yield from read_cells(reading, programme, day, family)


def read_indicators(
    reading: Reading, programme: str, as_of: str, *, only: Sequence[str] | None = None
) -> list[Row]:
    """One row per indicator and year of its targets or actuals. only: these indicators, else all.

    target_then: in force on the year's last day (or on as_of, if that is earlier);
    target_now: in force on as_of. Values stay as printed; "removed" says so.
    reached: the actual against target_now, where the year is surely whole; else undetermined.
    reported: the cell, event and entry of the latest report, and what it says of being invented.
    doubtful: the columns that rest on a statement in doubt, each with its word; doubt: the worst.
    """
    own = [f"{family}/{one}" for family in FAMILIES[:2] for one in only] if only is not None else FAMILIES[:2]
    cells = {cell.path: cell for cell in _cells(reading, programme, as_of, [*own, FAMILIES[2]])}
    state = nest(cells.values())
    goals = [path for path in own if path.startswith(FAMILIES[0])]
    then = _States(reading, programme, as_of, cells, goals)
    doubtful = read_doubtful(reading, programme)
    words = doubtful.words(as_of, cells.values())
    shown = nest_paths([*cells, *words])
    rows = []
    for indicator in sorted(shown.get("indicators", {}), key=by_code):
        if only is not None and indicator not in only:  # a word of doubt may be about any
            continue
        years: list[str | None] = [*_years(shown, indicator)]
        for year in years or [None]:
            row = _row(reading, programme, cells, state, then, indicator, year)
            doubts = _doubts(cells, then, row, words, doubtful) if doubtful else {}
            rows.append({**row, "doubt": worst_of(doubts.values()), "doubtful": doubts})
    return rows


def _years(shown: State, indicator: str) -> list[str]:
    actuals = shown.get("actuals", {}).get(indicator, {})
    targets = shown["indicators"][indicator].get("targets", {})
    return sorted({*targets, *(period[:4] for period in actuals)})


def by_code(code: str) -> list[tuple[int, str]]:
    """1.1.2 before 1.1.10."""
    return [(int(part), "") if part.isdigit() else (10**9, part) for part in code.split(".")]


class _States:
    """The states on the year ends that lie before as_of, each read once."""

    def __init__(
        self, reading: Reading, programme: str, as_of: str, cells: Cells, paths: Sequence[str]
    ) -> None:
        self._reading, self._programme, self._as_of, self._paths = reading, programme, as_of, paths
        self._known: dict[str, Cells] = {as_of: cells}

    @property
    def as_of(self) -> str:
        return self._as_of

    def day(self, year: str) -> str:
        """The year's last day, or the day that is asked about."""
        return min(self._as_of, f"{year}-12-31")

    def target(self, indicator: str, year: str) -> Answer | None:
        """The target that was in force on its year's last day."""
        day = self.day(year)
        if day not in self._known:
            read = _cells(self._reading, self._programme, day, self._paths)
            self._known[day] = {cell.path: cell for cell in read}
        return _answer(self._known[day], f"/indicators/{indicator}/targets/{year}")


def _answer(cells: Cells, path: str) -> Answer | None:
    return cells[path].answer if path in cells else None


def _row(
    reading: Reading,
    programme: str,
    cells: Cells,
    state: State,
    then: _States,
    indicator: str,
    year: str | None,
) -> Row:
    facts = state.get("indicators", {}).get(indicator, {})
    kind = _kind(reading, cells, programme, indicator)
    reports = _reports(cells, indicator, year) if year else {}
    latest = last_of(reports)
    actual = _actual(kind, reports, latest)
    target = facts.get("targets", {}).get(year) if year else None
    was = then.target(indicator, year) if year else None
    shown = cells.get(f"/indicators/{indicator}/targets/{year}") or cells.get(f"/indicators/{indicator}/name")
    return {
        "indicator": indicator,
        "name": facts.get("name"),
        "measure": facts.get("measure"),
        "kind": kind,
        "unit": facts.get("unit"),
        "year": int(year) if year else None,
        "base": facts.get("base"),
        "base_date": facts.get("base_date"),
        "target_then": _target(was),
        "target_now": _target(_answer(cells, f"/indicators/{indicator}/targets/{year}")),
        "actual": actual,
        "latest": {"period": latest[0], "value": reports[latest].answer.value} if latest else None,
        **_standing(reading, cells, reports[latest] if latest else None),
        "achievement": _achievement(kind, actual, target),
        "reached": _reached(then.as_of, kind, facts, reports, (actual, target, year)),
        "dynamics": _dynamics(facts),
        "cell": f"/indicators/{indicator}/targets/{year}" if year else f"/indicators/{indicator}/name",
        "event": shown.answer.last.event if shown is not None else None,
        "index": shown.answer.last.entry if shown is not None else None,
    }


def _target(answer: Answer | None) -> str | None:
    """None if there never was one; "removed" if there was."""
    if answer is None:
        return None
    return "removed" if answer.removed else str(answer.value)


def _doubts(cells: Cells, then: _States, row: Row, words: Words, doubtful: Doubtful) -> dict[str, Name]:
    """The columns of a row that rest on what is in doubt."""
    indicator, year = row["indicator"], str(row["year"] or "")
    own = f"/indicators/{indicator}/"
    now = words.get(f"{own}targets/{year}")
    actual, latest = _of_actuals(cells, row, words) if year else (None, None)
    found = {
        **{name: words.get(own + name) for name in ("name", "measure", "kind", "unit", "base", "base_date")},
        "target_then": _of_target_then(then, indicator, year, doubtful) if year else None,
        "target_now": now,
        "actual": actual,
        "latest": latest,
        "status": worst_of([latest, words.get(f"/reports/{row['report']}")]),
        "evidence": latest,
        "achievement": worst_of([actual, now]),
        "reached": worst_of([actual, now, words.get(own + "base"), words.get(own + "kind")]),
        "dynamics": worst_of(
            word
            for path, word in words.items()
            if path in (own + "base", own + "kind", own + "printed/dynamics")
            or path.startswith(own + "targets/")
        ),
    }
    return {column: word for column, word in found.items() if word is not None}


def _of_target_then(then: _States, indicator: str, year: str, doubtful: Doubtful) -> Name | None:
    path = f"/indicators/{indicator}/targets/{year}"
    return doubtful.of(path, then.day(year), then.target(indicator, year))


def _of_actuals(cells: Cells, row: Row, words: Words) -> tuple[Name | None, Name | None]:
    """The words for the year's actual and for its latest report: a report that is gone might be either."""
    reports = _reports(cells, row["indicator"], str(row["year"]))
    last = last_of(reports)
    made = _made_of(row["kind"], reports, last) if last is not None else []
    year = f"/actuals/{row['indicator']}/{row['year']}"
    gone = worst_of(word for path, word in words.items() if path.startswith(year) and path not in cells)
    latest = words.get(reports[last].path) if last is not None else None
    return worst_of([gone, *(words.get(reports[key].path) for key in made)]), worst_of([gone, latest])


def _reports(cells: dict[str, Cell], indicator: str, year: str) -> dict[PeriodKey, Cell]:
    found = {}
    for path, cell in cells.items():
        if path.startswith(f"/actuals/{indicator}/{year}") and not cell.answer.removed:
            _, _, _, period, mode = path.split("/")
            found[(period, mode)] = cell
    return dict(sorted(found.items(), key=lambda item: item[1].answer.last.rank[3]))


def _kind(reading: Reading, cells: dict[str, Cell], programme: str, indicator: str) -> str | None:
    """How the years add up; a removed indicator still adds up as it did."""
    path = f"/indicators/{indicator}/kind"
    cell = cells.get(path)
    answer = cell.answer if cell is not None else None
    while answer is not None and answer.removed:
        answer = read_below(reading, programme, path, answer.last.rank)
    return answer.value if answer is not None else None


def _actual(kind: str | None, reports: dict[PeriodKey, Cell], latest: PeriodKey | None) -> str | None:
    """A flow adds up, a stock stands as last reported; so do a yes and a no, verbatim."""
    if latest is None:
        return None
    said = {key: number(cell.answer.value) for key, cell in reports.items()}
    values = {key: value for key, value in said.items() if value is not None}
    if kind not in ("flow", "stock") or len(values) < len(reports):
        return str(reports[latest].answer.value)
    total = flow_year(values) if kind == "flow" else stock_year(values)
    return plain(total) if total is not None else None


def _made_of(kind: str | None, reports: dict[PeriodKey, Cell], latest: PeriodKey) -> list[PeriodKey]:
    """The reports that an actual is made of."""
    numbers = all(number(cell.answer.value) is not None for cell in reports.values())
    return counted(reports) if kind == "flow" and numbers else [latest]


def _standing(reading: Reading, cells: dict[str, Cell], cell: Cell | None) -> Row:
    """What became of the latest report, and how many documents stand beside it.

    What was accepted or returned is a statement: one that was corrected since is submitted
    again, and nobody has accepted it yet.
    """
    if cell is None:
        return {"status": None, "evidence": None, "report": None, "reported": None}
    stated = cell.answer.last
    slot = reading.entry(LeafIndex(stated.rank[3])).event_id()
    event = reading.entry(LeafIndex(stated.entry)).stated().event
    reported = {"cell": cell.path, "event": stated.event, "index": stated.entry, "example": event.example}
    judged = cells.get(f"/reports/{slot}")
    holds = judged is not None and not judged.answer.removed and judged.answer.last.entry > stated.entry
    status = judged.answer.value if judged is not None and holds else "submitted"
    return {"status": status, "evidence": len(event.files), "report": slot, "reported": reported}


def _achievement(kind: str | None, actual: str | None, target: str | None) -> str | None:
    """actual / target to four decimals; a yes or no is met or not; None where it is no ratio."""
    if actual is None or target is None:
        return None
    if kind == "boolean":
        wanted = target.strip().casefold()
        return None if wanted not in ("так", "ні") else f"{actual.casefold() == wanted:.4f}"
    value, goal = number(actual), number(target)
    if value is None or goal is None or goal == 0:
        return None
    return f"{value / goal:.4f}"


def _reached(
    day: str,
    kind: str | None,
    facts: State,
    reports: Mapping[PeriodKey, Cell],
    found: tuple[str | None, str | None, str | None],
) -> Verdict:
    """Against the target now. Where a base was taken away, nothing says which way is up. found: see _row."""
    actual, target, year = found
    base_gone = "base" in facts and facts["base"] is None
    if year is None or base_gone or not is_surely_whole(kind, int(year), day, reports):
        return "undetermined"
    return is_reached(actual, target, facts.get("base"))


def _dynamics(facts: State) -> Row:
    """Printed beside computed: Σ of targets for a flow, last target − base for a stock."""
    printed = facts.get("printed", {}).get("dynamics")
    targets = [number(text) for _, text in sorted(facts.get("targets", {}).items()) if text is not None]
    numbers = [value for value in targets if value is not None]
    if facts.get("kind") == "flow" and numbers and len(numbers) == len(targets):
        return {"printed": printed, "computed": plain(sum(numbers, Decimal(0))), "rule": "sum"}
    base = number(facts.get("base"))
    if facts.get("kind") == "stock" and base is not None and targets and targets[-1] is not None:
        return {"printed": printed, "computed": plain(targets[-1] - base), "rule": "end-minus-base"}
    return {"printed": printed, "computed": None, "rule": None}
