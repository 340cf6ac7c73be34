"""What the members of every kind share, whatever stream it is for; needs no state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.attachments import check_files
from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Kind
from ledger.timeline import Write


def check_shape(event: Common, members: Mapping[str, Any], kind: Kind) -> None:
    """effective, corrections, files, one add per cell. Raises Refusal."""
    corrects = event.relations.corrects
    if event.data is None and (corrects is None or not kind.voidable):
        raise Refusal("not-voidable" if corrects is not None else "missing-field", "/data")
    if corrects is not None and not kind.correctable:
        raise Refusal("not-correctable", "/relations/corrects", corrects.event)
    if event.relations.enacts is not None and not kind.proposable:
        raise Refusal("not-proposable", "/relations/enacts", kind.name)
    if kind.effective == "required" and event.effective is None:
        raise Refusal("missing-field", "/effective")
    if kind.effective == "none" and "effective" in members:
        raise Refusal("unknown-field", "/effective", event.effective)
    check_files(event.files)
    _check_adds(kind.writes_of(event, event.id))


def check_act_member(event: Common, members: Mapping[str, Any], kind: Kind) -> None:
    """Some kinds need an act, some have none. Raises Refusal."""
    if kind.act == "required" and event.act is None:
        raise Refusal("act-missing", "/act")
    if kind.act == "none" and "act" in members:
        raise Refusal("unknown-field", "/act")


def _check_adds(writes: tuple[Write, ...]) -> None:
    """An event sets a cell from many dates, once from each, but adds to a cell at most once."""
    adds: set[str] = set()
    dated: set[tuple[str, str]] = set()
    for write in writes:
        if write.op == "add":
            if write.path in adds:
                raise Refusal("adds-twice", write.at, write.path)
            adds.add(write.path)
        if (write.path, write.since) in dated:
            raise Refusal("cell-twice", write.at, write.path)
        dated.add((write.path, write.since))
