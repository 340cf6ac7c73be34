"""receipt check: what a kept receipt, or a kept refusal, proves, offline, by the trust file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli import options
from api.cli.screen import REFUSED, line, say
from api.cli.words import Pair, said
from api.texts.language import Language

if TYPE_CHECKING:
    from ledger.keys import PublicKey
    from ledger.receipt import Receipt
    from ledger.tlog.judging import Evidence
    from ledger.verify.report import Check, Report

_RECEIPT, _PROOF = ".receipt.json", ".tlog-proof"


def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="x.receipt.json, x.tlog-proof or x.refusal.json of submit.")
    ],
    entry: Annotated[
        Path | None,
        typer.Option("--entry", metavar="FILE", help="For a .tlog-proof: the entry's bytes, or a receipt."),
    ] = None,
    event: Annotated[
        Path | None,
        typer.Option("--event", metavar="FILE", help="The event that was signed; default x.json beside it."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="URL", help="Ask here for signers' keys that are not in the file."),
    ] = None,
    trust: options.TrustFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a receipt: the entry, its signatures, its proof, and the log's signature over the tree.

    A signed refusal (x.refusal.json): which rule refused what, and by whose key; that the key is the
    ledger's service key only the log shows (--server). Nobody is asked, unless --server names somebody.
    Exit code 0 only if all of it holds by your trust file.
    """
    from api.cli.files import pretty
    from api.cli.refusal_checks import check_kept_refusal, is_refusal
    from api.cli.trusted import find_trust
    from ledger.tlog.judging import Trusted, judge_receipt

    if is_refusal(file):
        check_kept_refusal(file, event=event, server=server, trust=trust, as_json=as_json, language=language)
        return
    evidence = _evidence(file, entry, event, server)
    found = find_trust(trust)
    trusted = Trusted(found.log_key, found.genesis) if found is not None else None
    report = judge_receipt(evidence, trusted)
    if as_json:
        typer.echo(pretty(report.to_json()), nl=False)
    else:
        _tell(report, language)
    if report.verdict != "verified":
        raise typer.Exit(REFUSED)


def _evidence(file: Path, entry: Path | None, event: Path | None, server: str | None) -> Evidence:
    """Everything that is at hand. Raises Unreadable, ReceiptError, TlogProofError."""
    from api.cli.files import read_bytes
    from ledger.receipt import ReceiptError, read_receipt
    from ledger.tlog.judging import Evidence, from_proof
    from ledger.tlog.proof import HEADER, parse_proof

    raw = read_bytes(file)
    if raw.startswith(HEADER.encode()):
        if entry is None:
            raise typer.BadParameter("a .tlog-proof is about an entry: give its bytes with --entry")
        proof, content = parse_proof(raw), read_bytes(entry)
        members = _receipt_members(entry)
        content = read_receipt(members).entry if members else content
        receipt = from_proof(proof, content)
    else:
        members = _receipt_members(file)
        if not members:
            raise ReceiptError(f"{file} is no receipt, no tlog-proof and no signed refusal")
        receipt = read_receipt(members)
    return Evidence(receipt, _keys(receipt, members, server), _statement(file, event))


def _receipt_members(path: Path) -> Mapping[str, Any]:
    """The members of a JSON receipt; none of what is something else."""
    from api.cli.files import Unreadable, read_members

    with suppress(Unreadable):
        members = read_members(path)
        if {"entry", "checkpoint"} <= members.keys():
            return members
    return {}


def _keys(receipt: Receipt, members: Mapping[str, Any], server: str | None) -> dict[str, PublicKey]:
    """The signers' keys by kid: a kid is the hash of its key, so that nobody need be believed."""
    from api.client import Client
    from ledger.errors import LedgerError
    from ledger.keys import PublicKey
    from ledger.tlog.judging import chosen, signers_of

    found: dict[str, PublicKey] = {}
    listed = members.get("keys")
    for jwk in listed if isinstance(listed, list) else ():
        with suppress(LedgerError):
            key = PublicKey.from_jwk(jwk)
            found[key.kid] = key
    kids = signers_of(receipt)
    missing = [kid for kid in kids if kid not in found]
    if missing and server is not None:
        with Client(server) as client:
            found |= client.public_keys(missing)
    return chosen(found, kids)


