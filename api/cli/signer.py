"""signer: the log key as a process of its own, which many servers ask for signatures."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli.screen import UNREACHABLE, line, say
from api.cli.usage import Misused
from api.cli.words import Pair, default_language, said

if TYPE_CHECKING:
    from ledger.sentence import Sentence
    from ledger.signer import FileLogSigner
    from ledger.signing.address import Address

BACKLOG: Final = 128

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Where log-key.pem, log-key.next.pem and log-memory lie."),
]
LogKey = Annotated[
    Path | None, typer.Option("--log-key", metavar="FILE", help="The log's key; default that of --data.")
]
NextLogKey = Annotated[
    Path | None,
    typer.Option("--next-log-key", metavar="FILE", help="While it is there, it signs beside the first."),
]
Memory = Annotated[
    Path | None,
    typer.Option("--memory", metavar="FILE", help="What the key signed last; never from a backup."),
]
Token = Annotated[
    Path | None,
    typer.Option("--token", metavar="FILE", help="The file that `pledger signer token` made."),
]


def serve(
    listen: Annotated[
        str, typer.Option("--listen", metavar="unix:PATH|HOST:PORT", help="Where servers ask it.")
    ],
    data: Data = None,
    log_key: LogKey = None,
    next_log_key: NextLogKey = None,
    memory: Memory = None,
    token: Token = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="GROUP", help="Who may use the unix socket, too.")
    ] = None,
) -> None:
    """Hold the log's key and its memory, and sign what extends the tree signed last, for whoever may ask.

    One process, on one machine: never start a second one with a copy of key and memory.
    """
    from ledger.signer import FileLogSigner
    from ledger.signing.token import read_token

    address = _address(listen, "--listen")
    _check_credential(address, token, group)
    key_path, memory_path, next_path = _files(data, log_key, memory, next_log_key)
    secret = None if token is None else read_token(token)
    with FileLogSigner(key_path, memory_path, next_path) as held, _listening(address, group) as sockets:
        _tell_start(held, address, sockets)
        if not asyncio.run(_serve(held, secret, sockets)):
            raise typer.Exit(UNREACHABLE)


async def _serve(held: FileLogSigner, secret: bytes | None, sockets: Sequence[socket.socket]) -> bool:
    from ledger.signing.server import SignerServer

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _tell(_READY)
    return await SignerServer(held, secret, _tell_operator).run(sockets, stop)


def _address(text: str, where: str) -> Address:
    """Raises Misused: nothing is opened for what is no address."""
    from api.texts.sentences import words_of
    from ledger.errors import Stopped
    from ledger.signing.address import parse_address

    try:
        return parse_address(text)
    except Stopped as error:
        raise Misused((words_of(error, "uk"), words_of(error, "en")), where) from error


def _check_credential(address: Address, token: Path | None, group: str | None) -> None:
    """Over a network nobody may ask without a token: then every machine there could have anything signed."""
    if not address.is_unix and token is None:
        raise Misused(_NEEDS_TOKEN, "--listen")
    if not address.is_unix and group is not None:
        raise Misused(_GROUP_OF_NOTHING, "--group")


def _files(
    data: Path | None, log_key: Path | None, memory: Path | None, next_log_key: Path | None
) -> tuple[Path, Path, Path | None]:
    """(key, memory, next key), each by its own option, else in the directory."""
    from ledger.directory import Directory

    if data is not None:
        place = Directory(data)
        log_key, memory = log_key or place.log_key, memory or place.log_memory
        next_log_key = next_log_key or place.next_log_key
    if log_key is None or memory is None:
        raise Misused(_NEEDS_FILES, "--log-key")
    return log_key, memory, next_log_key


@contextmanager
def _listening(address: Address, group: str | None) -> Iterator[list[socket.socket]]:
    """Sockets that take connections already."""
    from api.cli.listening import listening
    from ledger.signing.listening import unix_socket

    if address.path is not None:
        with unix_socket(address.path, _group_id(group)) as bound:
            bound.listen(BACKLOG)
            yield [bound]
        return
    with listening(address.host, address.port) as made:
        for one in made:
            one.listen(BACKLOG)
        yield made


def _group_id(name: str | None) -> int | None:
    import grp

    if name is None:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise Misused((f"{name}: такої групи немає", f"{name}: there is no such group"), "--group") from error


def _tell_start(held: FileLogSigner, address: Address, sockets: Sequence[socket.socket]) -> None:
    """The port is the one that was taken, where any was asked for."""
    from dataclasses import replace

    if not address.is_unix:
        address = replace(address, port=sockets[0].getsockname()[1])
    _tell(_SIGNS, origin=held.origin, size=held.last()[0], address=address)
    for key in held.verifier_keys:
        _tell(_KEY, key=key)


def _tell_operator(sentence: Sentence) -> None:
    from api.texts.sentences import words_of

    say(words_of(sentence, default_language()), "red")


def token(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it is written.")]) -> None:
    """Make the token that a signer and the servers that ask it over a network share (mode 0600)."""
    from ledger.signing.token import make_token

    make_token(file)
    _tell(_TOKEN, path=file)


def prepare(data: Data = None, memory: Memory = None, next_log_key: NextLogKey = None) -> None:
    """Make the next log key beside the one in use, on the signer's machine, and print its verifier key."""
    from api.cli.fingerprint import of_log_key
    from ledger.errors import Stopped
    from ledger.sentence import Sentence
    from ledger.signer import generate_key, read_memory, verifier_key_of

    if next_log_key is None and data is None:
        raise Misused(_NEEDS_NEXT, "--next-log-key")
    _, memory_path, next_path = _files(data, Path(), memory, next_log_key)
    assert next_path is not None
    known = read_memory(memory_path)
    if known is None:
        raise Stopped(Sentence("{path} is not there", "file-absent", path=memory_path))
    generate_key(next_path)
    key = verifier_key_of(next_path, known[0])
    _tell(_PREPARED, path=next_path)
    line(f"log_key: {key}")
    line(f"fingerprint: {of_log_key(key)}")


