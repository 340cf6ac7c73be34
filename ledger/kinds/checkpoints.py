"""Checkpoints of this very log inside events, and the sizes that statements about the log cover."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import Refusal
from ledger.kinds.base import View
from ledger.note import Ed25519Verifier, Note, NoteError, parse_note
from ledger.trust import Covered, size_of

NOTE_SIZE_MAX = 16_000  # a hundred signature lines fit


def _well_formed(note: str) -> str:
    """A note whose text is a checkpoint: whoever reads the event can rely on that much."""
    try:
        parse_checkpoint(parse_note(note).text)
    except NoteError as error:
        raise PydanticCustomError("malformed", "no signed checkpoint: {why}", {"why": str(error)}) from error
    return note


NoteText = Annotated[str, Field(min_length=1, max_length=NOTE_SIZE_MAX), AfterValidator(_well_formed)]


def own_checkpoint(view: View, note: str, before: Covered | None) -> tuple[Checkpoint, Note]:
    """A checkpoint that a key of this log signed, of a tree that is there, newer than `before`.

    Raises Refusal: checkpoint-not-ours, size-ahead, size-not-newer.
    """
    at = "/data/checkpoint"
    try:
        verifiers = [Ed25519Verifier.parse(key) for key in view.root.log_keys]
        checkpoint, _ = open_checkpoint(note, verifiers)  # each key is named like this log's origin
    except NoteError as error:
        raise Refusal("checkpoint-not-ours", at, None, origin=view.root.origin, detail=str(error)) from error
    check_size(view, checkpoint.size, before, at)
    return checkpoint, parse_note(note)


def check_size(view: View, size: int, before: Covered | None, at: str) -> None:
    """Not ahead of the log, and above what the statement of this kind before covers. Raises Refusal."""
    if size > view.world.position:
        raise Refusal("size-ahead", at, size, position=view.world.position)
    if size <= size_of(before):
        raise Refusal("size-not-newer", at, size, before=size_of(before))


def size_in(note: str) -> int:
    """The size that a well-formed note states."""
    return parse_checkpoint(parse_note(note).text).size
