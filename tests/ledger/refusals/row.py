"""The shape of a row, and short ways to write one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.envelope import Envelope
from tests.support.town import PROGRAMME, Payload, TestLedger, lines

Make = Callable[[TestLedger], Sequence[Envelope]]


@dataclass(frozen=True)
class Row:
    """story: what is refused, in a sentence; make: the batch that provokes it.

    unopened: the row needs a ledger without entries instead of the town with history.
    """

    story: str
    code: str
    pointer: str
    make: Make
    unopened: bool = False


def one(kind: str, subject: str, data: Any, **common: Any) -> Make:
    """One event, as TestLedger.payload takes it."""
    return lambda town: [town.envelope(kind, subject, data, **common)]


def told(build: Callable[[TestLedger], Payload]) -> Make:
    """One event, signed by the keys that its signers name."""
    return lambda town: [town.signed(build(town))]


def money(**common: Any) -> Make:
    """A good decision about money, but for what is said here."""
    return one("financing.changed", PROGRAMME, lines("1.00"), **common)


def correct(slot: str, kind: str, subject: str, data: Any, **common: Any) -> Make:
    """A correction of what the story calls `slot`."""
    return lambda town: [town.envelope(kind, subject, data, corrects=town.ids[slot], **common)]
