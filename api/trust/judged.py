"""Of what the stream `trust` holds, the newest checkpoint that a policy calls witnessed.

A server and `pledger publish` ask here, so that they call the same thing witnessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from api.trust.outside import needed
from ledger.clock import format_instant
from ledger.entry import Entry
from ledger.errors import VerificationError
from ledger.ids import TRUST
from ledger.note import Verifier
from ledger.store.base import LogReader
from ledger.witness.policy import NONE, Policy, judge

Found = TypeVar("Found")

WITNESSED: Final = "checkpoint.witnessed"
_LOOKED_AT: Final = 200  # entries read at a time


@dataclass(frozen=True, slots=True)
class WitnessedHead:
    """The newest checkpoint whose cosignatures satisfy the policy.

    at: when the quorum was reached. names: who cosigned. needed: how many have to, at least.
    """

    size: int
    note: str
    at: str
    names: tuple[str, ...]
    needed: int


def newest_witnessed(
    reader: LogReader, policy: Policy, logs: Iterable[Verifier], index: int | None = None
) -> WitnessedHead | None:
    """None where nobody is asked, or nothing that is recorded satisfies the policy.

    logs: the log's keys. index: of the last checkpoint.witnessed, where it is known.
    """
    keys = list(logs)
    if policy.quorum == NONE:
        return None
    return newest(reader, WITNESSED, index, lambda data: head_by(policy, data.checkpoint, keys))


def head_by(policy: Policy, note: str, logs: Iterable[Verifier]) -> WitnessedHead:
    """A note as the policy sees it. Raises VerificationError if its cosignatures do not satisfy it."""
    found = judge(note, policy, logs=logs)
    if not found.satisfied or found.at is None:
        raise VerificationError("the cosignatures do not satisfy the policy")
    at = format_instant(datetime.fromtimestamp(found.at, UTC))
    return WitnessedHead(found.checkpoint.size, note, at, found.names, needed(policy))


def newest(reader: LogReader, kind: str, index: int | None, read: Callable[[Any], Found]) -> Found | None:
    """Of what was recorded, the newest that holds: the last one nearly always.

    read: data of the kind; raises VerificationError for what does not hold. index: as above, -1 for none.
    """
    for data in _recorded(reader, kind, index):
        try:
            return read(data)
        except VerificationError:
            continue  # what is left is older, and may hold
    return None


def _recorded(reader: LogReader, kind: str, index: int | None) -> Iterator[Any]:
    """Data of a kind, newest first."""
    if index is not None:
        if index < 0:
            return
        yield reader.entries(index, 1)[0].stated().event.data
    before = [entry.stated().event for entry in reader.stream(TRUST) if index is None or entry.index < index]
    for event in reversed(before):
        if event.kind == kind:
            yield event.data


def first_beyond(reader: LogReader, size: int) -> Entry | None:
    """The first entry that the log's first `size` entries do not hold, but for the stream `trust`."""
    while entries := reader.entries(size, _LOOKED_AT):
        for entry in entries:
            if entry.stream != TRUST:
                return entry
        size = entries[-1].index + 1
    return None
