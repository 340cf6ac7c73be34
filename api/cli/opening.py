"""init, trust: a new ledger, and the three lines by which everybody else knows it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import options
from api.cli.screen import line, say


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
    passphrase_file: options.PassphraseFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a trust file instead of lines.")] = False,
) -> None:
    """Open a ledger: directory, log key, and ledger.opened signed by every registrar."""
    from api.cli.files import pretty
    from api.cli.passphrases import open_keys
    from ledger.clock import SystemClock
    from ledger.opening import create_ledger

    people = [_registrar(text) for text in registrars]
    keys = open_keys([path for _, _, path in people], passphrase_file)
    opening = create_ledger(
        directory,
        origin=origin,
        registrars=[(person, name, key) for (person, name, _), key in zip(people, keys, strict=True)],
        k=k,
        zone=zone,
        clock=SystemClock(),
    )
    say(f"{directory}: opened at {opening.receipt.recorded_at}. Keep these lines; give them to auditors:")
    if as_json:
        typer.echo(pretty(opening.trust()), nl=False)
        return
    for name, text in opening.trust().items():
        line(f"{name}: {text}")


def _registrar(text: str) -> tuple[str, str, Path]:
    person, _, rest = text.partition("=")
    name, _, path = rest.rpartition("=")
    if not (person and name and path):
        raise typer.BadParameter(f"{text!r} is not PERSON=NAME=KEYFILE", param_hint="--registrars")
    return person, name, Path(path)


def trust(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server to believe this once.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default ~/.config/pledger/trust.json.")
    ] = None,
) -> None:
    """Take origin, genesis and log key from a server: trust on first use, and only then."""
    from api.cli.files import write_json
    from api.cli.trusted import Trust, default_path, find_trust
    from api.client import Client, Unreachable
    from ledger.errors import VerificationError

    with Client(url) as client:
        said = client.ledger()
    try:
        found = Trust(**{name: str(said[name]) for name in ("origin", "genesis", "log_key")})
    except (KeyError, VerificationError) as error:
        raise Unreachable(f"{url} does not say which ledger it holds: {error}") from error
    path = out or default_path()
    old = find_trust(path) if path.exists() else None
    if old is not None and old != found:
        raise VerificationError(
            f"{path} trusts {old.origin} {old.genesis}, and {url} now shows {found.origin} {found.genesis}:"
            " another ledger, or another log key. Nothing was changed; ask whoever keeps the ledger"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, found.to_json())
    for name, text in found.to_json().items():
        line(f"{name}: {text}")
    if old is None:
        say(f"{path}: believed from {url} on first use. Only the server itself vouched for it:", "yellow")
        say("compare the three lines with those that your auditor or council published.", "yellow")


def register(app: typer.Typer) -> None:
    app.command(epilog="Відкриває реєстр: каталог, ключ журналу, перша подія.")(init)
    app.command(epilog="Запам'ятовує реєстр сервера з першого звертання (довіра на перше використання).")(
        trust
    )
