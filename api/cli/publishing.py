"""publish: the log as files in a folder, from the ledger's own file or from a server that is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli import options
from api.cli.screen import REFUSED, err, line, say
from api.cli.usage import Misused
from api.cli.words import said
from api.texts.language import Language
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from api.client import Client
    from ledger.note import Verifier
    from ledger.tlog.publishing import Published
    from ledger.tlog.reading import Fetch


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the log is read: its files, its newest note, and the keys of the log.

    witnessed: the newest note that satisfies the policy. judged: there was a policy.
    """

    fetch: Fetch
    note: str
    witnessed: str | None
    verifiers: list[Verifier]
    judged: bool


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write or refresh.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="LEDGER", help="The ledger's directory; a server may run in it."),
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", metavar="URL", help="A server's /log/, instead of --data.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Which checkpoint counts as witnessed (C2SP tlog-policy); else the server's own, of --data;"
            " else the trust file's.",
        ),
    ] = None,
    trust: options.TrustFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was published as JSON.")] = False,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Publish the log as files (C2SP tlog-tiles) that anything can serve and anyone can check.

    Only what is missing is written, each file whole, the checkpoint last. A folder that holds another
    log, a longer one or another past is refused, and so is one that lies in a ledger's directory. From a
    server everything is checked by the trust file first, and by the newest head that was seen before.
    checkpoint.witnessed is only written if it satisfies a policy.
    """
    from rich.progress import Progress

    from api.cli.addresses import check_address
    from ledger.tlog.publishing import publish as write

    if (data is None) == (server is None):
        raise Misused(("дайте одне з --data та --server", "give one of --data and --server"))
    if server is not None:
        check_address(server, "--server")
    _check_folder(folder, data, language)
    opened = _of_data(data, policy, trust, language) if data else _of_server(str(server), policy, trust)
    with opened as source, Progress(console=err(), transient=True) as bar:
        task = bar.add_task("publish", total=None)
        published = write(
            folder,
            source.fetch,
            source.note,
            verifiers=source.verifiers,
            witnessed=source.witnessed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _tell(folder, published, source, language, as_json=as_json)


def _check_folder(folder: Path, data: Path | None, language: Language) -> None:
    """What is published lies apart from a ledger and from other files: else say so, and exit 1."""
    from ledger.tlog.publishing import UnfitFolder, check_folder

    try:
        check_folder(folder, data)
    except UnfitFolder as error:
        say(said(_UNFIT[error.reason], language).format(folder=folder, there=error.there), "red")
        raise typer.Exit(REFUSED) from error


_UNFIT: Final = {
    "ledger": (
        (
            "{folder} не підходить: {there} належить реєстру або свідкові, а опубліковане роздають усім."
            " Нічого не записано: назвіть окрему теку."
        ),
        (
            "{folder} will not do: {there} belongs to a ledger or a witness, and what is published is served"
            " to everybody. Nothing was written: name a folder of its own."
        ),
    ),
    "not-empty": (
        (
            "{folder} не підходить: там уже є {there}, але немає checkpoint, тож це не опублікований журнал."
            " Нічого не записано: назвіть нову або порожню теку."
        ),
        (
            "{folder} will not do: it holds {there} but no checkpoint, so that it is no published log."
            " Nothing was written: name a new or empty folder."
        ),
    ),
}


@contextmanager
def _of_data(data: Path, policy: Path | None, trust: Path | None, language: Language) -> Iterator[_Source]:
    """The ledger's file, beside a server that runs: the signer's memory would be locked."""
    from api.cli.trusted import find_trust
    from api.cli.witnessed_by import policy_for
    from api.trust.fitting import log_keys
    from api.trust.judged import newest_witnessed
    from ledger.directory import Directory
    from ledger.errors import StorageError
    from ledger.log import open_reader
    from ledger.tlog.stored import newest_stored
    from ledger.tlog.tiles import fetch_from

    directory = Directory(data)
    if not directory.holds_ledger:
        raise StorageError(Sentence("{path} holds no ledger", "no-ledger-there", path=data))
    reader = open_reader(directory.place)
    try:
        stored, size = newest_stored(reader), reader.head().size
        if stored is None:
            raise StorageError(
                Sentence(
                    "{path} has stored no checkpoint yet: the next commit stores that of the last; a running"
                    " server shows it at once (--server)",
                    "no-stored-checkpoint",
                    path=data,
                )
            )
        if stored[0] < size:
            say(said(_BEHIND, language).format(size=size, stored=stored[0]), "yellow")
        keys = log_keys(reader)
        asked = policy_for(policy, data, find_trust(trust))
        found = newest_witnessed(reader, asked, keys) if asked is not None else None
        witnessed = found.note if found is not None else None
        yield _Source(fetch_from(reader), stored[1], witnessed, [*keys], asked is not None)
    finally:
        reader.close()


_BEHIND = (
    "Записів {size}, остання збережена контрольна точка охоплює {stored}: решта – згодом або зараз: --server",
    "{size} entries, the newest stored checkpoint covers {stored}: the rest later, or now by --server",
)


@contextmanager
def _of_server(url: str, policy: Path | None, trust: Path | None) -> Iterator[_Source]:
    """A server's log; whose it must be, the trust file says, and how long, the memory of heads."""
    from api.cli.trusted import read_trust
    from api.cli.watching import alarmed
    from api.cli.witnessed_by import policy_for, satisfying
    from api.client import Client
    from ledger.note import Ed25519Verifier
    from ledger.tlog.paths import WITNESSED
    from ledger.tlog.reading import Absent

    trusted = read_trust(trust)
    asked = policy_for(policy, None, trusted)
    keys: list[Verifier] = [Ed25519Verifier.parse(trusted.log_key)]
    with Client(url) as client:
        with alarmed(client, trust, trusted):
            note, witnessed = _newest(client, trusted, trust, keys), None
        with suppress(Absent):
            witnessed = satisfying(_text(client, WITNESSED), asked, keys)
        yield _Source(client.log_file, note, witnessed, keys, asked is not None)


