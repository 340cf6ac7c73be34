"""Which keys of which topics an entry touches: what is judged again after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.event import Stated
from ledger.timeline import Write
from projections.findings.rule import Topic

Key = tuple[Topic, str]

PHASES = ("financing", "appropriation", "schedule", "commitment", "paid", "incurred", "payable")
FLOWS = ("transfers", "returns")
DOCUMENT: Key = ("document", "")
OF_PAPER = (
    "financing",
    "sources",
    "printed",
    "printed_totals",
    "passport",
    "term",
    "endorsements",
    "predecessor",
    "indicators",
    "tree",
)
OF_HEAD = ("title", "body", "currency", "closed")  # values of the programme itself


def of_writes(writes: Iterable[Write]) -> Iterator[Key]:
    """The keys to which the cells belong; cells of the paper itself are the document's."""
    for write in writes:
        family, *rest = write.path.split("/")[1:]
        if not rest:  # a value of the programme itself, or the mark of a restated annex
            yield DOCUMENT
        elif family in (*PHASES, *FLOWS):
            yield "line", "/".join(rest[:3])
            yield "measure", rest[0]
        elif family == "actuals":
            yield "indicator", rest[0]
        elif family == "progress":
            yield "measure", rest[0]
        elif family in ("treasury", "allocation"):
            yield "treasury", "/".join(rest[:2])
        elif family == "reports":
            yield "slot", rest[0]
        if rest:
            yield from _of_paper(family, rest)


def _of_paper(family: str, rest: list[str]) -> Iterator[Key]:
    if family == "indicators":
        yield "indicator", rest[0]
    elif family == "tree":
        yield "measure", rest[0]
    if family in OF_PAPER:
        yield DOCUMENT


def of_relations(stated: Stated) -> Iterator[Key]:
    """The statement's own slot, its act, and the slots of which it speaks."""
    event = stated.event
    yield "slot", stated.slot
    if event.act is not None:
        yield "act", event.act.id
    if event.relations.enacts is not None:
        yield "slot", event.relations.enacts.proposal
    for name in ("proposal", "observation"):
        named = getattr(event.data, name, None)
        if isinstance(named, str):
            yield "slot", named
