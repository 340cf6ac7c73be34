"""keygen, possession: a person's key, and the proof that the person holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli import options
from api.cli.screen import say


def keygen(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new key file.")],
    alg: Annotated[Literal["Ed25519", "ES256"], typer.Option("--alg", help="Kind of key.")] = "Ed25519",
    passphrase_file: options.PassphraseFiles = None,
) -> None:
    """Make a signing key, encrypted under a passphrase; print its kid and public JWK."""
    from api.cli.files import pretty
    from api.cli.fingerprint import of_kid
    from api.cli.passphrases import new_passphrase
    from ledger.keyfile import save_key
    from ledger.keys import PrivateKey

    key = PrivateKey.generate(alg)
    save_key(out, key, new_passphrase(passphrase_file))
    say(f"{out}: keep it, and the passphrase apart from it")
    say(f"fingerprint: {of_kid(key.public.kid)}")
    typer.echo(pretty({"alg": alg, "kid": key.public.kid, "jwk": key.public.to_jwk()}), nl=False)


def possession(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The person's key file.")],
    person: Annotated[str, typer.Option("--person", metavar="P", help="The person's id in the registry.")],
    trust: options.TrustFile = None,
    passphrase_file: options.PassphraseFiles = None,
) -> None:
    """Print the data of key.enrolled: the public key, with the proof that its person holds it."""
    from api.cli.files import pretty
    from api.cli.passphrases import open_keys
    from api.cli.trusted import read_trust
    from ledger.clock import SystemClock
    from ledger.envelope import prove_possession

    ledger = read_trust(trust).ledger
    (opened,) = open_keys([key], passphrase_file)
    say(f"{opened.public.kid} of {person}, for {ledger['origin']} {ledger['genesis']}")
    iat = int(SystemClock().now().timestamp())
    proof = prove_possession(opened, ledger=ledger, person=person, iat=iat)
    data = {"person": person, "jwk": opened.public.to_jwk(), "possession": proof}
    typer.echo(pretty(data), nl=False)


def register(app: typer.Typer) -> None:
    app.command(epilog="Створює ключ особи, зашифрований паролем.")(keygen)
    app.command(epilog="Доводить, що особа володіє ключем: дані для key.enrolled.")(possession)