def state(
    address: Annotated[str, typer.Argument(metavar="unix:PATH|HOST:PORT", help="Where the signer listens.")],
    token: Token = None,
) -> None:
    """Ask a signer what it signed last, and with which keys."""
    from ledger.signing.remote import RemoteLogSigner
    from ledger.signing.token import read_token

    listens = str(_address(address, "ADDRESS"))
    asked = RemoteLogSigner(listens, None if token is None else read_token(token))
    try:
        size, root = asked.last()
        line(f"origin: {asked.origin}")
        line(f"size: {size}")
        line(f"root: {root.hex()}")
        for key in asked.verifier_keys:
            line(f"log_key: {key}")
    finally:
        asked.close()


def _tell(words: Pair, style: str = "", **given: object) -> None:
    say(said(words, default_language()).format(**given), style)


_SIGNS: Final = (
    "підписує журнал {origin}, востаннє – {size} записів; слухає {address}",
    "signs for {origin}, {size} entries last; listens on {address}",
)
_KEY: Final = ("ключ: {key}", "key: {key}")
_READY: Final = ("готовий", "ready")
_TOKEN: Final = (
    "{path}: дайте його підписувачеві й кожному серверу (0600), і нікому більше",
    "{path}: give it to the signer and to each server (0600), and to nobody else",
)
_PREPARED: Final = (
    "{path}: читати його може лише власник; не кладіть його в резервні копії. Перезапустіть підписувача.",
    "{path}: only its owner can read it; keep it out of backups. Restart the signer.",
)
_NEEDS_TOKEN: Final = (
    "для адреси в мережі потрібен --token: без нього підпис дістав би кожен, хто до неї дійде",
    "an address on a network needs --token: without it whoever reaches it gets signatures",
)
_GROUP_OF_NOTHING: Final = (
    "--group – лише для unix:PATH",
    "--group is for unix:PATH only",
)
_NEEDS_FILES: Final = (
    "потрібні --data DIR або --log-key FILE і --memory FILE",
    "give --data DIR, or --log-key FILE and --memory FILE",
)
_NEEDS_NEXT: Final = (
    "потрібні --data DIR або --memory FILE і --next-log-key FILE",
    "give --data DIR, or --memory FILE and --next-log-key FILE",
)


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(
        epilog="Тримає ключ журналу та його пам'ять і підписує для серверів лише продовження підписаного."
    )(serve)
    family.command(epilog="Створює спільний секрет підписувача й серверів для роботи через мережу.")(token)
    family.command(epilog="Створює наступний ключ журналу на машині підписувача.")(prepare)
    family.command(epilog="Питає в підписувача, що й якими ключами він підписав востаннє.")(state)
    app.add_typer(
        family,
        name="signer",
        help="Keep the log's key in a process of its own: serve, token, prepare, state.",
        epilog="Окремий процес, що тримає ключ журналу: запуск, секрет, наступний ключ, стан.",
    )
