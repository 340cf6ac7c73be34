"""migrate: a database brought up to this version."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli import options
from api.cli.screen import say
from api.cli.words import said

_DONE = ("виконано міграцію {name}", "migrated: {name}")
_NOTHING = ("база вже цієї версії: {names}", "the database is of this version already: {names}")
_NEXT = (
    (
        "Далі: відкрити в ній реєстр (`pledger init … --database CONNINFO`) або перенести наявний"
        " (`pledger copy DIR CONNINFO`)."
    ),
    (
        "Next: open a ledger in it (`pledger init … --database CONNINFO`), or bring one over"
        " (`pledger copy DIR CONNINFO`)."
    ),
)


def migrate(
    database: Annotated[
        str,
        typer.Argument(
            metavar="CONNINFO", envvar="PLEDGER_DATABASE", help="postgresql://…, or libpq's own form."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="What was run, on stdout.")] = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Make or bring up to date the tables of a PostgreSQL database; running it twice does nothing.

    The user of the connection string must be allowed to create schemas there (CREATE on the database).
    """
    from api.cli.files import pretty
    from ledger.store.place import Database
    from ledger.store.postgres.migrating import migrate as run
    from ledger.store.postgres.migrating import migrations

    place = Database(database)
    done, known = run(place), [one.name for one in migrations()]
    if as_json:
        typer.echo(pretty({"database": str(place), "run": done, "known": known}), nl=False)
        return
    for name in done:
        say(said(_DONE, lang).format(name=name))
    if not done:
        say(said(_NOTHING, lang).format(names=", ".join(known)))
    elif len(done) == len(known):
        say(said(_NEXT, lang))


def register(app: typer.Typer) -> None:
    app.command(epilog="Створює або оновлює таблиці в базі PostgreSQL.")(migrate)
