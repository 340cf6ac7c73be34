"""sign: a payload's canonical bytes, signed offline by those whom it names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.screen import say
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.cli.statement import Statement
    from api.cli.trusted import Trust
    from ledger.envelope import EnvelopeJSON
    from ledger.keys import PrivateKey

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE|DIR", help="Where to; a directory for several files; else stdout."),
]


def sign(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Payloads, or envelopes to join.")],
    key: Annotated[list[Path], typer.Option("--key", metavar="KEY", help="Key file; may be repeated.")],
    out: Out = None,
    trust: options.TrustFile = None,
    passphrase_file: options.PassphraseFiles = None,
    full: options.Full = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Sign offline: shows what is signed and its hash, then asks for the passphrase."""
    from api.cli.passphrases import open_keys
    from api.cli.statement import describe, read_statement
    from api.cli.trusted import find_trust

    if len(files) > 1 and out is None:
        raise Misused(("кільком файлам потрібна тека", "several files need a directory"), "--out")
    statements = [read_statement(path) for path in files]
    trusted = find_trust(trust)
    for statement in statements:
        _check_ledger(statement, trusted)
        describe(statement, lang, full=full)
    keys = open_keys(key, passphrase_file)
    for statement in statements:
        _check_named(statement, keys)
    signed = [_signed(statement, keys) for statement in statements]
    for statement, envelope in zip(statements, signed, strict=True):
        _write(statement, envelope, out, several=len(files) > 1)


def _check_ledger(statement: Statement, trusted: Trust | None) -> None:
    from ledger.errors import Refusal

    if trusted is None:
        say("no trust file: whether this is meant for the right ledger was not checked", "yellow")
    elif statement.event.ledger.model_dump() != trusted.ledger:
        raise Refusal("wrong-ledger", "/ledger", statement.event.ledger.genesis, trusted=trusted.genesis)


def _check_named(statement: Statement, keys: Sequence[PrivateKey]) -> None:
    """Whoever signs is named, and in which capacity: no signature is added to what does not say so."""
    from ledger.errors import Refusal

    for key in keys:
        if key.public.kid not in statement.named:
            raise Refusal("signers-differ", "/signers", key.public.kid, named=", ".join(statement.named))


def _signed(statement: Statement, keys: Sequence[PrivateKey]) -> EnvelopeJSON:
    from ledger.clock import SystemClock
    from ledger.envelope import add_signature, sign_payload

    iat = int(SystemClock().now().timestamp())
    if statement.envelope is None:
        return sign_payload(statement.payload, keys, iat=iat)
    envelope = statement.envelope
    for key in keys:
        envelope = add_signature(envelope, key, iat)
    return envelope


def _write(statement: Statement, envelope: EnvelopeJSON, out: Path | None, *, several: bool) -> None:
    from api.cli.files import pretty, write_json
    from ledger.envelope import parse_envelope

    missing = [kid for kid in statement.named if kid not in parse_envelope(envelope).kids]
    for kid in missing:
        say(f"{statement.path}: {kid} is still to sign", "yellow")
    if out is None:
        typer.echo(pretty(envelope), nl=False)
        return
    if several or out.is_dir():
        out.mkdir(parents=True, exist_ok=True)
        out = out / statement.path.name
    write_json(out, envelope)
    say(f"{out}: signed, SHA-256 {statement.hash}")


def register(app: typer.Typer) -> None:
    app.command(epilog="Підписує подію без мережі; спершу показує, що саме підписується.")(sign)
