"""backup: a ledger's log and documents, while it is in use, checked as a restore would check them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.screen import OK, REFUSED, line, say

if TYPE_CHECKING:
    from api.texts.language import Language
    from ledger.backing_up import BackedUp


def backup(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A ledger's directory, or postgresql://… (any connection string of libpq).",
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(metavar="TARGET", help="TARGET.db (documents in TARGET.files), or a new folder."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="What was backed up, on stdout.")] = False,
    documents_required: options.DocumentsRequired = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Back up a ledger while a server may run: the log as one SQLite file, and the documents beside it.

    Whatever the store is, the copy is of one moment, and is checked as `pledger restore` would check it
    before it gets its name. Nothing is ever overwritten. No keys are in it. Exit 1 if it does not hold, or a
    document is damaged; documents that the log names and nobody has here are told.
    """
    from api.cli.files import pretty
    from api.cli.moving import bars, named_end, named_figures
    from api.cli.secret_places import refuse_conninfo
    from ledger.backing_up import back_up

    refuse_conninfo(target)
    with bars(lang) as tell:
        made = back_up(named_end(source), target, tell)
    if as_json:
        typer.echo(
            pretty(
                {
                    "file": str(made.file),
                    "files": str(made.files),
                    "origin": made.origin,
                    "genesis": made.genesis,
                    "entries": made.size,
                    "root": made.root.hex(),
                    "checkpoint": made.note,
                    "documents": made.documents,
                    "documents_damaged": [held.sha256 for held in made.lost],
                    **named_figures(made.named),
                    "keys": False,
                }
            ),
            nl=False,
        )
    else:
        _tell(made, lang)
    lacking = documents_required and made.named.missing
    raise typer.Exit(REFUSED if made.lost or lacking else OK)


def _tell(made: BackedUp, language: Language) -> None:
    from api.cli.moving import tell_named
    from api.texts.copying import WORDS

    words = WORDS[language]
    given = {
        "file": made.file,
        "files": made.files,
        "origin": made.origin,
        "size": made.size,
        "root": made.root.hex(),
        "documents": made.documents,
    }
    line(words["backed"].format(**given))
    line(f"{words['genesis']}: {made.genesis}")
    line(words["files"].format(**given))
    if made.note is not None:
        line(f"{words['checkpoint']}:")
        for text in made.note.splitlines():
            line(f"  {text}" if text else "")
    else:
        say(words["no-note"], "yellow")
    for held in made.lost:
        say(words["lost"].format(sha256=held.sha256), "red")
    tell_named(made.named, language)
    say(words["no-keys"], "yellow")
    say(words["unsaid"].format(**given))


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Робить резервну копію реєстру, не зупиняючи сервера, і перевіряє її. Ключів у ній немає."
    )(backup)
