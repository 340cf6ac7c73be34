"""Everything that can go wrong below the doors.

LedgerError
├── Refusal              what a signer sent cannot be taken: a code, a place, what was got
├── VerificationError    a proof, note, checkpoint or receipt does not hold
├── Stopped              this process must not append (clock, log key, lock): operators act
│   └── Moved            another process had a tree signed meanwhile: read the head again
├── Busy                 the queue is full: come back later
└── StorageError         a file is missing, damaged, or of another version

Nobody below api/ knows HTTP: api/problems.py gives each code its status and words.
"""

from __future__ import annotations

from typing import Any


class LedgerError(Exception):
    """Root of all errors that Pledger raises on purpose.

    position: of the log where a submission was turned down, where that was under the lock.
    """

    position: int | None = None


class Refusal(LedgerError):
    """A submission is not authentic, not authorised, or cannot be resolved.

    code: a stable name such as "unknown-measure"; pointer: RFC 6901 pointer of the
    culprit inside the payload, "" for the whole; got: the offending value as sent;
    details: further members for the message (all JSON values).
    """

    def __init__(self, code: str, pointer: str = "", got: Any = None, **details: Any) -> None:
        self.code = code
        self.pointer = pointer
        self.got = got
        self.details = details
        super().__init__(f"{code} at {pointer or '/'}" + (f": {_spelled(got)}" if got is not None else ""))


def _spelled(got: Any) -> str:
    """JSON that is nested as deep as a parser lets it be is deeper than Python can write it."""
    try:
        return repr(got)
    except RecursionError:
        return f"a {type(got).__name__} that is nested too deep"


class VerificationError(LedgerError):
    """Something that should prove itself does not."""


class Stopped(LedgerError):
    """This process must not append until an operator has looked."""


class Moved(Stopped):
    """The log key signed another tree meanwhile, as it does for several processes: look at the log again.

    size, root: signed last. If the log, read again, is not as long as that, entries are missing.
    """

    def __init__(self, said: object, size: int, root: bytes) -> None:
        super().__init__(said)
        self.size, self.root = size, root


class Busy(LedgerError):
    """The queue of waiting submissions is full."""


class StorageError(LedgerError):
    """A ledger or projection file cannot be used as it is."""
