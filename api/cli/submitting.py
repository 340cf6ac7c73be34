"""submit: send envelopes, and say "recorded" only after the receipt has proved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.screen import line, say

if TYPE_CHECKING:
    from api.cli.statement import Statement
    from api.cli.trusted import Trust
    from api.client import Client
    from ledger.keys import PublicKey
    from ledger.receipt import Receipt


def submit(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Signed envelopes.")],
    batch: Annotated[bool, typer.Option("--batch", help="Record all of them, or none.")] = False,
    trust: options.TrustFile = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checked receipts as JSON.")] = False,
) -> None:
    """Submit signed events and check each receipt; it is stored as FILE.receipt.json and FILE.tlog-proof.

    Safe to repeat: the same event gets the same entry. What the ledger refuses it signs, too: that is
    checked and stored as FILE.refusal.json.
    """
    from api.cli.files import pretty
    from api.cli.trusted import read_trust
    from api.cli.turned_down import keeping_refusals
    from api.cli.watching import watched
    from api.client import Client

    trusted = read_trust(trust)
    statements = [_read(path) for path in files]
    kept: list[Receipt] = []
    keys: dict[str, PublicKey] = {}
    with Client(server) as client:
        for group in [statements] if batch else [[one] for one in statements]:
            with watched(client, trust, trusted) as notes:
                with keeping_refusals(client, group, trusted):
                    receipts = _send(client, group)
                keys |= client.public_keys([kid for one in group for kid in one.named if kid not in keys])
                for statement, receipt in zip(group, receipts, strict=True):
                    _confirm(statement, receipt, keys, trusted)
                    notes.append(receipt.checkpoint)
            for receipt in receipts:
                kept.append(receipt)
                if not as_json:
                    line(f"recorded № {receipt.index + 1} {receipt.recorded_at} {receipt.event}")
    if as_json:
        typer.echo(pretty({"receipts": [receipt.to_json() for receipt in kept]}), nl=False)


def _read(path: Path) -> Statement:
    from api.cli.files import Unreadable
    from api.cli.statement import read_statement

    statement = read_statement(path)
    if statement.envelope is None:
        raise Unreadable(f"{path} is not signed: run `pledger sign` first")
    return statement


def _send(client: Client, group: Sequence[Statement]) -> list[Receipt]:
    from api.client import AnswerLost

    envelopes = [one.envelope for one in group if one.envelope is not None]
    try:
        if len(envelopes) == 1:
            return [client.submit(envelopes[0])]
        return client.submit_batch(envelopes)
    except AnswerLost:
        say("the answer was lost: whether the event was recorded is unknown; submit it again, that is safe")
        raise


def _confirm(statement: Statement, receipt: Receipt, keys: Mapping[str, PublicKey], trusted: Trust) -> None:
    """Check and keep a receipt. Raises ReceiptError: nothing is recorded as far as we know."""
    from ledger.receipt import ReceiptError, check_receipt

    missing = [kid for kid in statement.named if kid not in keys]
    if missing:
        raise ReceiptError(f"{statement.path}: the server does not show the key {missing[0]}")
    try:
        check_receipt(
            receipt,
            payload=statement.payload,
            keys={kid: keys[kid] for kid in statement.named},
            log_key=trusted.log_key,
            genesis=trusted.genesis,
        )
    except ReceiptError as error:
        raise ReceiptError(f"{statement.path}: NOT confirmed as recorded. {error}") from error
    _keep(statement, receipt, keys)


def _keep(statement: Statement, receipt: Receipt, keys: Mapping[str, PublicKey]) -> None:
    """Beside the statement: the receipt with its signers' public keys, and its proof for tools of others."""
    from api.cli.files import write_json, write_text

    # A kid is the hash of its key: whoever checks the receipt later need not ask anybody for it.
    signers = [keys[kid].to_jwk() for kid in statement.named]
    write_json(receipt_path(statement.path), {**receipt.to_json(), "keys": signers})
    write_text(statement.path.with_suffix(".tlog-proof"), receipt.to_tlog_proof())


def receipt_path(path: Path) -> Path:
    """`x.json` → `x.receipt.json`, beside it."""
    return path.with_name(path.stem + ".receipt.json")


def register(app: typer.Typer) -> None:
    app.command(epilog="Надсилає підписані події та перевіряє квитанції.")(submit)
