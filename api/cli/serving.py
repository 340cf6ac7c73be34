"""serve, rebuild, demo: what runs on the machine that holds the ledger."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli import options, serving_options
from api.cli.screen import UNREACHABLE, USAGE, err, say
from api.cli.usage import Misused
from api.cli.words import default_language, said
from api.collecting import collect_seldom
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from api.settings import Settings
    from ledger.directory import Directory

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port.")]


def serve(
    data: options.Data,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    policy: Annotated[
        Path | None,
        typer.Option(
            help="Witnesses to ask (C2SP tlog-policy); else witnesses.policy in the data, if it is there."
        ),
    ] = None,
    tsa: Annotated[
        str | None, typer.Option(metavar="URL", help="A time-stamping authority (RFC 3161) to ask.")
    ] = None,
    tsa_certificates: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM: what the authority's certificates lead to.")
    ] = None,
    database: serving_options.Database = None,
    replica: serving_options.Replica = None,
    standbys: serving_options.Standbys = None,
    signer: serving_options.Signer = None,
    signer_token: serving_options.SignerToken = None,
    metrics: serving_options.Metrics = None,
    log_format: serving_options.LogFormat = None,
    forwarded_allow_ips: serving_options.Proxies = None,
    drain: serving_options.Drain = None,
    source_texts: serving_options.SourceTexts = None,
    public_url: serving_options.PublicUrl = None,
    webhooks: serving_options.Webhooks = None,
) -> None:
    """Serve a ledger over HTTP; with a service key, have it witnessed and stamped as it grows."""
    collect_seldom()
    from api.settings import Settings

    given = {
        "database": database,
        "replica": replica,
        "standbys": standbys,
        "signer": signer,
        "source_texts": source_texts,
        "public_url": public_url,
        "signer_token": signer_token,
        "witness_policy": policy,
        "tsa_url": tsa,
        "tsa_certificates": tsa_certificates,
        "metrics": metrics,
        "log_format": log_format,
        "forwarded_allow_ips": forwarded_allow_ips,
        "drain_seconds": drain,
        "webhooks": webhooks,
    }
    named = {name: value for name, value in given.items() if value is not None}
    settings = Settings(data=data).model_copy(update=named)
    _check_free(settings)
    if settings.tsa_url is not None and settings.tsa_certificates is None:
        raise Misused(
            (
                "службі позначок часу потрібні --tsa-certificates: перевіряти її відповіді",
                "an authority needs --tsa-certificates, to check what it answers",
            )
        )
    serving_options.check_proxies(settings)
    _check_outside(settings)
    _run(settings, host, port)


def _run(settings: Settings, host: str, port: int) -> None:
    """Serve until a signal comes. What is wrong before is told in words: exit 2 or 3."""
    from api.cli.listening import listening
    from api.observing.listener import metrics_served
    from api.observing.logs import log_config
    from api.server import Server, config

    shown = serving_options.place_of_metrics(settings)
    with ExitStack() as opened:
        with _telling_why(settings.data, signer=settings.signer):
            sockets = opened.enter_context(listening(host, port))
            beside = opened.enter_context(listening(*shown)) if shown is not None else []
            lines = log_config(settings.log_format)
            made = config(settings, host, port, open_now=True, log_config=lines)
        opened.enter_context(metrics_served(beside, made.app.state.metrics))  # type: ignore[union-attr]
        server = Server(made, settings)
        try:
            server.run(sockets)
        except SystemExit:  # uvicorn has said why it cannot listen
            raise typer.Exit(UNREACHABLE) from None
        if not server.started:
            raise typer.Exit(UNREACHABLE)


def _check_outside(settings: Settings) -> None:
    """What is wrong with those to be asked is told before anything starts: exit 2 for who cannot be."""
    from api.trust.fitting import UnfitAuthority, UnfitPolicy
    from api.trust.outside import outside

    with _telling_why(settings.data, signer=settings.signer):
        try:
            outside(settings)
        except UnfitPolicy as error:
            say(said(_UNFIT_POLICY[error.fault], default_language()).format(**error.told), "red")
            raise typer.Exit(USAGE) from error
        except UnfitAuthority as error:
            say(said(_UNFIT_AUTHORITY, default_language()).replace("{url}", error.url), "red")
            raise typer.Exit(USAGE) from error


_UNFIT_AUTHORITY: Final = (
    "--tsa {url}: адреса служби позначок часу не http і не https. Виправте її",
    "--tsa {url}: the address of the time-stamping authority is neither http nor https. Mend it",
)
_UNFIT_POLICY: Final = {
    "no-log": (
        "{path}: у політиці немає рядка цього журналу. Додайте: log {own}",
        "{path}: the policy has no line of this log. Add: log {own}",
    ),
    "other-log": (
        (
            "{path}: політика називає інший журнал, ніж цей: {found}. Замініть рядок на: log {own}"
            " (ключ звірте з аркушем відкриття)"
        ),
        (
            "{path}: the policy names another log than this one: {found}. Put in its place: log {own}"
            " (compare the key with the sheet of the opening)"
        ),
    ),
    "bad-url": (
        "{path}: адреса свідка не http і не https: {found}. Виправте її, спитавши свідка",
        "{path}: the address of a witness is neither http nor https: {found}. Mend it; ask the witness",
    ),
    "quorum-out-of-reach": (
        (
            "{path}: кворуму не набрати ніколи: свідки без адреси – {found}. Додайте їхні адреси або"
            " змініть quorum"
        ),
        (
            "{path}: the quorum can never be met: witnesses without an address: {found}. Add their"
            " addresses, or change the quorum"
        ),
    ),
}


def _check_free(settings: Settings) -> None:
    """Raises StorageError, before anything starts, for no ledger or one that is served already."""
    from api.context import database_of
    from ledger.directory import Directory
    from ledger.errors import StorageError

    data = settings.data
    directory = Directory(data, database_of(settings))
    if not directory.holds_ledger:
        has_key = directory.log_key.exists() or directory.log_memory.exists()
        raise StorageError(_lost_ledger(data) if has_key else _no_ledger(data))
    directory.lock()
    directory.unlock()


def _no_ledger(data: Path) -> Sentence:
    return Sentence("{path} holds no ledger: run `pledger init` first", "no-ledger", path=data)


def _lost_ledger(data: Path) -> Sentence:
    """A new ledger under a key that has signed another one would be a second history."""
    return Sentence(
        "{path} has a log key but no ledger.db. No new ledger is begun here: put the file back, or"
        " `pledger restore SOURCE {path}` from a backup or a published folder",
        "serve-lost-ledger",
        path=data,
    )


_LOST_MEMORY: Final = (
    (
        "Якщо log-memory втрачено: `pledger restore SOURCE {data} --policy FILE --new-memory` спитає свідків"
        " і почне нову пам'ять (пошкоджений файл спершу перенесіть)."
    ),
    (
        "If log-memory is lost: `pledger restore SOURCE {data} --policy FILE --new-memory` asks the witnesses"
        " and starts a new one (a damaged file is moved away first)."
    ),
)


@contextmanager
def _telling_why(data: Path, *, signer: str | None = None) -> Iterator[None]:
    """A ledger that cannot be opened: say why, and what to do; exit 3."""
    from eventsourcing.persistence import PersistenceError

    from api.cli.failures import explain
    from api.texts.reasons import database_words
    from ledger.errors import LedgerError

    try:
        yield
    except LedgerError as error:
        explain(error, default_language())
        if signer is None and not _has_memory(data):
            say(said(_LOST_MEMORY, default_language()).format(data=data), "yellow")
        raise typer.Exit(UNREACHABLE) from error
    except (sqlite3.Error, PersistenceError) as error:
        cause = error if isinstance(error, sqlite3.Error) else error.__cause__
        words = database_words(cause if isinstance(cause, sqlite3.Error) else sqlite3.Error())[
            default_language()
        ]
        say(said(("не читається: ", "cannot read: "), default_language()) + f"{data}: {words}", "red")
        raise typer.Exit(UNREACHABLE) from error


def _has_memory(data: Path) -> bool:
    """Does anything whole say what the log's key signed last?"""
    from ledger.directory import Directory
    from ledger.errors import Stopped
    from ledger.signer import read_memory

    try:
        return read_memory(Directory(data).log_memory) is not None
    except Stopped:
        return False


