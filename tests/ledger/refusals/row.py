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

    unopened: the row needs a ledger without entries instead of the town with history; council:
    the town of tests/support/council.py, with offices that endorse and a district of its own.
    """

    story: str
    code: str
    pointer: str
    make: Make
    unopened: bool = False
    council: bool = False


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


class Batch:
    """A batch in the making: what a row needs to have happened, and at last what is refused."""

    def __init__(self, town: TestLedger) -> None:
        self.town = town
        self.envelopes: list[Envelope] = []

    def say(self, kind: str, subject: str, data: Any, **common: Any) -> Payload:
        """The next event, as TestLedger.payload takes it; returns its payload."""
        payload = self.town.payload(kind, subject, data, **common)
        self.envelopes.append(self.town.signed(payload))
        return payload


def batch(tell: Callable[[Batch], object]) -> Make:
    """What `tell` says to a batch."""

    def make(town: TestLedger) -> list[Envelope]:
        said = Batch(town)
        tell(said)
        return said.envelopes

    return make
