"""A witness: it cosigns what extends everything that it cosigned before, and nothing else.

It knows no HTTP server: bodies in, replies out. Source: C2SP tlog-witness v1.0.0.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import Checkpoint
from ledger.clock import Clock
from ledger.cosignature import CosignatureSigner
from ledger.errors import Stopped
from ledger.merkle import EMPTY_ROOT, ConsistencyProofError, check_consistency
from ledger.note import (
    Ed25519Verifier,
    NoteError,
    OpenedNote,
    Verifier,
    format_note,
    format_signature_line,
    open_note,
)
from ledger.witness.memory import Evidence, Head, WitnessMemory, WitnessWriting
from ledger.witness.request import Request, parse_request

log = logging.getLogger("pledger.witness")

TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Reply:
    """status: HTTP's."""

    status: int
    content_type: str
    body: bytes


class Witness:
    """One key, one memory, and the logs that it follows."""

    def __init__(
        self,
        signer: CosignatureSigner,
        memory: WitnessMemory,
        logs: Mapping[str, Sequence[Verifier]],
        clock: Clock,
    ) -> None:
        """logs: origin → the log's keys, any of which signs. Raises Stopped when the clock stands wrong."""
        self.signer, self.memory, self.logs = signer, memory, dict(logs)
        self._clock = clock
        self.check_clock()

    def check_clock(self) -> None:
        """Raises Stopped when the clock stands before the last cosignature."""
        _check_time(self._now(), self.memory.last_time())

    def add_checkpoint(self, body: bytes) -> Reply:
        """Answer one request; what is cosigned is durable before this returns.

        200 cosignature; 400 malformed, or old above the new size; 403 not signed by the log;
        404 unknown log; 409 with the size remembered; 422 not consistent; 503 the clock is wrong.
        Raises StorageError when the state cannot be read or written.
        """
        try:
            request = parse_request(body)
        except NoteError as error:
            return _words(400, f"malformed request: {error}")
        keys = self.logs.get(request.checkpoint.origin)
        if not keys:
            return _words(404, "unknown log")
        try:
            opened = open_note(request.signed, keys)
        except NoteError as error:
            return _words(403, f"invalid signature: {error}")
        if request.old_size > request.checkpoint.size:
            return _words(400, "the old size is larger than the checkpoint's")
        try:
            with self.memory.writing() as writing:
                return self._decide(writing, request, opened)
        except Stopped as stopped:
            log.error("%s", stopped)
            return _words(503, str(stopped))

    def _decide(self, writing: WitnessWriting, request: Request, opened: OpenedNote) -> Reply:
        checkpoint, head = request.checkpoint, writing.head(request.checkpoint.origin)
        kept = head.checkpoint if head is not None else Checkpoint(checkpoint.origin, 0, EMPTY_ROOT)
        forked = kept.size == checkpoint.size and kept.root != checkpoint.root
        if head is not None and forked:
            self._remember_fork(writing, head, opened, proven=True)
        if request.old_size != kept.size:
            return Reply(409, SIZE, b"%d\n" % kept.size)
        if forked:
            return _words(422, f"another root of size {kept.size} was cosigned: the log has two histories")
        try:
            check_consistency(
                old_size=kept.size,
                new_size=checkpoint.size,
                old_root=kept.root,
                new_root=checkpoint.root,
                proof=request.proof,
            )
        except ConsistencyProofError as error:
            # An unneeded proof for the very tree that is remembered puts nothing in doubt.
            if head is not None and checkpoint.size != kept.size:
                self._remember_fork(writing, head, opened, proven=False)
            return _words(422, f"the consistency proof does not hold: {error}")
        return self._cosign(writing, checkpoint, opened)

    def _cosign(self, writing: WitnessWriting, checkpoint: Checkpoint, opened: OpenedNote) -> Reply:
        time = self._now()
        _check_time(time, writing.last_time())
        cosignature = self.signer.signature_at(opened.text.encode(), time)
        note = format_note(opened.text, [*opened.verified, cosignature])
        writing.keep(Head(checkpoint, note, time))
        return Reply(200, TEXT, f"{format_signature_line(cosignature)}\n".encode())

    def _remember_fork(
        self, writing: WitnessWriting, head: Head, opened: OpenedNote, *, proven: bool
    ) -> None:
        seen = format_note(opened.text, opened.verified)
        evidence = Evidence(head.checkpoint.origin, proven, seen, head.note, self._now())
        if writing.keep_evidence(evidence):
            level = logging.CRITICAL if proven else logging.WARNING
            said = "THE LOG HAS TWO HISTORIES" if proven else "not shown to extend what was cosigned"
            log.log(level, "%s: cosigned [%s], now signed [%s]", said, _flat(head.note), _flat(seen))

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def logs_of(keys: Iterable[str]) -> dict[str, list[Verifier]]:
    """origin → verifiers, of verifier key texts of logs; a log has several while its keys rotate.

    Raises NoteError.
    """
    logs: dict[str, list[Verifier]] = {}
    for verifier in dict.fromkeys(map(Ed25519Verifier.parse, keys)):
        logs.setdefault(verifier.name, []).append(verifier)
    return logs


def _check_time(now: int, last: int) -> None:
    if now < last:
        raise Stopped(
            f"the clock says {now}, but the last cosignature is of {last} (seconds since 1970): a"
            " witness's time never goes back. Set the clock; if the last time was wrong, take a new key"
        )


def _words(status: int, text: str) -> Reply:
    return Reply(status, TEXT, f"{text}\n".encode())


def _flat(note: str) -> str:
    """A note's text on one line: origin, size, root."""
    return " ".join(note.split("\n")[:3])