def _statement(file: Path, event: Path | None) -> bytes | None:
    """The payload that was signed here: what the receipt must be about."""
    from api.cli.statement import read_statement
    from ledger.errors import LedgerError

    if event is not None:
        return read_statement(event).payload
    for suffix in (_RECEIPT, _PROOF):
        beside = file.with_name(file.name.removesuffix(suffix) + ".json")
        if file.name.endswith(suffix) and beside.exists():
            with suppress(LedgerError):  # some other file of that name: the checks say that none was compared
                return read_statement(beside).payload
    return None


_MARKS: Final[Mapping[str, Pair]] = {
    "ok": ("добре", "ok"),
    "failed": ("НЕ СХОДИТЬСЯ", "FAILED"),
    "warning": ("увага", "warning"),
    "skipped": ("не перевірено", "skipped"),
}
_NAMES: Final[Mapping[str, Pair]] = {
    "format": (
        "запис у єдиній формі, як каже квитанція",
        "the entry in its one form, as the receipt says",
    ),
    "checkpoint": ("голову журналу підписав довірений ключ", "the trusted key signed the log's head"),
    "tree": ("запис є в дереві цієї голови", "the entry is in the tree of that head"),
    "genesis": ("запис із довіреного реєстру", "the entry is of the trusted ledger"),
    "signatures": ("підписи всіх, кого названо", "the signatures of all who are named"),
    "receipt": ("квитанція загалом", "the receipt as a whole"),
}
_REASONS: Final[Mapping[str, Pair]] = {
    "no-trust": ("немає файлу довіри (--trust)", "there is no trust file (--trust)"),
    "no-keys": ("немає ключів підписантів (--server)", "the signers' keys are not at hand (--server)"),
    "not-read": ("попереднє не прочитано", "what it needs could not be read"),
}
_VERDICTS: Final[Mapping[str, Pair]] = {
    "verified": ("ПЕРЕВІРЕНО", "VERIFIED"),
    "self-consistent": ("внутрішньо узгоджено, НЕ ЗАСВІДЧЕНО", "self-consistent, NOT authenticated"),
    "failed": ("НЕ СХОДИТЬСЯ", "FAILED"),
}


def _tell(report: Report, language: Language) -> None:
    for one in report.in_order():
        for text in _lines(one, language):
            line(text, "red" if one.status == "failed" else "")
    index, event = report.cover["index"], report.cover["event"]
    line(f"{said(_VERDICTS[report.verdict], language)}: № {index + 1} {event}", "bold")
    if report.verdict == "verified" and not report.cover["compared"]:
        say(said(_NOT_COMPARED, language), "yellow")
    if report.verdict == "verified":
        say(said(_WHOSE, language))


_NOT_COMPARED: Final = (
    "З тим, що ви підписували, не порівняно: --event ФАЙЛ",
    "Not compared with what you signed: --event FILE",
)
_WHOSE: Final = (
    "Чиї це ключі й чи мали вони повноваження, каже реєстр: повна перевірка.",
    "Whose keys these are, and whether they had authority, the registry says: verify the whole.",
)


def _lines(one: Check, language: Language) -> Iterator[str]:
    mark, name = said(_MARKS[one.status], language), said(_NAMES[one.name], language)
    reason = f" ({said(_REASONS[one.reason], language)})" if one.reason in _REASONS else ""
    yield f"{mark:<12} {one.name}: {name}{reason}"
    for fault in one.faults:
        yield f"  {fault.detail}"
    for kid in one.facts.get("missing", ()):
        yield f"  {kid}"


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Перевіряє квитанцію чи підписану відмову без мережі, за файлом довіри.")(check)
    app.add_typer(
        family,
        name="receipt",
        help="Check a kept receipt or refusal, offline.",
        epilog="Перевіряє збережену квитанцію чи відмову без мережі.",
    )
