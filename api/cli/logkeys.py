"""logkey: the log's key is prepared, rotated and retired, with an overlap of both signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli import options
from api.cli.screen import line, say
from api.cli.usage import Misused
from api.cli.words import Pair, default_language, said
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from ledger.note import Ed25519Verifier

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The ledger's directory.")]


def prepare(directory: Directory) -> None:
    """Make the next log key beside the one in use, and print its verifier key."""
    from api.cli.fingerprint import of_log_key
    from ledger.rotation import prepare_log_key

    log_key = prepare_log_key(directory)
    _tell(_PREPARED, path=directory / "log-key.next.pem")
    _tell(_RESTART)
    _tell(_DECIDE)
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

    new = _verifier(log_key)
    trusted = read_trust(trust)
    old = Ed25519Verifier.parse(trusted.log_key)
    with Client(server) as client, watched(client, trust, trusted) as notes:
        note = client.checkpoint()
        notes.append(note)
    try:
        checkpoint = open_overlap(note, [old, new])
    except VerificationError as error:
        raise VerificationError(
            Sentence(
                "the newest checkpoint of {server} is not signed by both keys: {why}. The server signs with"
                " the next key only after a restart",
                "not-both-keys",
                server=server,
                why=error,
            )
        ) from error
    payload = {
        "kind": "log_key.rotated",
        "subject": "root",
        "signers": [{"person": person, "office": "registrar"} for person in registrar],
        "data": {"log_key": log_key, "checkpoint": note},
    }
    write_json(out, payload)
    _tell(_SIGNED, path=out, size=checkpoint.size)
    _tell(NEXT, path=out)


def _verifier(log_key: str) -> Ed25519Verifier:
    """Raises Misused for what is no key: nothing is asked, and nothing written."""
    from ledger.note import Ed25519Verifier, NoteError

    try:
        return Ed25519Verifier.parse(log_key)
    except NoteError as error:
        raise Misused(
            (
                f"{log_key}: це не ключ журналу, як його показала `prepare`",
                f"{log_key}: this is no log key, as `prepare` printed it",
            ),
            "LOGKEY",
        ) from error


def retire(directory: Directory) -> None:
    """Put the next log key in the place of the old one, once the rotation is recorded.

    The server must be stopped. The old key is moved aside, not deleted: destroy it, and every copy.
    """
    from ledger.rotation import retire_log_key

    retired = retire_log_key(directory)
    _tell(_NOW, path=directory / "log-key.pem", key=retired.new_key)
    _tell(_OLD_KEY, "yellow", path=retired.old_path)
    _tell(_FOLLOW)


def _tell(words: Pair, style: str = "", **given: object) -> None:
    say(said(words, default_language()).format(**given), style)


_PREPARED: Final = (
    "{path}: читати його може лише власник; не кладіть його в резервні копії",
    "{path}: only its owner can read it; keep it out of backups",
)
_RESTART: Final = (
    "Перезапустіть сервер: відтоді кожна контрольна точка матиме обидва підписи.",
    "Restart the server: from then on each checkpoint carries both signatures.",
)
_DECIDE: Final = (
    "Потім про ключ вирішують реєстратори: `pledger logkey rotate`.",
    "Then the registrars decide on it: `pledger logkey rotate`.",
)
_SIGNED: Final = (
    "{path}: обидва ключі підписали дерево на {size} записів",
    "{path}: both keys signed the tree of {size} entries",
)
NEXT: Final = (
    "Далі: pledger draft {path} --out {path}; потім кожен реєстратор: pledger sign; потім pledger submit",
    "Next: pledger draft {path} --out {path}; then every registrar: pledger sign; then pledger submit",
)
_NOW: Final = ("{path}: тепер {key}", "{path}: now {key}")
_OLD_KEY: Final = (
    (
        "{path}: старий ключ. Він більше ні до чого, а хто його має, може обманути тих, хто ще не перейшов:"
        " знищте його і всі копії й запишіть це в протокол."
    ),
    (
        "{path}: the old key. Nothing needs it any more, and whoever has it can deceive those who have not"
        " followed: destroy it and every copy of it, and say so in the minutes."
    ),
)
_FOLLOW: Final = (
    "Скажіть усім: `pledger trust URL --follow` переходить на новий ключ.",
    "Tell everybody: `pledger trust URL --follow` goes on to the new key.",
)


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
