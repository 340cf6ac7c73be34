"""draft: what would happen to an event, before anybody signs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import options
from api.cli.screen import OK, REFUSED, print_raw, say


def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="A payload, as far as it is known.")],
    server: options.Server = options.DEFAULT_SERVER,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the completed payload, to be signed.")
    ] = None,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", metavar="CODE", help="Acknowledge a discrepancy; may be repeated."),
    ] = None,
    full: options.Full = False,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show what an event would say and change, and all that the ledger notices about it.

    Exit 0 if it would be recorded, 1 if it would be refused or needs acknowledgement.
    """
    from api.cli.files import pretty, read_members, write_text
    from api.cli.previews import read_preview, show_preview
    from api.cli.watching import watched
    from api.client import Client

    payload = read_members(file)
    if acknowledge:
        payload["acknowledges"] = list(dict.fromkeys([*payload.get("acknowledges", []), *acknowledge]))
    with Client(server) as client, watched(client):
        answer = client.draft(payload)
    preview = read_preview(payload, answer.members)
    if as_json:
        print_raw(answer.text)
    else:
        show_preview(preview, lang, full=full)
    if out is not None:
        write_text(out, pretty(preview.payload))
        say(f"→ {out}")
    raise typer.Exit(OK if preview.recordable else REFUSED)


def register(app: typer.Typer) -> None:
    app.command(epilog="Показує, що подія скаже і змінить, і всі розбіжності, до підписання.")(draft)
