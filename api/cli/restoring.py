"""restore: a backup takes a ledger's place, and says aloud what it lacks."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options, serving_options
from api.cli.screen import OK, REFUSED, line, say
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.trusted import Trust
    from api.texts.language import Language
    from ledger.backup import Backup
    from ledger.restored import Asked, Restored
    from ledger.restoring import Memory
    from ledger.store.documents import Held
    from ledger.store.place import Database

    Brought = tuple[int, tuple[Held, ...]]


def restore(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="ledger.db, a ledger's directory, published tiles, or all events as JSON Lines.",
        ),
    ],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The ledger's directory.")],
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Ask the witnesses of this tlog-policy what they saw."),
    ] = None,
    new_memory: Annotated[
        bool,
        typer.Option("--new-memory", help="log-memory is lost: start anew, if no witness has seen more."),
    ] = False,
    unprotected: Annotated[
        bool,
        typer.Option(
            "--i-know-that-nothing-protects-the-tail",
            help="Start a new memory although there is no witness to ask.",
        ),
    ] = False,
    database: serving_options.Database = None,
    signer: serving_options.Signer = None,
    signer_token: serving_options.SignerToken = None,
    documents_required: options.DocumentsRequired = False,
    trust: options.TrustFile = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Put a backup in a ledger's place: it is checked first, and never passes unnoticed.

    The server must be stopped. A longer log, or another one, is never replaced; key and memory are not
    touched. With a database (--database, or the file `database` in DIR) the backup goes there, if it is
    migrated and empty, in one transaction. A signer that holds key and memory apart (--signer) is asked
    what it signed last; unasked, it is unknown what is missing. Documents beside the backup are brought
    along. Exit 1 if entries are known to be missing, or that is unknown, or nothing can be signed, or a
    document is damaged.
    """
    from api.cli.moving import leading, tell_named
    from api.cli.trusted import find_trust
    from ledger.clock import SystemClock, format_instant
    from ledger.directory import Directory
    from ledger.documents_named import compare_documents, documents_named
    from ledger.putting_back import put
    from ledger.restored import Restored
    from ledger.restoring import check_asked, check_memory, look_at, missing_of, staged
    from ledger.store.documents import documents_of

    trusted, named = find_trust(trust), _database(directory, database)
    told = _signed_last(directory, signer, signer_token)
    with staged(source, directory, named) as backup, ExitStack() as opened:
        _check_ledger(backup, trusted)
        if named is not None:
            opened.enter_context(leading(named))
        place = look_at(directory, backup, named, told)
        asked = [*_clients(backup, trusted, trust), *_witnesses(backup, _policy(policy, trusted))]
        alone = not any(one.who.startswith(WITNESS) for one in asked)
        check_memory(backup, place, asked)
        if new_memory:
            _check_wish(place.signed is not None, alone and not unprotected)
            check_asked(backup, asked)
        record = Restored(
            at=format_instant(SystemClock().now()),
            source=source.name,
            origin=backup.origin,
            genesis=backup.genesis,
            size=backup.size,
            root=backup.root.hex(),
            before=place.before,
            signed_size=place.signed[0] if place.signed is not None else None,
            signed_root=place.signed[1].hex() if place.signed is not None else None,
            missing=missing_of(backup, place, asked),
            new_memory=new_memory,
            asked=tuple(asked),
            unprotected=(new_memory or place.signer == "unknown") and alone,
            signer=place.signer,
        )
        names = documents_named(backup.path)
        brought = put(directory, backup, record, source, named)
    compared = compare_documents(names, documents_of(Directory(directory, named)))
    _tell(record, source, directory, trusted, lang)
    _tell_documents(brought, directory, named, lang)
    tell_named(compared, lang)
    can_sign = record.signed_size is not None or record.new_memory
    whole = record.missing is None and not brought[1] and not (documents_required and compared.missing)
    raise typer.Exit(OK if can_sign and whole else REFUSED)


def _signed_last(directory: Path, address: str | None, token: Path | None) -> Memory | None:
    """What a signer's service has signed last; None if the directory has key and memory. Raises Stopped."""
    from contextlib import closing

    from api.settings import Settings
    from ledger.directory import Directory
    from ledger.signing.opening import open_signer

    settings = Settings(data=directory)
    address, token = address or settings.signer, token or settings.signer_token
    if address is None:
        return None
    with closing(open_signer(Directory(directory), address, token)) as signer:
        return (signer.origin, *signer.last())


def _database(directory: Path, database: str | None) -> Database | None:
    """Of the option, the environment, or the directory: as `pledger serve` finds it."""
    from api.context import database_of
    from api.settings import Settings

    settings = Settings(data=directory)
    named = {"database": database} if database is not None else {}
    return database_of(settings.model_copy(update=named))


WITNESS = "witness "