def _newest(client: Client, trusted: Trust, place: Path | None, keys: list[Verifier]) -> str:
    """The note to publish: of the trusted log, extending all that was seen before; it is remembered.

    All from the files of the log, so that a mirror of them will do. place: of the trust file.
    Raises HeadAlarm, VerificationError, Absent, Unreachable, StorageError.
    """
    from api.cli.watching import heads_beside
    from ledger.checkpoint import open_checkpoint
    from ledger.tlog.paths import CHECKPOINT
    from ledger.tlog.reading import TiledLog

    heads, shown = heads_beside(place), [""]
    is_first = heads.remembered(trusted.log) is None

    def fetch() -> str:
        shown[0] = _text(client, CHECKPOINT)
        if is_first:  # later heads must extend this one, so that they are of the same ledger
            _check_genesis(client.log_file, shown[0], keys, trusted.genesis)
        return shown[0]

    def prove(old_size: int, _: int) -> list[bytes]:
        checkpoint, _signers = open_checkpoint(shown[0], keys)
        return TiledLog(client.log_file, checkpoint).prove_consistency(old_size)

    seen = heads.see(trusted.log, fetch, prove)
    if not is_first:
        _check_genesis(client.log_file, seen.note, keys, trusted.genesis)
    return seen.note


def _text(client: Client, path: str) -> str:
    """A note of a server's log, which is not checked yet. Raises Absent, NoteError."""
    from ledger.note import NoteError

    try:
        return client.log_file(path).decode()
    except UnicodeDecodeError as error:
        raise NoteError(f"{client.url}/log/{path} is no text") from error


def _check_genesis(fetch: Fetch, note: str, keys: list[Verifier], genesis: str) -> None:
    """The first entry of the log must be the opening that is trusted. Raises VerificationError."""
    from ledger.checkpoint import open_checkpoint
    from ledger.entry import read_entry
    from ledger.errors import LedgerError, VerificationError
    from ledger.tlog.reading import TiledLog

    checkpoint, _ = open_checkpoint(note, keys)
    for raw in TiledLog(fetch, checkpoint).entries():
        try:
            event = read_entry(raw).stated().event
            found = event.data.genesis() if event.kind == "ledger.opened" else ""
        except LedgerError as error:
            raise VerificationError(
                Sentence(
                    "the first entry of the log opens no ledger: {why}", "first-entry-unreadable", why=error
                )
            ) from error
        if found != genesis:
            raise VerificationError(
                Sentence(
                    "the log begins with another opening, {found}, than {genesis}",
                    "other-opening",
                    found=found or event.kind,
                    genesis=genesis,
                )
            )
        return
    raise VerificationError(Sentence("the log has no entries yet: nothing shows whose it is", "log-empty"))


def _tell(folder: Path, published: Published, source: _Source, language: Language, *, as_json: bool) -> None:
    """judged, in JSON: there was a policy by which `witnessed` was found, or nothing was."""
    from api.cli.files import pretty
    from api.cli.witnessed_by import not_witnessed

    if source.witnessed is None:
        for words in not_witnessed(folder, language, judged=source.judged):
            say(words, "yellow")
    if as_json:
        typer.echo(pretty({**published.to_json(), "judged": source.judged}), nl=False)
        return
    line(said(_DONE, language).format(folder=folder, **published.to_json()))
    line(said(("корінь: ", "root: "), language) + published.root.hex())
    if published.witnessed is not None:
        line(said(("засвідчено розмір: ", "witnessed size: "), language) + str(published.witnessed))


_DONE = (
    "{folder}: {origin}, записів: {size}, файлів записано: {written}, були на місці: {kept}",
    "{folder}: {origin}, entries: {size}, files written: {written}, were there: {kept}",
)


def register(app: typer.Typer) -> None:
    app.command(epilog="Публікує журнал файлами C2SP tlog-tiles: їх може роздавати і перевірити будь-хто.")(
        publish
    )
