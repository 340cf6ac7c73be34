"""Records of acts: the statements about each, put together on read."""

from __future__ import annotations

from collections.abc import Iterator

from projections.recording import Row, Told


def act_stated(told: Told) -> Iterator[Row]:
    data, event = told.data, told.event
    doc = {
        "slot": told.stated.slot,
        "kind": event.kind,
        **told.source,
        "example": event.example,
        "data": data.model_dump(mode="json", by_alias=True, exclude_none=True) if data is not None else None,
        "counts": data.counts() if data is not None and event.kind == "act.status_changed" else None,
    }
    about = told.after.bodies[told.name].kept[told.stated.slot].about
    yield told.row("act", about, told.name, doc)
