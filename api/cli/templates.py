"""template: an empty or filled workbook of a programme, and the tables that other imports take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import options
from api.cli.screen import say
from api.cli.usage import Misused

PROGRAMME = "programme"


def template(
    shape: Annotated[
        str, typer.Argument(metavar="WHAT", help="programme, comparison, actuals, spending, schedule, …")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="The workbook to write.")],
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help="Fill it with this programme's state.")
    ] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    server: options.Server = options.DEFAULT_SERVER,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Write a workbook to fill in; with --programme it holds what is on the record.

    A workbook that was filled from the record goes back as a new edition: `pledger import-edition`.
    """
    made = _programme(server, programme, as_of, known) if shape == PROGRAMME else _table(shape)
    if out.exists():
        raise Misused((f"файл {out} уже є", f"{out} is there already"), "--out")
    out.write_bytes(made)
    say(f"→ {out}")


def _programme(server: str, programme: str | None, as_of: str | None, known: str | None) -> bytes:
    from api.cli.import_previews import state_at
    from api.importers.state_file import raw_of
    from api.importers.template import to_workbook

    if programme is None:
        return to_workbook({"currency": "UAH", "amounts_in": "uah"})
    return to_workbook(raw_of(programme, state_at(server, programme, as_of, known)["state"]))


def _table(shape: str) -> bytes:
    from api.importers.shapes import TEMPLATES
    from api.importers.template import to_table

    if shape not in TEMPLATES:
        names = ", ".join((PROGRAMME, *TEMPLATES))
        raise Misused((f"одне з: {names}", f"one of: {names}"), "WHAT")
    return to_table(TEMPLATES[shape])


def register(app: typer.Typer) -> None:
    app.command("template", epilog="Пише книгу XLSX для заповнення: порожню або з чинним станом програми.")(
        template
    )
