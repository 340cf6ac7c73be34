"""receipt check: what a kept receipt, or a kept refusal, proves, offline, by the trust file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.screen import REFUSED
from api.cli.usage import Misused

if TYPE_CHECKING:
    from ledger.keys import PublicKey
    from ledger.receipt import Receipt
    from ledger.tlog.judging import Evidence

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
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A signed checkpoint that was seen elsewhere."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Witnesses (tlog-policy) instead of the trust file's."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a receipt: the entry, its signatures, its proof, and the log's signature over the tree.

    A signed refusal (x.refusal.json): which rule refused what, and by whose key; that the key is the
    ledger's service key only the log shows (--server). Nobody is asked, unless --server names somebody.
    If the trust file has a policy, it is said whether its witnesses cosigned: a fresh receipt has none yet.
    The checkpoint is held against the one remembered beside the trust file, and those given: another root
    of one size fails, and both are kept; another size is not compared.

    Exit codes: 0 all of it holds by your trust file; 1 failed, or not authenticated; 2 usage;
    3 cannot be read.
    """
    from api.cli.addresses import check_address
    from api.cli.files import pretty
    from api.cli.receipt_files import judge_witnesses
    from api.cli.receipt_seen import Given, judge_seen
    from api.cli.receipt_words import show, to_json
    from api.cli.refusal_checks import check_kept_refusal, is_refusal
    from api.cli.trusted import find_trust
    from ledger.tlog.judging import Trusted, judge_receipt

    if server is not None:
        check_address(server, "--server")
    given = Given(checkpoint or (), policy)
    if is_refusal(file):
        given.refuse_for_refusal()
        check_kept_refusal(file, event=event, server=server, trust=trust, as_json=as_json, language=language)
        return
    found = find_trust(trust)
    given.refuse_without(found)
    found = given.trusting(found) if found is not None else None
    evidence = _evidence(file, entry, event, server)
    trusted = Trusted(found.log_key, found.genesis) if found is not None else None
    report, note = judge_receipt(evidence, trusted), evidence.receipt.checkpoint
    judge_seen(report, note, given.checkpoints, found, trust, language)
    judge_witnesses(report, note, found)
    if as_json:
        typer.echo(pretty(to_json(report)), nl=False)
    else:
        show(report, language)
    if report.verdict != "verified":
        raise typer.Exit(REFUSED)


def _evidence(file: Path, entry: Path | None, event: Path | None, server: str | None) -> Evidence:
    """Everything that is at hand. Raises Unreadable."""
    from api.cli.files import read_bytes
    from api.cli.receipt_files import read_kept
    from ledger.tlog.judging import Evidence
    from ledger.tlog.proof import HEADER

    raw = read_bytes(file)
    if raw.startswith(HEADER.encode()):
        if entry is None:
            raise Misused(
                (
                    ".tlog-proof стосується запису: дайте його байти в --entry",
                    "a .tlog-proof is about an entry: give its bytes with --entry",
                )
            )
        receipt, members = _of_proof(file, raw, entry)
    else:
        receipt, members = read_kept(file)
    return Evidence(receipt, _keys(receipt, members, server), _statement(file, event))


def _of_proof(file: Path, raw: bytes, entry: Path) -> tuple[Receipt, Mapping[str, Any]]:
    """A tlog-proof and its entry make a receipt; the entry may stand in a JSON receipt. Raises Unreadable."""
    from api.cli.files import read_bytes, unreadable
    from api.cli.receipt_files import looks_kept, read_kept
    from ledger.errors import VerificationError
    from ledger.receipt import ReceiptError
    from ledger.tlog.judging import from_proof
    from ledger.tlog.proof import parse_proof

    try:
        proof = parse_proof(raw)
    except VerificationError:
        raise unreadable(file, ("це не цілий tlog-proof", "this is no whole tlog-proof")) from None
    content = read_bytes(entry)
    members: Mapping[str, Any] = {}
    if looks_kept(entry):
        kept, members = read_kept(entry)
        content = kept.entry
    try:
        return from_proof(proof, content), members
    except ReceiptError:
        raise unreadable(entry, ("це не запис реєстру", "this is no entry of a ledger")) from None


def _keys(receipt: Receipt, members: Mapping[str, Any], server: str | None) -> dict[str, PublicKey]:
    """The signers' keys by kid: a kid is the hash of its key, so that nobody need be believed."""
    from api.client import Client
    from ledger.errors import LedgerError
    from ledger.keys import PublicKey
    from ledger.receipt import ReceiptError
    from ledger.tlog.judging import chosen, signers_of

    found: dict[str, PublicKey] = {}
    listed = members.get("keys")
    for jwk in listed if isinstance(listed, list) else ():
        with suppress(LedgerError):
            key = PublicKey.from_jwk(jwk)
            found[key.kid] = key
    try:
        kids = signers_of(receipt)
    except ReceiptError:  # the checks say what is wrong with the entry
        return {}
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


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Перевіряє квитанцію чи підписану відмову без мережі, за файлом довіри.")(check)
    app.add_typer(
        family,
        name="receipt",
        help="Check a kept receipt or refusal, offline.",
        epilog="Перевіряє збережену квитанцію чи відмову без мережі.",
    )
