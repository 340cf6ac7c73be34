"""openapi: the description of the HTTP API, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Where to put it; without this, it is printed."),
]


def openapi(out: Out = None) -> None:
    """Print the OpenAPI document of this version: the input of generators of clients."""
    import json

    from api.app import create_app
    from api.settings import Settings

    document = create_app(Settings(data=Path())).openapi()
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf8")


def register(app: typer.Typer) -> None:
    app.command(epilog="Опис HTTP API для генераторів клієнтів; сервер не потрібен.")(openapi)
