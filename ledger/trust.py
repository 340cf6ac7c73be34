"""The stream `trust`: what the ledger's own machine has stated about the log.

Nothing rests on it: whoever needs the evidence checks it again. Source: docs/proof.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from immutables import Map

from ledger.event import Stated
from ledger.registry import Kept, keep


@dataclass(frozen=True, slots=True)
class Covered:
    """The newest statement of its kind: about the log's first `size` entries, at leaf index `index`."""

    size: int
    index: int
    event: str


@dataclass(frozen=True, slots=True)
class Trust:
    """The newest heads, witnessed and stamped checkpoint; None before the first. kept: every slot."""

    heads: Covered | None = None
    witnessed: Covered | None = None
    anchored: Covered | None = None
    kept: Map[str, Kept] = Map()

    def noted(self, stated: Stated, size: int) -> Trust:
        """With a statement kept; who calls it says of which kind it is the newest."""
        kept = keep(stated, str(size), self.kept.get(stated.slot))
        return replace(self, kept=self.kept.set(stated.slot, kept))


def covered(stated: Stated, size: int) -> Covered:
    return Covered(size, stated.index, stated.event.id)


def size_of(newest: Covered | None) -> int:
    """How many entries are covered; 0 before the first statement."""
    return newest.size if newest is not None else 0
