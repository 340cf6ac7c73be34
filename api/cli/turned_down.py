"""What was turned down: the ledger's signed refusal, checked and kept beside the statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.screen import say
from api.cli.words import default_language, said
from api.client import Client, ServerProblem
from api.texts.sentences import words_of
from ledger.errors import LedgerError, VerificationError

if TYPE_CHECKING:
    from api.cli.statement import Statement
    from api.cli.trusted import Trust


@contextmanager
def keeping_refusals(client: Client, group: Sequence[Statement], trusted: Trust) -> Iterator[None]:
    """Keep the refusal of a group of statements that were sent together; the problem goes on."""
    try:
        yield
    except ServerProblem as problem:
        refusal = problem.members.get("refusal")
        if isinstance(refusal, dict):
            _keep(client, group, trusted, refusal)
        raise


def refusal_path(path: Path) -> Path:
    """`x.json` → `x.refusal.json`, beside it."""
    return path.with_name(path.stem + ".refusal.json")


def _keep(client: Client, group: Sequence[Statement], trusted: Trust, refusal: dict[str, Any]) -> None:
    """Say what became of it; whatever goes wrong here, the problem itself is what counts."""
    from api.cli.files import write_json

    language = default_language()
    try:
        key = _check(client, group, trusted, refusal)
        for statement in group:
            # A kid is the hash of its key: whoever checks it later needs nobody but the registry.
            write_json(refusal_path(statement.path), {"refusal": refusal, "keys": [key]})
            words = ("підписану відмову збережено", "the signed refusal is kept")
            say(f"{said(words, language)}: {refusal_path(statement.path)}")
    except (LedgerError, OSError) as error:
        words = ("підписану відмову не збережено", "the signed refusal is not kept")
        say(f"{said(words, language)}: {words_of(error, language)}", "yellow")


def _check(
    client: Client, group: Sequence[Statement], trusted: Trust, refusal: dict[str, Any]
) -> dict[str, str]:
    """The JWK of the key that signed it. Whether it is a service key: `pledger receipt check --server`."""
    from ledger.refusals import check_refusal, read_refusal

    kid = read_refusal(refusal)[1].kid
    key = client.public_keys([kid]).get(kid)
    if key is None:
        raise VerificationError(f"the server does not show the key {kid}")
    payloads = [statement.hash for statement in group]
    check_refusal(refusal, key=key, genesis=trusted.genesis, payloads=payloads)
    return key.to_jwk()