def _check_ledger(backup: Backup, trusted: Trust | None) -> None:
    from ledger.restoring import RestoreRefused

    if trusted is not None and trusted.origin == backup.origin and trusted.genesis != backup.genesis:
        raise RestoreRefused(
            Sentence(
                "the backup is of the ledger {genesis}, and {trusted} is trusted under this name",
                "backup-not-trusted",
                genesis=backup.genesis,
                trusted=trusted.genesis,
            )
        )


def _check_wish(has_memory: bool, is_alone: bool) -> None:
    """Raises RestoreRefused unless a new memory is needed, and somebody was asked, or nobody knowingly."""
    from ledger.restoring import RestoreRefused

    if has_memory:
        raise RestoreRefused(
            Sentence("the log key's memory is there: it is never replaced by an older one", "memory-there")
        )
    if is_alone:
        raise RestoreRefused(
            Sentence(
                "no witness was asked (--policy FILE), so that nobody can say whether entries after the"
                " backup's last one were signed. If there is no witness:"
                " --i-know-that-nothing-protects-the-tail",
                "nobody-asked",
            )
        )


def _clients(backup: Backup, trusted: Trust | None, path: Path | None) -> Iterator[Asked]:
    """What this person's own memory of heads holds of the ledger."""
    from api.cli.watching import heads_beside
    from ledger.restored import Asked
    from ledger.restoring import check_remembered, named
    from ledger.seen import Log

    heads = heads_beside(path)
    log_key = trusted.log_key if trusted is not None else backup.log_keys[-1]
    seen = heads.remembered(Log(backup.origin, backup.genesis, log_key))
    if seen is not None:
        who = f"client {heads.path(backup.genesis).name}"
        check_remembered(backup, named(who), seen.size, seen.root)
        yield Asked(who, seen.size)


def _policy(path: Path | None, trusted: Trust | None) -> str | None:
    from api.cli.trusted import read_policy

    if path is not None:
        return read_policy(path)
    return trusted.policy if trusted is not None else None


def _witnesses(backup: Backup, policy: str | None) -> Iterator[Asked]:
    """How much of the log each witness has cosigned. Raises RestoreRefused if one saw another tree."""
    from api.witnessing import WitnessAlarm, largest_seen
    from ledger.note import Ed25519Verifier
    from ledger.restored import Asked
    from ledger.restoring import RestoreRefused
    from ledger.witness.policy import parse_policy

    if policy is None:
        return
    if backup.note is None:
        raise RestoreRefused(
            Sentence(
                "the backup holds no signed checkpoint, without which witnesses say nothing",
                "backup-unsigned",
            )
        )
    logs = [Ed25519Verifier.parse(log_key) for log_key in backup.log_keys]
    try:
        seen = largest_seen(backup.note, parse_policy(policy), logs=logs)
    except WitnessAlarm as alarm:
        raise RestoreRefused(*alarm.args) from alarm
    for name, size in seen.sizes.items():
        yield Asked(f"{WITNESS}{name}", size)


def _tell(record: Restored, source: Path, directory: Path, trusted: Trust | None, language: Language) -> None:
    from api.texts.restoring import WORDS
    from api.texts.sentences import words_of
    from ledger.directory import Directory
    from ledger.restored import record_path
    from ledger.restoring import named

    words, place = WORDS[language], Directory(directory)
    size, names = record.size, {"source": source, "directory": directory, "memory": place.log_memory}
    line(words["done"].format(**names, size=size, origin=record.origin, root=record.root))
    line(words["genesis"].format(genesis=record.genesis))
    if trusted is None or trusted.genesis != record.genesis:
        say(words["nobody"], "yellow")
    for one in record.asked:
        say(
            words["silent" if one.size is None else "asked"].format(
                who=words_of(named(one.who), language), seen=one.size
            )
        )
    if record.missing is not None:
        first, last = record.missing
        say(words["missing"].format(first=first, last=last, size=size), "red")
        say(words["stopped"], "red")
        say(words["holders"])
    if record.new_memory:
        say(words["new-memory"].format(**names, size=size), "yellow")
    elif record.signer == "unknown":
        say(words["signer-elsewhere"].format(**names), "red")
    elif record.signed_size is None:
        say(words["no-memory"].format(**names), "red")
    if record.unprotected:
        say(words["unprotected"].format(size=size), "red")
    if record.signer == "beside" and not place.log_key.exists():
        say(words["no-key"].format(key=place.log_key), "yellow")
    say(words["shown"].format(record=record_path(directory)))
    say(words["rest"])


def _tell_documents(brought: Brought, directory: Path, database: Database | None, language: Language) -> None:
    from api.texts.copying import WORDS

    words, (count, lost) = WORDS[language], brought
    say(words["restored-documents"].format(documents=count))
    for held in lost:
        say(words["lost"].format(sha256=held.sha256), "red")
    if database is not None:
        say(words["restored-into"].format(where=database, directory=directory))


def register(app: typer.Typer) -> None:
    app.command(epilog="Відновлює реєстр із копії; каже, чого бракує, і ніколи не замінює довшого журналу.")(
        restore
    )
