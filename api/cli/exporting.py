"""export: a whole table of one day and position, as JSON Lines, CSV or Parquet, into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli import options
from api.cli.usage import Misused

TableName = Annotated[
    Literal["events", "cells", "budget", "indicators", "acts"], typer.Argument(metavar="TABLE")
]
Form = Annotated[
    Literal["jsonl", "csv", "parquet"], typer.Option("--format", help="JSON Lines, CSV or Parquet.")
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE|DIR|-",
        help="Where to put it: in a directory, or without this, under its own name; - is stdout.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="LEDGER",
        help="Make it here, without a server, from a ledger's directory or a copy of its ledger.db.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print file, rows, bytes, SHA-256, day and position as JSON.")
]
Text = str | None


def _only(option: str, of: str) -> object:
    return typer.Option(option, metavar="X", help=f"Only {of}.")


def export(
    table: TableName,
    form: Form = "jsonl",
    out: Out = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    programme: Annotated[Text, _only("--programme", "of this programme")] = None,
    body: Annotated[Text, _only("--body", "of this body, by its id or code")] = None,
    year: Annotated[int | None, _only("--year", "this year")] = None,
    source: Annotated[Text, _only("--source", "this source")] = None,
    measure: Annotated[Text, _only("--measure", "this measure")] = None,
    indicator: Annotated[Text, _only("--indicator", "this indicator")] = None,
    path: options.CellPath = None,
    kind: Annotated[Text, _only("--kind", "events of this kind")] = None,
    subject: Annotated[Text, _only("--subject", "this stream")] = None,
    office: Annotated[Text, _only("--office", "what this office signed")] = None,
    act: Annotated[Text, _only("--act", "what is about this act")] = None,
    only: Annotated[Text, _only("--only", "money, or corrections")] = None,
    late: Annotated[int | None, _only("--late", "what was recorded so many days late")] = None,
    q: Annotated[Text, _only("--q", "acts with these words")] = None,
    ids: Annotated[Text, _only("--ids", "these acts")] = None,
    no_entries: Annotated[bool, typer.Option("--no-entries", help="Events without signed bytes.")] = False,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Export a whole table: events, cells, budget, indicators or acts; of all programmes, or a selection.

    The file is put in its place when it is whole; what breaks off leaves nothing behind.
    """
    from api.cli.exporting_file import Exporting

    asked = {
        "as_of": as_of, "known": known, "programme": programme, "body": body, "year": year, "source": source,
        "measure": measure, "indicator": indicator, "path": path, "kind": kind, "subject": subject,
        "office": office, "act": act, "only": only, "late": late, "q": q, "ids": ids,
    }  # fmt: skip
    given = {name: value for name, value in asked.items() if value is not None}
    if no_entries and (table, form) != ("events", "jsonl"):
        raise Misused(("--no-entries лише для events у jsonl", "--no-entries is of events as jsonl only"))
    if as_json and out == "-":
        raise Misused(("--json і --out - обидва пишуть у stdout", "--json and --out - both write to stdout"))
    if no_entries:
        given["full"] = "no"
    Exporting(table, form, given, server, data, lang).export(out, as_json=as_json)


def register(app: typer.Typer) -> None:
    app.command(epilog="Таблиця цілком: події, показники, бюджет, індикатори або акти, на дату й позицію.")(
        export
    )
