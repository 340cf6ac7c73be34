"""Before an answer is believed: the server's newest head extends all that this client saw before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.trusted import find_trust, place_of, read_trust
from api.client import Client, ServerProblem, Unreachable
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.errors import LedgerError
from ledger.note import parse_note
from ledger.seen import HeadAlarm, Log, NoHead, OtherKey, OtherLedger, Seen
from ledger.tlog.reading import Absent

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from ledger.remembering import Heads


def heads_beside(path: Path | None) -> Heads:
    """The memory of heads beside the trust file, named or not."""
    from ledger.remembering import Heads

    return Heads(place_of(path).parent / "heads")


def check_head(client: Client, path: Path | None = None, trusted: Trust | None = None) -> Seen | None:
    """Compare the server's newest signed head with the one remembered, and remember it.

    path: of the trust file if one was named; trusted: what it says, if it was read already.
    Without a trust file nothing is compared, and None is returned. Costs one request, and another
    one if the log grew. Raises HeadAlarm, Unreachable, ServerProblem, StorageError.
    """
    trusted = trusted or find_trust(path)
    if trusted is None:
        return None
    log, heads = trusted.log, heads_beside(path)
    old = heads.remembered(log)
    if old is None:  # later heads must extend this one, so that they are of the same ledger
        _check_identity(client, log)
    try:
        return heads.see(log, lambda: _newest(client), client.consistency)
    except (NoHead, OtherKey) as alarm:
        _check_identity(client, log, alarm)
        raise


@contextmanager
def watched(client: Client, path: Path | None = None, trusted: Trust | None = None) -> Iterator[list[str]]:
    """Ask inside, show after: what was answered is let go only by a log that extends what was seen.

    Gives a list for the notes under which receipts lie: they must be of the same log. "There is no such
    thing" is an answer too. Raises as check_head.
    """
    notes: list[str] = []
    try:
        yield notes
    except ServerProblem:
        with suppress(ServerProblem, Unreachable):  # then the problem itself is all there is to say
            check_head(client, path, trusted)
        raise
    # After the answer, so that no other log can come in between unseen.
    newest = check_head(client, path, trusted)
    if newest is None:
        return
    trusted = trusted or read_trust(path)
    for note in dict.fromkeys(notes):
        if note != newest.note:
            heads_beside(path).join(trusted.log, note, client.consistency)


@contextmanager
def alarmed(client: Client, path: Path | None = None, trusted: Trust | None = None) -> Iterator[None]:
    """Read a server's /log/ inside: what is not given there may be hidden by a log that was rolled back.

    An alarm goes before the error that says that there was no answer. Raises as check_head, and that error.
    """
    try:
        yield
    except (Unreachable, Absent):
        with suppress(ServerProblem, Unreachable):
            check_head(client, path, trusted)  # which a mirror of files does not answer
        raise


def _newest(client: Client) -> str:
    try:
        return client.checkpoint()
    except ServerProblem as problem:
        if problem.code != "stopped":
            raise
        raise NoHead("the server says that its log's head is not signed") from problem


def _check_identity(client: Client, log: Log, alarm: HeadAlarm | None = None) -> None:
    """Is it the trusted ledger that the server says it holds? alarm: what was found already."""
    said = client.ledger()
    if (said.get("origin"), said.get("genesis")) == (log.origin, log.genesis):
        return
    raise OtherLedger(
        f"{client.url} holds {said.get('origin')} {said.get('genesis')}, and {log.origin} {log.genesis}"
        " is trusted",
        old=alarm.old if alarm is not None else None,
        claimed=alarm.claimed if alarm is not None else _claimed(client),
    ) from alarm


def _claimed(client: Client) -> Checkpoint | None:
    """What a head says that nobody checks: only to name it."""
    try:
        return parse_checkpoint(parse_note(_newest(client)).text)
    except LedgerError:
        return None
