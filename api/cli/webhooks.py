"""webhooks: check, secret, list, dead, retry, enable, test: what the operator does about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.screen import REFUSED, UNREACHABLE, line, print_raw, say
from api.cli.words import default_language, said
from ledger.errors import StorageError
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from api.settings import Settings
    from api.webhooks.configuration import Hook
    from api.webhooks.memory import Memory

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration; else PLEDGER_WEBHOOKS, webhooks.toml in the data.",
    ),
]
Name = Annotated[str, typer.Argument(metavar="ID", help="The webhook's id in the configuration.")]


def check(data: options.Data, config: Config = None, lang: options.Lang = options.DEFAULT_LANGUAGE) -> None:
    """Read the configuration and every secret as the server would. Exit code 1: it is not fit."""
    from api.cli.failures import explain
    from api.webhooks.configuration import UnfitHooks
    from api.webhooks.opening import read_checked

    try:
        hooks = read_checked(_path(_settings(data, config)))
    except UnfitHooks as error:
        explain(error, lang)
        raise typer.Exit(REFUSED) from error
    if not hooks:
        line(said(("жодного вебхука не налаштовано", "no webhook is configured"), lang))
    for hook in hooks:
        on = said(("увімкнено", "on"), lang) if hook.enabled else said(("вимкнено", "off"), lang)
        line(f"{hook.id}: {hook.shown_url} ({on})")


def secret(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A new file, mode 0600; else stdout.")
    ] = None,
) -> None:
    """Make a secret: one copy for the configuration's secret_file, one for the receiver."""
    from api.webhooks.signing import make_secret
    from ledger.signing.private_files import write_new

    if out is None:
        print_raw(make_secret())
        return
    write_new(out, f"{make_secret()}\n".encode())
    say(
        said(
            (f"{out}: читати його може лише власник", f"{out}: only its owner can read it"),
            default_language(),
        )
    )


