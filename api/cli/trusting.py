"""trust: the lines by which a client knows its ledger, taken once, and moved on by evidence alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.screen import line, say
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from api.client import Client
    from ledger.following import Step


def trust(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server to believe this once.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default ~/.config/pledger/trust.json.")
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Go on to a rotated log key, by evidence that the trusted one signed."),
    ] = False,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Believe the witnesses of this tlog-policy."),
    ] = None,
    tsa: Annotated[
        list[Path] | None,
        typer.Option("--tsa", metavar="FILE", help="Believe this time-stamping authority (PEM)."),
    ] = None,
) -> None:
    """Take origin, genesis and log key from a server: trust on first use, and only then.

    With --follow the trust file moves to the key in force if the trusted key vouches for it: it
    signed a log that holds the rotation. That does not prove who decided on it: the minutes do.
    Witnesses and authorities never come from the server: --policy and --tsa put them in.
    """
    from api.cli.trusted import default_path, read_authority, read_policy
    from api.client import Client

    path = out or default_path()
    given: dict[str, Any] = {}
    if policy is not None:
        given["policy"] = read_policy(policy)
    if tsa:
        given["tsa"] = tuple(map(read_authority, tsa))
    with Client(url) as client:
        if follow:
            _follow(client, path, given)
        else:
            _take(client, path, given)


def _take(client: Client, path: Path, given: Mapping[str, Any]) -> None:
    from dataclasses import replace

    from api.cli.trusted import find_trust
    from api.cli.watching import check_head
    from ledger.errors import VerificationError

    found = _identity(client)
    old = find_trust(path) if path.exists() else None
    if old is not None and old.log != found.log:
        raise VerificationError(
            Sentence(
                "{path} trusts {origin} {genesis}, and {url} now shows {shown} {other}: {what}. Nothing was"
                " changed",
                "trust-differs",
                path=path,
                origin=old.origin,
                genesis=old.genesis,
                url=client.url,
                shown=found.origin,
                other=found.genesis,
                what=_what_changed(old, found, client.url),
            )
        )
    check_head(client, path, found)
    _write(path, replace(old or found, **given))
    if old is None:
        say(
            f"{path}: believed from {client.url} on first use. Only the server itself vouched for it:",
            "yellow",
        )
        say("compare the lines with those that your auditor or council published.", "yellow")


def _identity(client: Client) -> Trust:
    """What a server says of itself. Raises Unreachable."""
    from api.cli.trusted import trust_of
    from api.client import Unreachable
    from ledger.errors import VerificationError

    said = client.ledger()
    try:
        # Whom to believe besides the log never comes from the server.
        return trust_of({name: said[name] for name in ("origin", "genesis", "log_key") if name in said})
    except VerificationError as error:
        raise Unreachable(
            Sentence(
                "{url} does not say which ledger it holds: {why}", "server-no-name", url=client.url, why=error
            )
        ) from error


def _what_changed(old: Trust, found: Trust, url: str) -> Sentence:
    if old.ledger == found.ledger:
        return Sentence(
            "another log key. If it was rotated, `pledger trust {url} --follow` goes on to it by evidence"
            " that the trusted key signed",
            "trust-other-key",
            url=url,
        )
    return Sentence("another ledger; ask whoever keeps it", "trust-other-ledger")


def _follow(client: Client, path: Path, given: Mapping[str, Any]) -> None:
    """Raises VerificationError, with nothing changed, unless the newest checkpoint can be checked then."""
    from dataclasses import replace

    from api.cli.files import write_json
    from api.cli.trusted import read_trust
    from api.cli.watching import check_head
    from ledger.note import parse_verifier_key

    old = read_trust(path)
    steps = _steps(client, old)
    new = replace(old, log_key=steps[-1].new) if steps else old
    _check_newest(client, new)
    check_head(client, path, new)
    for step in steps:
        say(f"№ {step.index + 1} {step.event}: {step.old} → {step.new}")
        for person, kid in step.signers:
            say(f"  signed by {person}, {kid}")
    if steps:
        kept = path.with_name(f"{path.stem}.{parse_verifier_key(old.log_key).key_id.hex()}.json")
        write_json(kept, old.to_json())
        say(f"{kept}: the old trust, for receipts from before the overlap (--trust)")
    _write(path, replace(new, **given))
    if steps:
        say(
            "The trusted key signed a log that holds this rotation. Whether its signers were the registrars,",
            "yellow",
        )
        say("and the new key is theirs, the minutes say: compare the fingerprint.", "yellow")
    else:
        say(f"{path}: the log key is the same; nothing to follow")


def _steps(client: Client, old: Trust) -> list[Step]:
    from ledger.following import follow, signers_of

    receipts = client.rotations()
    keys = client.public_keys(list(dict.fromkeys(kid for one in receipts for kid in signers_of(one))))
    return follow(receipts, keys=keys, log_key=old.log_key, genesis=old.genesis, origin=old.origin)


def _check_newest(client: Client, trusted: Trust) -> None:
    """What the server signs now must be of the log, and of the key, that would be trusted."""
    from ledger.checkpoint import open_checkpoint
    from ledger.errors import VerificationError
    from ledger.note import Ed25519Verifier

    try:
        checkpoint, _ = open_checkpoint(client.checkpoint(), [Ed25519Verifier.parse(trusted.log_key)])
    except VerificationError as error:
        raise VerificationError(
            Sentence(
                "{url} shows no evidence that leads from the trusted log key to the one that signs now"
                " ({why}). Nothing was changed; ask whoever keeps the ledger",
                "trust-no-evidence",
                url=client.url,
                why=error,
            )
        ) from error
    if checkpoint.origin != trusted.origin:
        raise VerificationError(
            Sentence(
                "{url} holds {origin}. Nothing was changed",
                "trust-other-origin",
                url=client.url,
                origin=checkpoint.origin,
            )
        )


def _write(path: Path, trusted: Trust) -> None:
    from api.cli.files import write_json
    from api.cli.fingerprint import of_log_key

    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, trusted.to_json())
    for name in ("origin", "genesis", "log_key"):
        line(f"{name}: {getattr(trusted, name)}")
    if trusted.policy is not None or trusted.tsa:
        witnesses = "with a policy of witnesses" if trusted.policy is not None else "no policy of witnesses"
        say(f"{path}: {witnesses}, {len(trusted.tsa)} time-stamping authorities")
    say(f"log key fingerprint: {of_log_key(trusted.log_key)}")


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Запам'ятовує реєстр сервера з першого звертання (довіра на перше використання);"
        " --follow переходить на новий ключ журналу за доказом, підписаним старим."
    )(trust)
