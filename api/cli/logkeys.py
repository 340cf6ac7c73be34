"""logkey: the log's key is prepared, rotated and retired, with an overlap of both signatures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import options
from api.cli.screen import line, say

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The ledger's directory.")]


def prepare(directory: Directory) -> None:
    """Make the next log key beside the one in use, and print its verifier key."""
    from api.cli.fingerprint import of_log_key
    from ledger.rotation import prepare_log_key

    log_key = prepare_log_key(directory)
    say(f"{directory / 'log-key.next.pem'}: only its owner can read it; keep it out of backups")
    say("Restart the server: from then on each checkpoint carries both signatures.")
    say("Then the registrars decide on it: `pledger logkey rotate`.")
    line(f"log_key: {log_key}")
    line(f"fingerprint: {of_log_key(log_key)}")


def rotate(
    log_key: Annotated[
        str, typer.Argument(metavar="LOGKEY", help="The new verifier key, as `prepare` printed it.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The event, to be drafted and signed.")],
    registrar: Annotated[
        list[str], typer.Option("--registrar", metavar="P", help="A registrar who signs; once for each.")
    ],
    trust: options.TrustFile = None,
    server: options.Server = options.DEFAULT_SERVER,
) -> None:
    """Write log_key.rotated with the server's newest checkpoint, once both keys have signed it."""
    from api.cli.files import write_json
    from api.cli.trusted import read_trust
    from api.cli.watching import watched
    from api.client import Client
    from ledger.checkpoint import open_overlap
    from ledger.errors import VerificationError
    from ledger.note import Ed25519Verifier

    trusted = read_trust(trust)
    old, new = Ed25519Verifier.parse(trusted.log_key), Ed25519Verifier.parse(log_key)
    with Client(server) as client, watched(client, trust, trusted) as notes:
        note = client.checkpoint()
        notes.append(note)
    try:
        checkpoint = open_overlap(note, [old, new])
    except VerificationError as error:
        raise VerificationError(
            f"the newest checkpoint of {server} is not signed by both keys: {error}. The server signs with"
            " the next key only after a restart"
        ) from error
    payload = {
        "kind": "log_key.rotated",
        "subject": "root",
        "signers": [{"person": person, "office": "registrar"} for person in registrar],
        "data": {"log_key": log_key, "checkpoint": note},
    }
    write_json(out, payload)
    say(f"{out}: both keys signed the tree of {checkpoint.size} entries")
    say(f"Next: pledger draft {out} --out {out}; then every registrar: pledger sign; then pledger submit")


def retire(directory: Directory) -> None:
    """Put the next log key in the place of the old one, once the rotation is recorded.

    The server must be stopped. The old key is moved aside, not deleted: destroy it, and every copy.
    """
    from ledger.rotation import retire_log_key

    retired = retire_log_key(directory)
    say(f"{directory / 'log-key.pem'}: now {retired.new_key}")
    say(
        f"{retired.old_path}: the old key. Nothing needs it any more, and whoever has it can deceive",
        "yellow",
    )
    say("those who have not followed: destroy it and every copy of it, and say so in the minutes.", "yellow")
    say("Tell everybody: `pledger trust URL --follow` goes on to the new key.")


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Створює наступний ключ журналу поруч із чинним; потім перезапустіть сервер.")(
        prepare
    )
    family.command(epilog="Готує подію log_key.rotated із підписами обох ключів; її підписують реєстратори.")(
        rotate
    )
    family.command(epilog="Виводить старий ключ журналу з ужитку; сервер має бути зупинено.")(retire)
    app.add_typer(
        family,
        name="logkey",
        help="Rotate the log's key: prepare, rotate, retire.",
        epilog="Змінює ключ журналу: підготувати, засвідчити подією, вивести старий.",
    )
