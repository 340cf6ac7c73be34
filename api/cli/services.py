"""service: the key of the ledger's own machine is prepared, for the registrars to enrol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.screen import line, say


def prepare(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The ledger's directory.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The event, to be drafted and signed.")],
    registrar: Annotated[
        list[str], typer.Option("--registrar", metavar="P", help="A registrar who signs; once for each.")
    ],
    service: Annotated[
        str, typer.Option("--id", metavar="ID", help="The id of the ledger's own machine; no person's.")
    ] = "service",
) -> None:
    """Make the service key of a ledger that has none, and write service_key.enrolled for its registrars.

    A key file that is there already is kept: only the event is written anew.
    """
    from api.cli.files import write_json
    from api.cli.fingerprint import of_kid
    from ledger.clock import SystemClock
    from ledger.service_key import KIND, prepare_service_key

    key, data = prepare_service_key(directory, service, SystemClock())
    payload = {
        "kind": KIND.name,
        "subject": "root",
        "signers": [{"person": person, "office": "registrar"} for person in registrar],
        "data": data,
    }
    write_json(out, payload)
    say(f"{directory / 'service-key.pem'}: only its owner can read it; keep it out of backups")
    line(f"kid: {key.public.kid}")
    line(f"fingerprint: {of_kid(key.public.kid)}")
    say(f"Next: pledger draft {out} --out {out}; then every registrar: pledger sign; then pledger submit")
    say("The server takes the key up when it is restarted.")


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

    @family.callback()
    def _family() -> None:
        """A family, though it has one command."""

    family.command(
        epilog="Створює ключ служби й готує подію service_key.enrolled; її підписують реєстратори."
    )(prepare)
    app.add_typer(
        family,
        name="service",
        help="The service key, which states how the log stands: prepare.",
        epilog="Ключ служби, який свідчить про стан журналу: підготувати.",
    )
