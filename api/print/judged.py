"""The parts of a yearly report that others compute: the evaluation of the year, and what needs attention.

Both are computed from the record alone, without source texts that may lie beside a server: else the same
question would give other bytes on another machine. The page of findings may name more.
"""

from __future__ import annotations

from typing import Any

from api.print.blocks import Block, Column, Figure, Row, Table, heading, numbers, text
from api.print.paper import Paper
from api.print.wording import amounts_in
from api.texts.evaluation import summaries
from projections.evaluation.conclusion import read_evaluation
from projections.findings.findings import read_findings

QUOTES_MAX = 4  # of one finding; the page of findings has all
DIRECTIONS = ("projects", "money", "results", "indicators")
Doc = dict[str, Any]


def evaluation(paper: Paper, year: int) -> list[Block]:
    """The four directions: what is computed now beside what was concluded, and who rated it how."""
    words = paper.words
    found = read_evaluation(paper.case(), year)
    said, now = found["conclusion"], summaries(found["sections"])
    title = words("evaluation", year=year)
    columns = [
        Column("direction", words("direction"), 2),
        Column("computed", words("computed"), 5),
        Column("concluded", words("concluded"), 5),
        Column("entry", words("entry"), 0.8),
    ]
    table = Table("evaluation", title, columns)
    entries = [said["index"]] if said is not None else []
    for name in DIRECTIONS:
        concluded = _concluded(paper, said, said["sections"][name] if said is not None else None)
        computed = Figure(amounts_in(now[name][words.language]))
        label = Figure(words(f"direction-{name}"), value=name)
        event = said["event"] if said is not None else None
        table.rows.append(Row([label, computed, concluded, numbers(entries)], "line", None, event))
    return [heading(title), text(_rating(paper, said)), table.to_json()]


def _concluded(paper: Paper, said: Doc | None, given: str | None) -> Figure:
    if said is None or given is None:
        return Figure(paper.words("none"), "none")
    return Figure(paper.words.plain(given), "text", given, (), (said["index"],), said["doubt"])


def _rating(paper: Paper, said: Doc | None) -> str:
    """Whose word the rating is, and whether the figures that it names are those of then and of now."""
    words = paper.words
    if said is None:
        return words("not-concluded")
    signed = "; ".join(f"{one['person']} ({one['office']})" for one in said["signers"])
    rating = words("rating", rating=words(f"rating-{said['rating']}"), signed=signed)
    bound = words("bound" if said["bound"] else "not-bound")
    changed = said["changed_total"]
    since = words("changed-unknown") if changed is None else words("changed-since", count=changed)
    return " ".join((rating, words.plain(said["conclusion"]), bound, since))


def attention(paper: Paper) -> list[Block]:
    """What needs attention on the day, the most serious first; with its place and what became of it."""
    words, view = paper.words, paper.view
    columns = [
        Column("code", words("code"), 1.7),
        Column("severity", words("severity"), 1.1),
        Column("sentence", words("what"), 5.2),
        Column("quotes", words("quotes"), 4),
        Column("status", words("state-of-finding"), 1.2),
        Column("entry", words("entry"), 1.2),
    ]
    table = Table("attention", words("attention"), columns)
    for row in read_findings(paper.memory, view.reading, paper.programme, view.as_of):
        table.rows.append(_finding(paper, row))
    return [heading(words("attention")), text(words("attention-note"), "note"), table.to_json()]


def _finding(paper: Paper, row: Doc) -> Row:
    words = paper.words
    entries = tuple(sorted({one["index"] for one in row["events"]}))
    paths = tuple(one["path"] for one in row["cells"])
    quotes = "; ".join(f"«{one['text']}» ({one['at']})" for one in row["quotes"][:QUOTES_MAX])
    left = len(row["quotes"]) - QUOTES_MAX
    more = " " + words("more-quotes", count=left) if left > 0 else ""
    said = amounts_in(row["sentence"][words.language])
    cells = [
        Figure(row["code"], value=row["id"]),
        Figure(words(f"severity-{row['severity']}"), value=row["severity"]),
        Figure(said, "text", row["id"], paths, entries, row["doubt"]),
        Figure(quotes + more),
        Figure(words(f"finding-{row['status']}"), value=row["status"]),
        numbers(entries),
    ]
    return Row(
        cells, "line", paths[0] if paths else None, row["events"][0]["event"] if row["events"] else None
    )
