"""verify: what a bundle, a ledger, a published folder or a server proves, by the verifier's own trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli import options
from api.cli.screen import OK, REFUSED
from api.cli.usage import Misused
from api.cli.words import said
from api.texts.language import Language

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from api.client import Client
    from ledger.verify.anchors import Anchors
    from ledger.verify.report import Report
    from ledger.verify.whole import Progress

_ZIP, _SQLITE = b"PK", b"SQLite format 3\x00"
_RECEIPTS: Final = (".receipt.json", ".tlog-proof", ".refusal.json")
_STAGES: Final = {
    "fetch": ("записи одержано", "entries fetched"),
    "registry": ("реєстр", "registry"),
    "signatures": ("підписи", "signatures"),
    "rules": ("правила", "rules"),
    "tables": ("таблиці", "tables"),
}

_NO_FOLDER: Final = (
    "це не каталог реєстру й не опублікована тека",
    "this is neither a ledger's directory nor a published folder",
)
_LIKE_A_RECEIPT: Final = (
    "це схоже на квитанцію чи відмову: `pledger receipt check ФАЙЛ`",
    "this looks like a receipt or a refusal: use `pledger receipt check FILE`",
)
_NOTHING: Final = (
    "це не пакет доказів, не файл реєстру, не квитанція й не відмова",
    "this is no bundle, no ledger file, no receipt and no refusal",
)


def verify(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A bundle, ledger.db, a ledger's or published folder, a URL, a receipt, a refusal.",
        ),
    ],
    trust: options.TrustFile = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A signed checkpoint that was seen elsewhere."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Witnesses (tlog-policy) instead of the trust file's."),
    ] = None,
    tsa: Annotated[
        list[Path] | None,
        typer.Option("--tsa", metavar="FILE", help="One more time-stamping authority (PEM)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Verify offline, believing nobody but the trust file: entries, signatures, authority, rules, tree.

    Without a trust file the verdict is "self-consistent, NOT authenticated" and the exit code 1.
    Exit codes: 0 verified; 1 failed, or not authenticated; 2 usage; 3 cannot be read.
    """
    from api.cli.addresses import check_address, is_address
    from api.cli.files import pretty
    from api.cli.receipt_seen import refuse_authorities
    from api.cli.trusted import find_trust, place_of
    from api.cli.verdicts import show_report, with_words

    if not is_address(target) and target.endswith(_RECEIPTS):
        refuse_authorities(tsa or ())
        _receipt(Path(target), trust, checkpoint, policy, as_json, language)
        return
    if is_address(target):
        check_address(target)
    trusted = find_trust(trust)
    if trusted is None and (checkpoint or policy or tsa):
        raise Misused(
            (
                "--checkpoint, --policy і --tsa потребують файлу довіри (--trust)",
                "--checkpoint, --policy and --tsa need a trust file (--trust) beside them",
            )
        )
    anchors = _anchors(trusted, trust, checkpoint or [], policy, tsa or []) if trusted is not None else None
    with _progress(language) as progress:
        report = _verified(target, anchors, progress, trusted, trust, language)
    if as_json:
        typer.echo(pretty(with_words(report)), nl=False)
    else:
        show_report(report, target, str(place_of(trust)) if trusted is not None else None, language)
    raise typer.Exit(OK if report.verdict == "verified" else REFUSED)


