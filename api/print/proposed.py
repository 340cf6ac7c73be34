"""A proposal as a comparison table: the edition in force beside the one that it asks for.

Both on the first day on which all of the proposal would hold, by what is known at the position. It is placed
as the door places it when it is proposed: as if its act, which is not named yet, counted.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from api.parameters import bad_parameter
from api.print.wording import is_amount
from api.problems import Problem
from api.views import View
from ledger.event import Stated
from ledger.ids import LeafIndex, programme_stream
from ledger.kinds.change_proposed import proposed_event
from ledger.streams import load_stream
from ledger.timeline import Answer
from ledger.values import money
from ledger.world import World, slot_after
from projections.causes import cause
from projections.diff import side
from projections.doubtful import Doubtful, read_doubtful
from projections.records import read_record

Change = dict[str, Any]


def proposed_changes(view: View, programme: str, proposal: str) -> tuple[list[Change], str]:
    """The changes, in the shape of projections/diff.py; and the day on which both editions are looked at.

    Raises Problem: no-such-record for a proposal that this programme does not have; bad-parameter for one
    that was enacted or withdrawn by then, which would be placed a second time.
    """
    reading, stream = view.reading, programme_stream(programme)
    found = read_record(reading, "proposal", proposal)
    if found is None or found["subject"] != stream:
        position, known = view.known.position, f"/v1/proposals?programme={programme}"
        raise Problem("no-such-record", "/query/proposal", proposal, position=position, list=known)
    if found["closed"] is not None:
        raise bad_parameter("proposal", proposal, "proposal-open")
    index = LeafIndex(found["index"])
    inner = proposed_event(reading.entry(index).stated().event)
    log = reading.log.at_position(view.known.position)
    world = load_stream(replace(World(), position=view.known.position), stream, log)
    held = world.programmes[programme]
    slot = slot_after(held, Stated(inner, "", view.known.position, ""))
    after = held.timeline.state_slot(slot, None)
    written = [write for write in slot.writes if write.op != "restate"]
    day = max([view.as_of, *(write.since for write in written)])
    doubtful, told = read_doubtful(reading, programme), cause(reading, index)
    note = {**told, "reason": found["note"] or told["reason"]}
    changes = [
        _change(path, day, held.timeline.answer(path, day), after.answer(path, day), doubtful, note)
        for path in sorted({write.path for write in written})
    ]
    return changes, day


def _change(
    path: str, day: str, old: Answer | None, new: Answer | None, doubtful: Doubtful, told: dict[str, Any]
) -> Change:
    return {
        "path": path,
        "old": side(path, day, old, doubtful),
        "new": side(path, day, new, doubtful),
        "old_doubt": doubtful.of(path, day, old),
        "new_doubt": None,
        "delta": _delta(old, new),
        "causes": [told],
    }


def _delta(old: Answer | None, new: Answer | None) -> str | None:
    """As in a diff: what is no amount counts as nothing beside one that is."""
    sides = [one.value if one is not None and not one.removed else None for one in (old, new)]
    if not any(is_amount(one) for one in sides):
        return None
    before, after = (Decimal(str(one)) if is_amount(one) else Decimal(0) for one in sides)
    return money(after - before)
