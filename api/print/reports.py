"""The reports of a year, statement by statement, those that do not count on the day among them."""

from __future__ import annotations

from typing import Any

from api.print.blocks import Block, Column, Figure, Row, Table, figure, heading, numbers
from api.print.paper import Paper
from api.print.wording import is_amount
from projections.evaluation.standing import Standings
from projections.reports import read_reports

ALL = 1 << 31  # reports
Line = dict[str, Any]


def reports(paper: Paper, year: int) -> list[Block]:
    words = paper.words
    title = words("reports", year=year)
    table = Table(
        "reports",
        title,
        [
            Column("period", words("period"), 1.5),
            Column("about", words("about"), 3.6),
            Column("reported", words("reported"), 2.6),
            Column("counted", words("counted"), 1.6),
            Column("status", words("status"), 1.5),
            Column("signed", words("signed"), 2.4),
            Column("entry", words("entry"), 0.8),
        ],
    )
    found = read_reports(paper.view.reading, paper.programme, paper.view.as_of, limit=ALL)
    of_year = [row for row in found if row["period"][:4] == str(year)]
    standings = Standings(paper.case())
    for row in sorted(of_year, key=lambda one: (one["period"], one["index"])):
        table.rows.append(_row(paper, row, _state(standings, row)))
    return [heading(title), table.to_json()]


def _state(standings: Standings, row: Line) -> str:
    """What became of a statement; of the one in force, whether the figures of the page rest on it."""
    if row["state"] in ("corrected", "voided"):
        return str(row["state"])
    return standings.of(row["report"]) or "voided"


def _row(paper: Paper, row: Line, state: str) -> Row:
    words, doubt = paper.words, row.get("review_doubt")
    how = {"ytd": words("ytd"), "period": words("per-period")}.get(row["accumulation"] or "", "")
    status = row["status"]
    remarks = f": {row['remarks']}" if row["remarks"] else ""
    cells = [
        Figure(f"{row['period']} ({how})" if how else row["period"], value=row["period"]),
        Figure(_about(paper, row)),
        _reported(paper, row),
        Figure(words(f"state-{state}"), value=state),
        Figure(words.maybe(f"status-{status}", status) + remarks, value=status, doubt=doubt),
        Figure("; ".join(f"{one['person']} ({one['office']})" for one in row["signers"])),
        numbers([row["index"]]),
    ]
    return Row(cells, "line", None, row["event"])


def _about(paper: Paper, row: Line) -> str:
    words = paper.words
    if row["indicator"] is not None:
        return f"{words('indicator')} {row['indicator']}"
    phase = words.maybe(f"phase-{row['phase']}", "") if row["phase"] else ""
    return ", ".join(part for part in (", ".join(row["measures"]), phase) if part)


def _reported(paper: Paper, row: Line) -> Figure:
    """What the statement says; of one that was corrected its cells are told no more, only its own value."""
    words, entries = paper.words, [row["index"]]
    if row["value"] is not None:
        return figure(words, row["value"], entries=entries)
    values = [one["value"] for one in row["cells"]]
    told = [
        figure(words, words.maybe(f"progress-{one}", str(one)), money=is_amount(one)).text for one in values
    ]
    more = ["…"] if row["cells_total"] > len(values) else []
    return Figure("; ".join([*told, *more]), value=values, entries=tuple(entries))
