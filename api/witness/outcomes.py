"""What comes of asking witnesses.

LedgerError
└── WitnessAlarm         a witness says that the log has another past than ours
    ├── LongerLogSeen    it cosigned more entries than we hold: we may be a restored backup
    └── OtherRootSeen    it cosigned another tree of a size that we hold
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from ledger.errors import LedgerError
from ledger.note import Signature
from ledger.sentence import Sentence
from ledger.witness.policy import Witnessed

State: TypeAlias = Literal[
    "cosigned", "unreachable", "refused", "untrue", "later", "longer", "other-root", "no-address"
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one witness.

    state: cosigned; unreachable (no answer); refused (it does not know the log, or its clock
    stands wrong); untrue (an answer that does not hold); later (it has cosigned a newer
    checkpoint of ours); longer, other-root (alarms); no-address (the policy gives no URL).
    witness: the policy's name. size: what it remembers now, if it said so. detail: for people.
    """

    witness: str
    state: State
    detail: str = ""
    size: int | None = None
    cosignature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """note: the checkpoint with the log's signatures and every cosignature that was verified.

    witnessed: the policy's judgement of it. outcomes: in the policy's order.
    """

    note: str
    witnessed: Witnessed
    outcomes: tuple[Outcome, ...]

    @property
    def satisfied(self) -> bool:
        """The quorum holds; so it does, with nobody to vouch, where the policy asks for none."""
        return self.witnessed.satisfied


@dataclass(frozen=True, slots=True)
class Seen:
    """sizes: what each witness remembers of the log; None for one that did not say."""

    sizes: Mapping[str, int | None]
    collected: Collected

    @property
    def largest(self) -> int | None:
        """None: no witness answered, so that nothing is known."""
        return max((size for size in self.sizes.values() if size is not None), default=None)


class WitnessAlarm(LedgerError):
    """size: ours; seen: witness → the size that it says it cosigned; collected: what else came.

    A witness can lie: what it says here is not signed, and is for people to look into.
    """

    words: ClassVar[str]
    code: ClassVar[str]

    def __init__(self, origin: str, size: int, seen: Mapping[str, int], collected: Collected) -> None:
        self.origin, self.size, self.seen, self.collected = origin, size, dict(seen), collected
        told = [
            Sentence("{name} has seen {size} entries", "witness-has-seen", name=name, size=theirs)
            for name, theirs in sorted(seen.items())
        ]
        form = "ALARM: {alarm} {origin} has {size} entries here; {told}"
        alarm = Sentence(self.words, self.code)
        super().__init__(Sentence(form, "witness-alarm", alarm=alarm, origin=origin, size=size, told=told))


class LongerLogSeen(WitnessAlarm):
    """A witness cosigned a longer log than we hold."""

    words = (
        "the witness has seen a longer log. If a backup was restored, entries are missing:"
        " sign nothing until they are back."
    )
    code = "witness-saw-longer"


class OtherRootSeen(WitnessAlarm):
    """A witness cosigned a tree that ours does not extend."""

    words = "the witness has seen another history of this log: one of the two is forged."
    code = "witness-saw-other"