def rebuild(data: options.Data, database: serving_options.Database = None) -> None:
    """Build the projections anew from the log, and swap them in; a running server goes on."""
    from rich.progress import Progress

    from ledger.directory import Directory
    from ledger.errors import StorageError
    from ledger.log import open_reader
    from ledger.store.place import Database
    from projections.following import generations_beside
    from projections.rebuild import rebuild_in

    directory = Directory(data, Database(database) if database is not None else None)
    if not directory.holds_ledger:
        raise StorageError(Sentence("{path} holds no ledger", "no-ledger-there", path=data))
    generations = generations_beside(directory)
    reader = open_reader(directory.place)
    try:
        old = generations.current()
        with Progress(console=err(), transient=True) as bar:
            task = bar.add_task("rebuild", total=None)
            name = rebuild_in(
                generations, reader, lambda applied, size: bar.update(task, completed=applied, total=size)
            )
        size = reader.head().size
        if old is not None and directory.database is None:
            _remove_unused(directory, directory.path / old)
    finally:
        reader.close()
        generations.close()
    shown = name if directory.database is not None else str(directory.path / name)
    say(f"{shown}: {size} entries")


def _remove_unused(directory: Directory, old: Path) -> None:
    """Without a server nobody else removes the generation that was replaced."""
    from ledger.errors import StorageError
    from projections.generation import remove_generation

    with contextlib.suppress(StorageError):
        directory.lock()
        try:
            remove_generation(old)
        finally:
            directory.unlock()


def demo(
    data: options.Data = Path("build/demo"),
    port: Port = 8000,
    check: Annotated[bool, typer.Option("--check", help="Stop after the self-check.")] = False,
) -> None:
    """Seed a ledger with the example programme, serve it and check the answers."""
    from api.demo.run import run_demo

    raise typer.Exit(run_demo(data, port, check=check))


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Запускає сервер реєстру; зі службовим ключем дає журнал на підпис свідкам і службі часу."
    )(serve)
    app.command(epilog="Перебудовує проєкції з журналу.")(rebuild)
    app.command(epilog="Демонстраційний стенд.")(demo)