def show(
    data: options.Data,
    config: Config = None,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show how each webhook stands: how far it is, what it waits for, what it gave up."""
    from api.cli.files import pretty
    from api.cli.sheet import show_rows
    from api.cli.webhook_rows import STANDING, rows_of
    from api.context import database_of
    from api.webhooks.configuration import read_hooks
    from ledger.directory import Directory
    from ledger.log import open_reader

    settings = _settings(data, config)
    hooks = read_hooks(_path(settings))
    reader = open_reader(Directory(data, database_of(settings)).place)
    try:
        size = reader.head().size
    finally:
        reader.close()
    memory = _memory(data)
    try:
        states = {one.id: one for one in memory.states()} if memory is not None else {}
    finally:
        _close(memory)
    rows = rows_of(hooks, states, size)
    if as_json:
        print_raw(pretty({"size": size, "webhooks": rows}))
    else:
        show_rows(STANDING, [one | {"reason": _words(one, lang)} for one in rows], lang)


def dead(
    name: Name,
    data: options.Data,
    after: Annotated[
        int, typer.Option("--after", min=-1, metavar="INDEX", help="Only those beyond this leaf index.")
    ] = -1,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 100,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List the messages that were given up, in the log's order."""
    from api.cli.files import pretty
    from api.cli.sheet import show_rows
    from api.cli.webhook_rows import LETTERS, letter_row

    memory = _begun(data, name)
    try:
        letters = memory.letters(name, after=after, limit=limit + 1)
    finally:
        memory.close()
    rows = [letter_row(one) for one in letters[:limit]]
    following = rows[-1]["index"] if len(letters) > limit else None
    if as_json:
        print_raw(pretty({"webhook": name, "dead": rows, "next": following}))
        return
    show_rows(LETTERS, [one | {"reason": _words(one, lang)} for one in rows], lang)
    if following is not None:
        say(said((f"далі: --after {following}", f"more: --after {following}"), lang))


def retry(
    name: Name,
    data: options.Data,
    event: Annotated[
        str | None, typer.Argument(metavar="EVENT", help="One event; without it all that were given up.")
    ] = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Have messages that were given up sent once more; the running server does it at once.

    Exit code 1: there is none.
    """
    memory = _begun(data, name)
    try:
        count = memory.want(name, event)
    finally:
        memory.close()
    line(said((f"буде надіслано ще раз: {count}", f"to be sent once more: {count}"), lang))
    if not count:
        raise typer.Exit(REFUSED)


def enable(name: Name, data: options.Data, lang: options.Lang = options.DEFAULT_LANGUAGE) -> None:
    """Go on at once, from where it stands: after 410, or instead of waiting for the next try."""
    memory = _begun(data, name)
    try:
        memory.enable(name)
    finally:
        memory.close()
    line(said((f"{name}: іде далі з місця, де спинився", f"{name}: goes on from where it stands"), lang))


def ping(
    name: Name,
    data: options.Data,
    config: Config = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Send a `ping`, by the same rules as a message, and show what the receiver said.

    Exit codes: 0 it was taken; 1 the receiver did not take it; 3 it was not reached.
    """
    from api.cli.failures import explain
    from api.webhooks.address import Reach
    from api.webhooks.message import of_ping, send
    from api.webhooks.posting import Post
    from api.webhooks.refused import NotTaken
    from ledger.clock import SystemClock

    hook = _hook(_path(_settings(data, config)), name)
    now = SystemClock().now()
    try:
        answer = send(of_ping(name, now), hook.url, hook.secret_file, now, Post(Reach()))
    except NotTaken as error:
        explain(error, lang)
        _show_body(error.body or b"")
        raise typer.Exit(UNREACHABLE if error.body is None else REFUSED) from error
    line(said((f"прийнято: {answer.status}", f"taken: {answer.status}"), lang))
    _show_body(answer.body)


def _show_body(body: bytes) -> None:
    if body.strip():
        line(body.decode("utf8", "replace").strip())


def _words(row: dict[str, Any], lang: str) -> str | None:
    return row["reason"]["message"][lang] if row["reason"] is not None else None


def _settings(data: Path, config: Path | None) -> Settings:
    from api.settings import Settings

    return Settings(data=data).model_copy(update={"webhooks": config} if config is not None else {})


def _path(settings: Settings) -> Path:
    """Of the configuration. Raises StorageError where there is none."""
    from api.webhooks.configured import CONFIGURATION, configuration_of

    path = configuration_of(settings)
    if path is None:
        raise StorageError(
            Sentence(
                "no webhooks are configured: there is no file {path}",
                "webhooks-none",
                path=settings.data / CONFIGURATION,
            )
        )
    return path


def _hook(path: Path, name: str) -> Hook:
    from api.webhooks.configuration import read_hooks

    hooks = {one.id: one for one in read_hooks(path)}
    if name not in hooks:
        raise _unknown(name, list(hooks))
    return hooks[name]


def _unknown(name: str, known: list[str]) -> StorageError:
    return StorageError(
        Sentence(
            "there is no webhook {id}; there are: {known}",
            "webhook-unknown",
            id=name,
            known=known or ["–"],
        )
    )


def _not_begun(name: str, known: list[str]) -> StorageError:
    return StorageError(
        Sentence(
            "no server has begun with the webhook {id}; it has with: {known}. pledger webhooks list shows "
            "the configured ones; a server reads them when it starts",
            "webhook-not-begun",
            id=name,
            known=known or ["–"],
        )
    )


def _memory(data: Path) -> Memory | None:
    """None where no server has begun with webhooks: nothing is made here."""
    from api.webhooks.memory import Memory
    from api.webhooks.opening import MEMORY

    return Memory(data / MEMORY) if (data / MEMORY).exists() else None


def _close(memory: Memory | None) -> None:
    if memory is not None:
        memory.close()


def _begun(data: Path, name: str) -> Memory:
    """With this webhook in it. Raises StorageError."""
    memory = _memory(data)
    known = [one.id for one in memory.states()] if memory is not None else []
    if memory is None or name not in known:
        _close(memory)
        raise _not_begun(name, known)
    return memory


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Перевіряє налаштування й секрети так, як це зробить сервер.")(check)
    family.command(epilog="Створює секрет для вебхука.")(secret)
    family.command(name="list", epilog="Показує, як стоїть кожен вебхук.")(show)
    family.command(epilog="Показує повідомлення, від яких довелося відмовитися.")(dead)
    family.command(epilog="Надсилає ще раз те, від чого довелося відмовитися.")(retry)
    family.command(epilog="Вмикає вебхук, якого отримувач більше не хотів, або пробує одразу.")(enable)
    family.command(name="test", epilog="Надсилає пробне повідомлення й показує відповідь.")(ping)
    app.add_typer(
        family,
        name="webhooks",
        help="Tell new entries to addresses of others: check, secret, list, dead, retry, enable, test.",
        epilog="Сповіщення про нові записи на чужі адреси: налаштування, стан, повтори.",
    )
