"""Which kinds write the same families of cells: what endorsements of one kind leave uncovered.

Source: docs/authority.md, Policies.
"""

from __future__ import annotations

from collections.abc import Iterable

_ANNEXES = ("sources", "tree", "indicators", "financing", "endorsements", "printed")
_HEAD = ("title", "term", "passport")
_SPENDING = ("commitment", "paid", "incurred", "payable")

# kind → the first segments of the cells that its events, corrections of them too, may write.
WRITES: dict[str, frozenset[str]] = {
    "programme.adopted": frozenset((*_HEAD, "body", "currency", "predecessor", "printed_totals", *_ANNEXES)),
    "programme.amended": frozenset((*_HEAD, *_ANNEXES)),
    "programme.closed": frozenset(("closed",)),
    "financing.changed": frozenset(("financing",)),
    "appropriation.set": frozenset(("appropriation",)),
    "schedule.changed": frozenset(("schedule",)),
    "transfer.made": frozenset(("transfers",)),
    "transfer.returned": frozenset(("returns",)),
    "spending.reported": frozenset(_SPENDING),
    "actual.reported": frozenset(("actuals",)),
    "progress.reported": frozenset(("progress",)),
    "treasury.imported": frozenset(("treasury",)),
    "allocation.mapped": frozenset(("allocation",)),
    "report.accepted": frozenset(("reports",)),
    "report.returned": frozenset(("reports",)),
    "evaluation.concluded": frozenset(("evaluation",)),
    "dataset.published": frozenset(("datasets",)),
}


def uncovered(kinds: Iterable[str], asked: Iterable[str]) -> list[str]:
    """The kinds that may write what some kinds do and are themselves not asked for endorsements."""
    families = frozenset[str]().union(*(WRITES.get(kind, frozenset()) for kind in kinds))
    return sorted(kind for kind, cells in WRITES.items() if cells & families and kind not in {*asked})
