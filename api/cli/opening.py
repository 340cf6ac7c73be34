"""init: a new ledger, and the sheet by which the minutes, and everybody else, know it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.screen import line, say
from api.cli.usage import Misused
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from ledger.opening import Opening


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The ledger's new directory.")],
    origin: Annotated[str, typer.Option("--origin", help="The log's name for ever: town.example/pledger.")],
    registrars: Annotated[
        list[str],
        typer.Option(
            "--registrars", metavar="PERSON=NAME=KEYFILE", help="A registrar; once for each of them."
        ),
    ],
    k: Annotated[int, typer.Option("--k", min=1, help="Registrars that an event of the registry needs.")],
    zone: Annotated[str, typer.Option("--zone", help="Time zone of the ledger's dates.")] = "Europe/Kyiv",
    body: Annotated[
        str | None,
        typer.Option("--body", metavar="ID=NAME[=EDRPOU]", help="The first body, opened at once."),
    ] = None,
    service: Annotated[
        str,
        typer.Option(
            "--service", metavar="ID", help="The id of the ledger's own machine, as its key names it."
        ),
    ] = "service",
    no_service: Annotated[
        bool, typer.Option("--no-service", help="No service key yet: see `pledger service prepare`.")
    ] = False,
    nonce: Annotated[
        str | None,
        typer.Option(
            "--nonce",
            metavar="HEX",
            help="64 hexadecimal digits that nobody chose alone (dice, a hash); else random ones.",
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="CONNINFO",
            help="Keep the log in this PostgreSQL database (after `pledger migrate`), not in DIR/ledger.db.",
        ),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE", help="Write the sheet for the minutes, too.")
    ] = None,
    passphrase_file: options.PassphraseFiles = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A trust file on stdout; the sheet goes to stderr.")
    ] = False,
) -> None:
    """Open a ledger: directory, log key, service key, and ledger.opened signed by every registrar.

    Prints a sheet for the minutes: genesis, fingerprints of all keys, who signs.
    """
    from api.cli.passphrases import open_keys
    from ledger.clock import SystemClock
    from ledger.opening import create_ledger
    from ledger.store.place import Database

    people = [_registrar(text) for text in registrars]
    first = _body(body) if body is not None else None
    with _place_for(sheet, directory):
        keys = open_keys([path for _, _, path in people], passphrase_file)
        opening = create_ledger(
            directory,
            origin=origin,
            registrars=[(person, name, key) for (person, name, _), key in zip(people, keys, strict=True)],
            k=k,
            zone=zone,
            clock=SystemClock(),
            nonce=nonce,
            body=first,
            service=None if no_service else service,
            database=Database(database) if database is not None else None,
        )
    say(f"{directory}: opened at {opening.receipt.recorded_at}")
    _tell(opening, sheet, as_json=as_json)


@contextmanager
def _place_for(sheet: Path | None, directory: Path) -> Iterator[None]:
    """The sheet's file is made before the ledger, so that a bad path shows in time; it goes if that fails."""
    with ExitStack() as undo:
        if sheet is not None:
            _make(sheet, directory, undo)
        yield
        undo.pop_all()


def _make(sheet: Path, directory: Path, undo: ExitStack) -> None:
    """An empty file; in the ledger's own directory, too, which then is made first."""
    from ledger.errors import StorageError

    try:
        if sheet.parent.absolute() == directory.absolute() and not directory.exists():
            directory.mkdir(parents=True)
            undo.callback(_remove_empty, directory)
        sheet.open("x").close()
    except FileExistsError:
        raise StorageError(
            Sentence("{path} is there already: minutes are not overwritten", "minutes-there", path=sheet)
        ) from None
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be written: {why}", "file-unwritable", path=sheet, why=error)
        ) from None
    undo.callback(sheet.unlink, missing_ok=True)


def _remove_empty(directory: Path) -> None:
    with suppress(OSError):
        directory.rmdir()


def _tell(opening: Opening, sheet: Path | None, *, as_json: bool) -> None:
    """The sheet on the screen first: a file that cannot be written must not lose it."""
    from api.cli.files import pretty, write_text
    from api.cli.minutes import minutes

    text = minutes(opening)
    for row in text.splitlines():
        (say if as_json else line)(row)
    if as_json:
        typer.echo(pretty(opening.trust()), nl=False)
    else:
        for name, value in opening.trust().items():
            line(f"{name}: {value}")
    if sheet is not None:
        write_text(sheet, text)
        say(f"→ {sheet}")


def _registrar(text: str) -> tuple[str, str, Path]:
    person, _, rest = text.partition("=")
    name, _, path = rest.rpartition("=")
    if not (person and name and path):
        raise Misused(
            (f"{text!r} – не PERSON=NAME=KEYFILE", f"{text!r} is not PERSON=NAME=KEYFILE"), "--registrars"
        )
    return person, name, Path(path)


def _body(text: str) -> dict[str, str]:
    """Data of body.opened, as far as the option tells it."""
    parts = text.split("=")
    if len(parts) not in (2, 3) or not all(parts):
        raise Misused(
            (
                f"{text!r} – не ID=NAME і не ID=NAME=EDRPOU",
                f"{text!r} is not ID=NAME or ID=NAME=EDRPOU",
            ),
            "--body",
        )
    return dict(zip(("body", "name", "edrpou"), parts, strict=False))


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Відкриває реєстр: каталог, ключі журналу й служби, перша подія; друкує аркуш до протоколу."
    )(init)
