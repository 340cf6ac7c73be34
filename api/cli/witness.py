"""witness serve, key, state: one command makes any partner a witness of a log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.screen import UNREACHABLE, line, say
from api.cli.usage import Misused
from api.cli.words import default_language, said

if TYPE_CHECKING:
    from ledger.cosignature import CosignatureVerifier

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The witness's own folder.")]


def serve(
    directory: Directory,
    log: Annotated[
        list[str] | None,
        typer.Option("--log", metavar="VKEY", help="A log's verifier key, to be followed from now on."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The witness's name; needed the first time.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port.")] = 8001,
) -> None:
    """Confirm that logs are only added to. The first start makes a key (mode 0600) and the state.

    Keep DIR, and never put an older copy of it in its place: the witness would forget what it
    confirmed, and could confirm a forged past.
    """
    import uvicorn

    from api.cli.listening import listening
    from api.witness.app import config
    from ledger.clock import SystemClock
    from ledger.witness.folder import WitnessFolder

    folder = WitnessFolder(directory)
    if folder.is_new and not (name and log):
        raise Misused(
            (
                "для першого запуску потрібні назва й журнал: --name w.example --log VKEY",
                "the first start needs a name and a log: --name w.example --log VKEY",
            )
        )
    if name is not None:
        _check_name(name)
    _check_keys(log or ())
    with folder:
        witness = folder.open(name=name, logs=log or (), clock=SystemClock())
        for origin in sorted(witness.logs):
            say(said(("стежить за {0}", "follows {0}"), default_language()).format(origin))
        _tell_key(witness.signer.verifier, f"http://{host}:{port}")
        server = uvicorn.Server(config(witness, host, port))
        try:
            with listening(host, port) as sockets:
                server.run(sockets)
        except KeyboardInterrupt:  # uvicorn has stopped in order, and says again that it was told to
            return
        except SystemExit:  # uvicorn has said why it cannot listen
            raise typer.Exit(UNREACHABLE) from None
        if not server.started:
            raise typer.Exit(UNREACHABLE)


def _check_name(name: str) -> None:
    """As _check_keys."""
    from ledger.note import NoteError, check_name

    try:
        check_name(name)
    except NoteError as error:
        raise Misused(
            (
                f"{name!r}: у назві свідка не буває пробілів, «+» і керівних знаків",
                f"{name!r}: the name of a witness has no space, no “+” and no control character",
            ),
            "--name",
        ) from error


def _check_keys(keys: Sequence[str]) -> None:
    """A key that is none is a mistake at the prompt: exit code 2, and nothing is made."""
    from ledger.note import NoteError
    from ledger.witness.witness import logs_of

    try:
        logs_of(keys)
    except NoteError as error:
        raise Misused(("--log: це не ключ журналу", f"--log: {error}")) from error


def key(directory: Directory) -> None:
    """Print the witness's verifier key, its fingerprint and its line for a policy."""
    from ledger.witness.folder import WitnessFolder
    from ledger.witness.memory import key_of

    _tell_key(key_of(WitnessFolder(directory).state), "URL")


def state(
    directory: Directory, lang: options.Lang = options.DEFAULT_LANGUAGE, as_json: options.Json = False
) -> None:
    """Show what the witness has seen, and evidence of forks; a running witness goes on.

    Exit code 1: a log signed two histories.
    """
    from api.cli.files import pretty
    from api.cli.screen import REFUSED, print_raw
    from api.witness.told import told_of
    from ledger.witness.folder import WitnessFolder
    from ledger.witness.memory import WitnessMemory, key_of
    from ledger.witness.witness import logs_of

    folder = WitnessFolder(directory)
    verifier = key_of(folder.state)
    memory = WitnessMemory(folder.state, verifier, read_only=True)
    try:
        members = told_of(verifier, memory, sorted(logs_of(folder.followed())))
    finally:
        memory.close()
    if as_json:
        print_raw(pretty(members))
    else:
        line(members["message"][lang])
        for told in members["logs"]:
            line(told["message"][lang])
            for one in told["evidence"]:
                _show_evidence(one, lang == "uk")
    if any(one["proven"] for told in members["logs"] for one in told["evidence"]):
        raise typer.Exit(REFUSED)


def _show_evidence(one: dict[str, str | None], ukrainian: bool) -> None:
    """Both notes, line by line, so that they can be copied into minutes."""
    titles = (
        ("kept", "kept_time", "підтверджено", "confirmed"),
        ("seen", "time", "інша підписана контрольна точка, показано", "signed, too; shown"),
    )
    for name, moment, uk, en in titles:
        line(f"  {uk if ukrainian else en} {one[moment] or '?'}:")
        for row in str(one[name]).splitlines():
            line(f"    {row}")


def _tell_key(verifier: CosignatureVerifier, url: str) -> None:
    from hashlib import sha256

    from api.cli.fingerprint import grouped

    line(f"key: {verifier.key}")
    line(f"fingerprint: {grouped(sha256(verifier.key.public_key).hexdigest())}")
    line(f"policy: witness {verifier.name} {verifier.key} {url}")


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(
        epilog="Запускає свідка: підтверджує, що журнал лише доповнюється. Перший запуск створює ключ."
    )(serve)
    family.command(epilog="Показує ключ свідка, його відбиток і рядок для політики.")(key)
    family.command(epilog="Показує, що бачив свідок, і докази подвійної історії.")(state)
    app.add_typer(
        family,
        name="witness",
        help="Be a witness of logs: serve, key, state.",
        epilog="Свідок журналів: запуск, ключ, стан.",
    )
