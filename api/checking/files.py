"""Checks of the files that an event names: the bytes kept here are hashed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from api.checking.outcome import Checked, failed, passed, undetermined
from api.files import find_kept, is_restricted
from ledger.errors import LedgerError
from ledger.event import FileRef
from ledger.store.documents import Documents, Held

HASHED_MAX = 64 * 1024 * 1024  # bytes hashed for one answer; whoever wants more downloads them


def check_files(documents: Documents, files: Sequence[FileRef]) -> Iterator[Checked]:
    """One for each file, in the event's order."""
    left = HASHED_MAX
    for ref in files:
        try:
            kept = find_kept(documents, ref.sha256, restricted=is_restricted([ref]))
        except (LedgerError, OSError):
            yield undetermined("files", "unread", ref.sha256, name=ref.name)
            continue
        if kept is None:
            yield undetermined("files", "absent", ref.sha256, name=ref.name)
            continue
        left -= kept.size
        yield _check(documents, ref, kept) if left >= 0 else _too_much(ref)


def _too_much(ref: FileRef) -> Checked:
    return undetermined("files", "too-large", ref.sha256, name=ref.name)


def _check(documents: Documents, ref: FileRef, kept: Held) -> Checked:
    digest, size = hashlib.sha256(), 0
    try:
        for piece in documents.pieces(kept):
            digest.update(piece)
            size += len(piece)
    except (LedgerError, OSError):
        return failed("files", "unread", ref.sha256, name=ref.name)
    found = digest.hexdigest()
    if (found, size) != (ref.sha256, ref.size):
        return failed("files", about=ref.sha256, name=ref.name, found=found, size=size, named=ref.size)
    return passed("files", "withheld" if is_restricted([ref]) else "", ref.sha256, name=ref.name, size=size)
