"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from api.cli.words import default_language
from api.texts.language import Language

DEFAULT_SERVER: Final = "http://127.0.0.1:8000"
DEFAULT_LANGUAGE: Final[Language] = default_language()

Server = Annotated[
    str, typer.Option("--server", envvar="PLEDGER_SERVER", metavar="URL", help="The server to ask.")
]
MaybeServer = Annotated[
    str | None,
    typer.Option("--server", envvar="PLEDGER_SERVER", metavar="URL", help="Preview on this server."),
]
Json = Annotated[bool, typer.Option("--json", help="Print exactly the API's JSON on stdout.")]
Lang = Annotated[Language, typer.Option("--lang", help="Language of what is shown.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="State effective on this day (YYYY-MM-DD); default today."),
]
Known = Annotated[
    str | None,
    typer.Option(
        "--known",
        metavar="POSITION|TIME",
        help="As known at a position (57), day or instant; default the newest.",
    ),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many rows.")]
MinPosition = Annotated[
    int | None,
    typer.Option(
        "--min-position", min=0, metavar="N", help="Wait until № N is worked in: read your own writes."
    ),
]
CellPath = Annotated[
    str | None, typer.Option("--path", metavar="POINTER", help="Only cells at or below it: /financing.")
]
TrustFile = Annotated[
    Path | None,
    typer.Option(
        "--trust",
        envvar="PLEDGER_TRUST",
        metavar="FILE",
        help="JSON of origin, genesis and log_key; default ~/.config/pledger/trust.json.",
    ),
]
PassphraseFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--passphrase-file",
        envvar="PLEDGER_PASSPHRASE_FILE",
        metavar="FILE",
        help="File whose first line is the passphrase; one for all keys, or one per key in order.",
    ),
]
Full = Annotated[bool, typer.Option("--full", help="Show the canonical text to its end, however long.")]
DocumentsRequired = Annotated[
    bool,
    typer.Option("--documents-required", help="Exit 1 if a document that the log names is not there."),
]
Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="The ledger's directory.")]