def _receipt(
    file: Path,
    trust: Path | None,
    checkpoint: list[Path] | None,
    policy: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    from api.cli.receipts import check

    if file.name.endswith(".tlog-proof"):
        raise Misused(
            (
                ".tlog-proof перевіряють разом із записом: pledger receipt check FILE --entry ENTRY",
                "a .tlog-proof is checked with its entry: pledger receipt check FILE --entry ENTRY",
            )
        )
    check(file, trust=trust, checkpoint=checkpoint, policy=policy, as_json=as_json, language=language)


def _anchors(
    trusted: Trust, place: Path | None, checkpoints: list[Path], policy: Path | None, tsa: list[Path]
) -> Anchors:
    """All that this verifier believes, from files of its own. Raises Unreadable, StorageError."""
    from api.cli.trusted import read_authority, read_note, read_policy
    from api.cli.watching import heads_beside
    from ledger.verify.anchors import Anchors

    kept = heads_beside(place).remembered(trusted.log)
    notes = [kept.note] if kept is not None else []
    notes += map(read_note, checkpoints)
    return Anchors(
        trusted.origin,
        trusted.genesis,
        trusted.log_key,
        read_policy(policy) if policy is not None else trusted.policy,
        tuple(text.encode() for text in (*trusted.tsa, *map(read_authority, tsa))),
        tuple(dict.fromkeys(notes)),
    )


def _verified(
    target: str,
    anchors: Anchors | None,
    progress: Progress,
    trusted: Trust | None,
    place: Path | None,
    language: Language,
) -> Report:
    """place: of the trust file. Raises Unreadable, Unreachable, StorageError, HeadAlarm."""
    from api.cli.addresses import is_address

    if is_address(target):
        return _server(target, anchors, progress, trusted, place, language)
    return _kind_of(Path(target))(Path(target), anchors, progress)


def _kind_of(path: Path) -> Callable[[Path, Anchors | None, Progress], Report]:
    """How to verify what lies there. Raises Unreadable for what is nothing of ours."""
    from api.cli.files import unreadable, why_closed
    from ledger.verify.ledger_file import verify_ledger_file
    from ledger.verify.tiles import verify_folder

    if path.is_dir():
        if (path / "ledger.db").exists():
            return lambda folder, anchors, progress: verify_ledger_file(
                folder / "ledger.db", anchors, progress
            )
        if (path / "checkpoint").exists():
            return verify_folder
        raise unreadable(path, _NO_FOLDER)
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
    except OSError as error:
        raise unreadable(path, why_closed(error)) from None
    if start == _SQLITE:
        return verify_ledger_file
    if start.startswith(_ZIP):
        return _bundle
    if start.lstrip().startswith((b"{", b"c2sp.org/tlog-proof")):
        raise unreadable(path, _LIKE_A_RECEIPT)
    raise unreadable(path, _NOTHING)


def _bundle(path: Path, anchors: Anchors | None, progress: Progress) -> Report:
    """An archive that is no whole bundle fails as one: somebody gave it as evidence."""
    from ledger.errors import VerificationError
    from ledger.verify.bundle import verify_bundle
    from ledger.verify.report import Fault, Report

    try:
        return verify_bundle(path, anchors, progress)
    except VerificationError as error:
        report = Report("bundle")
        report.check("format").fail(Fault("bundle-malformed", None, path.name, str(error)))
        return report


def _server(
    url: str,
    anchors: Anchors | None,
    progress: Progress,
    trusted: Trust | None,
    place: Path | None,
    language: Language,
) -> Report:
    """A server's /log/. What was verified is remembered: later heads must extend it."""
    from api.cli.watching import alarmed, check_head
    from api.client import Client
    from ledger.verify.tiles import verify_log

    with Client(url) as client:
        with alarmed(client, place, trusted):
            report = verify_log("server", client.log_file, anchors, progress)
        if report.verdict == "verified":
            check_head(client, place, trusted)
        elif trusted is not None and report.check("remembered").status == "failed":
            _keep_evidence(client, place, trusted, language)
    return report


def _keep_evidence(client: Client, place: Path | None, trusted: Trust, language: Language) -> None:
    """Let the memory of heads raise its alarm, and keep both heads; the report tells the rest."""
    from api.cli.failures import explain
    from api.cli.watching import check_head
    from ledger.errors import LedgerError

    try:
        check_head(client, place, trusted)
    except LedgerError as alarm:
        explain(alarm, language)


@contextmanager
def _progress(language: Language) -> Iterator[Progress]:
    """A bar on stderr for each stage, while a person watches."""
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from api.cli.screen import err

    console = err()
    if not console.is_interactive:  # there bars would leave an empty line
        yield lambda stage, done, of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=console, transient=True) as bars:

        def tell(stage: str, done: int, of: int) -> None:
            if stage not in tasks:
                words = _STAGES.get(stage, (stage, stage))
                tasks[stage] = bars.add_task(said(words, language), total=None)
            bars.update(tasks[stage], completed=done, total=of if done or stage != "registry" else None)

        yield tell


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Перевіряє без мережі пакет доказів, файл реєстру, опубліковану теку, сервер або квитанцію:"
        " записи, підписи, повноваження, правила, дерево. Вірить лише вашому файлу довіри."
    )(verify)
